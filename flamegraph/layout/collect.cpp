// SPDX-License-Identifier: GPL-3.0-or-later
// Slices → paths, row by row. A slice's path is its parent's path plus its function; the parents are the row above, in
// the same order, so one walk over both rows finds them. The children of a path are a chain of siblings, because most
// paths have few and those of one caller are looked for together; where a chain grows long, an index takes over.
#include "layout/treebuilder.h"
#include "store/mappedfile.h"
#include <algorithm>

namespace calltide::flame {

class TreeBuilder::Collector
{
public:
    Collector(const store::Trace& trace, store::Progress* progress, LooseTree& out)
        : m_trace(trace)
        , m_progress(progress)
        , m_nodes(out.nodes)
    {
        m_nodes.assign(1, Node());
        m_links.assign(1, Link());
    }

    void expect(uint64_t slices) { m_total += slices; }
    bool track(store::TrackId id, const store::Scope& scope); // false: cancelled

private:
    static constexpr uint64_t kStep = 1 << 16; // slices between looks at the progress
    static constexpr uint32_t kLongChain = 24;

    struct Link // beside each node, small so that the many that are looked at stay near
    {
        uint32_t function = ~0u;
        uint32_t next = 0; // sibling
        uint32_t first = 0; // child; 0: none
        uint32_t recent = 0; // child that was found last
        uint32_t children = 0;
    };

    bool row(store::RowId row, const store::Scope& scope, bool outermost);
    bool step(uint64_t slices);

    uint32_t child(uint32_t parent, uint32_t function)
    {
        Link& link = m_links[parent];
        if (link.recent && m_links[link.recent].function == function)
            return link.recent;
        if (link.children >= kLongChain)
            return indexedChild(parent, function);
        for (uint32_t at = link.first; at; at = m_links[at].next)
            if (m_links[at].function == function)
                return link.recent = at;
        return added(parent, function);
    }

    uint32_t indexedChild(uint32_t parent, uint32_t function)
    {
        if (m_links[parent].children == kLongChain) { // just grown so long
            for (uint32_t at = m_links[parent].first; at; at = m_links[at].next)
                m_index.at(parent, m_links[at].function) = at;
            ++m_links[parent].children;
        }
        uint32_t& slot = m_index.at(parent, function);
        if (!slot)
            slot = added(parent, function);
        return m_links[parent].recent = slot;
    }

    uint32_t added(uint32_t parent, uint32_t function)
    {
        const auto id = uint32_t(m_nodes.size());
        Node& node = m_nodes.emplace_back();
        node.function = store::FunctionId(function);
        node.parent = parent;
        m_links.push_back({function, m_links[parent].first, 0, 0, 0});
        Link& above = m_links[parent];
        above.first = above.recent = id;
        ++above.children;
        return id;
    }

    const store::Trace& m_trace;
    store::Progress* m_progress;
    std::vector<Node>& m_nodes;
    std::vector<Link> m_links;
    ChildIndex m_index;
    std::vector<uint32_t> m_above, m_here; // the node of each slice of the row above and of this one
    uint64_t m_aboveFirst = 0, m_done = 0, m_total = 0;
    store::Passing m_passing;
};

bool TreeBuilder::Collector::step(uint64_t slices)
{
    m_done += slices;
    m_passing.by(slices);
    if (!m_progress)
        return true;
    m_progress->set(m_done, m_total);
    return !m_progress->cancelled();
}

bool TreeBuilder::Collector::row(store::RowId id, const store::Scope& scope, bool outermost)
{
    const auto [first, last] = m_trace.overlapping(id, scope.from, scope.to);
    m_here.resize(last - first);
    uint64_t parent = m_aboveFirst; // slice
    const uint64_t aboveLast = m_aboveFirst + m_above.size();
    uint32_t parentNode = 0, seenParent = ~0u, seenFunction = ~0u, node = 0;
    int64_t nextParent = parent + 1 < aboveLast ? m_trace.start(parent + 1) : INT64_MAX;
    for (uint64_t i = first; i < last; ++i) {
        if ((i - first) % kStep == kStep - 1 && !step(kStep))
            return false;
        const int64_t start = m_trace.start(i), length = m_trace.duration(i);
        const int64_t from = std::max(start, scope.from), to = std::min(start + length, scope.to);
        const int64_t inside = std::max<int64_t>(0, to - from);
        if (!outermost) {
            while (nextParent <= start) {
                ++parent;
                nextParent = parent + 1 < aboveLast ? m_trace.start(parent + 1) : INT64_MAX;
            }
            parentNode = m_above[parent - m_aboveFirst];
        }
        const uint32_t function = m_trace.functionOf(i).v;
        if (parentNode != seenParent || function != seenFunction) {
            seenParent = parentNode;
            seenFunction = function;
            node = child(parentNode, function);
        }
        m_here[i - first] = node;
        Node& n = m_nodes[node];
        ++n.calls;
        n.time += inside;
        n.self += inside;
        n.see(i, length);
        m_nodes[parentNode].self -= inside;
        if (outermost)
            m_nodes[0].time += inside;
    }
    m_above.swap(m_here);
    m_aboveFirst = first;
    return step((last - first) % kStep);
}

bool TreeBuilder::Collector::track(store::TrackId id, const store::Scope& scope)
{
    m_above.clear();
    for (uint32_t depth = 0; depth < m_trace.track(id).rowCount; ++depth) {
        if (depth && m_above.empty())
            break; // nothing deeper can be inside either
        if (!row(m_trace.rowAt(id, depth), scope, depth == 0))
            return false;
    }
    return !m_progress || !m_progress->cancelled();
}

bool TreeBuilder::collect(std::span<const store::Scope> scopes, LooseTree& out)
{
    std::vector<store::TrackId> all;
    for (size_t i = 0; i < m_trace.tracks().size(); ++i) {
        const store::TrackKind kind = m_trace.tracks()[i].kind;
        if (kind == store::TrackKind::Thread || kind == store::TrackKind::Overflow)
            all.emplace_back(i);
    }
    Collector collector(m_trace, m_progress, out);
    for (const bool counting : {true, false})
        for (const store::Scope& scope : scopes)
            for (const store::TrackId track : scope.tracks.empty() ? all : scope.tracks) {
                if (counting)
                    collector.expect(m_trace.track(track).sliceCount);
                else if (!collector.track(track, scope))
                    return false;
            }
    out.nodes[0].self = 0;
    return true;
}

} // namespace calltide::flame
