// SPDX-License-Identifier: GPL-3.0-or-later
// `work` on a worker thread, then `done` with its result on the owner's, unless the owner is gone.
#pragma once
#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>
#include <memory>

namespace calltide::render {

template <class Work, class Done> void inBackground(QObject* owner, Work work, Done done)
{
    using R = std::invoke_result_t<Work>;
    auto promise = std::make_shared<QPromise<R>>();
    promise->start();
    // A watcher, not QFuture::then(): in Qt 6.4 that one may post to an owner that is being destroyed.
    auto* watcher = new QFutureWatcher<R>(owner);
    QObject::connect(watcher, &QFutureWatcherBase::finished, owner, [watcher, done = std::move(done)] {
        done(watcher->result());
        watcher->deleteLater();
    });
    watcher->setFuture(promise->future());
    QThreadPool::globalInstance()->start([promise, work = std::move(work)] {
        promise->addResult(work());
        promise->finish();
    });
}

} // namespace calltide::render
