// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launcher.h"
#include "session/jobs.h"
#include <QFileInfo>
#include <QProcess>
#ifdef Q_OS_UNIX
#include <csignal>
#include <unistd.h>
#endif

namespace calltide::session {

struct Launcher::Private
{
    explicit Private(Launcher* owner)
        : q(owner)
    {
    }

    Launcher* q;
    State state = State::Idle;
    std::unique_ptr<QProcess> process;
    JobRunner resolver;
    QElapsedTimer since;
    QString recording;
    int stops = 0;

    void setState(State s)
    {
        if (s == state)
            return;
        state = s;
        Q_EMIT q->stateChanged(s);
    }

    void fail(const QString& sentence)
    {
        process.reset();
        setState(State::Idle);
        Q_EMIT q->failed(sentence);
    }

    void run(const CommandLine& command)
    {
        recording = command.recording;
        process = std::make_unique<QProcess>();
        QProcess* p = process.get();
        p->setProgram(command.program);
        p->setArguments(command.arguments);
        auto environment = command.environment;
        // Into a pipe Python writes in blocks; in a console output is wanted when it is printed.
        if (!environment.contains(QStringLiteral("PYTHONUNBUFFERED")))
            environment.insert(QStringLiteral("PYTHONUNBUFFERED"), QStringLiteral("1"));
        p->setProcessEnvironment(environment);
        p->setWorkingDirectory(command.workingDirectory);
#ifdef Q_OS_UNIX
        // An own process group, so that stop() reaches the program's children as Ctrl+C in a terminal does. A shell
        // that started this application in the background ignores SIGINT; the program must not inherit that.
        p->setChildProcessModifier([] {
            ::setpgid(0, 0);
            ::signal(SIGINT, SIG_DFL);
            ::signal(SIGQUIT, SIG_DFL);
        });
#endif
        QObject::connect(p, &QProcess::started, q, [this] {
            since.start();
            setState(State::Running);
            QStringList words{process->program()};
            words += process->arguments();
            Q_EMIT q->started(process->processId(), joinArguments(words));
        });
        QObject::connect(p, &QProcess::readyReadStandardOutput, q, [this] {
            Q_EMIT q->outputReceived(Stream::Output, process->readAllStandardOutput());
        });
        QObject::connect(p, &QProcess::readyReadStandardError, q, [this] {
            Q_EMIT q->outputReceived(Stream::Error, process->readAllStandardError());
        });
        QObject::connect(p, &QProcess::errorOccurred, q, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart) {
                const QString program = process->program(), reason = process->errorString();
                // The process object must outlive its own signal.
                process.release()->deleteLater();
                fail(QStringLiteral("%1 cannot be started: %2").arg(program, reason));
            }
        });
        QObject::connect(
            p, &QProcess::finished, q, [this](int code, QProcess::ExitStatus status) { ended(code, status); });
        p->start();
    }

    void ended(int code, QProcess::ExitStatus status)
    {
        // Qt reports the signal's number as the exit code of a crash.
        const int shown = status == QProcess::CrashExit ? -code : code;
        process.release()->deleteLater();
        setState(State::Idle);
        const QFileInfo file(recording);
        Q_EMIT q->finished(shown, file.exists() && file.size() > 0 ? recording : QString());
    }
};

Launcher::Launcher(QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
}

Launcher::~Launcher()
{
    if (!d->process)
        return;
    d->process->disconnect(this);
#ifdef Q_OS_UNIX
    if (d->process->processId() > 0)
        ::kill(-pid_t(d->process->processId()), SIGKILL);
#endif
    d->process->kill();
    d->process->waitForFinished(2000);
}

void Launcher::start(const LaunchOptions& options)
{
    if (d->state != State::Idle)
        return;
    d->stops = 0;
    d->recording.clear();
    d->setState(State::Starting);
    d->resolver.start(
        [options](store::Progress&) { return commandLineFor(options); },
        [this](Result<CommandLine> command) {
            if (command)
                d->run(*command);
            else
                d->fail(QString::fromStdString(command.error().message));
        });
}

void Launcher::stop()
{
    if (d->state == State::Starting && !d->process) {
        d->resolver.cancel();
        d->fail(tr("Stopped before the program was started."));
        return;
    }
    if (!d->process || d->process->processId() <= 0)
        return;
#ifdef Q_OS_UNIX
    const int signals[] = {SIGINT, SIGTERM, SIGKILL};
    ::kill(-pid_t(d->process->processId()), signals[qMin(d->stops, 2)]);
#else
    if (d->stops == 0)
        d->process->terminate();
    else
        d->process->kill();
#endif
    d->stops++;
    d->setState(State::Stopping);
}

void Launcher::write(const QByteArray& bytes)
{
    if (d->process)
        d->process->write(bytes);
}

void Launcher::closeInput()
{
    if (d->process)
        d->process->closeWriteChannel();
}

Launcher::State Launcher::state() const
{
    return d->state;
}

qint64 Launcher::processId() const
{
    return d->process ? d->process->processId() : 0;
}

qint64 Launcher::elapsedMs() const
{
    return d->since.isValid() ? d->since.elapsed() : 0;
}

QString Launcher::recordingPath() const
{
    return d->recording;
}

} // namespace calltide::session
