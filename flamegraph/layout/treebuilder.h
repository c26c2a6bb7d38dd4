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
    TreeBuilder(const store::Trace& trace, store::Progress* progress)
        : m_trace(trace)
        , m_progress(progress)
    {
    }

    bool collect(std::span<const store::Scope> scopes, LooseTree& out); // the merged paths; false: cancelled
    bool transform(const Transform& transform, const LooseTree& from, LooseTree& out); // top down; false: cancelled
    // false: cancelled. A valid `only` leaves that function's callers alone.
    bool invert(const LooseTree& topDown, store::FunctionId only, LooseTree& out);
    // Children together, figures summed; nodes too small to be seen are left out of large trees.
    static CallTree link(const LooseTree& loose, const TreeOptions& options);

private:
    class Collector;
    bool cancelled() const { return m_progress && m_progress->cancelled(); }

    const store::Trace& m_trace;
    store::Progress* m_progress;
};

struct Pruning // what link() leaves out, by node
{
    std::vector<uint64_t> callsBelow; // with the node's own; bottom up not needed and empty
    std::vector<bool> kept; // empty: all
};
Pruning prune(const LooseTree& loose, const TreeOptions& options);

} // namespace calltide::flame
