// SPDX-License-Identifier: GPL-3.0-or-later
// Paths → functions with their callers below. Each function is worked out alone, level by level: an inverted node is a
// set of origins (nodes of the top-down tree), each with the ancestor that the path has reached. What is known of the
// origins is copied together first, so that the many looks at it stay near, and functions are shared out between threads.
#include "layout/treebuilder.h"
#include "store/parallel.h"
#include <algorithm>
#include <atomic>
#include <utility>

namespace calltide::flame {
namespace {
// Parts of the whole: what is smaller by all measures is not followed further. Of many paths, less is followed.
constexpr int64_t kSmallest = 100'000, kSmallestOfMany = 20'000;
constexpr size_t kMany = 1'000'000;

constexpr size_t kAhead = 16; // nodes that are asked for before they are needed: they lie far apart
constexpr size_t kParts = 64; // that the functions are shared out in

struct Link // of a node of the top-down tree
{
    uint32_t function, parent;
};
using Links = store::BigVector<Link>;

struct Origin // a node of the top-down tree on its way up
{
    uint32_t ancestor; // the path's present end
    uint32_t figures; // of the node itself
};

struct Figures // of an origin
{
    uint64_t calls;
    int64_t time, self; // time: 0 inside another call of its function
    store::SliceIndex slowest;
    int64_t longest;
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
    ByFunction(const Links& links, size_t functions)
        : m_links(links)
        , m_count(functions, 0)
    {
    }

