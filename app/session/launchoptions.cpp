// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchoptions.h"
#include "session/tools.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryFile>

namespace calltide::session {

namespace {

Error invalid(ErrorCode code, const QString& text)
{
    return Error{code, text.toStdString()};
}

QString absoluteIn(const QString& folder, const QString& path)
{
    return QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

bool looksLikePython(const QString& program)
{
    static const QRegularExpression pattern(QStringLiteral("^(python|pypy)(\\d+(\\.\\d+)?)?t?(\\.exe)?$"));
    return pattern.match(QFileInfo(program).fileName()).hasMatch();
}

// A program by name (PATH) or by path relative to `folder`; "" if there is none.
QString findProgram(const QString& name, const QString& folder)
{
    if (name.contains(u'/')) {
        const QString path = absoluteIn(folder, name);
        return QFileInfo(path).isFile() ? path : QString();
    }
    const QString found = QStandardPaths::findExecutable(name);
    return !found.isEmpty()                            ? found
        : QFileInfo(absoluteIn(folder, name)).isFile() ? absoluteIn(folder, name)
                                                       : QString();
}

// The interpreter a console script asks for: its #! line, or the python beside it.
QString interpreterOfScript(const QString& script, const QString& folder)
{
    QFile file(script);
    if (file.open(QIODevice::ReadOnly)) {
        const QString line = QString::fromLocal8Bit(file.readLine(1024)).trimmed();
        // pip writes "#!/bin/sh" and "'''exec' PYTHON" when the interpreter's path has spaces or is very long.
        static const QRegularExpression exec(QStringLiteral("^'''exec' \"?(.+?)\"? \"\\$0\" \"\\$@\""));
        if (line.startsWith(QLatin1String("#!"))) {
            const QStringList words = line.mid(2).split(u' ', Qt::SkipEmptyParts);
            const QString program = words.value(0);
            if (looksLikePython(program) && QFileInfo(program).isExecutable())
                return program;
            if (QFileInfo(program).fileName() == QLatin1String("env")) {
                for (const QString& word : words.mid(1)) {
                    if (looksLikePython(word))
                        return findProgram(word, folder);
                }
            }
            const auto m = exec.match(QString::fromLocal8Bit(file.readLine(4096)).trimmed());
            if (m.hasMatch() && QFileInfo(m.captured(1)).isExecutable())
                return m.captured(1);
        }
    }
    return {};
}

bool isBinary(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.read(512).contains('\0');
}

// Whether options of an interpreter, such as -IB, keep it from finding the recorder.
bool hidesRecorder(const QString& flag)
{
    for (qsizetype i = 1; i < flag.size() && flag[1] != u'-'; i++) {
        if (flag[i] == u'X' || flag[i] == u'W') // the rest is its value
            return false;
        if (flag[i] == u'I' || flag[i] == u'E' || flag[i] == u'S')
            return true;
    }
    return false;
}

// What runs once a Command was understood: PYTHON pythonFlags… then arguments as `python -m calltide` takes them.
struct Target
{
    QString python;
    QStringList pythonFlags, arguments;
};

Result<Target> fromPythonCommand(const QString& python, const QStringList& arguments)
{
    Target t{python, {}, {}};
    qsizetype i = 0;
    for (; i < arguments.size(); i++) {
        const QString& a = arguments[i];
        if (a == QLatin1String("-m") || a == QLatin1String("-c") || !a.startsWith(u'-') || a == QLatin1String("-"))
            break;
        if (hidesRecorder(a))
            return invalid(ErrorCode::NotSupported,
                QStringLiteral("A program cannot be recorded under python -I, -E or -S: leave the option out."));
        t.pythonFlags.append(a);
        if ((a == QLatin1String("-X") || a == QLatin1String("-W")) && i + 1 < arguments.size())
            t.pythonFlags.append(arguments[++i]);
    }
    t.arguments = arguments.mid(i);
    if (t.arguments.isEmpty() || t.arguments.first() == QLatin1String("-"))
        return invalid(
            ErrorCode::Invalid,
            QStringLiteral(
                "Name a script, -m MODULE or -c CODE after %1: there is nothing to record in an interactive Python.")
                .arg(python));
    if (!t.arguments.first().startsWith(u'-'))
        t.arguments.prepend(QStringLiteral("--"));
    return t;
}

// The absolute path of the interpreter that was asked for, or of the usual one; "" if there is none.
QString chosenInterpreter(const QString& wanted, const QString& folder)
{
    const QString python = wanted.isEmpty() ? defaultInterpreter(folder) : wanted;
    if (python.isEmpty() || python.contains(u'/'))
        return python.isEmpty() ? python : absoluteIn(folder, python);
    const QString found = findProgram(python, folder);
    return found.isEmpty() ? python : found;
}

Result<Target> resolve(const LaunchOptions& o, const QString& folder)
{
    if (o.target.trimmed().isEmpty() && o.kind != LaunchKind::Tests)
        return invalid(ErrorCode::Invalid, QStringLiteral("Name the program to record."));
    Target t{o.interpreter, {}, {}};
    switch (o.kind) {
    case LaunchKind::Script: {
        const QString path = absoluteIn(folder, o.target);
        if (!QFileInfo::exists(path))
            return invalid(ErrorCode::NotFound, QStringLiteral("The script %1 does not exist.").arg(o.target));
        if (!QFileInfo(path).isReadable())
            return invalid(ErrorCode::NoPermission, QStringLiteral("The script %1 cannot be read.").arg(o.target));
        t.arguments = QStringList{QStringLiteral("--"), o.target} + o.arguments;
        return t;
    }
    case LaunchKind::Module:
        t.arguments = QStringList{QStringLiteral("-m"), o.target} + o.arguments;
        return t;
    case LaunchKind::Code:
        t.arguments = QStringList{QStringLiteral("-c"), o.target} + o.arguments;
        return t;
    case LaunchKind::Tests:
        t.arguments = QStringList{QStringLiteral("-m"), QStringLiteral("pytest")} + splitArguments(o.target) + o.arguments;
        return t;
    case LaunchKind::Tool: {
        t.python = chosenInterpreter(o.interpreter, folder);
        const QString script = toolPath(t.python, o.target);
        if (script.isEmpty())
            return invalid(ErrorCode::NotFound,
                QStringLiteral("There is no %1 beside %2; install it there or choose another Python.").arg(o.target, t.python));
        t.arguments = QStringList{QStringLiteral("--"), script} + o.arguments;
        return t;
    }
    case LaunchKind::Command:
        break;
    }
    const QString program = findProgram(o.target, folder);
    if (program.isEmpty())
        return invalid(
            ErrorCode::NotFound, QStringLiteral("There is no script and no program named %1.").arg(o.target));
    if (looksLikePython(program))
        return fromPythonCommand(program, o.arguments);
    if (t.python.isEmpty())
        t.python = interpreterOfScript(program, folder);
    if (t.python.isEmpty()
        && (program.endsWith(QLatin1String(".py")) || program.endsWith(QLatin1String(".pyz"))
            || QFileInfo(program).isDir()))
        t.python = defaultInterpreter(folder);
    if (t.python.isEmpty() || isBinary(program))
        return invalid(
            ErrorCode::NotSupported,
            QStringLiteral("%1 is not a Python program: name a script, a Python interpreter or a console script.")
                .arg(program));
    t.arguments = QStringList{QStringLiteral("--"), program} + o.arguments;
    return t;
}

Status checkOutput(const QString& recording)
{
    const QFileInfo file(recording), folder(file.absolutePath());
    if (!folder.exists() || !folder.isDir())
        return invalid(
            ErrorCode::NotFound,
            QStringLiteral("The folder %1 for the recording does not exist.").arg(folder.filePath()));
    // Tried, not asked: read-only file systems and the like refuse root too.
    QTemporaryFile probe(folder.filePath() + QStringLiteral("/.calltide-XXXXXX"));
    if (!probe.open())
        return invalid(
            ErrorCode::NoPermission,
            QStringLiteral("The folder %1 cannot be written to; choose another one for the recording.")
                .arg(folder.filePath()));
    if (file.isDir())
        return invalid(
            ErrorCode::Invalid, QStringLiteral("%1 is a folder; name a file for the recording.").arg(recording));
    return Ok{};
}

} // namespace

QString defaultRecordingName(const LaunchOptions& o, const QString& folder)
{
    QString base = o.target;
    if (o.kind == LaunchKind::Code)
        base = QStringLiteral("code");
    if (o.kind == LaunchKind::Tests)
        base = QStringLiteral("tests");
    if (o.kind == LaunchKind::Command && looksLikePython(o.target)) {
        auto t = fromPythonCommand(o.target, o.arguments);
        if (t)
            base = t->arguments.value(1);
        if (t && t->arguments.value(0) == QLatin1String("-c"))
            base = QStringLiteral("code");
    }
    base = o.kind == LaunchKind::Module ? base : QFileInfo(base).completeBaseName();
    base.replace(QRegularExpression(QStringLiteral("[/\\x00-\\x1f\\x7f]")), QStringLiteral("_"));
    while (base.toUtf8().size() > 200) // of 255, with what stands behind it
        base.chop(1);
    if (base.isEmpty())
        base = QStringLiteral("recording");
    QString name = base + QStringLiteral(".calltide");
    for (int i = 2; QFileInfo::exists(QDir(folder).filePath(name)); i++)
        name = QStringLiteral("%1-%2.calltide").arg(base).arg(i);
    return name;
}

Result<CommandLine> commandLineFor(const LaunchOptions& o)
{
    CommandLine c;
    c.workingDirectory = QDir(o.workingDirectory).absolutePath();
    if (!QFileInfo(c.workingDirectory).isDir())
        return invalid(
            ErrorCode::NotFound, QStringLiteral("The working directory %1 does not exist.").arg(c.workingDirectory));
    auto target = resolve(o, c.workingDirectory);
    if (!target)
        return target.error();
    const QString python = chosenInterpreter(target->python, c.workingDirectory);
    if (python.isEmpty())
        return invalid(ErrorCode::NotFound, QStringLiteral("No Python interpreter was found; choose one."));
    auto examined = examine(python);
    if (!examined)
        return examined.error();
    if (!examined->usable())
        return invalid(ErrorCode::NotSupported, examined->problem);
    if (o.kind == LaunchKind::Tests && !hasModule(python, QStringLiteral("pytest")))
        return invalid(ErrorCode::NotFound,
            QStringLiteral("pytest is not installed for %1; install it with: %1 -m pip install pytest").arg(python));
    c.recording
        = absoluteIn(c.workingDirectory, o.output.isEmpty() ? defaultRecordingName(o, c.workingDirectory) : o.output);
    if (auto status = checkOutput(c.recording); !status)
        return status.error();

    c.program = python;
    c.arguments = target->pythonFlags;
    c.arguments << QStringLiteral("-m") << QStringLiteral("calltide");
    if (!o.tracer.cFunctions)
        c.arguments << QStringLiteral("--python-only");
    if (!o.tracer.children)
        c.arguments << QStringLiteral("--no-children");
    c.arguments << o.tracer.extra << QStringLiteral("-o") << c.recording << target->arguments;

    c.environment = QProcessEnvironment::systemEnvironment();
    for (const auto& [name, value] : o.environment)
        c.environment.insert(name, value);
    const QString path = c.environment.value(QStringLiteral("PYTHONPATH")), recorder = tracerFolder(*examined);
    c.environment.insert(
        QStringLiteral("PYTHONPATH"), path.isEmpty() ? recorder : recorder + QDir::listSeparator() + path);
    return c;
}

QString shellLine(const LaunchOptions& o)
{
    QStringList words{QStringLiteral("calltide"), QStringLiteral("record")};
    if (!o.output.isEmpty())
        words << QStringLiteral("-o") << o.output;
    if (!o.interpreter.isEmpty())
        words << QStringLiteral("--python") << o.interpreter;
    if (!o.tracer.cFunctions)
        words << QStringLiteral("--python-only");
    if (!o.tracer.children)
        words << QStringLiteral("--no-children");
    words << o.tracer.extra;
    if (o.kind == LaunchKind::Module)
        words << QStringLiteral("-m");
    else if (o.kind == LaunchKind::Code)
        words << QStringLiteral("-c");
    else if (o.kind == LaunchKind::Tests)
        words << QStringLiteral("-m") << QStringLiteral("pytest") << splitArguments(o.target);
    else
        words << QStringLiteral("--");
    if (o.kind == LaunchKind::Tool) // by its path: another environment may be the active one where the line is pasted
        words << (toolPath(o.interpreter, o.target).isEmpty() ? o.target : toolPath(o.interpreter, o.target));
    else if (o.kind != LaunchKind::Tests)
        words << o.target;
    words << o.arguments;
    QStringList environment;
    for (const auto& [name, value] : o.environment)
        environment << name + u'=' + joinArguments({value});
    environment << joinArguments(words);
    return environment.join(u' ');
}

} // namespace calltide::session
