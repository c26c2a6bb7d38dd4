// SPDX-License-Identifier: GPL-3.0-or-later
// FunctionsView: the table of functions of the whole recording or of the selected part.
#pragma once
#include "render/viewstate.h"
#include "session/jobs.h"
#include "store/statistics.h"
#include "ui/tracecontext.h"
#include <QWidget>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;
class QToolButton;

namespace calltide::ui {

class Appearance;
class ElidedLabel;
class FunctionsModel;

class FunctionsView : public QWidget
{
    Q_OBJECT
public:
    FunctionsView(
        const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    QLineEdit* filter() const { return m_filter; }
    void setContext(TraceContextPtr context); // the next state of a trace that grows
    void recount(bool needed); // by another view, even when this one is not seen
    const std::vector<store::FunctionStatistics>& statistics() const; // of state's scope()
    bool isReady() const; // the figures of the present scope are shown
    // Names of FunctionsModel's columns that are shown besides the function's; of all recordings.
    void setColumns(const QStringList& names);
    QStringList columns() const;

Q_SIGNALS:
    void columnsChosen(const QStringList& names);
    void counted(); // statistics() are new

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void compute();
    void computeSpreads(); // when they are seen
    void buildTable();
    void fillColumnMenu(class QMenu& menu);
    void showTotals();
    void followSelection();
    store::FunctionId functionAt(const QModelIndex& index) const;
    void goToNextCall(store::FunctionId function);

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    render::ViewState* m_state;
    session::JobRunner m_job, m_spreadJob;
    FunctionsModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QTableView* m_table;
    QLineEdit* m_filter;
    QToolButton* m_scope;
    ElidedLabel* m_totals;
    bool m_spreadStale = false; // the columns that take another look at all calls are empty
    bool m_stale = false; // more has come while nobody looked
};

} // namespace calltide::ui
