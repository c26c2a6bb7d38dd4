// SPDX-License-Identifier: GPL-3.0-or-later
// Attacher: records a running program from the sheet, shows that in the header and opens the recording. One at a time.
// GUI thread.
#pragma once
#include "session/attachment.h"
#include <QObject>
#include <QPointer>
#include <QTimer>

class QWidget;

namespace calltide::ui {

class Appearance;
class AttachSheet;
class HeaderBar;
class NoticeBar;
class Question;

class Attacher : public QObject
{
    Q_OBJECT
public:
    Attacher(const Appearance& appearance, HeaderBar& header, NoticeBar& notices, QWidget* window);

    void popUp();
    AttachSheet* sheet();
    void stop() { m_attachment.stop(); }
    void togglePause();
    void takeSnapshot(); // beside the recording, with the time in its name
    bool isRunning() const { return m_attachment.state() != session::Attachment::State::Idle; }
    bool isPaused() const { return m_attachment.state() == session::Attachment::State::Paused; }
    bool mayPause() const; // or go on, or take a snapshot
    QString programName() const { return m_program; }
    QString recordingPath() const { return m_attachment.recordingPath(); } // of the running or last one
    // The window is about to close. False: not now; it was asked, and the answer may close it.
    bool confirmClose();

Q_SIGNALS:
    void runningChanged();
    void recording(const QString& path, qint64 notBefore); // it has begun, then (ns since the epoch)
    void recorded(const QString& path);
    void openRequested(const QString& path);
    void failed(const QString& sentence);

private:
    void begin(const session::AttachOptions& options, int durationMs, const QString& program);
    void show();
    void say(const QString& icon, const QString& text, const QString& button = {}, std::function<void()> action = {});

    const Appearance& m_appearance;
    HeaderBar& m_header;
    NoticeBar& m_notices;
    QWidget* m_window;
    AttachSheet* m_sheet = nullptr;
    session::Attachment m_attachment;
    session::AttachOptions m_options;
    QTimer m_clock;
    QString m_program;
    int m_durationMs = 0;
    qint64 m_askedAt = 0; // ns since the epoch
    int m_notice = 0;
    QPointer<Question> m_question; // whether to close
    bool m_endsWithWindow = false;
};

} // namespace calltide::ui
