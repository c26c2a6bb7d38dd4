// SPDX-License-Identifier: GPL-3.0-or-later
// A processed profile for the Firefox Profiler: a sample wherever a thread's stack changes, which weighs as long as the
// stack stays, or its call tree would count changes instead of time. Calls of one function that
// follow each other without a gap become one there; the format has no other way.
#include "formats/exporters.h"
#include <charconv>
#include <map>

namespace calltide::formats {

using namespace store;

namespace {

void milliseconds(std::string& to, int64_t ns)
{
    if (ns < 0)
        to += '-';
    const uint64_t v = ns < 0 ? 0 - uint64_t(ns) : uint64_t(ns);
    to += std::to_string(v / 1'000'000);
    const std::string digits = std::to_string(1'000'000 + v % 1'000'000);
    to += '.';
    to.append(digits, 1);
}

template <class T, class F> void column(Output& out, std::string_view name, const T& values, F text)
{
    out.add(",\"");
    out.add(name);
    out.add("\":[");
    bool first = true;
    for (const auto& v : values) {
        if (!first)
            out.add(',');
        first = false;
        out.add(text(v));
    }
    out.add(']');
}

void repeated(Output& out, std::string_view name, size_t count, std::string_view value)
{
    out.add(",\"");
    out.add(name);
    out.add("\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            out.add(',');
        out.add(value);
    }
    out.add(']');
}

struct ThreadSamples
{
    static constexpr uint32_t kNone = UINT32_MAX;
    std::vector<int64_t> times;
    std::vector<uint32_t> stacks;
    std::vector<std::pair<uint32_t, uint32_t>> table; // caller, function
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> ids;

