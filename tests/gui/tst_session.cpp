// SPDX-License-Identifier: GPL-3.0-or-later
// What launches are kept, which interpreters and programs are found, what a run will cost.
#include "session/launchstore.h"
#include "session/probe.h"
#include "session/recordingwatch.h"
#include "session/tools.h"
#include "session/tracerbuild.h"
#include "traced_python.h"
#include <QDir>
#include <QProcess>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace calltide;
using namespace calltide::session;
using namespace Qt::Literals;

class SessionTest : public QObject
{
    Q_OBJECT

    static bool write(const QString& path, const QByteArray& bytes, bool program = false)
    {
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return false;
        return !program || file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    static LaunchOptions code(const char* text, const QTemporaryDir& dir)
    {
        LaunchOptions o;
        o.kind = LaunchKind::Code;
        o.target = QString::fromUtf8(text);
        o.interpreter = tracedPython();
        o.workingDirectory = dir.path();
        return o;
    }

private Q_SLOTS:
    void launchesSurviveAReload()
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(u"launches.json"_s), project = dir.filePath(u"shop"_s);
        QVERIFY(write(project + u"/pyproject.toml"_s, "") && QDir().mkpath(project + u"/src"_s));
        LaunchOptions o;
        o.kind = LaunchKind::Tool;
        o.target = u"flask"_s;
        o.arguments = {u"run"_s, u"--name"_s, u"ü \"x\""_s};
        o.interpreter = u"/env/bin/python"_s;
        o.workingDirectory = project;
        o.environment = {{u"A"_s, u"b=c"_s}};
        o.output = u"x.calltide"_s;
        o.tracer.cFunctions = false;
        o.tracer.children = false;
        o.tracer.extra = {u"--ring=64MB"_s};
        {
            LaunchStore store(file);
            store.save(u"web"_s, o);
            QCOMPARE(store.duplicate(u"web"_s), u"web 2"_s);
            QVERIFY(!store.rename(u"web 2"_s, u"web"_s));
            QVERIFY(store.rename(u"web 2"_s, u"api"_s));
            store.noteLaunch(o);
            store.noteLaunch(code("1", dir));
            store.noteLaunch(o); // again: once in the list
        }
        QCOMPARE(QFile(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const LaunchStore store(file);
        QCOMPARE(store.configurations().size(), 2);
        QCOMPARE(store.recent().size(), 2);
        const LaunchOptions* back = store.find(u"api"_s);
        QVERIFY(back);
        QVERIFY(sameCommand(*back, o));
        QCOMPARE(back->interpreter, o.interpreter);
        QCOMPARE(back->environment, o.environment);
        QCOMPARE(back->output, o.output);
        QCOMPARE(back->tracer.cFunctions, false);
        QCOMPARE(back->tracer.children, false);
        QCOMPARE(back->tracer.extra, o.tracer.extra);
        QCOMPARE(projectFolder(project + u"/src"_s), project);
        QVERIFY(store.lastIn(project + u"/src"_s));
        QVERIFY(!store.lastIn(u"/usr"_s));
    }

    void aDamagedFileIsPutAside_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("cut") << QByteArray("{\"configurations\": [{\"na");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("types") << QByteArray("{\"configurations\": [1, {\"name\": 2}, {\"name\": \"a\", \"arguments\": 3, \"record\": []}],"
                                           "\"recent\": {}}");
    }
    void aDamagedFileIsPutAside()
    {
        QFETCH(QByteArray, bytes);
        QTemporaryDir dir;
        const QString file = dir.filePath(u"launches.json"_s);
        QVERIFY(write(file, bytes));
        LaunchStore store(file);
        QVERIFY(store.configurations().size() <= 1);
        QCOMPARE(QFile::exists(file + u".damaged"_s), store.configurations().isEmpty());
        QVERIFY(!store.importFrom(dir.filePath(u"none"_s)));
        store.save(u"b"_s, {});
        QVERIFY(LaunchStore(file).find(u"b"_s));
    }

    void environmentsOfEveryKindAreFound()
    {
        QTemporaryDir dir;
        const QString real = defaultInterpreter();
        QVERIFY2(!real.isEmpty(), "the tests need a python3 on PATH");
        const QString home = QFileInfo(QFileInfo(real).canonicalFilePath()).path();
        const auto environment = [&](const QString& path, const QByteArray& more) {
            return write(path + u"/pyvenv.cfg"_s, "home = " + home.toUtf8() + "\n" + more) && QDir().mkpath(path + u"/bin"_s)
                && QFile::link(QFileInfo(real).canonicalFilePath(), path + u"/bin/python"_s);
        };
        const QString project = dir.filePath(u"shop"_s), poetry = dir.filePath(u"poetry/virtualenvs/shop-x-py3"_s),
                      uv = dir.filePath(u"uv/cpython-3/bin"_s), conda = dir.filePath(u"conda"_s);
        QVERIFY(environment(project + u"/odd name"_s, "uv = 0.4\n"));
        QVERIFY(environment(project + u"/.venv"_s, ""));
        QVERIFY(QDir().mkpath(poetry + u"/bin"_s) && QFile::link(real, poetry + u"/bin/python"_s));
        QVERIFY(QDir().mkpath(uv) && write(uv + u"/python3"_s, "#!/bin/sh\n", true));
        QVERIFY(QDir().mkpath(conda + u"/envs/data/bin"_s) && write(conda + u"/envs/data/bin/python"_s, "#!/bin/sh\n", true));
        qputenv("POETRY_CACHE_DIR", dir.filePath(u"poetry"_s).toUtf8());
        qputenv("UV_PYTHON_INSTALL_DIR", dir.filePath(u"uv"_s).toUtf8());
        qputenv("CONDA_PREFIX", conda.toUtf8());
        const QStringList found = interpreterCandidates(project);
        for (const char* name : {"POETRY_CACHE_DIR", "UV_PYTHON_INSTALL_DIR", "CONDA_PREFIX"})
            qunsetenv(name);
        for (const QString& path : {project + u"/.venv/bin/python"_s, project + u"/odd name/bin/python"_s, uv + u"/python3"_s,
                 conda + u"/envs/data/bin/python"_s})
            QVERIFY2(found.contains(path), qPrintable(path + u" is not in "_s + found.join(u' ')));
        QCOMPARE(found.first(), project + u"/.venv/bin/python"_s);
        auto python = examine(project + u"/odd name/bin/python"_s);
        QVERIFY(python);
        QCOMPARE(python->origin, u"uv environment"_s);
        QCOMPARE(examine(project + u"/.venv/bin/python"_s)->origin, u"environment"_s);
        QVERIFY(!examine(uv + u"/python3"_s)); // says nothing: not shown
    }

    void consoleScriptsAndServersAreFound()
    {
        QTemporaryDir dir;
        const QString bin = dir.filePath(u"bin"_s);
        QVERIFY(write(bin + u"/python"_s, "\x7f" "ELF", true));
        QVERIFY(write(bin + u"/flask"_s, "#!/env/bin/python\nimport sys\n", true));
        QVERIFY(write(bin + u"/long"_s, "#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\n", true));
        QVERIFY(write(bin + u"/activate"_s, "# bash\n", true));
        QCOMPARE(consoleScripts(bin + u"/python"_s), (QStringList{u"flask"_s, u"long"_s}));
        QCOMPARE(toolPath(bin + u"/python"_s, u"flask"_s), bin + u"/flask"_s);
        QCOMPARE(toolPath(bin + u"/python"_s, u"none"_s), QString());
        QVERIFY(write(dir.filePath(u"main.py"_s), "import fastapi\napi: fastapi.FastAPI = fastapi.FastAPI(title='x')\n"));
        QStringList uvicorn;
        for (const Recipe& recipe : recipes(dir.path()))
            if (recipe.target == u"uvicorn")
                uvicorn = recipe.arguments;
        QCOMPARE(uvicorn, QStringList{u"main:api"_s});
    }

    void aProbeSaysWhatItCosts()
    {
        QVERIFY(!tracedPython().isEmpty());
        QTemporaryDir dir;
        store::Progress progress;
        auto busy = probe(code("def f(x): return x\nwhile True: f(1)\n", dir), progress, 700);
        QVERIFY2(busy, busy ? "" : busy.error().message.c_str());
        QVERIFY(!busy->ended);
        QVERIFY2(busy->slowdown > 1.05, qPrintable(QString::number(busy->slowdown)));
        QVERIFY(busy->bytesPerSecond > 10000);
        auto idle = probe(code("import time, sys\ntime.sleep(0.3)\nsys.exit(3)\n", dir), progress, 20000);
        QVERIFY2(idle, idle ? "" : idle.error().message.c_str());
        QVERIFY(idle->ended);
        QCOMPARE(idle->exitStatus, 3);
        QVERIFY(idle->slowdown < busy->slowdown);
        QVERIFY(QDir(dir.path()).isEmpty());
        progress.cancel();
        QCOMPARE(probe(code("while True: pass\n", dir), progress).error().code, ErrorCode::Cancelled);
    }

    void aWatchCountsWhatWasWritten()
    {
        QVERIFY(!tracedPython().isEmpty());
        QTemporaryDir dir;
        LaunchOptions o = code("def f(x): return x\nfor i in range(200000): f(i)\n", dir);
        o.output = u"w.calltide"_s;
        const auto line = commandLineFor(o);
        QVERIFY(line);
        QProcess process;
        process.setProcessEnvironment(line.value().environment);
        process.setWorkingDirectory(dir.path());
        process.start(line.value().program, line.value().arguments);
        QVERIFY(process.waitForFinished(60000));
        RecordingWatch watch(line.value().recording);
        const RecordingFacts facts = watch.look();
        QCOMPARE(facts.processes, 1);
        QCOMPARE(facts.lost, 0);
        QVERIFY2(facts.events > 300000 && facts.events < 700000, qPrintable(QString::number(facts.events))); // 400 000 and the start
        QCOMPARE(watch.look().events, facts.events);
        QCOMPARE(RecordingWatch(dir.filePath(u"none"_s)).look().processes, 0);
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "tst_session.moc"
