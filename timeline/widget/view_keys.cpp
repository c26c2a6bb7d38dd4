// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of TimelineView.
#include "widget/timelineview_p.h"
#include <cmath>

namespace calltide::timeline {

namespace {

constexpr double kReducedStep = 0.1; // windows, W A S D without motion
constexpr double kPanRows = 4; // a step of W and S where they scroll
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
    if (gestures.keysPan && (*key == KeyMotion::ZoomIn || *key == KeyMotion::ZoomOut)) {
        if (down)
            scrollTo(scroll + (*key == KeyMotion::ZoomIn ? -kPanRows : kPanRows) * double(scene->style().sliceRow));
        return true;
    }
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

namespace {

struct KeyCommand
{
    Qt::KeyboardModifiers modifiers;
    int key;
    void (TimelineView::*what)();
    // Also where the window has shortcuts: what lies on these keys is the timeline's own while it has the focus.
    bool own = false;
};

constexpr auto kNone = Qt::NoModifier, kShift = Qt::ShiftModifier, kCtrl = Qt::ControlModifier, kAlt = Qt::AltModifier;
const KeyCommand kCommands[] = {
    {kNone, Qt::Key_Left, &TimelineView::selectPrevious, true},
    {kNone, Qt::Key_Right, &TimelineView::selectNext, true},
    {kNone, Qt::Key_Up, &TimelineView::selectParent, true},
    {kNone, Qt::Key_Down, &TimelineView::selectChild, true},
    {kCtrl, Qt::Key_Left, &TimelineView::panLeft, true},
    {kCtrl, Qt::Key_Right, &TimelineView::panRight, true},
    {kCtrl, Qt::Key_Up, &TimelineView::selectPreviousTrack, true},
    {kCtrl, Qt::Key_Down, &TimelineView::selectNextTrack, true},
    {kCtrl, Qt::Key_A, &TimelineView::selectEverything, true},
    {kNone, Qt::Key_Return, &TimelineView::zoomToSelection, true},
    {kNone, Qt::Key_Enter, &TimelineView::zoomToSelection, true},
    {kNone, Qt::Key_Space, &TimelineView::areaFromSelection, true},
    {kNone, Qt::Key_PageUp, &TimelineView::scrollPageUp, true},
    {kNone, Qt::Key_PageDown, &TimelineView::scrollPageDown, true},
    {kNone, Qt::Key_Escape, &TimelineView::escape, true},
    {kNone, Qt::Key_Delete, &TimelineView::deleteNote, true},
    {kAlt, Qt::Key_Left, &TimelineView::goBack},
    {kAlt, Qt::Key_Right, &TimelineView::goForward},
    {kNone, Qt::Key_Comma, &TimelineView::selectPrevious, true},
    {kNone, Qt::Key_Period, &TimelineView::selectNext, true},
    {kNone, Qt::Key_BracketLeft, &TimelineView::followFlowBack},
    {kNone, Qt::Key_BracketRight, &TimelineView::followFlow},
    {kNone, Qt::Key_F, &TimelineView::zoomToSelection},
    {kNone, Qt::Key_R, &TimelineView::areaFromSelection},
    {kNone, Qt::Key_M, &TimelineView::mark},
    {kShift, Qt::Key_M, &TimelineView::addSpanNote},
    {kNone, Qt::Key_E, &TimelineView::showSource, true},
    {kNone, Qt::Key_Home, &TimelineView::fitAll},
    {kNone, Qt::Key_End, &TimelineView::followEnd, true},
    {kNone, Qt::Key_0, &TimelineView::fitAll, true},
    {kCtrl, Qt::Key_0, &TimelineView::fitAll, true},
    {kNone, Qt::Key_Plus, &TimelineView::zoomIn, true},
    {kShift, Qt::Key_Plus, &TimelineView::zoomIn, true},
    {kCtrl, Qt::Key_Plus, &TimelineView::zoomIn, true},
    {kNone, Qt::Key_Equal, &TimelineView::zoomIn, true},
    {kCtrl, Qt::Key_Equal, &TimelineView::zoomIn, true},
    {kNone, Qt::Key_Minus, &TimelineView::zoomOut, true},
    {kCtrl, Qt::Key_Minus, &TimelineView::zoomOut, true},
    {kNone, Qt::Key_Underscore, &TimelineView::zoomOut, true},
    {kShift, Qt::Key_Underscore, &TimelineView::zoomOut, true},
};

} // namespace

bool TimelineView::Private::commandKey(QKeyEvent* event)
{
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    for (const KeyCommand& command : kCommands)
        if (command.key == event->key() && command.modifiers == modifiers && (command.own || ownShortcuts)) {
            (q->*command.what)();
            return true;
        }
    return false;
}

bool TimelineView::Private::isOwnKey(const QKeyEvent* event) const
{
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (modifiers == Qt::NoModifier && moveKeyOf(event))
        return true;
    for (const KeyCommand& command : kCommands)
        if (command.own && command.key == event->key() && command.modifiers == modifiers)
            return command.key != Qt::Key_Escape || hasToEscape();
    return false;
}

bool TimelineView::Private::hasToEscape() const
{
    return drag != Drag::None || state->area() || state->selected() != store::kNoSlice || state->highlighted().valid()
        || state->selectedNote() != render::ViewState::kNoNote;
}

// Space alone is done when it is let go, because with the left button it pans.
bool TimelineView::Private::spaceKey(const QKeyEvent* event, bool down)
{
    if (event->key() != Qt::Key_Space || event->modifiers() != Qt::NoModifier)
        return false;
    if (event->isAutoRepeat())
        return true;
    if (down) {
        // A key that repeats is let go and pressed in one moment, which Qt does not always see.
        constexpr quint64 kSameMoment = 3; // ms
        const bool goesOn = spaceReleased && event->timestamp() - spaceReleased <= kSameMoment;
        spaceUsed = (goesOn && spaceUsed) || drag != Drag::None;
        spaceHeld = true;
        if (pointer)
            updateCursorShape(hovered);
    } else if (spaceHeld) {
        const bool alone = !spaceUsed;
        spaceReleased = event->timestamp();
        endSpace();
        if (alone)
            q->areaFromSelection();
    }
    return true;
}

void TimelineView::Private::endSpace()
{
    if (!spaceHeld)
        return;
    spaceHeld = false;
    if (pointer && drag == Drag::None)
        updateCursorShape(hovered);
}

void TimelineView::keyPressEvent(QKeyEvent* event)
{
    if (!d->scene || (!d->spaceKey(event, true) && !d->moveKey(event, true) && !d->commandKey(event)))
        QWidget::keyPressEvent(event);
}

void TimelineView::scrollPageUp()
{
    if (d->scene)
        d->scrollTo(d->scroll - kPageShare * double(d->scene->zones(d->spec()).tracks.h));
}

void TimelineView::scrollPageDown()
{
    if (d->scene)
        d->scrollTo(d->scroll + kPageShare * double(d->scene->zones(d->spec()).tracks.h));
}

void TimelineView::escape() // one thing at a time, the newest first
{
    if (d->drag != Drag::None)
        d->cancelDrag();
    else if (d->state->selectedNote() != render::ViewState::kNoNote)
        d->state->selectNote(render::ViewState::kNoNote);
    else if (d->state->area())
        d->state->setArea(std::nullopt);
    else
        d->state->select(store::kNoSlice), d->state->highlight({});
    d->redraw();
}

void TimelineView::showSource()
{
    if (d->state->selected() != store::kNoSlice)
        Q_EMIT sourceRequested(d->state->selected());
}

void TimelineView::keyReleaseEvent(QKeyEvent* event)
{
    if (!d->scene || (!d->spaceKey(event, false) && !d->moveKey(event, false)))
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
    d->endSpace();
    d->hideTip(); // it would lie over what got the keys: the palette, the search
    d->focusByKey = false;
    d->redraw();
}

} // namespace calltide::timeline
