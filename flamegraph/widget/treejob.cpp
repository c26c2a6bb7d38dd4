// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/treejob.h"
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <algorithm>

namespace calltide::flameview {
namespace {
constexpr size_t kMostKept = 8, kMostKeptNodes = 2'000'000;

bool same(const std::vector<store::Scope>& a, const std::vector<store::Scope>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const store::Scope& l, const store::Scope& r) {
        return l.from == r.from && l.to == r.to && l.tracks == r.tracks && !l.passes && !r.passes;
    });
}
} // namespace

std::shared_ptr<const flame::LooseTree>
PathStore::of(const store::TracePtr& trace, const std::vector<store::Scope>& scopes, store::Progress* progress)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_paths && m_trace.lock() == trace && same(m_scopes, scopes))
            return m_paths;
    }
    auto paths = flame::CallTree::collect(*trace, scopes, progress);
    if (paths && paths->nodes.size() <= kMostKeptNodes) {
        const std::lock_guard lock(m_mutex);
        m_trace = trace;
        m_scopes = scopes;
        m_paths = paths;
    }
    return paths;
}

TreeJob::TreeJob(std::shared_ptr<PathStore> paths, QObject* parent)
    : QObject(parent)
    , m_paths(std::move(paths))
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

void TreeJob::start(store::TracePtr trace, std::vector<store::Scope> scopes, flame::TreeOptions options)
{
    stop();
    m_progress = std::make_shared<store::Progress>();
    m_running = true;
    m_options = options;
    if (const Result* known = kept(trace, scopes, options)) {
        QMetaObject::invokeMethod(
            this, [this, generation = m_generation, result = *known] { take(generation, result); },
            Qt::QueuedConnection);
        return;
    }
    // The pool is waited for in the destructor, so `this` outlives the job; everything else it uses is its own.
    auto colors = m_result.trace == trace ? m_result.colors : nullptr;
    m_pool.start([this, colors = std::move(colors), trace = std::move(trace), scopes = std::move(scopes),
                  options = std::move(options), paths = m_paths, progress = m_progress, generation = m_generation] {
        QElapsedTimer took;
        took.start();
        const auto collected = paths->of(trace, scopes, progress.get());
        if (!collected)
            return; // stopped: nobody waits for it
        auto built = flame::CallTree::arrange(*trace, *collected, options, progress.get());
        if (!built)
            return;
        Result result{
            trace, scopes, std::make_shared<const flame::CallTree>(std::move(*built)),
            colors ? colors : std::make_shared<const layout::FunctionColors>(*trace)};
        result.tookMs = int(took.elapsed());
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
    keep({m_options, m_result});
    Q_EMIT finished();
}

const TreeJob::Result* TreeJob::kept(
    const store::TracePtr& trace, const std::vector<store::Scope>& scopes, const flame::TreeOptions& options) const
{
    for (const Kept& one : m_kept)
        if (one.result.trace == trace && same(one.result.scopes, scopes) && one.options == options)
            return &one.result;
    return nullptr;
}

void TreeJob::keep(Kept newest)
{
    std::erase_if(m_kept, [&](const Kept& one) {
        return one.result.trace != newest.result.trace || one.result.tree == newest.result.tree;
    });
    m_kept.push_front(std::move(newest));
    size_t nodes = 0, count = 0;
    for (const Kept& one : m_kept) {
        nodes += one.result.tree->nodes().size();
        if (count && (nodes > kMostKeptNodes || count >= kMostKept))
            break;
        ++count;
    }
    m_kept.resize(count);
}

void TreeJob::wait()
{
    m_pool.waitForDone();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

} // namespace calltide::flameview
