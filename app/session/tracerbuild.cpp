// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tracerbuild.h"
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThread>

namespace calltide::session {

namespace {

Error problem(const QString& text)
{
    return Error{ErrorCode::Io, text.toStdString()};
}

QString compiler()
{
    for (const char* name : {"c++", "g++", "clang++"})
        if (const QString found = QStandardPaths::findExecutable(QLatin1String(name)); !found.isEmpty())
            return found;
    return {};
}

// Installed beside the application, or the source folder when run from a build folder in it.
QString sourceFolder()
{
    const QDir bin(QCoreApplication::applicationDirPath());
    for (const char* place : {"../share/calltide/recorder", "../../tracer"})
        if (QFileInfo::exists(bin.filePath(QLatin1String(place)) + QStringLiteral("/bindings/module.cpp")))
            return QDir(bin.filePath(QLatin1String(place))).canonicalPath();
    return {};
}

QString pybindFolder()
{
    const QDir bin(QCoreApplication::applicationDirPath());
    const QString installed = bin.filePath(QStringLiteral("../share/calltide/recorder/include"));
    if (QFileInfo::exists(installed + QStringLiteral("/pybind11/pybind11.h")))
        return QDir(installed).canonicalPath();
    QFile note(bin.filePath(QStringLiteral("../lib/calltide/pybind11-include"))); // of a build folder
    const QString noted = note.open(QIODevice::ReadOnly) ? QString::fromUtf8(note.readAll()).trimmed() : QString();
    return QFileInfo::exists(noted + QStringLiteral("/pybind11/pybind11.h")) ? noted : QString();
}

bool copyFolder(const QString& from, const QString& to)
{
    const QDir source(from);
    if (!QDir().mkpath(to))
        return false;
    for (const QFileInfo& info : source.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString target = QDir(to).filePath(info.fileName());
        if (info.isDir() ? !copyFolder(info.filePath(), target) : false)
            return false;
        if (!info.isFile() || info.suffix() == QLatin1String("so"))
            continue;
        QFile::remove(target);
        if (!QFile::copy(info.filePath(), target))
            return false;
    }
    return true;
}

// Runs until it ends, fails or is cancelled.
Status run(const QString& program, const QStringList& arguments, const QString& folder, store::Progress& progress)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    while (!process.waitForFinished(200)) {
        if (process.state() == QProcess::NotRunning)
            return problem(QStringLiteral("%1 cannot be started.").arg(program));
        if (progress.cancelled()) {
            process.kill();
            process.waitForFinished(2000);
            return Error{ErrorCode::Cancelled, {}};
        }
    }
    if (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return Ok{};
    QString first;
    for (const QString& line : QString::fromLocal8Bit(process.readAll()).split(u'\n'))
        if (first.isEmpty() && line.contains(QLatin1String("error")))
            first = line.trimmed().left(300);
    return problem(QStringLiteral("The compiler %1 could not build the recorder: %2").arg(program, first));
}

} // namespace

bool mayBeRecorded(const Interpreter& python)
{
    return python.implementation == QLatin1String("cpython") && python.major == 3 && python.minor >= 9 && python.minor <= 15
        && !python.freeThreaded;
}

QString whyNotBuilt(const Interpreter& python)
{
    if (python.headers.isEmpty())
        return QStringLiteral("its headers are missing (package python%1.%2-dev or python3-devel)").arg(python.major).arg(python.minor);
    if (compiler().isEmpty())
        return QStringLiteral("a C++ compiler is missing (package g++)");
    if (sourceFolder().isEmpty() || pybindFolder().isEmpty() || tracerFolder().isEmpty())
        return QStringLiteral("this installation has no sources of the recorder");
    return {};
}

bool canBuildTracer(const Interpreter& python)
{
    return mayBeRecorded(python) && whyNotBuilt(python).isEmpty();
}

Result<QString> buildTracer(const Interpreter& python, store::Progress& progress)
{
    if (!canBuildTracer(python))
        return problem(QStringLiteral("A recorder for %1 cannot be built here: %2.").arg(python.label(), whyNotBuilt(python)));
    QTemporaryDir work;
    if (!work.isValid())
        return problem(QStringLiteral("There is no room for temporary files."));
    const QDir source(sourceFolder());
    QStringList files;
    for (const char* folder : {"bindings", "core"})
        for (const QFileInfo& info : QDir(source.filePath(QLatin1String(folder))).entryInfoList({QStringLiteral("*.cpp")}, QDir::Files))
            files << info.filePath();
    const QString cxx = compiler();
    QStringList flags{QStringLiteral("-std=c++20"), QStringLiteral("-O2"), QStringLiteral("-DNDEBUG"), QStringLiteral("-fPIC"),
        QStringLiteral("-fvisibility=hidden"), QStringLiteral("-fvisibility-inlines-hidden"),
        QStringLiteral("-DPYBIND11_BUILD_ABI=\"_calltide\""), QStringLiteral("-I") + source.path(),
        QStringLiteral("-isystem") + python.headers, QStringLiteral("-isystem") + pybindFolder()};
#if defined(__x86_64__)
    flags << QStringLiteral("-march=x86-64-v2"); // as the others are built
#endif
    QStringList objects;
    for (qsizetype i = 0; i < files.size(); i++) {
        progress.set(uint64_t(i), uint64_t(files.size() + 1));
        const QString object = work.filePath(QFileInfo(files[i]).completeBaseName() + QStringLiteral(".o"));
        const QStringList one{QStringLiteral("-c"), files[i], QStringLiteral("-o"), object};
        if (Status done = run(cxx, flags + one, work.path(), progress); !done)
            return done.error();
        objects << object;
    }
    const QString name = QStringLiteral("_tracer") + python.extensionSuffix, made = work.filePath(name);
    const QStringList linking{QStringLiteral("-shared"), QStringLiteral("-static-libstdc++"), QStringLiteral("-static-libgcc"),
        QStringLiteral("-Wl,--exclude-libs,ALL"), QStringLiteral("-o"), made};
    if (Status done = run(cxx, linking + objects, work.path(), progress); !done)
        return done.error();
    QString folder = tracerFolder();
    if (!QFileInfo(folder + QStringLiteral("/calltide")).isWritable()) {
        folder = ownTracerFolder();
        if (!copyFolder(tracerFolder() + QStringLiteral("/calltide"), folder + QStringLiteral("/calltide")))
            return problem(QStringLiteral("Nothing can be written into %1.").arg(folder));
    }
    const QString target = folder + QStringLiteral("/calltide/") + name;
    QFile::remove(target);
    if (!QFile::copy(made, target))
        return problem(QStringLiteral("%1 cannot be written.").arg(target));
    return target;
}

} // namespace calltide::session
