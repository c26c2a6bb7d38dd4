// SPDX-License-Identifier: GPL-3.0-or-later
// Sampled profiles as calls: equal frames of neighbouring samples of a thread become one slice; profiles that know
// weights only become a call tree that is laid out from the left, the heaviest first. One thread.
#pragma once
#include "store/builder.h"
#include "store/hashindex.h"
#include "store/progress.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats {

inline std::string_view trimmed(std::string_view s) // of spaces and control characters
{
    while (!s.empty() && uint8_t(s.back()) <= 32)
        s.remove_suffix(1);
    while (!s.empty() && uint8_t(s.front()) <= 32)
        s.remove_prefix(1);
    return s;
}

// Bounds what a small file can grow to: a table of stacks may be referred to by every sample.
class FrameBudget
{
public:
    explicit FrameBudget(uint64_t contentBytes)
        : m_frames((1 << 20) + contentBytes * 256)
        , m_slices((1 << 20) + contentBytes * 16)
    {
    }
    bool takeFrames(uint64_t count) { return take(m_frames, count); }
    bool takeSlices(uint64_t count) { return take(m_slices, count); }

private:
    static bool take(uint64_t& left, uint64_t count)
    {
        if (count > left)
            return false;
        left -= count;
        return true;
    }
    uint64_t m_frames, m_slices;
};

// Stacks as a tree of frames, each with the one that called it: how several formats keep them.
class StackTable
{
public:
    static constexpr uint32_t kNone = UINT32_MAX;
    void add(store::FunctionId function, uint32_t caller = kNone) { m_frames.push_back({function, caller}); }
    void setCaller(uint32_t frame, uint32_t caller) { m_frames[frame].caller = caller; }
    size_t size() const { return m_frames.size(); }
    enum class Found
    {
        Whole,
        Broken, // refers to what is not there, or to itself
        TooMuch // the budget is used up
    };
    // The stack that ends in `frame`, outermost first. Frames without a valid function are passed over.
    Found stack(uint32_t frame, FrameBudget& budget, std::vector<store::FunctionId>& out) const;

private:
    struct Frame
    {
        store::FunctionId function;
        uint32_t caller;
    };
    std::vector<Frame> m_frames;
};

// The functions of the newest texts of frames, of which a file may have millions: the builder knows them all. The texts
// have to stay where they are.
class KnownFrames
{
public:
    store::FunctionId find(std::string_view text) const // none: not known
    {
        const Slot& slot = m_slots[place(text)];
        return slot.text == text ? slot.function : store::FunctionId();
    }
    void add(std::string_view text, store::FunctionId function) { m_slots[place(text)] = {text, function}; }

private:
    struct Slot
    {
        std::string_view text;
        store::FunctionId function;
    };
    static constexpr size_t kMost = 1 << 16;
    static size_t place(std::string_view text) { return std::hash<std::string_view>()(text) % kMost; }
    std::vector<Slot> m_slots{kMost};
};

inline constexpr size_t kGreatestDepth = size_t(1) << 20;

class SampledThread
{
public:
    SampledThread(store::TraceBuilder& builder, store::TrackId track, FrameBudget& budget);
    // The stack, outermost first, from `time` on until the next sample. `offset`: of the sample in the file.
    void sample(int64_t time, std::span<const store::FunctionId> stack, int64_t offset = -1);
    void end(int64_t time); // closes what is open; a next sample may follow

private:
    struct Open
    {
        store::FunctionId function;
        int64_t start;
    };
    void closeTo(size_t depth, int64_t time);

    store::TraceBuilder& m_builder;
    store::TrackId m_track;
    FrameBudget& m_budget;
    std::vector<Open> m_open;
    int64_t m_last = INT64_MIN;
};

// What one unit of a profile's weights is on the time axis.
struct Axis
{
    std::string unit; // "samples", "microseconds", "bytes"
    int64_t nsPerUnit = 1;
    bool time = false; // the weights are times
};
// By the names that formats use ("ns", "nanoseconds", "count", …). One sample is drawn as one millisecond, unless the
// sum of the weights would not fit.
Axis axisFor(std::string_view unit, int64_t sum);
// Says in the trace's metadata what the axis means, where it is no time.
void describeAxis(store::TraceBuilder& builder, const Axis& axis, bool laidOut);

class WeightTree
{
public:
    WeightTree() { m_nodes.push_back({}); }
    static constexpr uint32_t kRoot = 0, kNone = UINT32_MAX;
    uint32_t child(uint32_t parent, store::FunctionId function);
    uint32_t find(uint32_t parent, store::FunctionId function) const; // kNone: there is no such child
    void add(uint32_t node, int64_t weight); // its own, without its children; ≥ 0, sums stop at kGreatest
    void setExtra(uint32_t node, uint32_t extra) { m_nodes[node].extra = extra; }
    uint32_t extra(uint32_t node) const { return m_nodes[node].extra; }
    size_t size() const { return m_nodes.size(); } // with the root, which is 0; parents before children
    uint32_t parent(uint32_t node) const { return m_nodes[node].parent; }
    store::FunctionId function(uint32_t node) const { return m_nodes[node].function; }
    int64_t self(uint32_t node) const { return m_nodes[node].weight; }
    int64_t total() const; // of everything
    // Gives the track the slices of the whole tree; returns the end. They are written when the builder finishes, so that
    // they need no memory until then. Stops when `progress` (may be null) is cancelled, as finish() then does.
    static int64_t layOut(WeightTree tree, store::TraceBuilder& builder, store::TrackId track, int64_t begin, int64_t nsPerUnit,
        const store::Progress* progress);

    static constexpr int64_t kGreatest = int64_t(1) << 60;

private:
    struct Node
    {
        store::FunctionId function;
        uint32_t parent = 0, extra = 0;
        uint32_t children = 0; // while it grows: the first child, 0: none; in order: the end of them in m_order
        int64_t weight = 0; // its own; in order: with its children
    };
    bool putInOrder(const store::Progress* progress); // false: cancelled
    void write(store::SliceBuffer& slices, int64_t begin, int64_t nsPerUnit, const store::Progress* progress) const;
    uint32_t firstChild(uint32_t node) const { return node ? m_nodes[node - 1].children : 0; } // in m_order
    static uint64_t hashOf(uint32_t parent, store::FunctionId function);

    std::vector<Node> m_nodes; // parents before children
    store::HashIndex m_children; // nodes by parent and function, without the first of each parent
    std::vector<uint32_t> m_order; // children of each node together, the heaviest first, equal ones as they came
};

} // namespace calltide::formats
