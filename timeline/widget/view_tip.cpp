// SPDX-License-Identifier: GPL-3.0-or-later
// The tooltip over the timeline.
#include "render/instants.h"
#include "widget/timelineview_p.h"

namespace calltide::timeline {

using layout::Hit;
using layout::HitZone;
using store::kNoSlice;
using store::SliceIndex;

namespace {

constexpr qsizetype kLongestTitle = 120; // characters of an exception's message
constexpr SliceIndex kMostSummed = 100'000; // calls inside, whose times are added up while the pointer rests

QColor color(layout::Argb argb)
{
    return QColor::fromRgba(argb);
}

} // namespace

void TimelineView::Private::hideTip()
{
    tipTimer.stop();
    tip->hide();
}

void TimelineView::Private::showTip()
{
    if (!scene || !pointer || drag != Drag::None || !q->isVisible())
        return;
    const TipText tipText = tipFor(hovered);
    if (tipText.isEmpty()) {
        tip->hide();
        return;
    }
    QRect avoid;
    if (hovered.zone == HitZone::Row && hovered.run.count == 1) {
        avoid = sliceRect(hovered.slice);
        avoid.moveTopLeft(q->mapToGlobal(avoid.topLeft()));
    }
    tip->showAt(tipText, q->mapToGlobal(pointer->toPoint()), avoid);
}

TipText TimelineView::Private::tipFor(const Hit& hit) const
{
    TipText tipText;
    const auto& trace = *scene->trace();
    if (isTool(hit.zone)) {
        tipText.title = hit.zone == HitZone::TrackMenu ? TimelineView::tr("Track menu")
            : hit.zone == HitZone::TrackHide           ? TimelineView::tr("Hide this track")
            : scene->tracks().items()[hit.item].pinned ? TimelineView::tr("Unpin this track")
                                                       : TimelineView::tr("Pin this track to the top");
        return tipText;
    }
    if (hit.zone == HitZone::Notes && hit.note < state->notes().size()) {
        const auto& note = state->notes()[hit.note];
        tipText.title = note.text.empty() ? TimelineView::tr("Note") : text(note.text);
        tipText.place = text(layout::formatExactDuration(note.from - trace.begin()));
        if (!note.isFlag())
            tipText.numbers.append(qMakePair(text(layout::formatDuration(note.to - note.from)), TimelineView::tr("long")));
        return tipText;
    }
    if (hit.zone == HitZone::TrackHeader || hit.zone == HitZone::GroupHeader) {
        const auto& item = scene->tracks().items()[hit.item];
        tipText.title = text(item.name);
        tipText.place = text(item.detail);
        if (hit.zone == HitZone::TrackHeader && item.kind == layout::ItemKind::Slices)
            tipText.notes += TimelineView::tr("%1 calls")
                                 .arg(text(layout::formatCount(int64_t(trace.track(item.track).sliceCount))));
        return tipText;
    }
    if (hit.zone == HitZone::TrackEdge) {
        const auto& item = scene->tracks().items()[hit.item];
        tipText.title = text(item.name);
        tipText.place = item.hiddenRows ? TimelineView::tr("Drag to show more rows, double-click to show all")
                                        : TimelineView::tr("Drag to show fewer rows");
        return tipText;
    }
    if (hit.zone != HitZone::Row)
        return tipText;
    if (hit.instant != ~uint32_t(0)) {
        const auto& instant = trace.instants()[hit.instant];
        tipText.swatch = color(
            instant.exception                         ? scene->style().exception
                : scene->style().counter.size() > 1 ? scene->style().counter[1]
                                                    : scene->style().accent);
        tipText.title = render::instantTitle(trace, instant);
        if (tipText.title.size() > kLongestTitle)
            tipText.title = tipText.title.left(kLongestTitle) + QChar(u'…');
        tipText.place = text(layout::formatExactDuration(instant.time - trace.begin()));
        const auto call = instant.exception ? store::deepestAt(trace, instant.track, instant.time) : kNoSlice;
        if (call != kNoSlice)
            tipText.notes += (trace.flags(call) & store::kException ? TimelineView::tr("left %1, on %2")
                                                                   : TimelineView::tr("raised in %1, on %2"))
                                 .arg(text(trace.functionName(trace.functionOf(call))),
                                     text(trace.string(trace.track(instant.track).name)));
        return tipText;
    }
    if (hit.run.count == 0)
        return tipText;
    const auto& function = trace.function(hit.run.function);
    tipText.swatch = color(scene->colors().of(hit.run.function, scene->style()).fill);
    if (hit.run.count > 1) {
        tipText.title
            = TimelineView::tr("%1 calls · %2 busy · mostly %3")
                  .arg(
                      text(layout::formatCount(hit.run.count)), text(layout::formatShare(double(hit.run.busy))),
                      text(trace.functionName(hit.run.function)));
        tipText.numbers.append(
            qMakePair(text(layout::formatDuration(hit.run.end - hit.run.start)), TimelineView::tr("long")));
        return tipText;
    }
    tipText.title = text(trace.functionName(hit.run.function));
    if (const auto file = trace.string(function.file); !file.empty()) {
        tipText.place = text(file);
        if (function.line)
            tipText.place += QLatin1Char(':') + QString::number(function.line);
    } else if (const auto module = trace.string(function.module); !module.empty()) {
        tipText.place = text(module);
    } else if (const auto category = trace.string(function.category); !category.empty()) {
        tipText.place = text(category);
    }
    const SliceIndex slice = hit.slice;
    const int64_t total = trace.duration(slice);
    tipText.numbers.append(qMakePair(text(layout::formatDuration(total)), TimelineView::tr("total")));
    const auto [first, last] = trace.children(slice);
    if (last - first <= kMostSummed) // a sum over millions would be felt
        tipText.numbers.append(
            qMakePair(text(layout::formatDuration(trace.selfTime(slice))), TimelineView::tr("self")));
    if (const auto parent = trace.parent(slice); parent != kNoSlice && trace.duration(parent) > 0)
        tipText.numbers.append(qMakePair(
            text(layout::formatShare(double(total) / double(trace.duration(parent)))), TimelineView::tr("of caller")));
    if (hit.run.flags & store::kException)
        tipText.notes += TimelineView::tr("left by an exception");
    if (hit.run.flags & store::kAlreadyRunning)
        tipText.notes += TimelineView::tr("already running when the recording began");
    if (hit.run.flags & store::kStillRunning)
        tipText.notes += TimelineView::tr("still running when the recording ended");
    if (hit.run.flags & store::kYielded)
        tipText.notes += TimelineView::tr("gave way and goes on later");
    return tipText;
}

} // namespace calltide::timeline
