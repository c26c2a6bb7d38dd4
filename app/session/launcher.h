// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one program under the tracer and reports its output and end. GUI thread; start() does the slow looking at
// interpreters in a job.
#pragma once
#include "session/launchoptions.h"
#include <QElapsedTimer>
#include <QObject>
#include <memory>

namespace calltide::session {

class Launcher : public QObject
{
    Q_OBJECT
public:
    enum class State
    {
        Idle,
        Starting,
        Running,
        Stopping
    };
    enum class Stream
    {
        Output,
        Error
    };

    explicit Launcher(QObject* parent = nullptr);
    ~Launcher() override; // kills what still runs

    void start(const LaunchOptions& options); // does nothing unless Idle; answers by started() or failed()
    // 1st call: as Ctrl+C (SIGINT); 2nd: SIGTERM; 3rd: SIGKILL. To the program and its children.
    void stop();
    void write(const QByteArray& bytes); // to the program's standard input
    void closeInput();

    State state() const;
    qint64 processId() const; // 0 unless running
    qint64 elapsedMs() const; // since started()
    QString recordingPath() const; // of the running or last program

Q_SIGNALS:
    void started(qint64 processId, const QString& commandLine);
    void outputReceived(calltide::session::Launcher::Stream stream, const QByteArray& bytes);
    // exitCode: -n when signal n ended it. recordingPath is empty when none was written.
    void finished(int exitCode, const QString& recordingPath);
    void failed(const QString& sentence); // it was never started
    void stateChanged(calltide::session::Launcher::State state);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::session
