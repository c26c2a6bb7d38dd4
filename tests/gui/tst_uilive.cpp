// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings that go on, in a real window: real programs that wait at a pipe, so that every step is the test's.
#include "formats/live.h"
#include "session/interpreter.h"
#include "store/statistics.h"
#include "traced_python.h"
#include "ui/consoleview.h"
#include "ui/callview.h"
#include "ui/functionsview.h"
#include "ui/launchsheet.h"
#include "ui/recordingview.h"
#include "ui/sourceview.h"
#include "ui/startpage.h"
#include "ui_fixture.h"
#include <QAbstractButton>
#include <QLineEdit>
#include <QProcess>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiLive : public QObject
{
    Q_OBJECT

    // A program that works once for every line that comes through its pipe, and ends with the pipe.
    struct Program
    {
        QString script, pipe, recording;
        int fd = -1;

        Program(const UiFixture& f, const QString& name)
            : pipe(f.dir.filePath(name + u".pipe"_s))
            , recording(f.dir.filePath(name + u".calltide"_s))
        {
            mkfifo(pipe.toUtf8().constData(), 0600);
            fd = ::open(pipe.toUtf8().constData(), O_RDWR | O_CLOEXEC);
            script = f.write(name + u".py"_s,
                "def leaf(n):\n    return n * n\n\ndef work(n):\n    for i in range(n):\n        leaf(i)\n\n"
                "def main():\n    with open('"
                    + pipe.toUtf8()
                    + "') as lines:\n        for line in lines:\n            if line == 'end\\n':\n                return\n"
                      "            work(int(line))\n            print('worked', int(line), flush=True)\n\nmain()\n");
        }
        ~Program() { ::close(fd); }
        void work(int n) const { say(QByteArray::number(n)); }
        void say(const QByteArray& line) const { QCOMPARE(::write(fd, (line + '\n').constData(), size_t(line.size()) + 1), ssize_t(line.size()) + 1); }
    };

    std::unique_ptr<UiFixture> m_fixture;
    QString m_python;

    MainWindow& window() const { return *m_fixture->window; }
    Document* document() const { return window().document(); }
    static uint64_t calls(const store::Trace& trace, const char* name)
    {
        return store::countSlices(trace, store::matchFunctions(trace, name, false));
    }
    uint64_t shown(const char* name) const { return document() ? calls(document()->trace(), name) : 0; }
    QAbstractButton* chip() const { return document()->timeline()->findChild<QAbstractButton*>(u"followChip"_s); }

    std::unique_ptr<QProcess> run(const Program& program)
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PYTHONPATH"_s, QStringLiteral(CALLTIDE_BINARY_DIR "/lib/calltide/python"));
        process->setProcessEnvironment(environment);
        process->start(m_python, {u"-m"_s, u"calltide"_s, u"-o"_s, program.recording, program.script});
        return process;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_python = tracedPython();
        QVERIFY(!m_python.isEmpty());
    }
    void init()
    {
        m_fixture = std::make_unique<UiFixture>();
        m_fixture->settings.setLaunchFolder(m_fixture->dir.path());
    }
    void cleanup() { m_fixture.reset(); }

    void aLaunchedProgramIsSeenWhileItRuns()
    {
        const Program program(*m_fixture, u"steps"_s);
        m_fixture->action(ActionId::Launch)->trigger();
        LaunchSheet* sheet = window().launchSheet();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isVisible() && sheet->isReady(), 60000);
        sheet->findChild<QLineEdit*>(u"script"_s)->setText(program.script);
        QTest::mouseClick(sheet->findChild<QAbstractButton*>(u"launchButton"_s), Qt::LeftButton);
        program.work(10);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 10, 60000);
        Document* live = document();
        QVERIFY(live->isLive() && live->trace().isGrowing());
        QVERIFY(m_fixture->tabs()->tabText(m_fixture->tabs()->currentIndex()).endsWith(u"recording"_s));
        QVERIFY(m_fixture->action(ActionId::Stop)->isEnabled());
        QVERIFY(chip()->isVisible() && live->state()->isFollowing());

        program.work(30);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 40, 60000);
        QCOMPARE(document(), live);

        // A call, its details and its source, while the program waits.
        const auto mask = store::matchFunctions(live->trace(), "work", false);
        const store::SliceIndex second = store::findSlice(live->trace(), mask, INT64_MAX, false);
        live->state()->selectAndReveal(second);
        QVERIFY(!live->state()->isFollowing());
        QVERIFY(live->call()->shownText().contains(u"work"_s));
        QCOMPARE(live->source()->markedLine(), 4);
        live->state()->setSearchText(u"leaf"_s);
        const int64_t start = live->trace().start(second);
        const render::TimeRange range = live->state()->range();

        program.work(5000); // its rows move to a larger place
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 5040, 60000);
        QCOMPARE(live->trace().start(live->state()->selected()), start);
        QCOMPARE(live->state()->range(), range);

        program.say("end");
        QTRY_VERIFY_WITH_TIMEOUT(!window().isBusy(), 60000);
        QCOMPARE(document(), live);
        QVERIFY(!live->isLive() && !live->trace().isGrowing());
        QCOMPARE(shown("leaf"), uint64_t(5040));
        // Nothing jumps: the same call is selected, the same part is shown, the search goes on.
        const store::SliceIndex kept = live->state()->selected();
        QVERIFY(kept != store::kNoSlice);
        QCOMPARE(live->context()->name(live->trace().functionOf(kept)), u"work"_s);
        QVERIFY(std::abs(live->trace().start(kept) - start) < 100'000);
        QCOMPARE(live->state()->range(), range);
        QCOMPARE(live->state()->searchCount(), uint64_t(5040));
        QVERIFY(!chip()->isVisible());
        QVERIFY(!m_fixture->tabs()->tabText(m_fixture->tabs()->currentIndex()).contains(u"recording"_s));
    }

    // From the start page on, all by mouse and keyboard: launched, seen growing, paused, copied, stopped, run again.
    void aLaunchedProgramIsSteeredAndRunAgain()
    {
        const Program program(*m_fixture, u"steered"_s);
        auto* start = window().findChild<StartPage*>(u"startPage"_s);
        QVERIFY(start && start->isVisible());
        const auto buttons = start->findChildren<QAbstractButton*>();
        const auto card = std::find_if(buttons.begin(), buttons.end(),
            [](const QAbstractButton* b) { return b->isVisible() && b->accessibleName().startsWith(u"Launch a program"_s); });
        QVERIFY(card != buttons.end());
        QTest::mouseClick(*card, Qt::LeftButton);
        LaunchSheet* sheet = window().launchSheet();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isVisible() && sheet->isReady(), 60000);
        auto* script = sheet->findChild<QLineEdit*>(u"script"_s);
        script->clear();
        QTest::keyClicks(script, program.script);
        QTest::mouseClick(sheet->findChild<QAbstractButton*>(u"launchButton"_s), Qt::LeftButton);
        program.work(10);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 10, 60000);
        Document* live = document();
        QTRY_VERIFY(live->recording() && live->recording()->isVisible());
        auto* view = static_cast<RecordingView*>(live->recording());
        QTRY_VERIFY_WITH_TIMEOUT(view->shownText().contains(u"steered.py"_s), 60000);

        QAction* pause = m_fixture->action(ActionId::Pause);
        if (attachingIsForbidden()) {
            qWarning("nothing can be paused here (kernel.yama.ptrace_scope)");
        } else {
            program.work(20);
            QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 30, 60000);
            QTRY_VERIFY(pause->isEnabled());
            pause->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(pause->text(), u"Go on recording"_s, 60000);
            program.work(1000); // nobody records it
            QTRY_VERIFY_WITH_TIMEOUT(window().findChild<ConsoleView*>()->text().contains(u"worked 1000"_s), 60000);
            QTRY_VERIFY(pause->isEnabled());
            pause->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(pause->text(), u"Pause recording"_s, 60000);
            program.work(5);
            QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 35, 60000);
        }
        QTRY_VERIFY(m_fixture->action(ActionId::Snapshot)->isEnabled());
        m_fixture->action(ActionId::Snapshot)->trigger();
        const auto copied = [this] { return window().notices().shownTexts().join(u' ').contains(u"is written"_s); };
        QVERIFY(QTest::qWaitFor(copied, 60000));
        const QString recording = live->path();
        m_fixture->action(ActionId::Stop)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isBusy(), 60000);
        QVERIFY(!live->isLive() && !live->recording());

        m_fixture->action(ActionId::LaunchAgain)->trigger();
        program.work(7);
        QTRY_VERIFY_WITH_TIMEOUT(document() != live && shown("leaf") >= 7, 60000);
        QVERIFY(document()->path() != recording);
        program.say("end");
        QTRY_VERIFY_WITH_TIMEOUT(!window().isBusy(), 60000);
    }

    void aRecordingOfAnotherProgramIsFollowed()
    {
        const Program program(*m_fixture, u"other"_s);
        const auto process = run(program);
        program.work(3);
        QTRY_VERIFY_WITH_TIMEOUT(formats::isLive(QFile::encodeName(program.recording).toStdString()), 60000); // its head is complete
        window().open(program.recording);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 3, 60000);
        Document* live = document();
        QVERIFY(live->isLive());
        // The end stays in sight, at its place.
        const int64_t before = live->trace().end();
        QTRY_VERIFY(live->trace().end() > before + 200'000'000);
        const render::TimeRange range = live->state()->range();
        QVERIFY(range.to > live->trace().end() && range.from < live->trace().end());
        // Any pan stops that; End goes back to it.
        live->timeline()->setFocus();
        QTest::keyClick(live->timeline(), Qt::Key_Plus);
        QVERIFY(!live->state()->isFollowing());
        QVERIFY(chip()->text().contains(u"End"_s));
        QTest::keyClick(live->timeline(), Qt::Key_End);
        QVERIFY(live->state()->isFollowing());
        QTest::mouseClick(chip(), Qt::LeftButton);
        QVERIFY(!live->state()->isFollowing());
        QTest::mouseClick(chip(), Qt::LeftButton);
        QVERIFY(live->state()->isFollowing());
        // Opened again it is the same tab; killed, everything up to then is there.
        const int tabs = m_fixture->tabs()->count();
        window().open(program.recording);
        QCOMPARE(m_fixture->tabs()->count(), tabs);
        program.work(20);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 23, 60000);
        process->kill();
        QVERIFY(process->waitForFinished());
        QTRY_VERIFY_WITH_TIMEOUT(!live->isLive(), 60000);
        QCOMPARE(shown("leaf"), uint64_t(23));
        QTRY_VERIFY(live->functions()->isReady());
    }

    void aTabMayBeClosedWhileItGoesOn()
    {
        const Program program(*m_fixture, u"closed"_s);
        const auto process = run(program);
        program.work(3);
        QTRY_VERIFY_WITH_TIMEOUT(formats::isLive(QFile::encodeName(program.recording).toStdString()), 60000); // its head is complete
        window().open(program.recording);
        QTRY_VERIFY_WITH_TIMEOUT(shown("leaf") == 3, 60000);
        m_fixture->action(ActionId::CloseTab)->trigger();
        QVERIFY(!document() && !window().isBusy());
        program.say("end");
        QVERIFY(process->waitForFinished(60000));
        QCOMPARE(process->exitCode(), 0);
        QVERIFY(m_fixture->open(program.recording));
        QVERIFY(!document()->isLive());
        QCOMPARE(shown("leaf"), uint64_t(3));
    }
};

QTEST_MAIN(TestUiLive)
#include "tst_uilive.moc"
