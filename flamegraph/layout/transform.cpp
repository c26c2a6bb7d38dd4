// SPDX-License-Identifier: GPL-3.0-or-later
// A transform maps every node of the tree to a node of the new one, parents before children. Only self times and calls
// are carried over; whole times are summed again at the end, so that they always fit what is left.
#include "layout/treebuilder.h"
#include "store/owncode.h"
#include <algorithm>

namespace calltide::flame {
namespace {
constexpr uint32_t kGone = ~0u; // outside what is kept

class Mapping
{
public:
    Mapping(const store::Trace& trace, const Transform& transform, const LooseTree& from)
        : m_trace(trace)
        , m_transform(transform)
        , m_from(from.nodes)
        , m_to(m_from.size(), kGone)
        , m_extra(m_from.size(), kGone)
    {
        m_out.nodes.assign(1, Node());
    }

    void place(uint32_t node)
    {
        const Node& n = m_from[node];
        m_to[node] = target(node, n);
        if (m_to[node] == kGone)
            return;
        Node& into = m_out.nodes[m_to[node]];
        into.self += n.self;
        if (m_merged)
            return; // its calls are nobody's
        into.calls += n.calls;
        into.see(n.slowest, n.longest);
    }

    LooseTree finish()
    {
        Nodes& nodes = m_out.nodes;
        for (size_t i = nodes.size(); i-- > 0;) {
            nodes[i].time += nodes[i].self;
            if (i)
                nodes[nodes[i].parent].time += nodes[i].time;
        }
        return std::move(m_out);
    }

private:
    uint32_t child(uint32_t parent, store::FunctionId function)
    {
        uint32_t& slot = m_index.at(parent, function.v);
        if (!slot) {
            slot = uint32_t(m_out.nodes.size());
            Node& added = m_out.nodes.emplace_back();
            added.function = function;
            added.parent = parent;
        }
        return slot;
    }

    // Where a node goes; kGone: nowhere. The root stands for "nowhere yet" where a function or a subtree is focused.
    uint32_t target(uint32_t node, const Node& n)
    {
        const bool its = !m_transform.functions.empty()
            ? n.function.v < m_transform.functions.size() && m_transform.functions[n.function.v]
            : n.function == m_transform.function;
        const uint32_t parent = n.parent ? m_to[n.parent] : 0;
        m_merged = false;
        switch (m_transform.kind) {
        case TransformKind::MergeFunction:
        case TransformKind::MergeModule:
            m_merged = its;
            return its ? parent : child(parent, n.function);
        case TransformKind::MergeLibrary:
            m_merged = !store::isOwn(m_trace.function(n.function));
            return m_merged ? parent : child(parent, n.function);
        case TransformKind::DropFunction:
            return its || parent == kGone ? kGone : child(parent, n.function);
        case TransformKind::FocusFunction:
        case TransformKind::FocusHits:
        case TransformKind::FocusModule:
            if (n.parent && parent != kGone)
                return child(parent, n.function);
            return its ? child(0, n.function) : kGone;
        case TransformKind::FocusSubtree:
            return inSubtree(node, n);
        case TransformKind::CollapseRecursion:
            return collapsed(node, n, parent);
        case TransformKind::MergeNode:
            m_merged = endsPath(node, n);
            return m_merged ? parent : child(parent, n.function);
        case TransformKind::CollapseFunction: {
            const uint32_t open = n.parent ? m_extra[n.parent] : kGone; // the new node of the call it is in
            m_merged = open != kGone;
            const uint32_t to = m_merged ? open : child(parent, n.function);
            m_extra[node] = m_merged || its ? to : kGone;
            return to;
        }
        case TransformKind::CollapseDirectRecursion:
            return its && n.parent && m_from[n.parent].function == n.function ? parent : child(parent, n.function);
        }
        return kGone;
    }

    // m_extra: how many functions of the path the node has behind it, kGone: it is beside the path.
    uint32_t inSubtree(uint32_t node, const Node& n)
    {
        const std::vector<store::FunctionId>& path = m_transform.path;
        if (n.parent && m_to[n.parent] != kGone)
            return child(m_to[n.parent], n.function);
        const uint32_t behind = n.parent ? m_extra[n.parent] : 0;
        if (behind >= path.size() || path[behind] != n.function)
            return kGone;
        m_extra[node] = behind + 1;
        return behind + 1 == path.size() ? child(0, n.function) : kGone;
    }

    // m_extra as above.
    bool endsPath(uint32_t node, const Node& n)
    {
        const std::vector<store::FunctionId>& path = m_transform.path;
        const uint32_t behind = n.parent ? m_extra[n.parent] : 0;
        if (behind >= path.size() || path[behind] != n.function)
            return false;
        m_extra[node] = behind + 1;
        return behind + 1 == path.size();
    }

    // m_extra: the new node of the outermost call of the function that is open.
    uint32_t collapsed(uint32_t node, const Node& n, uint32_t parent)
    {
        const uint32_t open = n.parent ? m_extra[n.parent] : kGone;
        const bool again = open != kGone && n.function == m_transform.function;
        const uint32_t to = again ? open : child(parent, n.function);
        m_extra[node] = open != kGone ? open : n.function == m_transform.function ? to : kGone;
        return to;
    }

    const store::Trace& m_trace;
    const Transform& m_transform;
    const Nodes& m_from;
    std::vector<uint32_t> m_to, m_extra;
    bool m_merged = false;
    LooseTree m_out;
    ChildIndex m_index;
};
} // namespace

bool TreeBuilder::transform(const Transform& transform, const LooseTree& from, LooseTree& out)
{
    constexpr size_t kStep = 1 << 16;
    Mapping mapping(m_trace, transform, from);
    for (size_t i = 1; i < from.nodes.size(); ++i) {
        if (i % kStep == 0 && cancelled())
            return false;
        mapping.place(uint32_t(i));
    }
    out = mapping.finish();
    return true;
}

} // namespace calltide::flame
