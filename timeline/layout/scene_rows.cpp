// SPDX-License-Identifier: GPL-3.0-or-later
// Slice rows: slices with labels, and columns where they are narrower than a pixel or so.
#include "layout/scenepainter.h"
#include <algorithm>

namespace calltide::layout {

using namespace metrics;
using store::Run;

void ScenePainter::paintSlices(const ItemBox& box)
{
    const auto& track = trace->track(box.item.track);
    if (track.rowCount == 0)
        return;
    const float top = box.y + st.trackPadding;
    if (box.item.collapsed) {
        paintRow({track.firstRow, box.y + std::floor((box.h - st.densityRow) / 2), st.densityRow, false, false});
        return;
    }
    // Only the rows in sight: a deep recursion has a hundred thousand.
    const double above = double(z.tracks.y) - double(top), below = double(v.height) - double(top);
    const auto first = uint32_t(std::clamp(std::floor(above / double(st.sliceRow)), 0.0, double(box.item.rows)));
    const auto last = uint32_t(std::clamp(std::ceil(below / double(st.sliceRow)), 0.0, double(box.item.rows)));
    for (uint32_t depth = first; depth < last; ++depth)
        paintRow(
            {trace->rowAt(box.item.track, depth), top + float(depth) * st.sliceRow, st.sliceRow - st.sliceGapY, true,
             track.kind == store::TrackKind::Async});
    if (const float y = top + float(box.item.rows) * st.sliceRow; box.item.hiddenRows && y < v.height)
        paintRow({trace->rowAt(box.item.track, box.item.rows), y, st.densityRow - kDensityGap, false, false});
}

void ScenePainter::paintRow(const RowPlace& place)
{
    s.m_runs.clear();
    const double perPixel = z.scale.nsPerPixel(), origin = z.scale.left; // as TimeScale::x() has it
    store::queryRow(*trace, place.row, v.from, v.to, perPixel / dpr, s.m_runs);
    m_column = {};
    const CallFilter* filter = v.filter;
    m_filteredTrack = filter && !filter->passes(trace->row(place.row).track);
    for (const Run& run : s.m_runs) {
        if (filter && filter->hides && isFiltered(run))
            continue;
        const double x0 = origin + double(run.start - v.from) / perPixel, x1 = origin + double(run.end - v.from) / perPixel;
        if (run.count == 1 && x1 - x0 >= double(kSliceFrom)) {
            flushColumn(place);
            flushColumnRect();
            paintSlice(place, run, x0, x1);
        } else {
            addToColumns(place, run, x0, x1);
        }
    }
    flushColumn(place);
    flushColumnRect();
}

void ScenePainter::mixDensityColors()
{
    constexpr unsigned kSlots = FunctionColors::kFunctions + FunctionColors::kLibrary;
    m_densityColors.resize((kSlots + 1) * (kBusySteps + 1));
    for (unsigned slot = 0; slot <= kSlots; ++slot) {
        const Argb fill = slot < kSlots ? FunctionColors::ofSlot(slot, st).fill : st.sameFunction;
        for (int step = 0; step <= kBusySteps; ++step)
            m_densityColors[slot * (kBusySteps + 1) + unsigned(step)]
                = blended(fill, st.canvas, double(kDensityAlpha) + (1 - double(kDensityAlpha)) * step / kBusySteps);
    }
}

void ScenePainter::addToColumns(const RowPlace& place, const Run& run, double x0, double x1)
{
    const double a = std::max(x0, double(left)) * dpr;
    const double b = std::max(std::min(x1, double(right)) * dpr, a + 1e-9);
    for (auto column = int64_t(a); double(column) < b; ++column) { // a >= 0
        if (column != m_column.index) {
            flushColumn(place);
            m_column = {};
            m_column.index = column;
        }
        const double part = (std::min(b, double(column + 1)) - std::max(a, double(column))) * double(run.busy);
        m_column.covered += part;
        m_column.hit = m_column.hit || isHit(run);
        if (part >= m_column.best) {
            m_column.best = part;
            m_column.function = run.function;
            m_column.veiled = v.filter && isFiltered(run);
        }
    }
}

void ScenePainter::flushColumn(const RowPlace& place)
{
    if (m_column.index == INT64_MIN)
        return;
    const double busy = std::min(1.0, m_column.covered);
    const unsigned slot = isSame(m_column.function) ? FunctionColors::kFunctions + FunctionColors::kLibrary
                                                    : s.m_colors.slot(m_column.function, st.colorMode);
    Rect r{
        float(double(m_column.index) / dpr), place.y, float(1 / dpr), place.h,
        m_densityColors[slot * (kBusySteps + 1) + unsigned(busy * kBusySteps + 0.5)]};
    if (m_column.veiled)
        r.fill = blended(st.dim, r.fill, 1);
    const bool joins = m_pending.w > 0 && m_pending.fill == r.fill && m_pending.y == r.y
        && std::abs(m_pending.x + m_pending.w - r.x) < 0.01f;
    if (joins) {
        m_pending.w += r.w;
    } else {
        flushColumnRect();
        m_pending = r;
    }
    if (m_column.hit) {
        flushColumnRect();
        rect(
            double(r.x), double(place.y + place.h - kHitLine), std::max(double(r.w), double(kHitMin)), double(kHitLine),
            st.hit);
    }
    m_column = {};
}

void ScenePainter::flushColumnRect()
{
    if (m_pending.w > 0)
        out.add(m_pending);
    m_pending = {};
}

void ScenePainter::paintSlice(const RowPlace& place, const Run& run, double x0, double x1)
{
    constexpr double kBeyond = 16; // hides corners and borders of slices that go on outside
    const bool fromBefore = x0 < double(left) - kBeyond;
    const bool goesOn = x1 > double(right) + kBeyond;
    const double a = fromBefore ? double(left) - kBeyond : x0, b = goesOn ? double(right) + kBeyond : x1;
    float xl = snap(a), xr = snap(b);
    const float one = float(1 / dpr);
    const float gap = xr - xl >= 2 * st.sliceGapX + one ? st.sliceGapX : xr - xl >= 2 * one ? one : 0;
    xr = std::max(xr - gap, xl + one);

    SliceColor color = st.colorMode == ColorMode::Duration ? FunctionColors::ofDuration(run.end - run.start, st)
                                                           : s.m_colors.of(run.function, st);
    if (v.filter && isFiltered(run)) { // its label stays
        color.fill = blended(st.dim, color.fill, 1);
        color.text = readableOn(color.fill, st.textMuted, st.textPrimary);
    }
    if (run.flags & (store::kWaiting | store::kReady))
        color = {st.awaitFill, st.awaitText};
    Shape shape{.x = xl, .y = place.y, .w = xr - xl, .h = place.h, .fill = color.fill};
    if (run.flags & store::kWaiting) {
        shape.patternColor = st.awaitHatch;
        shape.pattern = Pattern::Hatch;
    }
    if (shape.w >= kRoundFrom)
        shape.radius = place.pills ? place.h / 2 : st.sliceRadius;
    if ((run.flags & store::kAlreadyRunning) && !fromBefore)
        shape.openEdges |= 1;
    if ((run.flags & store::kStillRunning) && !goesOn)
        shape.openEdges |= 2;
    if (run.slice == m_hovered && run.slice != store::kNoSlice) {
        shape.fill = blended(color.text, color.fill, double(kHoverTint));
        shape.border = st.hoverOutline;
        shape.borderWidth = kOutline;
    } else if (isSame(run.function) && run.slice != m_selected) {
        if (shape.w > 2 * kOutline) {
            shape.border = st.sameFunction;
            shape.borderWidth = kOutline;
        } else {
            shape.fill = st.sameFunction;
        }
    }
    if (shape.w < kRoundFrom && !shape.borderWidth && !shape.openEdges && shape.pattern == Pattern::None)
        out.add(Rect{shape.x, shape.y, shape.w, shape.h, shape.fill});
    else
        out.add(shape);
    if (run.flags & store::kException) {
        const float edge = std::min(kExceptionEdge, shape.w);
        if (!goesOn)
            rect(double(xr - edge), double(place.y), double(edge), double(place.h), st.exception);
        if (const float corner = std::min({kExceptionCorner, shape.w, place.h}); !goesOn && corner > kExceptionEdge)
            out.add(Triangle{xr - corner, place.y, xr, place.y, xr, place.y + corner, st.exception});
    }
    if (isHit(run))
        rect(
            double(xl), double(place.y + place.h - kHitLine), double(std::max(shape.w, kHitMin)), double(kHitLine),
            st.hit);
    if (place.labels)
        paintLabel(place, run, double(xl), double(xr), color.text);
}

void ScenePainter::paintLabel(const RowPlace& place, const Run& run, double x0, double x1, Argb color)
{
    // Centred in the part that is seen, so that a long call always says its name.
    const double a = std::max(x0, double(left)), b = std::min(x1, double(right));
    if (b - a < double(st.sliceLabelMinWidth))
        return;
    double room = b - a - 2 * double(place.pills ? place.h / 2 : st.sliceLabelPad);
    if (run.flags & store::kException)
        room -= double(kExceptionEdge);
    const SliceLabels::Label& label = s.m_labels.of(*trace, run.function, tm);
    const double middle = double(place.y) + double(place.h) / 2;
    if (double(label.whole) > room) {
        if (const auto cut = s.m_labels.fit(label, float(room), tm); !cut.text.empty())
            text(cut.text, (a + b - double(cut.width)) / 2, middle, a, b, color, FontRole::Slice);
        return;
    }
    std::string behind;
    double behindWidth = 0;
    if (double(label.whole) + double(kLeastDuration + kDurationRoom) <= room) {
        if (run.flags & (store::kAlreadyRunning | store::kStillRunning))
            behind = run.flags & store::kAlreadyRunning ? "\u00B7 already running" : "\u00B7 still running";
        else
            behind = formatDuration(run.end - run.start);
        behindWidth = double(textWidth(behind, FontRole::SliceLight));
    }
    const bool both = !behind.empty() && double(label.whole) + behindWidth + double(kDurationRoom) <= room;
    const double width = double(label.whole) + (both ? double(kDurationGap) + behindWidth : 0);
    const double x = (a + b - width) / 2;
    text(label.name, x, middle, a, b, color, FontRole::Slice);
    if (both)
        text(behind, x + double(label.whole) + double(kDurationGap), middle, a, b, color, FontRole::SliceLight);
}

} // namespace calltide::layout
