// SPDX-License-Identifier: GPL-3.0-or-later
// FunctionsModel: one row a function, as functionStatistics() gives them. Sorting is the proxy's.
#pragma once
#include "store/statistics.h"
#include "ui/tracecontext.h"
#include <QAbstractTableModel>

namespace calltide::ui {

class Appearance;

class FunctionsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Function, Calls, Total, Self, Mean, Min, Max, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole, // a number, or the name
        ShareRole,               // 0..1 of the largest in the column; invalid: no bar
        ColorRole,               // of the function's swatch
        FunctionRole,            // FunctionId::v
    };

    FunctionsModel(const Appearance& appearance, TraceContextPtr context, QObject* parent = nullptr);
    void setContext(TraceContextPtr context) { m_context = std::move(context); }
    void setStatistics(std::vector<store::FunctionStatistics> statistics);
    void setSorted(int column, Qt::SortOrder order); // for the arrow in the header
    const std::vector<store::FunctionStatistics>& statistics() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const Appearance& m_appearance;
    TraceContextPtr m_context;
    std::vector<store::FunctionStatistics> m_rows;
    int64_t m_largestSelf = 1;
    int m_sorted = -1;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace calltide::ui
