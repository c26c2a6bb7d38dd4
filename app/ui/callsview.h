// SPDX-License-Identifier: GPL-3.0-or-later
// CallsView: all calls of the highlighted function, in the whole recording or in the selected area: how long they took as
// a histogram, and a table. A range of the histogram narrows the table. GUI thread.
#pragma once
#include "render/viewstate.h"
#include "session/jobs.h"
#include "ui/callsmodel.h"
#include <QWidget>

class QLabel;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace calltide::ui {

class Appearance;
class DurationPlot;
class ElidedLabel;
class Segments;

class CallsView : public QWidget
{
    Q_OBJECT
public:
    CallsView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent = nullptr);

    void setContext(TraceContextPtr context); // the next state of a trace that grows
    void recount(); // of that state
    DurationPlot* plot() const { return m_plot; }
    CallsModel* model() const { return m_model; }
    bool isReady() const { return m_data && !m_job.running(); }
    QString figures() const; // "12 calls · mean 3.02 ms · …"

protected:
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* buildBar();
    void compute(); // when it is seen
    void showData();
    void showPlot();
    void showRange();
    void followSelection();

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    render::ViewState* m_state;
    CallsModel* m_model;
    DurationPlot* m_plot;
    QStackedWidget* m_pages;
    QLabel* m_swatch;
    ElidedLabel *m_name, *m_figures;
    Segments *m_measure, *m_scale;
    QToolButton *m_scope, *m_chosen;
    QTableView* m_table;
    session::JobRunner m_job;
    std::shared_ptr<const CallsData> m_data;
    store::FunctionId m_function; // that m_data is, or will be, of
    bool m_stale = true;
};

} // namespace calltide::ui
