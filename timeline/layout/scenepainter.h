// SPDX-License-Identifier: GPL-3.0-or-later
// One frame of TimelineScene in the making; internal to ct_layout. Split by what is drawn: scenepainter.cpp order and
// text, scene_rows.cpp slices, scene_lanes.cpp counters, events and garbage, scene_marks.cpp selection, area, flows,
// scene_chrome.cpp headers, minimap, ruler.
#pragma once
#include "layout/metrics.h"
#include "layout/ruler.h"
#include "layout/scene.h"
#include "layout/text.h"

namespace calltide::layout {

class ScenePainter
{
public:
    ScenePainter(TimelineScene& scene, const ViewSpec& view, DrawList& list);
    void paint();

private:
    struct ItemBox
    {
        const TrackItem& item;
        float y, h; // on the canvas, snapped
    };
    // Width a sub-pixel stretch covers in the device column being filled.
    struct Column
    {
        int64_t index = INT64_MIN;
        double covered = 0, best = 0; // device px
        store::FunctionId function;
        bool hit = false, veiled = false;
    };
    struct RowPlace
    {
        store::RowId row;
        float y, h;
        bool labels = true;
        bool pills = false;
    };

    // scene_rows.cpp
    void paintItem(const TrackItem& item);
    void paintPinned();
    void paintSlices(const ItemBox& box);
    void paintRow(const RowPlace& place);
    void paintSlice(const RowPlace& place, const store::Run& run, double x0, double x1);
    void paintLabel(const RowPlace& place, const store::Run& run, double x0, double x1, Argb color);
    void mixDensityColors();
    void addToColumns(const RowPlace& place, const store::Run& run, double x0, double x1);
    void flushColumn(const RowPlace& place);
    void flushColumnRect();
    // scene_lanes.cpp
    void paintGc(const ItemBox& box);
    void paintInstants(const ItemBox& box);
    void paintCounter(const ItemBox& box);
    void paintLost(const ItemBox& box);
    // scene_marks.cpp
    void paintSelection(bool ofPinned);
    void paintAreaFill(bool ofPinned);
    void paintAreaEdges();
    void paintFlows();
    void paintFlow(const store::Flow& flow, double alpha);
    void paintDropLine();
    void paintFrameTime();
    // scene_notes.cpp
    void paintNotes();
    void paintNoteLines();
    Argb noteColor(const Note& note) const;
    void paintNow();
    void placeCursor(); // before the ruler, which leaves room for it
    void paintCursor();
    std::optional<std::pair<float, float>> rowPlace(store::RowId row) const; // y, h on the canvas
    // scene_chrome.cpp
    void paintGrid();
    void paintTrackHeader(size_t index, const ItemBox& box);
    void paintGroupHeader(const TrackItem& item, float y);
    void paintMinimap();
    void paintRuler();
    void paintCorner();
    void paintScrollBar();

    void text(std::string_view utf8, double x, double middle, Argb color, FontRole role);
    void
    text(std::string_view utf8, double x, double middle, double clipLeft, double clipRight, Argb color, FontRole role);
    float textWidth(std::string_view utf8, FontRole role) const { return tm.width(utf8, role); }
    void rect(double x, double y, double w, double h, Argb color);
    bool isBlank() const { return whole->sliceCount() == 0 && whole->duration() == 0; } // no time to show
    float snap(double px) const { return snapped(px, dpr); }
    double itemTop(const TrackItem& item) const
    {
        return item.pinned ? double(z.pinned.y) + item.y : double(m_tracksTop) + item.y - scroll;
    }
    bool isHit(const store::Run& run) const { return v.hits && v.hits->any(run.slice, run.count); }
    // Of a merged run its longest call's function decides, and its mean duration.
    bool isFiltered(const store::Run& run) const
    {
        const int64_t each = int64_t(double(run.end - run.start) * double(run.busy) / double(run.count ? run.count : 1));
        return m_filteredTrack || (run.count == 1 && !v.filter->passesItself(s.fromShown(run.slice))) || !v.filter->passes(run.function, run.count == 1 ? run.end - run.start : each);
    }
    bool isSame(store::FunctionId f) const
    {
        return f.valid() && (f == v.highlighted || (v.hoveredFunction.valid() && f == v.hoveredFunction));
    }
    Argb onAccent() const { return st.dark ? st.canvas : st.panel; }

    TimelineScene& s;
    const ViewSpec& v;
    DrawList& out;
    const Style& st;
    const TextMeasure& tm;
    const store::Trace* trace; // what is shown
    const store::Trace* whole;
    store::SliceIndex m_selected = store::kNoSlice, m_hovered = store::kNoSlice; // in `trace`
    Zones z;
    double dpr = 1, scroll = 0;
    float left = 0, right = 0; // of the rows
    bool m_filteredTrack = false; // no call of the row passes
    float m_tracksTop = 0; // of those that scroll
    TimeAxis m_axis;
    Ruler ruler;
    Column m_column;
    static constexpr int kBusySteps = 16; // enough to the eye, and lets neighbours join
    std::vector<Argb> m_densityColors; // by slot of FunctionColors (and one for the same function) and busy step
    Rect m_pending{}; // columns of one colour side by side are one rectangle
    std::string m_cursorText;
    float m_pill[2] = {0, -1}; // x range on the ruler that the cursor's time covers
};

} // namespace calltide::layout
