// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/match.h"
#include <algorithm>
#include <map>
#include <tuple>

namespace calltide::store {

TraceMatch::TraceMatch(const Trace& from, const Trace& to)
    : m_from(from)
    , m_to(to)
    , m_same(from.isGrowing() && to.isGrowing())
{
    if (m_same)
        return;
    // By the system's numbers, and by order among those that share them.
    std::map<std::pair<int64_t, int>, ProcessId> processes;
    std::map<int64_t, int> seen;
    for (uint32_t i = 0; i < to.processes().size(); i++)
        processes[{to.processes()[i].pid, seen[to.processes()[i].pid]++}] = ProcessId(i);
    seen.clear();
    for (const Process& p : from.processes()) {
        const auto it = processes.find({p.pid, seen[p.pid]++});
        m_processes.push_back(it == processes.end() ? ProcessId() : it->second);
    }
    using Key = std::tuple<uint32_t, TrackKind, int64_t, int>; // process in `to`, kind, tid, number
    std::map<Key, TrackId> tracks;
    std::map<Key, int> count;
    const auto number = [&count](uint32_t process, const Track& t) { return count[{process, t.kind, t.tid, 0}]++; };
    for (uint32_t i = 0; i < to.tracks().size(); i++) {
        const Track& t = to.tracks()[i];
        tracks[{t.process.v, t.kind, t.tid, number(t.process.v, t)}] = TrackId(i);
    }
    count.clear();
    for (const Track& t : from.tracks()) {
        const uint32_t p = process(t.process).v;
        const auto it = tracks.find({p, t.kind, t.tid, number(p, t)});
        m_tracks.push_back(it == tracks.end() ? TrackId() : it->second);
    }
}

ProcessId TraceMatch::process(ProcessId id) const
{
    if (m_same || !id.valid())
        return id;
    return id.v < m_processes.size() ? m_processes[id.v] : ProcessId();
}

TrackId TraceMatch::track(TrackId id) const
{
    if (m_same || !id.valid())
        return id;
    return id.v < m_tracks.size() ? m_tracks[id.v] : TrackId();
}

FunctionId TraceMatch::function(FunctionId id) const
{
    if (m_same || !id.valid())
        return id;
    if (id.v >= m_from.functions().size())
        return {};
    const Function& f = m_from.function(id);
    for (uint32_t i = 0; i < m_to.functions().size(); i++) {
        const Function& g = m_to.functions()[i];
        if (g.line == f.line && g.kind == f.kind && m_to.string(g.name) == m_from.string(f.name)
            && m_to.string(g.file) == m_from.string(f.file))
            return FunctionId(i);
    }
    return {};
}

SliceIndex TraceMatch::slice(SliceIndex slice) const
{
    if (slice == kNoSlice || !m_from.contains(slice))
        return kNoSlice;
    const Row& row = m_from.row(m_from.rowOf(slice));
    const TrackId id = track(row.track);
    if (!id.valid() || id.v >= m_to.tracks().size() || row.depth >= m_to.track(id).rowCount)
        return kNoSlice;
    const Row& other = m_to.row(m_to.rowAt(id, row.depth));
    const uint64_t place = slice - row.first; // rows only get more at their end
    if (m_same)
        return place < other.count ? other.first + place : kNoSlice;
    // Of a recording that went on, calls keep their places and times became more exact; of a part of a file, the other way.
    const FunctionId wanted = function(m_from.functionOf(slice));
    const bool placed = place < other.count && m_to.functionOf(other.first + place) == wanted;
    if (placed && m_from.isGrowing())
        return other.first + place;
    const auto starts = m_to.startsOf(other);
    const auto at = std::lower_bound(starts.begin(), starts.end(), m_from.start(slice));
    for (const auto it : {at, at - (at == starts.begin() ? 0 : 1)})
        if (it != starts.end() && m_to.functionOf(other.first + uint64_t(it - starts.begin())) == wanted)
            return other.first + uint64_t(it - starts.begin());
    return placed ? other.first + place : kNoSlice;
}

} // namespace calltide::store
