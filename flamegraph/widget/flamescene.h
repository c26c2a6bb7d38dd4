// SPDX-License-Identifier: GPL-3.0-or-later
// The flame graph as a draw list: what FlameView and `calltide screenshot --view flamegraph` both draw.
#pragma once
#include "layout/calltree.h"
#include "layout/style.h"

namespace calltide::flameview {

struct FlameOptions
{
    flame::Measure measure = flame::Measure::Time;
    std::string rootLabel; // "app.py · whole recording"
    const std::vector<bool>* search = nullptr; // by FunctionId; others are dimmed. Null: no search
    store::FunctionId highlighted, hovered; // "same function" outlines
    uint32_t zoom = 0; // node that fills the width
    uint32_t selected = 0, hoveredNode = 0; // 0: none
    float scrollY = 0; // px
};

// The whole picture for tools without a window: builds the tree and draws it. Null trace or empty scope: a picture
// that says so.
Result<layout::DrawList> flamePicture(
    const store::Trace& trace, const store::Scope& scope, flame::Direction direction, float width, float height,
    float devicePixelRatio, const layout::Style& style, const layout::TextMeasure& measure,
    const FlameOptions& options = {});

} // namespace calltide::flameview
