// SPDX-License-Identifier: GPL-3.0-or-later
// Paths → functions with their callers below. Worked out level by level: an inverted node is a set of origins (nodes of
// the top-down tree), each with the ancestor that the path has reached.
#include "layout/treebuilder.h"
#include <algorithm>
#include <numeric>

namespace calltide::flame {
namespace {
constexpr uint32_t kMaxDepth = 512;
constexpr int64_t kSmallest = 100000; // of the whole: what is smaller by all measures is not followed further

struct Origin
{
    uint32_t function; // of the ancestor; kept here because sorting by it is most of the work
    uint32_t ancestor; // the path's present end
    uint32_t node; // figures come from here
    bool outermost; // no call of the same function above it: its time counts
};

struct Group // origins [first, last) make up inverted node `node`
{
    uint32_t node;
    size_t first, last;
};

// Whether a node is not inside another call of its own function. Every node is entered and left once in depth-first
// order, with a count of how many calls of each function are open.
std::vector<bool> outermostNodes(const std::vector<Node>& nodes)
{
    std::vector<uint32_t> first(nodes.size() + 1, 0), children(nodes.size());
    uint32_t functions = 0;
    for (size_t i = 1; i < nodes.size(); ++i) {
        ++first[nodes[i].parent + 1];
        functions = std::max(functions, nodes[i].function.v + 1);
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<uint32_t> at(first.begin(), first.end());
    for (size_t i = 1; i < nodes.size(); ++i)
        children[at[nodes[i].parent]++] = uint32_t(i);

    std::vector<bool> out(nodes.size());
    std::vector<uint32_t> open(functions, 0);
    std::vector<std::pair<uint32_t, bool>> stack{{0, false}};
    while (!stack.empty()) {
        const auto [node, leave] = stack.back();
        stack.pop_back();
        if (leave) {
            --open[nodes[node].function.v];
            continue;
        }
        if (node) {
            out[node] = open[nodes[node].function.v]++ == 0;
            stack.emplace_back(node, true);
        }
        for (uint32_t k = first[node]; k < first[node + 1]; ++k)
            stack.emplace_back(children[k], false);
    }
    return out;
}
} // namespace

bool TreeBuilder::invert(const LooseTree& topDown, store::FunctionId only, LooseTree& out)
{
    const std::vector<Node>& nodes = topDown.nodes;
    out.nodes.assign(1, Node());
    const std::vector<bool> outermost = outermostNodes(nodes);
    std::vector<Origin> origins, next;
    uint64_t allCalls = 0;
    for (uint32_t i = 1; i < nodes.size(); ++i) {
        if (!only.valid() || nodes[i].function == only)
            origins.push_back({nodes[i].function.v, i, i, outermost[i]});
        allCalls += nodes[i].calls;
    }
    const int64_t allTime = nodes[0].time;

    std::vector<Group> groups{{0, 0, origins.size()}}, below;
    for (uint32_t depth = 0; depth < kMaxDepth && !groups.empty(); ++depth) {
        below.clear();
        next.clear();
        for (const Group& group : groups) {
            if (cancelled())
                return false;
            // The function of the path's present end decides the child. At depth 0 that is the origin itself.
            const auto begin = origins.begin() + ptrdiff_t(group.first), end = origins.begin() + ptrdiff_t(group.last);
            const auto less = [](const Origin& a, const Origin& b) {
                return a.function != b.function ? a.function < b.function : a.node < b.node;
            };
            if (!std::is_sorted(begin, end, less)) // deep recursion has long runs of one function
                std::sort(begin, end, less);
            for (auto run = begin; run != end;) {
                const uint32_t function = run->function;
                const auto id = uint32_t(out.nodes.size());
                Node& added = out.nodes.emplace_back();
                added.function = store::FunctionId(function);
                added.parent = group.node;
                const size_t first = next.size();
                for (; run != end && run->function == function; ++run) {
                    const Node& from = nodes[run->node];
                    added.calls += from.calls;
                    added.self += from.self;
                    added.time += run->outermost ? from.time : 0;
                    if (added.slowest == store::kNoSlice
                        || m_trace.duration(from.slowest) > m_trace.duration(added.slowest))
                        added.slowest = from.slowest;
                    if (const uint32_t caller = nodes[run->ancestor].parent)
                        next.push_back({nodes[caller].function.v, caller, run->node, run->outermost});
                }
                const bool small = added.self < allTime / kSmallest && added.calls < allCalls / uint64_t(kSmallest)
                    && added.time < allTime / kSmallest;
                if (small)
                    next.resize(first);
                else if (next.size() > first)
                    below.push_back({id, first, next.size()});
            }
        }
        origins.swap(next);
        groups.swap(below);
    }
    Node& root = out.nodes[0];
    for (size_t i = 1; i < out.nodes.size() && out.nodes[i].parent == 0; ++i) {
        root.time += out.nodes[i].time; // more than the scope when functions call each other: the root is their sum
        root.self += out.nodes[i].self;
        root.calls += out.nodes[i].calls;
    }
    return true;
}

} // namespace calltide::flame
