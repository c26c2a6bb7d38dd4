// SPDX-License-Identifier: GPL-3.0-or-later
// Which part of the recording the flame graph is of.
#include "widget/flameview_p.h"
#include "layout/text.h"
#include <algorithm>

namespace calltide::flameview {
namespace {
constexpr int kFollowMs = 80; // the shown part may change 60 times a second; trees need not
constexpr int kGrowMs = 1000, kGrowMostMs = 10'000, kGrowShare = 100; // while a recording goes on: one part in so many
} // namespace

store::Scope FlameView::Private::scope() const
{
    store::Scope scope;
    if (bar->scope() == ScopeKind::Shown) {
        scope.from = state->range().from;
        scope.to = state->range().to;
    } else if (bar->scope() == ScopeKind::Selection && state->area()) {
        scope.from = state->area()->range.from;
        scope.to = state->area()->range.to;
        scope.tracks = state->area()->tracks;
    } else if (bar->scope() == ScopeKind::Selection && state->selected() != store::kNoSlice) {
        const store::SliceIndex slice = state->selected();
        scope.from = state->trace()->start(slice);
        scope.to = state->trace()->end(slice);
        scope.tracks = {state->trace()->trackOf(slice)};
    } else if (isOfTrack(bar->scope()) && track.valid()) {
        const store::Trace& trace = *state->trace();
        const store::ProcessId process = trace.track(track).process;
        if (bar->scope() == ScopeKind::Thread)
            scope.tracks = store::withLanes(trace, track);
        else if (bar->scope() == ScopeKind::Task)
            scope.tracks = {trace.track(track).parent};
        else
            for (uint32_t t = 0; t < trace.tracks().size(); ++t) {
                const store::Track& other = trace.tracks()[t];
                if (other.process == process && (other.kind == store::TrackKind::Thread || other.kind == store::TrackKind::Overflow))
                    scope.tracks.push_back(store::TrackId(t));
            }
        scope.from = trace.begin();
        scope.to = trace.end();
    } else {
        scope.from = state->trace()->begin();
        scope.to = state->trace()->end();
    }
    if (state->filter() && !state->filter()->tracks.empty()) { // the frames that do not pass are dimmed
        scope = state->filtered(std::move(scope));
        scope.passes = {};
    }
    return scope;
}

std::vector<store::Scope> FlameView::Private::scopes() const
{
    return bar->scope() == ScopeKind::Task && !taskRuns.empty() ? taskRuns : std::vector<store::Scope>{scope()};
}

void FlameView::Private::offerScopes()
{
    const bool call = state->trace() && state->selected() != store::kNoSlice;
    const auto kind = call ? state->trace()->track(state->trace()->trackOf(state->selected())).kind
                           : store::TrackKind::Thread;
    const auto offer = [this](ScopeKind scope, bool available) {
        bar->setAvailable(scope, available || (isOfTrack(scope) && bar->scope() == scope));
    };
    offer(ScopeKind::Selection, state->trace() && hasSelection());
    offer(ScopeKind::Hits, state->trace() && !state->searchMask().empty());
    offer(ScopeKind::Thread, call && kind != store::TrackKind::Task);
    offer(ScopeKind::Process, call);
    offer(ScopeKind::Task, call && kind == store::TrackKind::Task);
}

// The track of the selected call; of a task, the times in which it ran.
void FlameView::Private::takeTrack()
{
    if (!isOfTrack(bar->scope()) || state->selected() == store::kNoSlice)
        return;
    const store::Trace& trace = *state->trace();
    track = trace.trackOf(state->selected());
    taskRuns.clear();
    if (trace.track(track).kind != store::TrackKind::Task || trace.track(track).rowCount == 0)
        return;
    const store::Row& row = trace.row(trace.rowAt(track, 0));
    for (store::SliceIndex i = row.first; i < row.first + row.count; ++i)
        if (!(trace.flags(i) & (store::kWaiting | store::kReady)))
            taskRuns.push_back({trace.start(i), trace.end(i), {trace.track(track).parent}, {}});
}

void FlameView::Private::scopeMayHaveChanged(ScopeKind kind)
{
    offerScopes();
    if (bar->scope() != kind || !state->trace())
        return;
    showScope();
    if (!follow.isActive()) // not restarted: a pan that goes on must not starve it
        follow.start(state->trace()->isGrowing() ? std::clamp(job.result().tookMs * kGrowShare, kGrowMs, kGrowMostMs) : kFollowMs);
}

void FlameView::Private::areaChanged()
{
    if (state->area() && bar->scope() != ScopeKind::Selection) {
        beforeSelection = bar->scope();
        bar->setScope(ScopeKind::Selection);
    } else if (!state->area() && bar->scope() == ScopeKind::Selection) {
        bar->setScope(beforeSelection);
        rebuild();
    }
    scopeMayHaveChanged(ScopeKind::Selection);
}

void FlameView::Private::traceChanged()
{
    if (bar->scope() == ScopeKind::Selection)
        bar->setScope(beforeSelection);
    if (bar->scope() >= ScopeKind::Hits)
        bar->setScope(ScopeKind::Shown);
    track = {};
    taskRuns.clear();
    canvas->clear();
    callers->clear();
    transforms.clear();
    center = {};
    if (sandwich())
        bar->setOrder(Order::TopDown);
    showCrumbs();
    showSearch();
    rebuild();
}

void FlameView::Private::showScope()
{
    const QString names[] = {FlameView::tr("Whole recording"), FlameView::tr("Shown part"), FlameView::tr("Selection"),
                             FlameView::tr("Hits"), FlameView::tr("Thread"), FlameView::tr("Process"), FlameView::tr("Task")};
    QString text = names[int(bar->scope())];
    if (state->trace() && state->trace()->sliceCount()
        && (bar->scope() == ScopeKind::Shown || bar->scope() == ScopeKind::Selection)) {
        const store::Scope s = scope();
        text += QString::fromStdString(std::string(layout::kDot) + layout::formatDuration(s.to - s.from));
    }
    bar->setScopeText(text);
}
} // namespace calltide::flameview
