// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of the ruler: steps 1-2-5 × 10ⁿ ns, labels at least 110 px and 1.5 × their width apart, a prefix ("4.2 s +")
// for what all labels share when they would be long.
#pragma once
#include "layout/coordinates.h"
#include "layout/drawlist.h"
#include <optional>
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

enum class TimeFormat : uint8_t
{
    FromStart, // "4.2 s"
    WallClock, // "14:03:22.450", in the time zone that TimeAxis says
    Utc,
    Nanoseconds, // from the start: "4 221 861 000"
    Epoch, // seconds since 1970: "1764130982.450"
};

// How times are written. Without a wall clock in the trace, those formats that need one count from the start.
struct TimeAxis
{
    TimeFormat format = TimeFormat::FromStart;
    int64_t zero = 0; // the time that is written 0: the trace's begin
    std::optional<int64_t> wall; // to be added to a time for ns since 1970 (UTC)
    int64_t zone = 0; // ns east of UTC

    TimeFormat used() const { return needsWall() && !wall ? TimeFormat::FromStart : format; }
    bool needsWall() const { return format != TimeFormat::FromStart && format != TimeFormat::Nanoseconds; }
};

Ruler makeRuler(const TimeScale& scale, const TimeAxis& axis, const TextMeasure& measure);
inline Ruler makeRuler(const TimeScale& scale, int64_t zero, const TextMeasure& measure)
{
    return makeRuler(scale, TimeAxis{.zero = zero}, measure);
}
// A time of the cursor: as many digits as a pixel is worth: "4.221 861 s", "14:03:22.450 123".
std::string formatCursorTime(int64_t time, const TimeAxis& axis, double nsPerPixel);
std::string formatCursorTime(int64_t sinceZero, double nsPerPixel);

} // namespace calltide::layout
