// SPDX-License-Identifier: GPL-3.0-or-later
// TreeJob: builds call trees (and a trace's colours) in one background thread. A new request stops the one that runs;
// only the newest request's tree is ever reported. The last trees, and the paths they were made of, are kept as long as
// the trace is the same one. GUI thread.
#pragma once
#include "layout/calltree.h"
#include "layout/colors.h"
#include <QObject>
#include <QThreadPool>
#include <deque>
#include <memory>
#include <mutex>

namespace calltide::flameview {

// The merged paths of the scope that was asked for last. Any thread; may be shared by several jobs.
class PathStore
{
public:
    // Of the scope, made now if need be; null: stopped.
    std::shared_ptr<const flame::LooseTree>
    of(const store::TracePtr& trace, const std::vector<store::Scope>& scopes, store::Progress* progress);

private:
    std::mutex m_mutex;
    std::weak_ptr<const store::Trace> m_trace;
    std::vector<store::Scope> m_scopes;
    std::shared_ptr<const flame::LooseTree> m_paths;
};

class TreeJob : public QObject
{
    Q_OBJECT
public:
    explicit TreeJob(std::shared_ptr<PathStore> paths, QObject* parent = nullptr);
    ~TreeJob() override; // stops and waits: a build looks at its stop flag every few milliseconds

    // Several scopes: parts of a whole, see CallTree::collect().
    void start(store::TracePtr trace, std::vector<store::Scope> scopes, flame::TreeOptions options);
    void stop();
    void wait(); // until the newest request is reported
    bool isRunning() const { return m_running; }
    int perMille() const { return m_progress ? m_progress->perMille() : 0; }

    struct Result
    {
        store::TracePtr trace;
        std::vector<store::Scope> scopes;
        std::shared_ptr<const flame::CallTree> tree;
        std::shared_ptr<const layout::FunctionColors> colors; // the same as long as the trace is
        int tookMs = 0;
    };
    const Result& result() const { return m_result; }

Q_SIGNALS:
    void finished(); // result() is new

private:
    struct Kept
    {
        flame::TreeOptions options;
        Result result;
    };
    void take(uint64_t generation, Result result);
    void keep(Kept kept);
    const Result* kept(
        const store::TracePtr& trace, const std::vector<store::Scope>& scopes, const flame::TreeOptions& options) const;

    std::shared_ptr<PathStore> m_paths;
    std::deque<Kept> m_kept; // newest first, all of one trace
    flame::TreeOptions m_options; // of the request that runs
    QThreadPool m_pool;
    std::shared_ptr<store::Progress> m_progress;
    uint64_t m_generation = 0;
    bool m_running = false;
    Result m_result;
};

} // namespace calltide::flameview
