// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/interpreter.h"
#include "session/tracerbuild.h"
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
                         "sys.prefix,c.get_path('include') or '']))\n";

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
    if (!tracerFolder(python).isEmpty())
        return {};
    if (python.canBuild)
        return QStringLiteral("There is no recorder for %1 yet; it can be built here.").arg(python.label());
    if (mayBeRecorded(python))
        return QStringLiteral("There is no recorder for %1, and none can be built here: %2.")
            .arg(python.label(), whyNotBuilt(python));
    if (python.implementation == QLatin1String("cpython") && (python.major < 3 || python.minor < 9))
        return QStringLiteral("%1 is too old, 3.9 and newer work: choose another than %2.").arg(python.label(), python.path);
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

// What is written behind "uv = " and the like in a virtual environment's pyvenv.cfg.
bool madeByUv(const QString& environment)
{
    QFile file(environment + QStringLiteral("/pyvenv.cfg"));
    return file.open(QIODevice::ReadOnly) && file.read(4096).contains("\nuv = ");
}

QString originOf(const QString& path, const QString& prefix)
{
    const auto in = [&path](const char* part) { return path.contains(QLatin1String(part)); };
    if (in("/pypoetry/"))
        return QStringLiteral("poetry");
    if (QFileInfo::exists(prefix + QStringLiteral("/conda-meta")))
        return QStringLiteral("conda");
    const QString environment = QFileInfo(path).absolutePath() + QStringLiteral("/..");
    if (QFileInfo::exists(environment + QStringLiteral("/pyvenv.cfg")))
        return madeByUv(environment) ? QStringLiteral("uv environment") : QStringLiteral("environment");
    if (in("/uv/python/"))
        return QStringLiteral("uv");
    if (in("/.pyenv/") || (qEnvironmentVariableIsSet("PYENV_ROOT") && path.startsWith(qEnvironmentVariable("PYENV_ROOT"))))
        return QStringLiteral("pyenv");
    if (path.startsWith(QLatin1String("/usr/bin/")))
        return QStringLiteral("system");
    return path.startsWith(QLatin1String("/usr/local/")) ? QStringLiteral("local") : QStringLiteral("PATH");
}

// The interpreters of every environment that stands in `folder`.
void addEnvironments(const QString& folder, QStringList& out, const QString& begin = {})
{
    const QDir dir(folder);
    for (const QString& name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden, QDir::Name).mid(0, 200)) {
        const QString python = dir.filePath(name) + QStringLiteral("/bin/python");
        if ((begin.isEmpty() || name.startsWith(begin, Qt::CaseInsensitive)) && QFileInfo(python).isExecutable())
            out.append(python);
    }
}

void addConda(QStringList& out)
{
    QStringList roots{qEnvironmentVariable("CONDA_PREFIX")};
    if (const QString program = qEnvironmentVariable("CONDA_EXE"); !program.isEmpty())
        roots << QFileInfo(QFileInfo(program).path()).path();
    for (const char* name : {"miniconda3", "anaconda3", "miniforge3", "mambaforge"})
        roots << QDir::home().filePath(QLatin1String(name));
    roots << QStringLiteral("/opt/conda") << QStringLiteral("/opt/miniconda3") << QDir::homePath() + QStringLiteral("/micromamba");
    QFile list(QDir::home().filePath(QStringLiteral(".conda/environments.txt")));
    if (list.open(QIODevice::ReadOnly))
        for (const QByteArray& line : list.read(1 << 20).split('\n'))
            roots << QString::fromLocal8Bit(line.trimmed());
    for (const QString& root : std::as_const(roots)) {
        if (root.isEmpty())
            continue;
        if (QFileInfo(root + QStringLiteral("/bin/python")).isExecutable())
            out.append(root + QStringLiteral("/bin/python"));
        addEnvironments(root + QStringLiteral("/envs"), out);
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

QString ownTracerFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/calltide/python");
}

QString tracerFolder(const Interpreter& python)
{
    if (python.implementation != QLatin1String("cpython") || python.extensionSuffix.isEmpty())
        return {};
    const QString module = QStringLiteral("/calltide/_tracer") + python.extensionSuffix;
    const QString installed = tracerFolder(), own = ownTracerFolder();
    if (!installed.isEmpty() && QFileInfo::exists(installed + module))
        return installed;
    // Built by an older version of this application it may not fit any more.
    const auto options = [](const QString& folder) {
        QFile file(folder + QStringLiteral("/calltide/options.py"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    return QFileInfo::exists(own + module) && options(own) == options(installed) ? own : QString();
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
    if (first < 0 || answer.size() < first + 7)
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
    if (QFileInfo::exists(answer[5] + QStringLiteral("/Python.h")))
        python.headers = answer[5];
    python.origin = originOf(path, python.prefix);
    python.canBuild = tracerFolder(python).isEmpty() && canBuildTracer(python);
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
    // By whatever name, if they stand in the project's own folder.
    const QString project = folder.isEmpty() ? QDir::currentPath() : folder;
    for (const QString& name : QDir(project).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden).mid(0, 200))
        if (QFileInfo::exists(project + u'/' + name + QStringLiteral("/pyvenv.cfg"))
            && QFileInfo(project + u'/' + name + QStringLiteral("/bin/python")).isExecutable())
            found.append(project + u'/' + name + QStringLiteral("/bin/python"));
    const QString cache = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    const QString poetry = qEnvironmentVariable("POETRY_CACHE_DIR", cache + QStringLiteral("/pypoetry")) + QStringLiteral("/virtualenvs");
    addEnvironments(poetry, found, QFileInfo(project).fileName()); // the project's first
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
    const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    const QDir uv(qEnvironmentVariable("UV_PYTHON_INSTALL_DIR", data + QStringLiteral("/uv/python")));
    for (const QString& name : uv.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed))
        addIn(uv.filePath(name + QStringLiteral("/bin")), found);
    addConda(found);
    addEnvironments(poetry, found);
    addEnvironments(data + QStringLiteral("/virtualenvs"), found);
    addEnvironments(qEnvironmentVariable("WORKON_HOME", QDir::home().filePath(QStringLiteral(".virtualenvs"))), found);
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
