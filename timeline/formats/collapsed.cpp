// SPDX-License-Identifier: GPL-3.0-or-later
// Collapsed stacks, one a line with its weight: "main;f (a.py:3);g 12", of flamegraph.pl, py-spy's raw format and
// austin ("P42;T0x7f31;a.py:f:3 1500") and Python's own profiling.sampling ("tid:42;a.py:f:3 7"). There is no time in them: the tree is laid out by weight.
#include "formats/jsontext.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include <algorithm>
#include <map>

namespace calltide::formats {

using namespace store;

namespace {

struct Line
{
    std::string_view stack;
    std::optional<int64_t> weight;
};

// austin's full mode writes "time,idle,memory"; the first counts.
Line split(std::string_view line)
{
    const size_t space = line.find_last_of(" \t");
    if (space == line.npos)
        return {};
    std::string_view number = line.substr(space + 1);
    number = number.substr(0, number.find(','));
    if (number.empty() || number.front() == '"')
        return {};
    return {trimmed(line.substr(0, space)), json::parseScaled(number, 0)};
}

bool allDigits(std::string_view s)
{
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class CollapsedReader
{
public:
    CollapsedReader(const Content& content, TraceBuilder& builder, uint64_t memory)
        : m_content(content)
        , m_builder(builder)
        , m_left(memory)
    {
    }

    Status read()
    {
        std::string_view rest = m_content.bytes;
        if (rest.starts_with("\xEF\xBB\xBF"))
            rest.remove_prefix(3);
        for (uint64_t lines = 0; !rest.empty(); lines++) {
            const size_t end = rest.find('\n');
            const std::string_view line = trimmed(rest.substr(0, end));
            rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
            if (line.starts_with('#'))
                comment(line);
            else if (!line.empty())
                stack(line);
            if ((lines & 0xFFF) == 0 && m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
        }
        if (m_threads.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": no line of it is a stack with a weight."};
        layOut();
        return Ok{};
    }

private:
    struct Thread
    {
        TrackId track;
        WeightTree tree;
    };

    void comment(std::string_view line) // "# austin: 3.6.0", "# mode: wall"
    {
        const size_t colon = line.find(": ");
        if (colon == line.npos)
            return;
        const std::string_view key = trimmed(line.substr(1, colon - 1)), value = trimmed(line.substr(colon + 2));
        m_austin = m_austin || key == "austin";
        m_memory = m_memory || (key == "mode" && value == "memory");
        if (key == "unit")
            m_unit = value;
        m_builder.addMetadata(std::string(key), std::string(value));
    }

    void stack(std::string_view text)
    {
        Line line = split(text);
        if (line.stack.empty() || !line.weight || *line.weight < 0) {
            m_builder.problem(
                "collapsed.line", "Lines that are no stack with a weight were left out.", Severity::DataLoss,
                m_content.offsetOf(text), text);
            return;
        }
        std::string_view process, thread;
        std::string_view& rest = line.stack;
        const auto first = [&] { return rest.substr(0, rest.find(';')); };
        const auto pop = [&] {
            const std::string_view frame = first();
            rest.remove_prefix(std::min(rest.size(), frame.size() + 1));
            return frame;
        };
        // austin, or py-spy: process 42:"python app.py";thread (0x7f31): MainThread
        if (const auto f = first(); (f.starts_with('P') && allDigits(f.substr(1))) || isWord(f, "process "))
            process = pop();
        if (const auto f = first();
            (!process.empty() && f.starts_with('T')) || isWord(f, "thread ") || isWord(f, "tid:"))
            thread = pop();
        Thread& to = threadFor(process, thread);
        uint32_t node = WeightTree::kRoot;
        size_t depth = 0;
        while (!rest.empty()) {
            const std::string_view frame = pop();
            if (frame.empty())
                continue;
            if (++depth > kGreatestDepth) {
                m_builder.problem(
                    "samples.too_deep", "Stacks were cut to their outermost 1,048,576 frames.", Severity::DataLoss,
                    m_content.offsetOf(text));
                break;
            }
            const uint32_t next = child(to.tree, node, function(frame));
            if (next == WeightTree::kNone) {
                m_builder.problem("collapsed.too_many", "Stacks were cut: together they are far larger than the file.",
                    Severity::DataLoss, m_content.offsetOf(text));
                break;
            }
            node = next;
        }
        if (depth == 0 && *line.weight > 0) // a thread that runs no Python yet, or none any more
            if (const uint32_t none = child(to.tree, node, function("(no frames)")); none != WeightTree::kNone)
                node = none;
        to.tree.add(node, *line.weight);
    }
    static bool isWord(std::string_view frame, std::string_view word)
    {
        return frame.starts_with(word) && frame.size() > word.size()
            && (allDigits(frame.substr(word.size(), 1)) || frame[word.size()] == '(');
    }

    // What a small file of ever new names and stacks can grow to is bounded by the memory they may take.
    void take(uint64_t bytes) { m_left -= std::min(m_left, bytes); }
    uint32_t child(WeightTree& tree, uint32_t node, FunctionId function)
    {
        if (m_left < kNodeMemory)
            return tree.find(node, function);
        const size_t before = tree.size();
        const uint32_t there = tree.child(node, function);
        if (tree.size() > before)
            take(kNodeMemory);
        return there;
    }

    Thread& threadFor(std::string_view process, std::string_view thread)
    {
        if (m_last && m_lastProcess == process && m_lastThread == thread)
            return *m_last;
        m_last = &newThreadFor(process, thread);
        m_lastProcess = process;
        m_lastThread = thread;
        return *m_last;
    }
    Thread& newThreadFor(std::string_view process, std::string_view thread)
    {
        auto& slot = m_threads[{std::string(process), std::string(thread)}];
        if (slot.track.valid())
            return slot;
        const auto [it, added] = m_processes.try_emplace(std::string(process));
        if (added) {
            Process p;
            const size_t digits = process.find_first_of("0123456789");
            const size_t end = digits == process.npos ? digits : process.find_first_not_of("0123456789", digits);
            if (digits != process.npos)
                p.pid = json::parseInteger(process.substr(digits, end - digits)).value_or(0);
            const size_t colon = process.find(':');
            std::string_view command = colon == process.npos ? std::string_view() : trimmed(process.substr(colon + 1));
            if (command.size() > 1 && command.front() == '"' && command.back() == '"')
                command = command.substr(1, command.size() - 2);
            p.name = m_builder.intern(command);
            it->second = m_builder.addProcess(p);
        }
        Track t;
        t.process = it->second;
        t.tid = int64_t(m_threads.size());
        if (thread.starts_with("thread (")) { // "thread (42): name"
            const size_t close = thread.find(')');
            if (close != thread.npos && allDigits(thread.substr(8, close - 8))) {
                t.tid = json::parseInteger(thread.substr(8, close - 8)).value_or(t.tid);
                thread = thread.substr(thread.substr(close).starts_with("):") ? close + 2 : close + 1);
            }
        } else if (const size_t colon = thread.find(':'); colon != thread.npos && allDigits(thread.substr(colon + 1))
                   && (thread.starts_with("tid:") || allDigits(thread.substr(1, colon - 1)))) { // austin's "T0:42", of interpreter 0
            t.tid = json::parseInteger(thread.substr(colon + 1)).value_or(t.tid);
            thread = thread.starts_with("T0:") || thread.starts_with("tid:") ? std::string_view() : thread.substr(0, colon);
        } else if (thread.empty()) {
            thread = "stacks";
        }
        t.name = m_builder.intern(trimmed(thread));
        slot.track = m_builder.addTrack(t);
        return slot;
    }

    FunctionId function(std::string_view frame)
    {
        FunctionId id = m_functions.find(frame);
        if (id.valid())
            return id;
        if (m_left < kFunctionMemory + frame.size()) {
            m_builder.problem("collapsed.too_many_names", "Names were left out: there are too many; they are shown as (more names).",
                Severity::DataLoss, m_content.offsetOf(frame), frame);
            return m_builder.addFunctionByTraceName("(more names)", {});
        }
        const size_t last = frame.rfind(':');
        const size_t middle = last == frame.npos || last == 0 ? frame.npos : frame.rfind(':', last - 1);
        const bool place = middle != frame.npos && middle > 0 && frame[middle - 1] != ':' && last > middle + 1
            && allDigits(frame.substr(last + 1)); // "app.py:price:9", not "std::sort:9"
        if (place && frame.back() != ')') {
            std::string_view file = frame.substr(0, middle), name = frame.substr(middle + 1, last - middle - 1);
            if (name.find('/') != name.npos && file.find('/') == file.npos) // of Rust's tracing-flame: "app::main:src/main.rs:12"
                std::swap(file, name);
            Function f;
            f.file = m_builder.intern(trimmed(file));
            f.name = m_builder.intern(trimmed(name));
            f.line = uint32_t(std::min<int64_t>(json::parseInteger(frame.substr(last + 1)).value_or(0), INT32_MAX));
            f.kind = file.ends_with(".rs") ? FunctionKind::Other : FunctionKind::Python;
            id = m_builder.addFunction(f);
        } else {
            id = m_builder.addFunctionByTraceName(frame, {});
        }
        m_functions.add(frame, id);
        if (id.v >= m_functionCount) { // a new one
            m_functionCount = id.v + 1;
            take(kFunctionMemory + frame.size());
        }
        return id;
    }

    void layOut()
    {
        int64_t greatest = 0;
        for (const auto& [key, thread] : m_threads)
            greatest = std::max(greatest, thread.tree.total());
        const Axis axis = axisFor(!m_unit.empty() ? m_unit : m_memory ? "bytes" : m_austin ? "microseconds" : "", greatest);
        describeAxis(m_builder, axis, true);
        for (auto& [key, thread] : m_threads)
            m_builder.includeTime(0, WeightTree::layOut(std::move(thread.tree), m_builder, thread.track, 0, axis.nsPerUnit, m_content.progress));
    }

    static constexpr uint64_t kNodeMemory = 64, kFunctionMemory = 80; // with what they take in the trace

    const Content& m_content;
    TraceBuilder& m_builder;
    uint64_t m_left; // bytes of memory
    uint32_t m_functionCount = 0;
    Thread* m_last = nullptr; // of the line before, most often of this one too
    std::string_view m_lastProcess, m_lastThread;
    std::map<std::string, ProcessId> m_processes;
    std::map<std::pair<std::string, std::string>, Thread> m_threads;
    KnownFrames m_functions; // by text of the content
    std::string m_unit; // "# unit: nanoseconds", as we write it
    bool m_austin = false, m_memory = false;
};

} // namespace

bool isCollapsed(std::string_view head, bool whole)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    if (head.starts_with("# austin:"))
        return true;
    if (!whole) // the last line may be cut off
        head = head.substr(0, head.rfind('\n') + 1);
    int lines = 0, stacks = 0, nested = 0;
    while (!head.empty() && lines < 50) {
        const size_t end = head.find('\n');
        const std::string_view line = trimmed(head.substr(0, end));
        head.remove_prefix(end == head.npos ? head.size() : end + 1);
        if (line.empty() || line.starts_with('#'))
            continue;
        const Line parts = split(line);
        if (line.starts_with('{') || line.starts_with('[') || line.find('\0') != line.npos)
            return false;
        lines++;
        if (!parts.stack.empty() && parts.weight) {
            stacks++;
            nested += parts.stack.find(';') != parts.stack.npos;
        }
    }
    return nested > 0 && stacks * 2 > lines;
}

Status readCollapsed(const Content& content, TraceBuilder& builder)
{
    return readCollapsed(content, builder, (uint64_t(512) << 20) + content.bytes.size());
}

Status readCollapsed(const Content& content, TraceBuilder& builder, uint64_t memory)
{
    return CollapsedReader(content, builder, memory).read();
}

} // namespace calltide::formats
