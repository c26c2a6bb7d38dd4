// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineView's inside, shared by the view_*.cpp.
#pragma once
#include "layout/scene.h"
#include "layout/text.h"
#include "render/rasterpainter.h"
#include "render/theme.h"
#include "widget/calltip.h"
#include "widget/canvas.h"
#include "widget/followchip.h"
#include "widget/motion.h"
#include "widget/signbar.h"
#include "widget/timelineview.h"
#include "widget/trackfilter.h"
#include <QBasicTimer>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMouseEvent>
#include <QTimer>

namespace calltide::timeline {

inline QString text(std::string_view utf8) // of a trace, in one line
{
    const std::string line = layout::plainLine(utf8);
    return QString::fromUtf8(line.data(), qsizetype(line.size()));
}
inline QString text(const std::string& utf8) // our own
{
    return QString::fromStdString(utf8);
}

enum class Drag : uint8_t
{
    None,
    Pending, // pressed on a row, not moved far enough yet
    Area,
    ZoomBox, // like Area; zooms when released
    AreaLeft,
    AreaRight,
    Pan,
    PanPending,
    MinimapPan,
    MinimapLeft,
    MinimapRight,
    MinimapNew,
    MinimapNewPending,
    HeaderEdge,
    TrackMovePending,
    TrackMove, // to another place among its neighbours
    RulerPending, // a click drops a flag, a drag measures
    NotePending,
    NoteMove,
    TrackEdge, // how many rows of a track are shown
    Scroll,
    Click, // pressed on something that only takes clicks
};

struct TimelineView::Private : public CanvasClient
{
    Private(TimelineView* view, render::ViewState* s, const render::Theme* t, Renderer renderer);

    // CanvasClient
    const layout::DrawList& frame() override;
    const render::FontMetrics& fonts() const override { return metrics; }
    void frameDone(double ms) override;
    void gpuFailed() override;

    // view_frame.cpp
    void setCanvas(bool gpu);
    void rebuildScene();
    void growScene(const store::TraceMatch& match);
    void placeChip();
    void placeCanvas(); // above the signs
    void restyle();
    layout::Style style() const;
    void windowResized();
    void redraw();
    void rangeMoved();
    void setDirect(render::TimeRange range); // no animation: the hand is on it
    void zoomAt(double x, double factor, bool animated);
    void panBy(double pixels);
    void scrollTo(double y);
    void tick();
    void wake();
    float headerColumn() const;
    double zoomCentre() const;
    layout::ViewSpec spec() const;

    // view_input.cpp
    void press(QMouseEvent* event);
    void move(QMouseEvent* event);
    void release(QMouseEvent* event);
    void dragArea(const QPointF& position, Qt::KeyboardModifiers modifiers);
    void dragMinimap(double x);
    bool pinch(QEvent* event); // view_events.cpp; true when it was one
    void clicked(const layout::Hit& hit);
    void cancelDrag();
    void updateCursorShape(const layout::Hit& hit);
    // view_keys.cpp: true when the key was one of ours
    bool moveKey(QKeyEvent* event, bool pressed);
    bool commandKey(QKeyEvent* event);
    bool spaceKey(const QKeyEvent* event, bool pressed);
    void endSpace();
    bool isOwnKey(const QKeyEvent* event) const; // not to be taken by the window's shortcuts
    bool hasToEscape() const;
    // view_tracks.cpp: pins, order, filter
    void setArrangement(layout::Arrangement arrangement, bool keepPlace = true);
    void setCollapsed(layout::Collapsed collapsed);
    void setRows(layout::RowSize size);
    template <class Change> void keepingPlace(Change&& change); // the row under the pointer stays where it is
    void placeHeader();
    void arrangeByHeader();
    void hitTracksChanged();
    void ownCodeChanged();
    void showSigns(); // what of the trace is not shown
    void useTool(const layout::Hit& hit, const QPoint& globalPosition);
    void showTrackMenu(size_t item, const QPoint& globalPosition);
    void dragTrack(double y);
    void dropTrack();
    size_t trackItem() const; // of the selected call, else of the hovered header; items().size(): none
    static bool isTool(layout::HitZone zone)
    {
        return zone == layout::HitZone::TrackPin || zone == layout::HitZone::TrackHide
            || zone == layout::HitZone::TrackMenu;
    }
    // view_notes.cpp
    void notesChanged();
    void placeEditor();
    void dragNote(double x);
    void showNoteMenu(size_t note, const QPoint& globalPosition);

    // view_navigation.cpp
    void hover(const QPointF& position);
    void hoverNothing();
    QRect sliceRect(store::SliceIndex slice) const; // in the view
    store::SliceIndex choose(const layout::Hit& hit) const; // the slice a click on it means
    // Both of what is shown, which is less than the trace when only the own code is.
    void selectAndSee(store::SliceIndex shownSlice);
    store::SliceIndex shownSelected() const; // the selected call, or the shown one it was made in
    void stepTrack(int by);
    void walkFlow(bool forward);
    store::SliceIndex firstInSight() const;
    void reveal(store::SliceIndex slice);
    void revealInstant(uint32_t instant);
    void announce();
    // view_tip.cpp
    void showTip();
    void hideTip();
    TipText tipFor(const layout::Hit& hit) const;

    TimelineView* q;
    render::ViewState* state;
    const render::Theme* theme;
    render::FontMetrics metrics;
    layout::RowSize rows = layout::RowSize::Normal;
    std::unique_ptr<layout::TimelineScene> scene;
    layout::DrawList list;
    render::RasterPainter imagePainter;
    QWidget* canvas = nullptr;
    bool gpu = false;
    double frameMs = 0;

    render::TimeRange shown; // what is drawn; on its way to state->range() while the animation runs
    bool direct = false; // the range is being set by our own input
    double scroll = 0;
    bool isLow = false; // the window
    double ownHeaderColumn = 0; // 0: by the window's width
    bool reduced = false;
    bool focusByKey = false;

    bool ownShortcuts = true;
    Gestures gestures;
    layout::TimeFormat timeFormat = layout::TimeFormat::FromStart;
    int64_t zoneOffset = 0; // ns east of UTC when the trace began
    bool allFlows = false, onlyHits = false;
    bool showsFrameTime = false;
    QString frameTimes;
    double recentMs[120] = {};
    size_t recentAt = 0;
    size_t dropBefore = SIZE_MAX;
    TrackFilter* header = nullptr; // in the corner
    SignBar* signs = nullptr; // at the foot
    QLineEdit* noteEditor = nullptr; // while a note is edited
    layout::Note pressedNote;

    KeyMotion motion;
    RangeAnimation animation;
    double restOfPan = 0; // ns not moved yet, when a frame's way is less than 1 ns
    QTimer clock;
    QElapsedTimer sinceTick;

    bool spaceHeld = false, spaceUsed = false; // with the mouse: the left button pans meanwhile
    quint64 spaceReleased = 0; // timestamp, ms
    Drag drag = Drag::None;
    QPointF pressed, last;
    layout::Hit pressedHit;
    render::TimeRange pressedRange;
    double pressedScroll = 0;
    std::optional<render::Area> pressedArea;
    std::optional<layout::AreaSpec> zoomBox;

    std::optional<QPointF> pointer;
    layout::Hit hovered;
    CallTip* tip = nullptr;
    FollowChip* chip = nullptr; // seen while the trace grows
    QTimer tipTimer;
};

} // namespace calltide::timeline
