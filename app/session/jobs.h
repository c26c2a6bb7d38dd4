// SPDX-License-Identifier: GPL-3.0-or-later
// JobRunner: one job at a time in a worker thread. Starting a new one cancels the former, whose result is then never
// delivered. The work gets a Progress to report to and to be cancelled by; it must not touch the owner.
#pragma once
#include "store/progress.h"
#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>
#include <QtConcurrent>
#include <functional>
#include <memory>
#include <type_traits>

namespace calltide::session {

class JobRunner : public QObject
{
public:
    explicit JobRunner(QObject* parent = nullptr)
        : QObject(parent)
    {
    }
    ~JobRunner() override { cancel(); }

    // `work` runs in a worker thread as work(Progress&); `done` runs in this object's thread with what it
    // returned, unless the job was cancelled or replaced.
    template <class Work, class Done> void start(Work work, Done done)
    {
        cancel();
        using T = std::invoke_result_t<Work, store::Progress&>;
        const auto progress = std::make_shared<store::Progress>();
        const quint64 generation = ++m_generation;
        m_progress = progress;
        auto* watcher = new QFutureWatcher<std::shared_ptr<T>>(this);
        connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, generation, done = std::move(done)] {
            watcher->deleteLater();
            if (generation != m_generation || !m_progress)
                return;
            m_progress.reset(); // before done(): it may start the next job
            done(std::move(*watcher->result()));
        });
        watcher->setFuture(QtConcurrent::run(&pool(),
            [work = std::move(work), progress]() mutable { return std::make_shared<T>(work(*progress)); }));
    }

    // Not Qt's global pool: Qt paints large areas with its threads and waits for them, so long jobs there would stop
    // the window.
    static QThreadPool& pool()
    {
        static QThreadPool* const pool = [] {
            auto* made = new QThreadPool; // never deleted: a job may outlive the application object
            made->setMaxThreadCount(16);
            return made;
        }();
        return *pool;
    }

    void cancel()
    {
        if (m_progress)
            m_progress->cancel();
        m_progress.reset();
        ++m_generation;
    }
    bool running() const { return m_progress != nullptr; }
    int perMille() const { return m_progress ? m_progress->perMille() : 1000; }

private:
    std::shared_ptr<store::Progress> m_progress; // of the current job
    quint64 m_generation = 0;
};

} // namespace calltide::session
