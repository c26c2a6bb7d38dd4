// SPDX-License-Identifier: GPL-3.0-or-later
// The text of `perf script`: a line for each sample (program, ids, time, event), then its frames, innermost first:
//     python 4120/4121 [001] 12.345678:     250000 cycles:
//             7f00 PyEval+0x12 (/usr/bin/python3)
#include "formats/jsontext.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include <algorithm>
#include <cctype>
#include <map>

namespace calltide::formats {

using namespace store;

namespace {

bool digits(std::string_view s)
{
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "7f00 name+0x12 (place)", or an address alone.
bool isFrame(std::string_view text)
{
    const std::string_view address = text.substr(0, text.find(' '));
    return !address.empty() && std::all_of(address.begin(), address.end(), [](char c) { return std::isxdigit(uint8_t(c)); });
}

// What `-F +srcline` writes below a frame: "app.c:12", "??:0", "libc.so.6[26e40]".
bool isSourceLine(std::string_view text)
{
    const size_t colon = text.rfind(':');
    return (colon != text.npos && digits(text.substr(colon + 1))) || (text.ends_with(']') && text.find('[', 1) != text.npos);
}

struct Header
{
    std::string_view program, event, rest; // rest: a frame on the same line
    int64_t pid = 0, tid = 0, time = 0;
};

bool parseHeader(std::string_view line, Header& h)
{
    // The time is the first word of the form 12.345678: behind the ids.
    std::vector<std::string_view> words;
    size_t at = 0, timeWord = 0;
    for (size_t end = 0; at < line.size() && !timeWord; at = end) {
        at = line.find_first_not_of(" \t", at);
        if (at == line.npos)
            break;
        end = std::min(line.find_first_of(" \t", at), line.size());
        const std::string_view word = line.substr(at, end - at);
        const size_t dot = word.find('.');
        if (words.size() >= 2 && word.back() == ':' && dot != word.npos && digits(word.substr(0, dot))
            && digits(word.substr(dot + 1, word.size() - dot - 2)))
            timeWord = words.size();
        words.push_back(word);
    }
    if (!timeWord)
        return false;
    const auto time = json::parseScaled(words[timeWord].substr(0, words[timeWord].size() - 1), 9);
    size_t ids = timeWord - 1;
    if (ids > 0 && words[ids].front() == '[')
        ids--;
    const size_t slash = words[ids].find('/');
    const std::string_view pid = words[ids].substr(0, slash);
    const std::string_view tid = slash == words[ids].npos ? pid : words[ids].substr(slash + 1);
    if (!time || ids == 0 || !digits(pid) || !digits(tid))
        return false;
    h.time = *time;
    h.pid = json::parseInteger(pid).value_or(0);
    h.tid = json::parseInteger(tid).value_or(0);
    h.program = trimmed(std::string_view(line.data(), size_t(words[ids].data() - line.data())));
    // "250000 cycles:ppp:" or "sched:sched_switch: …"
    std::string_view rest = trimmed(line.substr(size_t(words[timeWord].data() - line.data()) + words[timeWord].size()));
    if (const size_t space = rest.find(' '); space != rest.npos && digits(rest.substr(0, space)))
        rest = trimmed(rest.substr(space));
    const size_t space = std::min(rest.find(' '), rest.size());
    h.event = rest.substr(0, space);
    h.rest = trimmed(rest.substr(space));
    while (h.event.ends_with(':'))
        h.event.remove_suffix(1);
    return true;
}

class PerfReader
{
public:
    PerfReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_budget(content.bytes.size())
    {
    }

    Status read()
    {
        std::string_view rest = m_content.bytes;
        for (uint64_t lines = 0; !rest.empty(); lines++) {
            const size_t end = rest.find('\n');
            std::string_view line = rest.substr(0, end);
            rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            if ((lines & 0xFFF) == 0 && m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            if (line.starts_with('#'))
                continue;
            if (trimmed(line).empty())
                m_inSample = false;
            else
                text(line);
        }
        if (m_samples.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": this text of perf script holds no samples."};
        show();
        return Ok{};
    }

private:
    struct Sample
    {
        int64_t time;
        uint64_t first; // in m_frames, innermost first
        uint32_t count, thread;
        int64_t offset;
    };

    void text(std::string_view line)
    {
        // Frames begin with a space; so may a header, whose program is written right-aligned, and without a blank line before
        // it where samples have one frame only.
        Header h;
        if ((!m_inSample || m_oneLine) && parseHeader(line, h)) {
            m_samples.push_back({h.time, m_frames.size(), 0, threadFor(h), m_content.offsetOf(line)});
            if (m_events.size() < 100 && std::find(m_events.begin(), m_events.end(), h.event) == m_events.end())
                m_events.push_back(h.event);
            m_inSample = true;
            m_oneLine = !h.rest.empty();
            if (isFrame(h.rest))
                frame(h.rest);
            else if (m_oneLine)
                m_builder.problem("perf.text", "Texts of trace points are not shown.", Severity::Info,
                    m_content.offsetOf(h.rest), h.rest);
        } else if (m_inSample && uint8_t(line.front()) <= 32) {
            if (const std::string_view one = trimmed(line); isFrame(one) || !isSourceLine(one))
                frame(one);
        } else if (parseHeader(line, h)) { // one line a sample
            m_inSample = false;
            text(line);
        } else {
            m_builder.problem("perf.line", "Lines that are no sample and no frame were left out.", Severity::Warning,
                m_content.offsetOf(line), line);
        }
    }

    uint32_t threadFor(const Header& h)
    {
        const auto [it, added] = m_threads.try_emplace({h.pid, h.tid}, uint32_t(m_tracks.size()));
        if (added) {
            const auto [process, isNew] = m_processes.try_emplace(h.pid);
            if (isNew) {
                Process p;
                p.pid = h.pid;
                p.name = m_builder.intern(h.program);
                process->second = m_builder.addProcess(p);
            }
            Track t;
            t.process = process->second;
            t.tid = h.tid;
            t.name = m_builder.intern(h.program);
            m_tracks.push_back(m_builder.addTrack(t));
        }
        return it->second;
    }

    void frame(std::string_view text) // "7f00 name+0x12 (place)"
    {
        if (m_samples.back().count == kGreatestDepth)
            return;
        FunctionId id = m_functions.find(text);
        if (!id.valid()) {
            id = function(text);
            if (!id.valid())
                return;
            m_functions.add(text, id);
        }
        m_frames.push_back(id);
        m_samples.back().count++;
    }

    FunctionId function(std::string_view text)
    {
        const size_t space = text.find(' ');
        const std::string_view address = text.substr(0, space);
        std::string_view name = space == text.npos ? std::string_view() : trimmed(text.substr(space)), place;
        if (!isFrame(text)) {
            m_builder.problem("perf.frame", "Frames that could not be understood were left out.", Severity::DataLoss,
                m_content.offsetOf(text), text);
            return {};
        }
        if (const size_t open = name.rfind(" ("); name.ends_with(')') && open != name.npos) {
            place = name.substr(open + 2, name.size() - open - 3);
            name = trimmed(name.substr(0, open));
        } else if (name.starts_with('(') && name.ends_with(')')) {
            place = name.substr(1, name.size() - 2);
            name = {};
        }
        if (const size_t plus = name.rfind("+0x"); plus != name.npos && plus > 0)
            name = name.substr(0, plus);
        Function f;
        if (name.starts_with("py::")) { // Python's own perf maps: py::name:/path/file.py
            name.remove_prefix(4);
            const size_t colon = name.find(':');
            f.name = m_builder.intern(name.substr(0, colon));
            if (colon != name.npos)
                f.file = m_builder.intern(name.substr(colon + 1));
            f.kind = FunctionKind::Python;
        } else {
            const bool unknown = name.empty() || name == "[unknown]";
            f.name = m_builder.intern(unknown ? "[" + std::string(place.empty() ? address : place) + "]" : std::string(name));
            f.module = m_builder.intern(place);
        }
        return m_builder.addFunction(f);
    }

    void show()
    {
        std::vector<std::vector<const Sample*>> byThread(m_tracks.size());
        for (const Sample& s : m_samples)
            byThread[s.thread].push_back(&s);
        std::vector<int64_t> steps;
        for (auto& samples : byThread) {
            if (m_content.cancelled())
                return; // the builder says so
            std::stable_sort(samples.begin(), samples.end(), [](const Sample* a, const Sample* b) { return a->time < b->time; });
            for (size_t i = 1; i < samples.size(); i++) {
                if (samples[i]->time > samples[i - 1]->time)
                    steps.push_back(samples[i]->time - samples[i - 1]->time);
            }
        }
        // Samples come only while a thread runs: one lasts until the next, but not across a pause.
        int64_t usual = 1'000'000;
        if (!steps.empty()) {
            std::nth_element(steps.begin(), steps.begin() + std::ptrdiff_t(steps.size() / 2), steps.end());
            usual = steps[steps.size() / 2];
        }
        std::vector<FunctionId> stack;
        for (size_t t = 0; t < m_tracks.size(); t++) {
            SampledThread thread(m_builder, m_tracks[t], m_budget);
            const auto& samples = byThread[t];
            for (size_t i = 0; i < samples.size(); i++) {
                if ((i & 0xFFF) == 0 && m_content.cancelled())
                    return;
                const Sample& s = *samples[i];
                const auto from = m_frames.begin() + std::ptrdiff_t(s.first);
                stack.assign(from, from + s.count);
                std::reverse(stack.begin(), stack.end());
                thread.sample(s.time, stack, s.offset);
                const bool last = i + 1 == samples.size();
                if (last || samples[i + 1]->time - s.time > usual + usual / 2)
                    thread.end(s.time + usual);
            }
        }
        m_builder.addMetadata("axis", "the time of samples; one lasts until the next of its thread, " + std::to_string(usual / 1000)
            + " µs before a pause");
        std::string events;
        for (const std::string_view e : m_events)
            events += (events.empty() ? "" : ", ") + std::string(e);
        m_builder.addMetadata("events", events);
        if (m_events.size() > 1)
            m_builder.problem("perf.events", "Samples of several events are shown together.", Severity::Info, -1, events,
                m_events.size());
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    FrameBudget m_budget;
    std::vector<Sample> m_samples;
    std::vector<FunctionId> m_frames;
    KnownFrames m_functions; // by text of the content
    std::map<std::pair<int64_t, int64_t>, uint32_t> m_threads;
    std::map<int64_t, ProcessId> m_processes;
    std::vector<TrackId> m_tracks;
    std::vector<std::string_view> m_events;
    bool m_inSample = false, m_oneLine = false;
};

} // namespace

bool isPerfScript(std::string_view head, bool)
{
    while (!head.empty()) {
        const size_t end = head.find('\n');
        const std::string_view line = head.substr(0, end);
        if (!line.starts_with('#') && !trimmed(line).empty()) {
            Header h;
            if (line.find('\0') != line.npos || line.find(';') != line.npos || line.size() >= 4096 || !parseHeader(line, h))
                return false;
            const std::string_view below = end == head.npos ? std::string_view() : head.substr(end + 1);
            return !h.event.empty() // else `-F` left it out, and a frame follows
                || (isFrame(trimmed(below.substr(0, below.find('\n')))) && uint8_t(below.front()) <= 32);
        }
        head.remove_prefix(end == head.npos ? head.size() : end + 1);
    }
    return false;
}

Status readPerfScript(const Content& content, TraceBuilder& builder)
{
    return PerfReader(content, builder).read();
}

} // namespace calltide::formats
