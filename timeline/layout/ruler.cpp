// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/ruler.h"
#include "layout/text.h"
#include <algorithm>
#include <cstdio>

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

// Labels of the formats that count from elsewhere than the trace's begin. `t` counts as the format does: ns since
// local midnight of 1970, since 1970, or since the begin.
struct ClockLabels
{
    TimeFormat format;
    int decimals = 0; // of the seconds
    bool restOnly = false; // what is behind the millisecond, in µs; the rest is the prefix

    std::string whole(int64_t t, int digits) const
    {
        if (format == TimeFormat::Nanoseconds)
            return formatCount(t);
        const int64_t second = floorTo(t, kSecond) / kSecond;
        int64_t digit = kSecond; // the last one shown; cut, not rounded: 59.9996 is not the next minute
        for (int i = 0; i < digits; ++i)
            digit /= 10;
        const std::string fraction
            = digits ? formatSeconds(floorTo(t - second * kSecond, digit), digits).substr(1) : std::string();
        if (format == TimeFormat::Epoch)
            return std::to_string(second) + fraction;
        const int64_t ofDay = second - floorTo(second, 86400);
        char text[40];
        std::snprintf(
            text, sizeof text, "%02d:%02d:%02d", int(ofDay / 3600), int(ofDay / 60 % 60), int(ofDay % 60));
        return text + fraction;
    }
    std::string of(int64_t t) const
    {
        if (restOnly)
            return fixedIn(t - floorTo(t, kMilli), kMicro, std::max(0, decimals - 6), "µs");
        return whole(t, decimals);
    }
};

int64_t clockZero(const TimeAxis& axis) // the time whose label counts as 0
{
    switch (axis.used()) {
    case TimeFormat::WallClock:
        return -*axis.wall - axis.zone;
    case TimeFormat::Utc:
    case TimeFormat::Epoch:
        return -*axis.wall;
    default:
        return axis.zero;
    }
}

Ruler makeClockRuler(const TimeScale& scale, const TimeAxis& axis, const TextMeasure& measure)
{
    Ruler ruler;
    const int64_t zero = clockZero(axis);
    const double perPixel = scale.nsPerPixel();
    ClockLabels labels{axis.used()};
    ruler.step = niceStep(std::max(1.0, kLabelDistance * perPixel));
    for (int tries = 0; tries < 4; ++tries) {
        labels.decimals = decimalsFor(ruler.step, kSecond);
        labels.restOnly = labels.format != TimeFormat::Nanoseconds && ruler.step < kMilli;
        const double widest = double(std::max(
            measure.width(labels.of(scale.from - zero), FontRole::Mono),
            measure.width(labels.of(scale.to - zero), FontRole::Mono)));
        if (double(ruler.step) / perPixel >= kLabelWidths * widest)
            break;
        ruler.step = niceStep(kLabelWidths * widest * perPixel);
    }
    ruler.minor = ruler.step >= 5 && ruler.step % 5 == 0 ? 5 : ruler.step == 2 ? 2 : 1;
    if (labels.restOnly) // so near, all that is in sight lies within some milliseconds
        ruler.prefix = labels.whole(floorTo(scale.from - zero, kMilli), 3) + " +";
    for (int64_t t = floorTo(scale.from - zero, ruler.step); t + zero < scale.to; t += ruler.step)
        ruler.ticks.push_back({t + zero, scale.x(t + zero), labels.of(t)});
    return ruler;
}

int cursorDecimals(double nsPerPixel)
{
    int decimals = 0;
    for (double worth = 1e9; worth > nsPerPixel && decimals < 9; worth /= 10)
        decimals++;
    return std::clamp((decimals + 2) / 3 * 3, 3, 9);
}

} // namespace

Ruler makeRuler(const TimeScale& scale, const TimeAxis& axis, const TextMeasure& measure)
{
    if (axis.used() != TimeFormat::FromStart)
        return makeClockRuler(scale, axis, measure);
    const int64_t zero = axis.zero;
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

std::string formatCursorTime(int64_t time, const TimeAxis& axis, double nsPerPixel)
{
    if (axis.used() == TimeFormat::FromStart)
        return formatCursorTime(time - axis.zero, nsPerPixel);
    return ClockLabels{axis.used()}.whole(time - clockZero(axis), cursorDecimals(nsPerPixel));
}

std::string formatCursorTime(int64_t sinceZero, double nsPerPixel)
{
    const int decimals = cursorDecimals(nsPerPixel);
    if (sinceZero >= 0 && sinceZero < kSecond && decimals > 3) // as the ruler counts there
        return fixedIn(sinceZero, kMilli, decimals - 3, "ms");
    return formatSeconds(sinceZero, decimals) + " s";
}

} // namespace calltide::layout
