// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn over the rows: selection, area, flows of the selection, the cursor's line.
#include "layout/scenepainter.h"
#include "store/statistics.h"
#include <algorithm>
#include <array>

namespace calltide::layout {

using namespace metrics;

std::optional<std::pair<float, float>> ScenePainter::rowPlace(store::RowId row) const
{
    const double top = s.m_tracks.rowTop(*trace, row, st);
    if (top < 0)
        return std::nullopt;
    const auto& item = s.m_tracks.items()[s.m_tracks.indexOf(trace->row(row).track)];
    const bool hidden = item.collapsed || trace->row(row).depth >= item.rows;
    const float h = item.kind == ItemKind::Gc ? st.gcLane
        : hidden                              ? st.densityRow - kDensityGap
                                              : st.sliceRow - st.sliceGapY;
    // As the rows are drawn: from the snapped top of the item.
    const float itemY = snap(itemTop(item));
    return std::pair(itemY + float(top - item.y), h);
}

void ScenePainter::paintSelection(bool ofPinned)
{
    if (m_selected == store::kNoSlice)
        return;
    const auto row = trace->rowOf(m_selected);
    const auto place = rowPlace(row);
    if (!place)
        return;
    const auto [y, h] = *place;
    const auto& r = trace->row(row);
    const auto& item = s.m_tracks.items()[s.m_tracks.indexOf(r.track)];
    if (item.pinned != ofPinned)
        return;
    const int64_t start = trace->start(m_selected), end = trace->end(m_selected);
    const double x0 = std::max(z.scale.x(start), double(left) - 16), x1 = std::min(z.scale.x(end), double(right) + 16);

    if (!item.collapsed && item.kind == ItemKind::Slices) { // a line at the foot of the parents in sight
        const uint32_t shown = std::min(r.depth, item.rows);
        for (uint32_t depth = 0; depth < shown; ++depth) {
            const float py = y - float(shown - depth) * st.sliceRow;
            if (py + st.sliceRow < z.tracks.y || py > v.height)
                continue;
            const auto parent = trace->sliceAt(trace->rowAt(r.track, depth), start);
            if (parent == store::kNoSlice)
                continue;
            const float a = snap(std::max(z.scale.x(trace->start(parent)), double(left)));
            const float b = snap(std::min(z.scale.x(trace->end(parent)), double(right))) - st.sliceGapX;
            rect(
                double(a), double(py + st.sliceRow - st.sliceGapY - kParentLine), double(b - a), double(kParentLine),
                st.accent);
        }
    }
    if (x1 < double(left) - 4 || x0 > double(right) + 4)
        return;
    float a = snap(x0), w = snap(x1) - a - st.sliceGapX;
    if (w < kHitMin) { // hardly a pixel wide: the outline shows where it is
        a -= (kHitMin - w) / 2;
        w = kHitMin;
    }
    const float grow = kSelection + kHalo;
    out.add(Shape{
        .x = a - grow,
        .y = y - grow,
        .w = w + 2 * grow,
        .h = h + 2 * grow,
        .fill = 0,
        .border = st.sliceHalo,
        .borderWidth = kHalo,
        .radius = st.sliceRadius + grow - 1});
    out.add(Shape{
        .x = a - kSelection,
        .y = y - kSelection,
        .w = w + 2 * kSelection,
        .h = h + 2 * kSelection,
        .fill = 0,
        .border = st.sliceOutline,
        .borderWidth = kSelection,
        .radius = st.sliceRadius + kSelection - 1});
}

void ScenePainter::paintAreaFill(bool ofPinned)
{
    if (!v.area)
        return;
    const double x0 = std::max(z.scale.x(v.area->from), double(left)),
                 x1 = std::min(z.scale.x(v.area->to), double(right));
    if (v.area->tracks.empty()) {
        rect(x0, double(z.tracks.y), x1 - x0, double(z.tracks.h), st.areaFill);
        return;
    }
    for (const auto track : v.area->tracks) {
        const size_t index = s.m_tracks.indexOf(track);
        if (index < s.m_tracks.items().size() && s.m_tracks.items()[index].pinned == ofPinned)
            rect(
                x0, double(snap(itemTop(s.m_tracks.items()[index]))), x1 - x0, double(s.m_tracks.items()[index].height),
                st.areaFill);
    }
}

void ScenePainter::paintAreaEdges()
{
    if (!v.area)
        return;
    double top = double(z.pinned.y), bottom = double(v.height);
    const auto& tracks = v.area->tracks;
    if (!tracks.empty()) {
        top = double(v.height);
        bottom = double(z.pinned.y);
        for (const auto track : tracks) {
            const size_t index = s.m_tracks.indexOf(track);
            if (index >= s.m_tracks.items().size())
                continue;
            const TrackItem& item = s.m_tracks.items()[index];
            top = std::min(top, itemTop(item));
            bottom = std::max(bottom, itemTop(item) + double(item.height));
        }
        top = std::max(top, double(z.pinned.y));
    }
    if (bottom <= top)
        return;
    const double x0 = z.scale.x(v.area->from), x1 = z.scale.x(v.area->to);
    for (const double x : {x0, x1})
        if (x >= double(left) && x <= double(right))
            rect(double(snap(x - 1)), top, 2, bottom - top, st.areaEdge);

    auto& count = s.m_areaCount;
    if (count.area.from != v.area->from || count.area.to != v.area->to || count.area.tracks != tracks) {
        count = {*v.area, 0, tracks.size()};
        for (const auto id : store::countedTracks(*whole, tracks)) {
            const auto& track = whole->track(id);
            for (uint32_t depth = 0; depth < track.rowCount; ++depth) {
                const auto [a, b] = whole->overlapping(whole->rowAt(id, depth), v.area->from, v.area->to);
                count.calls += b - a;
                if (a == b && track.kind == store::TrackKind::Thread)
                    break; // nothing is called where nothing runs
            }
            count.tracks += tracks.empty() && track.sliceCount > 0;
        }
    }
    const std::string chip = formatDuration(v.area->to - v.area->from) + std::string(kDot)
        + formatCount(int64_t(count.tracks)) + (count.tracks == 1 ? " track" : " tracks") + std::string(kDot)
        + formatCount(int64_t(count.calls)) + (count.calls == 1 ? " call" : " calls");
    const double width = double(textWidth(chip, FontRole::Strong)) + 2 * double(kChipPad);
    const double middle = (std::max(x0, double(left)) + std::min(x1, double(right))) / 2;
    if (x1 < double(left) || x0 > double(right) || width > double(right - left))
        return;
    const float x = snap(
        std::clamp(middle - width / 2, double(left) + 8, std::max(double(left) + 8, double(right) - width - 16)));
    const float y = snap(top + double(kChipTop));
    out.add(Shape{.x = x, .y = y, .w = float(width), .h = kChipHeight, .fill = st.accent, .radius = kChipHeight / 2});
    text(chip, double(x + kChipPad), double(y + kChipHeight / 2), onAccent(), FontRole::Strong);
}

// Up to where a recording that goes on has come.
void ScenePainter::paintNow()
{
    if (!trace->isGrowing())
        return;
    const double x = z.scale.x(trace->end());
    if (x >= double(right) || x < double(left) - 2)
        return;
    rect(x, double(z.tracks.y), double(right) - x, double(z.tracks.h), blended(st.minimapOutside, st.canvas, 0.5));
    rect(double(snap(x)), double(z.tracks.y), 2, double(z.tracks.h), st.now);
}

void ScenePainter::paintFlows()
{
    if (trace->flows().empty())
        return;
    if (v.allFlows) {
        constexpr size_t kMost = 2000; // of those in sight; more would be a thicket
        size_t drawn = 0;
        for (const auto& flow : trace->flows())
            if (std::min(flow.from, flow.to) < v.to && std::max(flow.from, flow.to) > v.from && drawn++ < kMost)
                paintFlow(flow, double(kAllFlowsAlpha));
    }
    if (m_selected == store::kNoSlice)
        return;
    if (s.m_flowsOf != m_selected) {
        s.m_flowsOf = m_selected;
        s.m_flows.clear();
        const auto track = trace->trackOf(m_selected);
        const int64_t a = trace->start(m_selected), b = trace->end(m_selected);
        constexpr size_t kMost = 200;
        for (const auto& flow : trace->flows()) {
            const bool from = flow.fromTrack == track && flow.from >= a && flow.from <= b;
            const bool to = flow.toTrack == track && flow.to >= a && flow.to <= b;
            if ((from || to) && s.m_flows.size() < kMost)
                s.m_flows.push_back(flow);
        }
    }
    for (const auto& flow : s.m_flows)
        paintFlow(flow, 1);
}

void ScenePainter::paintFlow(const store::Flow& flow, double alpha)
{
    const auto middle = [&](store::TrackId track, int64_t time) -> std::optional<double> {
        if (track.v >= trace->tracks().size() || trace->track(track).rowCount == 0)
            return std::nullopt;
        uint32_t depth = 0;
        constexpr uint32_t kDeepest = 4096;
        while (depth + 1 < std::min(trace->track(track).rowCount, kDeepest)
               && trace->sliceAt(trace->rowAt(track, depth + 1), time) != store::kNoSlice)
            depth++;
        const auto place = rowPlace(trace->rowAt(track, depth));
        if (!place)
            return std::nullopt;
        return double(place->first + place->second / 2);
    };
    const auto y0 = middle(flow.fromTrack, flow.from), y1 = middle(flow.toTrack, flow.to);
    if (!y0 || !y1)
        return;
    const double x0 = std::clamp(z.scale.x(flow.from), double(left) - 40, double(right) + 40);
    const double x1 = std::clamp(z.scale.x(flow.to), double(left) - 40, double(right) + 40);
    const double bend = std::max(double(kFlowBend), (x1 - x0) * 0.5), tip = x1 - double(kFlowArrow) + 2;
    constexpr int kParts = 32;
    std::array<float, 2 * (kParts + 1)> points;
    for (int i = 0; i <= kParts; ++i) {
        const double t = double(i) / kParts, u = 1 - t;
        points[size_t(2 * i)]
            = float(u * u * u * x0 + 3 * u * u * t * (x0 + bend) + 3 * u * t * t * (tip - bend) + t * t * t * tip);
        points[size_t(2 * i) + 1]
            = float(u * u * u * *y0 + 3 * u * u * t * *y0 + 3 * u * t * t * *y1 + t * t * t * *y1);
    }
    const Argb color = withAlpha(st.flow, alpha);
    if (alpha == 1)
        out.addStroke(points.data(), kParts + 1, kFlowUnder, st.canvas);
    out.addStroke(points.data(), kParts + 1, kFlowWidth, color);
    const float r = kFlowDot, x = float(x1), y = float(*y1);
    out.add(Triangle{x, y, x - kFlowArrow, y - 4, x - kFlowArrow, y + 4, color});
    out.add(Shape{.x = float(x0) - r, .y = float(*y0) - r, .w = 2 * r, .h = 2 * r, .fill = color, .radius = r});
}

void ScenePainter::placeCursor()
{
    if (!v.cursor || *v.cursor < v.from || *v.cursor > v.to)
        return;
    m_cursorText = formatCursorTime(*v.cursor, m_axis, z.scale.nsPerPixel());
    const float width = textWidth(m_cursorText, FontRole::Mono) + 2 * kPillPad;
    m_pill[0] = snap(std::clamp(
        z.scale.x(*v.cursor) - double(width / 2), double(left), std::max(double(left), double(right - width))));
    m_pill[1] = m_pill[0] + width;
}

void ScenePainter::paintCursor()
{
    if (m_cursorText.empty())
        return;
    rect(
        double(snap(z.scale.x(*v.cursor))), double(z.pinned.y), 1, double(v.height - z.pinned.y),
        withAlpha(st.cursor, double(kCursorAlpha)));
    const float y = snap(double(z.ruler.y) + 4);
    out.add(Shape{
        .x = m_pill[0],
        .y = y,
        .w = m_pill[1] - m_pill[0],
        .h = kPillHeight,
        .fill = st.tooltip,
        .radius = kPillRadius});
    text(m_cursorText, double(m_pill[0] + kPillPad), double(y + kPillHeight / 2), st.textTooltip, FontRole::Mono);
}

} // namespace calltide::layout
