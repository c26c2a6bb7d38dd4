// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/functionsview.h"
#include "ui/appearance.h"
#include "ui/areasummary.h"
#include "ui/controls.h"
#include "store/callfigures.h"
#include "ui/functionsmodel.h"
#include "ui/paneexport.h"
#include "ui/popupmenu.h"
#include "ui/text.h"
#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTimer>

namespace calltide::ui {
namespace {
// Swatches and share bars: a style sheet cannot draw a value.
class FunctionsDelegate : public QStyledItemDelegate
{
public:
    FunctionsDelegate(const Appearance& appearance, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_appearance(appearance)
    {
    }

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == FunctionsModel::Function) {
            option->features |= QStyleOptionViewItem::HasDecoration;
            option->decorationSize = QSize(12, 12); // the swatch is painted over this place
        }
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        if (const QVariant color = index.data(FunctionsModel::ColorRole); color.isValid()) {
            painter->setBrush(color.value<QColor>());
            const double top = option.rect.top() + (option.rect.height() - 9) / 2.0;
            painter->drawRoundedRect(QRectF(option.rect.left() + 9, top, 9, 9), 2, 2);
        }
        if (const QVariant share = index.data(FunctionsModel::ShareRole); share.isValid()) {
            QColor bar = m_appearance.color(u"accent.default");
            bar.setAlphaF(.16f);
            painter->setBrush(bar);
            const QRectF r = QRectF(option.rect).adjusted(4, 4, -4, -4);
            const double w = r.width() * share.toDouble();
            painter->drawRoundedRect(QRectF(r.right() - w, r.top(), w, r.height()), 2, 2);
        }
        painter->restore();
    }

private:
    const Appearance& m_appearance;
};

// A view's search by typing would take "/", which the window sends to the search box.
class FunctionsTable : public QTableView
{
protected:
    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->text() == u"/")
            event->ignore();
        else
            QTableView::keyPressEvent(event);
    }
};

// Filters by name or file.
class FunctionsProxy : public QSortFilterProxyModel
{
public:
    FunctionsProxy(TraceContextPtr context, QObject* parent)
        : QSortFilterProxyModel(parent)
        , m_context(std::move(context))
    {
        setSortRole(FunctionsModel::SortRole);
        setSortCaseSensitivity(Qt::CaseInsensitive);
    }
    void setContext(TraceContextPtr context, const QString& text)
    {
        m_context = std::move(context);
        if (!text.isEmpty() && m_mask.size() != m_context->trace->functions().size())
            setText(text);
    }
    void setText(const QString& text)
    {
        m_mask = text.isEmpty() ? std::vector<bool>() : store::matchFunctions(*m_context->trace, text.toStdString());
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        if (m_mask.empty())
            return true;
        const uint f = sourceModel()->index(row, 0, parent).data(FunctionsModel::FunctionRole).toUInt();
        return f < m_mask.size() && m_mask[f];
    }

private:
    TraceContextPtr m_context;
    std::vector<bool> m_mask; // by function; empty: no filter
};
} // namespace

