// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/interpreter.h"
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QThreadPool>
#include <QtConcurrent>
#include <algorithm>

namespace calltide::session {

namespace {

// Isolated and without site: the answer must not depend on the user's own modules, and must come fast.
const char kQuestion[] = "import sys,sysconfig as c\n"
                         "v=sys.version_info\n"
                         "print('\\n'.join(['calltide-answer',sys.implementation.name,'%d.%d.%d'%v[:3],"
                         "c.get_config_var('EXT_SUFFIX') or '',str(c.get_config_var('Py_GIL_DISABLED') or 0),"
                         "sys.prefix]))\n";

QString listOfSupported()
{
    QStringList v = supportedVersions();
    if (v.isEmpty())
        return {};
    if (v.size() == 1)
        return v.first();
    const QString last = v.takeLast();
    return QStringLiteral("%1 and %2").arg(v.join(QStringLiteral(", ")), last);
}

QString problemOf(const Interpreter& python)
{
    const QString supported = listOfSupported();
    if (supported.isEmpty())
        return QStringLiteral("This installation has no tracer modules; build or install Calltide again.");
    const QDir package(tracerFolder() + QStringLiteral("/calltide"));
    if (python.implementation == QLatin1String("cpython") && !python.extensionSuffix.isEmpty()
        && QFileInfo::exists(package.filePath(QStringLiteral("_tracer") + python.extensionSuffix)))
        return {};
    return QStringLiteral("%1 at %2 is not supported; supported are Python %3.")
        .arg(python.label(), python.path, supported);
}

bool isPythonName(const QString& name)
{
    static const QRegularExpression pattern(QStringLiteral("^(python|pypy)(\\d+(\\.\\d+)?)?t?(\\.exe)?$"));
    return pattern.match(name).hasMatch();
}

void addIn(const QString& folder, QStringList& out)
{
    const QDir dir(folder);
    const auto names
        = dir.entryList({QStringLiteral("python*"), QStringLiteral("pypy*")}, QDir::Files | QDir::Executable);
    for (const QString& name : names) {
        if (isPythonName(name))
            out.append(dir.filePath(name));
    }
}

// Virtual environments in `folder` and the folders above it.
QStringList environmentsNear(const QString& folder)
{
    QStringList out;
    const QString active = qEnvironmentVariable("VIRTUAL_ENV");
    if (!active.isEmpty())
        out.append(active);
    QDir dir(folder.isEmpty() ? QDir::currentPath() : folder);
    for (int i = 0; i < 8; i++) {
        for (const char* name : {".venv", "venv", "env"}) {
            const QString candidate = dir.filePath(QLatin1String(name));
            if (QFileInfo::exists(candidate + QStringLiteral("/pyvenv.cfg")))
                out.append(candidate);
        }
        if (!dir.cdUp())
            break;
    }
    return out;
}

} // namespace

QString Interpreter::label() const
{
    const bool cpython = implementation == QLatin1String("cpython");
    const QString name = cpython                  ? QStringLiteral("Python")
        : implementation == QLatin1String("pypy") ? QStringLiteral("PyPy")
                                                  : implementation;
    return name + u' ' + version + (freeThreaded ? QStringLiteral(" free-threaded") : QString());
}

QString tracerFolder()
{
    QStringList places;
    // Set by our own tests and by people who build the tracer elsewhere.
    if (qEnvironmentVariableIsSet("CALLTIDE_TRACER_FOLDER"))
        places.append(qEnvironmentVariable("CALLTIDE_TRACER_FOLDER"));
    const QDir bin(QCoreApplication::applicationDirPath());
    places.append(bin.filePath(QStringLiteral("../lib/calltide/python")));
    for (const QString& place : places) {
        if (QFileInfo::exists(place + QStringLiteral("/calltide/__init__.py")))
            return QDir(place).canonicalPath();
    }
    return {};
}

QStringList supportedVersions()
{
    const QString folder = tracerFolder();
    if (folder.isEmpty())
        return {};
    // _tracer.cpython-312-x86_64-linux-gnu.so, _tracer.cpython-313t-….so
    static const QRegularExpression pattern(QStringLiteral("^_tracer\\.(?:cpython-|cp)(\\d)(\\d+)(t?)[-.]"));
    QList<QPair<int, QString>> found;
    const auto names = QDir(folder + QStringLiteral("/calltide")).entryList(QDir::Files);
    for (const QString& name : names) {
        const auto m = pattern.match(name);
        if (m.hasMatch())
            found.append({m.captured(2).toInt(), m.captured(1) + u'.' + m.captured(2) + m.captured(3)});
    }
    std::sort(found.begin(), found.end());
    QStringList out;
    for (const auto& f : found)
        out.append(f.second);
    out.removeDuplicates();
    return out;
}

Result<Interpreter> examine(const QString& path, int timeoutMs)
{
    const QFileInfo info(path);
    const auto sentence = [&](ErrorCode code, const QString& text) {
        return Error{code, text.arg(path).toStdString()};
    };
    if (!info.exists())
        return sentence(ErrorCode::NotFound, QStringLiteral("There is no Python interpreter at %1."));
    if (!info.isFile() || !info.isExecutable())
        return sentence(ErrorCode::Invalid, QStringLiteral("%1 is not a program that can be run."));
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("PYTHONHOME"));
    environment.remove(QStringLiteral("PYTHONSTARTUP"));
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(path, {QStringLiteral("-I"), QStringLiteral("-c"), QString::fromLatin1(kQuestion)});
    if (!process.waitForStarted(timeoutMs))
        return sentence(ErrorCode::Invalid, QStringLiteral("%1 cannot be started."));
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished(1000);
        return sentence(ErrorCode::Io, QStringLiteral("%1 did not say which Python it is in time."));
    }
    QStringList answer = QString::fromLocal8Bit(process.readAllStandardOutput()).split(u'\n');
    const auto first = answer.indexOf(QStringLiteral("calltide-answer"));
    if (first < 0 || answer.size() < first + 6)
        return sentence(ErrorCode::Invalid, QStringLiteral("%1 is not a Python interpreter."));
    answer = answer.mid(first + 1);
    for (QString& line : answer) // a Windows build ends its lines with \r\n
        line = line.trimmed();
    Interpreter python;
    python.path = path;
    python.implementation = answer[0];
    python.version = answer[1];
    const QStringList numbers = answer[1].split(u'.');
    python.major = numbers.value(0).toInt();
    python.minor = numbers.value(1).toInt();
    python.extensionSuffix = answer[2];
    python.freeThreaded = answer[3] == QLatin1String("1");
    python.prefix = answer[4];
    python.problem = problemOf(python);
    return python;
}

