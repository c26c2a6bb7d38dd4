// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/ruler.h"
#include "layout/text.h"
#include <algorithm>

namespace calltide::layout {

namespace {

constexpr double kLabelDistance = 110;
constexpr double kLabelWidths = 1.5;
constexpr int64_t kMicro = 1'000, kMilli = 1'000'000, kSecond = 1'000'000'000;

int64_t niceStep(double atLeast)
{
    int64_t step = 1;
    for (int i = 0; double(step) < atLeast && step < INT64_MAX / 10; ++i)
        step = i % 3 == 0 ? step * 2 : i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

int64_t floorTo(int64_t value, int64_t quantum)
{
    const int64_t q = value / quantum;
    return (value % quantum < 0 ? q - 1 : q) * quantum;
}

int decimalsFor(int64_t step, int64_t unit) // digits behind the point that tell two ticks apart
{
    int decimals = 0;
    for (int64_t u = unit; u > 1 && step % u != 0; u /= 10)
        decimals++;
    return decimals;
}

std::string fixedIn(int64_t ns, int64_t unit, int decimals, std::string_view name)
{
    // Seconds with the point moved: the digits of ns / unit.
    const std::string digits = formatSeconds(ns * (kSecond / unit), decimals);
    return digits + " " + std::string(name);
}

struct Labels
{
    int64_t base = 0; // subtracted; 0: no prefix
    int64_t unit = kSecond;
    std::string_view name = "s";
    int decimals = 0;

    std::string of(int64_t t) const { return fixedIn(t - base, unit, decimals, name); }
};

Labels labelsFor(int64_t first, int64_t last, int64_t step)
{
    Labels labels;
    if (step < kMicro) {
        labels = {floorTo(first, kMilli), kMicro, "µs", decimalsFor(step, kMicro)};
    } else if (step < kMilli) {
        labels = {floorTo(first, kSecond / 10), kMilli, "ms", decimalsFor(step, kMilli)};
    } else {
        labels.decimals = decimalsFor(step, kSecond);
        if (first >= 0 && last <= kSecond && labels.decimals > 0) // all within the first second
            labels = {0, kMilli, "ms", 0};
    }
    if (labels.base < 0)
        labels.base = 0; // before the zero, plain negative numbers are clearer
    return labels;
}

} // namespace

Ruler makeRuler(const TimeScale& scale, int64_t zero, const TextMeasure& measure)
{
    Ruler ruler;
    const double perPixel = scale.nsPerPixel();
    ruler.step = niceStep(std::max(1.0, kLabelDistance * perPixel));
    Labels labels;
    for (int tries = 0; tries < 4; ++tries) { // wide labels need a longer step, which may make them shorter again
        labels = labelsFor(scale.from - zero, scale.to - zero, ruler.step);
        const double widest = std::max(
            measure.width(labels.of(scale.from - zero), FontRole::Mono),
            measure.width(labels.of(scale.to - zero), FontRole::Mono));
        if (double(ruler.step) / perPixel >= kLabelWidths * widest)
            break;
        ruler.step = niceStep(kLabelWidths * widest * perPixel);
    }
    ruler.minor = ruler.step >= 5 && ruler.step % 5 == 0 ? 5 : ruler.step == 2 ? 2 : 1;
    if (labels.base > 0)
        ruler.prefix
            = formatSeconds(labels.base, decimalsFor(labels.unit == kMicro ? kMilli : kSecond / 10, kSecond)) + " s +";
    for (int64_t t = floorTo(scale.from - zero, ruler.step); t + zero < scale.to; t += ruler.step)
        ruler.ticks.push_back({t + zero, scale.x(t + zero), labels.of(t)});
    return ruler;
}

std::string formatCursorTime(int64_t sinceZero, double nsPerPixel)
{
    int decimals = 0;
    for (double worth = 1e9; worth > nsPerPixel && decimals < 9; worth /= 10)
        decimals++;
    decimals = std::clamp((decimals + 2) / 3 * 3, 3, 9);
    if (sinceZero >= 0 && sinceZero < kSecond && decimals > 3) // as the ruler counts there
        return fixedIn(sinceZero, kMilli, decimals - 3, "ms");
    return formatSeconds(sinceZero, decimals) + " s";
}

} // namespace calltide::layout
