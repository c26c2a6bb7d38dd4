// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel, keys and tooltip of the FlameCanvas.
#include "layout/text.h"
#include "render/theme.h"
#include "store/callfigures.h"
#include "widget/flamecanvas.h"
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace calltide::flameview {
namespace {
constexpr double kZoomStep = 1.15; // of one wheel notch
constexpr double kShortestWindow = 1e-9;

flame::Window clamped(flame::Window w)
{
    const double length = std::clamp(w.length(), kShortestWindow, 1.0);
    const double from = std::clamp(w.from, 0.0, 1.0 - length);
    return {from, from + length};
}

QString fromStore(const std::string& text)
{
    return QString::fromStdString(text).toHtmlEscaped();
}
} // namespace

QString frameToolTip(const store::Trace& trace, const flame::CallTree& tree, uint32_t node, const render::Theme& theme)
{
    using namespace layout;
    const flame::Node& n = tree.node(node);
    const QString muted = QStringLiteral("<span style='color:%1'>%2</span>");
    const QString gray = theme.color(u"text.tooltip_muted").name();
    QString html
        = QStringLiteral("<div style='white-space:pre'><b>%1</b>").arg(fromStore(frameName(trace, n.function)));
    const store::Function& function = trace.function(n.function);
    if (const std::string file = plainLine(trace.string(function.file)); !file.empty())
        html += QStringLiteral("\n")
            + muted.arg(gray, fromStore(file + (function.line ? ":" + std::to_string(function.line) : "")));
    html += QStringLiteral("\n<b>%1</b> total    <b>%2</b> self").arg(fromStore(formatDuration(n.time)), fromStore(formatDuration(n.self)));
    const bool summed = n.slowest != store::kNoSlice && trace.flags(n.slowest) & store::kSummed; // single calls are not known
    if (!summed)
        html += QStringLiteral("    <b>%1</b> %2").arg(
            fromStore(formatCount(int64_t(n.calls))), n.calls == 1 ? QStringLiteral("call") : QStringLiteral("calls"));
    const auto share = [&](uint32_t of) {
        const int64_t whole = of ? tree.node(of).time : tree.scopeTime();
        return fromStore(formatShare(whole > 0 ? double(n.time) / double(whole) : 0));
    };
    html += QStringLiteral("\n") + share(0) + QStringLiteral(" of all");
    if (n.parent)
        html += QStringLiteral("    ") + share(n.parent)
            + (tree.direction() == flame::Direction::TopDown ? QStringLiteral(" of caller")
                                                             : QStringLiteral(" of what it calls"));
    if (n.slowest != store::kNoSlice && n.calls > 1 && !summed)
        html += QStringLiteral("\nslowest call ") + fromStore(formatDuration(trace.duration(n.slowest)));
    return html + QStringLiteral("</div>");
}

QString tailToolTip(const flame::CallTree& tree, flame::Measure measure, const flame::Frame& tail)
{
    const uint64_t whole = tree.weight(0, measure);
    return FlameCanvas::tr("%1 more, each too narrow to be drawn: %2 of all together. Zoom in to see them.")
        .arg(
            fromStore(layout::formatCount(tail.more)),
            fromStore(layout::formatShare(whole ? double(tail.weight) / double(whole) : 0)));
}

void FlameCanvas::mousePressEvent(QMouseEvent* event)
{
    m_tipTimer.stop();
    QToolTip::hideText();
    if (event->button() != Qt::LeftButton || !tree())
        return;
    const flame::Frame* frame = frameAt(event->position());
    if (!frame || frame->more || frame->node == 0) {
        setSelected(0, false);
        m_state->highlight({});
    } else {
        setSelected(frame->node, true);
    }
}

void FlameCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !tree())
        return;
    const flame::Frame* frame = frameAt(event->position());
    if (!frame)
        return;
    if (event->modifiers() & Qt::ControlModifier && !frame->more && frame->node)
        Q_EMIT sourceRequested(tree()->node(frame->node).function);
    else
        zoomTo(frame->more ? tree()->node(frame->node).parent : frame->node);
}

void FlameCanvas::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position().toPoint();
    const flame::Frame* frame = frameAt(event->position());
    const uint32_t node = frame && !frame->more ? frame->node : 0;
    if (node != m_options.hoveredNode) {
        QToolTip::hideText();
        setHovered(node);
    }
    if (frame && frame->node)
        m_tipTimer.start(int(m_theme->number(u"motion.tooltip_delay_timeline")));
    else
        m_tipTimer.stop();
}

