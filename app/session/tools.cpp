// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tools.h"
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>

namespace calltide::session {

namespace {

constexpr int kMostFiles = 200;
constexpr qint64 kMostBytes = 256 << 10;

bool runsPython(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray begin = file.read(512);
    // "#!/env/bin/python", "#!/usr/bin/env python3", and pip's way around long paths.
    return begin.startsWith("#!")
        && (begin.left(begin.indexOf('\n')).contains("python") || begin.startsWith("#!/bin/sh\n'''exec' "));
}

// "module:variable" of the first file in `folder` that makes such an object; "" if none does.
QString application(const QString& folder, const QString& classes)
{
    const QRegularExpression pattern(QStringLiteral("^(\\w+)\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)?(?:%1)\\(").arg(classes),
        QRegularExpression::MultilineOption);
    const QStringList names = QDir(folder).entryList({QStringLiteral("*.py")}, QDir::Files, QDir::Name).mid(0, kMostFiles);
    for (const QString& name : names) {
        QFile file(QDir(folder).filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const auto match = pattern.match(QString::fromUtf8(file.read(kMostBytes)));
        if (match.hasMatch())
            return QFileInfo(name).completeBaseName() + u':' + match.captured(1);
    }
    return {};
}

QProcessEnvironment environmentWith(const QList<QPair<QString, QString>>& more)
{
    auto out = QProcessEnvironment::systemEnvironment();
    for (const auto& [name, value] : more)
        out.insert(name, value);
    return out;
}

} // namespace

QStringList consoleScripts(const QString& python)
{
    if (python.isEmpty())
        return {};
    const QDir dir(QFileInfo(python).absolutePath());
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_][\\w.-]*$"));
    QStringList out;
    for (const QFileInfo& info : dir.entryInfoList(QDir::Files | QDir::Executable, QDir::Name | QDir::IgnoreCase))
        if (plain.match(info.fileName()).hasMatch() && info.size() < kMostBytes && runsPython(info.filePath()))
            out << info.fileName();
    return out;
}

QString toolPath(const QString& python, const QString& name)
{
    if (name.contains(u'/'))
        return name;
    const QString path = QDir(QFileInfo(python).absolutePath()).filePath(name);
    return !python.isEmpty() && !name.isEmpty() && QFileInfo(path).isFile() ? path : QString();
}

bool hasModule(const QString& python, const QString& module)
{
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(python,
        {QStringLiteral("-c"), QStringLiteral("import importlib.util as u,sys; sys.exit(0 if u.find_spec(sys.argv[1]) else 3)"), module});
    return process.waitForFinished(15000) && process.exitCode() == 0;
}

QList<Recipe> recipes(const QString& folder)
{
    const QString in = folder.isEmpty() ? QDir::currentPath() : folder;
    const auto found = [&in](const char* classes, const QString& otherwise) {
        const QString known = application(in, QLatin1String(classes));
        return known.isEmpty() ? otherwise : known;
    };
#define T(text) QT_TRANSLATE_NOOP("calltide::session::Recipes", text)
    return {
        // One process, so that what is recorded is the server itself and not its reloader.
        {T("Flask server"), LaunchKind::Module, QStringLiteral("flask"),
            {QStringLiteral("--app"), found("Flask", QStringLiteral("app")), QStringLiteral("run"), QStringLiteral("--no-reload")}},
        {T("Django server"), LaunchKind::Script, QStringLiteral("manage.py"),
            {QStringLiteral("runserver"), QStringLiteral("--noreload")}},
        {T("Uvicorn server (FastAPI, Starlette)"), LaunchKind::Module, QStringLiteral("uvicorn"),
            {found("FastAPI|Starlette|Litestar|Quart", QStringLiteral("main:app"))}},
        {T("Gunicorn server"), LaunchKind::Module, QStringLiteral("gunicorn"),
            {QStringLiteral("--workers"), QStringLiteral("1"), found("Flask|Bottle|Falcon", QStringLiteral("app:app"))}},
        {T("Tests with pytest"), LaunchKind::Tests, QString(), {}},
        {T("Tests with unittest"), LaunchKind::Module, QStringLiteral("unittest"), {QStringLiteral("discover")}},
    };
#undef T
}

Result<QStringList> collectTests(
    const QString& python, const QString& folder, const QList<QPair<QString, QString>>& environment, int timeoutMs)
{
    const auto error = [](ErrorCode code, const QString& text) { return Error{code, text.toStdString()}; };
    if (!hasModule(python, QStringLiteral("pytest")))
        return error(ErrorCode::NotFound,
            QStringLiteral("pytest is not installed for %1; install it with: %1 -m pip install pytest").arg(python));
    QProcess process;
    process.setProcessEnvironment(environmentWith(environment));
    process.setWorkingDirectory(folder);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(python, {QStringLiteral("-m"), QStringLiteral("pytest"), QStringLiteral("--collect-only"), QStringLiteral("-q"),
                              QStringLiteral("-p"), QStringLiteral("no:cacheprovider")});
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished(1000);
        return error(ErrorCode::Io, QStringLiteral("pytest did not list the tests in time."));
    }
    QStringList out;
    for (const QString& line : QString::fromUtf8(process.readAllStandardOutput()).split(u'\n')) {
        if (line.trimmed().isEmpty() && !out.isEmpty())
            break; // the summary follows
        if (line.contains(QLatin1String("::")))
            out << line.trimmed();
    }
    if (out.isEmpty())
        return error(ErrorCode::NotFound, QStringLiteral("pytest found no tests in %1.").arg(folder));
    return out;
}

} // namespace calltide::session
