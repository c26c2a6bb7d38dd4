// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/livefollower.h"
#include "formats/reader.h"
#include <QFile>
#include <algorithm>
#include <chrono>

namespace calltide::session {

namespace {
constexpr int kLookEveryMs = 45; // a little more than 20 a second
constexpr int kWaitMs = 20; // for a file that is not there yet
}

LiveFollower::LiveFollower(QObject* parent)
    : QObject(parent)
{
}

LiveFollower::~LiveFollower()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_progress.cancel();
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void LiveFollower::start(const QString& path, int64_t notBefore)
{
    if (!m_thread.joinable())
        m_thread = std::thread([this, name = QFile::encodeName(path).toStdString(), notBefore] { run(name, notBefore); });
}

bool LiveFollower::sleep(int ms)
{
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, std::chrono::milliseconds(ms), [this] { return m_stop; });
}

void LiveFollower::run(const std::string& path, int64_t notBefore)
{
    using Clock = std::chrono::steady_clock;
    auto reader = formats::LiveReader::open(path);
    while (!reader || (*reader)->begunAt() < notBefore) {
        // Its header may be half written, for a moment; and the interpreter takes some time to start.
        const bool over = m_programEnded;
        if (!sleep(kWaitMs))
            return;
        reader = formats::LiveReader::open(path);
        if (over && (!reader || (*reader)->begunAt() < notBefore)) {
            QMetaObject::invokeMethod(this, [this] { Q_EMIT failed({}); }, Qt::QueuedConnection);
            return;
        }
    }
    for (bool ended = false; !ended;) {
        const auto begin = Clock::now();
        const formats::LiveState state = (*reader)->look();
        ended = state.ended;
        if (!ended && !m_waiting.exchange(true))
            QMetaObject::invokeMethod(
                this,
                [this, state] {
                    m_waiting = false;
                    Q_EMIT grown(state);
                },
                Qt::QueuedConnection);
        // Never more than half of a core, however much comes.
        const auto took = int(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count());
        if (!ended && !sleep(state.behind ? 1 : std::max(kLookEveryMs - took, took)))
            return;
    }
    reader = Error{};
    formats::OpenOptions options;
    options.progress = &m_progress;
    auto trace = formats::open(path, options);
    {
        const std::lock_guard lock(m_mutex);
        if (m_stop)
            return;
    }
    QMetaObject::invokeMethod(
        this,
        [this, trace] {
            if (trace)
                Q_EMIT ended(*trace);
            else
                Q_EMIT failed(QString::fromStdString(trace.error().message));
        },
        Qt::QueuedConnection);
}

} // namespace calltide::session