FunctionsView::FunctionsView(
    const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
    , m_state(state)
    , m_model(new FunctionsModel(appearance, m_context, this))
    , m_proxy(new FunctionsProxy(m_context, this))
    , m_table(new FunctionsTable)
    , m_filter(filterField(appearance, tr("Filter functions")))
    , m_scope(new QToolButton)
    , m_totals(new ElidedLabel)
{
    m_proxy->setSourceModel(m_model);
    buildTable();

    auto* bar = new QWidget;
    bar->setProperty("bar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(36);
    bar->setMinimumWidth(140);
    m_scope->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_totals->setProperty("muted", true);
    m_totals->setFont(uiFont(appearance, u"small"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->addWidget(m_scope);
    row->addWidget(m_totals, 1);
    row->addWidget(m_filter, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_table, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        static_cast<FunctionsProxy*>(m_proxy)->setText(text);
        showTotals();
    });
    connect(m_scope, &QToolButton::clicked, this, [this] { m_state->setArea(std::nullopt); });
    connect(state, &render::ViewState::areaChanged, this, &FunctionsView::compute);
    connect(state, &render::ViewState::filterChanged, this, &FunctionsView::compute);
    connect(state, &render::ViewState::selectionChanged, this, &FunctionsView::followSelection);
    connect(&appearance, &Appearance::changed, m_table->viewport(), qOverload<>(&QWidget::update));
    compute();
}

void FunctionsView::buildTable()
{
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new FunctionsDelegate(m_appearance, m_table));
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, m_model, &FunctionsModel::setSorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(FunctionsModel::Self, Qt::DescendingOrder);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setAlternatingRowColors(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setMinimumSize(80, 40);
    m_table->setAccessibleName(tr("Functions"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_appearance.px(u"size.table_row.normal"));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setMinimumSectionSize(40);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(FunctionsModel::Function, QHeaderView::Stretch);
    for (int i = FunctionsModel::Calls; i < FunctionsModel::ColumnCount; ++i)
        header->resizeSection(i, i == FunctionsModel::Where ? 180 : i == FunctionsModel::Calls ? 112 : 92); // 100 M calls fit
    setColumns({QStringLiteral("Calls"), QStringLiteral("Total"), QStringLiteral("Self"), QStringLiteral("Mean"),
        QStringLiteral("p95"), QStringLiteral("Max")});
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, [this, header](const QPoint& at) {
        QMenu* menu = makePopupMenu(this);
        fillColumnMenu(*menu);
        menu->popup(header->mapToGlobal(at));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        if (const store::FunctionId f = functionAt(index); f.valid() && f != m_state->highlighted())
            m_state->highlight(f);
    });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& i) { goToNextCall(functionAt(i)); });
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
        const store::FunctionId f = functionAt(m_table->indexAt(at));
        if (!f.valid())
            return;
        QMenu* menu = makePopupMenu(this);
        menu->addAction(m_appearance.icon(QStringLiteral("go_to")), tr("Next call on the timeline"), this,
            [this, f] { goToNextCall(f); });
        menu->addAction(m_appearance.icon(QStringLiteral("copy")), tr("Copy name"), this,
            [this, f] { QGuiApplication::clipboard()->setText(m_context->fullName(f)); });
        menu->addAction(tr("Copy table as CSV"), this,
            [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(csvOf(*m_proxy))); });
        menu->popup(m_table->viewport()->mapToGlobal(at));
    });
}

void FunctionsView::setContext(TraceContextPtr context)
{
    m_context = std::move(context);
    m_model->setContext(m_context);
    static_cast<FunctionsProxy*>(m_proxy)->setContext(m_context, m_filter->text());
}

const std::vector<store::FunctionStatistics>& FunctionsView::statistics() const
{
    return m_model->statistics();
}

void FunctionsView::recount(bool needed)
{
    m_stale = m_context->trace->isGrowing() && !needed && !isSeen(this);
    if (!m_stale && (!m_job.running() || !m_context->trace->isGrowing()))
        compute();
}

void FunctionsView::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    if (m_stale) // it comes into sight
        QTimer::singleShot(0, this, [this] { recount(false); });
    if (m_spreadStale)
        QTimer::singleShot(0, this, &FunctionsView::computeSpreads);
}

bool FunctionsView::isReady() const
{
    return !m_job.running() && !m_stale && (!isSeen(this) || (!m_spreadStale && !m_spreadJob.running()));
}

void FunctionsView::setColumns(const QStringList& names)
{
    for (int i = FunctionsModel::Calls; i < FunctionsModel::ColumnCount; ++i)
        m_table->setColumnHidden(i, !names.contains(FunctionsModel::columnName(i)));
}

QStringList FunctionsView::columns() const
{
    QStringList names;
    for (int i = FunctionsModel::Calls; i < FunctionsModel::ColumnCount; ++i)
        if (!m_table->isColumnHidden(i))
            names << FunctionsModel::columnName(i);
    return names;
}

void FunctionsView::fillColumnMenu(QMenu& menu)
{
    for (int i = FunctionsModel::Calls; i < FunctionsModel::ColumnCount; ++i) {
        QAction* action = menu.addAction(FunctionsModel::columnTitle(i));
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(i));
        connect(action, &QAction::toggled, this, [this, i](bool shown) {
            m_table->setColumnHidden(i, !shown);
            Q_EMIT columnsChosen(columns());
        });
    }
}

void FunctionsView::computeSpreads()
{
    if (!m_spreadStale || m_job.running() || !isSeen(this))
        return;
    m_spreadStale = false;
    m_spreadJob.start([trace = m_context->trace, scope = m_state->scope()](
                          store::Progress& p) { return store::functionSpreads(*trace, scope, &p); },
        [this](std::vector<store::FunctionSpread> spreads) { m_model->setSpreads(std::move(spreads)); });
}

