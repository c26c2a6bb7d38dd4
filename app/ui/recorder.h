// SPDX-License-Identifier: GPL-3.0-or-later
// Recorder: launches programs from the sheet, shows their output in the console and opens the recording at the end. One
// program at a time. GUI thread.
#pragma once
#include "session/jobs.h"
#include "session/launcher.h"
#include "session/recordingwatch.h"
#include <QObject>
#include <QTimer>

namespace calltide::ui {

class ConsoleView;
class HeaderBar;
class NoticeBar;

class Recorder : public QObject
{
    Q_OBJECT
public:
    Recorder(ConsoleView& console, HeaderBar& header, NoticeBar& notices, QObject* parent = nullptr);

    void launch(const session::LaunchOptions& options);
    void launchAgain();
    bool canLaunchAgain() const { return !m_options.target.isEmpty(); }
    void togglePause();
    void takeSnapshot(); // beside the recording, with the time in its name
    bool isPaused() const { return m_paused; }
    bool mayPause() const; // or go on, or take a snapshot
    void stop(); // politely, then firmly, then by force: what the button says
    bool isRunning() const { return m_launcher.state() != session::Launcher::State::Idle; }
    QString programName() const;
    QString workingDirectory() const { return m_options.workingDirectory; }
    QString recordingPath() const { return m_launcher.recordingPath(); } // of the running or last program

Q_SIGNALS:
    void runningChanged();
    void consoleAsked(); // a notice's button
    void recording(const QString& path, qint64 notBefore); // a program was started, then (ns since the epoch), that will write it
    void recorded(const QString& path);
    void snapshotTaken(const QString& path);
    void failed(const QString& sentence);

private:
    void finished(int exitCode, const QString& recording);
    void show();
    void say(const QString& icon, const QString& text);
    void look(); // at the recording that is being written
    QString stopText() const;

    session::Launcher m_launcher;
    session::LaunchOptions m_options;
    ConsoleView& m_console;
    HeaderBar& m_header;
    NoticeBar& m_notices;
    QTimer m_clock;
    session::JobRunner m_look, m_request;
    std::shared_ptr<session::RecordingWatch> m_watch; // of one job at a time
    session::RecordingFacts m_facts;
    QElapsedTimer m_sinceFacts;
    double m_perSecond = -1; // events; below 0: not known yet
    int m_stops = 0, m_notice = 0;
    bool m_paused = false;
    qint64 m_launchedAt = 0; // ns since the epoch
};

} // namespace calltide::ui
