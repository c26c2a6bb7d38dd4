// SPDX-License-Identifier: GPL-3.0-or-later
// Walking the calls by keys, and what is under the pointer; the tooltip is in view_tip.cpp.
#include "widget/timelineview_p.h"
#include <QAccessible>
#include <algorithm>

namespace calltide::timeline {

using layout::Hit;
using layout::HitZone;
using store::kNoSlice;
using store::SliceIndex;

namespace {

// Enough to find the longest of a few thousand; among millions, every n-th is looked at.
constexpr SliceIndex kLookAt = 100'000;

SliceIndex longest(const store::Trace& trace, SliceIndex first, SliceIndex last)
{
    const SliceIndex step = std::max<SliceIndex>(1, (last - first) / kLookAt);
    SliceIndex best = kNoSlice;
    for (SliceIndex i = first; i < last; i += step)
        if (best == kNoSlice || trace.duration(i) > trace.duration(best))
            best = i;
    return best;
}

} // namespace

SliceIndex TimelineView::Private::choose(const Hit& hit) const
{
    if (!scene || hit.zone != HitZone::Row || hit.run.count == 0)
        return kNoSlice;
    if (hit.run.count == 1)
        return hit.slice;
    const store::Trace& trace = *scene->shownTrace();
    const auto [first, last] = trace.overlapping(hit.row, hit.run.start, hit.run.end);
    return scene->fromShown(longest(trace, first, last));
}

QRect TimelineView::Private::sliceRect(SliceIndex slice) const
{
    if (!scene)
        return {};
    slice = scene->toShown(slice);
    if (slice == kNoSlice)
        return {};
    const auto& trace = *scene->shownTrace();
    const auto zones = scene->zones(spec());
    const auto row = scene->rowBox(spec(), trace.rowOf(slice));
    if (!row)
        return {};
    const double left = std::clamp(zones.scale.x(trace.start(slice)), zones.scale.left, zones.scale.right());
    const double right = std::clamp(zones.scale.x(trace.end(slice)), zones.scale.left, zones.scale.right());
    return QRectF(left, double(row->y), std::max(1.0, right - left), double(row->h)).toAlignedRect();
}

void TimelineView::Private::hover(const QPointF& position)
{
    if (!scene)
        return;
    const Hit before = hovered;
    const bool wasIn = pointer.has_value();
    pointer = position;
    hovered = scene->hit(spec(), float(position.x()), float(position.y()));
    updateCursorShape(hovered);
    state->setHovered(
        hovered.zone == HitZone::Row && hovered.run.count > 0 ? hovered.run.function : store::FunctionId());
    const bool same = wasIn && before.zone == hovered.zone && before.row == hovered.row && before.slice == hovered.slice
        && before.run.count == hovered.run.count && before.instant == hovered.instant && before.item == hovered.item;
    if (!same) {
        hideTip();
        tipTimer.start();
    } else if (tip->isVisible()) {
        showTip(); // follows within one slice
    }
    redraw();
}

void TimelineView::Private::hoverNothing()
{
    pointer.reset();
    hovered = {};
    hideTip();
    state->setHovered({});
    q->unsetCursor();
    redraw();
}

void TimelineView::Private::reveal(SliceIndex slice)
{
    if (!scene || (slice = scene->toShown(slice)) == kNoSlice)
        return;
    const auto& trace = *scene->shownTrace();
    const auto row = trace.rowOf(slice);
    const auto track = trace.row(row).track;
    auto collapsed = scene->collapsed();
    bool opens = collapsed.groups.erase(trace.track(track).process) + collapsed.tracks.erase(track) > 0;
    if (const size_t index = scene->tracks().indexOf(track); index < scene->tracks().items().size() && !opens
        && trace.row(row).depth >= scene->tracks().items()[index].rows) {
        collapsed.rows[track] = layout::Collapsed::kAllRows;
        opens = true;
    }
    if (opens) {
        scene->setCollapsed(std::move(collapsed));
        Q_EMIT q->arrangementChanged();
    }
    if (scene->tracks().indexOf(track) >= scene->tracks().items().size()) { // hidden or filtered: what is chosen is shown
        auto arrangement = scene->arrangement();
        std::erase_if(arrangement.hidden, [&](const layout::TrackKey& key) {
            return key.id == track.v && key.process == trace.track(track).process.v
                && (key.kind == uint8_t(layout::ItemKind::Slices) || key.kind == uint8_t(layout::ItemKind::Gc));
        });
        scene->setArrangement(arrangement);
        if (scene->tracks().indexOf(track) >= scene->tracks().items().size())
            q->showAllTracks();
        else
            Q_EMIT q->arrangementChanged();
    }
    scrollTo(scene->scrollFor(spec(), row));
    redraw();
}

void TimelineView::Private::revealInstant(uint32_t instant)
{
    if (!scene)
        return;
    const auto itemOf = [&] {
        const auto& items = scene->tracks().items();
        size_t i = 0;
        while (i < items.size() && !std::binary_search(items[i].instants.begin(), items[i].instants.end(), instant))
            i++;
        return i;
    };
    auto collapsed = scene->collapsed();
    if (collapsed.groups.erase(scene->trace()->instants()[instant].process)) {
        scene->setCollapsed(std::move(collapsed));
        Q_EMIT q->arrangementChanged();
    }
    if (itemOf() == scene->tracks().items().size())
        q->showAllTracks();
    const size_t item = itemOf();
    if (item == scene->tracks().items().size() || scene->tracks().items()[item].pinned)
        return;
    const auto zones = scene->zones(spec());
    const double top = scene->itemTop(spec(), item), bottom = top + double(scene->tracks().items()[item].height);
    const double above = double(zones.tracks.y + scene->style().groupHeader) - top; // its process's header covers it
    if (above > 0)
        scrollTo(scroll - above);
    else if (const double below = bottom - double(zones.tracks.y + zones.tracks.h); below > 0)
        scrollTo(scroll + below);
    redraw();
}

void TimelineView::Private::selectAndSee(SliceIndex shownSlice)
{
    if (shownSlice != kNoSlice)
        state->selectAndReveal(scene->fromShown(shownSlice));
}

SliceIndex TimelineView::Private::shownSelected() const
{
    return scene && state->selected() != kNoSlice ? scene->toShown(state->selected()) : kNoSlice;
}

SliceIndex TimelineView::Private::firstInSight() const
{
    const auto& trace = *scene->shownTrace();
    const auto& items = scene->tracks().items();
    for (size_t i = scene->tracks().pinnedCount() ? 0 : std::min(scene->tracks().at(scroll), items.size()); i < items.size(); ++i) {
        if (items[i].kind != layout::ItemKind::Slices || items[i].rows == 0)
            continue;
        const auto [first, last] = trace.overlapping(trace.track(items[i].track).firstRow, shown.from, shown.to);
        if (first < last)
            return longest(trace, first, last);
    }
    return kNoSlice;
}

void TimelineView::Private::stepTrack(int by)
{
    if (!scene)
        return;
    const SliceIndex selected = shownSelected();
    if (selected == kNoSlice) {
        selectAndSee(firstInSight());
        return;
    }
    const auto& trace = *scene->shownTrace();
    const auto& items = scene->tracks().items();
    const auto middle = trace.start(selected) + trace.duration(selected) / 2;
    const auto from = std::ptrdiff_t(scene->tracks().indexOf(trace.trackOf(selected)));
    for (std::ptrdiff_t i = from + by; i >= 0 && i < std::ptrdiff_t(items.size()); i += by) {
        const auto& item = items[size_t(i)];
        if (item.kind != layout::ItemKind::Slices || item.rows == 0)
            continue;
        // The call at the same time, else the nearest one.
        const auto rowId = trace.track(item.track).firstRow;
        SliceIndex next = trace.sliceAt(rowId, middle);
        if (next == kNoSlice) {
            const auto& row = trace.row(rowId);
            const auto after = trace.overlapping(rowId, middle, INT64_MAX).first;
            const bool hasAfter = after<row.first + row.count, hasBefore = after> row.first;
            const bool nearer = hasAfter && hasBefore && trace.start(after) - middle < middle - trace.end(after - 1);
            next = hasAfter && (!hasBefore || nearer) ? after : hasBefore ? after - 1 : kNoSlice;
        }
        if (next != kNoSlice) {
            selectAndSee(next);
            return;
        }
    }
}

void TimelineView::Private::announce()
{
    QString said;
    if (const SliceIndex slice = state->selected(); scene && slice != kNoSlice) {
        const auto& trace = *scene->trace();
        const auto& track = trace.track(trace.trackOf(slice));
        said = TimelineView::tr("%1, %2, thread %3, depth %4")
                   .arg(
                       text(trace.functionName(trace.functionOf(slice))),
                       text(layout::formatDuration(trace.duration(slice))),
                       track.name == store::StringId(0u) || !track.name.valid() ? QString::number(track.tid)
                                                                                : text(trace.string(track.name)))
                   .arg(trace.depthOf(slice));
    }
    if (said == q->accessibleDescription())
        return;
    q->setAccessibleDescription(said);
    if (!said.isEmpty() && QAccessible::isActive()) {
        QAccessibleEvent event(q, QAccessible::Alert); // read out at once
        QAccessible::updateAccessibility(&event);
    }
}

// --- slots

void TimelineView::selectParent()
{
    if (!d->scene)
        return;
    const SliceIndex slice = d->shownSelected();
    d->selectAndSee(slice == kNoSlice ? d->firstInSight() : d->scene->shownTrace()->parent(slice));
}

void TimelineView::selectChild()
{
    if (!d->scene)
        return;
    const SliceIndex slice = d->shownSelected();
    if (slice == kNoSlice) {
        d->selectAndSee(d->firstInSight());
        return;
    }
    const auto [first, last] = d->scene->shownTrace()->children(slice);
    d->selectAndSee(longest(*d->scene->shownTrace(), first, last));
}

void TimelineView::selectNext()
{
    if (!d->scene)
        return;
    const SliceIndex slice = d->shownSelected();
    if (slice == kNoSlice) {
        d->selectAndSee(d->firstInSight());
        return;
    }
    const auto& row = d->scene->shownTrace()->row(d->scene->shownTrace()->rowOf(slice));
    if (slice + 1 < row.first + row.count)
        d->selectAndSee(slice + 1);
}

void TimelineView::selectPrevious()
{
    if (!d->scene)
        return;
    const SliceIndex slice = d->shownSelected();
    if (slice == kNoSlice) {
        d->selectAndSee(d->firstInSight());
        return;
    }
    if (slice > d->scene->shownTrace()->row(d->scene->shownTrace()->rowOf(slice)).first)
        d->selectAndSee(slice - 1);
}

void TimelineView::selectNextTrack()
{
    d->stepTrack(1);
}

void TimelineView::selectPreviousTrack()
{
    d->stepTrack(-1);
}

// The call at the other end of the nearest arrow that leaves from the selected one, or leads to it.
void TimelineView::Private::walkFlow(bool forward)
{
    const SliceIndex slice = shownSelected();
    if (!scene || slice == kNoSlice)
        return;
    const auto& trace = *scene->shownTrace();
    const auto track = trace.trackOf(slice);
    const int64_t a = trace.start(slice), b = trace.end(slice);
    const store::Flow* best = nullptr;
    for (const auto& flow : trace.flows()) {
        const int64_t here = forward ? flow.from : flow.to, there = forward ? flow.to : flow.from;
        if ((forward ? flow.fromTrack : flow.toTrack) != track || here < a || here > b)
            continue;
        if (!best || std::abs(there - here) < std::abs((forward ? best->to - best->from : best->from - best->to)))
            best = &flow;
    }
    if (!best)
        return;
    const auto other = forward ? best->toTrack : best->fromTrack;
    const int64_t time = forward ? best->to : best->from;
    if (!other.valid())
        return;
    selectAndSee(store::deepestAt(trace, other, time));
}

void TimelineView::followFlow()
{
    d->walkFlow(true);
}

void TimelineView::followFlowBack()
{
    d->walkFlow(false);
}

void TimelineView::areaFromSelection()
{
    const SliceIndex slice = d->state->selected();
    if (!d->scene || slice == kNoSlice)
        return;
    const auto& trace = *d->scene->trace();
    d->state->setArea(
        render::Area{{trace.start(slice), std::max(trace.end(slice), trace.start(slice) + 1)}, {trace.trackOf(slice)}});
}

} // namespace calltide::timeline
