// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callsview.h"
#include "ui/appearance.h"
#include "ui/callstable.h"
#include "ui/controls.h"
#include "ui/durationplot.h"
#include "ui/text.h"
#include <QHBoxLayout>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace calltide::ui {

CallsView::CallsView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
    , m_state(state)
    , m_model(new CallsModel(m_context, this))
    , m_plot(new DurationPlot(appearance))
    , m_pages(new QStackedWidget)
    , m_table(new CallsTable(appearance, m_model, state))
{
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);
    m_pages->addWidget(emptyState(appearance, QStringLiteral("histogram"), tr("No function chosen"),
        tr("Click a call or a function to see how long all its calls took.")));
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildBar());
    m_table->hideColumn(CallsModel::Function);
    m_table->sortByColumn(CallsModel::Took, Qt::DescendingOrder);
    m_table->setAccessibleName(tr("Calls"));
    auto* parts = new QSplitter(Qt::Horizontal);
    parts->setChildrenCollapsible(false);
    parts->addWidget(m_plot);
    parts->addWidget(m_table);
    parts->setSizes({480, 520});
    column->addWidget(parts, 1);
    m_pages->addWidget(page);

    connect(m_plot, &DurationPlot::rangeChosen, this, &CallsView::showRange);
    connect(state, &render::ViewState::selectionChanged, this, &CallsView::followSelection);
    for (const auto changed : {&render::ViewState::areaChanged, &render::ViewState::filterChanged})
        connect(state, changed, this, [this] {
            m_stale = true;
            compute();
        });
    connect(&appearance, &Appearance::changed, this, &CallsView::showData);
    followSelection();
}

QWidget* CallsView::buildBar()
{
    auto* bar = new QWidget;
    bar->setProperty("bar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(36);
    bar->setMinimumWidth(140);
    m_swatch = new QLabel;
    m_name = new ElidedLabel;
    m_name->setFont(uiFont(m_appearance, u"body", 600));
    m_figures = new ElidedLabel;
    m_figures->setProperty("muted", true);
    m_figures->setFont(uiFont(m_appearance, u"small"));
    m_measure = new Segments({tr("Count"), tr("Time")});
    m_scale = new Segments({tr("Lin"), tr("Log")});
    m_scope = new QToolButton;
    m_chosen = new QToolButton;
    for (QToolButton* chip : {m_scope, m_chosen}) {
        chip->setProperty("chip", true);
        chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        chip->setIcon(m_appearance.icon(QStringLiteral("close")));
        chip->hide();
    }
    m_scope->setToolTip(tr("End the selection"));
    m_chosen->setToolTip(tr("Show all durations again"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_swatch);
    row->addWidget(m_name, 1);
    row->addWidget(m_figures, 3);
    row->addWidget(m_scope);
    row->addWidget(m_chosen);
    row->addWidget(m_measure);
    row->addWidget(m_scale);
    connect(m_measure, &Segments::currentChanged, this, &CallsView::showPlot);
    connect(m_scale, &Segments::currentChanged, this, &CallsView::showPlot);
    connect(m_scope, &QToolButton::clicked, this, [this] { m_state->setArea(std::nullopt); });
    connect(m_chosen, &QToolButton::clicked, this, [this] {
        m_plot->setRange(std::nullopt);
        showRange();
    });
    return bar;
}

void CallsView::followSelection()
{
    const store::FunctionId wanted = m_state->highlighted();
    if (wanted.valid() && wanted != m_function) { // nothing chosen: what is shown stays
        m_function = wanted;
        m_stale = true;
        compute();
    }
    const store::SliceIndex slice = m_state->selected();
    const bool ours = slice != store::kNoSlice && m_context->trace->functionOf(slice) == m_function;
    m_plot->setMarked(ours ? std::optional(m_context->trace->duration(slice)) : std::nullopt);
    if (ours && isReady() && m_model->callAt(m_table->currentIndex().row()) != slice)
        if (const int row = m_model->rowOf(slice); row >= 0)
            m_table->selectRow(row);
}

void CallsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    compute();
}

void CallsView::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    if (m_stale && m_context->trace->isGrowing()) // it comes into sight
        QTimer::singleShot(0, this, &CallsView::compute);
}

void CallsView::setContext(TraceContextPtr context)
{
    m_context = std::move(context);
    m_stale = true;
    if (!m_context->trace->isGrowing()) // numbers of functions may be others now
        m_function = {};
}

void CallsView::recount()
{
    followSelection();
    if (!m_job.running() || !m_context->trace->isGrowing())
        compute();
}

void CallsView::compute()
{
    if (!m_stale || !m_function.valid() || !(m_context->trace->isGrowing() ? isSeen(this) : isVisible()))
        return;
    m_stale = false;
    const store::Scope scope = m_state->scope();
    if (const auto& area = m_state->area()) {
        m_scope->setText(tr("Selection · %1").arg(formatDuration(area->range.length())));
    }
    m_scope->setVisible(m_state->area().has_value());
    m_pages->setCurrentIndex(1);
    m_name->setFullText(m_context->name(m_function));
    m_figures->setFullText(tr("Counting…"));
    m_job.start(
        [trace = m_context->trace, function = m_function, scope](store::Progress& progress) {
            return collectCalls(*trace, function, scope, &progress);
        },
        [this, context = m_context](CallsData data) {
            m_model->setContext(context);
            m_data = std::make_shared<const CallsData>(std::move(data));
            const QSignalBlocker quiet(m_scale);
            m_scale->setCurrent(wantsLogarithmic(*m_data) ? 1 : 0);
            m_plot->setRange(std::nullopt);
            showData();
        });
}

QString CallsView::figures() const
{
    return m_figures->fullText();
}

void CallsView::showData()
{
    if (!m_data)
        return;
    QPixmap swatch(QSize(12, 12) * devicePixelRatioF());
    swatch.setDevicePixelRatio(devicePixelRatioF());
    swatch.fill(m_context->color(m_data->function, m_appearance));
    m_swatch->setPixmap(swatch);
    QStringList parts{formatCount(m_data->total, tr("%1 call"), tr("%1 calls"))};
    if (m_data->step > 1)
        parts << tr("each %1th is shown").arg(formatNumber(m_data->step));
    if (!m_data->calls.empty()) {
        parts << tr("mean %1").arg(formatDuration(m_data->sum / int64_t(m_data->calls.size())));
        for (const auto& [name, p] : {std::pair("p50", .5), {"p95", .95}, {"p99", .99}})
            parts << QStringLiteral("%1 %2").arg(QLatin1String(name), formatDuration(m_data->percentile(p)));
        parts << tr("max %1").arg(formatDuration(m_data->calls.back().duration));
    }
    m_figures->setFullText(parts.join(QStringLiteral(" · ")));
    showPlot();
    showRange();
}

void CallsView::showPlot()
{
    if (m_data)
        m_plot->setData(*m_data, m_scale->current() == 1, m_measure->current() == 1);
}

void CallsView::showRange()
{
    const auto& range = m_plot->range();
    m_model->setCalls(m_data, range ? range->first : 0, range ? range->second : INT64_MAX);
    m_chosen->setVisible(range.has_value());
    if (range)
        m_chosen->setText(QStringLiteral("%1 – %2 · %3").arg(formatDuration(range->first), formatDuration(range->second),
            formatCount(uint64_t(m_model->rowCount()), tr("%1 call"), tr("%1 calls"))));
    followSelection();
}

} // namespace calltide::ui
