// SPDX-License-Identifier: GPL-3.0-or-later
// Lanes that are not calls: garbage collection, events, counters, and stretches in which data was lost.
#include "layout/scenepainter.h"
#include <algorithm>
#include <cmath>

namespace calltide::layout {

using namespace metrics;

namespace {
constexpr double kNotFound = 0.3; // of its colour, while a search found others
constexpr float kDiamondRing = 4; // px around the selected one
} // namespace

void ScenePainter::paintGc(const ItemBox& box)
{
    const auto& track = trace->track(box.item.track);
    if (track.rowCount == 0)
        return;
    s.m_runs.clear();
    store::queryRow(*trace, track.firstRow, v.from, v.to, z.scale.nsPerPixel() / dpr, s.m_runs);
    const float y = snap(box.y + (box.h - st.gcLane) / 2);
    for (size_t i = 0; i < s.m_runs.size(); ++i) {
        const store::Run& run = s.m_runs[i];
        const float x0 = snap(std::max(z.scale.x(run.start), double(left) - 8));
        const float x1 = snap(std::min(z.scale.x(run.end), double(right) + 8));
        const float w = std::max(kGcMin, x1 - x0);
        out.add(Shape{.x = x0, .y = y, .w = w, .h = st.gcLane, .fill = st.gcFill, .radius = st.sliceRadius});
        rect(double(x0), double(y), double(kGcEdge), double(st.gcLane), st.gc);
        if (run.count != 1)
            continue;
        // Inside when it fits, else behind when the next block leaves room.
        const std::string label = plainLine(trace->functionName(run.function));
        const double width = double(textWidth(label, FontRole::Caption)), middle = double(box.y) + double(box.h) / 2;
        const double next = i + 1 < s.m_runs.size() ? z.scale.x(s.m_runs[i + 1].start) : double(right);
        if (double(w) > width + 12)
            text(
                label, double(std::max(x0, left)) + 7, middle, double(left), double(x0 + w), st.textPrimary,
                FontRole::Caption);
        else if (double(x0 + w) + width + 14 < next)
            text(label, double(x0 + w) + 6, middle, double(left), next, st.textSecondary, FontRole::Caption);
    }
}

void ScenePainter::paintInstants(const ItemBox& box)
{
    const auto& lane = box.item.instants;
    const auto& all = trace->instants();
    const auto timeOf = [&](uint32_t i) { return all[i].time; };
    const double middle = double(box.y) + double(box.h) / 2;
    const float half = kDiamond / 2;
    const Argb color = box.item.icon == Icon::Exception ? st.exception
        : st.counter.size() > 1                         ? st.counter[1]
                                                        : st.accent;
    const float y = float(middle);
    const auto diamond = [&](float x, float r, Argb fill) {
        out.add(Triangle{x - r, y, x, y - r, x + r, y, fill});
        out.add(Triangle{x - r, y, x, y + r, x + r, y, fill});
    };
    const bool exceptions = box.item.icon == Icon::Exception;
    // Whether a hit of the search is among those that one diamond stands for.
    const auto isFound = [&](auto first, auto last) {
        const auto& hits = *v.foundInstants;
        for (auto hit = std::lower_bound(hits.begin(), hits.end(), *first); hit != hits.end() && *hit <= last[-1]; ++hit)
            if (std::binary_search(first, last, *hit))
                return true;
        return false;
    };
    const auto from = std::partition_point(lane.begin(), lane.end(), [&](uint32_t i) {
        return timeOf(i) < z.scale.time(double(left) - double(kDiamond));
    });
    // The next one that is at least a pixel on is found by search, so a million events cost no more than a thousand.
    for (auto it = from; it != lane.end() && timeOf(*it) < v.to;) {
        const float x = snap(z.scale.x(timeOf(*it)));
        const auto next = std::partition_point(
            it + 1, lane.end(), [&](uint32_t i) { return timeOf(i) < z.scale.time(double(x) + 1); });
        const bool found = !exceptions || !v.foundInstants || isFound(it, next);
        diamond(x, half, found ? color : blended(color, st.canvas, kNotFound));
        const double room = (next != lane.end() ? z.scale.x(timeOf(*next)) - double(half) : double(right)) - double(x)
            - double(kInstantText) - 4;
        if (next == it + 1 && room > 0) {
            const std::string label = plainLine(trace->string(all[*it].name));
            if (double(textWidth(label, FontRole::Caption)) <= room)
                text(
                    label, double(x) + double(kInstantText), middle, double(left), double(right), st.textSecondary,
                    FontRole::Caption);
        }
        it = next;
    }
    if (std::binary_search(lane.begin(), lane.end(), v.selectedInstant)) {
        const float x = snap(z.scale.x(timeOf(v.selectedInstant)));
        diamond(x, half + kDiamondRing, st.canvas);
        diamond(x, half + kDiamondRing - 1, st.textPrimary);
        diamond(x, half - 1, color);
    }
}

void ScenePainter::paintCounter(const ItemBox& box)
{
    const auto& counter = trace->counters()[box.item.counter];
    const auto& times = counter.times;
    const auto& values = counter.values;
    if (times.empty() || times.size() != values.size() || st.counter.empty())
        return;
    const Argb color = st.counter[box.item.counter % st.counter.size()];
    const double top = double(box.y + kCounterInset + 2), bottom = double(box.y + box.h - kCounterInset);
    const auto yOf = [&](double value) {
        const double share = (value - box.item.low) / (box.item.high - box.item.low);
        return bottom - std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * (bottom - top);
    };
    const auto columns = int64_t(double(right - left) * dpr);
    constexpr size_t kReadPerColumn = 64; // enough for an honest envelope
    size_t at = size_t(std::upper_bound(times.begin(), times.end(), v.from) - times.begin());
    bool any = at > 0;
    double value = any ? values[at - 1] : 0;
    std::vector<float> line;
    Rect area{};
    const auto flushArea = [&] {
        if (area.w > 0)
            out.add(area);
        area = {};
    };
    const Argb fill = blended(color, st.canvas, double(kCounterFill)),
               envelope = blended(color, st.canvas, double(kCounterEnvelope));
    std::vector<Rect> spreads;
    for (int64_t c = 0; c < columns; ++c) {
        const double x = double(left) + double(c) / dpr;
        const int64_t until = z.scale.time(x + 1 / dpr);
        const size_t end = at < times.size() && times[at] < until
            ? size_t(
                std::partition_point(
                    times.begin() + std::ptrdiff_t(at), times.end(), [&](int64_t t) { return t < until; })
                - times.begin())
            : at;
        double low = any ? value : INFINITY, high = any ? value : -INFINITY;
        const size_t step = std::max<size_t>(1, (end - at) / kReadPerColumn);
        for (size_t i = at; i < end; i += step) {
            low = std::min(low, values[i]);
            high = std::max(high, values[i]);
        }
        const bool changes = end > at;
        const bool dense = end - at > 1;
        const double before = value;
        if (changes) {
            value = values[end - 1];
            at = end;
        }
        if (!any && !changes)
            continue;
        const float y = float(yOf(value));
        if (changes || line.empty()) {
            if (any && changes)
                line.insert(line.end(), {float(x), float(yOf(before))});
            line.insert(line.end(), {float(x), y});
        }
        any = true;
        if (dense && high > low)
            spreads.push_back({float(x), float(yOf(high)), float(1 / dpr), float(yOf(low) - yOf(high)), envelope});
        if (area.w > 0 && area.y == y) {
            area.w += float(1 / dpr);
        } else {
            flushArea();
            area = {float(x), y, float(1 / dpr), float(bottom) - y, fill};
        }
    }
    flushArea();
    for (const Rect& r : spreads)
        out.add(r);
    if (!line.empty()) {
        line.insert(line.end(), {right, float(yOf(value))});
        out.addStroke(line.data(), uint32_t(line.size() / 2), kCounterLine, color);
    }
    if (v.cursor && *v.cursor >= times.front()) {
        const size_t i = size_t(std::upper_bound(times.begin(), times.end(), *v.cursor) - times.begin());
        const float x = snap(z.scale.x(*v.cursor)), y = float(yOf(values[i - 1]));
        out.add(Shape{.x = x - 3, .y = y - 3, .w = 6, .h = 6, .fill = color, .radius = 3});
    }
}

void ScenePainter::paintLost(const ItemBox& box)
{
    float drawnTo = -1;
    for (const uint32_t index : box.item.lost) {
        const auto& stretch = trace->lostStretches()[index];
        if (stretch.begin >= v.to)
            break;
        if (stretch.end < v.from)
            continue;
        const float x0 = snap(std::max(z.scale.x(stretch.begin), double(left) - 8));
        const float x1 = std::max(snap(std::min(z.scale.x(stretch.end), double(right) + 8)), x0 + 2);
        if (x1 <= drawnTo)
            continue;
        drawnTo = x1;
        out.add(Shape{
            .x = x0,
            .y = box.y,
            .w = x1 - x0,
            .h = box.h - 1,
            .fill = st.canvas,
            .patternColor = st.textPrimary,
            .pattern = Pattern::LossBands});
        std::string label = stretch.count ? formatCount(int64_t(stretch.count)) + " events lost" : std::string();
        if (!stretch.reason.empty())
            label += (label.empty() ? "" : ": ") + stretch.reason;
        else if (label.empty())
            label = "events lost";
        const double width = double(textWidth(label, FontRole::Caption)) + 12;
        const double a = double(std::max(x0, left)), b = double(std::min(x1, right));
        if (b - a < width)
            continue;
        const double x = (a + b - width) / 2, middle = double(box.y) + double(box.h) / 2;
        out.add(Shape{
            .x = float(x),
            .y = float(middle) - kPillHeight / 2,
            .w = float(width),
            .h = kPillHeight,
            .fill = st.tooltip,
            .radius = kPillRadius});
        text(label, x + 6, middle, st.textTooltip, FontRole::Caption);
    }
}

} // namespace calltide::layout
