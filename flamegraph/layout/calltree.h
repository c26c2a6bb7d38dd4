// SPDX-License-Identifier: GPL-3.0-or-later
// CallTree: the slices of a scope (time range × tracks) merged by call path. Node 0 is the root and stands for the
// whole scope. Built in any thread, then immutable.
#pragma once
#include "store/result.h"
#include "store/statistics.h"
#include <span>
#include <vector>

namespace calltide::flame {

enum class Direction : uint8_t
{
    TopDown,
    BottomUp
};
enum class Measure : uint8_t
{
    Time,
    Self,
    Calls
};

struct Node
{
    store::FunctionId function; // none: the root
    uint32_t parent = 0; // of the root: 0
    uint32_t firstChild = 0, childCount = 0; // children stand one after another, heaviest first (by `time`)
    uint32_t depth = 0; // of the root: 0
    uint64_t calls = 0;
    int64_t time = 0; // ns; top down: duration clipped to the scope; bottom up: self time that ended in this path
    int64_t self = 0; // ns, time without the children's
    store::SliceIndex slowest = store::kNoSlice; // its longest call (not clipped)
};

class CallTree
{
public:
    // Cancelled when the progress says so. Slices with no length inside the scope still count as calls. Bottom up:
    // children of the root are the functions by self time, below them their callers.
    static Result<CallTree> build(
        const store::Trace& trace, const store::Scope& scope, Direction direction, store::Progress* progress = nullptr);

    Direction direction() const { return m_direction; }
    const std::vector<Node>& nodes() const { return m_nodes; }
    const Node& node(uint32_t i) const { return m_nodes[i]; }
    std::span<const Node> childrenOf(uint32_t i) const
    {
        return std::span(m_nodes).subspan(m_nodes[i].firstChild, m_nodes[i].childCount);
    }
    uint32_t depth() const { return m_depth; } // of the deepest node
    // The width of a node by a measure. Time: `time`. Self and Calls: summed over everything below, so that a parent
    // is as wide as its children together or wider.
    uint64_t weight(uint32_t i, Measure measure) const;

private:
    Direction m_direction = Direction::TopDown;
    std::vector<Node> m_nodes;
    std::vector<uint64_t> m_selfBelow, m_callsBelow; // with the node's own
    uint32_t m_depth = 0;
};

} // namespace calltide::flame
