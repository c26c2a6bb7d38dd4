// SPDX-License-Identifier: GPL-3.0-or-later
// The widget: its connections, properties and slots; what moves and draws is in view_frame.cpp.
#include "widget/timelineview.h"
#include "render/svgwriter.h"
#include "widget/timelineview_p.h"

namespace calltide::timeline {

namespace {

constexpr double kButtonZoom = 0.5; // of the window's length, for + and −
constexpr double kButtonPan = 0.25; // of the window

} // namespace

TimelineView::TimelineView(render::ViewState* state, const render::Theme* theme, Renderer renderer, QWidget* parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(this, state, theme, renderer))
{
    setFocusPolicy(Qt::StrongFocus);
    grabGesture(Qt::PinchGesture);
    setMouseTracking(true);
    setAccessibleName(tr("Timeline"));
    setMinimumSize(360, 160);
    setObjectName(QStringLiteral("timeline"));
    connect(state, &render::ViewState::traceChanged, this, [this] { d->rebuildScene(); });
    connect(state, &render::ViewState::traceGrown, this, [this](const store::TraceMatch& match) { d->growScene(match); });
    connect(state, &render::ViewState::followingChanged, this, [this] { d->placeChip(); });
    connect(state, &render::ViewState::rangeChanged, this, [this] { d->rangeMoved(); });
    connect(state, &render::ViewState::selectionChanged, this, [this] {
        d->redraw();
        d->announce();
    });
    connect(state, &render::ViewState::hoverChanged, this, [this] { d->redraw(); });
    connect(state, &render::ViewState::areaChanged, this, [this] { d->redraw(); });
    connect(state, &render::ViewState::searchChanged, this, [this] {
        d->hitTracksChanged();
        d->redraw();
    });
    connect(state, &render::ViewState::filterChanged, this, [this] { d->redraw(); });
    connect(state, &render::ViewState::myCodeChanged, this, [this] { d->showSigns(); });
    connect(state, &render::ViewState::ownCodeChanged, this, [this] { d->ownCodeChanged(); });
    connect(state, &render::ViewState::notesChanged, this, [this] { d->notesChanged(); });
    connect(state, &render::ViewState::exceptionTicksChanged, this, [this] { d->redraw(); });
    connect(state, &render::ViewState::revealRequested, this, [this](store::SliceIndex slice) { d->reveal(slice); });
    connect(state, &render::ViewState::revealInstantRequested, this, [this](uint32_t i) { d->revealInstant(i); });
    d->rebuildScene();
}

TimelineView::~TimelineView()
{
    delete d->canvas; // it asks its client until it is gone
}

void TimelineView::setTheme(const render::Theme* theme)
{
    d->theme = theme;
    d->restyle();
}

void TimelineView::setRowSize(layout::RowSize size)
{
    if (size == d->rows)
        return;
    d->setRows(size);
}

layout::RowSize TimelineView::rowSize() const
{
    return d->rows;
}

bool TimelineView::usesGpu() const
{
    return d->gpu;
}

double TimelineView::lastFrameMs() const
{
    return d->frameMs;
}

QByteArray TimelineView::toSvg()
{
    layout::DrawList list;
    if (!d->scene)
        return {};
    auto spec = d->spec();
    spec.cornerField = false;
    d->scene->draw(spec, list);
    return render::writeSvg(list, d->metrics);
}

QImage TimelineView::toImage(double devicePixelRatio)
{
    layout::DrawList list;
    if (!d->scene)
        return {};
    auto spec = d->spec();
    spec.devicePixelRatio = float(devicePixelRatio);
    spec.cornerField = false; // a widget, not part of the picture
    d->scene->draw(spec, list);
    return d->imagePainter.paint(list, d->metrics).copy();
}

void TimelineView::setReducedMotion(bool reduced)
{
    d->reduced = reduced;
    d->motion.stop();
}

const layout::TimelineScene* TimelineView::scene() const
{
    return d->scene.get();
}

layout::ViewSpec TimelineView::viewSpec() const
{
    return d->spec();
}

layout::Hit TimelineView::hitAt(const QPointF& position) const
{
    return d->scene ? d->scene->hit(d->spec(), float(position.x()), float(position.y())) : layout::Hit();
}

QString TimelineView::tipText() const
{
    return d->tip->isVisible() ? d->tip->text().plain() : QString();
}

QStringList TimelineView::signTexts() const
{
    return d->signs->texts();
}

double TimelineView::scrollPosition() const
{
    return d->scroll;
}

void TimelineView::setScrollPosition(double y)
{
    d->scrollTo(y);
}

void TimelineView::goBack()
{
    d->state->goBack();
}

void TimelineView::goForward()
{
    d->state->goForward();
}

void TimelineView::setOwnShortcuts(bool own)
{
    d->ownShortcuts = own;
}

void TimelineView::setGestures(const Gestures& gestures)
{
    d->gestures = gestures;
}

void TimelineView::setTimeFormat(layout::TimeFormat format)
{
    d->timeFormat = format;
    d->redraw();
}

layout::TimeFormat TimelineView::timeFormat() const
{
    return d->timeFormat;
}

void TimelineView::setAllFlows(bool all)
{
    d->allFlows = all;
    d->redraw();
}

void TimelineView::setFrameTimeShown(bool shown)
{
    d->showsFrameTime = shown;
    d->redraw();
}

void TimelineView::followEnd()
{
    d->state->setFollowing(true); // of a recording that goes on; else nothing
}

void TimelineView::fitAll()
{
    d->state->fitAll();
}

void TimelineView::zoomToSelection()
{
    if (d->state->selectionRange() || d->state->selectedInstant() != render::ViewState::kNoInstant)
        d->state->zoomToSelection();
    else
        d->state->fitAll();
}

void TimelineView::zoomIn()
{
    if (d->scene)
        d->zoomAt(d->zoomCentre(), kButtonZoom, true);
}

void TimelineView::zoomOut()
{
    if (d->scene)
        d->zoomAt(d->zoomCentre(), 1 / kButtonZoom, true);
}

void TimelineView::panLeft()
{
    const auto r = d->state->range();
    const auto by = int64_t(double(r.length()) * kButtonPan);
    d->state->setRange({r.from - by, r.to - by});
}

void TimelineView::panRight()
{
    const auto r = d->state->range();
    const auto by = int64_t(double(r.length()) * kButtonPan);
    d->state->setRange({r.from + by, r.to + by});
}

void TimelineView::selectEverything()
{
    if (d->scene)
        d->state->setArea(render::Area{d->state->wholeRange(), {}});
}

void TimelineView::collapseAll()
{
    if (!d->scene)
        return;
    layout::Collapsed collapsed = d->scene->collapsed();
    for (const auto& item : d->scene->tracks().items())
        if (item.kind == layout::ItemKind::Group)
            collapsed.groups.insert(item.process);
    d->setCollapsed(std::move(collapsed));
}

void TimelineView::expandAll()
{
    if (!d->scene)
        return;
    d->setCollapsed({});
}

bool TimelineView::event(QEvent* event)
{
    // While the timeline has the focus, its keys are its own, whatever menus have as shortcuts with the same letter.
    if (event->type() == QEvent::ShortcutOverride && d->scene && d->isOwnKey(static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    if (d->pinch(event))
        return true;
    return QWidget::event(event);
}

void TimelineView::resizeEvent(QResizeEvent*)
{
    d->windowResized();
    d->placeCanvas();
    d->placeHeader();
    d->scrollTo(d->scroll);
    d->placeChip();
}

void TimelineView::showEvent(QShowEvent*)
{
    d->animation.stop();
    d->shown = d->state->range();
}

void TimelineView::hideEvent(QHideEvent*)
{
    d->cancelDrag();
    d->hoverNothing();
    d->motion.stop();
}

void TimelineView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::ActivationChange && !isActiveWindow()) { // the key's release goes elsewhere
        d->motion.stop();
        d->hideTip();
    }
    QWidget::changeEvent(event);
}

} // namespace calltide::timeline
