// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/treejob.h"
#include <QCoreApplication>
#include <QEvent>

namespace calltide::flameview {

TreeJob::TreeJob(QObject* parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

TreeJob::~TreeJob()
{
    stop();
    m_pool.waitForDone();
}

void TreeJob::stop()
{
    if (m_progress)
        m_progress->cancel();
    m_progress.reset();
    ++m_generation;
    m_running = false;
}

void TreeJob::start(store::TracePtr trace, store::Scope scope, flame::TreeOptions options)
{
    stop();
    m_progress = std::make_shared<store::Progress>();
    m_running = true;
    // The pool is waited for in the destructor, so `this` outlives the job; everything else it uses is its own.
    auto colors = m_result.trace == trace ? m_result.colors : nullptr;
    m_pool.start([this, colors = std::move(colors), trace = std::move(trace), scope = std::move(scope),
                  options = std::move(options),                  progress = m_progress, generation = m_generation] {
        auto built = flame::CallTree::build(*trace, scope, options, progress.get());
        if (!built)
            return; // stopped: nobody waits for it
        Result result{
            trace, scope, std::make_shared<const flame::CallTree>(std::move(*built)),
            colors ? colors : std::make_shared<const layout::FunctionColors>(*trace)};
        QMetaObject::invokeMethod(
            this, [this, generation, result = std::move(result)] { take(generation, result); }, Qt::QueuedConnection);
    });
}

void TreeJob::take(uint64_t generation, Result result)
{
    if (generation != m_generation)
        return;
    m_running = false;
    m_progress.reset();
    m_result = std::move(result);
    Q_EMIT finished();
}

void TreeJob::wait()
{
    m_pool.waitForDone();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

} // namespace calltide::flameview
