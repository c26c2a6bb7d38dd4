// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/framelayout.h"
#include <algorithm>
#include <numeric>

namespace calltide::flame {
namespace {
// Top down, Self is as wide as Time, but the order follows the calls' own times.
uint64_t orderKey(const CallTree& tree, Measure measure, uint32_t node)
{
    if (measure == Measure::Self)
        return uint64_t(std::max<int64_t>(0, tree.node(node).self));
    return tree.weight(node, measure);
}

struct Open // a drawn node and its place in [0, 1]
{
    uint32_t node;
    double at;
};
} // namespace

std::vector<uint32_t> FrameLayout::orderedChildren(const CallTree& tree, Measure measure, uint32_t node)
{
    std::vector<uint32_t> out(tree.node(node).childCount);
    std::iota(out.begin(), out.end(), tree.node(node).firstChild);
    if (measure == Measure::Time)
        return out; // already so in the tree
    std::stable_sort(out.begin(), out.end(), [&](uint32_t a, uint32_t b) {
        return orderKey(tree, measure, a) > orderKey(tree, measure, b);
    });
    return out;
}

Window FrameLayout::windowOf(const CallTree& tree, Measure measure, uint32_t node)
{
    const double all = double(std::max<uint64_t>(1, tree.weight(0, measure)));
    double at = 0; // in weight
    for (uint32_t n = node; n != 0; n = tree.node(n).parent) {
        for (const uint32_t sibling : orderedChildren(tree, measure, tree.node(n).parent)) {
            if (sibling == n)
                break;
            at += double(tree.weight(sibling, measure));
        }
    }
    constexpr double kLeast = 1e-12;
    const double from = std::min(at / all, 1 - kLeast);
    return {from, std::min(1.0, from + std::max(kLeast, double(tree.weight(node, measure)) / all))};
}

void FrameLayout::build(const CallTree& tree, Measure measure, Window window, float width, float minWidth)
{
    m_frames.clear();
    m_rowFirst.assign(1, 0);
    const uint64_t total = tree.weight(0, measure);
    if (width <= 0 || window.length() <= 0)
        return;
    const double all = double(std::max<uint64_t>(1, total)), scale = double(width) / window.length();
    const auto put = [&](uint32_t node, double at, double share, uint64_t weight, uint32_t more) {
        Frame frame;
        const double x0 = (at - window.from) * scale, x1 = (at + share - window.from) * scale;
        frame.node = node;
        frame.more = more;
        frame.weight = weight;
        frame.cutLeft = x0 < -0.5;
        frame.cutRight = x1 > double(width) + 0.5;
        frame.x = float(std::max(0.0, x0));
        frame.w = float(std::min(double(width), x1)) - frame.x;
        m_frames.push_back(frame);
    };
    put(0, 0, 1, total, 0);
    m_rowFirst.push_back(uint32_t(m_frames.size()));

    std::vector<Open> open{{0, 0}}, next;
    std::vector<uint32_t> sorted;
    while (!open.empty()) {
        next.clear();
        for (const Open& parent : open) {
            const Node& node = tree.node(parent.node);
            if (measure != Measure::Time)
                sorted = orderedChildren(tree, measure, parent.node);
            double at = parent.at;
            for (uint32_t k = 0; k < node.childCount; ++k) {
                const uint32_t child = measure == Measure::Time ? node.firstChild + k : sorted[k];
                const uint64_t weight = tree.weight(child, measure);
                const double share = double(weight) / all;
                if (at >= window.to)
                    break;
                // Top down by Self the order is not the widths': a narrow one is left out alone, not as a tail's start.
                const bool narrow = share * scale < double(minWidth);
                if (narrow && (measure != Measure::Self || tree.direction() == Direction::BottomUp)) {
                    uint64_t rest = 0;
                    uint32_t more = 0;
                    for (uint32_t j = k; j < node.childCount; ++j, ++more)
                        rest += tree.weight(measure == Measure::Time ? node.firstChild + j : sorted[j], measure);
                    const double restShare = double(rest) / all;
                    if (restShare * scale >= double(minWidth) && at + restShare > window.from)
                        put(child, at, restShare, rest, more);
                    break;
                }
                if (!narrow && at + share > window.from) {
                    put(child, at, share, weight, 0);
                    if (tree.node(child).childCount)
                        next.push_back({child, at});
                }
                at += share;
            }
        }
        if (m_frames.size() == m_rowFirst.back())
            break;
        m_rowFirst.push_back(uint32_t(m_frames.size()));
        open.swap(next);
    }
}

const Frame* FrameLayout::hit(float x, uint32_t row) const
{
    if (row >= rowCount())
        return nullptr;
    const auto frames = this->row(row);
    const auto after
        = std::upper_bound(frames.begin(), frames.end(), x, [](float v, const Frame& f) { return v < f.x; });
    if (after == frames.begin())
        return nullptr;
    const Frame& frame = *(after - 1);
    return x < frame.x + frame.w ? &frame : nullptr;
}

} // namespace calltide::flame
