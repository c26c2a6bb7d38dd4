// SPDX-License-Identifier: GPL-3.0-or-later
// The ways a CallTree is built; internal to ct_flame.
#pragma once
#include "layout/calltree.h"
#include "layout/childindex.h"
#include <memory>

namespace calltide::flame {

class TreeBuilder
{
public:
    static constexpr size_t kAtOnce = 1 << 20;
    // So many slices of a level are sorted at once; more come in several goes, as memory is not without end.
    TreeBuilder(const store::Trace& trace, store::Progress* progress, size_t atOnce = kAtOnce)
        : m_trace(trace)
        , m_progress(progress)
        , m_atOnce(atOnce)
    {
    }

    bool cancelled() const { return m_progress && m_progress->cancelled(); }
    bool collect(std::span<const store::Scope> scopes, LooseTree& out); // the merged paths; false: cancelled
    bool transform(const Transform& transform, const LooseTree& from, LooseTree& out); // top down; false: cancelled
    // false: cancelled. A valid `callersOf` leaves that function's callers alone.
    bool invert(const LooseTree& topDown, const TreeOptions& options, LooseTree& out);
    // Children together, figures summed; nodes too small to be seen are left out of large trees.
    bool link(const LooseTree& loose, const TreeOptions& options, CallTree& out); // false: cancelled

private:
    class Collector;

    const store::Trace& m_trace;
    store::Progress* m_progress;
    size_t m_atOnce;
};

// What prune() drops: a node that is not above any of these. Of the figures of the whole.
struct Smallest
{
    int64_t time = 0; // ns, also of self time
    uint64_t calls = 0;

    static Smallest of(int64_t wholeTime, uint64_t wholeCalls)
    {
        constexpr int64_t kParts = 1'000'000;
        return {wholeTime / kParts, wholeCalls / uint64_t(kParts)};
    }
    bool isAbove(const Node& node, uint64_t nodeCalls) const { return node.time > time || node.self > time || nodeCalls > calls; }
};

struct Pruning // what link() leaves out, by node
{
    store::BigVector<uint64_t> callsBelow; // with the node's own; bottom up not needed and empty
    std::vector<bool> kept; // empty: all
};
Pruning prune(const LooseTree& loose, const TreeOptions& options);

} // namespace calltide::flame
