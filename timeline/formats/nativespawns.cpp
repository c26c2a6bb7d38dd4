// SPDX-License-Identifier: GPL-3.0-or-later
#include "format/outofreach.h"
#include "formats/nativelanes.h"

namespace calltide::formats {

using namespace store;

namespace {

struct Start
{
    ThreadResult::Spawn spawn;
    TrackId track;
    bool recorded = false; // the process itself, not one that it started
};

std::vector<Start> startsOf(const ProcessThreads& process)
{
    std::vector<Start> starts;
    for (const auto& [track, result] : process.threads)
        for (const auto& spawn : result->spawns)
            starts.push_back({spawn, track});
    std::stable_sort(
        starts.begin(), starts.end(), [](const Start& a, const Start& b) { return a.spawn.begin < b.spawn.begin; });
    return starts;
}

// Ids of processes are used again, so the first end after the start is meant.
const ThreadResult::ChildEnd* endOf(const ProcessThreads& process, const ThreadResult::Spawn& spawn)
{
    const ThreadResult::ChildEnd* first = nullptr;
    for (const auto& [track, result] : process.threads)
        for (const auto& end : result->childEnds)
            if (end.pid == spawn.pid && end.time >= spawn.time && (!first || end.time < first->time))
                first = &end;
    return first;
}

bool isChild(const NativeFile& child, const NativeFile& parent)
{
    return &child != &parent && std::memcmp(child.header.parentProcessId, parent.header.processId, 16) == 0;
}

// The newest start before `time` of the process itself, of one that is its parent (a shell), or of any other that may
// have led to it.
Start* startOf(std::vector<Start>& starts, const NativeFile& child, int64_t time)
{
    const auto newest = [&](auto fits) -> Start* {
        for (auto it = starts.rbegin(); it != starts.rend(); ++it)
            if (it->spawn.begin <= time && fits(*it))
                return &*it;
        return nullptr;
    };
    if (Start* s = newest([&](const Start& one) { return one.spawn.pid == child.header.pid; })) {
        s->recorded = true;
        return s;
    }
    if (Start* s = newest([&](const Start& one) { return one.spawn.pid == child.header.ppid; }))
        return s;
    return newest([](const Start& one) { return !one.recorded; });
}

// Why a process that was started has no recording, where its command line tells: it did not live long enough to be attached
// to. "": it does not tell.
std::string outOfReach(std::string_view command)
{
    std::vector<std::string> words;
    for (size_t at = 0; at < command.size();) {
        const size_t end = std::min(command.find(' ', at), command.size());
        if (end > at)
            words.emplace_back(command.substr(at, end - at));
        at = end + 1;
    }
    const char option = !words.empty() && format::namedPython(words[0]) ? format::shutOffBy(words) : '\0';
    return option ? std::string("started with -") + option : std::string();
}

void addOthers(TraceBuilder& builder, const ProcessThreads& process, const std::vector<Start>& starts)
{
    std::map<uint32_t, TrackId> lanes; // by thread
    const int64_t end = builder.process(process.process).end;
    for (const Start& s : starts) {
        if (s.recorded)
            continue;
        const auto [lane, isNew] = lanes.try_emplace(s.track.v);
        if (isNew) {
            Track t;
            t.kind = TrackKind::Async;
            t.process = process.process;
            t.parent = s.track;
            t.name = builder.intern("Other processes");
            lane->second = builder.addTrack(t);
        }
        const std::string command(process.file.string(s.spawn.command));
        const ThreadResult::ChildEnd* ended = endOf(process, s.spawn);
        Function f;
        f.name = builder.intern(command.empty() ? "process " + std::to_string(s.spawn.pid) : command.substr(0, 200));
        f.category = builder.intern("process");
        f.kind = store::FunctionKind::Other;
        std::string json = "{\"pid\":" + std::to_string(s.spawn.pid) + ",\"command\":" + jsonQuoted(command);
        if (ended)
            json += ",\"exit status\":" + std::to_string(ended->status);
        if (const std::string why = outOfReach(command); !why.empty())
            json += ",\"not recorded\":" + jsonQuoted(why);
        builder.slices(lane->second)
            .add(
                s.spawn.begin, std::max<int64_t>(0, (ended ? ended->time : end) - s.spawn.begin), builder.addFunction(f),
                builder.addExtra(ended ? 0 : uint8_t(kStillRunning), json + "}"));
    }
}

bool hasOption(const NativeFile& file, std::string_view key, std::string_view value)
{
    return file.metaValue("options").find("\"" + std::string(key) + "\": " + std::string(value)) != std::string::npos;
}

} // namespace

// Forks, and those that run a program with the same interpreter. Other Pythons may be out of reach, and where only some
// children were wanted it can not be told which.
uint64_t recordedChildren(const ProcessThreads& process)
{
    const NativeFile& file = process.file;
    if (!hasOption(file, "children", "true") || !hasOption(file, "include_children", "[]") || !hasOption(file, "exclude_children", "[]"))
        return 0;
    const std::string same = std::string(file.metaValue("executable")) + " ";
    const std::vector<Start> starts = startsOf(process);
    return uint64_t(std::count_if(starts.begin(), starts.end(), [&](const Start& s) {
        const std::string_view command = file.string(s.spawn.command);
        if (command.empty())
            return true;
        const std::string_view first = command.starts_with(same) ? command.substr(same.size()) : std::string_view();
        return !first.empty() && (first[0] != '-' || first.starts_with("-c ") || first.starts_with("-m ")) && outOfReach(command).empty();
    }));
}

void addSpawns(TraceBuilder& builder, const std::vector<ProcessThreads>& processes)
{
    for (const ProcessThreads& parent : processes) {
        std::vector<Start> starts = startsOf(parent);
        std::vector<const ProcessThreads*> children;
        for (const ProcessThreads& p : processes)
            if (isChild(p.file, parent.file) && !p.threads.empty())
                children.push_back(&p);
        // Those that are found by their own id first: what is left may belong to the others.
        std::stable_partition(children.begin(), children.end(), [&](const ProcessThreads* child) {
            return std::any_of(starts.begin(), starts.end(), [&](const Start& s) { return s.spawn.pid == child->file.header.pid; });
        });
        for (const ProcessThreads* child : children) {
            Process& p = builder.process(child->process);
            Flow flow;
            flow.to = p.begin;
            flow.toTrack = child->threads.front().first;
            if (const Start* s = startOf(starts, child->file, p.begin)) {
                flow.from = s->spawn.begin;
                flow.fromTrack = s->track;
                flow.name = builder.intern("started");
                if (const auto* end = s->recorded && !p.exitStatus ? endOf(parent, s->spawn) : nullptr)
                    p.exitStatus = end->status; // killed, or ended without ceremony
            } else if (child->file.header.pid == parent.file.header.pid && !parent.threads.empty()) {
                flow.from = std::min(builder.process(parent.process).end, p.begin);
                flow.fromTrack = parent.threads.front().first;
                flow.name = builder.intern("became");
            } else {
                continue;
            }
            builder.addFlow(flow);
        }
        addOthers(builder, parent, starts);
    }
}

} // namespace calltide::formats
