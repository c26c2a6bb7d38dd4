// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hitsview.h"
#include "ui/appearance.h"
#include "ui/callsmodel.h"
#include "ui/callstable.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QHeaderView>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace calltide::ui {
namespace {
constexpr uint64_t kMost = 1'000'000; // rows
}

HitsView::HitsView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent)
    : QWidget(parent)
    , m_context(std::move(context))
    , m_state(state)
    , m_model(new CallsModel(m_context, this))
    , m_table(new CallsTable(appearance, m_model, state))
    , m_pages(new QStackedWidget)
    , m_figures(new ElidedLabel)
{
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);
    m_pages->addWidget(emptyState(appearance, QStringLiteral("search"), tr("No search"),
        tr("Type / and a part of a name, a file or an argument: what is found is listed here.")));
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    bar->setProperty("bar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(36);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 8, 0);
    m_figures->setFont(uiFont(appearance, u"small"));
    row->addWidget(m_figures, 1);
    column->addWidget(bar);
    column->addWidget(m_table, 1);
    m_pages->addWidget(page);
    m_table->setAccessibleName(tr("Hits"));
    m_table->sortByColumn(CallsModel::Start, Qt::AscendingOrder);
    m_table->horizontalHeader()->moveSection(CallsModel::Function, 0);
    m_table->horizontalHeader()->resizeSection(CallsModel::Function, 260);

    connect(state, &render::ViewState::searchChanged, this, [this] {
        if (m_state->hits() != m_shown || !m_shown) // it also tells that another hit is selected
            becomeStale();
    });
    for (const auto changed : {&render::ViewState::areaChanged, &render::ViewState::filterChanged})
        connect(state, changed, this, &HitsView::becomeStale);
    connect(state, &render::ViewState::selectionChanged, this, &HitsView::followSelection);
}

void HitsView::setContext(TraceContextPtr context)
{
    m_context = std::move(context);
    if (!m_context->trace->isGrowing()) // meanwhile the search says when it has counted again
        becomeStale();
}

void HitsView::becomeStale()
{
    m_stale = true;
    compute();
}

void HitsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    compute();
}

void HitsView::compute()
{
    if (!m_stale || !isVisible())
        return;
    m_stale = false;
    const auto hits = m_state->hits();
    m_shown = hits;
    m_pages->setCurrentIndex(m_state->searchText().isEmpty() ? 0 : 1);
    if (!hits) {
        m_job.cancel();
        m_model->setCalls(nullptr);
        m_figures->setFullText(m_state->searchCounting() ? tr("Counting…") : QString());
        return;
    }
    m_job.start(
        [trace = m_context->trace, hits, scope = m_state->scope()](store::Progress& progress) {
            return collectHits(*trace, *hits, scope, &progress, kMost);
        },
        [this, context = m_context](CallsData data) {
            QString text = formatCount(data.total, tr("%1 hit"), tr("%1 hits"));
            if (const size_t found = m_state->foundInstants().size())
                text += QStringLiteral(" · ")
                    + formatCount(found, tr("%1 exception on the timeline"), tr("%1 exceptions on the timeline"));
            if (data.step > 1)
                text += tr(" · each %1th is shown").arg(formatNumber(data.step));
            if (m_state->area())
                text += tr(" · in the selection");
            m_figures->setFullText(text);
            m_model->setContext(context);
            m_model->setCalls(std::make_shared<const CallsData>(std::move(data)));
            followSelection();
        });
}

void HitsView::followSelection()
{
    if (m_state->selected() == store::kNoSlice || m_model->callAt(m_table->currentIndex().row()) == m_state->selected())
        return;
    if (const int row = m_model->rowOf(m_state->selected()); row >= 0)
        m_table->selectRow(row);
}

} // namespace calltide::ui
