// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/functionsmodel.h"
#include "ui/paneexport.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <algorithm>
#include <cmath>

namespace calltide::ui {
namespace {
int64_t figureOf(const store::FunctionStatistics& s, int column)
{
    switch (column) {
    case FunctionsModel::Calls:
        return int64_t(s.calls);
    case FunctionsModel::Total:
        return s.total;
    case FunctionsModel::Self:
        return s.self;
    case FunctionsModel::Mean:
        return std::llround(s.mean());
    case FunctionsModel::Min:
        return s.min;
    case FunctionsModel::Max:
        return s.max;
    default:
        return 0;
    }
}
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
    m_largestSelf = 1;
    for (const auto& s : m_rows)
        m_largestSelf = std::max(m_largestSelf, s.self);
    endResetModel();
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
        if (column == Function)
            return m_context->name(s.function);
        if (column == Calls)
            return formatNumber(s.calls);
        return formatDuration(figureOf(s, column));
    case Qt::ToolTipRole:
        if (column == Function)
            return QStringLiteral("<b>%1</b><br>%2").arg(m_context->name(s.function).toHtmlEscaped(),
                fromTrace(m_context->trace->string(m_context->trace->function(s.function).file)).toHtmlEscaped());
        return column == Calls ? QVariant() : formatExact(figureOf(s, column));
    case Qt::TextAlignmentRole:
        return column == Function ? QVariant() : int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::FontRole:
        return column == Function ? QVariant() : monoFont(m_appearance, u"small");
    case kFileRole:
    case SortRole:
        return column == Function ? QVariant(m_context->name(s.function)) : QVariant(qlonglong(figureOf(s, column)));
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
        return int((section == Function ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::InitialSortOrderRole) // numbers are asked for their largest
        return int(section == Function ? Qt::AscendingOrder : Qt::DescendingOrder);
    if (role == kFileRole)
        return QStringList{tr("Function"), tr("Calls"), tr("Total ns"), tr("Self ns"), tr("Mean ns"), tr("Min ns"),
            tr("Max ns")}[section];
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Function"), tr("Calls"), tr("Total"), tr("Self"), tr("Mean"), tr("Min"), tr("Max")};
    if (section != m_sorted)
        return names[section];
    return names[section] + (m_order == Qt::DescendingOrder ? QStringLiteral(" ↓") : QStringLiteral(" ↑"));
}

} // namespace calltide::ui
