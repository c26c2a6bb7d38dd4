// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/treebuilder.h"
#include <algorithm>
#include <numeric>

namespace calltide::flame {

Result<CallTree> CallTree::build(
    const store::Trace& trace, const store::Scope& scope, const TreeOptions& options, store::Progress* progress)
{
    const bool up = options.direction == Direction::BottomUp;
    TreeBuilder builder(trace, scope, progress);
    LooseTree topDown, inverted;
    bool done = builder.collect(topDown);
    for (const Transform& transform : options.transforms)
        done = done && builder.transform(transform, topDown);
    if (!done || (up && !builder.invert(topDown, options.callersOf, inverted)))
        return Error{ErrorCode::Cancelled, "The flame graph was stopped."};
    CallTree tree = TreeBuilder::link(up ? inverted : topDown, options.direction);
    // Of one function's callers, each has its share of that function.
    tree.m_scopeTime = (up && options.callersOf.valid() ? inverted : topDown).nodes[0].time;
    return tree;
}

uint64_t CallTree::weight(uint32_t i, Measure measure) const
{
    const Node& node = m_nodes[i];
    switch (measure) {
    case Measure::Calls:
        return m_direction == Direction::TopDown ? m_callsBelow[i] : node.calls;
    case Measure::Self:
        return uint64_t(m_direction == Direction::TopDown ? node.time : node.self);
    case Measure::Time:
        break;
    }
    return uint64_t(node.time);
}

// Renumbers level by level, so that the children of a node are neighbours.
CallTree TreeBuilder::link(const LooseTree& loose, Direction direction)
{
    CallTree out;
    out.m_direction = direction;
    const std::vector<Node>& nodes = loose.nodes;
    const size_t count = nodes.size();
    std::vector<uint32_t> first(count + 1, 0),
        order(count ? count - 1 : 0); // children of i: order[first[i] … first[i+1])
    for (size_t i = 1; i < count; ++i)
        ++first[nodes[i].parent + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<uint32_t> at(first.begin(), first.end());
    for (size_t i = 1; i < count; ++i)
        order[at[nodes[i].parent]++] = uint32_t(i);

    std::vector<uint32_t> original;
    original.reserve(count);
    original.push_back(0);
    out.m_nodes.reserve(count);
    out.m_nodes.push_back(nodes[0]);
    for (uint32_t i = 0; i < original.size(); ++i) {
        const auto begin = order.begin() + first[original[i]], end = order.begin() + first[original[i] + 1];
        std::sort(begin, end, [&](uint32_t a, uint32_t b) {
            return nodes[a].time != nodes[b].time ? nodes[a].time > nodes[b].time
                                                  : nodes[a].function < nodes[b].function;
        });
        out.m_nodes[i].firstChild = uint32_t(original.size());
        out.m_nodes[i].childCount = uint32_t(end - begin);
        for (auto child = begin; child != end; ++child) {
            original.push_back(*child);
            Node& node = out.m_nodes.emplace_back(nodes[*child]);
            node.parent = i;
            node.depth = out.m_nodes[i].depth + 1;
        }
    }
    out.m_depth = out.m_nodes.back().depth;

    if (direction == Direction::TopDown) {
        out.m_callsBelow.resize(count);
        for (size_t i = count; i-- > 0;) {
            out.m_callsBelow[i] += out.m_nodes[i].calls;
            if (i)
                out.m_callsBelow[out.m_nodes[i].parent] += out.m_callsBelow[i];
        }
    }
    return out;
}

} // namespace calltide::flame
