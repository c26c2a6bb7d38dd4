// SPDX-License-Identifier: GPL-3.0-or-later
// What to run and record, as a plain value: the launch dialog and `calltide record` fill it, commandLineFor() turns it
// into a process. Blocks as examine() does when it has to look at an interpreter.
#pragma once
#include "session/interpreter.h"
#include <QProcessEnvironment>

namespace calltide::session {

enum class LaunchKind
{
    Script, // target = a .py file
    Module, // target = a module's name, as for python -m
    Code, // target = Python code, as for python -c
    Command, // target = a program: a Python interpreter (arguments = script …) or a console script such as flask
    Tool, // target = a console script of the interpreter's environment, by name
    Tests, // target = pytest's files, folders and node ids as shell words; may be empty
};

struct TracerOptions
{
    bool cFunctions = true; // record calls of C functions too
    bool sources = true; // keep the program's source text in the recording
    bool children = true; // record child processes too
    QStringList extra; // handed to `python -m calltide` as they are
};

struct LaunchOptions
{
    LaunchKind kind = LaunchKind::Script;
    QString target;
    QStringList arguments;
    QString interpreter; // "" = defaultInterpreter(workingDirectory)
    QString workingDirectory; // "" = the current one
    QList<QPair<QString, QString>> environment; // added to or replacing the inherited one
    TracerOptions tracer;
    QString output; // recording to write; "" = a new name in the working directory, see defaultRecordingName()
};

struct CommandLine
{
    QString program;
    QStringList arguments;
    QProcessEnvironment environment;
    QString workingDirectory; // absolute
    QString recording; // absolute path of the recording it will write
};

// Checks everything that can be checked before starting: target, interpreter, tracer module, output folder.
// The error is one sentence for the user.
Result<CommandLine> commandLineFor(const LaunchOptions& options);

// The same as one line to paste into a shell: "calltide record -o x.calltide -- shop.py --fast".
QString shellLine(const LaunchOptions& options);

// "shop.calltide", "shop-2.calltide": the first name that is free in `folder`.
QString defaultRecordingName(const LaunchOptions& options, const QString& folder);

// Splits and joins as a POSIX shell does: quotes and backslashes, no expansion.
QStringList splitArguments(const QString& text);
QString joinArguments(const QStringList& arguments);

} // namespace calltide::session
