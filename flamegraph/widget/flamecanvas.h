// SPDX-License-Identifier: GPL-3.0-or-later
// FlameCanvas: draws the frames and takes mouse and keys: click, zoom, hover, scroll. Inner header of ct_flameview.
#pragma once
#include "render/rasterpainter.h"
#include "render/viewstate.h"
#include "widget/flamepath.h"
#include "widget/flamescene.h"
#include "widget/treejob.h"
#include <QTimer>
#include <QVariantAnimation>
#include <QWidget>
#include <optional>

class QMenu;
class QNativeGestureEvent;
class QScrollBar;

namespace calltide::render {
class Theme;
}

namespace calltide::flameview {

class FlameCanvas : public QWidget
{
    Q_OBJECT
public:
    FlameCanvas(render::ViewState* state, const render::Theme* theme, QWidget* parent = nullptr);

    void setTheme(const render::Theme* theme);
    void setRowSize(layout::RowSize rows);
    // Keeps zoom and selection where the new tree has the same path.
    void setTree(const TreeJob::Result& result, const std::string& label);
    void clear();
    void setMeasure(flame::Measure measure);
    void setSearch(std::vector<bool> mask, bool active);
    void setNote(const QString& note);
    // Root at the bottom and rows upwards; rows of the tree before `firstRow` are left out; `empty`: said when no
    // others are there.
    void setLayout(bool rootAtBottom, uint32_t firstRow, const QString& empty);
    void setReducedMotion(bool reduced) { m_reduced = reduced; }
    void setUndoable(bool undoable) { m_undoable = undoable; } // Esc has something to undo beside zooms
    bool isActivating() const { return m_activating; } // a function is being chosen here, by click or key
    QImage toImage(double devicePixelRatio);
    QByteArray toSvg();

    // Zooms, oldest first; the last one fills the width. Empty: everything is shown.
    const std::vector<FlamePath>& zooms() const { return m_zooms; }
    void truncateZooms(size_t count); // goes back to that many
    uint32_t selectedNode() const { return m_options.selectedNode; }
    flame::Window window() const { return m_options.window; }
    const FlameScene& scene() const { return m_scene; }
    QRect frameRect(uint32_t node) const; // null when it is not drawn

Q_SIGNALS:
    void zoomsChanged();
    void functionActivated(calltide::store::FunctionId function);
    void sourceRequested(calltide::store::FunctionId function);
    void transformRequested(const calltide::flame::Transform& transform);
    void sandwichRequested(calltide::store::FunctionId function);
    void undoRequested(); // Esc, and nothing is zoomed

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    const flame::CallTree* tree() const { return m_scene.tree().get(); }
    void draw(double devicePixelRatio, layout::DrawList& list);
    void zoomTo(uint32_t node);
    void zoomAt(double x, double factor); // px of the canvas; more than 1: nearer
    bool pinch(QNativeGestureEvent* event);
    void showZoom(bool animate); // the last of m_zooms
    void applyWindow(flame::Window window);
    void setSelected(uint32_t node, bool activate);
    void setHovered(uint32_t node);
    const flame::Frame* frameAt(const QPointF& position) const;
    void updateScrollBar();
    void followSelection();
    void moveSelection(int key);
    void reveal(uint32_t node);
    void showToolTip();
    void showMenu(uint32_t node, const QPoint& global);
    void addTransforms(QMenu* menu, uint32_t node);
    std::optional<flame::Transform> transformOf(int key, bool shift) const; // of the selected frame

    render::ViewState* m_state;
    const render::Theme* m_theme;
    layout::RowSize m_rows = layout::RowSize::Normal;
    render::FontMetrics m_fonts;
    render::RasterPainter m_painter;
    FlameScene m_scene;
    FlameOptions m_options;
    std::vector<bool> m_search;
    std::vector<FlamePath> m_zooms;
    FlamePath m_selected;
    layout::DrawList m_list;
    QVariantAnimation m_animation;
    flame::Window m_from, m_to;
    QScrollBar* m_scroll;
    QTimer m_tipTimer;
    QPoint m_pointer;
    bool m_focusByKeyboard = false; // the focus ring shows only then
    bool m_activating = false, m_undoable = false, m_reduced = false;
};

// What a block of narrow frames says.
QString tailToolTip(const flame::CallTree& tree, flame::Measure measure, const flame::Frame& tail);
// Text of a frame's tooltip, as HTML with everything from the trace escaped.
QString frameToolTip(const store::Trace& trace, const flame::CallTree& tree, uint32_t node, const render::Theme& theme);

} // namespace calltide::flameview
