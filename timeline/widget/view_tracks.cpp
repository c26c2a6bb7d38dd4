// SPDX-License-Identifier: GPL-3.0-or-later
// Pinning, hiding, moving and filtering tracks.
#include "layout/metrics.h"
#include "widget/timelineview_p.h"
#include <QMenu>
#include <algorithm>
#include <cmath>

namespace calltide::timeline {

using layout::Hit;
using layout::HitZone;
using layout::ItemKind;
using layout::TrackKey;

// What is under the pointer (or the topmost item) stays where it is while others come, go or change their height: of a
// track the row, as far as it is still there.
template <class Change> void TimelineView::Private::keepingPlace(Change&& change)
{
    const double rowBefore = double(scene->style().sliceRow);
    std::optional<TrackKey> anchor;
    double before = 0, rows = 0; // of the item: its top, and how many rows below it the pointer is
    if (!scene->tracks().items().empty()) {
        const auto zones = scene->zones(spec());
        const double y = pointer && pointer->y() > double(zones.tracks.y) ? pointer->y() : double(zones.tracks.y) + 1;
        if (const size_t item = scene->itemNear(spec(), y); item < scene->tracks().items().size()) {
            anchor = layout::keyOf(scene->tracks().items()[item]);
            before = scene->itemTop(spec(), item);
            if (scene->tracks().items()[item].kind == ItemKind::Slices)
                rows = std::max(0.0, (y - before - double(scene->style().trackPadding)) / rowBefore);
        }
    }
    change();
    const auto& items = scene->tracks().items();
    for (size_t i = scene->tracks().pinnedCount(); anchor && i < items.size(); ++i)
        if (layout::keyOf(items[i]) == *anchor) {
            const double moved = std::min(rows, double(items[i].rows)) * (double(scene->style().sliceRow) - rowBefore);
            scrollTo(scroll + scene->itemTop(spec(), i) - before + moved);
            break;
        }
    scrollTo(scroll); // within what there is now
    hovered = {};
    redraw();
}

void TimelineView::Private::setArrangement(layout::Arrangement arrangement, bool keepPlace)
{
    if (!scene || arrangement == scene->arrangement())
        return;
    hideTip();
    if (keepPlace)
        keepingPlace([&] { scene->setArrangement(std::move(arrangement)); });
    else
        scene->setArrangement(std::move(arrangement));
    scrollTo(scroll);
    hovered = {};
    showSigns();
    redraw();
    Q_EMIT q->arrangementChanged();
}

void TimelineView::Private::setCollapsed(layout::Collapsed collapsed)
{
    keepingPlace([&] { scene->setCollapsed(std::move(collapsed)); });
    Q_EMIT q->arrangementChanged();
}

void TimelineView::Private::setRows(layout::RowSize size)
{
    const auto change = [&] {
        rows = size;
        restyle();
    };
    if (scene)
        keepingPlace(change);
    else
        change();
}

void TimelineView::Private::ownCodeChanged()
{
    if (!scene || scene->trace() != state->trace())
        return;
    hideTip();
    keepingPlace([this] { scene->setOwnCode(state->ownCode()); });
    showSigns();
}

void TimelineView::Private::placeHeader()
{
    const int width = int(headerColumn());
    const bool wanted = scene && scene->trace()->tracks().size() > 1 && width >= 120;
    header->setVisible(wanted);
    header->setGeometry(6, isLow ? 3 : 4, width - 13, TrackFilter::kHeight);
}

void TimelineView::Private::arrangeByHeader()
{
    if (!scene)
        return;
    auto arrangement = scene->arrangement();
    arrangement.filter = header->text().trimmed().toStdString();
    setArrangement(std::move(arrangement));
}

void TimelineView::Private::hitTracksChanged()
{
    if (!scene)
        return;
    auto arrangement = scene->arrangement();
    arrangement.only.reset();
    if (onlyHits && !state->hitTracks().empty())
        arrangement.only = state->hitTracks();
    setArrangement(std::move(arrangement));
}

void TimelineView::Private::showSigns()
{
    std::vector<Sign> out;
    const auto say = [&](const QString& text, const QString& undo, auto clicked) { out.push_back({text, undo, clicked}); };
    if (scene && state->isMyCodeOnly())
        say(state->ownCode() ? TimelineView::tr("My code only: calls of libraries are folded away")
                : state->trace()->isGrowing()
                ? TimelineView::tr("My code only: folded when the recording has ended")
                : TimelineView::tr("My code only: picking its calls…"),
            TimelineView::tr("Show the calls of libraries"), [this] { state->setMyCodeOnly(false); });
    const layout::Arrangement& a = q->arrangement();
    if (const size_t n = a.hidden.size())
        say(n == 1 ? TimelineView::tr("1 track is hidden") : TimelineView::tr("%1 tracks are hidden").arg(n),
            TimelineView::tr("Show hidden tracks (Shift+H)"), [this] {
                auto shown = q->arrangement();
                shown.hidden.clear();
                setArrangement(std::move(shown));
            });
    if (a.side != layout::TrackSide::Both)
        say(a.side == layout::TrackSide::Tasks ? TimelineView::tr("Tasks only, no threads")
                                               : TimelineView::tr("Threads only, no tasks"),
            TimelineView::tr("Show threads and tasks"), [this] { q->setTrackSide(layout::TrackSide::Both); });
    if (onlyHits)
        say(TimelineView::tr("Only tracks with hits"), TimelineView::tr("Show all tracks"), [this] { q->setOnlyHits(false); });
    if (!layout::matchesFilter({}, a.filter))
        say(TimelineView::tr("Only tracks named “%1”").arg(QString::fromStdString(a.filter)), TimelineView::tr("Show all tracks"),
            [this] { header->clear(); });
    if (out.empty() && signs->isHidden())
        return;
    signs->setSigns(std::move(out));
    placeCanvas();
    scrollTo(scroll);
}

void TimelineView::Private::useTool(const Hit& hit, const QPoint& globalPosition)
{
    const TrackKey key = layout::keyOf(scene->tracks().items()[hit.item]);
    auto arrangement = scene->arrangement();
    if (hit.zone == HitZone::TrackMenu) {
        showTrackMenu(hit.item, globalPosition);
        return;
    }
    if (hit.zone == HitZone::TrackPin)
        arrangement.pin(key, !arrangement.isPinned(key));
    else
        arrangement.hidden.insert(key);
    setArrangement(std::move(arrangement));
}

void TimelineView::Private::showTrackMenu(size_t item, const QPoint& globalPosition)
{
    auto* menu = new QMenu(q);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("trackMenu"));
    const auto& items = scene->tracks().items();
    const bool isTrack = item < items.size() && items[item].kind != ItemKind::Group;
    const auto change = [this](auto what) {
        return [this, what] {
            auto arrangement = scene->arrangement();
            what(arrangement);
            setArrangement(std::move(arrangement));
        };
    };
    using layout::Arrangement;
    if (isTrack) {
        const TrackKey key = layout::keyOf(items[item]);
        const bool pinned = items[item].pinned;
        menu->addAction(
            theme->icon(QStringLiteral("pin")), pinned ? TimelineView::tr("Unpin") : TimelineView::tr("Pin to the top"), q,
            change([key, pinned](Arrangement& a) { a.pin(key, !pinned); }));
        menu->addAction(
            theme->icon(QStringLiteral("hide")), TimelineView::tr("Hide"), q,
            change([key](Arrangement& a) { a.hidden.insert(key); }));
        if (items[item].track.valid() && items[item].kind == ItemKind::Slices) {
            const auto track = items[item].track;
            menu->addAction(TimelineView::tr("Select all of it"), q, [this, track] {
                const auto whole = state->wholeRange();
                state->setArea(render::Area{whole, {track}});
            });
            const bool folded = scene->collapsed().tracks.contains(track);
            menu->addAction(folded ? TimelineView::tr("Unfold") : TimelineView::tr("Fold to one row"), q, [this, track] {
                auto collapsed = scene->collapsed();
                if (!collapsed.tracks.erase(track))
                    collapsed.tracks.insert(track);
                setCollapsed(std::move(collapsed));
            });
        }
    } else if (item < items.size()) {
        std::vector<TrackKey> keys;
        for (size_t i = item + 1; i < items.size() && items[i].kind != ItemKind::Group; ++i)
            keys.push_back(layout::keyOf(items[i]));
        QAction* hide = menu->addAction(
            theme->icon(QStringLiteral("hide")), TimelineView::tr("Hide this process"), q,
            change([keys](Arrangement& a) { a.hidden.insert(keys.begin(), keys.end()); }));
        hide->setEnabled(!keys.empty());
    }
    menu->addSeparator();
    const auto& arrangement = scene->arrangement();
    QAction* all = menu->addAction(
        theme->icon(QStringLiteral("eye")),
        arrangement.hidden.empty() ? TimelineView::tr("Show hidden tracks")
                                   : TimelineView::tr("Show hidden tracks (%1)").arg(arrangement.hidden.size()),
        q, &TimelineView::showAllTracks);
    all->setEnabled(!arrangement.hidden.empty() || arrangement.narrows());
    QAction* hits = menu->addAction(TimelineView::tr("Only tracks with hits"), q, &TimelineView::setOnlyHits);
    hits->setCheckable(true);
    hits->setChecked(onlyHits);
    hits->setEnabled(onlyHits || !state->hitTracks().empty());
    QAction* reset = menu->addAction(TimelineView::tr("As recorded"), q, &TimelineView::resetTracks);
    reset->setEnabled(arrangement != layout::Arrangement());
    menu->popup(globalPosition);
}