    void at(int64_t time, uint32_t stack)
    {
        if (!times.empty() && times.back() == time) // only the last of one moment can be seen
            stacks.back() = stack;
        else {
            times.push_back(time);
            stacks.push_back(stack);
        }
    }
    uint32_t stack(uint32_t caller, uint32_t function)
    {
        const auto [it, added] = ids.try_emplace({caller, function}, uint32_t(table.size()));
        if (added)
            table.push_back(it->first);
        return it->second;
    }
};

void writeThread(Exporting& e, TrackId id, const ThreadSamples& s, size_t functions)
{
    const Trace& t = e.trace;
    const Track& track = t.track(id);
    Output& out = e.out;
    out.add("{\"processType\":\"default\",\"processStartupTime\":0,\"processShutdownTime\":null,\"registerTime\":0,"
            "\"unregisterTime\":null,\"pausedRanges\":[],\"isMainThread\":false,\"name\":");
    out.addString(e.trackName(id));
    out.add(",\"tid\":");
    out.addInteger(track.tid);
    const Process none;
    const Process& process = track.process.valid() ? t.process(track.process) : none;
    out.add(",\"pid\":\"" + std::to_string(process.pid) + "\",\"processName\":");
    out.addString(track.process.valid() ? t.string(process.name) : std::string_view());
    const auto number = [](uint32_t v) { return v == ThreadSamples::kNone ? std::string("null") : std::to_string(v); };
    const auto time = [](int64_t ns) {
        std::string text;
        milliseconds(text, ns);
        return text;
    };
    out.add(",\"samples\":{\"length\":" + std::to_string(s.times.size()) + ",\"weightType\":\"tracing-ms\"");
    column(out, "weight", s.stacks, [&, i = size_t(0)](uint32_t stack) mutable {
        const int64_t lasts = ++i < s.times.size() && stack != ThreadSamples::kNone ? s.times[i] - s.times[i - 1] : 0;
        return time(lasts);
    });
    column(out, "stack", s.stacks, number);
    column(out, "time", s.times, time);
    const size_t n = s.table.size();
    out.add("},\"stackTable\":{\"length\":" + std::to_string(n));
    column(out, "frame", s.table, [](const auto& v) { return std::to_string(v.second); });
    column(out, "prefix", s.table, [&](const auto& v) { return number(v.first); });
    repeated(out, "category", n, "0");
    repeated(out, "subcategory", n, "0");
    // A frame for each function, so both have the same numbers.
    out.add("},\"frameTable\":{\"length\":" + std::to_string(functions) + ",\"func\":[");
    for (size_t f = 0; f < functions; f++) {
        if (f)
            out.add(',');
        out.addInteger(int64_t(f));
    }
    out.add(']');
    for (const char* zero : {"category", "subcategory", "inlineDepth", "innerWindowID"})
        repeated(out, zero, functions, "0");
    repeated(out, "address", functions, "-1");
    for (const char* null : {"nativeSymbol", "implementation", "line", "column"})
        repeated(out, null, functions, "null");
    // Strings stand as name and file of each function, see the shared list.
    out.add("},\"funcTable\":{\"length\":" + std::to_string(functions));
    column(out, "name", t.functions(), [](const Function& f) { return std::to_string(f.name.v); });
    column(out, "fileName", t.functions(), [&](const Function& f) {
        return t.string(f.file).empty() ? std::string("null") : std::to_string(f.file.v);
    });
    column(out, "lineNumber", t.functions(), [](const Function& f) { return f.line ? std::to_string(f.line) : std::string("null"); });
    repeated(out, "columnNumber", functions, "null");
    repeated(out, "isJS", functions, "false");
    repeated(out, "relevantForJS", functions, "true");
    repeated(out, "resource", functions, "-1");
    out.add("},\"resourceTable\":{\"length\":0,\"lib\":[],\"name\":[],\"host\":[],\"type\":[]},"
            "\"nativeSymbols\":{\"length\":0,\"libIndex\":[],\"address\":[],\"name\":[],\"functionSize\":[]},"
            "\"markers\":{\"length\":0,\"data\":[],\"name\":[],\"startTime\":[],\"endTime\":[],\"phase\":[],\"category\":[]}}");
}

} // namespace

bool writeFirefox(Exporting& e)
{
    const Trace& t = e.trace;
    Output& out = e.out;
    std::string start = "0";
    if (t.wallClockOffset()) {
        start.clear();
        milliseconds(start, *t.wallClockOffset());
    }
    out.add("{\"meta\":{\"interval\":0.000001,\"startTime\":" + start
        + ",\"version\":32,\"preprocessedProfileVersion\":57,\"processType\":0,\"stackwalk\":0,\"product\":\"Calltide\","
          "\"symbolicated\":true,\"importedFrom\":\"Calltide\",\"markerSchema\":[],\"categories\":[{\"name\":\"Other\",\"color\":"
          "\"grey\",\"subcategories\":[\"Other\"]}],\"extensions\":{\"id\":[],\"name\":[],\"baseURL\":[],\"length\":0}},"
          "\"libs\":[],\"pages\":[],\"shared\":{\"stringArray\":[");
    for (size_t i = 0; i < t.stringCount(); i++) {
        if (i)
            out.add(',');
        out.addString(t.string(StringId(i)));
    }
    out.add("],\"sources\":{\"length\":0,\"uuid\":[],\"filename\":[]}},\"threads\":[");
    bool first = true;
    for (size_t k = 0; k < t.tracks().size(); k++) {
        const TrackId id{k};
        if (!e.wants(id) || t.track(id).sliceCount == 0)
            continue;
        ThreadSamples samples;
        std::vector<uint32_t> open;
        e.walk(
            id,
            [&](SliceIndex i, uint32_t) {
                e.tick();
                open.push_back(samples.stack(open.empty() ? ThreadSamples::kNone : open.back(), t.functionOf(i).v));
                samples.at(e.clip(t.start(i)), open.back());
            },
            [&](SliceIndex i, uint32_t) {
                open.pop_back();
                samples.at(e.clip(t.end(i)), open.empty() ? ThreadSamples::kNone : open.back());
            });
        if (e.stopped())
            return false;
        out.add(first ? "\n" : ",\n");
        first = false;
        writeThread(e, id, samples, t.functions().size());
    }
    out.add("]}\n");
    return !e.stopped();
}

} // namespace calltide::formats
