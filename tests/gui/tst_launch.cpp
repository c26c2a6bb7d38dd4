// SPDX-License-Identifier: GPL-3.0-or-later
// Launching: words, names, what is refused and why, output, input, stopping.
#include "session/jobs.h"
#include "session/launcher.h"
#include "session/recorderoptions.h"
#include "traced_python.h"
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

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
        o.target = QStringLiteral("work/ä b.py");
        QCOMPARE(defaultRecordingName(o, dir.path()), QStringLiteral("ä b.calltide"));
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
            shellLine(o), QStringLiteral("A='b c' calltide record -o x.calltide --python-only -- shop.py --day '1 2'"));
    }

    // One table of options: that of the recorder. What stands in forms must be it, all of it.
    void theFormsOptionsAreTheRecorders()
    {
        QProcess python;
        python.start(defaultInterpreter(), {QStringLiteral("-c"), QStringLiteral(
            "import importlib.util as u, json, sys\n"
            "s = u.spec_from_file_location('o', sys.argv[1]); m = u.module_from_spec(s); s.loader.exec_module(m)\n"
            "print(json.dumps([[o.name, o.kind, bool(o.default), list(o.negated)] for o in m.OPTIONS]))"),
            QStringLiteral(CALLTIDE_SOURCE_DIR "/tracer/calltide/options.py")});
        QVERIFY(python.waitForFinished(30000));
        const QJsonArray table = QJsonDocument::fromJson(python.readAllStandardOutput()).array();
        QVERIFY(table.size() > 20);
        const QHash<QString, OptionKind> kinds{{QStringLiteral("flag"), OptionKind::Flag}, {QStringLiteral("number"), OptionKind::Number},
            {QStringLiteral("size"), OptionKind::Size}, {QStringLiteral("duration"), OptionKind::Duration},
            {QStringLiteral("patterns"), OptionKind::Patterns}, {QStringLiteral("conditions"), OptionKind::Condition}};
        QStringList ours, theirs;
        for (const RecorderOption& option : recorderOptions())
            ours << QString::fromLatin1(option.name);
        for (const QJsonValue& row : table) {
            const QString name = row[0].toString().replace(u'_', u'-');
            theirs << name;
            QVERIFY2(ours.contains(name), qPrintable(name + QStringLiteral(" is not in the form")));
            const RecorderOption& option = recorderOptions()[size_t(ours.indexOf(name))];
            QCOMPARE(option.kind, kinds.value(row[1].toString()));
            QCOMPARE(*option.negated != 0, row[2].toBool());
            QStringList negated;
            for (const QJsonValue& word : row[3].toArray())
                negated << word.toString().replace(u'_', u'-');
            QVERIFY(*option.negated == 0 || negated.contains(QString::fromLatin1(option.negated)));
        }
        for (const QString& name : std::as_const(ours))
            QVERIFY2(theirs.contains(name), qPrintable(name + QStringLiteral(" is unknown to the recorder")));
    }

    void presetsAndValuesGoThereAndBack()
    {
        for (int i = 0; i < kPresets; i++) {
            const TracerOptions options = fromValues(presetValues(Preset(i)));
            QCOMPARE(presetOf(valuesOf(options)), Preset(i));
        }
        TracerOptions options;
        options.children = false;
        options.extra = {QStringLiteral("--max_stack_depth"), QStringLiteral("5"), QStringLiteral("--no-gc"), QStringLiteral("--include-files=a"),
            QStringLiteral("--include-files"), QStringLiteral("b"), QStringLiteral("--newer=1")};
        QStringList others;
        const OptionValues values = valuesOf(options, &others);
        QCOMPARE(values, (OptionValues{{QStringLiteral("children"), QStringLiteral("0")}, {QStringLiteral("max-depth"), QStringLiteral("5")},
            {QStringLiteral("log-gc"), QStringLiteral("0")}, {QStringLiteral("include-files"), QStringLiteral("a, b")}}));
        QCOMPARE(others, QStringList{QStringLiteral("--newer=1")});
        QCOMPARE(presetOf(values), Preset::Own);
        const TracerOptions back = fromValues(values, others);
        QCOMPARE(back.children, false);
        QCOMPARE(back.extra, (QStringList{QStringLiteral("--no-gc"), QStringLiteral("--include-files=a, b"), QStringLiteral("--max-depth=5"),
            QStringLiteral("--newer=1")}));
        QVERIFY(valueProblem(OptionKind::Size, QStringLiteral("64 MB")).isEmpty());
        QVERIFY(!valueProblem(OptionKind::Size, QStringLiteral("many")).isEmpty());
        QVERIFY(!valueProblem(OptionKind::Duration, QStringLiteral("2 hours")).isEmpty());
        QVERIFY(!valueProblem(OptionKind::Number, QStringLiteral("-1")).isEmpty());
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

    void aProgramRunsUnderTheTracer()
    {
        QTemporaryDir dir;
        LaunchOptions o;
        o.interpreter = tracedPython();
        QVERIFY(!o.interpreter.isEmpty());
        o.target = QStringLiteral(CALLTIDE_SOURCE_DIR "/tests/targets/exit_code.py");
        o.arguments = {QStringLiteral("7")};
        o.workingDirectory = dir.path();
        Launcher launcher;
        QSignalSpy started(&launcher, &Launcher::started), finished(&launcher, &Launcher::finished);
        launcher.start(o);
        QCOMPARE(launcher.state(), Launcher::State::Starting);
        QVERIFY(finished.wait(30000));
        QCOMPARE(started.size(), 1);
        QCOMPARE(finished[0][0].toInt(), 7);
        QCOMPARE(finished[0][1].toString(), dir.filePath(QStringLiteral("exit_code.calltide")));
        QVERIFY(QFile(launcher.recordingPath()).size() > 0);
        QCOMPARE(launcher.state(), Launcher::State::Idle);
    }

    void outputComesAndInputGoes()
    {
        QTemporaryDir dir;
        LaunchOptions o;
        o.interpreter = tracedPython();
        QVERIFY(!o.interpreter.isEmpty());
        o.kind = LaunchKind::Code;
        o.target = QStringLiteral(
            "import sys, os; print(input() + os.environ['X']); print('no', file=sys.stderr); os.abort()");
        o.environment = {{QStringLiteral("X"), QStringLiteral("!")}};
        o.workingDirectory = dir.path();
        Launcher launcher;
        QByteArray out, error;
        connect(&launcher, &Launcher::outputReceived, this, [&](Launcher::Stream stream, const QByteArray& bytes) {
            (stream == Launcher::Stream::Output ? out : error) += bytes;
        });
        connect(&launcher, &Launcher::started, this, [&] {
            launcher.write("hello\n");
            launcher.closeInput();
        });
        QSignalSpy finished(&launcher, &Launcher::finished);
        launcher.start(o);
        QVERIFY(finished.wait(30000));
        QCOMPARE(out, QByteArray("hello!\n")); // at once: abort() throws away what was not flushed
        QVERIFY(error.startsWith("no"));
        QCOMPARE(finished[0][0].toInt(), -6);
        QVERIFY(!finished[0][1].toString().isEmpty());
    }

    void stopIsCtrlCFirstAndKillInTheEnd()
    {
        QTemporaryDir dir;
        LaunchOptions o;
        o.interpreter = tracedPython();
        QVERIFY(!o.interpreter.isEmpty());
        o.kind = LaunchKind::Code;
        o.workingDirectory = dir.path();
        for (const bool stubborn : {false, true}) {
            o.target = QStringLiteral("import signal, time\n%1print('ready', flush=True)\ntime.sleep(60)\n")
                           .arg(
                               stubborn ? QStringLiteral("for s in (2, 15): signal.signal(s, lambda s, f: print('not', s, flush=True))\n")
                                        : QString());
            Launcher launcher;
            QByteArray out;
            connect(&launcher, &Launcher::outputReceived, this, [&](Launcher::Stream stream, const QByteArray& bytes) {
                if (stream == Launcher::Stream::Output)
                    out += bytes;
            });
            QSignalSpy finished(&launcher, &Launcher::finished);
            launcher.start(o);
            QTRY_VERIFY_WITH_TIMEOUT(out.contains("ready"), 30000);
            launcher.stop();
            QCOMPARE(launcher.state(), Launcher::State::Stopping);
            if (stubborn) {
                QTRY_VERIFY_WITH_TIMEOUT(out.contains("not 2"), 30000);
                launcher.stop();
                QTRY_VERIFY_WITH_TIMEOUT(out.contains("not 15"), 30000);
                launcher.stop();
            }
            QVERIFY(finished.size() || finished.wait(30000));
            QCOMPARE(finished[0][0].toInt(), stubborn ? -9 : -2);
            QVERIFY(!finished[0][1].toString().isEmpty());
        }
    }

    void jobsThatAreReplacedDoNotAnswer()
    {
        JobRunner runner;
        QList<int> answers;
        std::atomic<bool> firstWasCancelled{false};
        runner.start(
            [&](calltide::store::Progress& progress) {
                while (!progress.cancelled())
                    QThread::msleep(1);
                firstWasCancelled = true;
                return 1;
            },
            [&](int v) { answers += v; });
        QVERIFY(runner.running());
        runner.start(
            [](calltide::store::Progress& progress) {
                progress.set(1, 2);
                return 2;
            },
            [&](int v) { answers += v; });
        QTRY_COMPARE(answers, QList<int>{2});
        QVERIFY(!runner.running());
        QTRY_VERIFY(firstWasCancelled.load());
        runner.start([](calltide::store::Progress&) { return 3; }, [&](int v) { answers += v; });
        QTRY_COMPARE(answers, (QList<int>{2, 3})); // an answer of the first would have come before
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
