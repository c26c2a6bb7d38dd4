// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/sampled.h"
#include "store/callfigures.h"
#include "store/stoppable.h"
#include <algorithm>
#include <memory>
#include <utility>

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
        {"\u00B5s", "microseconds", 1000},        {"\u03BCs", "microseconds", 1000}, // both letters that look so
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

uint64_t WeightTree::hashOf(uint32_t parent, FunctionId function)
{
    const uint64_t product = (uint64_t(parent) << 32 | function.v) * 0x9E3779B97F4A7C15u;
    return product ^ product >> 32;
}

uint32_t WeightTree::find(uint32_t parent, FunctionId function) const
{
    const uint32_t first = m_nodes[parent].children;
    if (first == 0)
        return kNone;
    if (m_nodes[first].function == function)
        return first;
    static_assert(kNone == store::HashIndex::kNone);
    return m_children.find(hashOf(parent, function),
        [&](uint32_t n) { return m_nodes[n].parent == parent && m_nodes[n].function == function; });
}

uint32_t WeightTree::child(uint32_t parent, FunctionId function)
{
    if (const uint32_t there = find(parent, function); there != kNone)
        return there;
    const uint32_t id = uint32_t(m_nodes.size());
    if (uint32_t& first = m_nodes[parent].children; first == 0)
        first = id;
    else
        m_children.add(hashOf(parent, function), id);
    m_nodes.push_back({function, parent, 0, 0, 0});
    return id;
}

void WeightTree::add(uint32_t node, int64_t weight)
{
    int64_t& own = m_nodes[node].weight;
    own = std::min(kGreatest, own + std::clamp<int64_t>(weight, 0, kGreatest));
}

int64_t WeightTree::total() const
{
    int64_t sum = 0;
    for (const Node& n : m_nodes)
        sum = std::min(kGreatest, sum + n.weight);
    return sum;
}

bool WeightTree::putInOrder(const Progress* progress)
{
    const auto cancelled = [&] { return progress && progress->cancelled(); };
    m_children = {};
    for (Node& n : m_nodes)
        n.children = 0;
    for (size_t i = m_nodes.size(); i-- > 1;) {
        Node& parent = m_nodes[m_nodes[i].parent];
        parent.weight = std::min(kGreatest, parent.weight + m_nodes[i].weight);
        parent.children++; // how many, first of all
    }
    if (cancelled())
        return false;
    uint32_t at = 0;
    for (Node& n : m_nodes)
        n.children = std::exchange(at, at + n.children); // where they begin, and after the next loop where they end
    m_order.resize(m_nodes.size() - 1);
    for (uint32_t i = 1; i < m_nodes.size(); i++)
        m_order[m_nodes[m_nodes[i].parent].children++] = i;
    struct Key
    {
        int64_t weight;
        uint32_t node;
    };
    std::vector<Key> keys;
    for (uint32_t node = 0; node < m_nodes.size(); node++) {
        const uint32_t first = firstChild(node), end = m_nodes[node].children;
        if ((node & 0xFFFF) == 0 && cancelled())
            return false;
        if (end - first < 2)
            continue;
        keys.clear();
        for (uint32_t i = first; i < end; i++)
            keys.push_back({m_nodes[m_order[i]].weight, m_order[i]});
        if (!store::sortUnlessStopped(
                keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.weight > b.weight; }, progress))
            return false;
        for (uint32_t i = first; i < end; i++)
            m_order[i] = keys[i - first].node;
    }
    return true;
}

void WeightTree::write(SliceBuffer& slices, int64_t begin, int64_t nsPerUnit, const Progress* progress) const
{
    struct Level
    {
        uint32_t next, end; // in m_order
        int64_t at;
    };
    const int64_t limit = begin + m_nodes[0].weight * nsPerUnit; // only sums that stopped at kGreatest could reach beyond it
    std::vector<Level> levels{{0, m_nodes[0].children, begin}};
    for (uint64_t n = 0; !levels.empty(); n++) {
        if ((n & 0xFFFF) == 0 && progress && progress->cancelled())
            return;
        Level& level = levels.back();
        if (level.next == level.end) {
            levels.pop_back();
            continue;
        }
        const uint32_t node = m_order[level.next++];
        const Node& of = m_nodes[node];
        const int64_t start = level.at;
        const int64_t length = std::min(of.weight * nsPerUnit, limit - start);
        level.at = start + length;
        slices.addAtDepth(uint32_t(levels.size() - 1), start, length, of.function, of.extra ? of.extra : kSummed);
        levels.push_back({firstChild(node), of.children, start});
    }
}

int64_t WeightTree::layOut(
    WeightTree tree, TraceBuilder& builder, TrackId track, int64_t begin, int64_t nsPerUnit, const Progress* progress)
{
    const auto laid = std::make_shared<WeightTree>(std::move(tree));
    if (!laid->putInOrder(progress))
        return begin;
    SliceBuffer& slices = builder.slices(track);
    const auto write = [=, &slices] { laid->write(slices, begin, nsPerUnit, progress); };
    builder.countSlices(track, write);
    write();
    return begin + laid->m_nodes[0].weight * nsPerUnit;
}

} // namespace calltide::formats
