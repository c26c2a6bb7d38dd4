// SPDX-License-Identifier: GPL-3.0-or-later
// What TimelineView shows in a frame, and how the range moves from one to the next.
#include "widget/timelineview_p.h"
#include <QDateTime>
#include <QScreen>
#include <algorithm>
#include <cmath>

namespace calltide::timeline {

namespace {

constexpr int kTipDelayMs = 120;

} // namespace

TimelineView::Private::Private(TimelineView* view, render::ViewState* s, const render::Theme* t, Renderer renderer)
    : q(view)
    , state(s)
    , theme(t)
{
    signs = new SignBar(q);
    signs->setTheme(theme);
    setCanvas(renderer == Renderer::Gpu || (renderer == Renderer::Auto && gpuAvailable()));
    tip = new CallTip(q);
    tip->setTheme(theme);
    chip = new FollowChip(q);
    chip->setTheme(theme);
    chip->hide();
    QObject::connect(chip, &QAbstractButton::clicked, q, [this] { state->setFollowing(!state->isFollowing()); });
    tipTimer.setSingleShot(true);
    tipTimer.setInterval(kTipDelayMs);
    QObject::connect(&tipTimer, &QTimer::timeout, q, [this] { showTip(); });
    clock.setTimerType(Qt::PreciseTimer);
    QObject::connect(&clock, &QTimer::timeout, q, [this] { tick(); });
    shown = state->range();
    header = new TrackFilter(q);
    header->setTheme(*theme);
    QObject::connect(header, &TrackFilter::changed, q, [this] { arrangeByHeader(); });
}

void TimelineView::Private::setCanvas(bool useGpu)
{
    delete canvas;
    canvas = useGpu ? makeGpuCanvas(this, q) : makeRasterCanvas(this, q);
    gpu = useGpu;
    placeCanvas();
    canvas->lower(); // below header and chip
    canvas->show();
}

void TimelineView::Private::gpuFailed()
{
    if (gpu)
        setCanvas(false);
}

layout::ViewSpec TimelineView::Private::spec() const
{
    layout::ViewSpec v;
    v.from = shown.from;
    v.to = shown.to;
    v.width = float(q->width());
    v.height = float(canvas->height());
    v.devicePixelRatio = float(q->devicePixelRatioF());
    v.headerColumn = headerColumn();
    v.scroll = scroll;
    v.selected = state->selected();
    v.highlighted = state->highlighted();
    v.selectedInstant = state->selectedInstant();
    v.foundInstants = state->searchMask().empty() ? nullptr : &state->foundInstants();
    v.hoveredFunction = state->hovered();
    v.hits = state->shownHits().get();
    v.hitTicks = &state->searchTicks();
    v.exceptionTicks = &state->exceptionTicks();
    if (zoomBox)
        v.area = zoomBox;
    else if (const auto& area = state->area())
        v.area = layout::AreaSpec{area->range.from, area->range.to, area->tracks};
    if (pointer
        && (hovered.zone == layout::HitZone::Row || hovered.zone == layout::HitZone::Ruler
            || hovered.zone == layout::HitZone::Notes))
        v.cursor = hovered.time;
    if (pointer && hovered.zone == layout::HitZone::Row && hovered.run.count == 1)
        v.hovered = hovered.slice;
    if (pointer && drag == Drag::None
        && (hovered.zone == layout::HitZone::TrackHeader || hovered.zone == layout::HitZone::TrackEdge
            || isTool(hovered.zone)))
        v.hoveredItem = hovered.item;
    if (drag == Drag::TrackMove)
        v.dropBefore = dropBefore;
    v.axis = {.format = timeFormat, .zone = zoneOffset};
    v.notes = &state->notes();
    v.selectedNote = state->selectedNote();
    v.filter = state->filter() ? &*state->filter() : nullptr;
    v.allFlows = allFlows;
    v.cornerField = !header->isHidden();
    if (showsFrameTime)
        v.frameTime = frameTimes.isEmpty() ? std::string("– ms") : frameTimes.toStdString();
    v.focusRing = focusByKey && q->hasFocus();
    return v;
}

const layout::DrawList& TimelineView::Private::frame()
{
    if (scene) {
        scene->draw(spec(), list);
    } else {
        list.clear();
        list.width = float(q->width());
        list.height = float(canvas->height());
        list.devicePixelRatio = float(q->devicePixelRatioF());
        list.background = theme->style().canvas;
    }
    return list;
}

void TimelineView::Private::frameDone(double ms)
{
    frameMs = ms;
    recentMs[recentAt++ % std::size(recentMs)] = ms;
    const size_t count = std::min(recentAt, std::size(recentMs));
    frameTimes = TimelineView::tr("%1 ms, worst of %2: %3 ms")
                     .arg(ms, 0, 'f', 1)
                     .arg(count)
                     .arg(*std::max_element(recentMs, recentMs + count), 0, 'f', 1);
    Q_EMIT q->frameDrawn(ms);
}

void TimelineView::Private::rebuildScene()
{
    drag = Drag::None; // not cancelled: what was before belongs to the other trace
    zoomBox.reset();
    pressedArea.reset();
    pressedHit = {};
    hoverNothing();
    animation.stop();
    motion.stop();
    scroll = 0;
    shown = state->range();
    scene = state->trace() ? std::make_unique<layout::TimelineScene>(state->trace(), style(), metrics)
                           : nullptr;
    if (scene)
        scene->setOwnCode(state->ownCode());
    onlyHits = false;
    if (const auto wall = state->trace() ? state->trace()->wallClockOffset() : std::nullopt) {
        const auto seconds = (state->trace()->begin() + *wall) / 1'000'000'000;
        zoneOffset = qint64(QDateTime::fromSecsSinceEpoch(seconds).offsetFromUtc()) * 1'000'000'000;
    }
    header->clear();
    showSigns();
    placeHeader();
    placeChip();
    redraw();
}

void TimelineView::Private::growScene(const store::TraceMatch& match)
{
    if (!scene) {
        rebuildScene();
        return;
    }
    scene->growTrace(state->trace(), match);
    showSigns();
    scrollTo(scroll);
    if (pointer && drag == Drag::None) { // rows may have moved below it
        const store::SliceIndex before = match.slice(hovered.slice);
        hovered = scene->hit(spec(), float(pointer->x()), float(pointer->y()));
        if (hovered.slice != before)
            hideTip();
    }
    placeChip();
    redraw();
}

void TimelineView::Private::placeChip()
{
    const bool growing = state->trace() && state->trace()->isGrowing() && scene;
    chip->setVisible(growing);
    if (!growing)
        return;
    chip->setFollowing(state->isFollowing());
    const layout::Box ruler = scene->zones(spec()).ruler;
    const QSize size = chip->sizeHint();
    chip->setGeometry(int(ruler.x + ruler.w) - size.width() - 8, int(ruler.y + (ruler.h - float(size.height())) / 2), size.width(),
        size.height());
}

// In a low window the tracks need the room more.
layout::Style TimelineView::Private::style() const
{
    layout::Style out = theme->style(rows);
    if (isLow) {
        out.minimap = float(theme->number(u"size.minimap_low"));
        out.notesLane = 0; // they stand in the ruler
    }
    return out;
}

void TimelineView::Private::windowResized()
{
    constexpr int kLow = 640;
    const bool low = q->window() != q && q->window()->height() < kLow;
    if (low == isLow)
        return;
    isLow = low;
    restyle();
}

void TimelineView::Private::restyle()
{
    metrics.setRows(rows);
    tip->setTheme(theme);
    header->setTheme(*theme);
    chip->setTheme(theme);
    signs->setTheme(theme);
    if (scene)
        scene->setStyle(style(), metrics);
    scrollTo(scroll);
    redraw();
}

void TimelineView::Private::placeCanvas()
{
    const int foot = signs->isHidden() ? 0 : std::min(SignBar::kHeight, q->height());
    canvas->setGeometry(0, 0, q->width(), q->height() - foot);
    signs->setGeometry(0, q->height() - foot, q->width(), SignBar::kHeight);
}

void TimelineView::Private::redraw()
{
    if (noteEditor)
        placeEditor();
    canvas->update();
}

void TimelineView::Private::rangeMoved()
{
    const render::TimeRange aim = state->range();
    const bool still = direct || state->isFollowStep() || reduced || !q->isVisible() || RangeAnimation::isTooFar(shown, aim);
    if (still) {
        animation.stop();
        shown = aim;
    } else {
        animation.start(shown, aim);
        wake();
    }
    redraw();
}

void TimelineView::Private::setDirect(render::TimeRange range)
{
    direct = true;
    state->setRange(range);
    direct = false;
    if (animation.running()) { // the hand takes over
        animation.stop();
        shown = state->range();
        redraw();
    }
}

void TimelineView::Private::zoomAt(double x, double factor, bool animated)
{
    if (!scene)
        return;
    // From where the view is going, so that three quick presses zoom three times.
    layout::ViewSpec view = spec();
    const render::TimeRange base = animated ? state->range() : shown;
    view.from = base.from;
    view.to = base.to;
    const layout::TimeScale scale = scene->zones(view).scale;
    const auto zoomed = layout::zoomed(scale, std::clamp(x, scale.left, scale.right()), factor);
    if (animated)
        state->setRange({zoomed.from, zoomed.to});
    else
        setDirect({zoomed.from, zoomed.to});
}

void TimelineView::Private::panBy(double pixels)
{
    if (!scene)
        return;
    const auto scale = scene->zones(spec()).scale;
    const double ns = pixels * scale.nsPerPixel() + restOfPan;
    const auto whole = int64_t(std::trunc(ns));
    restOfPan = ns - double(whole);
    if (whole)
        setDirect({shown.from + whole, shown.to + whole});
}

void TimelineView::Private::scrollTo(double y)
{
    const double most = scene ? scene->maxScroll(spec()) : 0;
    y = std::clamp(y, 0.0, most);
    if (y == scroll)
        return;
    scroll = y;
    redraw();
}

void TimelineView::Private::wake()
{
    if (clock.isActive())
        return;
    const double rate = q->screen() ? q->screen()->refreshRate() : 60;
    clock.setInterval(std::clamp(int(1000 / std::max(rate, 1.0)), 4, 17));
    sinceTick.start();
    clock.start();
}

void TimelineView::Private::tick()
{
    const double seconds = double(sinceTick.nsecsElapsed()) / 1e9;
    sinceTick.restart();
    if (motion.moving() && scene) {
        const KeyMotion::Step step = motion.advance(seconds);
        if (step.zoom != 1)
            zoomAt(zoomCentre(), step.zoom, false);
        if (step.pan != 0)
            panBy(step.pan * scene->zones(spec()).scale.width);
    }
    if (animation.running()) {
        shown = animation.advance(seconds);
        redraw();
    }
    if (!motion.moving() && !animation.running())
        clock.stop();
}

float TimelineView::Private::headerColumn() const
{
    if (ownHeaderColumn > 0)
        return float(ownHeaderColumn);
    const double normal = theme->number(u"size.header_column.default"),
                 least = theme->number(u"size.header_column.min");
    const int width = q->window()->width();
    if (width < 1000)
        return float(least);
    if (width < 1400)
        return float(std::round((normal + least) / 2 - 2));
    return float(width < 2200 ? normal : normal + 32);
}

double TimelineView::Private::zoomCentre() const
{
    const auto scale = scene->zones(spec()).scale;
    if (pointer && pointer->x() >= scale.left && pointer->x() <= scale.right())
        return pointer->x();
    return scale.left + scale.width / 2;
}

} // namespace calltide::timeline
