// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to run in a Python environment and in a project: console scripts, tests, servers.
#pragma once
#include "session/launchoptions.h"

namespace calltide::session {

// The console scripts beside an interpreter that run Python: "flask", "pytest", …. Reads the beginning of each file.
QStringList consoleScripts(const QString& python);
// "/env/bin/flask" for "flask", a path as it is; "" if there is none.
QString toolPath(const QString& python, const QString& name);
// Asks the interpreter; blocks.
bool hasModule(const QString& python, const QString& module);

// A kind of program with what it usually needs, filled in as far as the project's files tell.
struct Recipe
{
    const char* label; // to be translated
    LaunchKind kind;
    QString target;
    QStringList arguments;
};
// `folder`: where the program runs. Reads its Python files, no deeper.
QList<Recipe> recipes(const QString& folder);

// The node ids pytest finds, in its order; runs pytest's collection, which imports the tests. Blocks.
Result<QStringList> collectTests(const QString& python, const QString& folder, const QList<QPair<QString, QString>>& environment,
    int timeoutMs = 60000);

} // namespace calltide::session
