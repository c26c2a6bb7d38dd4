// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/functionsmodel.h"
#include "store/callfigures.h"
#include "ui/paneexport.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <algorithm>
#include <cmath>

namespace calltide::ui {
namespace {
struct ColumnNames
{
    const char *shown, *inFiles; // there times are whole nanoseconds
};
constexpr ColumnNames kColumns[FunctionsModel::ColumnCount] = {
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Function"), "Function"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Calls"), "Calls"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Total"), "Total ns"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Self"), "Self ns"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Mean"), "Mean ns"},
    {"p50", "p50 ns"},
    {"p95", "p95 ns"},
    {"p99", "p99 ns"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Min"), "Min ns"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Max"), "Max ns"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Share"), "Share of self time"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Threads"), "Threads"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Exceptions"), "Exceptions"},
    {QT_TRANSLATE_NOOP("calltide::ui::FunctionsModel", "Where"), "Where"},
};
} // namespace

FunctionsModel::FunctionsModel(const Appearance& appearance, TraceContextPtr context, QObject* parent)
    : QAbstractTableModel(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
{
}

void FunctionsModel::setStatistics(std::vector<store::FunctionStatistics> statistics)
{
    beginResetModel();
    m_rows = std::move(statistics);
    if (!m_context->trace->isGrowing()) // there the former ones stay until the next are known
        m_spreads.clear();
    m_largestSelf = m_allSelf = 1;
    for (const auto& s : m_rows) {
        m_largestSelf = std::max(m_largestSelf, s.self);
        m_allSelf += s.self;
    }
    endResetModel();
}

QString FunctionsModel::columnName(int column)
{
    return QString::fromLatin1(kColumns[column].shown);
}

QString FunctionsModel::columnTitle(int column)
{
    return tr(kColumns[column].shown);
}

void FunctionsModel::setSpreads(std::vector<store::FunctionSpread> spreads)
{
    m_spreads = std::move(spreads);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, P50), index(int(m_rows.size()) - 1, Exceptions));
}

const store::FunctionSpread* FunctionsModel::spreadOf(const store::FunctionStatistics& s, int column) const
{
    const bool has = column == P50 || column == P95 || column == P99 || column == Threads || column == Exceptions;
    return has && (column == Threads || store::knowsBounds(s)) && s.function.v < m_spreads.size() ? &m_spreads[s.function.v] : nullptr;
}

QVariant FunctionsModel::figure(const store::FunctionStatistics& s, int column) const
{
    const store::FunctionSpread* spread = spreadOf(s, column);
    switch (column) {
    case Calls:
        return store::knowsCalls(s) ? QVariant(qlonglong(s.calls)) : QVariant();
    case Total:
        return qlonglong(s.total);
    case Self:
        return qlonglong(s.self);
    case Mean:
        return store::knowsMean(s) ? QVariant(qlonglong(std::llround(s.mean()))) : QVariant();
    case Min:
        return store::knowsBounds(s) ? QVariant(qlonglong(s.min)) : QVariant();
    case Max:
        return store::knowsBounds(s) ? QVariant(qlonglong(s.max)) : QVariant();
    case Share:
        return double(s.self) / double(m_allSelf);
    case P50:
        return spread ? QVariant(qlonglong(spread->p50)) : QVariant();
    case P95:
        return spread ? QVariant(qlonglong(spread->p95)) : QVariant();
    case P99:
        return spread ? QVariant(qlonglong(spread->p99)) : QVariant();
    case Threads:
        return spread ? QVariant(qlonglong(spread->threads)) : QVariant();
    case Exceptions:
        return spread ? QVariant(qlonglong(spread->exceptions)) : QVariant();
    default:
        return {};
    }
}

static bool isUnknown(const store::FunctionStatistics& s, int column)
{
    if (column == FunctionsModel::Calls)
        return !store::knowsCalls(s);
    if (column == FunctionsModel::Mean)
        return !store::knowsMean(s);
    return column != FunctionsModel::Threads && !store::knowsBounds(s);
}

QVariant FunctionsModel::text(const store::FunctionStatistics& s, int column) const
{
    if (column == Function)
        return m_context->name(s.function);
    if (column == Where)
        return m_context->place(s.function);
    const QVariant value = figure(s, column);
    if (!value.isValid()) // the file does not say, or it is being counted
        return isUnknown(s, column) ? QVariant(QStringLiteral("–")) : QVariant();
    if (column == Share)
        return formatPercent(value.toDouble());
    return column == Calls || column == Threads || column == Exceptions ? formatNumber(value.toULongLong())
                                                                        : formatDuration(value.toLongLong());
}

void FunctionsModel::setSorted(int column, Qt::SortOrder order)
{
    m_sorted = column;
    m_order = order;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

int FunctionsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FunctionsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FunctionsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_rows.size()))
        return {};
    const store::FunctionStatistics& s = m_rows[size_t(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(s, column);
    case Qt::ToolTipRole:
        if (isText(column))
            return QStringLiteral("<b>%1</b><br>%2").arg(m_context->name(s.function).toHtmlEscaped(),
                labelText(m_context->trace->string(m_context->trace->function(s.function).file)).toHtmlEscaped());
        if (const QVariant value = figure(s, column); value.typeId() == QMetaType::LongLong && column != Calls && column != Threads
            && column != Exceptions)
            return formatExact(value.toLongLong());
        if (!isText(column) && !figure(s, column).isValid() && isUnknown(s, column))
            return tr("Not in the file: it holds sums or samples, not single calls");
        return {};
    case Qt::TextAlignmentRole:
        return isText(column) ? QVariant() : int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::FontRole:
        return isText(column) ? QVariant() : monoFont(m_appearance, u"small");
    case kFileRole:
        if (column == Function)
            return m_context->fullName(s.function);
        if (!isText(column) && !figure(s, column).isValid() && isUnknown(s, column))
            return QString(); // an empty field
        [[fallthrough]];
    case SortRole:
        return isText(column) ? text(s, column) : figure(s, column);
    case ShareRole:
        return column == Self ? QVariant(double(s.self) / double(m_largestSelf)) : QVariant();
    case ColorRole:
        return column == Function ? QVariant(m_context->color(s.function, m_appearance)) : QVariant();
    case FunctionRole:
        return s.function.v;
    default:
        return {};
    }
}

QVariant FunctionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((isText(section) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::InitialSortOrderRole) // numbers are asked for their largest
        return int(isText(section) ? Qt::AscendingOrder : Qt::DescendingOrder);
    if (role == kFileRole)
        return QString::fromLatin1(kColumns[section].inFiles);
    if (role == Qt::ToolTipRole && section == Share)
        return tr("Share of all self time");
    if (role == Qt::ToolTipRole && section == Exceptions)
        return tr("Calls that ended by an exception");
    if (role != Qt::DisplayRole)
        return {};
    const QString name = columnTitle(section);
    if (section != m_sorted)
        return name;
    return name + (m_order == Qt::DescendingOrder ? QStringLiteral(" ↓") : QStringLiteral(" ↑"));
}

} // namespace calltide::ui
