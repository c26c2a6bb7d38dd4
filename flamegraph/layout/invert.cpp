// SPDX-License-Identifier: GPL-3.0-or-later
// Paths → functions with their callers below. Worked out level by level: an inverted node is a set of origins (nodes of
// the top-down tree), each with the ancestor that the path has reached.
#include "layout/treebuilder.h"
#include <algorithm>
#include <numeric>
#include <utility>

namespace calltide::flame {
namespace {
// Parts of the whole: what is smaller by all measures is not followed further. Of many paths, less is followed.
constexpr int64_t kSmallest = 100'000, kSmallestOfMany = 20'000;
constexpr size_t kMany = 1'000'000;

struct Origin // a node of the top-down tree on its way up
{
    uint32_t ancestor; // the path's present end
    uint32_t node; // figures come from here
};

struct Group // origins [first, last) make up inverted node `node`
{
    uint32_t node;
    size_t first, last;
};

// Sorts origins by the function of their ancestors. They are few functions, so each is counted first; the order of the
// origins stays, and with it the nearness of their nodes in memory.
class ByFunction
{
public:
    explicit ByFunction(const std::vector<uint32_t>& functions) // by node
        : m_functions(functions)
        , m_count(functions.empty() ? 0 : 1 + *std::max_element(functions.begin() + 1, functions.end()), 0)
    {
    }

    // Rearranges [first, last) of `origins`; run(function, begin, end) for each function in turn, by its number.
    template <class Run> void sort(std::vector<Origin>& origins, size_t first, size_t last, Run&& run)
    {
        m_seen.clear();
        for (size_t i = first; i < last; ++i)
            if (const uint32_t f = m_functions[origins[i].ancestor]; m_count[f]++ == 0)
                m_seen.push_back(f);
        std::sort(m_seen.begin(), m_seen.end());
        if (m_seen.size() > 1) {
            size_t at = 0;
            for (const uint32_t f : m_seen)
                at += std::exchange(m_count[f], at);
            m_sorted.resize(last - first);
            for (size_t i = first; i < last; ++i)
                m_sorted[m_count[m_functions[origins[i].ancestor]]++] = origins[i];
            std::copy(m_sorted.begin(), m_sorted.end(), origins.begin() + ptrdiff_t(first));
        }
        size_t begin = 0;
        for (const uint32_t f : m_seen) {
            const size_t end = std::exchange(m_count[f], 0); // where its run ends
            run(f, first + begin, first + end);
            begin = end;
        }
    }

private:
    const std::vector<uint32_t>& m_functions;
    std::vector<size_t> m_count; // by function; zero between two sorts
    std::vector<uint32_t> m_seen;
    std::vector<Origin> m_sorted;
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
    if (nodes.size() < 2)
        return true;
    const std::vector<bool> outermost = outermostNodes(nodes);
    std::vector<uint32_t> functions(nodes.size(), 0), parents(nodes.size(), 0); // near each other, as nodes are not
    std::vector<Origin> origins, next;
    uint64_t calls = 0; // of the origins
    int64_t time = 0;
    for (uint32_t i = 1; i < nodes.size(); ++i) {
        functions[i] = nodes[i].function.v;
        parents[i] = nodes[i].parent;
        if (only.valid() && nodes[i].function != only)
            continue;
        origins.push_back({i, i});
        calls += nodes[i].calls;
        time += outermost[i] ? nodes[i].time : 0;
    }
    ByFunction byFunction(functions);
    const int64_t smallest = origins.size() > kMany ? kSmallestOfMany : kSmallest;
    const int64_t leastTime = (only.valid() ? time : nodes[0].time) / smallest;
    const uint64_t leastCalls = calls / uint64_t(smallest);

    std::vector<Group> groups{{0, 0, origins.size()}}, below;
    for (uint32_t depth = 0; depth < CallTree::kMaxCallers && !groups.empty(); ++depth) {
        below.clear();
        next.clear();
        for (const Group& group : groups) {
            if (cancelled())
                return false;
            // The function of the path's present end decides the child. At depth 0 that is the origin itself.
            byFunction.sort(origins, group.first, group.last, [&](uint32_t function, size_t begin, size_t end) {
                const auto id = uint32_t(out.nodes.size());
                Node& added = out.nodes.emplace_back();
                added.function = store::FunctionId(function);
                added.parent = group.node;
                for (size_t i = begin; i < end; ++i) {
                    const uint32_t origin = origins[i].node;
                    const Node& from = nodes[origin];
                    added.calls += from.calls;
                    added.self += from.self;
                    added.time += outermost[origin] ? from.time : 0;
                    added.see(from.slowest, from.longest);
                }
                if (added.self < leastTime && added.calls < leastCalls && added.time < leastTime)
                    return;
                const size_t first = next.size();
                for (size_t i = begin; i < end; ++i)
                    if (const uint32_t caller = parents[origins[i].ancestor])
                        next.push_back({caller, origins[i].node});
                if (next.size() > first)
                    below.push_back({id, first, next.size()});
            });
        }
        origins.swap(next);
        groups.swap(below);
    }
    out.depthCut = !groups.empty();
    Node& root = out.nodes[0];
    for (size_t i = 1; i < out.nodes.size() && out.nodes[i].parent == 0; ++i) {
        root.time += out.nodes[i].time; // more than the scope when functions call each other: the root is their sum
        root.self += out.nodes[i].self;
        root.calls += out.nodes[i].calls;
    }
    return true;
}

} // namespace calltide::flame
