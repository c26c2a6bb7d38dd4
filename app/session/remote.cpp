// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/remote.h"
#include "formats/livecopy.h"
#include "formats/recordingfiles.h"
#include "inject/exchange.h"
#include "inject/processes.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QThread>
#include <unistd.h>
#include <QTime>

namespace calltide::session {

namespace {

std::string encoded(const QString& path)
{
    return QFile::encodeName(path).toStdString();
}

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

struct Answer
{
    inject::Fields fields;
    inject::Outcome outcome;
};

Result<Answer> ask(int pid, const inject::Fields& fields, bool evenIfSwitchedOff, int timeoutMs, inject::Why* why, const Cancelled& cancelled)
{
    if (tracerFolder().isEmpty())
        return Error{ErrorCode::NotFound, "This installation of Calltide has no recorder; build it with installers/setup build."};
    const inject::Exchange exchange;
    if (!exchange.write(encoded(tracerFolder()) + "/calltide", pid, fields))
        return Error{ErrorCode::Io, "No request can be written into " + inject::Exchange::place() + "."};
    inject::Request request;
    request.pid = pid;
    request.script = exchange.script();
    request.evenIfSwitchedOff = evenIfSwitchedOff;
    request.timeoutMs = timeoutMs;
    request.answered = [&exchange] { return exchange.answered(); };
    request.begun = [&exchange] { return exchange.begun(); };
    request.cancelled = cancelled;
    Answer answer{{}, inject::run(request)};
    if (answer.outcome.lateReaders)
        QThread::msleep(300);
    if (why)
        *why = answer.outcome.problem.why;
    if (answer.outcome.problem)
        return toError(answer.outcome.problem);
    answer.fields = exchange.answer();
    if (const auto usage = answer.fields.find("usage"); usage != answer.fields.end())
        return Error{ErrorCode::Invalid, usage->second + "."};
    if (const auto error = answer.fields.find("error"); error != answer.fields.end())
        return Error{ErrorCode::Io, "Process " + std::to_string(pid) + ' ' + error->second};
    return answer;
}

// By whose end the recording ends, too; 0 where the program would not find this process by its number.
std::string watchedProcess(int pid)
{
    const QString theirs = QFile::symLinkTarget(QStringLiteral("/proc/%1/ns/pid").arg(pid));
    const bool same = QFileInfo(theirs).fileName() == QFileInfo(QFile::symLinkTarget(QStringLiteral("/proc/self/ns/pid"))).fileName();
    return std::to_string(same ? getpid() : 0);
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
    const std::string folder = formats::childFolder(encoded(recording)) + '/';
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

bool isTooOld(const inject::Process& process)
{
    const QString minor = QString::fromStdString(process.python).section(u'.', 1, 1);
    return !minor.isEmpty() && minor.toInt() < 9;
}

inject::Problem recorderProblem(const inject::Process& process)
{
    const QString version = QString::fromStdString(process.python).section(u'.', 0, 1);
    const QStringList supported = supportedVersions();
    if (version.isEmpty() || supported.contains(version))
        return {};
    const QString text = isTooOld(process)
        ? QStringLiteral("Process %1 runs Python %2, which is too old; 3.9 and newer work.").arg(process.pid).arg(version)
        : QStringLiteral("Process %1 runs Python %2, for which there is no recorder; supported are %3.")
              .arg(process.pid)
              .arg(version, supported.join(QStringLiteral(", ")));
    return {inject::Why::NotSupported, text.toStdString()};
}

Result<Attached> attach(const AttachOptions& options, inject::Why* why, const Cancelled& cancelled)
{
    const inject::Process process = inject::describe(options.processId);
    if (const inject::Problem none = recorderProblem(process); none && !process.problem)
        return toError(none);
    Attached attached;
    attached.startTicks = inject::startTicks(options.processId);
    attached.recording = QDir::cleanPath(QDir::current().absoluteFilePath(options.output.isEmpty()
            ? defaultRecordingName(asLaunched(process), QDir::currentPath())
            : options.output));
    if (const QFileInfo folder(QFileInfo(attached.recording).path()); !folder.isDir())
        return Error{ErrorCode::NotFound,
            QStringLiteral("The folder %1 for the recording does not exist.").arg(folder.filePath()).toStdString()};
    inject::Fields request{{"do", "start"}, {"out", encoded(attached.recording)}, {"for", watchedProcess(options.processId)},
        {"options", options.options.join(QChar(u'\0')).toStdString()}};
    if (options.options.join(u' ').contains(QStringLiteral("signal:")))
        request["main"] = "1";
    auto answer = ask(options.processId, request, options.evenIfSwitchedOff, options.timeoutMs, why, cancelled);
    if (!answer)
        return answer.error();
    attached.how = answer->outcome.how;
    attached.pausedNs = answer->outcome.pausedNs;
    return attached;
}

Status control(int processId, Remote what, const Cancelled& cancelled)
{
    const char* const words[] = {"stop", "pause", "resume", "keep"};
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

Status keepAttached(int processId, const QString& recording)
{
    const Status kept = control(processId, Remote::Keep);
    for (const int child : recordedChildren(recording))
        (void)control(child, Remote::Keep); // one that ends just now has ended
    return kept;
}

Status snapshot(int processId, const QString& recording, const QString& copy, const Cancelled& cancelled)
{
    if (QFileInfo(copy) == QFileInfo(recording))
        return Error{ErrorCode::Invalid, "A snapshot needs a name of its own: " + copy.toStdString() + " is the recording itself."};
    const std::string from = encoded(recording), to = encoded(copy);
    std::vector<int> paused;
    if (formats::isRing(from)) { // its space is used again and again
        auto first = ask(processId, {{"do", "pause"}}, true, 30'000, nullptr, cancelled);
        if (!first)
            return first.error();
        if (first->fields["before"] == "recording")
            paused.push_back(processId);
        for (const int child : recordedChildren(recording)) {
            auto answer = ask(child, {{"do", "pause"}}, true, 2'000, nullptr, cancelled);
            if (answer && answer->fields["before"] == "recording")
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
