// SPDX-License-Identifier: GPL-3.0-or-later
// CallTree: the slices of a scope (time range × tracks) merged by call path. Node 0 is the root and stands for the
// whole scope. Built in any thread, then immutable.
#pragma once
#include "layout/transform.h"
#include "store/bigvector.h"
#include "store/result.h"
#include "store/statistics.h"
#include <memory>
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

// Top down, a node is a path from the outermost call, and its figures are those of the calls on this path.
// Bottom up, a node of depth 1 is a function and those below it are its callers; the figures are the function's, as
// far as it was called by this path. In recursion only the outermost call counts for `time`.
struct Node
{
    store::FunctionId function; // none: the root
    uint32_t parent = 0; // of the root: 0
    uint32_t firstChild = 0, childCount = 0; // children stand one after another, the longest `time` first
    uint32_t depth = 0; // of the root: 0
    uint64_t calls = 0;
    int64_t time = 0; // ns, clipped to the scope
    int64_t self = 0; // ns, time without the functions it calls
    store::SliceIndex slowest = store::kNoSlice; // the longest call …
    int64_t longest = -1; // … and how long it took, ns (not clipped)

    void see(store::SliceIndex call, int64_t length) // a call that may be the longest
    {
        if (length > longest) {
            slowest = call;
            longest = length;
        }
    }
};

using Nodes = store::BigVector<Node>; // there may be millions

// Paths that are merged and not yet in order; what a CallTree is made from.
struct LooseTree
{
    Nodes nodes; // a parent before its children; not linked to them
    bool depthCut = false; // bottom up: there were callers beyond the depth that is followed
    uint64_t leftOut = 0; // bottom up, of more than a million paths: nodes that prune() would drop anyway
};

struct TreeOptions
{
    Direction direction = Direction::TopDown;
    std::vector<Transform> transforms;
    store::FunctionId callersOf; // bottom up only, valid: the tree has this one function below the root
    // Of a tree with too many nodes to be looked at, what is below this path is kept in more detail.
    std::vector<store::FunctionId> closer;
    friend bool operator==(const TreeOptions&, const TreeOptions&) = default;
};

class CallTree
{
public:
    // An empty list of tracks means all that hold calls: threads and their overflow lanes. Error::Cancelled when
    // the progress says so. Calls without length inside the scope count as well. Bottom up, paths below 1/100 000
    // (of more than a million: 1/20 000) of the whole by time, self time and calls, and more than 512 callers away, are not told apart. Trees of more than a
    // million nodes lose those below 1/1 000 000 of the whole (or of `closer`), see isPruned(); their callers' figures
    // keep them.
    static Result<CallTree> build(
        const store::Trace& trace, const store::Scope& scope, const TreeOptions& options,
        store::Progress* progress = nullptr);
    // The first step alone, and the others from it: they are quick, and often wanted for the same scope again.
    // Null: cancelled. Several scopes are put together; a call that goes on from one to the next counts in each.
    static std::shared_ptr<const LooseTree> collect(
        const store::Trace& trace, const store::Scope& scope, store::Progress* progress = nullptr);
    static std::shared_ptr<const LooseTree> collect(
        const store::Trace& trace, std::span<const store::Scope> scopes, store::Progress* progress = nullptr);
    static Result<CallTree> arrange(
        const store::Trace& trace, const LooseTree& paths, const TreeOptions& options,
        store::Progress* progress = nullptr);
    static Result<CallTree> build(
        const store::Trace& trace, const store::Scope& scope, Direction direction, store::Progress* progress = nullptr)
    {
        return build(trace, scope, TreeOptions{direction, {}, {}, {}}, progress);
    }

    Direction direction() const { return m_direction; }
    const Nodes& nodes() const { return m_nodes; }
    const Node& node(uint32_t i) const { return m_nodes[i]; }
    std::span<const Node> childrenOf(uint32_t i) const
    {
        return std::span(m_nodes).subspan(m_nodes[i].firstChild, m_nodes[i].childCount);
    }
    uint32_t depth() const { return m_depth; } // of the deepest node
    bool isPruned() const { return m_pruned; } // small nodes are missing
    uint64_t leftOut() const { return m_leftOut; } // how many
    bool isDepthCut() const { return m_depthCut; } // bottom up: callers further away than kMaxCallers are missing
    static constexpr uint32_t kMaxCallers = 512;
    int64_t scopeTime() const { return m_scopeTime; } // ns of outermost calls after all transforms, all threads together: "100 %"
    // How wide a node is: never less than its children together. Top down, self times add up to the time, so Time and
    // Self are equally wide there; Calls counts the calls of the whole subtree. Bottom up by Time, functions that call
    // each other each have their whole time, and the root is their sum.
    uint64_t weight(uint32_t i, Measure measure) const;

private:
    friend class TreeBuilder;
    Direction m_direction = Direction::TopDown;
    Nodes m_nodes;
    store::BigVector<uint64_t> m_callsBelow; // top down: with the node's own
    uint32_t m_depth = 0;
    bool m_pruned = false;
    bool m_depthCut = false;
    uint64_t m_leftOut = 0;
    int64_t m_scopeTime = 0;
};

} // namespace calltide::flame
