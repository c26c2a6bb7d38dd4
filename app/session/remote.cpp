// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/remote.h"
#include "formats/livecopy.h"
#include "inject/processes.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QThread>
#include <algorithm>
#include <cstdlib>
#include <unistd.h>
#include <QTime>

namespace calltide::session {

namespace {

Error toError(const inject::Problem& problem)
{
    using inject::Why;
    ErrorCode code = ErrorCode::Io;
    switch (problem.why) {
    case Why::NoProcess: code = ErrorCode::NotFound; break;
    case Why::NotSupported:
    case Why::NotPython:
    case Why::Elsewhere: code = ErrorCode::NotSupported; break;
    case Why::OtherUser:
    case Why::NotPermitted:
    case Why::SwitchedOff: code = ErrorCode::NoPermission; break;
    case Why::Cancelled: code = ErrorCode::Cancelled; break;
    default: break;
    }
    return Error{code, problem.sentence};
}

// Paths in a request must be plain, see inject.h; what is in it need not be.
QByteArray runtimeFolder()
{
    QByteArray folder = qgetenv("XDG_RUNTIME_DIR");
    const bool plain = std::all_of(folder.begin(), folder.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '.';
    });
    if (!folder.startsWith('/') || !plain || folder.size() > 80 || access(folder.constData(), W_OK | X_OK) != 0)
        folder = "/tmp";
    return folder;
}

// The script of one request and its answer, in a folder for this user only; gone with the object.
class Exchange
{
public:
    Exchange()
    {
        m_folder = runtimeFolder() + "/calltide-XXXXXX";
        m_good = mkdtemp(m_folder.data()) != nullptr;
    }
    ~Exchange()
    {
        if (m_good)
            QDir(QFile::decodeName(m_folder)).removeRecursively();
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    QByteArray path(const char* name) const { return m_folder + '/' + name; }

    bool write(const QHash<QByteArray, QByteArray>& fields) const
    {
        QFile boot(tracerFolder() + QStringLiteral("/calltide/_boot.py"));
        QFile script(QFile::decodeName(path("s.py")));
        if (!m_good || !boot.open(QIODevice::ReadOnly) || !script.open(QIODevice::WriteOnly))
            return false;
        QByteArray request;
        for (auto it = fields.begin(); it != fields.end(); ++it)
            request += (request.isEmpty() ? "" : ";") + it.key() + '=' + it.value().toHex();
        script.write("request = \"" + request + "\"\n" + boot.readAll());
        return script.flush();
    }

    bool answered() const { return access(path("a").constData(), F_OK) == 0; }

    QHash<QByteArray, QByteArray> answer() const
    {
        QHash<QByteArray, QByteArray> fields;
        QFile file(QFile::decodeName(path("a")));
        if (file.open(QIODevice::ReadOnly)) {
            for (const QByteArray& part : file.readAll().split(';')) {
                const qsizetype equals = part.indexOf('=');
                fields.insert(part.left(equals), QByteArray::fromHex(part.mid(equals + 1)));
            }
        }
        return fields;
    }

private:
    QByteArray m_folder;
    bool m_good = false;
};

struct Answer
{
    QHash<QByteArray, QByteArray> fields;
    inject::Outcome outcome;
};

Result<Answer> ask(int pid, QHash<QByteArray, QByteArray> fields, bool evenIfSwitchedOff, int timeoutMs, inject::Why* why,
    const Cancelled& cancelled)
{
    if (tracerFolder().isEmpty())
        return Error{ErrorCode::NotFound, "This installation of Calltide has no recorder; build it with installers/setup build."};
    const Exchange exchange;
    fields.insert("root", QFile::encodeName(tracerFolder()));
    fields.insert("claim", exchange.path("c"));
    fields.insert("answer", exchange.path("a"));
    if (!exchange.write(fields))
        return Error{ErrorCode::Io, "No request can be written into " + runtimeFolder().toStdString() + "."};
    inject::Request request;
    request.pid = pid;
    request.script = exchange.path("s.py").toStdString();
    request.evenIfSwitchedOff = evenIfSwitchedOff;
    request.timeoutMs = timeoutMs;
    request.answered = [&exchange] { return exchange.answered(); };
    request.begun = [&exchange] { return access(exchange.path("c").constData(), F_OK) == 0; };
    request.cancelled = cancelled;
    Answer answer{{}, inject::run(request)};
    if (answer.outcome.lateReaders)
        QThread::msleep(300);
    if (why)
        *why = answer.outcome.problem.why;
    if (answer.outcome.problem)
        return toError(answer.outcome.problem);
    answer.fields = exchange.answer();
    if (answer.fields.contains("usage"))
        return Error{ErrorCode::Invalid, answer.fields.value("usage").toStdString() + "."};
    if (answer.fields.contains("error"))
        return Error{ErrorCode::Io, "Process " + std::to_string(pid) + ' ' + answer.fields.value("error").toStdString()};
    return answer;
}

// By whose end the recording ends, too; 0 where the program would not find this process by its number.
QByteArray watchedProcess(int pid)
{
    const QString theirs = QFile::symLinkTarget(QStringLiteral("/proc/%1/ns/pid").arg(pid));
    const bool same = QFileInfo(theirs).fileName() == QFileInfo(QFile::symLinkTarget(QStringLiteral("/proc/self/ns/pid"))).fileName();
    return QByteArray::number(same ? getpid() : 0);
}

LaunchOptions asLaunched(const inject::Process& process)
{
    LaunchOptions o;
    o.kind = LaunchKind::Command;
    for (const std::string& word : process.command)
        o.arguments += QFile::decodeName(QByteArray::fromStdString(word));
    o.target = o.arguments.isEmpty() ? QString() : o.arguments.takeFirst();
    return o;
}

// Those that run still.
std::vector<int> recordedChildren(const QString& recording)
{
    std::vector<int> out;
    const std::string folder = formats::childFolder(QFile::encodeName(recording).toStdString()) + '/';
    for (const inject::Process& child : inject::pythonProcesses())
        if (child.recording.rfind(folder, 0) == 0)
            out.push_back(child.pid);
    return out;
}

} // namespace

QString snapshotName(const QString& recording)
{
    const QFileInfo info(recording);
    return info.dir().filePath(QStringLiteral("%1-%2.calltide")
                                   .arg(info.completeBaseName(), QTime::currentTime().toString(QStringLiteral("HHmmss"))));
}

QString attachedRecordingName(int processId, const QString& folder)
{
    return defaultRecordingName(asLaunched(inject::describe(processId)), folder);
}

Result<Attached> attach(const AttachOptions& options, inject::Why* why, const Cancelled& cancelled)
{
    const inject::Process process = inject::describe(options.processId);
    const QString version = QString::fromStdString(process.python).section(u'.', 0, 1);
    if (!version.isEmpty() && !process.problem && !supportedVersions().contains(version))
        return Error{ErrorCode::NotSupported,
            QStringLiteral("Process %1 runs Python %2, for which there is no recorder; supported are %3.")
                .arg(options.processId)
                .arg(version, supportedVersions().join(QStringLiteral(", ")))
                .toStdString()};
    Attached attached;
    attached.startTicks = inject::startTicks(options.processId);
    attached.recording = QDir::cleanPath(QDir::current().absoluteFilePath(options.output.isEmpty()
            ? defaultRecordingName(asLaunched(process), QDir::currentPath())
            : options.output));
    if (const QFileInfo folder(QFileInfo(attached.recording).path()); !folder.isDir())
        return Error{ErrorCode::NotFound,
            QStringLiteral("The folder %1 for the recording does not exist.").arg(folder.filePath()).toStdString()};
    QHash<QByteArray, QByteArray> request{{"do", "start"}, {"out", QFile::encodeName(attached.recording)}, {"for", watchedProcess(options.processId)},
            {"options", options.options.join(QChar(u'\0')).toUtf8()}};
    if (options.options.join(u' ').contains(QStringLiteral("signal:")))
        request.insert("main", "1");
    auto answer = ask(options.processId, request,
        options.evenIfSwitchedOff, options.timeoutMs, why, cancelled);
    if (!answer)
        return answer.error();
    attached.how = answer->outcome.how;
    attached.pausedNs = answer->outcome.pausedNs;
    return attached;
}

Status control(int processId, Remote what, const Cancelled& cancelled)
{
    const QByteArray words[] = {"stop", "pause", "resume"};
    // What was asked of a program once is not refused because it has switched attaching off.
    auto answer = ask(processId, {{"do", words[int(what)]}}, true, 30'000, nullptr, cancelled);
    if (!answer)
        return answer.error();
    return Ok{};
}

Status endAttached(int processId, const QString& recording, const Cancelled& cancelled)
{
    const Status stopped = control(processId, Remote::Stop, cancelled);
    for (const int child : recordedChildren(recording)) {
        // One that ends just now, or does not react: its recording ends with it, or soon after this process.
        if (!control(child, Remote::Stop, cancelled) && cancelled && cancelled())
            break;
    }
    return stopped;
}

Status snapshot(int processId, const QString& recording, const QString& copy, const Cancelled& cancelled)
{
    if (QFileInfo(copy) == QFileInfo(recording))
        return Error{ErrorCode::Invalid, "A snapshot needs a name of its own: " + copy.toStdString() + " is the recording itself."};
    const std::string from = QFile::encodeName(recording).toStdString(), to = QFile::encodeName(copy).toStdString();
    std::vector<int> paused;
    if (formats::isRing(from)) { // its space is used again and again
        auto first = ask(processId, {{"do", "pause"}}, true, 30'000, nullptr, cancelled);
        if (!first)
            return first.error();
        if (first->fields.value("before") == "recording")
            paused.push_back(processId);
        for (const int child : recordedChildren(recording)) {
            auto answer = ask(child, {{"do", "pause"}}, true, 2'000, nullptr, cancelled);
            if (answer && answer->fields.value("before") == "recording")
                paused.push_back(child);
        }
    }
    Status done = formats::copyRecording(from, to);
    for (const int process : paused) {
        Status resumed = control(process, Remote::Resume);
        if (done && !resumed && process == processId)
            done = std::move(resumed);
    }
    return done;
}

} // namespace calltide::session
