// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineView: minimap, ruler, header column and tracks of one trace, drawn by one canvas (GPU or raster). All state
// that others share is in the ViewState; only scroll position, collapsed groups and heights are its own.
#pragma once
#include "layout/scene.h"
#include "layout/style.h"
#include "render/viewstate.h"
#include <QWidget>
#include <memory>

namespace calltide::render {
class Theme;
}

namespace calltide::timeline {

enum class Renderer : uint8_t
{
    Auto,
    Gpu,
    Raster
};

// What differs between the presets of keys and mouse. Ctrl+wheel always zooms, Shift+wheel always moves in time.
struct Gestures
{
    bool wheelZooms = false; // the plain wheel, instead of scrolling the tracks
    bool dragPans = false; // the left button, instead of selecting an area (with Shift it does the other one)
    bool keysPan = false; // W and S scroll instead of zooming
};

class TimelineView : public QWidget
{
    Q_OBJECT
public:
    TimelineView(render::ViewState* state, const render::Theme* theme, Renderer renderer, QWidget* parent = nullptr);
    ~TimelineView() override;

    void setTheme(const render::Theme* theme);
    void setRowSize(layout::RowSize size);
    layout::RowSize rowSize() const;
    bool usesGpu() const;
    double lastFrameMs() const; // layout and paint of the last frame
    QByteArray toSvg(); // the same picture
    QImage toImage(double devicePixelRatio = 1); // the picture as it stands, by the raster painter
    // No animations; W A S D move in steps of 10 %. The program's setting or the desktop's wish.
    void setReducedMotion(bool reduced);
    // False: F, Home, M and the like are shortcuts of the window; only arrows, W A S D and such stay the timeline's own.
    void setOwnShortcuts(bool own);
    void setGestures(const Gestures& gestures);
    void setTimeFormat(layout::TimeFormat format); // of ruler and cursor
    layout::TimeFormat timeFormat() const;
    void setAllFlows(bool all); // arrows of all calls in sight, not only the selected one's
    void setFrameTimeShown(bool shown);
    void setArrangement(layout::Arrangement arrangement); // pinned, hidden, moved, filtered tracks
    layout::Arrangement arrangement() const;
    bool onlyHits() const;
    QStringList signTexts() const; // what the line at the foot says is not shown
    void setTrackSide(layout::TrackSide side);
    void showTrack(store::TrackId track); // scrolls to it; what hides it is undone
    void setCollapsed(layout::Collapsed collapsed); // processes and tracks that are folded, rows shown of deep ones
    layout::Collapsed collapsed() const;
    // What stands at a place of the view (its own coordinates), and what is shown now; null and empty without a trace.
    const layout::TimelineScene* scene() const;
    layout::ViewSpec viewSpec() const;
    layout::Hit hitAt(const QPointF& position) const;
    QString tipText() const; // of the tooltip that is shown; empty when there is none
    double scrollPosition() const;
    void setScrollPosition(double y);

public Q_SLOTS:
    // Each is an action of the menu as well as a key.
    void fitAll();
    void followEnd(); // of a recording that goes on
    void zoomToSelection();
    void zoomIn();
    void zoomOut();
    void panLeft();
    void panRight();
    void selectParent();
    void selectChild();
    void selectNext(); // in the row
    void selectPrevious();
    void selectNextTrack();
    void selectPreviousTrack();
    void selectEverything(); // all time and tracks as the area
    void areaFromSelection(); // the selected call's time as the area
    void followFlow(); // to the call an arrow leads to from the selected one
    void followFlowBack();
    void goBack();
    void goForward();
    void scrollPageUp();
    void scrollPageDown();
    void escape();
    void showSource();
    void mark(); // the selected call's time as the area, else a flag
    void addNote(); // a flag under the pointer, else at the selection's or the view's middle
    void addSpanNote(); // over the area or the selected call
    void editNote(); // the selected note's text, in place
    void deleteNote();
    void focusTrackFilter();
    void setOnlyHits(bool only); // tracks with search hits
    void pinTrack(); // the one of the selected call, or unpins it
    void hideTrack();
    void showAllTracks(); // what was hidden, unfiltered; pins and order stay
    void resetTracks(); // nothing pinned, hidden or moved
    void collapseAll();
    void expandAll();

Q_SIGNALS:
    void frameDrawn(double ms);
    void arrangementChanged(); // or what is collapsed
    void contextMenuRequested(const QPoint& globalPosition, calltide::store::SliceIndex slice);
    void statisticsRequested(calltide::store::SliceIndex slice); // Ctrl+click: all calls of its function
    void sourceRequested(calltide::store::SliceIndex slice); // double click with Ctrl, or E

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::timeline
