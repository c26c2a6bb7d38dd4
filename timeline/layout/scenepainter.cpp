// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/scenepainter.h"
#include <algorithm>

namespace calltide::layout {

ScenePainter::ScenePainter(TimelineScene& scene, const ViewSpec& view, DrawList& list)
    : s(scene)
    , v(view)
    , out(list)
    , st(scene.m_style)
    , tm(*scene.m_measure)
    , trace(scene.shownTrace().get())
    , whole(scene.m_trace.get())
    , z(scene.zones(view))
    , dpr(std::max(0.5, double(view.devicePixelRatio)))
    , scroll(std::clamp(view.scroll, 0.0, scene.maxScroll(view)))
    , left(z.tracks.x + z.headerColumn)
    , right(z.tracks.x + z.tracks.w)
    , m_axis(view.axis)
{
    if (trace) {
        m_selected = v.selected != store::kNoSlice && whole->contains(v.selected) ? s.toShown(v.selected) : store::kNoSlice;
        m_hovered = s.toShown(v.hovered);
        m_axis.zero = trace->begin();
        m_axis.wall = trace->wallClockOffset();
    }
    scroll = std::round(scroll * dpr) / dpr;
    m_tracksTop = z.tracks.y;
}

void ScenePainter::paint()
{
    out.clear();
    out.width = v.width;
    out.height = v.height;
    out.devicePixelRatio = v.devicePixelRatio;
    out.background = st.canvas;
    if (!trace || v.width < 1 || v.height < 1)
        return;
    ruler = makeRuler(z.scale, m_axis, tm);

    const auto& items = s.m_tracks.items();
    const size_t pinned = s.m_tracks.pinnedCount();
    const size_t first = std::min(s.m_tracks.at(scroll), items.size());
    size_t last = first;
    while (last < items.size() && itemTop(items[last]) < double(v.height))
        last++;

    mixDensityColors();
    out.addClip({left, z.tracks.y, right - left, z.tracks.h});
    paintGrid();
    paintAreaFill(false);
    for (size_t i = first; i < last; ++i)
        paintItem(items[i]);
    paintNow();
    paintSelection(false);

    out.addClip({0, z.tracks.y, v.width, z.tracks.h});
    const double content = double(z.tracks.y) + s.m_tracks.height() - scroll; // below the last track
    rect(0, content, double(left) - 1, double(v.height) - content, st.header);
    rect(double(left) - 1, content, 1, double(v.height) - content, st.borderDefault);
    for (size_t i = first; i < last; ++i)
        if (items[i].kind != ItemKind::Group)
            paintTrackHeader(i, {items[i], snap(itemTop(items[i])), items[i].height});
    for (size_t i = first; i < last; ++i)
        if (items[i].kind == ItemKind::Group && itemTop(items[i]) >= double(z.tracks.y))
            paintGroupHeader(items[i], snap(itemTop(items[i])));
    if (first < items.size()) { // the header of the topmost group stays, until the next one pushes it out
        const TrackItem& group = items[items[first].group];
        double y = z.tracks.y;
        for (size_t i = first; i < last; ++i)
            if (items[i].kind == ItemKind::Group && &items[i] != &group) {
                y = std::min(y, itemTop(items[i]) - double(group.height));
                break;
            }
        if (itemTop(group) < double(z.tracks.y))
            paintGroupHeader(group, snap(y));
    }
    if (pinned > 0)
        paintPinned();
    out.addClip({left, z.pinned.y, right - left, v.height - z.pinned.y});
    paintFlows();
    paintAreaEdges();
    paintNoteLines();
    out.addClip({0, z.pinned.y, v.width, v.height - z.pinned.y});
    paintDropLine();
    paintScrollBar();
    if (trace->sliceCount() == 0) {
        const std::string_view kEmpty
            = whole->sliceCount() ? "No call is of your own code." : "This recording has no calls.";
        const double x = (double(left + right) - double(textWidth(kEmpty, FontRole::Name))) / 2;
        text(kEmpty, x, double(z.tracks.y + z.tracks.h / 2), st.textMuted, FontRole::Name);
    } else if (items.empty()) {
        const std::string& word = s.m_arrangement.filter;
        const std::string said = word.empty() ? "No track has a hit." : "No track matches \u201C" + plainLine(word) + "\u201D.";
        const double x = (double(left + right) - double(textWidth(said, FontRole::Name))) / 2;
        text(said, x, double(z.tracks.y + z.tracks.h / 2), st.textMuted, FontRole::Name);
    }

    out.addClip({0, 0, v.width, v.height});
    paintMinimap();
    placeCursor();
    paintRuler();
    paintNotes();
    paintCorner();
    paintCursor();
    paintFrameTime();
    if (v.focusRing)
        out.add(Shape{
            .x = 0,
            .y = 0,
            .w = v.width,
            .h = v.height,
            .fill = 0,
            .border = st.accent,
            .borderWidth = metrics::kFocusRing});
}

void ScenePainter::paintItem(const TrackItem& item)
{
    const ItemBox box{item, snap(itemTop(item)), item.height};
    switch (item.kind) {
    case ItemKind::Group:
        return;
    case ItemKind::Slices:
        paintSlices(box);
        break;
    case ItemKind::Gc:
        paintGc(box);
        break;
    case ItemKind::Instants:
        paintInstants(box);
        break;
    case ItemKind::Counter:
        paintCounter(box);
        break;
    }
    paintLost(box);
    rect(double(left), double(box.y + box.h - 1), double(right - left), 1, st.rowLine);
}

// Over the tracks that scroll, as if there were no others: z.tracks is their place meanwhile.
void ScenePainter::paintPinned()
{
    const Box below = z.tracks;
    z.tracks = z.pinned;
    out.addClip({left, z.pinned.y, right - left, z.pinned.h});
    rect(double(left), double(z.pinned.y), double(right - left), double(z.pinned.h), st.canvas);
    paintGrid();
    paintAreaFill(true);
    const auto& items = s.m_tracks.items();
    for (size_t i = 0; i < s.m_tracks.pinnedCount(); ++i)
        paintItem(items[i]);
    paintSelection(true);
    out.addClip({0, z.pinned.y, v.width, z.pinned.h});
    for (size_t i = 0; i < s.m_tracks.pinnedCount(); ++i)
        paintTrackHeader(i, {items[i], snap(itemTop(items[i])), items[i].height});
    rect(0, double(z.pinned.y + z.pinned.h) - 2, double(v.width), 2, st.accent);
    z.tracks = below;
}

void ScenePainter::text(std::string_view utf8, double x, double middle, Argb color, FontRole role)
{
    text(utf8, x, middle, 0, double(v.width), color, role);
}

void ScenePainter::text(
    std::string_view utf8, double x, double middle, double clipLeft, double clipRight, Argb color, FontRole role)
{
    if (utf8.empty() || clipRight <= clipLeft)
        return;
    const double baseline = middle + double(tm.ascent(role) - tm.descent(role)) / 2;
    out.addText(utf8, float(x), snap(baseline), float(clipLeft), float(clipRight), color, role);
}

void ScenePainter::rect(double x, double y, double w, double h, Argb color)
{
    if (w > 0 && h > 0 && (color >> 24))
        out.add(Rect{float(x), float(y), float(w), float(h), color});
}

} // namespace calltide::layout
