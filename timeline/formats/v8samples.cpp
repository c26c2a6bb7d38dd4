// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/v8samples.h"
#include "formats/jsonprofile.h"
#include <algorithm>
#include <unordered_map>

namespace calltide::formats {

using namespace json;
using namespace store;

FunctionId v8Function(TraceBuilder& builder, std::string_view callFrame)
{
    static constexpr std::string_view names[] = {"functionName", "url", "lineNumber"};
    std::string_view v[3];
    members(callFrame, names, v);
    const std::string name = textOf(v[0]);
    std::string url = textOf(v[1]);
    if (name == "(root)" || name == "(idle)")
        return {};
    if (url.starts_with("file://"))
        url.erase(0, 7);
    Function f;
    f.name = builder.intern(name.empty() ? "(anonymous)" : name);
    f.file = builder.intern(url);
    const int64_t line = parseInteger(v[2]).value_or(-1) + 1; // from 0
    f.line = !url.empty() && line > 0 && line < INT32_MAX ? uint32_t(line) : 0;
    return builder.addFunction(f);
}

void V8Samples::add(const RawEvent& e, int64_t time, TrackId thread)
{
    Profile& p = m_profiles[std::string(e.pid) + '\0' + std::string(e.id)];
    if (e.name == "Profile") {
        p.announced = true;
        p.thread = thread;
        p.start = parseScaled(member(member(e.args, "data"), "startTime")).value_or(time);
        return;
    }
    if (!p.announced && p.chunks.empty()) {
        p.thread = thread;
        p.start = time;
    }
    p.chunks.push_back({time, e.offset, std::string(e.args)});
}

void V8Samples::finish()
{
    for (auto& [key, profile] : m_profiles)
        if (!profile.chunks.empty())
            show(profile);
    m_profiles.clear();
}

void V8Samples::show(Profile& profile)
{
    constexpr int64_t kGreatest = int64_t(1) << 61;
    std::stable_sort(profile.chunks.begin(), profile.chunks.end(), [](const Chunk& a, const Chunk& b) { return a.time < b.time; });
    const Track of = m_builder.track(profile.thread);
    Track track;
    track.process = of.process;
    track.tid = of.tid;
    track.sortIndex = of.sortIndex;
    track.name = m_builder.intern("samples");
    const TrackId id = m_builder.addTrack(track);
    struct Sample
    {
        int64_t time;
        uint32_t node;
        uint64_t offset;
    };
    std::vector<Sample> samples; // V8 writes some after their time
    StackTable table;
    std::unordered_map<int64_t, uint32_t> byId;
    std::vector<FunctionId> stack;
    int64_t at = std::clamp(profile.start, -kGreatest, kGreatest), last = at; // ns
    for (const Chunk& chunk : profile.chunks) {
        const std::string_view data = member(chunk.arguments, "data"), cpu = member(data, "cpuProfile");
        const auto problem = [&](const char* kind, const char* text) {
            m_builder.problem(kind, text, Severity::DataLoss, int64_t(chunk.offset));
        };
        for (Cursor c(member(cpu, "nodes"), true); c.next();) {
            static constexpr std::string_view names[] = {"id", "callFrame", "parent"};
            std::string_view v[3];
            members(c.value, names, v);
            const auto number = parseInteger(v[0]);
            const auto parent = byId.find(parseInteger(v[2]).value_or(INT64_MIN));
            if (!number || !byId.try_emplace(*number, uint32_t(byId.size())).second) {
                problem("cpuprofile.node", "Nodes without a number of their own were left out.");
                continue;
            }
            table.add(v8Function(m_builder, v[1]), parent == byId.end() ? StackTable::kNone : parent->second);
        }
        std::string_view deltas = member(data, "timeDeltas");
        Cursor delta(deltas.empty() ? member(cpu, "timeDeltas") : deltas, true);
        for (Cursor c(member(cpu, "samples"), true); c.next();) {
            const auto step = delta.next() ? parseScaled(delta.value) : std::nullopt;
            if (step && *step < kGreatest && *step > -kGreatest)
                at = std::clamp(at + *step, -kGreatest, kGreatest);
            const auto node = byId.find(parseInteger(c.value).value_or(INT64_MIN));
            samples.push_back({at, node == byId.end() ? StackTable::kNone : node->second, chunk.offset});
            last = std::max(last, at);
        }
        if (const auto end = parseScaled(member(data, "endTime")))
            last = std::max(last, std::min(*end, kGreatest));
    }
    std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.time < b.time; });
    SampledThread thread(m_builder, id, m_budget);
    for (const Sample& s : samples) {
        if (s.node == StackTable::kNone || table.stack(s.node, m_budget, stack) != StackTable::Found::Whole) {
            m_builder.problem("cpuprofile.sample", "Samples of nodes that are not in the file are shown empty.",
                Severity::DataLoss, int64_t(s.offset));
            stack.clear();
        }
        thread.sample(s.time, stack, int64_t(s.offset));
    }
    thread.end(last);
}

} // namespace calltide::formats
