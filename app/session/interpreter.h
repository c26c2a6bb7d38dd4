// SPDX-License-Identifier: GPL-3.0-or-later
// Python interpreters on this machine, and whether there is a tracer module for them. Functions that start processes
// block up to their time limit: call them from a job, not from the GUI thread.
#pragma once
#include "store/result.h"
#include <QList>
#include <QString>
#include <QStringList>

namespace calltide::session {

struct Interpreter
{
    QString path; // as found, links not resolved: a venv's python stays the venv's
    QString implementation; // "cpython"
    int major = 0, minor = 0;
    QString version; // "3.12.1"
    QString extensionSuffix; // ".cpython-312-x86_64-linux-gnu.so"
    bool freeThreaded = false;
    QString prefix; // sys.prefix: the venv's folder for a venv
    QString origin; // where it comes from, for people: "project", "pyenv", "conda", "uv", "poetry", "system", "PATH"
    QString headers; // the folder of its Python.h; "" when it is not there
    QString problem; // empty when programs can be recorded with it, else one sentence for the user

    bool usable() const { return problem.isEmpty(); }
    bool canBuild = false; // not usable, but a recorder can be built for it here, see tracerbuild.h
    QString label() const; // "Python 3.12.1", "Python 3.13.0 free-threaded", "PyPy 3.10.14"
};

// Asks the program at `path` what it is. An error when it is missing, does not answer or is no Python; a Python that
// cannot be traced is a value with `problem` set.
Result<Interpreter> examine(const QString& path, int timeoutMs = 10000);

// Where interpreters may be: virtual environments in and above `folder`, $VIRTUAL_ENV, poetry's and others' environments,
// PATH, pyenv, conda, uv, /usr/bin, /usr/local/bin. Fast: looks at names only. Each real interpreter once; a venv counts as
// its own.
QStringList interpreterCandidates(const QString& folder = {});
// All of them examined, usable ones first, newest version first.
QList<Interpreter> findInterpreters(const QString& folder = {});
// What `python` means for a program in `folder`: an active or nearby virtual environment, else PATH. "" if none.
QString defaultInterpreter(const QString& folder = {});

// The folder to put on PYTHONPATH ("…/lib/calltide/python"), "" when this installation has no tracer.
QString tracerFolder();
// The same for one interpreter: a recorder built later may stand in the user's own folder.
QString tracerFolder(const Interpreter& python);
QString ownTracerFolder(); // that folder, whether it is there or not
// "3.9", "3.12": the versions there is a tracer module for, oldest first; a free-threaded build ends in "t".
QStringList supportedVersions();

} // namespace calltide::session
