// SPDX-License-Identifier: GPL-3.0-or-later
// Style: every colour and size the layouts use, filled by ct_render's Theme from resources/tokens.json. Names follow
// the tokens. No colour or size is written in code.
#pragma once
#include "layout/drawlist.h"
#include <vector>

namespace calltide::layout {

struct SliceColor
{
    Argb fill = 0xFF808080, text = 0xFFFFFFFF;
};

enum class ColorMode : uint8_t
{
    Function,
    Module,
    MyCode, // the user's own code in one colour, everything else grey
    Duration // slices by how long they took; what is not one slice by function
};

enum class RowSize : uint8_t { Compact, Normal, Large };

struct Style
{
    bool dark = false;
    RowSize rows = RowSize::Normal;

    // bg, border, text, accent, selection
    Argb window = 0, panel = 0, canvas = 0, header = 0, group = 0, sunken = 0, hover = 0, tooltip = 0;
    Argb borderSubtle = 0, borderDefault = 0, borderStrong = 0;
    Argb textPrimary = 0, textSecondary = 0, textMuted = 0, textDisabled = 0, textTooltip = 0;
    Argb accent = 0, accentSoft = 0;
    Argb areaFill = 0, areaEdge = 0, sliceOutline = 0, sliceHalo = 0, sameFunction = 0, hoverOutline = 0, dim = 0;
    // timeline
    Argb grid = 0, gridMajor = 0, rowLine = 0, cursor = 0, minimapFill = 0, minimapOutside = 0, hit = 0, density = 0;
    Argb now = 0, flow = 0, exception = 0, exceptionText = 0, gc = 0, gcFill = 0, openEdge = 0;
    Argb awaitFill = 0, awaitHatch = 0, awaitText = 0;
    std::vector<Argb> counter, note;
    // slices
    std::vector<SliceColor> functions; // 24, or 12 that the colour-blind can tell apart
    std::vector<SliceColor> library;   // 6 greys
    std::vector<SliceColor> durations; // short to long
    ColorMode colorMode = ColorMode::Function;

    // sizes, px
    float notesLane = 18;
    float minimap = 44, searchStrip = 5, ruler = 28, groupHeader = 28, headerColumn = 248;
    float sliceRow = 20, sliceGapX = 1, sliceGapY = 1, sliceRadius = 2;
    float sliceLabelMinWidth = 22, sliceLabelPad = 5, densityRow = 8, trackPadding = 4;
    float counterTrack = 44, instantLane = 26, gcLane = 14, iconSmall = 16, treeIndent = 14;
    float flameRow = 20, flameMinWidth = 0.5f;
};

} // namespace calltide::layout
