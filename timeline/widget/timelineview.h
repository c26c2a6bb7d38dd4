// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineView: minimap, ruler, header column and tracks of one trace, drawn by one canvas (GPU or raster). All state
// that others share is in the ViewState; only scroll position, collapsed groups and heights are its own.
#pragma once
#include "layout/style.h"
#include "render/viewstate.h"
#include <QWidget>
#include <memory>

namespace calltide::render {
class Theme;
}

namespace calltide::timeline {

enum class Renderer : uint8_t { Auto, Gpu, Raster };

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
    QImage toImage(double devicePixelRatio = 1); // the picture as it stands, by the raster painter

public Q_SLOTS:
    // Each is an action of the menu as well as a key.
    void fitAll();
    void zoomToSelection();
    void zoomIn();
    void zoomOut();
    void panLeft();
    void panRight();
    void selectParent();
    void selectChild();
    void selectNext();     // in the row
    void selectPrevious();
    void collapseAll();
    void expandAll();

Q_SIGNALS:
    void frameDrawn(double ms);
    void contextMenuRequested(const QPoint& globalPosition, calltide::store::SliceIndex slice);
    void sourceRequested(calltide::store::SliceIndex slice); // double click with Ctrl, or E

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::timeline
