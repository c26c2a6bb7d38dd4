// SPDX-License-Identifier: GPL-3.0-or-later
// The recording of a program that was attached to, from the window: starts it, watches the program, ends it. GUI thread;
// the requests run in jobs, one after the other.
#pragma once
#include "session/jobs.h"
#include "session/remote.h"
#include <QElapsedTimer>
#include <QTimer>

namespace calltide::session {

class Attachment : public QObject
{
    Q_OBJECT
public:
    enum class State
    {
        Idle,
        Attaching,
        Recording,
        Paused,
        Stopping
    };

    explicit Attachment(QObject* parent = nullptr);
    ~Attachment() override; // a recording that still runs is ended, without waiting long

    // durationMs 0: until stop(). Does nothing unless Idle. Answers by attached() or failed().
    void start(const AttachOptions& options, int durationMs);
    void stop(); // while attaching: gives up
    void setPaused(bool paused);
    void letGo(); // it goes on without this process; answers by released() or requestFailed()
    void snapshot(const QString& copy);

    State state() const { return m_state; }
    int processId() const { return m_options.processId; }
    qint64 elapsedMs() const { return m_since.isValid() ? m_since.elapsed() : 0; }
    QString recordingPath() const { return m_recording; }

Q_SIGNALS:
    void attached(const QString& recording);
    void finished(const QString& recording, bool programEnded);
    // It did not begin; mayInsist: the program has attaching switched off, evenIfSwitchedOff would help.
    void failed(const QString& sentence, bool mayInsist);
    void requestFailed(const QString& sentence); // a pause, a stop, a snapshot; what is recorded goes on
    void snapshotTaken(const QString& copy);
    void released();
    void stateChanged();

private:
    void setState(State state);
    void watch();
    void ask(std::function<Status()> request, std::function<void(const Status&)> done);
    void end(bool programEnded);

    AttachOptions m_options;
    JobRunner m_job;
    QTimer m_watch;
    QElapsedTimer m_since;
    QString m_recording;
    State m_state = State::Idle;
    quint64 m_startTicks = 0;
    int m_durationMs = 0;
    bool m_stopNext = false; // as soon as the program has answered the request before
};

} // namespace calltide::session
