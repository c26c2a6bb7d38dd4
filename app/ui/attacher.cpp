// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/attacher.h"
#include "ui/attachsheet.h"
#include "ui/headerbar.h"
#include "ui/noticebar.h"
#include "ui/question.h"
#include "ui/text.h"
#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace calltide::ui {
namespace {

// The window may have been started where nothing can be written, such as "/".
QString folderForRecordings()
{
    if (QFileInfo(QDir::currentPath()).isWritable() && QDir::currentPath() != u"/")
        return QDir::currentPath();
    return QDir::homePath();
}

} // namespace

Attacher::Attacher(const Appearance& appearance, HeaderBar& header, NoticeBar& notices, QWidget* window)
    : QObject(window)
    , m_appearance(appearance)
    , m_header(header)
    , m_notices(notices)
    , m_window(window)
{
    using session::Attachment;
    m_clock.setInterval(500);
    connect(&m_clock, &QTimer::timeout, this, &Attacher::show);
    connect(&m_attachment, &Attachment::stateChanged, this, [this] {
        show();
        Q_EMIT runningChanged();
    });
    connect(&m_attachment, &Attachment::attached, this, [this](const QString& recording) { Q_EMIT this->recording(recording, m_askedAt); });
    connect(&m_attachment, &Attachment::failed, this, [this](const QString& sentence, bool mayInsist) {
        if (mayInsist)
            sheet()->askToInsist(m_options, sentence);
        else
            Q_EMIT failed(sentence);
    });
    connect(&m_attachment, &Attachment::requestFailed, this, &Attacher::failed);
    connect(&m_attachment, &Attachment::finished, this, [this](const QString& recording, bool programEnded) {
        if (programEnded)
            say(QStringLiteral("details"), tr("%1 has ended. Everything up to that moment is here.").arg(m_program));
        Q_EMIT recorded(recording);
    });
    connect(&m_attachment, &Attachment::released, m_window, &QWidget::close);
    connect(&m_attachment, &Attachment::snapshotTaken, this, [this](const QString& copy) {
        say(QStringLiteral("snapshot"), tr("The snapshot is %1.").arg(shortPath(copy)), tr("Open"), [this, copy] { Q_EMIT openRequested(copy); });
    });
}

AttachSheet* Attacher::sheet()
{
    if (!m_sheet) {
        m_sheet = new AttachSheet(m_appearance, m_window);
        connect(m_sheet, &AttachSheet::attachRequested, this, &Attacher::begin);
        connect(m_sheet, &AttachSheet::openRequested, this, &Attacher::openRequested);
    }
    return m_sheet;
}

void Attacher::popUp()
{
    if (!isRunning())
        sheet()->popUp();
}

void Attacher::begin(const session::AttachOptions& options, int durationMs, const QString& program)
{
    if (isRunning())
        return;
    if (m_notice)
        m_notices.remove(std::exchange(m_notice, 0));
    m_options = options;
    if (m_options.output.isEmpty()) {
        const QDir folder(folderForRecordings());
        m_options.output = folder.filePath(session::attachedRecordingName(options.processId, folder.path()));
    }
    m_program = program;
    m_durationMs = durationMs;
    m_askedAt = QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    m_clock.start();
    m_attachment.start(m_options, durationMs);
}

void Attacher::togglePause()
{
    m_attachment.setPaused(m_attachment.state() == session::Attachment::State::Recording);
}

bool Attacher::mayPause() const
{
    using State = session::Attachment::State;
    return m_attachment.state() == State::Recording || m_attachment.state() == State::Paused;
}

void Attacher::takeSnapshot()
{
    m_attachment.snapshot(session::snapshotName(m_attachment.recordingPath()));
}

void Attacher::show()
{
    using State = session::Attachment::State;
    QString chip;
    const QString clock = formatClock(m_attachment.elapsedMs());
    switch (m_attachment.state()) {
    case State::Idle: m_clock.stop(); break;
    case State::Attaching: chip = tr("Waiting for %1").arg(m_program.left(24)); break;
    case State::Recording:
        chip = m_durationMs ? tr("Recording · %1 of %2").arg(clock, formatClock(m_durationMs)) : tr("Recording · %1").arg(clock);
        break;
    case State::Paused: chip = tr("Paused · %1").arg(clock); break;
    case State::Stopping: chip = tr("Stopping · %1").arg(clock); break;
    }
    m_header.setRunning(isRunning(), chip, m_attachment.state() == State::Attaching ? tr("Cancel") : tr("Stop"));
}

void Attacher::say(const QString& icon, const QString& text, const QString& button, std::function<void()> action)
{
    Notice notice;
    notice.icon = icon;
    notice.text = text;
    notice.actionText = button;
    notice.action = std::move(action);
    m_notice = m_notices.add(std::move(notice));
}

bool Attacher::confirmClose()
{
    if (!isRunning() || m_endsWithWindow)
        return true;
    if (m_question && !m_question->isHidden())
        return false;
    enum { Cancel, Keep, Stop };
    QString text = tr("%1 itself runs on. What is recorded so far is kept.").arg(m_program);
    QStringList answers{tr("Cancel"), tr("Stop and keep")};
    if (mayPause()) {
        text = tr("%1 itself runs on. Its recording can end now, or go on in the background until %1 ends or until you stop it: "
                  "here, or with “calltide attach --stop %2”. What is recorded so far is kept.")
                   .arg(m_program, QString::number(m_options.processId));
        answers.insert(Keep, tr("Keep recording"));
    }
    m_question = new Question(m_appearance, tr("Stop the recording?"), text, answers, int(answers.size()) - 1,
        [this, mayKeep = answers.size() > Stop](int answer) {
            if (answer == Cancel)
                return;
            if (mayKeep && answer == Keep && mayPause())
                return m_attachment.letGo(); // and closes the window
            m_endsWithWindow = true;
            m_window->close();
            m_endsWithWindow = false;
        },
        m_window);
    return false;
}

} // namespace calltide::ui