// Where the dragged track would stand: only among its neighbours, those of its process or the pinned ones.
void TimelineView::Private::dragTrack(double y)
{
    const auto& items = scene->tracks().items();
    const size_t from = pressedHit.item;
    size_t first = 0, last = scene->tracks().pinnedCount();
    if (!items[from].pinned) {
        first = items[from].group + 1;
        last = first;
        while (last < items.size() && items[last].kind != ItemKind::Group)
            last++;
    }
    dropBefore = last;
    for (size_t i = first; i < last; ++i)
        if (y < scene->itemTop(spec(), i) + double(items[i].height) / 2) {
            dropBefore = i;
            break;
        }
    redraw();
}

void TimelineView::Private::dropTrack()
{
    const auto& items = scene->tracks().items();
    const size_t from = pressedHit.item;
    const size_t before = std::exchange(dropBefore, SIZE_MAX);
    if (before == SIZE_MAX || from >= items.size() || before == from || before == from + 1)
        return;
    const bool pinned = items[from].pinned;
    const size_t first = pinned ? 0 : items[from].group + 1;
    std::vector<TrackKey> keys;
    for (size_t i = first; i < items.size() && items[i].pinned == pinned && items[i].kind != ItemKind::Group; ++i) {
        if (i == before)
            keys.push_back(layout::keyOf(items[from]));
        if (i != from)
            keys.push_back(layout::keyOf(items[i]));
    }
    if (const TrackKey key = layout::keyOf(items[from]); std::find(keys.begin(), keys.end(), key) == keys.end())
        keys.push_back(key); // behind the last one
    auto arrangement = scene->arrangement();
    auto& order = pinned ? arrangement.pinned : arrangement.order;
    std::erase_if(order, [&](const TrackKey& k) { return std::find(keys.begin(), keys.end(), k) != keys.end(); });
    order.insert(order.end(), keys.begin(), keys.end());
    setArrangement(std::move(arrangement), false);
}

