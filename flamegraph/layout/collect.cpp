// SPDX-License-Identifier: GPL-3.0-or-later
// Slices → paths, row by row. A slice's path is its parent's path plus its function; the parents are the row above, in
// the same order, so one walk over both rows finds them.
#include "layout/treebuilder.h"
#include <algorithm>

namespace calltide::flame {

void TreeBuilder::advance(uint64_t slices)
{
    m_done += slices;
    if (m_progress)
        m_progress->set(m_done, m_total);
}

bool TreeBuilder::collectTrack(store::TrackId id, LooseTree& out)
{
    constexpr uint64_t kStep = 1 << 16; // between looks at the progress
    const store::Track& track = m_trace.track(id);
    std::vector<uint32_t> above, here; // the node of each slice of the row above and of this one
    uint64_t aboveFirst = 0;
    for (uint32_t depth = 0; depth < track.rowCount; ++depth) {
        const auto [first, last] = m_trace.overlapping(m_trace.rowAt(id, depth), m_scope.from, m_scope.to);
        if (first >= last)
            return !cancelled(); // nothing deeper can be inside either
        here.resize(last - first);
        uint64_t parent = aboveFirst; // slice
        const uint64_t aboveLast = aboveFirst + above.size();
        uint32_t parentNode = 0, seenParent = ~0u, seenFunction = ~0u, node = 0;
        for (uint64_t i = first; i < last; ++i) {
            if ((i - first) % kStep == kStep - 1) {
                advance(kStep);
                if (cancelled())
                    return false;
            }
            const int64_t start = m_trace.start(i), length = m_trace.duration(i);
            const int64_t from = std::max(start, m_scope.from), to = std::min(start + length, m_scope.to);
            const int64_t inside = std::max<int64_t>(0, to - from);
            if (depth) {
                while (parent + 1 < aboveLast && m_trace.start(parent + 1) <= start)
                    ++parent;
                parentNode = above[parent - aboveFirst];
            }
            const uint32_t function = m_trace.functionOf(i).v;
            if (parentNode != seenParent || function != seenFunction) {
                seenParent = parentNode;
                seenFunction = function;
                uint32_t& slot = m_index->at(parentNode, function);
                if (!slot) {
                    slot = uint32_t(out.nodes.size());
                    Node& added = out.nodes.emplace_back();
                    added.function = store::FunctionId(function);
                    added.parent = parentNode;
                }
                node = slot;
            }
            here[i - first] = node;
            Node& n = out.nodes[node];
            ++n.calls;
            n.time += inside;
            n.self += inside;
            if (n.slowest == store::kNoSlice || length > m_trace.duration(n.slowest))
                n.slowest = i;
            out.nodes[parentNode].self -= inside;
            if (!depth)
                out.nodes[0].time += inside;
        }
        advance((last - first) % kStep);
        above.swap(here);
        aboveFirst = first;
    }
    return !cancelled();
}

bool TreeBuilder::collect(LooseTree& out)
{
    m_index = std::make_unique<ChildIndex>();
    out.nodes.assign(1, Node());
    std::vector<store::TrackId> tracks = m_scope.tracks;
    if (tracks.empty()) {
        for (size_t i = 0; i < m_trace.tracks().size(); ++i) {
            const store::TrackKind kind = m_trace.tracks()[i].kind;
            if (kind == store::TrackKind::Thread || kind == store::TrackKind::Overflow)
                tracks.emplace_back(i);
        }
    }
    for (const store::TrackId track : tracks)
        m_total += m_trace.track(track).sliceCount;
    for (const store::TrackId track : tracks)
        if (!collectTrack(track, out))
            return false;
    m_index.reset();
    Node& root = out.nodes[0];
    root.self = 0;
    return true;
}

} // namespace calltide::flame
