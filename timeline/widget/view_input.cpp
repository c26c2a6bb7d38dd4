// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse does in TimelineView: drags and clicks. The events themselves are in view_events.cpp.
#include "layout/metrics.h"
#include "widget/timelineview_p.h"
#include <QGuiApplication>
#include <QStyleHints>
#include <algorithm>
#include <cmath>

namespace calltide::timeline {

using layout::Hit;
using layout::HitZone;
using render::TimeRange;

void TimelineView::Private::press(QMouseEvent* event)
{
    hideTip();
    focusByKey = false;
    if (drag != Drag::None) { // a second button ends the first one's drag
        cancelDrag();
        return;
    }
    if (!scene)
        return;
    pressed = last = event->position();
    pressedHit = scene->hit(spec(), float(pressed.x()), float(pressed.y()));
    pressedRange = shown;
    pressedScroll = scroll;
    pressedArea = state->area();
    restOfPan = 0;
    motion.stop();
    const HitZone zone = pressedHit.zone;
    if (event->button() == Qt::BackButton) {
        state->goBack();
    } else if (event->button() == Qt::ForwardButton) {
        state->goForward();
    } else if (event->button() == Qt::RightButton) {
        drag = Drag::PanPending;
    } else if (event->button() == Qt::MiddleButton) {
        drag = zone == HitZone::Row ? Drag::ZoomBox : Drag::Click;
    } else if (event->button() == Qt::LeftButton) {
        switch (zone) {
        case HitZone::HeaderEdge:
            drag = Drag::HeaderEdge;
            break;
        case HitZone::Minimap:
            drag = Drag::MinimapNewPending;
            break;
        case HitZone::MinimapWindow:
            drag = Drag::MinimapPan;
            break;
        case HitZone::MinimapLeft:
            drag = Drag::MinimapLeft;
            break;
        case HitZone::MinimapRight:
            drag = Drag::MinimapRight;
            break;
        case HitZone::AreaLeft:
            drag = Drag::AreaLeft;
            break;
        case HitZone::AreaRight:
            drag = Drag::AreaRight;
            break;
        case HitZone::ScrollBar:
            drag = Drag::Scroll;
            break;
        case HitZone::TrackEdge:
            drag = Drag::TrackEdge;
            break;
        case HitZone::TrackHeader:
            drag = Drag::TrackMovePending;
            break;
        case HitZone::Notes:
            state->selectNote(pressedHit.note);
            drag = pressedHit.note < state->notes().size() ? Drag::NotePending : Drag::Click;
            if (drag == Drag::NotePending)
                pressedNote = state->notes()[pressedHit.note];
            break;
        case HitZone::Row:
        case HitZone::Ruler:
            spaceUsed = spaceUsed || spaceHeld;
            if (bool(event->modifiers() & Qt::ShiftModifier) != gestures.dragPans || spaceHeld)
                drag = gestures.dragPans ? Drag::PanPending : Drag::Pan;
            else
                drag = zone == HitZone::Ruler ? Drag::RulerPending : Drag::Pending;
            break;
        default:
            drag = Drag::Click;
            break;
        }
    }
    redraw();
}

void TimelineView::Private::move(QMouseEvent* event)
{
    const QPointF at = event->position();
    if (drag == Drag::None) {
        hover(at);
        return;
    }
    if (!scene)
        return;
    pointer = at;
    const bool far = (at - pressed).manhattanLength() >= QGuiApplication::styleHints()->startDragDistance();
    if (far && (drag == Drag::Pending || drag == Drag::RulerPending))
        drag = Drag::Area;
    if (far && drag == Drag::TrackMovePending)
        drag = Drag::TrackMove;
    if (far && drag == Drag::NotePending)
        drag = Drag::NoteMove;
    if (far && drag == Drag::PanPending)
        drag = Drag::Pan;
    if (far && drag == Drag::MinimapNewPending)
        drag = Drag::MinimapNew;
    const auto zones = scene->zones(spec());
    switch (drag) {
    case Drag::Area:
    case Drag::ZoomBox:
    case Drag::AreaLeft:
    case Drag::AreaRight:
        dragArea(at, event->modifiers());
        break;
    case Drag::Pan: {
        const auto by
            = int64_t(std::llround((pressed.x() - at.x()) * double(pressedRange.length()) / zones.scale.width));
        setDirect({pressedRange.from + by, pressedRange.to + by});
        scrollTo(pressedScroll + pressed.y() - at.y());
        q->setCursor(Qt::ClosedHandCursor);
        break;
    }
    case Drag::MinimapPan:
    case Drag::MinimapLeft:
    case Drag::MinimapRight:
    case Drag::MinimapNew:
        dragMinimap(at.x());
        break;
    case Drag::HeaderEdge:
        ownHeaderColumn
            = std::clamp(at.x(), theme->number(u"size.header_column.min"), theme->number(u"size.header_column.max"));
        placeHeader();
        redraw();
        break;
    case Drag::TrackEdge: {
        const auto& item = scene->tracks().items()[pressedHit.item];
        const double rows
            = (at.y() - scene->itemTop(spec(), pressedHit.item) - double(scene->style().trackPadding))
            / double(scene->style().sliceRow);
        auto collapsed = scene->collapsed();
        collapsed.rows[item.track]
            = uint32_t(std::clamp(std::round(rows), 1.0, double(scene->shownTrace()->track(item.track).rowCount)));
        scene->setCollapsed(std::move(collapsed));
        redraw();
        break;
    }
    case Drag::TrackMove:
        dragTrack(at.y());
        break;
    case Drag::NoteMove:
        dragNote(at.x());
        break;
    case Drag::Scroll: {
        const double most = scene->maxScroll(spec()), room = double(zones.tracks.h);
        const double thumb = std::max(double(layout::metrics::kScrollMin), room * room / (room + most));
        if (room > thumb)
            scrollTo(pressedScroll + (at.y() - pressed.y()) * most / (room - thumb));
        break;
    }
    default:
        break;
    }
    last = at;
}

void TimelineView::Private::dragArea(const QPointF& at, Qt::KeyboardModifiers modifiers)
{
    const auto view = spec();
    const auto zones = scene->zones(view);
    const auto snapped = [&](const QPointF& where) {
        const double x = std::clamp(where.x(), zones.scale.left, zones.scale.right());
        const int64_t time = zones.scale.time(x);
        if (modifiers & Qt::AltModifier)
            return time;
        auto plain = view; // the area's own edges would be hit first
        plain.area.reset();
        const Hit hit = scene->hit(plain, float(x), float(where.y()));
        return hit.row.valid() ? scene->snappedTime(view, hit.row, time, layout::metrics::kSnap) : time;
    };
    int64_t a = 0, b = snapped(at);
    std::vector<store::TrackId> tracks;
    if ((drag == Drag::AreaLeft || drag == Drag::AreaRight) && pressedArea) {
        a = drag == Drag::AreaLeft ? pressedArea->range.to : pressedArea->range.from;
        tracks = pressedArea->tracks;
    } else {
        a = snapped(pressed);
        if (pressedHit.zone == HitZone::Row) {
            const size_t i = scene->itemNear(view, pressed.y()), j = scene->itemNear(view, at.y());
            const auto& items = scene->tracks().items();
            for (size_t k = std::min(i, j); k <= std::max(i, j) && k < items.size(); ++k)
                if (items[k].track.valid())
                    tracks.push_back(items[k].track);
        }
    }
    if (a > b)
        std::swap(a, b);
    b = std::max(b, a + 1);
    if (drag == Drag::ZoomBox) {
        zoomBox = layout::AreaSpec{a, b, {}};
        redraw();
    } else {
        state->setArea(render::Area{{a, b}, std::move(tracks)});
    }
}

void TimelineView::Private::dragMinimap(double x)
{
    const auto zones = scene->zones(spec());
    const int64_t time = zones.whole.time(std::clamp(x, zones.whole.left, zones.whole.right()));
    const int64_t start = zones.whole.time(std::clamp(pressed.x(), zones.whole.left, zones.whole.right()));
    const int64_t least = render::ViewState::kShortest;
    switch (drag) {
    case Drag::MinimapPan: {
        const auto by = int64_t(std::llround((x - pressed.x()) * zones.whole.nsPerPixel()));
        setDirect({pressedRange.from + by, pressedRange.to + by});
        break;
    }
    case Drag::MinimapLeft:
        setDirect({std::min(time, pressedRange.to - least), pressedRange.to});
        break;
    case Drag::MinimapRight:
        setDirect({pressedRange.from, std::max(time, pressedRange.from + least)});
        break;
    case Drag::MinimapNew:
        setDirect({std::min(start, time), std::max(start, time)});
        break;
    default:
        break;
    }
}

void TimelineView::Private::release(QMouseEvent* event)
{
    const Drag was = drag;
    drag = Drag::None;
    if (!scene)
        return;
    switch (was) {
    case Drag::Pending:
    case Drag::RulerPending:
    case Drag::TrackMovePending:
        clicked(pressedHit);
        if (pressedHit.zone == HitZone::Row && event->modifiers() & Qt::ControlModifier)
            if (const auto slice = choose(pressedHit); slice != store::kNoSlice)
                Q_EMIT q->statisticsRequested(slice);
        break;
    case Drag::TrackMove:
        dropTrack();
        break;
    case Drag::TrackEdge:
        Q_EMIT q->arrangementChanged();
        break;
    case Drag::Click:
        if (event->button() == Qt::MiddleButton)
            break;
        if ((event->position() - pressed).manhattanLength() < QGuiApplication::styleHints()->startDragDistance())
            clicked(pressedHit);
        break;
    case Drag::ZoomBox:
        if (zoomBox) {
            const TimeRange box{zoomBox->from, zoomBox->to};
            zoomBox.reset();
            if (event->modifiers() & Qt::ControlModifier) { // what was shown will just fill the box
                const double factor = double(shown.length()) / double(box.length());
                const auto from = int64_t(double(shown.from) - double(box.from - shown.from) * factor);
                state->setRange({from, from + int64_t(double(shown.length()) * factor)});
            } else {
                state->setRange(box);
            }
        } else if (const auto slice = choose(pressedHit); slice != store::kNoSlice) {
            state->select(slice);
            state->zoomToSelection();
        }
        break;
    case Drag::MinimapNewPending: { // a click outside the window centres it there
        const int64_t half = shown.length() / 2;
        state->setRange({pressedHit.time - half, pressedHit.time - half + shown.length()});
        break;
    }
    case Drag::PanPending: {
        const QPoint at = event->globalPosition().toPoint();
        if (event->button() == Qt::LeftButton)
            clicked(pressedHit);
        else if (pressedHit.note < state->notes().size())
            showNoteMenu(pressedHit.note, at);
        else if (
            pressedHit.zone == HitZone::TrackHeader || pressedHit.zone == HitZone::GroupHeader
            || isTool(pressedHit.zone))
            showTrackMenu(pressedHit.item, at);
        else
            Q_EMIT q->contextMenuRequested(at, choose(pressedHit));
        break;
    }
    default:
        break;
    }
    hover(event->position());
    redraw();
}

void TimelineView::Private::clicked(const Hit& hit)
{
    const auto& area = state->area();
    const bool outsideArea = area && (hit.time < area->range.from || hit.time > area->range.to);
    switch (hit.zone) {
    case HitZone::GroupHeader: {
        auto collapsed = scene->collapsed();
        const auto process = scene->tracks().items()[hit.item].process;
        if (!collapsed.groups.erase(process))
            collapsed.groups.insert(process);
        setCollapsed(std::move(collapsed));
        break;
    }
    case HitZone::TrackPin:
    case HitZone::TrackHide:
    case HitZone::TrackMenu:
        useTool(hit, QCursor::pos());
        break;
    case HitZone::Ruler: // drops a flag there, unless the click ends something
        if (!outsideArea && state->selectedNote() == render::ViewState::kNoNote) {
            const auto& notes = state->notes();
            state->addNote(
                {.from = hit.time, .to = hit.time, .color = notes.empty() ? uint8_t(0) : notes.back().color});
            q->editNote();
            break;
        }
        state->selectNote(render::ViewState::kNoNote);
        [[fallthrough]];
    case HitZone::Row:
        if (outsideArea)
            state->setArea(std::nullopt);
        if (hit.instant != render::ViewState::kNoInstant)
            state->selectInstant(hit.instant);
        else if (hit.zone == HitZone::Row)
            state->select(choose(hit));
        break;
    default:
        break;
    }
}

void TimelineView::Private::cancelDrag()
{
    if (drag == Drag::Area || drag == Drag::AreaLeft || drag == Drag::AreaRight)
        state->setArea(pressedArea);
    if (drag == Drag::NoteMove)
        state->changeNote(state->selectedNote(), pressedNote);
    dropBefore = SIZE_MAX;
    if (drag == Drag::Pan || drag == Drag::MinimapPan || drag == Drag::MinimapLeft || drag == Drag::MinimapRight
        || drag == Drag::MinimapNew)
        setDirect(pressedRange);
    zoomBox.reset();
    drag = Drag::None;
}

void TimelineView::Private::updateCursorShape(const Hit& hit)
{
    if (spaceHeld && (hit.zone == HitZone::Row || hit.zone == HitZone::Ruler)) {
        q->setCursor(Qt::OpenHandCursor);
        return;
    }
    switch (hit.zone) {
    case HitZone::HeaderEdge:
        q->setCursor(Qt::SplitHCursor);
        break;
    case HitZone::TrackEdge:
        q->setCursor(Qt::SplitVCursor);
        break;
    case HitZone::MinimapLeft:
    case HitZone::MinimapRight:
    case HitZone::AreaLeft:
    case HitZone::AreaRight:
        q->setCursor(Qt::SizeHorCursor);
        break;
    case HitZone::MinimapWindow:
        q->setCursor(Qt::OpenHandCursor);
        break;
    case HitZone::Minimap:
        q->setCursor(Qt::CrossCursor);
        break;
    default:
        q->unsetCursor();
        break;
    }
}

} // namespace calltide::timeline
