// SPDX-License-Identifier: GPL-3.0-or-later
// CallsModel: the calls of one function as a table. Keeps only their numbers; texts are made when they are asked for.
#pragma once
#include "ui/callsdata.h"
#include "ui/tracecontext.h"
#include <QAbstractTableModel>

namespace calltide::ui {

class CallsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Took, Start, CalledBy, Thread, Function, ColumnCount }; // Function: where they are of several
    explicit CallsModel(TraceContextPtr context, QObject* parent = nullptr);

    void setContext(TraceContextPtr context) { m_context = std::move(context); } // of what setCalls() brings next
    // The calls whose duration lies in [least, most].
    void setCalls(std::shared_ptr<const CallsData> data, int64_t least = 0, int64_t most = INT64_MAX);
    store::SliceIndex callAt(int row) const; // kNoSlice when there is no such row
    int rowOf(store::SliceIndex slice) const; // -1

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override; // by Took or Start only

private:
    void order();

    TraceContextPtr m_context;
    std::shared_ptr<const CallsData> m_data;
    std::vector<CallSample> m_rows;
    int m_column = Took;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace calltide::ui
