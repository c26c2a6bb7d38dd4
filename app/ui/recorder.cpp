// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recorder.h"
#include "ui/consoleview.h"
#include "ui/headerbar.h"
#include "ui/noticebar.h"
#include "ui/text.h"
#include <QFileInfo>

namespace calltide::ui {
namespace {
QString clockText(qint64 ms)
{
    const qint64 s = ms / 1000;
    const QString tail = QStringLiteral("%1:%2").arg(s / 60 % 60, 2, 10, QLatin1Char('0')).arg(s % 60, 2, 10, QLatin1Char('0'));
    return s < 3600 ? tail : QStringLiteral("%1:%2").arg(s / 3600).arg(tail);
}
} // namespace

Recorder::Recorder(ConsoleView& console, HeaderBar& header, NoticeBar& notices, QObject* parent)
    : QObject(parent)
    , m_console(console)
    , m_header(header)
    , m_notices(notices)
{
    using session::Launcher;
    m_clock.setInterval(500);
    connect(&m_clock, &QTimer::timeout, this, &Recorder::show);
    connect(&m_launcher, &Launcher::started, this, [this](qint64, const QString& line) { m_console.begin(line); });
    connect(&m_launcher, &Launcher::outputReceived, this, [this](Launcher::Stream stream, const QByteArray& bytes) {
        m_console.append(bytes, stream == Launcher::Stream::Error);
    });
    connect(&m_launcher, &Launcher::finished, this, &Recorder::finished);
    connect(&m_launcher, &Launcher::failed, this, [this](const QString& sentence) {
        m_clock.stop();
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
    m_console.begin(session::shellLine(options));
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
    const QString clock = clockText(m_launcher.elapsedMs());
    const QString recording = state == State::Starting ? tr("Starting") : tr("Recording · %1").arg(clock);
    m_header.setRunning(running, recording, stopText());
    if (running)
        m_console.setStatus(state == State::Stopping ? tr("stopping · %1").arg(clock) : clock, true, stopText());
    else
        m_console.setStatus(QString(), false);
}

void Recorder::finished(int exitCode, const QString& recording)
{
    m_clock.stop();
    show();
    const QString took = formatDuration(m_launcher.elapsedMs() * 1000000);
    QString words;
    if (exitCode > 128)
        words = tr("Ended by signal %1 after %2").arg(exitCode - 128).arg(took);
    else
        words = exitCode ? tr("Ended with status %1 after %2").arg(exitCode).arg(took) : tr("Ended after %1").arg(took);
    m_console.note(words);
    m_console.setStatus(words, false);
    if (!recording.isEmpty()) {
        if (exitCode != 0 && m_stops == 0) {
            Notice notice;
            notice.kind = Notice::Kind::Warning;
            notice.icon = QStringLiteral("exception");
            notice.text = exitCode > 128
                ? tr("%1 ended while recording (signal %2). Everything up to that moment is here.")
                      .arg(programName())
                      .arg(exitCode - 128)
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
