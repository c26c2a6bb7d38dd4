// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of the ruler: steps 1-2-5 × 10ⁿ ns, labels at least 110 px and 1.5 × their width apart, a prefix ("4.2 s +")
// for what all labels share when they would be long.
#pragma once
#include "layout/coordinates.h"
#include "layout/drawlist.h"
#include <string>
#include <vector>

namespace calltide::layout {

struct Tick
{
    int64_t time; // on the trace's axis
    double x;
    std::string label;
};

struct Ruler
{
    int64_t step = 1; // between labelled ticks, ns
    int minor = 5; // parts between two labelled ticks; 1 when the step is too short to be parted
    std::string prefix;
    std::vector<Tick> ticks; // every labelled tick in [from, to), and the one before
};

// `zero`: the time that is written 0 (the trace's begin).
Ruler makeRuler(const TimeScale& scale, int64_t zero, const TextMeasure& measure);
// A time of the cursor: as many digits as a pixel is worth, in seconds: "4.221 861 s".
std::string formatCursorTime(int64_t sinceZero, double nsPerPixel);

} // namespace calltide::layout
