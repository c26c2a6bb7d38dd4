// SPDX-License-Identifier: GPL-3.0-or-later
// CallFacts: collectFunctionCalls() of the chosen function, for the views that show parts of it. Works in a job, and only
// when one of them asks. GUI thread.
#pragma once
#include "render/viewstate.h"
#include "session/jobs.h"
#include "ui/functioncalls.h"
#include "ui/tracecontext.h"
#include <QObject>

namespace calltide::ui {

class CallFacts : public QObject
{
    Q_OBJECT
public:
    CallFacts(TraceContextPtr context, render::ViewState* state, QObject* parent = nullptr);

    // Of the state's selected call and its function, else of the highlighted function. Those of the former choice until
    // changed() is sent, but never those of another function.
    const FunctionCalls& calls() const { return m_calls; }
    void need(); // a view that shows them is seen
    bool isReady() const { return !m_stale && !m_job.running(); }
    void setContext(TraceContextPtr context); // the next state of a trace that grows
    void recount();

Q_SIGNALS:
    void changed();
    void stale(); // need() would count again

private:
    store::FunctionId wanted() const;
    void forget();

    TraceContextPtr m_context;
    render::ViewState* m_state;
    session::JobRunner m_job;
    FunctionCalls m_calls;
    bool m_stale = true;
};

} // namespace calltide::ui
