// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flameview.h"
#include "layout/text.h"
#include "render/theme.h"
#include "widget/breadcrumb.h"
#include "widget/flamebar.h"
#include "widget/flamecanvas.h"
#include "widget/treejob.h"
#include <QTimer>
#include <QVBoxLayout>

namespace calltide::flameview {
namespace {
constexpr int kFollowMs = 80; // the shown part may change 60 times a second; trees need not
constexpr int kNoteAfterMs = 250; // a tree that is there sooner needs no words
} // namespace

struct FlameView::Private
{
    render::ViewState* state;
    FlameBar* bar;
    Breadcrumb* crumbs;
    FlameCanvas* canvas;
    TreeJob job;
    QTimer follow, note;
    bool stale = false; // hidden when the tree had to be built
    ScopeKind beforeSelection = ScopeKind::Shown;

    store::Scope scope() const;
    bool hasSelection() const { return state->area() || state->selected() != store::kNoSlice; }
    void rebuild(bool evenIfHidden = false);
    void scopeMayHaveChanged(ScopeKind kind);
    void areaChanged();
    void traceChanged();
    void showScope();
    void showSearch();
    void showCrumbs();
    void showNote();
};

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
    } else {
        scope.from = state->trace()->begin();
        scope.to = state->trace()->end();
    }
    return scope;
}

void FlameView::Private::rebuild(bool evenIfHidden)
{
    follow.stop();
    bar->setSelectionAvailable(state->trace() && hasSelection());
    showScope();
    if (!state->trace()) {
        job.stop();
        canvas->clear();
        return;
    }
    stale = !bar->isVisible() && !evenIfHidden;
    if (stale) {
        job.stop();
        return;
    }
    job.start(state->trace(), scope(), bar->direction());
    note.start(kNoteAfterMs);
}

void FlameView::Private::scopeMayHaveChanged(ScopeKind kind)
{
    bar->setSelectionAvailable(state->trace() && hasSelection());
    if (bar->scope() != kind || !state->trace())
        return;
    showScope();
    if (!follow.isActive()) // not restarted: a pan that goes on must not starve it
        follow.start(kFollowMs);
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
    canvas->clear();
    showSearch();
    rebuild();
}

void FlameView::Private::showScope()
{
    const QString names[] = {FlameView::tr("Whole recording"), FlameView::tr("Shown part"), FlameView::tr("Selection")};
    QString text = names[int(bar->scope())];
    if (state->trace() && bar->scope() != ScopeKind::Whole) {
        const store::Scope s = scope();
        text += QString::fromStdString(std::string(layout::kDot) + layout::formatDuration(s.to - s.from));
    }
    bar->setScopeText(text);
}

void FlameView::Private::showSearch()
{
    const QString filter = bar->filter().trimmed();
    if (!state->trace() || (filter.isEmpty() && state->searchMask().empty()))
        canvas->setSearch({}, false);
    else if (filter.isEmpty())
        canvas->setSearch(state->searchMask(), true);
    else
        canvas->setSearch(store::matchFunctions(*state->trace(), filter.toStdString()), true);
}

void FlameView::Private::showCrumbs()
{
    QStringList names;
    const store::TracePtr& trace = canvas->scene().trace();
    for (const FlamePath& path : canvas->zooms())
        names << QString::fromStdString(frameName(*trace, path.back()));
    crumbs->setNames(names);
}

void FlameView::Private::showNote()
{
    canvas->setNote(
        job.isRunning() ? FlameView::tr("Building the flame graph… %1 %").arg(job.perMille() / 10) : QString());
    if (job.isRunning())
        note.start(kNoteAfterMs);
}

FlameView::FlameView(render::ViewState* state, const render::Theme* theme, QWidget* parent)
    : QWidget(parent)
    , d(std::make_unique<Private>())
{
    d->state = state;
    d->bar = new FlameBar;
    d->crumbs = new Breadcrumb;
    d->canvas = new FlameCanvas(state, theme);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(d->bar);
    column->addWidget(d->crumbs);
    column->addWidget(d->canvas, 1);
    setTheme(theme);

    d->follow.setSingleShot(true);
    d->note.setSingleShot(true);
    connect(&d->follow, &QTimer::timeout, this, [this] { d->rebuild(); });
    connect(&d->note, &QTimer::timeout, this, [this] { d->showNote(); });
    connect(&d->job, &TreeJob::finished, this, [this] {
        const TreeJob::Result& result = d->job.result();
        d->canvas->setNote(QString());
        d->canvas->setTree(result, scopeLabel(*result.trace, result.scope));
    });
    connect(d->bar, &FlameBar::directionChanged, this, [this] { d->rebuild(); });
    connect(d->bar, &FlameBar::measureChanged, this, [this] { d->canvas->setMeasure(d->bar->measure()); });
    connect(d->bar, &FlameBar::scopeChanged, this, [this] { d->rebuild(); });
    connect(d->bar, &FlameBar::filterChanged, this, [this] { d->showSearch(); });
    connect(d->crumbs, &Breadcrumb::chosen, this, [this](int count) { d->canvas->truncateZooms(size_t(count)); });
    connect(d->canvas, &FlameCanvas::zoomsChanged, this, [this] { d->showCrumbs(); });
    connect(d->canvas, &FlameCanvas::functionActivated, this, &FlameView::functionActivated);
    connect(d->canvas, &FlameCanvas::sourceRequested, this, &FlameView::sourceRequested);
    connect(state, &render::ViewState::traceChanged, this, [this] { d->traceChanged(); });
    connect(state, &render::ViewState::rangeChanged, this, [this] { d->scopeMayHaveChanged(ScopeKind::Shown); });
    connect(state, &render::ViewState::areaChanged, this, [this] { d->areaChanged(); });
    connect(state, &render::ViewState::selectionChanged, this, [this] {
        if (!d->state->area())
            d->scopeMayHaveChanged(ScopeKind::Selection);
    });
    connect(state, &render::ViewState::searchChanged, this, [this] { d->showSearch(); });
    d->traceChanged();
}

FlameView::~FlameView() = default;

void FlameView::setTheme(const render::Theme* theme)
{
    d->bar->setTheme(*theme);
    d->canvas->setTheme(theme);
}

void FlameView::setRowSize(layout::RowSize rows)
{
    d->canvas->setRowSize(rows);
}

QImage FlameView::toImage(double devicePixelRatio)
{
    return d->canvas->toImage(devicePixelRatio);
}

void FlameView::waitForTree()
{
    if (d->follow.isActive() || d->stale)
        d->rebuild(true);
    d->job.wait();
}

void FlameView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (d->stale)
        d->rebuild(true);
}

void FlameView::focusFilter()
{
    d->bar->focusFilter();
}

void FlameView::resetZoom()
{
    d->canvas->truncateZooms(0);
}

} // namespace calltide::flameview
