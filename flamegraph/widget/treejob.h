// SPDX-License-Identifier: GPL-3.0-or-later
// TreeJob: builds call trees (and a trace's colours) in one background thread. A new request stops the one that runs;
// only the newest request's tree is ever reported. GUI thread.
#pragma once
#include "layout/calltree.h"
#include "layout/colors.h"
#include <QObject>
#include <QThreadPool>
#include <memory>

namespace calltide::flameview {

class TreeJob : public QObject
{
    Q_OBJECT
public:
    explicit TreeJob(QObject* parent = nullptr);
    ~TreeJob() override; // stops and waits: a build looks at its stop flag every few milliseconds

    void start(store::TracePtr trace, store::Scope scope, flame::TreeOptions options);
    void stop();
    void wait(); // until the newest request is reported
    bool isRunning() const { return m_running; }
    int perMille() const { return m_progress ? m_progress->perMille() : 0; }

    struct Result
    {
        store::TracePtr trace;
        store::Scope scope;
        std::shared_ptr<const flame::CallTree> tree;
        std::shared_ptr<const layout::FunctionColors> colors; // the same as long as the trace is
    };
    const Result& result() const { return m_result; }

Q_SIGNALS:
    void finished(); // result() is new

private:
    void take(uint64_t generation, Result result);

    QThreadPool m_pool;
    std::shared_ptr<store::Progress> m_progress;
    uint64_t m_generation = 0;
    bool m_running = false;
    Result m_result;
};

} // namespace calltide::flameview
