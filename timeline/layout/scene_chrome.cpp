// SPDX-License-Identifier: GPL-3.0-or-later
// What frames the rows: grid, headers, minimap, ruler, scroll bar.
#include "layout/minimap.h"
#include "layout/scenepainter.h"
#include "store/callfigures.h"
#include <algorithm>

namespace calltide::layout {

using namespace metrics;

void ScenePainter::paintGrid()
{
    if (isBlank())
        return; // no time, nothing to line up
    for (const Tick& tick : ruler.ticks)
        if (tick.x >= double(left))
            rect(double(snap(tick.x)), double(z.tracks.y), 1, double(z.tracks.h), st.grid);
}

void ScenePainter::paintTrackHeader(size_t index, const ItemBox& box)
{
    const TrackItem& item = box.item;
    const double width = double(z.headerColumn);
    rect(0, double(box.y), width - 1, double(box.h), index == v.hoveredItem ? st.hover : st.header);
    rect(0, double(box.y + box.h - 1), width - 1, 1, st.borderSubtle);
    rect(width - 1, double(box.y), 1, double(box.h), st.borderDefault);
    if (width < 60)
        return;
    const double indent = double(item.level) * double(st.treeIndent);
    const double first = s.headerLine(z, item, double(box.y));
    out.add(IconMark{
        float(double(kHeaderPad) + indent), snap(first - double(kHeaderIcon) / 2), kHeaderIcon, st.textMuted,
        item.icon});
    const double x = double(kHeaderText) + indent;
    double end = width - double(kHeaderPad);
    std::string value = item.value;
    if (item.kind == ItemKind::Counter && v.cursor) {
        const auto& counter = trace->counters()[item.counter];
        const auto after
            = std::upper_bound(counter.times.begin(), counter.times.end(), *v.cursor) - counter.times.begin();
        if (after > 0)
            value = formatValue(counter.values[size_t(after) - 1]);
    }
    if (index == v.hoveredItem && z.headerColumn >= kToolsFrom) { // in place of the value: the name never moves
        end = width - double(kToolsRight) - 3 * double(kTool);
        const Icon tools[] = {Icon::Pin, Icon::Hide, Icon::More};
        for (int i = 0; i < 3; ++i)
            out.add(IconMark{
                float(end + (i + 0.5) * double(kTool)) - kHeaderIcon / 2, snap(first - double(kHeaderIcon) / 2),
                kHeaderIcon, i == 0 && item.pinned ? st.accent : st.textSecondary, tools[i]});
        end -= 4;
    } else if (!value.empty() && width > 140) {
        // The name comes first: "+39 rows" becomes "+39" beside a long one, or gives way.
        const double name = double(textWidth(item.name, FontRole::Name));
        const auto leaves = [&] { return end - x - double(textWidth(value, FontRole::Mono)) - 8; };
        if (leaves() < name && item.kind == ItemKind::Slices)
            value.resize(std::min(value.find(' '), value.size()));
        if (leaves() < std::min(name, 60.0))
            value.clear();
        const double w = double(textWidth(value, FontRole::Mono));
        text(value, end - w, first, st.textMuted, FontRole::Mono);
        end -= w + 8;
    }
    text(elideRight(item.name, float(end - x), tm, FontRole::Name), x, first, x, end, st.textPrimary, FontRole::Name);
    if (box.h >= kTwoLines && width >= 160)
        text(
            elideRight(item.detail, float(width - double(kHeaderPad) - x), tm, FontRole::Caption), x,
            first + double(kSecondLine - kFirstLine), x, width - 4, st.textMuted, FontRole::Caption);
}

void ScenePainter::paintGroupHeader(const TrackItem& item, float y)
{
    const double h = double(item.height);
    rect(0, double(y), double(v.width), h, st.group);
    rect(0, double(y), double(v.width), 1, st.borderDefault);
    rect(0, double(y) + h - 1, double(v.width), 1, st.borderDefault);
    const float icon = st.iconSmall, iy = snap(double(y) + (h - double(icon)) / 2);
    out.add(IconMark{6, iy, icon, st.textMuted, item.collapsed ? Icon::ChevronRight : Icon::ChevronDown});
    out.add(IconMark{26, iy, icon, st.textSecondary, item.icon});
    const double middle = double(y) + h / 2;
    const std::string name = elideRight(item.name, std::max(40.f, v.width - 60), tm, FontRole::Strong);
    text(name, 48, middle, st.textPrimary, FontRole::Strong);
    const double after = 48 + double(textWidth(name, FontRole::Strong)) + 8;
    const double end = item.collapsed ? double(left) - 8 : double(v.width) - 16;
    text(
        elideRight(item.detail, float(end - after), tm, FontRole::Caption), after, middle, after, end, st.textMuted,
        FontRole::Caption);
    if (!item.collapsed)
        return;
    // How busy its threads are, in place of the rows.
    const auto columns = int(double(right - left));
    std::vector<float> busy(size_t(std::max(columns, 0)), 0.f);
    int threads = 0;
    constexpr int kMostThreads = 16;
    for (uint32_t t = 0; t < trace->tracks().size() && columns > 0 && threads < kMostThreads; ++t) {
        const auto& track = trace->tracks()[t];
        if (track.process != item.process || track.kind != store::TrackKind::Thread || track.sliceCount == 0)
            continue;
        threads++;
        const auto one = store::busyColumns(*trace, v.from, v.to, columns, store::TrackId(t));
        for (size_t i = 0; i < busy.size() && i < one.size(); ++i)
            busy[i] = std::max(busy[i], one[i]);
    }
    const double top = double(snap(middle - double(st.densityRow) / 2));
    for (size_t i = 0; i < busy.size();) {
        const int steps = int(busy[i] * 16 + 0.5f);
        size_t j = i + 1;
        while (j < busy.size() && int(busy[j] * 16 + 0.5f) == steps)
            j++;
        if (steps > 0)
            rect(
                double(left) + double(i), top, double(j - i), double(st.densityRow),
                blended(st.density, st.group, double(kDensityAlpha) + (1 - double(kDensityAlpha)) * steps / 16));
        i = j;
    }
}

void ScenePainter::paintMinimap()
{
    const Box& m = z.minimap;
    rect(0, 0, double(v.width), double(m.h), st.header);
    if (s.m_minimap.empty()) {
        s.m_minimap = minimapProfile(*whole);
        s.m_minimapEnd = whole->end();
    }
    const float foot = m.y + m.h - st.searchStrip, room = m.h - 12;
    const Argb fill = blended(st.minimapFill, st.header, double(kMinimapAlpha));
    const auto pixels = size_t(m.w);
    const auto heightAt = [&](size_t px) { // the highest of the parts in the pixel
        const size_t a = px * kMinimapColumns / pixels, b = std::max(a + 1, (px + 1) * kMinimapColumns / pixels);
        const float share
            = *std::max_element(s.m_minimap.begin() + std::ptrdiff_t(a), s.m_minimap.begin() + std::ptrdiff_t(b));
        return snap(double(share * room));
    };
    for (size_t i = 0; i < pixels;) {
        const float h = heightAt(i);
        size_t j = i + 1;
        while (j < pixels && heightAt(j) == h)
            j++;
        if (h > 0)
            rect(double(m.x) + double(i), double(foot - h), double(j - i), double(h), fill);
        i = j;
    }
    const auto ticks = [&](const std::vector<uint16_t>* columns, double y, double h, Argb color) {
        for (size_t i = 0; columns && i < columns->size(); ++i)
            rect(
                double(snap(double(m.x) + double((*columns)[i]) * double(m.w) / kMinimapColumns)), y,
                double(kMinimapTick), h, color);
    };
    ticks(v.exceptionTicks, 0, 3, st.exception);
    ticks(v.hitTicks, double(m.h - 1 - st.searchStrip), double(st.searchStrip), st.hit);
    if (isBlank()) {
        rect(0, double(m.h) - 1, double(v.width), 1, st.borderSubtle);
        return;
    }
    const float a = z.windowLeft, b = z.windowRight;
    rect(double(m.x), 3, double(a - m.x), double(m.h - st.searchStrip) - 4, st.minimapOutside);
    rect(double(b), 3, double(m.x + m.w - b), double(m.h - st.searchStrip) - 4, st.minimapOutside);
    out.add(Shape{
        .x = a - 1,
        .y = 1,
        .w = b - a + 2,
        .h = m.h - 3,
        .fill = 0,
        .border = st.accent,
        .borderWidth = kOutline,
        .radius = st.sliceRadius});
    for (const float x : {a, b}) {
        const float gx = std::clamp(x - kGripWidth / 2, m.x, m.x + m.w - kGripWidth);
        out.add(Shape{
            .x = gx,
            .y = snap(double(m.h - kGripHeight) / 2 - 1),
            .w = kGripWidth,
            .h = kGripHeight,
            .fill = st.accent,
            .radius = kGripWidth / 2});
    }
    rect(0, double(m.h) - 1, double(v.width), 1, st.borderSubtle);
}

void ScenePainter::paintRuler()
{
    const Box& r = z.ruler;
    rect(0, double(r.y), double(v.width), double(r.h), st.header);
    const double bottom = double(r.y + r.h) - 1;
    if (isBlank()) {
        rect(0, bottom, double(v.width), 1, st.borderDefault);
        return;
    }
    double free = double(r.x); // labels that would run into the prefix are left out
    if (!ruler.prefix.empty()) {
        text(
            ruler.prefix, double(r.x) + 6, double(r.y + r.h / 2) - 2, double(r.x), double(r.x + r.w), st.textSecondary,
            FontRole::Mono);
        free += 6 + double(textWidth(ruler.prefix, FontRole::Mono)) + 8;
    }
    if (v.hits && !v.hits->times().empty()) { // one tick a pixel at most, at the ruler's foot
        const auto& times = v.hits->times();
        for (auto at = std::lower_bound(times.begin(), times.end(), v.from); at != times.end() && *at < v.to;) {
            const double x = std::floor(z.scale.x(*at));
            rect(x, double(r.y + r.h) - 4, 2, 4, st.hit);
            at = std::lower_bound(at + 1, times.end(), z.scale.time(x + 2));
        }
    }
    for (const Tick& tick : ruler.ticks) {
        for (int k = 0; k < ruler.minor; ++k) {
            const double x = double(snap(z.scale.x(tick.time + ruler.step * k / ruler.minor)));
            const double h = k == 0 ? double(kTickMajor) : double(kTickMinor);
            if (x >= double(r.x) && x < double(r.x + r.w))
                rect(x, bottom - h, 1, h, st.gridMajor);
        }
        const double from = tick.x + double(kTickText), to = from + double(textWidth(tick.label, FontRole::Mono));
        if (from < double(m_pill[1]) + 4 && to > double(m_pill[0]) - 4)
            continue; // would look out from behind the cursor's time
        if (from >= free && to <= double(r.x + r.w)) // one that would be cut off says another time
            text(
                tick.label, from, double(r.y + r.h / 2) - 2, double(r.x), double(r.x + r.w), st.textMuted,
                FontRole::Mono);
    }
    rect(0, bottom, double(v.width), 1, st.borderDefault);
}

void ScenePainter::paintCorner()
{
    const double width = double(z.headerColumn), end = width - double(kHeaderPad);
    rect(width - 1, 0, 1, double(z.minimap.h + z.ruler.h), st.borderDefault);
    if (width < 100)
        return;
    const double x = double(kHeaderPad);
    const uint64_t calls = store::callCount(*whole);
    const std::string length = formatDuration(whole->duration()) + (whole->isGrowing() ? " so far" : "") + std::string(kDot)
        + formatCount(int64_t(calls)) + (store::holdsSummed(*whole) ? calls == 1 ? " slice" : " slices"
                : calls == 1             ? " call"
                                         : " calls");
    if (z.minimap.h >= 40 && v.cornerField) {
        text(
            elideRight(length, float(end - x), tm, FontRole::Caption), x, double(z.minimap.h) - 8, x, end, st.textMuted,
            FontRole::Caption);
    } else if (z.minimap.h >= 40) {
        text(
            elideRight("Whole recording", float(end - x), tm, FontRole::Caption), x, 15, x, end, st.textSecondary,
            FontRole::Caption);
        text(elideRight(length, float(end - x), tm, FontRole::Caption), x, 31, x, end, st.textMuted, FontRole::Caption);
    } else if (!v.cornerField) {
        text(
            elideRight(length, float(end - x), tm, FontRole::Caption), x, double(z.minimap.h) / 2, x, end, st.textMuted,
            FontRole::Caption);
    }
    if (isBlank())
        return;
    const double middle = double(z.ruler.y + z.ruler.h / 2);
    const std::string shown = formatDuration(v.to - v.from) + " shown";
    constexpr std::string_view kAxes[] = {"from start", "wall clock", "UTC", "ns", "s since 1970"};
    const std::string_view axis = kAxes[size_t(m_axis.used())];
    const double axisWidth = double(textWidth(axis, FontRole::Caption));
    const double shownWidth = double(textWidth(shown, FontRole::Caption));
    text(shown, x, middle, x, end, st.textSecondary, FontRole::Caption);
    if (x + shownWidth + 12 + axisWidth <= end)
        text(axis, end - axisWidth, middle, x, end, st.textMuted, FontRole::Caption);
}

void ScenePainter::paintScrollBar()
{
    const double most = s.maxScroll(v);
    if (most <= 0)
        return;
    const double room = double(z.tracks.h) - 8;
    const double share = double(z.tracks.h) / (double(z.tracks.h) + most);
    const double h = std::max(double(kScrollMin), room * share);
    const double y = double(z.tracks.y) + 4 + (room - h) * scroll / most;
    out.add(Shape{
        .x = v.width - kScrollWidth - kScrollMargin,
        .y = float(y),
        .w = kScrollWidth,
        .h = float(h),
        .fill = withAlpha(st.textMuted, double(kScrollAlpha)),
        .radius = kScrollWidth / 2});
}

} // namespace calltide::layout
