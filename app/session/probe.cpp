// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/probe.h"
#include "session/recorderoptions.h"
#include "session/recordingwatch.h"
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <algorithm>
#ifdef Q_OS_UNIX
#include <csignal>
#include <unistd.h>
#endif

namespace calltide::session {

namespace {

// Calls of a Python function and of a C function, as programs make them; prints the processor time they took.
const char kMeasure[] = "import time\n"
                        "def f(x): return x\n"
                        "def g(n):\n"
                        "    for i in range(n): f(i); abs(i)\n"
                        "g(1000)\n"
                        "t = time.process_time(); g(60000); print('calltide-took', time.process_time() - t)\n";

Error problem(const QString& text)
{
    return Error{ErrorCode::Io, text.toStdString()};
}

// -1: it did not say.
double secondsOf(const CommandLine& line)
{
    QProcess process;
    process.setProcessEnvironment(line.environment);
    process.setWorkingDirectory(line.workingDirectory);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(line.program, line.arguments);
    if (!process.waitForFinished(20000))
        return -1;
    const QByteArray out = process.readAllStandardOutput();
    const qsizetype at = out.indexOf("calltide-took");
    bool good = false;
    const double seconds = at < 0 ? -1 : out.mid(at + 13, 40).trimmed().toDouble(&good);
    return good ? seconds : -1;
}

// Seconds that one event costs with these options in this interpreter; the least of a few runs, for others disturb.
double costOfEvent(const LaunchOptions& options, const QString& folder, store::Progress& progress)
{
    LaunchOptions small;
    small.kind = LaunchKind::Code;
    small.target = QString::fromLatin1(kMeasure);
    small.workingDirectory = folder;
    small.tracer = options.tracer;
    small.interpreter = options.interpreter;
    double best = -1;
    for (int i = 0; i < 3 && !progress.cancelled(); i++) {
        small.output = QStringLiteral("%1/cost%2.calltide").arg(folder).arg(i);
        auto traced = commandLineFor(small);
        if (!traced)
            return -1;
        CommandLine plain = *traced;
        plain.arguments = {QStringLiteral("-c"), small.target};
        const double with = secondsOf(*traced), without = secondsOf(plain);
        const qint64 events = RecordingWatch(traced->recording).look().events;
        if (with < 0 || without < 0 || events < 1000)
            continue;
        const double cost = std::max(0., with - without) / double(events);
        best = best < 0 ? cost : std::min(best, cost);
    }
    return best;
}

// Limits would hide what is written; conditions would let it begin later or not at all.
TracerOptions unlimited(const TracerOptions& options)
{
    QStringList others;
    OptionValues values = valuesOf(options, &others);
    for (const char* name : {"ring", "stop-when-full", "min-duration", "start-when", "stop-when"})
        values.remove(QLatin1String(name));
    return fromValues(values, others);
}

struct Usage
{
    double running = 0, delayed = 0; // seconds: of the processor, and ready but without one (first thread)
};

// As long as it runs; what is not known stays as it is.
void readUsage(qint64 pid, Usage& usage)
{
    const auto words = [pid](const char* name) {
        QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name)));
        if (!file.open(QIODevice::ReadOnly))
            return QList<QByteArray>();
        const QByteArray text = file.readAll();
        return text.mid(text.lastIndexOf(')') + 1).simplified().split(' '); // a name may hold anything
    };
    const QList<QByteArray> stat = words("stat"), schedule = words("schedstat");
#ifdef Q_OS_UNIX
    if (stat.size() > 13)
        usage.running = (stat[11].toDouble() + stat[12].toDouble()) / double(::sysconf(_SC_CLK_TCK));
#endif
    if (schedule.size() == 3)
        usage.delayed = schedule[1].toDouble() / 1e9;
}

void end(QProcess& process)
{
#ifdef Q_OS_UNIX
    const auto group = pid_t(process.processId());
    if (group > 0) {
        ::kill(-group, SIGINT);
        process.waitForFinished(700);
        ::kill(-group, SIGKILL); // it, and children that stayed
    }
#endif
    process.kill();
    process.waitForFinished(2000);
}

} // namespace

Result<ProbeResult> probe(const LaunchOptions& options, store::Progress& progress, int milliseconds)
{
    QTemporaryDir folder;
    if (!folder.isValid())
        return problem(QStringLiteral("There is no room for temporary files."));
    LaunchOptions wanted = options;
    wanted.output = folder.filePath(QStringLiteral("probe.calltide"));
    wanted.tracer = unlimited(options.tracer);
    auto line = commandLineFor(wanted);
    if (!line)
        return line.error();
    LaunchOptions measured = wanted;
    measured.interpreter = line->program;
    const double cost = costOfEvent(measured, folder.path(), progress);
    if (progress.cancelled())
        return Error{ErrorCode::Cancelled, {}};
    if (cost < 0)
        return problem(QStringLiteral("The cost could not be measured with %1.").arg(line->program));

    QProcess process;
    process.setProgram(line->program);
    process.setArguments(line->arguments);
    process.setProcessEnvironment(line->environment);
    process.setWorkingDirectory(line->workingDirectory);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
#ifdef Q_OS_UNIX
    process.setChildProcessModifier([] { ::setpgid(0, 0); });
#endif
    process.start();
    if (!process.waitForStarted(5000))
        return problem(QStringLiteral("%1 cannot be started: %2").arg(line->program, process.errorString()));
    QElapsedTimer clock;
    clock.start();
    RecordingWatch watch(line->recording);
    ProbeResult out;
    Usage usage;
    while (clock.elapsed() < milliseconds && !progress.cancelled() && !out.ended) {
        progress.set(uint64_t(clock.elapsed()), uint64_t(milliseconds));
        readUsage(process.processId(), usage);
        out.ended = process.waitForFinished(20);
    }
    out.seconds = double(clock.elapsed()) / 1000;
    const RecordingFacts facts = watch.look();
    if (out.ended)
        out.exitStatus = process.exitStatus() == QProcess::CrashExit ? 128 + process.exitCode() : process.exitCode();
    end(process);
    if (progress.cancelled())
        return Error{ErrorCode::Cancelled, {}};
    if (facts.bytes == 0)
        return problem(QStringLiteral("The program wrote no recording; launch it to see what it says."));
    // Without the time in which others had the processor. Never all of it ours: then nothing is known but that it is much.
    const double taken = std::max({out.seconds - usage.delayed, usage.running, 0.01});
    const double ours = std::min(double(facts.events) * cost, taken * 0.95);
    out.slowdown = taken / (taken - ours);
    out.bytesPerSecond = double(facts.bytes) / std::max(0.05, out.seconds);
    return out;
}

} // namespace calltide::session
