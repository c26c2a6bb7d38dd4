// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callsmodel.h"
#include "store/mappedfile.h"
#include "ui/paneexport.h"
#include "ui/text.h"
#include <algorithm>

namespace calltide::ui {

CallsModel::CallsModel(TraceContextPtr context, QObject* parent)
    : QAbstractTableModel(parent)
    , m_context(std::move(context))
{
}

void CallsModel::setCalls(std::shared_ptr<const CallsData> data, int64_t least, int64_t most)
{
    beginResetModel();
    m_data = std::move(data);
    m_rows.clear();
    if (m_data) {
        const auto& calls = m_data->calls;
        const auto shorter = [](const CallSample& call, int64_t d) { return call.duration < d; };
        const auto longer = [](int64_t d, const CallSample& call) { return d < call.duration; };
        const auto first = std::lower_bound(calls.begin(), calls.end(), least, shorter);
        m_rows.assign(first, std::upper_bound(first, calls.end(), most, longer));
    }
    order();
    store::MappedFile::trim(); // of a kept trace all places were looked at
    endResetModel();
}

store::SliceIndex CallsModel::callAt(int row) const
{
    return row >= 0 && row < int(m_rows.size()) ? m_rows[size_t(row)].slice : store::kNoSlice;
}

int CallsModel::rowOf(store::SliceIndex slice) const
{
    const auto it = std::find_if(m_rows.begin(), m_rows.end(), [slice](const CallSample& c) { return c.slice == slice; });
    return it == m_rows.end() ? -1 : int(it - m_rows.begin());
}

int CallsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(std::min<size_t>(m_rows.size(), size_t(kMostCalls)));
}

int CallsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant CallsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_rows.size()))
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() <= Start ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != kFileRole)
        return {};
    const store::Trace& trace = *m_context->trace;
    const CallSample& call = m_rows[size_t(index.row())];
    switch (index.column()) {
    case Took:
        return role == kFileRole ? QVariant(qlonglong(call.duration)) : formatDuration(call.duration);
    case Start:
        if (role == kFileRole)
            return qlonglong(trace.start(call.slice) - trace.begin());
        return formatTime(trace.start(call.slice) - trace.begin());
    case CalledBy: {
        const auto parent = trace.parent(call.slice);
        return parent == store::kNoSlice ? QStringLiteral("–") : m_context->name(trace.functionOf(parent));
    }
    case Thread:
        return m_context->threadName(trace.trackOf(call.slice));
    case Function:
        return m_context->name(trace.functionOf(call.slice));
    default:
        return {};
    }
}

QVariant CallsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section <= Start ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == kFileRole)
        return QStringList{tr("Took ns"), tr("Start ns"), tr("Called by"), tr("Thread"), tr("Function")}[section];
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Took"), tr("Start"), tr("Called by"), tr("Thread"), tr("Function")};
    const QString arrow = m_order == Qt::DescendingOrder ? QStringLiteral(" ↓") : QStringLiteral(" ↑");
    return section == m_column ? names[section] + arrow : names[section];
}

void CallsModel::sort(int column, Qt::SortOrder order)
{
    if (column != Took && column != Start)
        return;
    m_column = column;
    m_order = order;
    beginResetModel();
    this->order();
    endResetModel();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

void CallsModel::order()
{
    const store::Trace& trace = *m_context->trace;
    const bool down = m_order == Qt::DescendingOrder;
    std::sort(m_rows.begin(), m_rows.end(), [&](const CallSample& a, const CallSample& b) {
        const int64_t l = m_column == Took ? a.duration : trace.start(a.slice),
                      r = m_column == Took ? b.duration : trace.start(b.slice);
        return l != r ? (down ? l > r : l < r) : a.slice < b.slice;
    });
}

} // namespace calltide::ui
