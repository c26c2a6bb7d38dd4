// SPDX-License-Identifier: GPL-3.0-or-later
// HitsView: the calls that the search has found, in the whole recording or in the selected area, as a table. GUI thread.
#pragma once
#include "render/viewstate.h"
#include "session/jobs.h"
#include "ui/tracecontext.h"
#include <QWidget>

class QStackedWidget;
class QTableView;

namespace calltide::ui {

class Appearance;
class CallsModel;
class ElidedLabel;

class HitsView : public QWidget
{
    Q_OBJECT
public:
    HitsView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent = nullptr);

    void setContext(TraceContextPtr context); // the next state of a trace that grows
    QTableView* table() const { return m_table; }
    CallsModel* model() const { return m_model; }
    bool isReady() const { return !m_stale && !m_job.running(); }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void becomeStale();
    void compute(); // when it is seen
    void followSelection();

    TraceContextPtr m_context;
    render::ViewState* m_state;
    CallsModel* m_model;
    QTableView* m_table;
    QStackedWidget* m_pages;
    ElidedLabel* m_figures;
    session::JobRunner m_job;
    std::shared_ptr<const store::HitSet> m_shown;
    bool m_stale = true;
};

} // namespace calltide::ui