size_t TimelineView::Private::trackItem() const
{
    const auto& items = scene->tracks().items();
    if (state->selected() != store::kNoSlice)
        return scene->tracks().indexOf(scene->trace()->trackOf(state->selected()));
    return pointer && hovered.item < items.size() ? hovered.item : items.size();
}

// --- slots

void TimelineView::setArrangement(layout::Arrangement arrangement)
{
    const QSignalBlocker quiet(d->header);
    d->header->setText(QString::fromStdString(arrangement.filter));
    d->setArrangement(std::move(arrangement), false);
}

layout::Arrangement TimelineView::arrangement() const
{
    return d->scene ? d->scene->arrangement() : layout::Arrangement();
}

void TimelineView::setCollapsed(layout::Collapsed collapsed)
{
    if (d->scene)
        d->setCollapsed(std::move(collapsed));
}

layout::Collapsed TimelineView::collapsed() const
{
    return d->scene ? d->scene->collapsed() : layout::Collapsed();
}

void TimelineView::setTrackSide(layout::TrackSide side)
{
    auto arrangement = this->arrangement();
    arrangement.side = side;
    d->setArrangement(std::move(arrangement));
}

void TimelineView::showTrack(store::TrackId track)
{
    if (!d->scene || track.v >= d->scene->trace()->tracks().size())
        return;
    auto collapsed = d->scene->collapsed();
    if (collapsed.groups.erase(d->scene->trace()->track(track).process))
        d->setCollapsed(std::move(collapsed));
    const auto& tracks = d->scene->tracks();
    if (tracks.indexOf(track) >= tracks.items().size()) {
        setTrackSide(layout::TrackSide::Both);
        showAllTracks();
    }
    if (const size_t item = tracks.indexOf(track); item < tracks.items().size() && !tracks.items()[item].pinned)
        d->scrollTo(tracks.items()[item].y - double(d->scene->style().groupHeader));
}

void TimelineView::focusTrackFilter()
{
    if (!d->header->isVisible())
        return;
    d->header->setFocus(Qt::ShortcutFocusReason);
    d->header->selectAll();
}

void TimelineView::setOnlyHits(bool only)
{
    d->onlyHits = only;
    d->hitTracksChanged();
    d->showSigns();
    Q_EMIT arrangementChanged();
}

bool TimelineView::onlyHits() const
{
    return d->onlyHits;
}

void TimelineView::pinTrack()
{
    if (!d->scene)
        return;
    const size_t item = d->trackItem();
    if (item >= d->scene->tracks().items().size() || d->scene->tracks().items()[item].kind == ItemKind::Group)
        return;
    const TrackKey key = layout::keyOf(d->scene->tracks().items()[item]);
    auto arrangement = d->scene->arrangement();
    arrangement.pin(key, !arrangement.isPinned(key));
    d->setArrangement(std::move(arrangement));
}

void TimelineView::hideTrack()
{
    if (!d->scene)
        return;
    const size_t item = d->trackItem();
    if (item >= d->scene->tracks().items().size() || d->scene->tracks().items()[item].kind == ItemKind::Group)
        return;
    auto arrangement = d->scene->arrangement();
    arrangement.hidden.insert(layout::keyOf(d->scene->tracks().items()[item]));
    d->setArrangement(std::move(arrangement));
}

void TimelineView::showAllTracks()
{
    d->onlyHits = false;
    auto arrangement = this->arrangement();
    arrangement.hidden.clear();
    arrangement.filter.clear();
    arrangement.only.reset();
    setArrangement(std::move(arrangement));
}

void TimelineView::resetTracks()
{
    d->onlyHits = false;
    setArrangement({});
}

} // namespace calltide::timeline
