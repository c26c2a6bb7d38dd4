// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flamecanvas.h"
#include "layout/text.h"
#include "render/svgwriter.h"
#include "render/theme.h"
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

namespace calltide::flameview {
namespace {
// Lengths change by a constant factor a frame, and one point stays where it is: a zoom that looks even at any depth.
flame::Window between(const flame::Window& a, const flame::Window& b, double t)
{
    if (t >= 1)
        return b;
    const double la = a.length(), lb = b.length();
    const double ratio = lb / la;
    if (std::abs(ratio - 1) < 1e-6)
        return {a.from + (b.from - a.from) * t, a.to + (b.to - a.to) * t};
    const double length = la * std::pow(ratio, t), share = (la - length) / (la - lb);
    const double from = a.from + (b.from - a.from) * share;
    return {from, from + length};
}
} // namespace

FlameCanvas::FlameCanvas(render::ViewState* state, const render::Theme* theme, QWidget* parent)
    : QWidget(parent)
    , m_state(state)
    , m_theme(theme)
    , m_scroll(new QScrollBar(Qt::Vertical, this))
{
    setObjectName(QStringLiteral("flameCanvas"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(80, 40);
    setAccessibleName(tr("Flame graph"));
    m_scroll->hide();
    connect(m_scroll, &QScrollBar::valueChanged, this, [this](int value) {
        m_options.scrollY = value;
        update();
    });
    m_animation.setStartValue(0.0);
    m_animation.setEndValue(1.0);
    m_animation.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        applyWindow(between(m_from, m_to, value.toDouble()));
    });
    m_tipTimer.setSingleShot(true);
    connect(&m_tipTimer, &QTimer::timeout, this, &FlameCanvas::showToolTip);
    connect(state, &render::ViewState::selectionChanged, this, &FlameCanvas::followSelection);
    connect(state, &render::ViewState::hoverChanged, this, qOverload<>(&QWidget::update));
}

void FlameCanvas::setTheme(const render::Theme* theme)
{
    m_theme = theme;
    update();
}

void FlameCanvas::setRowSize(layout::RowSize rows)
{
    m_rows = rows;
    m_fonts.setRows(rows);
    updateScrollBar();
    update();
}

void FlameCanvas::clear()
{
    setTree({}, {});
}

void FlameCanvas::setTree(const TreeJob::Result& result, const std::string& label)
{
    const bool sameTrace = result.trace == m_scene.trace();
    m_scene.setTree(result.trace, result.tree, result.colors);
    m_options.rootLabel = label;
    m_options.hoveredNode = m_options.selectedNode = 0;
    if (!sameTrace) {
        m_zooms.clear();
        m_selected.clear();
        m_scroll->setValue(0);
    }
    if (this->tree()) {
        // What the new tree does not have cannot stay zoomed; what it has keeps its place.
        const auto gone = std::find_if(m_zooms.begin(), m_zooms.end(), [this](const FlamePath& path) {
            return findPath(*this->tree(), path) == 0;
        });
        m_zooms.erase(gone, m_zooms.end());
        m_options.selectedNode = m_selected.empty() ? 0 : findPath(*this->tree(), m_selected);
    } else {
        m_zooms.clear();
    }
    showZoom(false);
    Q_EMIT zoomsChanged();
}

void FlameCanvas::setMeasure(flame::Measure measure)
{
    m_options.measure = measure;
    showZoom(false);
}

void FlameCanvas::setSearch(std::vector<bool> mask, bool active)
{
    m_search = std::move(mask);
    m_options.search = active ? &m_search : nullptr;
    update();
}

void FlameCanvas::setNote(const QString& note)
{
    m_options.note = note.toStdString();
    update();
}

void FlameCanvas::setLayout(bool rootAtBottom, uint32_t firstRow, const QString& empty)
{
    m_options.rootAtBottom = rootAtBottom;
    m_options.firstRow = firstRow;
    m_options.emptyText = empty.toStdString();
    updateScrollBar();
    update();
}

void FlameCanvas::draw(double devicePixelRatio, layout::DrawList& list)
{
    m_options.highlighted = m_state->highlighted();
    m_options.hovered = m_state->hovered();
    const int bar = m_scroll->isVisibleTo(this) ? m_scroll->width() : 0;
    m_scene.draw(
        m_options, float(width() - bar), float(height()), float(devicePixelRatio), m_theme->style(m_rows), m_fonts,
        list);
}

void FlameCanvas::paintEvent(QPaintEvent*)
{
    draw(devicePixelRatioF(), m_list);
    QPainter painter(this);
    painter.drawImage(0, 0, m_painter.paint(m_list, m_fonts));
    if (m_scroll->isVisible())
        painter.fillRect(m_scroll->geometry(), m_theme->color(u"bg.panel"));
    if (hasFocus() && m_focusByKeyboard) {
        const double ring = m_theme->number(u"stroke.focus");
        painter.setPen(QPen(m_theme->color(u"border.focus"), ring, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(QRectF(rect()).adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2));
    }
}

QByteArray FlameCanvas::toSvg()
{
    layout::DrawList list;
    draw(1, list);
    return render::writeSvg(list, m_fonts);
}

QImage FlameCanvas::toImage(double devicePixelRatio)
{
    layout::DrawList list;
    draw(devicePixelRatio, list);
    render::RasterPainter painter;
    return painter.paint(list, m_fonts).copy();
}

void FlameCanvas::focusInEvent(QFocusEvent* event)
{
    m_focusByKeyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    update();
}

void FlameCanvas::focusOutEvent(QFocusEvent*)
{
    update();
}

void FlameCanvas::resizeEvent(QResizeEvent*)
{
    updateScrollBar();
}

void FlameCanvas::updateScrollBar()
{
    const int bar = m_scroll->isVisibleTo(this) ? m_scroll->width() : 0;
    m_scene.place(m_options, float(this->width() - bar), float(height()), m_theme->style(m_rows));
    const int content = int(std::ceil(m_scene.contentHeight()));
    const int most = std::max(0, content - height());
    m_scroll->setVisible(most > 0);
    const int width = m_scroll->sizeHint().width();
    m_scroll->setGeometry(this->width() - width, 0, width, height());
    m_scroll->setPageStep(height());
    m_scroll->setSingleStep(int(m_theme->style(m_rows).flameRow));
    const int fromEnd = m_scroll->maximum() - m_scroll->value();
    m_scroll->setRange(0, most);
    if (m_options.rootAtBottom) // what is at the root stays where it is
        m_scroll->setValue(most - fromEnd);
    m_options.scrollY = m_scroll->value();
}

void FlameCanvas::applyWindow(flame::Window window)
{
    m_options.window = window;
    updateScrollBar();
    update();
}

void FlameCanvas::showZoom(bool animate)
{
    m_animation.stop();
    m_to = {};
    m_options.zoomed = 0;
    if (tree() && !m_zooms.empty()) {
        m_options.zoomed = findPath(*tree(), m_zooms.back());
        m_to = flame::FrameLayout::windowOf(*tree(), m_options.measure, m_options.zoomed);
    }
    if (!animate || m_reduced || !isVisible()) {
        applyWindow(m_to);
        return;
    }
    m_from = m_options.window;
    m_animation.setDuration(std::max(0, int(m_theme->number(u"motion.flame_zoom"))));
    m_animation.start();
}

void FlameCanvas::zoomTo(uint32_t node)
{
    if (!tree() || node >= tree()->nodes().size() || node == m_options.zoomed)
        return;
    const FlamePath path = pathOf(*tree(), node);
    // A click on a parent goes back to it, if it was on the way; everything deeper is one step more.
    while (!m_zooms.empty() && m_zooms.back().size() >= path.size())
        m_zooms.pop_back();
    if (!path.empty())
        m_zooms.push_back(path);
    showZoom(true);
    Q_EMIT zoomsChanged();
}

void FlameCanvas::truncateZooms(size_t count)
{
    if (count >= m_zooms.size())
        return;
    m_zooms.resize(count);
    showZoom(true);
    Q_EMIT zoomsChanged();
}

void FlameCanvas::setSelected(uint32_t node, bool activate)
{
    m_options.selectedNode = node;
    m_selected = node ? pathOf(*tree(), node) : FlamePath();
    setAccessibleDescription(
        node ? QString::fromStdString(
            frameName(*m_scene.trace(), tree()->node(node).function) + ", "
            + layout::formatDuration(tree()->node(node).time))
             : QString());
    if (activate && node) {
        const store::FunctionId function = tree()->node(node).function;
        m_activating = true;
        m_state->highlight(function);
        m_activating = false;
        Q_EMIT functionActivated(function);
    }
    update();
}

void FlameCanvas::followSelection()
{
    const store::TracePtr& trace = m_state->trace();
    if (tree() && trace == m_scene.trace() && m_state->selected() != store::kNoSlice
        && tree()->direction() == flame::Direction::TopDown) {
        const FlamePath path = pathOf(*trace, m_state->selected());
        m_selected = path;
        m_options.selectedNode = findPath(*tree(), path);
    }
    update();
}

void FlameCanvas::setHovered(uint32_t node)
{
    if (node == m_options.hoveredNode)
        return;
    m_options.hoveredNode = node;
    m_state->setHovered(node && tree() ? tree()->node(node).function : store::FunctionId());
    update();
}

QRect FlameCanvas::frameRect(uint32_t node) const
{
    if (!tree() || node >= tree()->nodes().size())
        return {};
    const uint32_t row = tree()->node(node).depth;
    if (row < m_options.firstRow || row >= m_scene.frames().rowCount())
        return {};
    const double height = double(m_theme->style(m_rows).flameRow);
    for (const flame::Frame& frame : m_scene.frames().row(row))
        if (frame.node == node && !frame.more)
            return QRectF(
                       double(FlameScene::kSide + frame.x), m_scene.rowTop(row), double(frame.w), height)
                .toAlignedRect();
    return {};
}

const flame::Frame* FlameCanvas::frameAt(const QPointF& position) const
{
    return tree() ? m_scene.hit(float(position.x()), float(position.y())) : nullptr;
}

void FlameCanvas::reveal(uint32_t node)
{
    const double height = double(m_theme->style(m_rows).flameRow);
    const double top = m_scene.rowTop(tree()->node(node).depth), margin = double(FlameScene::kTop);
    if (top < 0)
        m_scroll->setValue(int(m_options.scrollY + top - margin));
    else if (top + height > this->height())
        m_scroll->setValue(int(std::ceil(m_options.scrollY + top + height + margin - this->height())));
}

} // namespace calltide::flameview
