// SPDX-License-Identifier: GPL-3.0-or-later
// The Python of tests that record a program, and the conditions of those that attach to one.
#pragma once
#include "session/interpreter.h"
#include <QFile>
#include <QString>

// The first on this machine for which this build has a tracer module; empty: none. Tests that need one are only there
// when the build was given interpreters, so none is a failure.
inline QString tracedPython()
{
    static const QString found = [] {
        qputenv("CALLTIDE_TRACER_FOLDER", CALLTIDE_BINARY_DIR "/lib/calltide/python");
        for (const calltide::session::Interpreter& python : calltide::session::findInterpreters())
            if (python.usable())
                return python.path;
        return QString();
    }();
    return found;
}

// Whether the system forbids attaching to every process, also to one's own: then it cannot be tested.
inline bool attachingIsForbidden()
{
    QFile scope(QStringLiteral("/proc/sys/kernel/yama/ptrace_scope"));
    return scope.open(QIODevice::ReadOnly) && scope.readAll().trimmed().toInt() > 1;
}
