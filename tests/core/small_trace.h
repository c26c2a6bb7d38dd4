// SPDX-License-Identifier: GPL-3.0-or-later
// Little traces and a style for the layout's tests.
#pragma once
#include "layout/style.h"
#include "store/builder.h"

namespace small {

using namespace calltide;
constexpr int64_t kMs = 1'000'000;

struct Maker
{
    store::TraceBuilder b;
    store::ProcessId process = b.addProcess({.pid = 4120, .name = b.intern("app.py"), .python = b.intern("3.13.1")});
    store::TrackId main = b.addTrack({.process = process, .tid = 4120, .name = b.intern("MainThread")});

    store::FunctionId function(std::string_view name, std::string_view file = "/srv/shop.py")
    {
        store::Function f;
        f.name = b.intern(name);
        f.file = b.intern(file);
        f.line = 7;
        f.kind = file.empty() ? store::FunctionKind::C : store::FunctionKind::Python;
        return b.addFunction(f);
    }
    void add(int64_t start, int64_t duration, std::string_view name, uint32_t flags = 0)
    {
        b.slices(main).add(start, duration, function(name), flags);
    }
    store::TracePtr finish() { return b.finish().value(); }
};

inline layout::Style style(layout::RowSize rows = layout::RowSize::Normal)
{
    layout::Style s;
    s.rows = rows;
    s.sliceRow = rows == layout::RowSize::Compact ? 14.f : rows == layout::RowSize::Large ? 26.f : 20.f;
    layout::Argb next = 0xFF100000;
    for (layout::Argb* c : {&s.window,         &s.panel,       &s.canvas,        &s.header,       &s.group,
                            &s.sunken,         &s.hover,       &s.tooltip,       &s.borderSubtle, &s.borderDefault,
                            &s.borderStrong,   &s.textPrimary, &s.textSecondary, &s.textMuted,    &s.textDisabled,
                            &s.textTooltip,    &s.accent,      &s.accentSoft,    &s.areaFill,     &s.areaEdge,
                            &s.sliceOutline,   &s.sliceHalo,   &s.sameFunction,  &s.hoverOutline, &s.dim,
                            &s.grid,           &s.gridMajor,   &s.rowLine,       &s.cursor,       &s.minimapFill,
                            &s.minimapOutside, &s.hit,         &s.density,       &s.flow,         &s.exception,
                            &s.exceptionText,  &s.gc,          &s.gcFill,        &s.openEdge,     &s.awaitFill,
                            &s.awaitHatch,     &s.awaitText})
        *c = next += 0x000101; // each its own, so that a test can tell what was drawn
    s.counter = {0xFF200001, 0xFF200002};
    for (uint32_t i = 0; i < 24; ++i)
        s.functions.push_back({0xFF300000 + i, 0xFF380000 + i});
    for (uint32_t i = 0; i < 6; ++i)
        s.library.push_back({0xFF400000 + i, 0xFF480000 + i});
    return s;
}

} // namespace small
