// SPDX-License-Identifier: GPL-3.0-or-later
// speedscope's own format (also of py-spy, pyinstrument, austin): profiles of events or of samples over one list of
// frames. One thread a profile.
#include "formats/begun.h"
#include "formats/jsonprofile.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include <algorithm>
#include <map>

namespace calltide::formats {

using namespace json;
using namespace store;

namespace {

int digitsOf(std::string_view unit) // 10^n ns are one
{
    return unit == "seconds" ? 9 : unit == "milliseconds" ? 6 : unit == "microseconds" ? 3 : unit == "none" ? 6 : 0;
}

class SpeedscopeReader
{
public:
    SpeedscopeReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_budget(content.bytes.size())
    {
    }

    Status read()
    {
        static constexpr std::string_view names[] = {"shared", "profiles", "name", "exporter"};
        std::string_view values[4];
        members(m_content.bytes, names, values);
        reportCut(m_content, m_builder);
        Process process;
        process.name = m_builder.intern(textOf(values[2]));
        m_process = m_builder.addProcess(process);
        if (!values[3].empty())
            m_builder.addMetadata("exporter", textOf(values[3]));
        frames(member(values[0], "frames"));
        for (Cursor c(values[1], true); c.next();) {
            if (m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            profile(c.value);
        }
        if (m_profiles == 0)
            return Error{ErrorCode::Damaged, m_content.path + ": this speedscope file holds no profile."};
        return Ok{};
    }

private:
    void problem(const char* kind, const char* text, Severity severity, std::string_view at)
    {
        m_builder.problem(kind, text, severity, m_content.offsetOf(at), at.substr(0, 160));
    }

    void frames(std::string_view list)
    {
        static constexpr std::string_view names[] = {"name", "file", "line"};
        for (Cursor c(list, true); c.next();) {
            std::string_view values[3];
            members(c.value, names, values);
            Function f;
            f.name = m_builder.intern(textOf(values[0]));
            if (isString(values[1]))
                f.file = m_builder.intern(textOf(values[1]));
            const int64_t line = parseInteger(values[2]).value_or(0);
            f.line = line > 0 && line < INT32_MAX ? uint32_t(line) : 0;
            f.kind = f.line || textOf(values[1]).ends_with(".py") ? FunctionKind::Python : FunctionKind::Other;
            m_functions.push_back(m_builder.addFunction(f));
        }
    }

    FunctionId function(std::string_view token)
    {
        const auto i = parseInteger(token);
        if (i && *i >= 0 && uint64_t(*i) < m_functions.size())
            return m_functions[size_t(*i)];
        problem("speedscope.frame", "Frames that the file does not describe were left out.", Severity::DataLoss, token);
        return {};
    }

    void profile(std::string_view object)
    {
        static constexpr std::string_view names[]
            = {"type", "name", "unit", "startValue", "endValue", "events", "samples", "weights"};
        std::string_view v[8];
        members(object, names, v);
        const std::string type = textOf(v[0]), unit = textOf(v[2]);
        if (type != "evented" && type != "sampled")
            return problem(
                "speedscope.type", "Profiles that are neither evented nor sampled were left out.", Severity::DataLoss,
                object);
        m_profiles++;
        m_track = m_builder.addTrack(threadOf(textOf(v[1])));
        m_digits = digitsOf(unit);
        if (m_profiles == 1)
            describeAxis(m_builder, axisFor(unit, 0), false);
        const int64_t begin = time(v[3], object);
        if (type == "evented")
            events(v[5], begin, time(v[4], object));
        else
            samples(v[6], v[7], begin);
    }

    // py-spy: Process 41 Thread 42 "MainThread", without the process if there is only one. austin: Wall time profile for
    // 41:0:42, with the interpreter between them.
    Track threadOf(const std::string& name)
    {
        Track track;
        track.process = m_process;
        track.tid = int64_t(m_profiles);
        std::string_view rest = name;
        const auto number = [&](std::string_view word) -> std::optional<int64_t> {
            if (!rest.starts_with(word))
                return {};
            const size_t space = std::min(rest.find(' ', word.size()), rest.size());
            const auto n = parseInteger(rest.substr(word.size(), space - word.size()));
            if (n)
                rest.remove_prefix(std::min(space + 1, rest.size()));
            return n;
        };
        const auto ofProcess = [&](int64_t pid) {
            const auto [it, added] = m_processes.try_emplace(pid, m_process);
            if (added && m_processes.size() > 1)
                it->second = m_builder.addProcess({});
            m_builder.process(it->second).pid = pid;
            track.process = it->second;
        };
        if (const size_t at = name.rfind(" profile for "); at != name.npos) {
            const std::string_view ids = rest.substr(at + 13);
            const size_t first = ids.find(':'), last = ids.rfind(':');
            const auto pid = parseInteger(ids.substr(0, first)), tid = parseInteger(ids.substr(last + 1));
            if (first != last && pid && tid) {
                ofProcess(*pid);
                track.tid = *tid;
                return track;
            }
        }
        if (const auto pid = number("Process "))
            ofProcess(*pid);
        if (const auto tid = number("Thread ")) {
            track.tid = *tid;
            if (rest.size() > 1 && rest.front() == '"' && rest.back() == '"')
                rest = rest.substr(1, rest.size() - 2);
            track.name = m_builder.intern(rest);
        } else {
            track.name = m_builder.intern(name);
        }
        return track;
    }

    int64_t time(std::string_view token, std::string_view in)
    {
        const auto t = parseScaled(token, m_digits);
        if (!t || *t > kGreatestTime || *t < -kGreatestTime) {
            problem("speedscope.time", "Times that are not numbers count as 0.", Severity::Warning, in);
            return 0;
        }
        return *t;
    }

    void events(std::string_view list, int64_t begin, int64_t end)
    {
        static constexpr std::string_view names[] = {"type", "frame", "at"};
        struct Open
        {
            FunctionId function;
            int64_t start;
            size_t slice;
            bool closed;
        };
        BegunSlices slices;
        std::vector<Open> open; // closed ones stay until they are the last
        std::vector<std::vector<size_t>> places; // of each function's open ones
        int64_t last = begin;
        for (Cursor c(list, true); c.next();) {
            std::string_view v[3];
            members(c.value, names, v);
            const FunctionId f = function(v[1]);
            const auto at = parseScaled(v[2], m_digits);
            if (!f.valid())
                continue;
            if (!at || *at > kGreatestTime || *at < -kGreatestTime || (v[0] != "\"O\"" && v[0] != "\"C\"")) {
                problem("speedscope.event", "Events without a time or a type were left out.", Severity::DataLoss, c.value);
                continue;
            }
            last = std::max(last, *at);
            if (places.size() <= f.v)
                places.resize(size_t(f.v) + 1);
            if (v[0] == "\"O\"") {
                places[f.v].push_back(open.size());
                open.push_back({f, *at, slices.begin(*at), false});
                continue;
            }
            if (places[f.v].empty()) {
                problem("speedscope.close", "Ends without a begin were left out.", Severity::Warning, c.value);
                continue;
            }
            Open& begun = open[places[f.v].back()];
            places[f.v].pop_back();
            begun.closed = true;
            if (*at < begun.start)
                problem("speedscope.negative", "Calls that end before they begin are shown with no duration.",
                    Severity::Warning, c.value);
            slices.end(begun.slice, *at, f);
            while (!open.empty() && open.back().closed)
                open.pop_back();
        }
        end = std::max(last, end);
        for (const Open& o : open) {
            if (o.closed)
                continue;
            slices.end(o.slice, end, o.function, kStillRunning);
            m_builder.problem(
                "speedscope.open", "Calls that had not ended are shown up to the end.", Severity::Info, -1);
        }
        slices.addTo(m_builder.slices(m_track));
        m_builder.includeTime(begin, end);
    }

    void samples(std::string_view list, std::string_view weightList, int64_t at)
    {
        SampledThread thread(m_builder, m_track, m_budget);
        Cursor weights(weightList, true);
        std::vector<FunctionId> stack;
        for (Cursor c(list, true); c.next();) {
            stack.clear();
            for (Cursor frame(c.value, true); frame.next();) {
                if (const FunctionId f = function(frame.value); f.valid())
                    stack.push_back(f);
            }
            thread.sample(at, stack, m_content.offsetOf(c.value));
            if (!weights.next()) {
                problem("speedscope.weight", "Samples without a weight were left out.", Severity::DataLoss, c.value);
                continue;
            }
            const int64_t weight = time(weights.value, weights.value);
            if (weight < 0)
                problem("speedscope.weight", "Negative weights count as 0.", Severity::Warning, weights.value);
            at = std::min(kGreatestTime, at + std::max<int64_t>(0, weight));
        }
        thread.end(at);
    }

    static constexpr int64_t kGreatestTime = int64_t(1) << 61;
    const Content& m_content;
    TraceBuilder& m_builder;
    FrameBudget m_budget;
    std::vector<FunctionId> m_functions;
    ProcessId m_process;
    std::map<int64_t, ProcessId> m_processes; // whose numbers are told
    TrackId m_track;
    int m_digits = 0;
    size_t m_profiles = 0;
};

} // namespace

bool isSpeedscope(std::string_view head, bool)
{
    bool shared = false, profiles = false, active = false;
    for (const auto& [key, value] : topLevel(head)) {
        if (key == "$schema" && value.find("speedscope") != value.npos)
            return true;
        shared = shared || (key == "shared" && value.find("\"frames\"") != value.npos);
        profiles = profiles || (key == "profiles" && value.starts_with('['));
        active = active || key == "activeProfileIndex";
    }
    return shared && (profiles || active);
}

Status readSpeedscope(const Content& content, TraceBuilder& builder)
{
    return SpeedscopeReader(content, builder).read();
}

} // namespace calltide::formats
