// SPDX-License-Identifier: GPL-3.0-or-later
// FrameLayout: which nodes of a call tree are seen, and where. Row 0 is the root; every node stands below its parent.
// Horizontally the whole tree is [0, 1] and a Window of it fills the width, so zooming is a matter of the window.
// No recursion, no limit of depth; the cost grows with what is drawn and with the children of what is drawn.
#pragma once
#include "layout/calltree.h"

namespace calltide::flame {

struct Window // part of [0, 1], from < to
{
    double from = 0, to = 1;
    double length() const { return to - from; }
    friend bool operator==(const Window&, const Window&) = default;
};

struct Frame
{
    uint32_t node = 0; // of a tail: the first node it stands for
    float x = 0, w = 0; // px, cut to [0, width]
    uint32_t more = 0; // not 0: a tail block of this many siblings, each too narrow to be drawn
    uint64_t weight = 0; // of the node, or of the tail's nodes together
    bool cutLeft = false, cutRight = false; // goes on outside the window
};

class FrameLayout
{
public:
    // `minWidth` in px: narrower siblings are put together into tails, and nothing is drawn below them.
    void build(const CallTree& tree, Measure measure, Window window, float width, float minWidth);

    uint32_t rowCount() const { return uint32_t(m_rowFirst.empty() ? 0 : m_rowFirst.size() - 1); }
    std::span<const Frame> row(uint32_t row) const // by x
    {
        return std::span(m_frames).subspan(m_rowFirst[row], m_rowFirst[row + 1] - m_rowFirst[row]);
    }
    const Frame* hit(float x, uint32_t row) const; // null: nothing there

    // Where a node is in [0, 1]; a node without weight gets a window of the least length that can be shown.
    static Window windowOf(const CallTree& tree, Measure measure, uint32_t node);
    // Children in the order they are drawn in: heaviest first by the measure.
    static std::vector<uint32_t> orderedChildren(const CallTree& tree, Measure measure, uint32_t node);

private:
    std::vector<Frame> m_frames;
    std::vector<uint32_t> m_rowFirst;
};

} // namespace calltide::flame
