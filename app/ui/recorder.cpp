// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recorder.h"
#include "session/remote.h"
#include "ui/consoleview.h"
#include "ui/headerbar.h"
#include "ui/noticebar.h"
#include "ui/text.h"
#include <QDateTime>
#include <QFileInfo>

namespace calltide::ui {

Recorder::Recorder(ConsoleView& console, HeaderBar& header, NoticeBar& notices, QObject* parent)
    : QObject(parent)
    , m_console(console)
    , m_header(header)
    , m_notices(notices)
{
    using session::Launcher;
    m_clock.setInterval(500);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        look();
        show();
    });
    connect(&m_launcher, &Launcher::started, this, [this] {
        m_watch = std::make_shared<session::RecordingWatch>(m_launcher.recordingPath());
        m_console.setInputOpen(true);
        Q_EMIT recording(m_launcher.recordingPath(), m_launchedAt);
    });
    connect(&m_console, &ConsoleView::inputEntered, &m_launcher, &Launcher::write);
    connect(&m_console, &ConsoleView::inputClosed, &m_launcher, &Launcher::closeInput);
    connect(&m_launcher, &Launcher::outputReceived, this, [this](Launcher::Stream stream, const QByteArray& bytes) {
        m_console.append(bytes, stream == Launcher::Stream::Error);
    });
    connect(&m_launcher, &Launcher::finished, this, &Recorder::finished);
    connect(&m_launcher, &Launcher::failed, this, [this](const QString& sentence) {
        m_clock.stop();
        m_console.setInputOpen(false);
        show();
        m_console.note(sentence);
        Q_EMIT failed(sentence);
        Q_EMIT runningChanged();
    });
    connect(&m_launcher, &Launcher::stateChanged, this, [this] {
        show();
        Q_EMIT runningChanged();
    });
}

void Recorder::launch(const session::LaunchOptions& options)
{
    if (isRunning())
        return;
    if (m_notice)
        m_notices.remove(std::exchange(m_notice, 0));
    m_options = options;
    m_stops = 0;
    m_paused = false;
    m_request.cancel();
    m_facts = {};
    m_perSecond = -1;
    m_sinceFacts.invalidate();
    m_console.begin(session::shellLine(options));
    m_launchedAt = QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    m_launcher.start(options);
    m_clock.start();
    show();
}

void Recorder::launchAgain()
{
    if (!canLaunchAgain())
        return;
    // A name given by hand would be overwritten; a free one is found instead.
    session::LaunchOptions again = m_options;
    if (!again.output.isEmpty() && QFileInfo::exists(again.output))
        again.output.clear();
    launch(again);
}

void Recorder::stop()
{
    if (!isRunning())
        return;
    ++m_stops;
    m_launcher.stop();
    show();
}

bool Recorder::mayPause() const
{
    return m_launcher.state() == session::Launcher::State::Running && !m_request.running();
}

// The program is asked to by the way of attaching, which harms nothing; it answers at its next step in Python.
void Recorder::togglePause()
{
    if (!mayPause())
        return;
    const bool pause = !m_paused;
    const int process = int(m_launcher.processId());
    m_request.start(
        [process, pause](store::Progress& progress) {
            return session::control(process, pause ? session::Remote::Pause : session::Remote::Resume,
                [&progress] { return progress.cancelled(); });
        },
        [this, pause](const Status& done) {
            if (done)
                m_paused = pause;
            else if (isRunning())
                say(QStringLiteral("error"), QString::fromStdString(done.error().message));
            show();
            Q_EMIT runningChanged();
        });
    Q_EMIT runningChanged();
}

void Recorder::takeSnapshot()
{
    if (!mayPause())
        return;
    const QString recording = m_launcher.recordingPath(), copy = session::snapshotName(recording);
    const int process = int(m_launcher.processId());
    m_request.start(
        [process, copy, path = recording](store::Progress& progress) {
            return session::snapshot(process, path, copy, [&progress] { return progress.cancelled(); });
        },
        [this, copy](const Status& done) {
            if (done)
                Q_EMIT snapshotTaken(copy);
            else if (isRunning())
                say(QStringLiteral("error"), QString::fromStdString(done.error().message));
            Q_EMIT runningChanged();
        });
    Q_EMIT runningChanged();
}

