// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/sampled.h"
#include "store/callfigures.h"
#include <algorithm>
#include <numeric>

namespace calltide::formats {

using namespace store;

namespace {
constexpr int64_t kGreatestTime = int64_t(1) << 61; // differences of two fit
}

SampledThread::SampledThread(TraceBuilder& builder, TrackId track, FrameBudget& budget)
    : m_builder(builder)
    , m_track(track)
    , m_budget(budget)
{
}

void SampledThread::closeTo(size_t depth, int64_t time)
{
    SliceBuffer& slices = m_builder.slices(m_track);
    while (m_open.size() > depth) {
        const Open& o = m_open.back();
        slices.addAtDepth(uint32_t(m_open.size() - 1), o.start, time - o.start, o.function, kSummed);
        m_open.pop_back();
    }
}

void SampledThread::sample(int64_t time, std::span<const FunctionId> stack, int64_t offset)
{
    time = std::clamp(time, -kGreatestTime, kGreatestTime);
    if (time < m_last) {
        m_builder.problem(
            "samples.backwards", "Samples older than the one before them were moved to its time.", Severity::Warning,
            offset);
        time = m_last;
    }
    m_last = time;
    m_builder.includeTime(time, time);
    if (stack.size() > kGreatestDepth) {
        m_builder.problem(
            "samples.too_deep", "Stacks were cut to their outermost 1,048,576 frames.", Severity::DataLoss, offset);
        stack = stack.first(kGreatestDepth);
    }
    size_t shared = 0;
    while (shared < stack.size() && shared < m_open.size() && m_open[shared].function == stack[shared])
        shared++;
    if (!m_budget.takeSlices(stack.size() - shared)) {
        m_builder.problem(
            "samples.too_many", "Samples were left out: their stacks together are far larger than the file.",
            Severity::DataLoss, offset);
        stack = stack.first(shared);
    }
    closeTo(shared, time);
    for (; shared < stack.size(); shared++)
        m_open.push_back({stack[shared], time});
}

void SampledThread::end(int64_t time)
{
    m_last = std::max(m_last, std::clamp(time, -kGreatestTime, kGreatestTime));
    closeTo(0, m_last);
}

StackTable::Found StackTable::stack(uint32_t frame, FrameBudget& budget, std::vector<FunctionId>& out) const
{
    out.clear();
    size_t steps = 0;
    for (; frame != kNone; steps++) {
        if (frame >= m_frames.size() || steps > m_frames.size())
            return Found::Broken;
        if (m_frames[frame].function.valid())
            out.push_back(m_frames[frame].function);
        frame = m_frames[frame].caller;
        if ((steps & 0xFF) == 0xFF && !budget.takeFrames(0x100))
            return Found::TooMuch;
    }
    std::reverse(out.begin(), out.end());
    return budget.takeFrames(steps & 0xFF) ? Found::Whole : Found::TooMuch;
}

Axis axisFor(std::string_view unit, int64_t sum)
{
    struct Known
    {
        const char *name, *shown;
        int64_t ns;
    };
    static const Known times[] = {
        {"nanoseconds", "nanoseconds", 1},        {"ns", "nanoseconds", 1},
        {"microseconds", "microseconds", 1000},   {"us", "microseconds", 1000},
        {"milliseconds", "milliseconds", 1000000}, {"ms", "milliseconds", 1000000},
        {"seconds", "seconds", 1000000000},       {"s", "seconds", 1000000000},
    };
    Axis axis;
    for (const Known& k : times) {
        if (unit == k.name) {
            axis.unit = k.shown;
            axis.nsPerUnit = k.ns;
            axis.time = true;
        }
    }
    if (!axis.time) {
        axis.unit = unit.empty() || unit == "none" || unit == "count" ? "samples" : std::string(unit);
        axis.nsPerUnit = axis.unit == "samples" ? 1'000'000 : 1;
    }
    while (axis.nsPerUnit > 1 && sum > WeightTree::kGreatest / axis.nsPerUnit)
        axis.nsPerUnit /= 1000;
    return axis;
}

void describeAxis(TraceBuilder& builder, const Axis& axis, bool laidOut)
{
    std::string text;
    if (!axis.time) {
        const char* one = axis.nsPerUnit == 1'000'000 ? "1 ms" : axis.nsPerUnit == 1000 ? "1 µs" : "1 ns";
        text = axis.unit + ", one drawn as " + one;
    }
    if (laidOut)
        text += std::string(text.empty() ? axis.unit : "")
            + "; the file has no order in time, the heaviest calls stand first";
    if (!text.empty())
        builder.addMetadata("axis", text);
}

uint32_t WeightTree::child(uint32_t parent, FunctionId function)
{
    const uint64_t hash = ((uint64_t(parent) << 32 | function.v) * 0x9E3779B97F4A7C15u) >> 32;
    const auto same = [&](uint32_t n) { return m_nodes[n].parent == parent && m_nodes[n].function == function; };
    if (const uint32_t there = m_children.find(hash, same); there != store::HashIndex::kNone)
        return there;
    m_children.add(hash, uint32_t(m_nodes.size()));
    m_nodes.push_back({function, parent, 0, 0});
    return uint32_t(m_nodes.size() - 1);
}

void WeightTree::add(uint32_t node, int64_t weight)
{
    int64_t& self = m_nodes[node].self;
    self = std::min(kGreatest, self + std::clamp<int64_t>(weight, 0, kGreatest));
}

std::vector<int64_t> WeightTree::totals() const
{
    std::vector<int64_t> sums(m_nodes.size());
    for (size_t i = m_nodes.size(); i-- > 0;) {
        sums[i] = std::min(kGreatest, sums[i] + m_nodes[i].self);
        if (i > 0)
            sums[m_nodes[i].parent] = std::min(kGreatest, sums[m_nodes[i].parent] + sums[i]);
    }
    return sums;
}

int64_t WeightTree::total() const
{
    return totals()[0];
}

int64_t WeightTree::layOut(SliceBuffer& slices, int64_t begin, int64_t nsPerUnit, const Progress* progress)
{
    m_children = {}; // of as many nodes as the tree has
    const auto cancelled = [&] { return progress && progress->cancelled(); };
    const std::vector<int64_t> sums = totals();
    // Children of each node together, the heaviest first, equal ones as they came.
    std::vector<uint32_t> first(m_nodes.size() + 1, 0);
    for (size_t node = 1; node < m_nodes.size(); node++)
        first[m_nodes[node].parent + 1]++;
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<uint32_t> order(m_nodes.size() - 1);
    {
        std::vector<uint32_t> next = first;
        for (uint32_t node = 1; node < m_nodes.size(); node++)
            order[next[m_nodes[node].parent]++] = node;
    }
    const auto heavier = [&](uint32_t a, uint32_t b) { return sums[a] > sums[b]; };
    for (size_t node = 0; node < m_nodes.size(); node++) {
        if ((node & 0xFFF) == 0 && cancelled())
            return begin;
        if (first[node + 1] - first[node] > 1)
            std::stable_sort(order.begin() + first[node], order.begin() + first[node + 1], heavier);
    }

    struct Level
    {
        uint32_t next, end; // in `order`
        int64_t at;
    };
    const int64_t limit = begin + sums[0] * nsPerUnit; // only sums that stopped at kGreatest could reach beyond it
    std::vector<Level> levels{{first[0], first[1], begin}};
    for (uint64_t n = 0; !levels.empty(); n++) {
        if ((n & 0xFFFF) == 0 && cancelled())
            return limit;
        Level& level = levels.back();
        if (level.next == level.end) {
            levels.pop_back();
            continue;
        }
        const uint32_t node = order[level.next++];
        const int64_t start = level.at;
        const int64_t length = std::min(sums[node] * nsPerUnit, limit - start);
        level.at = start + length;
        slices.addAtDepth(uint32_t(levels.size() - 1), start, length, m_nodes[node].function,
            m_nodes[node].extra ? m_nodes[node].extra : kSummed);
        levels.push_back({first[node], first[node + 1], start});
    }
    return limit;
}

} // namespace calltide::formats
