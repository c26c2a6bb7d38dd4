// SPDX-License-Identifier: GPL-3.0-or-later
// The Firefox Profiler's processed profiles (also of samply and of Python's profiling.sampling): tables in columns, for
// each thread or, since version 56, shared by all.
#include "formats/jsonprofile.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include <algorithm>
#include <array>
#include <map>

namespace calltide::formats {

using namespace json;
using namespace store;

namespace {

constexpr int64_t kGreatestTime = int64_t(1) << 61;
constexpr int64_t kNoTime = INT64_MIN;

constexpr std::string_view kTableNames[] = {"stackTable", "frameTable", "funcTable", "stringArray", "stringTable", "sources"};
enum TableName
{
    Stacks,
    Frames,
    Functions,
    Strings,
    OldStrings,
    Sources,
    TableCount
};

class FirefoxReader
{
public:
    FirefoxReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_budget(content.bytes.size())
    {
    }

    Status read()
    {
        static constexpr std::string_view names[] = {"meta", "threads", "shared", "counters"};
        std::string_view v[4];
        members(m_content.bytes, names, v);
        reportCut(m_content, m_builder);
        meta(v[0]);
        members(v[2], kTableNames, m_shared);
        for (Cursor c(v[1], true); c.next();) {
            if (m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            if (!thread(c.value))
                return Error{
                    ErrorCode::NotSupported,
                    m_content.path + ": this is Firefox's raw profile; open it in the Firefox Profiler and save it there."};
        }
        for (Cursor c(v[3], true); c.next();)
            counter(c.value);
        if (m_threads == 0)
            return Error{ErrorCode::Damaged, m_content.path + ": this Firefox profile has no threads."};
        return Ok{};
    }

private:
    struct Tables // the columns that are used, and the functions and stacks made of them
    {
        std::vector<std::string> strings;
        std::vector<FunctionId> functions;
        StackTable stacks;
    };

    void problem(const char* kind, const char* text, Severity severity, std::string_view at)
    {
        m_builder.problem(kind, text, severity, m_content.offsetOf(at), at.substr(0, 160));
    }

    void meta(std::string_view object)
    {
        static constexpr std::string_view names[] = {"interval", "startTime", "product", "preprocessedProfileVersion", "importedFrom"};
        std::string_view v[5];
        members(object, names, v);
        m_interval = std::clamp<int64_t>(parseScaled(v[0], 6).value_or(0), 0, 1'000'000'000);
        const auto start = parseScaled(v[1], 6);
        if (start && *start > 1'000'000'000'000'000'000) // some tools write the time since the machine's start
            m_builder.setWallClockOffset(*start);
        for (size_t i = 2; i < 5; i++) {
            if (!v[i].empty())
                m_builder.addMetadata(std::string(names[i]), textOf(v[i]));
        }
    }

    static std::vector<std::string> strings(std::string_view list)
    {
        std::vector<std::string> out;
        for (Cursor c(list, true); c.next();)
            out.push_back(textOf(c.value));
        return out;
    }

    // The tables of a thread; those that are shared are made once.
    const Tables& tables(std::string_view thread)
    {
        std::string_view own[TableCount];
        members(thread, kTableNames, own);
        const auto table = [&](TableName name) { return own[name].empty() ? m_shared[name] : own[name]; };
        const std::string_view stackTable = table(Stacks), frameTable = table(Frames), funcTable = table(Functions);
        const std::string_view stringList = table(Strings).empty() ? table(OldStrings) : table(Strings);
        auto& made = m_tables[{stackTable.data(), frameTable.data(), funcTable.data(), stringList.data()}];
        if (made.stacks.size() || !made.strings.empty())
            return made;
        made.strings = strings(stringList);
        const auto text = [&](const std::vector<int64_t>& column, size_t i) {
            return i < column.size() && column[i] >= 0 && uint64_t(column[i]) < made.strings.size()
                ? std::string_view(made.strings[size_t(column[i])])
                : std::string_view();
        };
        const auto name = integers(member(funcTable, "name")), line = integers(member(funcTable, "lineNumber"), 0);
        auto file = integers(member(funcTable, "fileName"));
        if (const std::string_view source = member(funcTable, "source"); file.empty() && !source.empty()) {
            const auto files = integers(member(table(Sources), "filename"));
            for (const int64_t i : integers(source))
                file.push_back(i >= 0 && uint64_t(i) < files.size() ? files[size_t(i)] : -1);
        }
        for (size_t i = 0; i < name.size(); i++) {
            Function f;
            const std::string_view path = text(file, i);
            f.name = m_builder.intern(text(name, i));
            f.file = m_builder.intern(path);
            f.line = i < line.size() && line[i] > 0 && line[i] < INT32_MAX ? uint32_t(line[i]) : 0;
            f.kind = path.ends_with(".py") ? FunctionKind::Python : FunctionKind::Other;
            made.functions.push_back(m_builder.addFunction(f));
        }
        const auto func = integers(member(frameTable, "func"));
        const auto frame = integers(member(stackTable, "frame")), prefix = integers(member(stackTable, "prefix"));
        for (size_t i = 0; i < frame.size(); i++) {
            FunctionId id;
            const int64_t at = frame[i] >= 0 && uint64_t(frame[i]) < func.size() ? func[size_t(frame[i])] : -1;
            if (at >= 0 && uint64_t(at) < made.functions.size())
                id = made.functions[size_t(at)];
            else
                problem("firefox.frame", "Frames that the file does not describe were left out.", Severity::DataLoss, stackTable.substr(0, 1));
            const bool called = i < prefix.size() && prefix[i] >= 0 && prefix[i] < int64_t(UINT32_MAX);
            made.stacks.add(id, called ? uint32_t(prefix[i]) : StackTable::kNone);
        }
        return made;
    }

    ProcessId processFor(std::string_view pid, std::string_view name)
    {
        const auto [it, added] = m_processes.try_emplace(textOf(pid));
        if (added) {
            Process p;
            p.pid = parseInteger(it->first.substr(0, it->first.find('.'))).value_or(0);
            p.name = m_builder.intern(textOf(name));
            it->second = m_builder.addProcess(p);
        }
        return it->second;
    }

    // The times of a table of samples; deltas are added up.
    std::vector<int64_t> times(std::string_view samples)
    {
        std::vector<int64_t> out;
        const std::string_view absolute = member(samples, "time");
        int64_t at = 0;
        for (Cursor c(absolute.empty() ? member(samples, "timeDeltas") : absolute, true); c.next();) {
            const auto t = parseScaled(c.value, 6);
            if (!t || *t > kGreatestTime || *t < -kGreatestTime)
                problem("firefox.time", "Samples without a time stand at that of the one before.", Severity::Warning, c.value);
            else
                at = std::clamp(absolute.empty() ? at + *t : *t, -kGreatestTime, kGreatestTime);
            out.push_back(at);
        }
        return out;
    }

    bool thread(std::string_view object) // false: a raw profile
    {
        static constexpr std::string_view names[] = {"name", "pid", "tid", "processName", "samples", "markers",
            "jsAllocations", "nativeAllocations", "jsTracer", "processType"};
        std::string_view v[10];
        members(object, names, v);
        if (!member(v[4], "schema").empty())
            return false;
        m_threads++;
        Track track;
        track.process = processFor(v[1], v[3].empty() ? v[9] : v[3]);
        track.tid = parseInteger(v[2]).value_or(int64_t(m_threads));
        track.name = m_builder.intern(textOf(v[0]));
        const TrackId id = m_builder.addTrack(track);
        const Tables& t = tables(object);
        samples(v[4], id, t);
        markers(v[5], id, t);
        for (size_t i = 6; i < 9; i++) {
            if (!v[i].empty() && v[i] != "null")
                m_builder.problem("firefox.part." + std::string(names[i]),
                    "The part \"" + std::string(names[i]) + "\" of threads is not shown.", Severity::Warning,
                    m_content.offsetOf(v[i]));
        }
        return true;
    }

    void samples(std::string_view object, TrackId track, const Tables& tables)
    {
        const std::vector<int64_t> at = times(object);
        SampledThread thread(m_builder, track, m_budget);
        std::vector<FunctionId> stack;
        size_t i = 0;
        int64_t last = -2;
        for (Cursor c(member(object, "stack"), true); c.next() && i < at.size(); i++) {
            const int64_t frame = c.value == "null" ? -1 : parseInteger(c.value).value_or(-2);
            if (frame == last && frame != -2)
                continue; // goes on
            last = frame;
            auto found = StackTable::Found::Broken;
            stack.clear();
            if (frame == -1)
                found = StackTable::Found::Whole;
            else if (frame >= 0 && frame < int64_t(UINT32_MAX))
                found = tables.stacks.stack(uint32_t(frame), m_budget, stack);
            if (found != StackTable::Found::Whole) {
                problem("firefox.stack", "Samples whose stack is not in the file are shown empty.", Severity::DataLoss, c.value);
                stack.clear();
            }
            thread.sample(at[i], stack, m_content.offsetOf(c.value));
            if ((i & 0xFFF) == 0 && m_content.cancelled())
                return;
        }
        if (i > 0)
            thread.end(std::min(kGreatestTime, at[i - 1] + m_interval));
        if (i < at.size())
            problem("firefox.samples", "Samples without a stack were left out.", Severity::DataLoss, object);
    }

    void markers(std::string_view object, TrackId thread, const Tables& tables)
    {
        enum Phase
        {
            InstantPhase,
            Interval,
            Begin,
            Finish
        };
        const auto name = integers(member(object, "name")), phase = integers(member(object, "phase"), InstantPhase);
        const auto column = [&](std::string_view key) {
            std::vector<int64_t> out;
            for (Cursor c(member(object, key), true); c.next();) {
                const int64_t t = parseScaled(c.value, 6).value_or(kNoTime);
                out.push_back(t < kGreatestTime && t > -kGreatestTime ? t : kNoTime);
            }
            out.resize(name.size(), kNoTime);
            return out;
        };
        const auto start = column("startTime"), end = column("endTime");
        Cursor data(member(object, "data"), true);
        std::map<int64_t, TrackId> lanes;
        struct Open
        {
            int64_t start;
            uint32_t extra;
        };
        std::map<int64_t, std::vector<Open>> open;
        const ProcessId process = m_builder.track(thread).process;
        const auto add = [&](int64_t text, int64_t from, int64_t to, uint32_t extra) {
            TrackId& lane = lanes[text];
            const StringId label = m_builder.intern(tables.strings[size_t(text)]);
            if (!lane.valid()) {
                Track t;
                t.kind = TrackKind::Async;
                t.process = process;
                t.tid = m_builder.track(thread).tid;
                t.name = label;
                lane = m_builder.addTrack(t);
            }
            Function f;
            f.name = label;
            f.category = m_builder.intern("marker");
            m_builder.slices(lane).add(from, std::max<int64_t>(0, to - from), m_builder.addFunction(f), extra);
        };
        for (size_t i = 0; i < name.size(); i++) {
            const bool hasData = data.next();
            const std::string_view json = hasData && data.value.starts_with('{') ? data.value : std::string_view();
            const int64_t from = start[i], to = end[i];
            const int64_t kind = i < phase.size() ? phase[i] : int64_t(InstantPhase);
            const bool known = name[i] >= 0 && uint64_t(name[i]) < tables.strings.size();
            if (!known || (kind == Finish ? to : from) == kNoTime || (kind == Interval && to == kNoTime)) {
                problem("firefox.marker", "Markers without a name or a time were left out.", Severity::DataLoss, object);
            } else if (kind == Interval) {
                add(name[i], from, to, m_builder.addExtra(0, json));
            } else if (kind == Begin) {
                open[name[i]].push_back({from, m_builder.addExtra(0, json)});
            } else if (kind == Finish) {
                auto& begun = open[name[i]];
                if (begun.empty()) {
                    problem("firefox.marker_end", "Ends of markers without a begin were left out.", Severity::Warning, object);
                    continue;
                }
                add(name[i], begun.back().start, to, begun.back().extra);
                begun.pop_back();
            } else {
                Instant instant;
                instant.time = from;
                instant.name = m_builder.intern(tables.strings[size_t(name[i])]);
                instant.process = process;
                instant.track = thread;
                m_builder.addInstant(instant, json);
            }
        }
        for (const auto& [text, begun] : open) {
            for (size_t i = 0; i < begun.size(); i++)
                problem("firefox.marker_open", "Markers that had not ended were left out.", Severity::Warning, object);
        }
    }

    void counter(std::string_view object)
    {
        static constexpr std::string_view names[] = {"name", "category", "pid", "samples", "sampleGroups"};
        std::string_view v[5];
        members(object, names, v);
        if (v[3].empty()) { // before version 45
            Cursor group(v[4], true);
            if (group.next())
                v[3] = member(group.value, "samples");
        }
        const ProcessId process = processFor(v[2], {});
        const std::vector<int64_t> at = times(v[3]);
        const bool adds = v[1] == "\"Memory\"" || v[1] == "\"Bandwidth\"";
        const std::string name = textOf(v[0]);
        double sum = 0;
        size_t i = 0;
        for (Cursor c(member(v[3], "count"), true); c.next() && i < at.size(); i++) {
            const auto value = parseDouble(c.value);
            if (!value) {
                problem("firefox.counter", "Counter values that are not numbers were left out.", Severity::Warning, c.value);
                continue;
            }
            sum = adds ? sum + *value : *value;
            m_builder.addCounterSample(process, name, {}, at[i], sum);
        }
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    FrameBudget m_budget;
    std::string_view m_shared[TableCount];
    std::map<std::array<const char*, 4>, Tables> m_tables;
    std::map<std::string, ProcessId> m_processes;
    int64_t m_interval = 0;
    uint64_t m_threads = 0;
};

} // namespace

bool isFirefox(std::string_view head, bool)
{
    bool meta = false, more = false;
    for (const auto& [key, value] : topLevel(head)) {
        if (key == "meta")
            meta = value.find("\"preprocessedProfileVersion\"") != value.npos
                || (value.find("\"interval\"") != value.npos && value.find("\"startTime\"") != value.npos);
        more = more || key == "libs" || key == "threads" || key == "shared";
        if (key == "traceEvents")
            return false;
    }
    return meta && (more || head.find("\"preprocessedProfileVersion\"") != head.npos);
}

Status readFirefox(const Content& content, TraceBuilder& builder)
{
    return FirefoxReader(content, builder).read();
}

} // namespace calltide::formats
