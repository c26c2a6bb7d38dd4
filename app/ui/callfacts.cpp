// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callfacts.h"
#include "ui/calldetails.h"

namespace calltide::ui {

CallFacts::CallFacts(TraceContextPtr context, render::ViewState* state, QObject* parent)
    : QObject(parent)
    , m_context(std::move(context))
    , m_state(state)
{
    for (const auto changes : {&render::ViewState::selectionChanged, &render::ViewState::areaChanged, &render::ViewState::filterChanged})
        connect(state, changes, this, &CallFacts::forget);
}

store::FunctionId CallFacts::wanted() const
{
    const store::SliceIndex slice = m_state->selected();
    return slice != store::kNoSlice ? m_context->trace->functionOf(slice) : m_state->highlighted();
}

void CallFacts::forget()
{
    m_job.cancel();
    m_stale = true;
    if (m_calls.function != wanted()) {
        m_calls = {};
        Q_EMIT changed();
    }
    Q_EMIT stale();
}

void CallFacts::setContext(TraceContextPtr context)
{
    const bool sameIds = context->trace->isGrowing();
    m_context = std::move(context);
    if (!sameIds) {
        m_calls = {};
        forget();
    }
}

void CallFacts::recount()
{
    if (m_job.running() && m_context->trace->isGrowing())
        return;
    m_stale = true;
    Q_EMIT stale();
}

void CallFacts::need()
{
    if (!std::exchange(m_stale, false))
        return;
    m_job.start(
        [context = m_context, function = wanted(), slice = m_state->selected(), scope = m_state->scope()](
            store::Progress& progress) {
            FunctionCalls calls = collectFunctionCalls(*context->trace, function, slice, scope, &progress);
            const store::Trace& trace = *context->trace;
            if (slice != store::kNoSlice && !progress.cancelled() // of a task's parts other things are known
                && !store::repeatsThreads(trace.track(trace.trackOf(slice)).kind))
                calls.values = valuesText(*context, slice);
            return calls;
        },
        [this](FunctionCalls calls) {
            m_calls = std::move(calls);
            Q_EMIT changed();
        });
}

} // namespace calltide::ui
