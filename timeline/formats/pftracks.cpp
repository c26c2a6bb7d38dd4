// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pftracks.h"
#include "formats/begun.h"
#include <algorithm>

namespace calltide::formats::pf {

using namespace store;

void Tracks::describe(uint64_t uuid, Descriptor d)
{
    const auto [it, added] = m_descriptors.try_emplace(uuid, d);
    Descriptor& have = it->second;
    if (!added) {
        if (!d.name.empty())
            have.name = d.name;
        if (d.parent)
            have.parent = d.parent;
        if (d.pid >= 0)
            have.pid = d.pid;
        if (d.tid >= 0)
            have.tid = d.tid;
        if (d.isCounter)
            have.isCounter = true, have.incremental = d.incremental, have.multiplier = d.multiplier, have.unit = d.unit;
    }
    // The name often comes after the first event of the track.
    if (const auto track = m_tracks.find(uuid); track != m_tracks.end() && !d.name.empty())
        m_builder.track(track->second).name = m_builder.intern(d.name);
}

void Tracks::nameProcess(int64_t pid, std::string_view name, std::string_view commandLine, int64_t parent)
{
    auto& names = m_processNames[pid];
    if (!name.empty())
        names[0] = name;
    if (!commandLine.empty())
        names[1] = commandLine;
    if (parent > 0)
        m_parents[pid] = parent;
}

void Tracks::nameThread(int64_t, int64_t tid, std::string_view name)
{
    if (!name.empty())
        m_threadNames[tid] = name;
}

bool Tracks::isCounter(uint64_t uuid) const
{
    const auto it = m_descriptors.find(uuid);
    return it != m_descriptors.end() && it->second.isCounter;
}

Tracks::Place Tracks::placeOf(uint64_t uuid) const
{
    Place place;
    for (int steps = 0; uuid && steps < 64; steps++) { // parents may form a circle
        const auto it = m_descriptors.find(uuid);
        if (it == m_descriptors.end())
            break;
        if (place.pid < 0)
            place.pid = it->second.pid;
        if (place.pid >= 0)
            break;
        uuid = it->second.parent;
    }
    return place;
}

ProcessId Tracks::process(int64_t pid)
{
    const auto [it, added] = m_processes.try_emplace(pid);
    if (added) {
        Process p;
        p.pid = std::max<int64_t>(pid, 0);
        if (pid < 0)
            p.name = m_builder.intern("Tracks of no process");
        it->second = m_builder.addProcess(p);
    }
    return it->second;
}

TrackId Tracks::thread(int64_t pid, int64_t tid)
{
    const auto [it, added] = m_threads.try_emplace({pid, tid});
    if (added) {
        Track t;
        t.kind = TrackKind::Thread;
        t.process = process(pid);
        t.tid = tid;
        it->second = m_builder.addTrack(t);
    }
    return it->second;
}

TrackId Tracks::async(int64_t pid, std::string_view name, const std::string& key)
{
    const auto [it, added] = m_asyncs.try_emplace(key);
    if (added) {
        Track t;
        t.kind = TrackKind::Async;
        t.process = process(pid);
        t.name = m_builder.intern(name);
        it->second = m_builder.addTrack(t);
    }
    return it->second;
}

TrackId Tracks::track(uint64_t uuid)
{
    if (const auto known = m_tracks.find(uuid); known != m_tracks.end())
        return known->second;
    TrackId id;
    const auto it = m_descriptors.find(uuid);
    if (it != m_descriptors.end() && it->second.tid >= 0) {
        id = thread(it->second.pid, it->second.tid);
        if (!it->second.name.empty())
            m_builder.track(id).name = m_builder.intern(it->second.name);
    } else {
        Track t;
        t.kind = TrackKind::Async;
        t.process = process(placeOf(uuid).pid);
        if (it != m_descriptors.end()) {
            t.name = m_builder.intern(it->second.name);
            t.sortIndex = it->second.order;
        } else if (uuid) {
            m_builder.problem("pftrace.track", "Events of tracks that are not described stand in tracks without a name.",
                Severity::Info, -1, std::to_string(uuid));
        }
        id = m_builder.addTrack(t);
    }
    m_tracks.emplace(uuid, id);
    return id;
}

void Tracks::begin(TrackId track, int64_t time, FunctionId function, uint32_t arguments)
{
    see(time);
    m_marks[track].push_back({time, function, arguments});
}

void Tracks::end(TrackId track, int64_t time, uint32_t arguments)
{
    see(time);
    m_marks[track].push_back({time, FunctionId(), arguments});
}

void Tracks::state(TrackId track, int64_t time, FunctionId function, uint32_t arguments)
{
    if (m_inState.erase(track))
        end(track, time, 0);
    if (function.valid()) {
        begin(track, time, function, arguments);
        m_inState.insert(track);
    }
}

void Tracks::complete(TrackId track, int64_t time, int64_t duration, FunctionId function, uint32_t arguments)
{
    see(time + duration);
    m_builder.slices(track).add(time, duration, function, arguments);
}

void Tracks::instant(TrackId track, int64_t time, std::string_view name, std::string_view arguments, bool ofProcess)
{
    see(time);
    Instant i;
    i.time = time;
    i.name = m_builder.intern(name);
    i.process = m_builder.track(track).process;
    if (!ofProcess)
        i.track = track;
    m_builder.addInstant(i, arguments);
}

void Tracks::counter(uint64_t uuid, int64_t time, double value)
{
    see(time);
    const auto it = m_descriptors.find(uuid);
    if (it == m_descriptors.end()) {
        m_builder.addCounterSample(process(-1), "counter " + std::to_string(uuid), {}, time, value);
        return;
    }
    const Descriptor& d = it->second;
    value *= d.multiplier;
    if (d.incremental)
        value = m_sums[uuid] += value;
    m_builder.addCounterSample(process(placeOf(uuid).pid), d.name, d.unit, time, value);
}

void Tracks::flow(uint64_t id, TrackId track, int64_t time, std::string_view name, bool terminates)
{
    m_flows[id].push_back({time, track, m_builder.intern(name), terminates});
}

void Tracks::finish()
{
    const auto earlier = [](const auto& a, const auto& b) { return a.time < b.time; };
    for (auto& [track, marks] : m_marks) {
        std::stable_sort(marks.begin(), marks.end(), earlier);
        BegunSlices slices;
        std::vector<std::pair<const Mark*, size_t>> open;
        for (const Mark& m : marks) {
            if (m.function.valid()) {
                open.push_back({&m, slices.begin(m.time)});
            } else if (open.empty()) {
                m_builder.problem("pftrace.end_without_begin", "Ends without a begin were left out.", Severity::Warning);
            } else {
                const Mark& b = *open.back().first;
                slices.end(open.back().second, m.time, b.function, b.extra ? b.extra : m.extra);
                open.pop_back();
            }
        }
        for (const auto& [m, slice] : open) {
            const uint32_t extra = m->extra ? m->extra : uint32_t(kStillRunning);
            slices.end(slice, m_last, m->function, extra);
            m_builder.problem(
                "pftrace.begin_without_end", "Calls that had not ended are shown up to the end.", Severity::Info);
        }
        slices.addTo(m_builder.slices(track));
    }
    for (auto& [id, marks] : m_flows) {
        std::stable_sort(marks.begin(), marks.end(), earlier);
        for (size_t i = 1; i < marks.size(); i++) {
            if (!marks[i - 1].terminates)
                m_builder.addFlow({marks[i - 1].time, marks[i].time, marks[i - 1].track, marks[i].track, marks[i].name});
        }
        if (marks.size() == 1)
            m_builder.problem("pftrace.flow", "Arrows with one end only were left out.", Severity::Warning);
    }
    for (const auto& [pid, id] : m_processes) {
        Process& p = m_builder.process(id);
        if (const auto names = m_processNames.find(pid); names != m_processNames.end()) {
            const auto& [name, command] = names->second;
            p.name = m_builder.intern(name.empty() ? command : name);
            p.commandLine = m_builder.intern(command);
        }
        if (const auto parent = m_parents.find(pid); parent != m_parents.end()) {
            p.parentPid = parent->second;
            if (const auto of = m_processes.find(parent->second); of != m_processes.end() && of->first != pid)
                p.parent = of->second;
        }
    }
    for (const auto& [key, id] : m_threads) {
        Track& t = m_builder.track(id);
        const auto name = m_threadNames.find(key.second);
        if (m_builder.intern({}) == t.name && name != m_threadNames.end())
            t.name = m_builder.intern(name->second);
    }
}

} // namespace calltide::formats::pf
