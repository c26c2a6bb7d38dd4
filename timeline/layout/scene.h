// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineScene: the picture of a trace for a given view, as a DrawList, and what lies under a point of it. A frame
// costs as much as there are pixels, whatever the number of slices. Not thread safe (it caches); no Qt.
//
//   TimelineScene scene(trace, style, measure);
//   DrawList list;
//   scene.draw({.from = trace->begin(), .to = trace->end(), .width = 1600, .height = 900}, list);
#pragma once
#include "layout/colors.h"
#include "layout/coordinates.h"
#include "layout/drawlist.h"
#include "layout/filter.h"
#include "layout/notes.h"
#include "layout/ruler.h"
#include "layout/slicelabels.h"
#include "layout/style.h"
#include "layout/tracks.h"
#include "store/hits.h"
#include "store/match.h"
#include "store/owncode.h"
#include "store/query.h"
#include "store/trace.h"
#include <optional>
#include <unordered_map>
#include <vector>

namespace calltide::layout {

struct AreaSpec
{
    int64_t from = 0, to = 0;
    std::vector<store::TrackId> tracks; // empty: all
};

struct ViewSpec // what is shown of the trace, and how large; lengths in device independent pixels
{
    int64_t from = 0, to = 1;
    float width = 0, height = 0;
    float devicePixelRatio = 1;
    float headerColumn = 0; // width; 0: the style's
    double scroll = 0; // px of the tracks above the top edge
    store::SliceIndex selected = store::kNoSlice, hovered = store::kNoSlice;
    store::FunctionId highlighted, hoveredFunction;
    uint32_t selectedInstant = ~uint32_t(0);
    const std::vector<uint32_t>* foundInstants = nullptr; // exceptions that the search found; null: no search
    const store::HitSet* hits = nullptr; // of the search, in shownTrace(); null: none
    const std::vector<uint16_t>* hitTicks = nullptr; // minimap columns with search hits
    const std::vector<uint16_t>* exceptionTicks = nullptr; // and with exceptions
    std::optional<AreaSpec> area;
    std::optional<int64_t> cursor; // time under the pointer
    size_t hoveredItem = SIZE_MAX; // track header under the pointer
    size_t dropBefore = SIZE_MAX; // item before which a dragged track would stand
    TimeAxis axis; // how times are written; its zero is the trace's begin whatever is set
    const std::vector<Note>* notes = nullptr; // null or empty: no lane for them
    size_t selectedNote = SIZE_MAX;
    const CallFilter* filter = nullptr; // null: all calls pass
    bool cornerField = false; // the view's own field stands in the upper half of the corner
    bool allFlows = false; // not only the selected call's
    std::string frameTime; // shown in a corner; empty: not shown
    bool focusRing = false;
};

struct Box
{
    float x = 0, y = 0, w = 0, h = 0;
    bool contains(float px, float py) const { return px >= x && px < x + w && py >= y && py < y + h; }
};

struct Zones // where the parts lie
{
    Box minimap, ruler, corner; // corner: the header column beside both
    Box notes; // lane below the ruler, or in it without Style::notesLane; no height when there are none
    Box pinned; // headers and rows of pinned tracks; no height when there are none
    Box tracks; // headers and rows of those that scroll
    float headerColumn = 0;
    TimeScale scale; // of ruler and rows
    TimeScale whole; // of the minimap
    float windowLeft = 0, windowRight = 0; // the minimap's window
};

enum class HitZone : uint8_t
{
    None,
    Minimap,
    MinimapWindow,
    MinimapLeft,
    MinimapRight,
    Ruler,
    Corner,
    HeaderEdge,
    Notes, // the lane, or one of them
    GroupHeader,
    TrackHeader,
    TrackPin, // tools of the hovered track's header
    TrackHide,
    TrackMenu,
    TrackEdge,
    Row,
    AreaLeft,
    AreaRight,
    ScrollBar,
};

struct Hit
{
    HitZone zone = HitZone::None;
    int64_t time = 0;
    size_t item = SIZE_MAX; // index in tracks().items()
    store::RowId row; // Row: of shownTrace()
    store::SliceIndex slice = store::kNoSlice; // Row: the slice there (of trace()), or the first of a merged run
    store::Run run; // what was hit, its slice as above; count > 1: a density column
    uint32_t instant = ~uint32_t(0); // index in Trace::instants()
    size_t note = SIZE_MAX; // index in ViewSpec::notes
};

class TimelineScene
{
public:
    // `measure` must outlive the scene or the next setStyle(). A null trace draws an empty canvas.
    TimelineScene(store::TracePtr trace, const Style& style, const TextMeasure& measure);
    ~TimelineScene();
    TimelineScene(const TimelineScene&) = delete;
    TimelineScene& operator=(const TimelineScene&) = delete;