    // Rearranges [first, last) of `origins`; run(function, begin, end) for each function in turn, by its number.
    template <class Run> void sort(store::BigVector<Origin>& origins, size_t first, size_t last, Run&& run)
    {
        m_seen.clear();
        m_keys.resize(last - first);
        for (size_t i = first; i < last; ++i) {
            if (i + kAhead < last)
                __builtin_prefetch(&m_links[origins[i + kAhead].ancestor]);
            const uint32_t f = m_keys[i - first] = m_links[origins[i].ancestor].function;
            if (m_count[f]++ == 0)
                m_seen.push_back(f);
        }
        std::sort(m_seen.begin(), m_seen.end());
        if (m_seen.size() > 1) {
            size_t at = 0;
            for (const uint32_t f : m_seen)
                at += std::exchange(m_count[f], at);
            m_sorted.resize(last - first);
            for (size_t i = first; i < last; ++i)
                m_sorted[m_count[m_keys[i - first]]++] = origins[i];
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
    const Links& m_links;
    std::vector<size_t> m_count; // by function; zero between two sorts
    std::vector<uint32_t> m_seen, m_keys; // functions of the run; of its origins
    store::BigVector<Origin> m_sorted;
};

// Counts → where each one's places begin. When all have taken theirs, they are where they end.
template <class Counts> void toPlaces(Counts& counts)
{
    for (uint32_t at = 0; uint32_t& count : counts)
        at += std::exchange(count, at);
}

// Whether a node is not inside another call of its own function. Every node is entered and left once in depth-first
// order, with a count of how many calls of each function are open. `children` is room for as many as there are nodes.
// Stops half way when the builder is cancelled.
std::vector<bool>
outermostNodes(const TreeBuilder& builder, const Links& links, size_t functions, store::BigVector<uint32_t>& children)
{
    constexpr uint32_t kStep = 1 << 16; // nodes between looks at that
    store::BigVector<uint32_t> ends(links.size(), 0); // of the children of each node
    for (size_t i = 1; i < links.size(); ++i)
        ++ends[links[i].parent];
    toPlaces(ends);
    for (size_t i = 1; i < links.size(); ++i)
        children[ends[links[i].parent]++] = uint32_t(i);

    std::vector<bool> out(links.size());
    std::vector<uint32_t> open(functions, 0);
    std::vector<std::pair<uint32_t, bool>> stack{{0, false}};
    for (uint32_t step = 1; !stack.empty(); ++step) {
        if (step % kStep == 0 && builder.cancelled())
            break;
        const auto [node, leave] = stack.back();
        stack.pop_back();
        if (leave) {
            --open[links[node].function];
            continue;
        }
        if (node) {
            out[node] = open[links[node].function]++ == 0;
            stack.emplace_back(node, true);
        }
        for (uint32_t k = node ? ends[node - 1] : 0; k < ends[node]; ++k)
            stack.emplace_back(children[k], false);
    }
    return out;
}

struct Limits
{
    int64_t time; // what is below these two by all measures is not followed further …
    uint64_t calls;
    Smallest smallest; // … and what is not above this is not even a node
};

// The callers of one function after the other; its nodes have the root as number 0.
class Inverter
{
public:
    Inverter(const TreeBuilder& builder, const LooseTree& topDown, const Links& links, const std::vector<bool>& outermost, size_t functions, const Limits& limits)
        : m_builder(builder)
        , m_from(topDown.nodes)
        , m_links(links)
        , m_outermost(outermost)
        , m_limits(limits)
        , m_byFunction(links, functions)
    {
        m_out.nodes.assign(1, Node());
    }

    // Its nodes in the top-down tree.
    bool add(std::span<const uint32_t> nodes); // false: cancelled
    LooseTree takeOut() // of the functions added since
    {
        LooseTree out;
        out.nodes.assign(1, Node());
        std::swap(out, m_out);
        return out;
    }

private:
    void start(std::span<const uint32_t> nodes);
    void sum(uint32_t id, size_t begin, size_t end);

    const TreeBuilder& m_builder;
    const Nodes& m_from;
    const Links& m_links;
    const std::vector<bool>& m_outermost;
    const Limits m_limits;
    ByFunction m_byFunction;
    LooseTree m_out;
    store::BigVector<Figures> m_figures;
    store::BigVector<Origin> m_origins, m_next;
    std::vector<Group> m_groups, m_below;
};

void Inverter::start(std::span<const uint32_t> nodes)
{
    m_figures.clear();
    m_figures.reserve(nodes.size());
    m_origins.clear();
    m_origins.reserve(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
        if (i + kAhead < nodes.size()) {
            const Node& ahead = m_from[nodes[i + kAhead]];
            __builtin_prefetch(&ahead.calls);
            __builtin_prefetch(&ahead.longest);
        }
        const Node& n = m_from[nodes[i]];
        m_origins.push_back({nodes[i], uint32_t(i)});
        m_figures.push_back({n.calls, m_outermost[nodes[i]] ? n.time : 0, n.self, n.slowest, n.longest});
    }
    m_groups.assign(1, {0, 0, nodes.size()});
}

void Inverter::sum(uint32_t id, size_t begin, size_t end)
{
    Node& node = m_out.nodes[id];
    for (size_t i = begin; i < end; ++i) {
        const Figures& f = m_figures[m_origins[i].figures];
        node.calls += f.calls;
        node.self += f.self;
        node.time += f.time;
        node.see(f.slowest, f.longest);
    }
}

bool Inverter::add(std::span<const uint32_t> nodes)
{
    start(nodes);
    for (uint32_t depth = 0; depth < CallTree::kMaxCallers && !m_groups.empty(); ++depth) {
        m_below.clear();
        m_next.clear();
        for (const Group& group : m_groups) {
            if (m_builder.cancelled())
                return false;
            // The function of the path's present end decides the child. At depth 0 that is the origin itself.
            m_byFunction.sort(m_origins, group.first, group.last, [&](uint32_t function, size_t begin, size_t end) {
                const auto id = uint32_t(m_out.nodes.size());
                Node& added = m_out.nodes.emplace_back();
                added.function = store::FunctionId(function);
                added.parent = group.node;
                sum(id, begin, end);
                if (added.self < m_limits.time && added.calls < m_limits.calls && added.time < m_limits.time) {
                    if (!m_limits.smallest.isAbove(added, added.calls)) {
                        m_out.nodes.pop_back();
                        ++m_out.leftOut;
                    }
                    return;
                }
                const size_t first = m_next.size();
                for (size_t i = begin; i < end; ++i)
                    if (const uint32_t caller = m_links[m_origins[i].ancestor].parent)
                        m_next.push_back({caller, m_origins[i].figures});
                if (m_next.size() > first)
                    m_below.push_back({id, first, m_next.size()});
            });
        }
        m_origins.swap(m_next);
        m_groups.swap(m_below);
    }
    m_out.depthCut |= !m_groups.empty();
    return true;
}
} // namespace

bool TreeBuilder::invert(const LooseTree& topDown, const TreeOptions& options, LooseTree& out)
{
    const store::FunctionId only = options.callersOf;
    const Nodes& nodes = topDown.nodes;
    out.nodes.assign(1, Node());
    if (nodes.size() < 2)
        return true;
    Links links(nodes.size(), {0, 0});
    uint32_t functions = 0;
    for (size_t i = 1; i < nodes.size(); ++i) {
        links[i] = {nodes[i].function.v, nodes[i].parent};
        functions = std::max(functions, nodes[i].function.v + 1);
    }
    if (cancelled())
        return false;
    store::BigVector<uint32_t> list(nodes.size()); // of nodes
    const std::vector<bool> outermost = outermostNodes(*this, links, functions, list);
    if (cancelled())
        return false;

    // The origins by function.
    std::vector<uint32_t> ends(functions, 0);
    size_t count = 0;
    Node& root = out.nodes[0]; // time: more than the scope's when functions call each other, it is their sum
    for (size_t i = 1; i < nodes.size(); ++i) {
        if (only.valid() && nodes[i].function != only)
            continue;
        ++ends[links[i].function];
        ++count;
        root.calls += nodes[i].calls;
        root.self += nodes[i].self;
        root.time += outermost[i] ? nodes[i].time : 0;
    }
    if (cancelled())
        return false;
    toPlaces(ends);
    for (uint32_t i = 1; i < nodes.size(); ++i)
        if (!only.valid() || nodes[i].function == only)
            list[ends[links[i].function]++] = i;
    const int64_t smallest = count > kMany ? kSmallestOfMany : kSmallest;
    Limits limits{(only.valid() ? root.time : nodes[0].time) / smallest, root.calls / uint64_t(smallest), {-1, 0}};
    if (count > kMany && options.closer.empty()) // else they may be looked at
        limits.smallest = Smallest::of(root.time, root.calls);

    std::vector<LooseTree> parts(std::min<size_t>(kParts, functions));
    std::atomic<bool> stopped = false;
    const auto partOf = [&](uint32_t function) { // by where its origins begin
        const uint64_t begin = function ? ends[function - 1] : 0;
        return size_t(begin * parts.size() / (count + 1));
    };
    std::atomic<size_t> next = 0;
    store::parallelFor(store::threadCount(parts.size()), [&](size_t) {
        Inverter inverter(*this, topDown, links, outermost, functions, limits);
        for (size_t part; (part = next++) < parts.size();) {
            for (uint32_t f = 0; f < functions && !stopped; ++f) {
                const size_t begin = f ? ends[f - 1] : 0;
                if (begin == ends[f] || partOf(f) != part)
                    continue;
                if (!inverter.add(std::span(list).subspan(begin, ends[f] - begin)))
                    stopped = true;
            }
            parts[part] = inverter.takeOut();
        }
    });
    if (stopped)
        return false;
    for (const LooseTree& part : parts) {
        const auto offset = uint32_t(out.nodes.size() - 1);
        for (size_t i = 1; i < part.nodes.size(); ++i) {
            Node& node = out.nodes.emplace_back(part.nodes[i]);
            if (node.parent)
                node.parent += offset;
        }
        out.depthCut |= part.depthCut;
        out.leftOut += part.leftOut;
    }
    return true;
}

} // namespace calltide::flame
