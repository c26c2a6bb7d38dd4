// SPDX-License-Identifier: GPL-3.0-or-later
// Events of mouse, wheel and touchpad as TimelineView gets them.
#include "widget/timelineview_p.h"
#include <QGestureEvent>
#include <QNativeGestureEvent>
#include <QPinchGesture>
#include <algorithm>
#include <cmath>

namespace calltide::timeline {

using layout::Hit;
using layout::HitZone;

namespace {

constexpr double kWheelZoom = 0.8; // window's length per notch towards the trace
constexpr double kWheelPan = 0.1; // windows per notch
constexpr double kWheelRows = 3; // rows per notch

} // namespace

// Two fingers: touchpads tell steps of zooming, touch screens the scale since the last event.
bool TimelineView::Private::pinch(QEvent* event)
{
    double factor = 1, x = 0;
    if (event->type() == QEvent::NativeGesture) {
        auto* native = static_cast<QNativeGestureEvent*>(event);
        if (native->gestureType() != Qt::ZoomNativeGesture)
            return false;
        factor = 1 + native->value();
        x = native->position().x();
    } else if (event->type() == QEvent::Gesture) {
        auto* touch = static_cast<QPinchGesture*>(static_cast<QGestureEvent*>(event)->gesture(Qt::PinchGesture));
        if (!touch)
            return false;
        static_cast<QGestureEvent*>(event)->accept(touch);
        factor = touch->scaleFactor();
        x = q->mapFromGlobal(touch->centerPoint()).x();
    } else {
        return false;
    }
    hideTip();
    zoomAt(x, 1 / std::clamp(factor, 0.1, 10.0), false);
    event->accept();
    return true;
}

void TimelineView::mousePressEvent(QMouseEvent* event)
{
    d->press(event);
}

void TimelineView::mouseMoveEvent(QMouseEvent* event)
{
    d->move(event);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event)
{
    d->release(event);
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !d->scene) {
        d->press(event);
        return;
    }
    const Hit hit = hitAt(event->position());
    d->drag = Drag::None;
    switch (hit.zone) {
    case HitZone::Row:
        if (hit.instant != render::ViewState::kNoInstant) {
            d->state->selectInstant(hit.instant);
            d->state->zoomToSelection();
        } else if (const auto slice = d->choose(hit); slice != store::kNoSlice) {
            d->state->select(slice);
            if (event->modifiers() & Qt::ControlModifier)
                Q_EMIT sourceRequested(slice);
            else
                d->state->zoomToSelection();
        }
        break;
    case HitZone::TrackHeader: { // folds one track
        auto collapsed = d->scene->collapsed();
        const auto track = d->scene->tracks().items()[hit.item].track;
        if (track.valid() && !collapsed.tracks.erase(track))
            collapsed.tracks.insert(track);
        d->setCollapsed(std::move(collapsed));
        break;
    }
    case HitZone::TrackEdge: { // all rows, or the usual ones again
        auto collapsed = d->scene->collapsed();
        const auto& item = d->scene->tracks().items()[hit.item];
        if (item.hiddenRows)
            collapsed.rows[item.track] = layout::Collapsed::kAllRows;
        else
            collapsed.rows.erase(item.track);
        d->setCollapsed(std::move(collapsed));
        break;
    }
    case HitZone::Notes:
        d->state->selectNote(hit.note);
        editNote();
        break;
    case HitZone::HeaderEdge:
        d->ownHeaderColumn = 0;
        d->placeHeader();
        d->redraw();
        break;
    case HitZone::Minimap:
    case HitZone::MinimapWindow:
        fitAll();
        break;
    default:
        d->press(event);
        break;
    }
}

void TimelineView::wheelEvent(QWheelEvent* event)
{
    event->accept();
    if (!d->scene)
        return;
    d->hideTip();
    const QPointF notches = QPointF(event->angleDelta()) / 120.0; // fractions on fine wheels and touchpads
    const Hit hit = hitAt(event->position());
    const auto zones = d->scene->zones(d->spec());
    const bool minimap = hit.zone == HitZone::Minimap || hit.zone == HitZone::MinimapWindow
        || hit.zone == HitZone::MinimapLeft || hit.zone == HitZone::MinimapRight;
    const bool inTracks = hit.zone == HitZone::Row || hit.zone == HitZone::Ruler || hit.zone == HitZone::Notes;
    const bool plainZooms = d->gestures.wheelZooms && inTracks && !(event->modifiers() & Qt::ShiftModifier);
    if (bool(event->modifiers() & Qt::ControlModifier) || (plainZooms && notches.y() != 0)) {
        d->zoomAt(event->position().x(), std::pow(kWheelZoom, notches.y()), false);
    } else if (minimap) {
        d->zoomAt(zones.scale.left + zones.scale.width / 2, std::pow(kWheelZoom, notches.y()), false);
    } else if (event->modifiers() & Qt::ShiftModifier) {
        const double by = notches.y() != 0 ? notches.y() : notches.x();
        d->panBy(-by * kWheelPan * zones.scale.width);
    } else {
        const QPointF pixels = event->pixelDelta();
        const bool fine = !pixels.isNull();
        const double row = double(d->scene->style().sliceRow);
        const double y = fine ? pixels.y() : notches.y() * kWheelRows * row;
        const double x = fine ? pixels.x() : notches.x() * kWheelPan * zones.scale.width;
        if (y != 0)
            d->scrollTo(d->scroll - y);
        if (x != 0)
            d->panBy(-x);
    }
    if (d->drag == Drag::None)
        d->hover(event->position());
}

void TimelineView::leaveEvent(QEvent*)
{
    d->hoverNothing();
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event)
{
    event->accept();
    if (event->reason() != QContextMenuEvent::Keyboard) // the right button's release asks for it: a drag pans
        return;
    const QRect slice = d->state->selected() != store::kNoSlice ? d->sliceRect(d->state->selected()) : QRect();
    const QPoint at = slice.isValid() ? slice.center() : rect().center();
    Q_EMIT contextMenuRequested(mapToGlobal(at), d->state->selected());
}

} // namespace calltide::timeline
