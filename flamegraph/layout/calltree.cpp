// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/treebuilder.h"
#include <algorithm>
#include <utility>

namespace calltide::flame {

namespace {
Error stopped()
{
    return {ErrorCode::Cancelled, "The flame graph was stopped."};
}
} // namespace

std::shared_ptr<const LooseTree>
CallTree::collect(const store::Trace& trace, const store::Scope& scope, store::Progress* progress)
{
    return collect(trace, std::span(&scope, 1), progress);
}

std::shared_ptr<const LooseTree>
CallTree::collect(const store::Trace& trace, std::span<const store::Scope> scopes, store::Progress* progress)
{
    auto out = std::make_shared<LooseTree>();
    if (!TreeBuilder(trace, progress).collect(scopes, *out))
        return nullptr;
    return out;
}

Result<CallTree> CallTree::build(
    const store::Trace& trace, const store::Scope& scope, const TreeOptions& options, store::Progress* progress)
{
    const auto paths = collect(trace, scope, progress);
    if (!paths)
        return stopped();
    return arrange(trace, *paths, options, progress);
}

Result<CallTree> CallTree::arrange(
    const store::Trace& trace, const LooseTree& paths, const TreeOptions& options, store::Progress* progress)
{
    const bool up = options.direction == Direction::BottomUp;
    TreeBuilder builder(trace, progress);
    LooseTree transformed, inverted;
    const LooseTree* topDown = &paths;
    for (const Transform& transform : options.transforms) {
        if (!builder.transform(transform, *topDown, transformed))
            return stopped();
        topDown = &transformed;
    }
    if (up && !builder.invert(*topDown, options, inverted))
        return stopped();
    CallTree tree;
    if (!builder.link(up ? inverted : *topDown, options, tree))
        return stopped();
    // Of one function's callers, each has its share of that function.
    tree.m_scopeTime = (up && options.callersOf.valid() ? inverted : *topDown).nodes[0].time;
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
bool TreeBuilder::link(const LooseTree& loose, const TreeOptions& options, CallTree& out)
{
    constexpr size_t kStep = 1 << 16; // nodes between looks at the progress
    out.m_direction = options.direction;
    const Nodes& nodes = loose.nodes;
    const Pruning pruning = prune(loose, options);
    out.m_pruned = !pruning.kept.empty();
    const auto kept = [&](size_t i) { return !out.m_pruned || pruning.kept[i]; };
    const size_t count = nodes.size();
    store::BigVector<uint32_t> ends(count, 0); // children of i: order[ends[i-1] … ends[i])
    for (size_t i = 1; i < count; ++i)
        ends[nodes[i].parent] += kept(i);
    if (cancelled())
        return false;
    uint32_t keptCount = 0;
    for (uint32_t& end : ends) // until all are in their places, `end` is where the next one goes
        keptCount += std::exchange(end, keptCount);
    struct Child
    {
        int64_t time;
        uint32_t function, node;
    };
    store::BigVector<Child> order(keptCount);
    for (size_t i = 1; i < count; ++i)
        if (kept(i))
            order[ends[nodes[i].parent]++] = {nodes[i].time, nodes[i].function.v, uint32_t(i)};

    if (cancelled())
        return false;

    store::BigVector<uint32_t> original;
    original.reserve(order.size() + 1);
    original.push_back(0);
    out.m_nodes.reserve(order.size() + 1);
    out.m_nodes.push_back(nodes[0]);
    for (uint32_t i = 0; i < original.size(); ++i) {
        if (i % kStep == 0 && cancelled())
            return false;
        const uint32_t parent = original[i];
        const auto begin = order.begin() + (parent ? ends[parent - 1] : 0), end = order.begin() + ends[parent];
        std::sort(begin, end, [](const Child& a, const Child& b) {
            return a.time != b.time ? a.time > b.time : a.function < b.function;
        });
        out.m_nodes[i].firstChild = uint32_t(original.size());
        out.m_nodes[i].childCount = uint32_t(end - begin);
        for (auto child = begin; child != end; ++child) {
            original.push_back(child->node);
            Node& node = out.m_nodes.emplace_back(nodes[child->node]);
            node.parent = i;
            node.depth = out.m_nodes[i].depth + 1;
        }
    }
    out.m_depth = out.m_nodes.back().depth;
    out.m_depthCut = loose.depthCut;
    out.m_leftOut = loose.leftOut + count - out.m_nodes.size();
    out.m_pruned |= loose.leftOut > 0;
    if (options.direction == Direction::TopDown) {
        out.m_callsBelow.resize(original.size());
        for (size_t i = 0; i < original.size(); ++i)
            out.m_callsBelow[i] = pruning.callsBelow[original[i]];
    }
    return !cancelled();
}

} // namespace calltide::flame
