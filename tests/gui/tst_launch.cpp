// SPDX-License-Identifier: GPL-3.0-or-later
// The part of launching that needs no tracer module: words, names, what is refused and why. Recording itself is tested
// in tests/integration.
#include "session/launcher.h"
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace calltide::session;

class LaunchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wordsAreSplitAsAShellDoes()
    {
        QCOMPARE(
            splitArguments(QStringLiteral("a 'b c' \"d \\\" e\" f\\ g '' ")),
            (QStringList{
                QStringLiteral("a"), QStringLiteral("b c"), QStringLiteral("d \" e"), QStringLiteral("f g"),
                QString()}));
        const QStringList words{
            QStringLiteral("it's"), QString(), QStringLiteral("a b"), QStringLiteral("$x"), QStringLiteral("-o=1")};
        QCOMPARE(splitArguments(joinArguments(words)), words);
        QCOMPARE(joinArguments({QStringLiteral("-o=1"), QStringLiteral("a b")}), QStringLiteral("-o=1 'a b'"));
    }

    void recordingNamesAreNewAndTellTheProgram()
    {
        QTemporaryDir dir;
        LaunchOptions o;
        o.target = QStringLiteral("work/shop.py");
        QCOMPARE(defaultRecordingName(o, dir.path()), QStringLiteral("shop.calltide"));
        QFile taken(dir.filePath(QStringLiteral("shop.calltide")));
        QVERIFY(taken.open(QIODevice::WriteOnly));
        QCOMPARE(defaultRecordingName(o, dir.path()), QStringLiteral("shop-2.calltide"));
        o.kind = LaunchKind::Module;
        o.target = QStringLiteral("json.tool");
        QCOMPARE(defaultRecordingName(o, dir.path()), QStringLiteral("json.tool.calltide"));
        o.kind = LaunchKind::Command;
        o.target = QStringLiteral("python3");
        o.arguments = {QStringLiteral("-X"), QStringLiteral("dev"), QStringLiteral("a/b.py"), QStringLiteral("c")};
        QCOMPARE(defaultRecordingName(o, dir.path()), QStringLiteral("b.calltide"));
    }

    void theShellLineNamesWhatDiffersFromTheDefault()
    {
        LaunchOptions o;
        o.target = QStringLiteral("shop.py");
        o.arguments = {QStringLiteral("--day"), QStringLiteral("1 2")};
        o.output = QStringLiteral("x.calltide");
        o.tracer.cFunctions = false;
        o.environment = {{QStringLiteral("A"), QStringLiteral("b c")}};
        QCOMPARE(
            shellLine(o),
            QStringLiteral("A='b c' calltide record -o x.calltide --python-only -- shop.py --day '1 2'"));
    }

    void whatCannotRunIsRefusedInOneSentence_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("sentence");
        const int script = int(LaunchKind::Script), command = int(LaunchKind::Command);
        QTest::newRow("nothing") << script << " "
                                 << ""
                                 << "Name the program to record.";
        QTest::newRow("script") << script << "no/such.py"
                                << ""
                                << "The script no/such.py does not exist.";
        QTest::newRow("program") << command << "no-such-program"
                                 << ""
                                 << "There is no script and no program named no-such-program.";
        QTest::newRow("binary")
            << command << "/bin/sh"
            << ""
            << "/bin/sh is not a Python program: name a script, a Python interpreter or a console script.";
        QTest::newRow("folder") << script << "x.py"
                                << "/no/such/folder"
                                << "The working directory /no/such/folder does not exist.";
    }
    void whatCannotRunIsRefusedInOneSentence()
    {
        QFETCH(int, kind);
        QFETCH(QString, target);
        QFETCH(QString, folder);
        QFETCH(QString, sentence);
        LaunchOptions o;
        o.kind = LaunchKind(kind);
        o.target = target;
        o.workingDirectory = folder;
        Launcher launcher;
        QSignalSpy failed(&launcher, &Launcher::failed);
        launcher.start(o);
        QVERIFY(failed.wait(10000));
        QCOMPARE(failed[0][0].toString(), sentence);
        QCOMPARE(launcher.state(), Launcher::State::Idle);
    }

    void anInterpreterSaysWhatItIs()
    {
        const QString python = defaultInterpreter();
        QVERIFY2(!python.isEmpty(), "the tests need a python3 on PATH");
        auto answer = examine(python);
        QVERIFY(answer);
        QCOMPARE(answer->implementation, QStringLiteral("cpython"));
        QCOMPARE(answer->major, 3);
        QVERIFY(answer->version.startsWith(QStringLiteral("3.%1.").arg(answer->minor)));
        QVERIFY(answer->extensionSuffix.endsWith(QStringLiteral(".so")));
        QVERIFY(interpreterCandidates().size() >= 1);

        auto other = examine(QStringLiteral("/bin/cat"));
        QVERIFY(!other);
        QCOMPARE(
            QString::fromStdString(other.error().message), QStringLiteral("/bin/cat is not a Python interpreter."));
        auto missing = examine(QStringLiteral("/no/python"));
        QVERIFY(!missing);
        QCOMPARE(
            QString::fromStdString(missing.error().message),
            QStringLiteral("There is no Python interpreter at /no/python."));
    }
};

QTEST_GUILESS_MAIN(LaunchTest)
#include "tst_launch.moc"
