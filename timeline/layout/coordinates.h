// SPDX-License-Identifier: GPL-3.0-or-later
// TimeScale: times (ns) to x (device independent pixels) and back. Pure value; any thread.
#pragma once
#include <cmath>
#include <cstdint>

namespace calltide::layout {

struct TimeScale
{
    int64_t from = 0, to = 1; // from < to
    double left = 0, width = 1; // px; width > 0

    double nsPerPixel() const { return double(to - from) / width; }
    double x(int64_t time) const { return left + double(time - from) / nsPerPixel(); }
    // The inverse of x() to ±1 ns, as long as a pixel is not shorter than 10⁻⁶ ns.
    int64_t time(double px) const { return from + std::llround((px - left) * nsPerPixel()); }
    double right() const { return left + width; }
};

// The range after a zoom by `factor` (< 1: nearer) that keeps the time under `px` where it is.
inline TimeScale zoomed(const TimeScale& s, double px, double factor)
{
    const double share = (px - s.left) / s.width;
    const int64_t fixed = s.time(px);
    const double length = double(s.to - s.from) * factor;
    TimeScale r = s;
    r.from = fixed - std::llround(length * share);
    r.to = r.from + std::llround(length);
    if (r.to <= r.from)
        r.to = r.from + 1;
    return r;
}

inline TimeScale panned(const TimeScale& s, double pixels) // > 0: later times come into sight
{
    TimeScale r = s;
    const int64_t by = std::llround(pixels * s.nsPerPixel());
    r.from += by;
    r.to += by;
    return r;
}

// To the nearest edge of a device pixel.
inline float snapped(double px, double devicePixelRatio)
{
    return float(std::round(px * devicePixelRatio) / devicePixelRatio);
}

} // namespace calltide::layout