void Recorder::say(const QString& icon, const QString& text)
{
    Notice notice;
    notice.kind = Notice::Kind::Warning;
    notice.icon = icon;
    notice.text = text;
    m_notices.add(std::move(notice));
}

QString Recorder::programName() const
{
    const QString name = m_options.kind == session::LaunchKind::Code ? tr("The program") : QFileInfo(m_options.target).fileName();
    return name.isEmpty() ? tr("The program") : name;
}

QString Recorder::stopText() const
{
    return m_stops == 0 ? tr("Stop") : m_stops == 1 ? tr("End now") : tr("Kill");
}

void Recorder::show()
{
    using State = session::Launcher::State;
    const State state = m_launcher.state();
    const bool running = state != State::Idle;
    const QString clock = formatClock(m_launcher.elapsedMs());
    const QString recording = state == State::Starting ? tr("Starting")
        : m_paused                                        ? tr("Paused · %1").arg(clock)
                                                          : tr("Recording · %1").arg(clock);
    m_header.setRunning(running, recording, stopText());
    if (running) {
        QStringList parts{state == State::Stopping ? tr("stopping · %1").arg(clock) : clock};
        if (m_perSecond >= 0)
            parts << tr("≈ %1 events/s").arg(formatShort(m_perSecond));
        if (m_facts.bytes)
            parts << formatBytes(uint64_t(m_facts.bytes));
        if (m_facts.processes > 1)
            parts << tr("%1 processes").arg(m_facts.processes);
        m_console.setStatus(parts.join(QStringLiteral(" · ")), true, stopText());
        m_console.setWarning(m_facts.lost ? tr("%1 events lost").arg(formatNumber(uint64_t(m_facts.lost))) : QString());
    } else
        m_console.setStatus(QString(), false);
}

void Recorder::look()
{
    if (!m_watch || m_look.running())
        return;
    m_look.start([watch = m_watch](store::Progress&) { return watch->look(); },
        [this](const session::RecordingFacts& facts) {
            if (m_sinceFacts.isValid() && m_sinceFacts.elapsed() > 0)
                m_perSecond = std::max(0., double(facts.events - m_facts.events) * 1000 / double(m_sinceFacts.elapsed()));
            m_sinceFacts.start();
            m_facts = facts;
            show();
        });
}

void Recorder::finished(int exitCode, const QString& recording)
{
    m_clock.stop();
    m_look.cancel();
    m_request.cancel();
    m_paused = false;
    m_watch.reset();
    m_console.setInputOpen(false);
    show();
    const QString took = formatDuration(m_launcher.elapsedMs() * 1000000);
    QString words;
    if (exitCode < 0)
        words = tr("Ended by signal %1 after %2").arg(-exitCode).arg(took);
    else
        words = exitCode ? tr("Ended with status %1 after %2").arg(exitCode).arg(took) : tr("Ended after %1").arg(took);
    m_console.note(words);
    m_console.setStatus(words, false);
    if (!recording.isEmpty()) {
        if (exitCode != 0 && m_stops == 0) {
            Notice notice;
            notice.kind = Notice::Kind::Warning;
            notice.icon = QStringLiteral("exception");
            notice.text = exitCode < 0
                ? tr("%1 ended while recording (signal %2). Everything up to that moment is here.")
                      .arg(programName())
                      .arg(-exitCode)
                : tr("%1 ended with status %2.").arg(programName()).arg(exitCode);
            notice.actionText = tr("Show console");
            notice.action = [this] { Q_EMIT consoleAsked(); };
            m_notice = m_notices.add(std::move(notice));
        }
        Q_EMIT recorded(recording);
    } else {
        Q_EMIT failed(tr("%1 ended without a recording. The console shows what it said.").arg(programName()));
    }
    Q_EMIT runningChanged();
}

} // namespace calltide::ui
