// SPDX-License-Identifier: GPL-3.0-or-later
// Slices → paths, row by row. A slice's path is its parent's path plus its function; the parents are the row above, in
// the same order, so one walk over both rows finds them.
#include "layout/treebuilder.h"
#include <algorithm>

namespace calltide::flame {

// (parent node, function) → node, open addressing.
class TreeBuilder::ChildIndex
{
public:
    ChildIndex() { resize(1024); }

    // The slot's value: a node, or 0 when it is new and to be set by the caller (0 is the root, never a child).
    uint32_t& at(uint32_t parent, uint32_t function)
    {
        if (2 * m_used >= m_keys.size())
            resize(m_keys.size() * 2);
        const uint64_t key = uint64_t(parent) << 32 | function;
        size_t slot = hash(key) & m_mask;
        while (m_values[slot] && m_keys[slot] != key)
            slot = (slot + 1) & m_mask;
        if (!m_values[slot]) {
            m_keys[slot] = key;
            ++m_used;
        }
        return m_values[slot];
    }

private:
    static uint64_t hash(uint64_t key)
    {
        key *= 0x9E3779B97F4A7C15ull;
        return key ^ key >> 32;
    }
    void resize(size_t size)
    {
        std::vector<uint64_t> keys(size);
        std::vector<uint32_t> values(size);
        m_mask = size - 1;
        for (size_t i = 0; i < m_keys.size(); ++i) {
            if (!m_values[i])
                continue;
            size_t slot = hash(m_keys[i]) & m_mask;
            while (values[slot])
                slot = (slot + 1) & m_mask;
            keys[slot] = m_keys[i];
            values[slot] = m_values[i];
        }
        m_keys.swap(keys);
        m_values.swap(values);
    }

    std::vector<uint64_t> m_keys;
    std::vector<uint32_t> m_values;
    size_t m_mask = 0, m_used = 0;
};

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
    m_index = std::make_shared<ChildIndex>();
    out.nodes.assign(1, Node());
    std::vector<store::TrackId> tracks = m_scope.tracks;
    if (tracks.empty()) {
        for (size_t i = 0; i < m_trace.tracks().size(); ++i) {
            const store::TrackKind kind = m_trace.tracks()[i].kind;
            if (kind == store::TrackKind::Thread || kind == store::TrackKind::Task
                || kind == store::TrackKind::Overflow)
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