void FunctionsView::compute()
{
    const store::Scope scope = m_state->scope();
    const auto& area = m_state->area();
    m_scope->setVisible(area.has_value());
    if (area) {
        m_scope->setText(tr("Selection · %1").arg(formatDuration(area->range.length())));
        m_scope->setIcon(m_appearance.icon(QStringLiteral("close")));
        m_scope->setToolTip(tr("End the selection"));
    }
    if (!m_context->trace->isGrowing()) // else the former figures stay until the next ones are there
        m_totals->setFullText(tr("Counting…"));
    m_spreadJob.cancel();
    m_job.start(
        [trace = m_context->trace, scope](store::Progress& p) { return store::functionStatistics(*trace, scope, &p); },
        [this](std::vector<store::FunctionStatistics> statistics) {
            m_model->setStatistics(std::move(statistics));
            m_spreadStale = true;
            computeSpreads();
            showTotals();
            followSelection();
            Q_EMIT counted();
        });
}

void FunctionsView::showTotals()
{
    uint64_t calls = 0;
    int64_t self = 0;
    bool known = true; // the calls of all
    const int rows = m_proxy->rowCount();
    for (int i = 0; i < rows; ++i) {
        const auto& s = m_model->statistics()[size_t(m_proxy->mapToSource(m_proxy->index(i, 0)).row())];
        calls += s.calls;
        known &= store::knowsCalls(s);
        self += s.self;
    }
    const QString functions = rows == m_model->rowCount() ? formatCount(uint64_t(rows), tr("%1 function"), tr("%1 functions"))
                                                          : tr("%1 of %2 functions").arg(formatNumber(uint64_t(rows)), formatNumber(uint64_t(m_model->rowCount())));
    const QString text = m_state->filter() ? tr("%1 · %2 calls · %3 self · filtered") : tr("%1 · %2 calls · %3 self");
    const QString withoutCalls = m_state->filter() ? tr("%1 · %2 self · filtered") : tr("%1 · %2 self");
    QString cut;
    if (const auto& area = m_state->area())
        if (const auto sum = summaryOf(*m_context->trace, {area->range.from, area->range.to, area->tracks, {}}); sum.clipped)
            cut = formatCount(sum.clipped, tr(" · %1 call cut at an edge"), tr(" · %1 calls cut at the edges"));
    m_totals->setFullText((known ? text.arg(functions, formatNumber(calls), formatDuration(self))
                                 : withoutCalls.arg(functions, formatDuration(self)))
        + cut);
}

void FunctionsView::followSelection()
{
    const store::FunctionId wanted = m_state->highlighted();
    if (functionAt(m_table->currentIndex()) == wanted)
        return;
    const QSignalBlocker quiet(m_table->selectionModel());
    m_table->clearSelection();
    for (int i = 0; wanted.valid() && i < m_proxy->rowCount(); ++i) {
        if (functionAt(m_proxy->index(i, 0)) == wanted) {
            m_table->selectRow(i);
            m_table->scrollTo(m_proxy->index(i, 0));
            break;
        }
    }
    m_table->viewport()->update();
}

store::FunctionId FunctionsView::functionAt(const QModelIndex& index) const
{
    if (!index.isValid())
        return {};
    return store::FunctionId(index.siblingAtColumn(0).data(FunctionsModel::FunctionRole).toUInt());
}

// The next call after the selected one, else the first of the shown part; round again at the end.
void FunctionsView::goToNextCall(store::FunctionId function)
{
    if (!function.valid())
        return;
    const store::Trace& trace = *m_context->trace;
    std::vector<bool> mask(trace.functions().size());
    mask[function.v] = true;
    const store::SliceIndex selected = m_state->selected();
    const bool onOne = selected != store::kNoSlice && trace.functionOf(selected) == function;
    store::SliceIndex next
        = store::findSlice(trace, mask, onOne ? trace.start(selected) + 1 : m_state->range().from, true);
    if (next == store::kNoSlice)
        next = store::findSlice(trace, mask, trace.begin(), true);
    if (next != store::kNoSlice)
        m_state->selectAndReveal(next);
}

} // namespace calltide::ui
