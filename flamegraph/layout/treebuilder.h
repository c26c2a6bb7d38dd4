// SPDX-License-Identifier: GPL-3.0-or-later
// The ways a CallTree is built; internal to ct_flame.
#pragma once
#include "layout/calltree.h"
#include "layout/childindex.h"
#include <memory>

namespace calltide::flame {

// Nodes in order of first sight (a parent before its children), not yet linked to their children.
struct LooseTree
{
    std::vector<Node> nodes;
};

class TreeBuilder
{
public:
    TreeBuilder(const store::Trace& trace, const store::Scope& scope, store::Progress* progress)
        : m_trace(trace)
        , m_scope(scope)
        , m_progress(progress)
    {
    }

    bool collect(LooseTree& out); // the merged paths; false: cancelled
    bool transform(const Transform& transform, LooseTree& tree); // of a top-down tree, in place; false: cancelled
    // false: cancelled. A valid `only` leaves that function's callers alone.
    bool invert(const LooseTree& topDown, store::FunctionId only, LooseTree& out);
    static CallTree link(const LooseTree& loose, Direction direction); // children together, figures summed

private:
    bool collectTrack(store::TrackId track, LooseTree& out);
    bool cancelled() const { return m_progress && m_progress->cancelled(); }
    void advance(uint64_t slices);

    const store::Trace& m_trace;
    const store::Scope& m_scope;
    store::Progress* m_progress;
    uint64_t m_done = 0, m_total = 0;

    std::unique_ptr<ChildIndex> m_index;
};

} // namespace calltide::flame
