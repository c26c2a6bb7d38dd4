// SPDX-License-Identifier: GPL-3.0-or-later
// FunctionsModel: one row a function, as functionStatistics() gives them. Sorting is the proxy's.
#pragma once
#include "store/spread.h"
#include "ui/tracecontext.h"
#include <QAbstractTableModel>

namespace calltide::ui {

class Appearance;

class FunctionsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Function, Calls, Total, Self, Mean, P50, P95, P99, Min, Max, Share, Threads, Exceptions, Where, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole, // a number, or the name
        ShareRole,               // 0..1 of the largest in the column; invalid: no bar
        ColorRole,               // of the function's swatch
        FunctionRole,            // FunctionId::v
    };

    FunctionsModel(const Appearance& appearance, TraceContextPtr context, QObject* parent = nullptr);
    void setContext(TraceContextPtr context) { m_context = std::move(context); }
    void setStatistics(std::vector<store::FunctionStatistics> statistics);
    void setSpreads(std::vector<store::FunctionSpread> spreads); // by FunctionId; until then their columns are empty
    static QString columnName(int column); // the same in every language
    static QString columnTitle(int column);
    static bool isText(int column) { return column == Function || column == Where; }
    void setSorted(int column, Qt::SortOrder order); // for the arrow in the header
    const std::vector<store::FunctionStatistics>& statistics() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const store::FunctionSpread* spreadOf(const store::FunctionStatistics& s, int column) const;
    QVariant text(const store::FunctionStatistics& s, int column) const;
    QVariant figure(const store::FunctionStatistics& s, int column) const; // invalid: not known yet
    const Appearance& m_appearance;
    TraceContextPtr m_context;
    std::vector<store::FunctionStatistics> m_rows;
    std::vector<store::FunctionSpread> m_spreads;
    int64_t m_largestSelf = 1, m_allSelf = 1;
    int m_sorted = -1;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace calltide::ui
