// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/attachment.h"
#include "inject/processes.h"

namespace calltide::session {

Attachment::Attachment(QObject* parent)
    : QObject(parent)
{
    m_watch.setInterval(200);
    connect(&m_watch, &QTimer::timeout, this, &Attachment::watch);
}

Attachment::~Attachment()
{
    m_job.cancel();
    if (m_state == State::Recording || m_state == State::Paused) {
        QElapsedTimer waited;
        waited.start();
        // If it does not react, the recorder ends by itself once this process is gone.
        if (const Status stopped = endAttached(m_options.processId, m_recording, [&waited] { return waited.elapsed() > 2000; }); !stopped)
            qWarning("%s", stopped.error().message.c_str());
    }
}

void Attachment::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void Attachment::start(const AttachOptions& options, int durationMs)
{
    if (m_state != State::Idle)
        return;
    m_options = options;
    m_durationMs = durationMs;
    m_recording.clear();
    m_since.invalidate();
    setState(State::Attaching);
    struct Done
    {
        Result<Attached> attached;
        inject::Why why;
    };
    m_job.start(
        [options](store::Progress& progress) {
            inject::Why why{};
            auto attached = session::attach(options, &why, [&progress] { return progress.cancelled(); });
            // Given up too late: the program has just begun to record.
            if (attached && progress.cancelled())
                attached = Error{ErrorCode::Cancelled, control(options.processId, Remote::Stop) ? "" : "It is still being recorded."};
            return Done{std::move(attached), why};
        },
        [this](Done done) {
            if (!done.attached) {
                setState(State::Idle);
                Q_EMIT failed(QString::fromStdString(done.attached.error().message), done.why == inject::Why::SwitchedOff);
                return;
            }
            m_recording = done.attached->recording;
            m_startTicks = done.attached->startTicks;
            m_since.start();
            m_watch.start();
            setState(State::Recording);
            Q_EMIT attached(m_recording);
        });
}

void Attachment::watch()
{
    if (inject::startTicks(m_options.processId) != m_startTicks) {
        m_job.cancel();
        end(true);
    } else if (m_durationMs > 0 && m_since.elapsed() >= m_durationMs && m_state == State::Recording) {
        stop();
    }
}

void Attachment::ask(std::function<Status()> request, std::function<void(const Status&)> done)
{
    m_job.start([request = std::move(request)](store::Progress&) { return request(); },
        [this, done = std::move(done)](const Status& status) {
            if (!status)
                Q_EMIT requestFailed(QString::fromStdString(status.error().message));
            done(status);
            if (std::exchange(m_stopNext, false))
                stop();
        });
}

void Attachment::stop()
{
    if (m_state == State::Attaching) {
        m_job.cancel();
        setState(State::Idle);
        Q_EMIT failed(tr("Attaching was given up."), false);
        return;
    }
    if (m_state != State::Recording && m_state != State::Paused)
        return;
    if (m_job.running()) {
        m_stopNext = true;
        return;
    }
    setState(State::Stopping);
    ask([pid = m_options.processId, recording = m_recording] { return endAttached(pid, recording); },
        [this](const Status& status) {
            if (status)
                end(false);
            else
                setState(State::Recording);
        });
}

void Attachment::setPaused(bool paused)
{
    if (m_state != (paused ? State::Recording : State::Paused) || m_job.running())
        return;
    ask([pid = m_options.processId, paused] { return control(pid, paused ? Remote::Pause : Remote::Resume); },
        [this, paused](const Status& status) {
            if (status)
                setState(paused ? State::Paused : State::Recording);
        });
}

void Attachment::letGo()
{
    if ((m_state != State::Recording && m_state != State::Paused) || m_job.running())
        return;
    ask([pid = m_options.processId, recording = m_recording] { return keepAttached(pid, recording); },
        [this](const Status& status) {
            if (!status)
                return;
            m_watch.stop();
            setState(State::Idle);
            Q_EMIT released();
        });
}

void Attachment::snapshot(const QString& copy)
{
    if ((m_state != State::Recording && m_state != State::Paused) || m_job.running())
        return;
    ask([pid = m_options.processId, recording = m_recording, copy] { return session::snapshot(pid, recording, copy); },
        [this, copy](const Status& status) {
            if (status)
                Q_EMIT snapshotTaken(copy);
        });
}

void Attachment::end(bool programEnded)
{
    m_watch.stop();
    m_stopNext = false;
    setState(State::Idle);
    Q_EMIT finished(m_recording, programEnded);
}

} // namespace calltide::session
