// SPDX-License-Identifier: GPL-3.0-or-later
// The flame graph as a draw list: what FlameView and `calltide screenshot --view flamegraph` both draw. Root on top,
// fills, labels and outlines as on the timeline. One thread at a time.
#pragma once
#include "layout/colors.h"
#include "layout/framelayout.h"
#include "layout/style.h"
#include <memory>
#include <string>

namespace calltide::flameview {

struct FlameOptions
{
    flame::Measure measure = flame::Measure::Time;
    flame::Window window; // part of the tree that fills the width
    uint32_t zoomed = 0; // its parents are drawn at 60 %
    std::string rootLabel; // "app.py · whole recording"
    const std::vector<bool>* search = nullptr; // by FunctionId; all others are dimmed. Null: no search
    store::FunctionId highlighted, hovered; // all their frames are outlined
    uint32_t selectedNode = 0, hoveredNode = 0; // 0: none
    double scrollY = 0; // px
    bool rootAtBottom = false; // rows grow upwards, as in a flame graph of old
    uint32_t firstRow = 0; // rows of the tree above it (or below) are not drawn
    std::string emptyText; // when no row is left to be drawn
    std::string note; // shown while there is no tree, "Building the flame graph…"
};

class FlameScene
{
public:
    // Tree and colours must have been made from the trace. Null: nothing to show.
    void setTree(
        store::TracePtr trace, std::shared_ptr<const flame::CallTree> tree,
        std::shared_ptr<const layout::FunctionColors> colors);
    const store::TracePtr& trace() const { return m_trace; }
    const std::shared_ptr<const flame::CallTree>& tree() const { return m_tree; }

    // Only the frames' places; draw() does it too.
    void place(const FlameOptions& options, float width, float height, const layout::Style& style);
    // Lays out and draws; `list` is cleared first.
    void draw(
        const FlameOptions& options, float width, float height, float devicePixelRatio, const layout::Style& style,
        const layout::TextMeasure& measure, layout::DrawList& list);

    // Of what was drawn last, in px of the picture.
    const flame::Frame* hit(float x, float y) const;
    double contentHeight() const; // all rows with margins
    double rowTop(uint32_t row) const; // px; may be outside the picture
    const flame::FrameLayout& frames() const { return m_frames; }

    static constexpr float kSide = 8, kTop = 6; // margins around the frames

private:
    struct Drawing;
    store::TracePtr m_trace;
    std::shared_ptr<const flame::CallTree> m_tree;
    std::shared_ptr<const layout::FunctionColors> m_colors;
    flame::FrameLayout m_frames;
    float m_row = 20, m_height = 0;
    double m_scroll = 0;
    bool m_rootAtBottom = false;
    uint32_t m_firstRow = 0;
};

// What its functions are told apart by: module, else file; may be none or empty.
store::StringId moduleOf(const store::Trace& trace, store::FunctionId function);
std::string moduleName(const store::Trace& trace, store::FunctionId function);
// "app.py · MainThread · whole recording", by what the scope holds.
std::string scopeLabel(const store::Trace& trace, const store::Scope& scope);
std::string frameName(const store::Trace& trace, store::FunctionId function);

// The whole picture, for tools without a window: builds the tree and draws it. An empty label becomes scopeLabel().
Result<layout::DrawList> flamePicture(
    store::TracePtr trace, const store::Scope& scope, const flame::TreeOptions& tree, float width, float height,
    float devicePixelRatio, const layout::Style& style, const layout::TextMeasure& measure, FlameOptions options = {});

} // namespace calltide::flameview