void FlameCanvas::leaveEvent(QEvent*)
{
    m_tipTimer.stop();
    setHovered(0);
}

void FlameCanvas::showToolTip()
{
    const flame::Frame* frame = frameAt(m_pointer);
    if (!frame || !frame->node)
        return;
    const QRect area = frame->more ? QRect(m_pointer, QSize(1, 1)) : frameRect(frame->node).intersected(rect());
    QToolTip::showText(
        mapToGlobal(m_pointer),
        frame->more ? tailToolTip(*tree(), m_options.measure, *frame)
                    : frameToolTip(*m_scene.trace(), *tree(), frame->node, *m_theme),
        this, area);
}

// Two fingers on a touchpad.
bool FlameCanvas::pinch(QNativeGestureEvent* event)
{
    if (event->gestureType() != Qt::ZoomNativeGesture)
        return false;
    m_tipTimer.stop();
    zoomAt(event->position().x(), 1 + event->value());
    event->accept();
    return true;
}

void FlameCanvas::zoomAt(double x, double factor)
{
    const double width = std::max(1.0, double(this->width()) - 2 * double(FlameScene::kSide));
    const double share = std::clamp((x - double(FlameScene::kSide)) / width, 0.0, 1.0);
    const flame::Window w = m_options.window;
    const double length = w.length() / std::clamp(factor, 0.1, 10.0), fixed = w.from + w.length() * share;
    m_animation.stop();
    applyWindow(clamped({fixed - length * share, fixed + length * (1 - share)}));
}

void FlameCanvas::wheelEvent(QWheelEvent* event)
{
    m_tipTimer.stop();
    const QPoint delta = event->angleDelta();
    const double width = std::max(1.0, double(this->width()) - 2 * double(FlameScene::kSide));
    const flame::Window w = m_options.window;
    if (event->modifiers() & Qt::ControlModifier) {
        zoomAt(event->position().x(), std::pow(kZoomStep, delta.y() / 120.0));
    } else if (delta.x() != 0 || event->modifiers() & Qt::ShiftModifier) {
        const double by = -(delta.x() ? delta.x() : delta.y()) / 120.0 * 60 / width * w.length();
        m_animation.stop();
        applyWindow(clamped({w.from + by, w.to + by}));
    } else {
        m_scroll->setValue(m_scroll->value() - int(std::lround(delta.y() / 120.0 * 3 * m_scroll->singleStep())));
    }
    event->accept();
}

void FlameCanvas::moveSelection(int key)
{
    const uint32_t at = m_options.selectedNode ? m_options.selectedNode : m_options.zoomed;
    const auto ordered
        = [this](uint32_t parent) { return flame::FrameLayout::orderedChildren(*tree(), m_options.measure, parent); };
    uint32_t to = at;
    if (m_options.rootAtBottom && (key == Qt::Key_Up || key == Qt::Key_Down))
        key = key == Qt::Key_Up ? Qt::Key_Down : Qt::Key_Up;
    if (key == Qt::Key_Up) {
        to = tree()->node(at).parent;
    } else if (key == Qt::Key_Down || at == 0) {
        const auto children = ordered(at);
        to = children.empty() ? at : children.front();
    } else {
        const auto siblings = ordered(tree()->node(at).parent);
        const auto here = std::find(siblings.begin(), siblings.end(), at);
        if (key == Qt::Key_Left && here != siblings.begin())
            to = *(here - 1);
        else if (key == Qt::Key_Right && here + 1 < siblings.end())
            to = *(here + 1);
    }
    if (to && to != at) {
        setSelected(to, true);
        reveal(to);
    }
}

void FlameCanvas::keyPressEvent(QKeyEvent* event)
{
    if (!tree())
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
        return moveSelection(event->key());
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_options.selectedNode)
            zoomTo(m_options.selectedNode);
        return;
    case Qt::Key_Escape:
        if (!m_zooms.empty())
            return truncateZooms(m_zooms.size() - 1);
        if (m_options.window != flame::Window())
            return showZoom(true);
        if (m_undoable)
            Q_EMIT undoRequested();
        return;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        return m_scroll->setValue(m_scroll->value() + (event->key() == Qt::Key_PageUp ? -1 : 1) * m_scroll->pageStep());
    default:
        if (const auto transform = transformOf(event->key(), event->modifiers() & Qt::ShiftModifier)) {
            Q_EMIT transformRequested(*transform);
            return;
        }
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace calltide::flameview