    void setStyle(const Style& style, const TextMeasure& measure);
    void setCollapsed(Collapsed collapsed);
    // The next state of a trace that grows: what is folded stays so.
    void growTrace(store::TracePtr trace, const store::TraceMatch& match);
    const Collapsed& collapsed() const { return m_collapsed; }
    void setArrangement(Arrangement arrangement);
    const Arrangement& arrangement() const { return m_arrangement; }
    const store::TracePtr& trace() const { return m_trace; }
    // Shows the own code alone; null: all. Slices that go in and out of the scene are those of trace(), rows those of
    // shownTrace().
    void setOwnCode(std::shared_ptr<const store::OwnCode> own);
    const store::TracePtr& shownTrace() const { return m_own ? m_own->trace() : m_trace; }
    store::SliceIndex toShown(store::SliceIndex slice) const { return m_own ? m_own->shown(slice) : slice; }
    store::SliceIndex fromShown(store::SliceIndex slice) const { return m_own ? m_own->inWhole(slice) : slice; }
    const Style& style() const { return m_style; }
    const TrackModel& tracks() const { return m_tracks; }
    const FunctionColors& colors() const { return m_colors; }

    void draw(const ViewSpec& view, DrawList& list); // replaces what is in the list
    Hit hit(const ViewSpec& view, float x, float y) const;
    Zones zones(const ViewSpec& view) const;
    double itemTop(const ViewSpec& view, size_t item) const; // px in the picture; may be outside
    // Nearest item to a height of the picture, of the pinned ones or of those that scroll; items().size(): none.
    size_t itemNear(const ViewSpec& view, double y) const;
    std::optional<Box> rowBox(const ViewSpec& view, store::RowId row) const; // none: its track is not shown
    double maxScroll(const ViewSpec& view) const;
    // Scroll position at which the row is seen, nearest to view.scroll.
    double scrollFor(const ViewSpec& view, store::RowId row) const;
    // Nearest edge of a slice of the row to `time` within `px`; `time` when there is none.
    int64_t snappedTime(const ViewSpec& view, store::RowId row, int64_t time, float px) const;

private:
    friend class ScenePainter;
    size_t noteAt(const ViewSpec& view, const Zones& z, float x) const;
    // Middle of the first line of a track's header; a tall track's stays in sight while its rows scroll.
    double headerLine(const Zones& z, const TrackItem& item, double top) const;
    HitZone toolAt(const ViewSpec& view, const Zones& z, size_t item, float x, float y) const;
    void makeTracks();

    store::TracePtr m_trace;
    std::shared_ptr<const store::OwnCode> m_own;
    Style m_style;
    const TextMeasure* m_measure;
    Collapsed m_collapsed;
    Arrangement m_arrangement;
    TrackModel m_tracks;
    FunctionColors m_colors;
    // Caches that make a frame cheap; dropped when what they depend on changes.
    std::vector<float> m_minimap; // minimapProfile(); empty: not made yet
    int64_t m_minimapEnd = 0; // of the trace it was made from
    SliceLabels m_labels;
    std::vector<store::Run> m_runs;
    struct AreaCount
    {
        AreaSpec area;
        uint64_t calls = 0;
        size_t tracks = 0;
    } m_areaCount;
    store::SliceIndex m_flowsOf = store::kNoSlice; // the slice that m_flows belong to
    std::vector<store::Flow> m_flows;
};

} // namespace calltide::layout