QStringList interpreterCandidates(const QString& folder)
{
    QStringList found;
    for (const QString& environment : environmentsNear(folder)) {
        const QString python = environment + QStringLiteral("/bin/python");
        if (QFileInfo(python).isExecutable())
            found.append(python);
    }
    const auto path = qEnvironmentVariable("PATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    for (const QString& place : path) {
        if (!place.endsWith(QLatin1String("/shims"))) // pyenv's: shell scripts, the real ones follow
            addIn(place, found);
    }
    const QString pyenv = qEnvironmentVariable("PYENV_ROOT", QDir::homePath() + QStringLiteral("/.pyenv"));
    const QDir versions(pyenv + QStringLiteral("/versions"));
    const auto names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed);
    for (const QString& name : names)
        addIn(versions.filePath(name + QStringLiteral("/bin")), found);
    addIn(QStringLiteral("/usr/bin"), found);
    addIn(QStringLiteral("/usr/local/bin"), found);

    // python, python3 and python3.12 of one folder are one interpreter; a venv's link to it is another.
    QStringList out;
    QSet<QString> seen;
    for (const QString& file : std::as_const(found)) {
        const QFileInfo info(file);
        const bool venv = QFileInfo::exists(info.absolutePath() + QStringLiteral("/../pyvenv.cfg"));
        const QString key = venv ? QDir(info.absolutePath()).canonicalPath() : info.canonicalFilePath();
        if (key.isEmpty() || seen.contains(key))
            continue;
        seen.insert(key);
        out.append(file);
    }
    return out;
}

QList<Interpreter> findInterpreters(const QString& folder)
{
    const QStringList paths = interpreterCandidates(folder);
    QList<Interpreter> out;
    QThreadPool pool; // the global one belongs to painting, see JobRunner
    pool.setMaxThreadCount(8);
    const auto answers = QtConcurrent::blockingMapped<QList<std::shared_ptr<Result<Interpreter>>>>(
        &pool, paths, [](const QString& path) { return std::make_shared<Result<Interpreter>>(examine(path)); });
    for (const auto& answer : answers) {
        if (*answer)
            out.append(answer->value());
    }
    std::stable_sort(out.begin(), out.end(), [](const Interpreter& a, const Interpreter& b) {
        if (a.usable() != b.usable())
            return a.usable();
        return std::pair(a.major, a.minor) > std::pair(b.major, b.minor);
    });
    return out;
}

QString defaultInterpreter(const QString& folder)
{
    for (const QString& environment : environmentsNear(folder)) {
        const QString python = environment + QStringLiteral("/bin/python");
        if (QFileInfo(python).isExecutable())
            return python;
    }
    for (const char* name : {"python3", "python"}) {
        const QString found = QStandardPaths::findExecutable(QLatin1String(name));
        if (!found.isEmpty())
            return found;
    }
    return {};
}

} // namespace calltide::session
