// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of TimelineView.
#include "widget/timelineview_p.h"
#include <cmath>

namespace calltide::timeline {

namespace {

constexpr double kReducedStep = 0.1; // windows, W A S D without motion
constexpr double kPageShare = 0.9; // of the rows in sight

// W A S D by place on the keyboard, so that they lie together on every layout.
std::optional<KeyMotion::Key> moveKeyOf(const QKeyEvent* event)
{
    int zoomIn = 0, left = 0, zoomOut = 0, right = 0;
    quint32 code = event->nativeScanCode();
#if defined(Q_OS_MACOS)
    code = event->nativeVirtualKey();
    zoomIn = 13, left = 0, zoomOut = 1, right = 2;
    const bool known = true;
#elif defined(Q_OS_WIN)
    zoomIn = 0x11, left = 0x1E, zoomOut = 0x1F, right = 0x20;
    const bool known = code != 0;
#else
    zoomIn = 25, left = 38, zoomOut = 39, right = 40;
    const bool known = code != 0;
#endif
    if (known && event->spontaneous()) {
        if (int(code) == zoomIn)
            return KeyMotion::ZoomIn;
        if (int(code) == left)
            return KeyMotion::Left;
        if (int(code) == zoomOut)
            return KeyMotion::ZoomOut;
        if (int(code) == right)
            return KeyMotion::Right;
        return std::nullopt;
    }
    switch (event->key()) {
    case Qt::Key_W:
        return KeyMotion::ZoomIn;
    case Qt::Key_A:
        return KeyMotion::Left;
    case Qt::Key_S:
        return KeyMotion::ZoomOut;
    case Qt::Key_D:
        return KeyMotion::Right;
    default:
        return std::nullopt;
    }
}

} // namespace

bool TimelineView::Private::moveKey(QKeyEvent* event, bool down)
{
    if (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier))
        return false;
    const auto key = moveKeyOf(event);
    if (!key)
        return false;
    if (event->isAutoRepeat() && !(reduced && down))
        return true;
    if (reduced) {
        if (down && *key == KeyMotion::ZoomIn)
            zoomAt(zoomCentre(), 1 - kReducedStep, false);
        else if (down && *key == KeyMotion::ZoomOut)
            zoomAt(zoomCentre(), 1 / (1 - kReducedStep), false);
        else if (down)
            panBy((*key == KeyMotion::Left ? -kReducedStep : kReducedStep) * scene->zones(spec()).scale.width);
        return true;
    }
    if (down) {
        motion.press(*key);
        hideTip();
        wake();
    } else {
        motion.release(*key);
    }
    return true;
}

bool TimelineView::Private::commandKey(QKeyEvent* event)
{
    const auto modifiers = event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    const double page = kPageShare * double(scene->zones(spec()).tracks.h);
    if (modifiers == Qt::AltModifier) {
        switch (event->key()) {
        case Qt::Key_Left:
            state->goBack();
            return true;
        case Qt::Key_Right:
            state->goForward();
            return true;
        default:
            return false;
        }
    }
    if (modifiers == Qt::ControlModifier) {
        switch (event->key()) {
        case Qt::Key_Left:
            q->panLeft();
            return true;
        case Qt::Key_Right:
            q->panRight();
            return true;
        case Qt::Key_Up:
            q->selectPreviousTrack();
            return true;
        case Qt::Key_Down:
            q->selectNextTrack();
            return true;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            q->zoomIn();
            return true;
        case Qt::Key_Minus:
            q->zoomOut();
            return true;
        case Qt::Key_0:
            q->fitAll();
            return true;
        default:
            return false;
        }
    }
    if (modifiers != Qt::NoModifier)
        return false;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Comma:
        q->selectPrevious();
        return true;
    case Qt::Key_Right:
    case Qt::Key_Period:
        q->selectNext();
        return true;
    case Qt::Key_Up:
        q->selectParent();
        return true;
    case Qt::Key_Down:
        q->selectChild();
        return true;
    case Qt::Key_F:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        q->zoomToSelection();
        return true;
    case Qt::Key_R:
    case Qt::Key_Home:
    case Qt::Key_0:
        q->fitAll();
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        q->zoomIn();
        return true;
    case Qt::Key_Minus:
    case Qt::Key_Underscore:
        q->zoomOut();
        return true;
    case Qt::Key_Space:
    case Qt::Key_M:
        q->areaFromSelection();
        return true;
    case Qt::Key_E:
        if (state->selected() != store::kNoSlice)
            Q_EMIT q->sourceRequested(state->selected());
        return true;
    case Qt::Key_PageUp:
        scrollTo(scroll - page);
        return true;
    case Qt::Key_PageDown:
        scrollTo(scroll + page);
        return true;
    case Qt::Key_Escape: // one thing at a time, the newest first
        if (drag != Drag::None)
            cancelDrag();
        else if (state->area())
            state->setArea(std::nullopt);
        else if (state->selected() != store::kNoSlice || state->highlighted().valid())
            state->select(store::kNoSlice), state->highlight({});
        else
            return false;
        redraw();
        return true;
    default:
        return false;
    }
}

void TimelineView::keyPressEvent(QKeyEvent* event)
{
    if (!d->scene || (!d->moveKey(event, true) && !d->commandKey(event)))
        QWidget::keyPressEvent(event);
}

void TimelineView::keyReleaseEvent(QKeyEvent* event)
{
    if (!d->scene || !d->moveKey(event, false))
        QWidget::keyReleaseEvent(event);
}

void TimelineView::focusInEvent(QFocusEvent* event)
{
    d->focusByKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    d->redraw();
}

void TimelineView::focusOutEvent(QFocusEvent*)
{
    d->motion.stop();
    d->focusByKey = false;
    d->redraw();
}

} // namespace calltide::timeline
