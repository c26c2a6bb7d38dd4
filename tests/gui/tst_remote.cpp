// SPDX-License-Identifier: GPL-3.0-or-later
// The recording of another process is paused, copied and stopped: of a launched one, and of one that was attached to.
#include "session/launcher.h"
#include "session/remote.h"
#include "traced_python.h"
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
