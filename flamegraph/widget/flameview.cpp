// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flameview_p.h"
#include "layout/text.h"
#include "render/theme.h"
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace calltide::flameview {
namespace {
constexpr int kNoteAfterMs = 250; // a tree that is there sooner needs no words
} // namespace

// Of what is shown now, the function with the most time of its own.
store::FunctionId FlameView::Private::heaviest() const
{
    if (!canvas->scene().tree() || canvas->scene().trace() != state->trace())
        return {};
    std::vector<int64_t> self(state->trace()->functions().size());
    for (const flame::Node& node : canvas->scene().tree()->nodes())
        if (node.function.valid())
            self[node.function.v] += node.self;
    const auto most = std::max_element(self.begin(), self.end());
    return most == self.end() ? store::FunctionId() : store::FunctionId(uint32_t(most - self.begin()));
}

flame::TreeOptions FlameView::Private::options() const
{
    flame::TreeOptions out;
    out.direction = bar->order() == Order::BottomUp ? flame::Direction::BottomUp : flame::Direction::TopDown;
    if (bar->scope() == ScopeKind::Hits)
        out.transforms.push_back({flame::TransformKind::FocusHits, {}, {}, state->searchMask()});
    if (state->isMyCodeOnly())
        out.transforms.push_back({flame::TransformKind::MergeLibrary, {}, {}, {}});
    out.transforms.insert(out.transforms.end(), transforms.begin(), transforms.end());
    if (canvas->scene().tree() && canvas->scene().tree()->isPruned() && !canvas->zooms().empty())
        out.closer = canvas->zooms().back();
    return out;
}

void FlameView::Private::showLayout()
{
    callers->setVisible(sandwich());
    callers->setLayout(true, 2, FlameView::tr("Nothing that was recorded calls it in this part."));
    canvas->setLayout(!sandwich() && bar->rootAtBottom(), sandwich() ? 1 : 0, FlameView::tr("It is not called in this part."));
}

void FlameView::Private::setCenter(store::FunctionId function)
{
    if (function == center && sandwich())
        return;
    center = function;
    if (sandwich())
        rebuild();
    else
        bar->setOrder(Order::Sandwich); // which rebuilds
}

// A function chosen elsewhere becomes the sandwich's middle; one chosen in it does not, or nobody could look around.
void FlameView::Private::centerMayHaveChanged()
{
    if (sandwich() && state->highlighted().valid() && !canvas->isActivating() && !callers->isActivating())
        setCenter(state->highlighted());
}

void FlameView::Private::addTransform(const flame::Transform& transform)
{
    transforms.push_back(transform);
    rebuild();
    showCrumbs();
}

void FlameView::Private::keepSteps(size_t count)
{
    canvas->truncateZooms(count > transforms.size() ? count - transforms.size() : 0);
    if (count >= transforms.size())
        return;
    transforms.resize(count);
    rebuild();
    showCrumbs();
}

void FlameView::Private::rebuild(bool evenIfHidden)
{
    follow.stop();
    offerScopes();
    showScope();
    if (!state->trace()) {
        job.stop();
        callersJob.stop();
        canvas->clear();
        callers->clear();
        return;
    }
    // A dock behind another one in its tab row counts as visible for Qt.
    const bool seen = bar->isVisible() && !(state->trace()->isGrowing() && bar->visibleRegion().isEmpty());
    stale = !seen && !evenIfHidden;
    if (stale) {
        job.stop();
        callersJob.stop();
        return;
    }
    flame::TreeOptions wanted = options();
    if (sandwich() && center.valid()) {
        flame::TreeOptions above = wanted;
        above.direction = flame::Direction::BottomUp;
        above.callersOf = center;
        callersJob.start(state->trace(), scopes(), std::move(above));
        wanted.transforms.push_back({flame::TransformKind::FocusFunction, center, {}, {}});
    }
    job.start(state->trace(), scopes(), std::move(wanted));
    note.start(kNoteAfterMs);
}

void FlameView::Private::showSearch()
{
    const QString filter = bar->filter().trimmed();
    std::vector<bool> mask;
    const bool filtered = state->filter() && !state->filter()->functions.empty();
    const bool active = state->trace() && (!filter.isEmpty() || !state->searchMask().empty() || filtered);
    if (active && !filter.isEmpty()) {
        const bool regex = filter.size() > 2 && filter.startsWith(u'/') && filter.endsWith(u'/');
        mask = render::matchingFunctions(
            *state->trace(), {regex ? filter.mid(1, filter.size() - 2) : filter, regex, false});
    } else if (active) {
        mask = state->searchMask().empty() ? state->filter()->functions : state->searchMask();
    }
    callers->setSearch(mask, active);
    canvas->setSearch(std::move(mask), active);
}

void FlameView::Private::showCrumbs()
{
    QStringList names;
    if (state->trace()) {
        for (const flame::Transform& transform : transforms) {
            const QString name = QString::fromStdString(frameName(*state->trace(), transform.function));
            const QString module
                = QString::fromStdString(moduleName(*state->trace(), transform.function)).section(u'/', -1);
            switch (transform.kind) {
            case flame::TransformKind::FocusFunction:
                names << FlameView::tr("only %1").arg(name);
                break;
            case flame::TransformKind::FocusSubtree:
                names << FlameView::tr("only %1 on its path").arg(name);
                break;
            case flame::TransformKind::CollapseRecursion:
                names << FlameView::tr("recursion of %1 merged").arg(name);
                break;
            case flame::TransformKind::DropFunction:
                names << FlameView::tr("without %1").arg(name);
                break;
            case flame::TransformKind::CollapseDirectRecursion:
                names << FlameView::tr("direct recursion of %1 merged").arg(name);
                break;
            case flame::TransformKind::MergeNode:
                names << FlameView::tr("%1 merged on its path").arg(name);
                break;
            case flame::TransformKind::CollapseFunction:
                names << FlameView::tr("all in %1 merged").arg(name);
                break;
            case flame::TransformKind::MergeModule:
                names << FlameView::tr("%1 merged").arg(module.isEmpty() ? name : module);
                break;
            case flame::TransformKind::FocusModule:
                names << FlameView::tr("only %1").arg(module.isEmpty() ? name : module);
                break;
            default:
                names << FlameView::tr("%1 merged").arg(name);
                break;
            }
        }
        for (const FlamePath& path : canvas->zooms())
            names << QString::fromStdString(frameName(*state->trace(), path.back()));
    }
    for (FlameCanvas* c : {canvas, callers})
        c->setUndoable(!transforms.empty());
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
    d->callers = new FlameCanvas(state, theme);
    d->callers->setObjectName(QStringLiteral("callersCanvas"));
    d->callers->setAccessibleName(tr("Callers"));
    auto* halves = new QSplitter(Qt::Vertical);
    halves->setChildrenCollapsible(false);
    halves->addWidget(d->callers);
    halves->addWidget(d->canvas);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(d->bar);
    column->addWidget(d->crumbs);
    column->addWidget(halves, 1);
    setTheme(theme);
    d->showLayout();

    d->follow.setSingleShot(true);
    d->note.setSingleShot(true);
    connect(&d->follow, &QTimer::timeout, this, [this] { d->rebuild(); });
    connect(&d->note, &QTimer::timeout, this, [this] { d->showNote(); });
    connect(&d->job, &TreeJob::finished, this, [this] {
        const TreeJob::Result& result = d->job.result();
        d->canvas->setNote(QString());
        std::string label = scopeLabel(*result.trace, d->bar->scope() == ScopeKind::Task ? d->scope() : result.scopes.front());
        if (const uint64_t n = result.tree->leftOut()) { // else they would seem not to be there
            const QString count = QString::fromStdString(layout::formatCount(int64_t(n)));
            label += std::string(layout::kDot) + tr("%1 of the smallest frames show when you zoom in").arg(count).toStdString();
        }
        if (result.tree->isDepthCut())
            label += std::string(layout::kDot) + tr("%1 callers deep at most").arg(flame::CallTree::kMaxCallers).toStdString();
        d->canvas->setTree(result, std::move(label));
    });
    connect(&d->callersJob, &TreeJob::finished, this, [this] { d->callers->setTree(d->callersJob.result(), {}); });
    connect(d->bar, &FlameBar::orderChanged, this, [this] {
        if (d->sandwich() && !d->center.valid())
            d->center = d->state->highlighted().valid() ? d->state->highlighted() : d->heaviest();
        d->showLayout();
        d->rebuild();
    });
    connect(d->bar, &FlameBar::myCodeChanged, this, [this] { d->state->setMyCodeOnly(d->bar->myCodeOnly()); });
    connect(state, &render::ViewState::myCodeChanged, this, [this] {
        d->bar->setMyCodeOnly(d->state->isMyCodeOnly());
        d->rebuild();
    });
    connect(d->bar, &FlameBar::rootChanged, this, [this] { d->showLayout(); });
    connect(d->bar, &FlameBar::measureChanged, this, [this] {
        d->canvas->setMeasure(d->bar->measure());
        d->callers->setMeasure(d->bar->measure());
    });
    connect(d->bar, &FlameBar::scopeChanged, this, [this] {
        d->takeTrack();
        d->rebuild();
    });
    connect(d->bar, &FlameBar::filterChanged, this, [this] { d->showSearch(); });
    connect(d->crumbs, &Breadcrumb::chosen, this, [this](int count) { d->keepSteps(size_t(count)); });
    connect(d->canvas, &FlameCanvas::zoomsChanged, this, [this] {
        d->showCrumbs();
        if (const auto& tree = d->canvas->scene().tree(); tree && tree->isPruned())
            d->rebuild(); // with more of what is looked at
    });
    for (FlameCanvas* canvas : {d->canvas, d->callers}) {
        connect(canvas, &FlameCanvas::functionActivated, this, &FlameView::functionActivated);
        connect(canvas, &FlameCanvas::sourceRequested, this, &FlameView::sourceRequested);
        connect(canvas, &FlameCanvas::transformRequested, this, [this](const flame::Transform& t) { d->addTransform(t); });
        connect(canvas, &FlameCanvas::sandwichRequested, this, [this](store::FunctionId f) { d->setCenter(f); });
        connect(canvas, &FlameCanvas::undoRequested, this, [this] { d->keepSteps(d->transforms.size() - 1); });
    }
    connect(state, &render::ViewState::traceChanged, this, [this] { d->traceChanged(); });
    connect(state, &render::ViewState::traceGrown, this, [this](const store::TraceMatch& match) {
        if (match.sameIds())
            d->scopeMayHaveChanged(d->bar->scope());
        else
            d->traceChanged();
    });
    connect(state, &render::ViewState::rangeChanged, this, [this] { d->scopeMayHaveChanged(ScopeKind::Shown); });
    connect(state, &render::ViewState::areaChanged, this, [this] { d->areaChanged(); });
    connect(state, &render::ViewState::selectionChanged, this, [this] {
        d->centerMayHaveChanged();
        d->offerScopes();
        if (!d->state->area())
            d->scopeMayHaveChanged(ScopeKind::Selection);
    });
    connect(state, &render::ViewState::searchChanged, this, [this] {
        d->showSearch();
        if (d->bar->scope() == ScopeKind::Hits && d->state->searchMask().empty()) { // the search is over
            d->bar->setScope(ScopeKind::Shown);
            d->rebuild();
        } else {
            d->scopeMayHaveChanged(ScopeKind::Hits);
        }
    });
    connect(state, &render::ViewState::filterChanged, this, [this] {
        d->showSearch();
        if (d->state->trace())
            d->rebuild();
    });
    d->traceChanged();
}

FlameView::~FlameView() = default;

void FlameView::setTheme(const render::Theme* theme)
{
    d->bar->setTheme(*theme);
    d->canvas->setTheme(theme);
    d->callers->setTheme(theme);
}

void FlameView::setRowSize(layout::RowSize rows)
{
    d->canvas->setRowSize(rows);
    d->callers->setRowSize(rows);
}

void FlameView::setOrder(Order order)
{
    d->bar->setOrder(order);
}

void FlameView::setReducedMotion(bool reduced)
{
    d->canvas->setReducedMotion(reduced);
    d->callers->setReducedMotion(reduced);
}

QByteArray FlameView::toSvg()
{
    return d->canvas->toSvg();
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
    d->callersJob.wait();
}

void FlameView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (d->stale)
        d->rebuild(true);
}

void FlameView::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    if (d->stale) // it comes into sight
        QTimer::singleShot(0, this, [this] { d->rebuild(); });
}

void FlameView::focusFilter()
{
    d->bar->focusFilter();
}

void FlameView::resetZoom()
{
    d->canvas->truncateZooms(0);
    d->callers->truncateZooms(0);
}

} // namespace calltide::flameview
