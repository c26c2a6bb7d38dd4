// SPDX-License-Identifier: GPL-3.0-or-later
// The recording of another process is paused, copied and stopped: of a launched one, and of one that was attached to.
#include "formats/live.h"
#include "formats/reader.h"
#include "session/launcher.h"
#include "session/remote.h"
#include "traced_python.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace calltide;
using namespace calltide::session;
using namespace Qt::Literals;

class RemoteTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (attachingIsForbidden())
            QSKIP("this computer does not let programs attach (kernel.yama.ptrace_scope)");
        QVERIFY(!tracedPython().isEmpty());
        m_options.kind = LaunchKind::Code;
        m_options.target = u"import sys\ndef work():\n    return 1\nprint('ready', flush=True)\n"
                           "while not sys.stdin.readline(): pass\nprint('end')\n"_s;
        m_options.interpreter = tracedPython();
        m_options.workingDirectory = m_dir.path();
        m_options.output = m_dir.filePath(u"launched.calltide"_s);
    }

    void aLaunchedProgramIsPausedCopiedAndStoppedAndGoesOn()
    {
        Launcher launcher;
        QByteArray output;
        connect(&launcher, &Launcher::outputReceived, this, [&](Launcher::Stream, const QByteArray& bytes) { output += bytes; });
        QSignalSpy ended(&launcher, &Launcher::finished);
        launcher.start(m_options);
        QTRY_VERIFY_WITH_TIMEOUT(output.contains("ready"), 60000);
        const int pid = int(launcher.processId());
        const QString copy = m_dir.filePath(u"copy.calltide"_s);
        for (int i = 0; i < 3; i++) {
            succeed(control(pid, Remote::Pause));
            succeed(control(pid, Remote::Resume));
        }
        succeed(snapshot(pid, m_options.output, copy));
        QVERIFY(QFile::exists(copy) && QFileInfo(copy).size() > 0);
        QVERIFY(!snapshot(pid, m_options.output, m_options.output));
        succeed(control(pid, Remote::Stop));
        const Status again = control(pid, Remote::Stop);
        QVERIFY(!again);
        QCOMPARE(QString::fromStdString(again.error().message), u"Process %1 is not being recorded."_s.arg(pid));
        launcher.write("go on\n");
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
        QCOMPARE(ended[0][0].toInt(), 0);
        QVERIFY(output.contains("end"));
    }

    void copiesOfWhatIsWrittenMeanwhileAreWhole_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("copies");
        QTest::newRow("all") << QStringList() << 25;
        QTest::newRow("ring") << QStringList{u"--ring"_s, u"1MB"_s} << 8;
    }

    // Four busy children, which make new functions all the time, and their parent.
    void copiesOfWhatIsWrittenMeanwhileAreWhole()
    {
        QFETCH(QStringList, options);
        QFETCH(int, copies);
        LaunchOptions busy = m_options;
        busy.target = u"import os, sys, threading, time\n"
                      "def work(n):\n"
                      "    made = {}\n"
                      "    exec('def f%d_%d(k): return k' % (os.getpid(), n), made)\n"
                      "    f = made['f%d_%d' % (os.getpid(), n)]\n"
                      "    for k in range(100): f(k)\n"
                      "    time.sleep(0.002)\n"
                      "def on():\n"
                      "    n = 0\n"
                      "    while not over.exists(): work(n); n += 1\n"
                      "import pathlib; over = pathlib.Path('over')\n"
                      "for i in range(4):\n"
                      "    if os.fork() == 0: on(); os._exit(0)\n"
                      "threading.Thread(target=on).start()\n"
                      "print('ready', flush=True); on()\n"_s;
        busy.output = m_dir.filePath(u"busy.calltide"_s);
        busy.tracer.extra = options;
        QFile::remove(m_dir.filePath(u"over"_s));
        Launcher launcher;
        QByteArray output;
        connect(&launcher, &Launcher::outputReceived, this, [&](Launcher::Stream, const QByteArray& bytes) { output += bytes; });
        QSignalSpy ended(&launcher, &Launcher::finished);
        launcher.start(busy);
        QTRY_VERIFY_WITH_TIMEOUT(output.contains("ready"), 60000);
        uint64_t before = 0;
        for (int i = 0; i < copies; i++) {
            const QString copy = m_dir.filePath(u"busy-%1.calltide"_s.arg(i));
            succeed(snapshot(int(launcher.processId()), busy.output, copy));
            QVERIFY(!formats::isLive(copy.toStdString()));
            const auto trace = formats::open(copy.toStdString());
            QVERIFY2(trace, trace ? "" : trace.error().message.c_str());
            for (const store::Problem& problem : (*trace)->problems())
                QVERIFY2(problem.severity == store::Severity::Info, problem.text.c_str());
            QCOMPARE((*trace)->lost(), uint64_t(0));
            if (options.isEmpty())
                QVERIFY((*trace)->sliceCount() > before);
            before = (*trace)->sliceCount();
            QVERIFY(before > 0);
            QFile::remove(copy);
            QDir(copy + u".d"_s).removeRecursively();
        }
        QFile over(m_dir.filePath(u"over"_s));
        QVERIFY(over.open(QIODevice::WriteOnly));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
        QCOMPARE(ended[0][0].toInt(), 0);
    }

    void whatIsNoPythonIsRefused()
    {
        const Status status = control(1 << 30, Remote::Pause);
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::NotFound);
    }

private:
    static void succeed(const Status& status) { QVERIFY2(status, status ? "" : status.error().message.c_str()); }
    QTemporaryDir m_dir;
    LaunchOptions m_options;
};

QTEST_GUILESS_MAIN(RemoteTest)
#include "tst_remote.moc"
