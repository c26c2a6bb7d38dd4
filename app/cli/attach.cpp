// SPDX-License-Identifier: GPL-3.0-or-later
// attach: starts a recording in a running program, waits, stops it. ps: the programs that it could be.
#include "cli/arguments.h"
#include "cli/recorderoptions.h"
#include "formats/recordingfiles.h"
#include "inject/processes.h"
#include "session/remote.h"
#include <QDateTime>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <csignal>
#include <sys/ioctl.h>
#include <unistd.h>

namespace calltide::cli {

namespace {

volatile std::sig_atomic_t g_stop = 0;
void askToStop(int) { g_stop = 1; }

// Ctrl+C and a closed terminal end the recording, not the program.
void catchSignals()
{
    struct sigaction action {};
    action.sa_handler = askToStop;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaction(signal, &action, nullptr);
}

struct Request
{
    session::AttachOptions options;
    double seconds = 0; // 0: until it is stopped
    bool detach = false; // it goes on without this process
    bool stop = false; // one that goes on
};

// "5", "2.5s", "500ms", "2min".
bool parseSeconds(const QString& text, double& seconds)
{
    struct Unit
    {
        const char* name;
        double factor;
    };
    for (const Unit& unit : {Unit{"ms", 0.001}, Unit{"min", 60}, Unit{"h", 3600}, Unit{"s", 1}, Unit{"", 1}}) {
        if (!text.endsWith(QLatin1String(unit.name)))
            continue;
        bool good = false;
        seconds = text.chopped(qstrlen(unit.name)).toDouble(&good) * unit.factor;
        return good && seconds > 0;
    }
    return false;
}

Result<Request> parse(const QStringList& arguments)
{
    const auto error = [](const QString& text) { return Error{ErrorCode::Invalid, text.toStdString()}; };
    Request r;
    for (qsizetype i = 0; i < arguments.size(); i++) {
        const QString& a = arguments[i];
        const auto equals = a.startsWith(QLatin1String("--")) ? a.indexOf(u'=') : -1;
        const QString name = equals > 0 ? a.left(equals) : a;
        const RecorderOption* option = recorderOption(a);
        const bool output = name == QLatin1String("-o") || name == QLatin1String("--output");
        const bool time = name == QLatin1String("-t") || name == QLatin1String("--time");
        QString value = a.mid(equals + 1);
        if ((output || time || (option && option->takesValue)) && equals < 0) {
            if (i + 1 >= arguments.size())
                return error(QStringLiteral("%1 needs a value.").arg(a));
            value = arguments[++i];
        }
        if (output) {
            r.options.output = value;
        } else if (time) {
            if (!parseSeconds(value, r.seconds))
                return error(QStringLiteral("%1 is no time: write 5, 500ms or 2min.").arg(value));
        } else if (a == QLatin1String("--force")) {
            r.options.evenIfSwitchedOff = true;
        } else if (a == QLatin1String("--detach")) {
            r.detach = true;
        } else if (a == QLatin1String("--stop")) {
            r.stop = true;
        } else if (option) {
            r.options.options << name;
            if (option->takesValue)
                r.options.options << value;
            else if (equals > 0)
                r.options.options.last() = a;
        } else if (a.startsWith(u'-')) {
            return error(QStringLiteral("there is no option %1%2").arg(a, didYouMean(a)));
        } else {
            bool number = false;
            const int pid = a.toInt(&number);
            if (!number || pid <= 0)
                return error(QStringLiteral("%1 is no process number; calltide ps lists them.").arg(a));
            if (r.options.processId)
                return error(QStringLiteral("one process at a time."));
            r.options.processId = pid;
        }
    }
    if (!r.options.processId)
        return error(QStringLiteral("name a process by its number; calltide ps lists them."));
    if (r.stop && (r.detach || r.seconds > 0 || !r.options.options.isEmpty() || !r.options.output.isEmpty()))
        return error(QStringLiteral("--stop takes the process only."));
    if (r.detach && r.seconds > 0)
        return error(QStringLiteral("--detach and -t exclude each other: nobody is there to stop it."));
    return r;
}

QString commandOf(const inject::Process& p)
{
    QStringList words;
    for (const std::string& word : p.command)
        words += QString::fromLocal8Bit(word.data(), qsizetype(word.size()));
    return session::joinArguments(words);
}

// Columns of the terminal that standard output is; 0: it is none.
int outputWidth()
{
    struct winsize size = {};
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

QString sizeText(quint64 bytes) { return QLocale::c().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeTraditionalFormat); }

// With its children's.
QString sizeOf(const QString& recording) { return sizeText(formats::recordingSize(QFile::encodeName(recording).toStdString())); }

void say(const QString& text) { fprintf(stderr, "calltide: %s\n", qPrintable(text)); }

// A recording that goes on without us, or that somebody else waits for.
int stopRecording(int pid)
{
    const inject::Process process = inject::describe(pid);
    if (process.pid && process.recording.empty() && !process.problem)
        return fail(QStringLiteral("Process %1 is not being recorded.").arg(pid));
    const QString recording = QFile::decodeName(QByteArray::fromStdString(process.recording));
    if (const Status stopped = session::endAttached(pid, recording); !stopped)
        return fail(QString::fromStdString(stopped.error().message));
    say(QStringLiteral("%1: %2, process %3 goes on")
            .arg(shortPath(recording), sizeOf(recording))
            .arg(pid));
    return 0;
}

} // namespace

int attach(const QStringList& arguments)
{
    auto request = parse(arguments);
    if (!request)
        return usageError(QString::fromStdString(request.error().message), "attach");
    const int pid = request->options.processId;
    if (request->stop)
        return stopRecording(pid);
    catchSignals();
    inject::Why why{};
    auto attached = session::attach(request->options, &why, [] { return g_stop != 0; });
    if (!attached) {
        const QString sentence = QString::fromStdString(attached.error().message);
        if (attached.error().code == ErrorCode::Invalid)
            return usageError(sentence, "attach");
        return fail(why == inject::Why::SwitchedOff ? sentence + QStringLiteral(" To attach all the same: --force.") : sentence);
    }
    const QString shown = shortPath(attached->recording);
    if (request->detach) {
        if (const Status kept = session::keepAttached(pid, attached->recording); !kept)
            return fail(QString::fromStdString(kept.error().message));
        say(QStringLiteral("recording process %1 into %2; calltide attach --stop %1 stops").arg(pid).arg(shown));
        return 0;
    }
    say(QStringLiteral("recording process %1 into %2%3")
            .arg(pid)
            .arg(shown, request->seconds > 0 ? QString() : QStringLiteral("; Ctrl+C stops")));
    QElapsedTimer passed;
    passed.start();
    const auto lives = [&] { return inject::startTicks(pid) == attached->startTicks; };
    while (!g_stop && lives() && (request->seconds <= 0 || double(passed.elapsed()) < request->seconds * 1000)) {
        const double left = request->seconds <= 0 ? 0.1 : request->seconds - double(passed.elapsed()) / 1000;
        const timespec pause{0, long(qBound(0.001, left, 0.1) * 1e9)};
        nanosleep(&pause, nullptr); // a signal ends it
    }
    if (lives()) {
        if (const Status stopped = session::endAttached(pid, attached->recording); !stopped && lives())
            return fail(QString::fromStdString(stopped.error().message));
    }
    say(QStringLiteral("%1: %2, %3").arg(shown, sizeOf(attached->recording),
        lives() ? QStringLiteral("process %1 goes on").arg(pid) : QStringLiteral("process %1 has ended").arg(pid)));
    return 0;
}

int processes(const QStringList& arguments)
{
    auto options = parseArguments(arguments, {}, {QStringLiteral("--json")});
    if (!options)
        return usageError(QString::fromStdString(options.error().message), "ps");
    if (!options->words.isEmpty())
        return usageError(QStringLiteral("ps takes no %1.").arg(options->words.first()), "ps");
    const auto all = inject::pythonProcesses();
    if (options->has(QStringLiteral("--json"))) {
        QJsonArray list;
        for (const inject::Process& p : all) {
            QJsonArray command;
            for (const std::string& word : p.command)
                command.append(QString::fromLocal8Bit(word.data(), qsizetype(word.size())));
            list.append(QJsonObject{{QStringLiteral("pid"), p.pid}, {QStringLiteral("parent"), p.parent},
                {QStringLiteral("python"), QString::fromStdString(p.python)}, {QStringLiteral("command"), command},
                {QStringLiteral("started"), QDateTime::fromMSecsSinceEpoch(p.startedNs / 1'000'000, Qt::UTC).toString(Qt::ISODateWithMs)},
                {QStringLiteral("cpu_seconds"), double(p.cpuNs) / 1e9}, {QStringLiteral("memory"), qint64(p.memory)},
                {QStringLiteral("threads"), p.threads}, {QStringLiteral("recording"), QString::fromStdString(p.recording)}});
        }
        print(QString::fromUtf8(QJsonDocument(list).toJson()));
        return 0;
    }
    print(QStringLiteral("    PID  PYTHON    CPU s   MEMORY  STARTED              COMMAND\n"));
    const int width = outputWidth();
    for (const inject::Process& p : all) {
        QString line = QStringLiteral("%1  %2 %3 %4  %5  %6%7")
                  .arg(p.pid, 7)
                  .arg(QString::fromStdString(p.python), -8)
                  .arg(double(p.cpuNs) / 1e9, 7, 'f', 1)
                  .arg(sizeText(p.memory), 8)
                  .arg(QDateTime::fromMSecsSinceEpoch(p.startedNs / 1'000'000).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
                      p.recording.empty() ? QString() : QStringLiteral("[being recorded] "), width ? commandOf(p).simplified() : commandOf(p));
        if (width > 0 && line.size() > width)
            line = line.left(width - 1) + u'…';
        print(line + u'\n');
    }
    return 0;
}

} // namespace calltide::cli
