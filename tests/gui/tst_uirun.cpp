// SPDX-License-Identifier: GPL-3.0-or-later
// What happens while a launched program runs: output, input, links, crashes, many children, floods; and running it again.
#include "session/interpreter.h"
#include "session/launchstore.h"
#include "store/statistics.h"
#include "traced_python.h"
#include "ui/consoleview.h"
#include "ui/launchsheet.h"
#include "ui/runagain.h"
#include "ui/sourceview.h"
#include "ui_fixture.h"
#include <QAbstractButton>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiRun : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_python = tracedPython();
        QVERIFY(!m_python.isEmpty());
        m_fixture = std::make_unique<UiFixture>();
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void init()
    {
    }

    void coloursAndLinesOfOutputAreUnderstood()
    {
        AnsiText ansi;
        auto pieces = ansi.feed(u"a\x1b[1;31mred\x1b[0m b\x1b[38;5;196mx\x1b[38;2;1;2;3my\x1b["_s);
        QCOMPARE(pieces.size(), 5);
        QCOMPARE(pieces[1].text, u"red"_s);
        QVERIFY(pieces[1].style.bold);
        QCOMPARE(pieces[1].style.foreground, 2u);
        QCOMPARE(pieces[2].style, AnsiStyle());
        QCOMPARE(pieces[3].style.foreground, 0x1ff0000u);
        QCOMPARE(pieces[4].style.foreground, 0x1010203u);
        pieces = ansi.feed(u"0mz\x1b]0;title\x07!\r"_s); // the rest of a sequence, and one that is left out
        QCOMPARE(pieces.size(), 2);
        QCOMPARE(pieces[0].text + pieces[1].text, u"z!"_s);
        QCOMPARE(pieces[0].style, AnsiStyle());
        QCOMPARE(ansi.feed(u"\nq"_s).value(0).text, u"\nq"_s);
    }

    void whatIsTypedReachesTheProgram()
    {
        run("import sys\nprint('who? ', end='', flush=True)\nprint('hello', input())\nprint('rest', len(sys.stdin.read()))\n");
        auto* input = console()->findChild<QLineEdit*>(u"consoleInput"_s);
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"who?"_s), 60000);
        QVERIFY(input->isVisible());
        QTest::keyClicks(input, u"Ada"_s);
        QTest::keyClick(input, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"hello Ada"_s), 60000);
        QTest::keyClick(input, Qt::Key_Up);
        QCOMPARE(input->text(), u"Ada"_s);
        QTest::keyClick(input, Qt::Key_Return);
        QTest::keyClick(input, Qt::Key_D, Qt::ControlModifier);
        waitForEnd();
        QVERIFY(console()->text().contains(u"rest 4"_s));
        QVERIFY(!input->isVisible());
    }

    void theEndStaysInSightUntilTheUserScrolls()
    {
        auto* text = console()->findChild<QPlainTextEdit*>(u"consoleText"_s);
        QScrollBar* bar = text->verticalScrollBar();
        run("print('\\n'.join(map(str, range(500))), flush=True)\nprint('more', input())\nprint('\\n'.join('xyz'), input())\n");
        m_fixture->window->findChild<QDockWidget*>(u"functions"_s)->raise(); // it comes while another panel is seen
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"499"_s), 60000);
        m_fixture->window->findChild<QDockWidget*>(u"console"_s)->raise();
        QTRY_VERIFY(bar->maximum() > 100 && bar->value() == bar->maximum());
        auto* input = console()->findChild<QLineEdit*>(u"consoleInput"_s);
        input->setFocus();
        QTest::keyClick(input, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"more"_s), 60000);
        QCOMPARE(bar->value(), bar->maximum());
        bar->setValue(50);
        console()->append("late\n", false);
        QTRY_VERIFY(console()->text().contains(u"late"_s));
        QCOMPARE(bar->value(), 50);
        QTest::keyClick(input, Qt::Key_Return); // what is typed is seen
        QTRY_COMPARE(bar->value(), bar->maximum());
        waitForEnd();
    }

    void aTracebackLeadsToTheSource()
    {
        const QString script = m_fixture->write(u"wrong.py"_s, "def work(n):\n    return n / 0\n\nwork(1)\n");
        runScript(script);
        waitForEnd();
        auto* text = console()->findChild<QPlainTextEdit*>(u"consoleText"_s);
        const QTextCursor found = text->document()->find(u"line 2, in work"_s);
        QVERIFY(!found.isNull());
        QTextCursor cursor(text->document());
        cursor.setPosition(found.selectionStart() + 3);
        text->setTextCursor(cursor);
        text->ensureCursorVisible();
        QTest::mouseClick(text->viewport(), Qt::LeftButton, {}, text->cursorRect(cursor).center());
        SourceView* source = m_fixture->window->document()->source();
        QCOMPARE(source->markedLine(), 2);
        QVERIFY(source->shownText().contains(u"return n / 0"_s));
        cursor.setPosition(text->document()->find(u"line 4, in"_s).selectionStart() + 2);
        text->setTextCursor(cursor);
        QTest::keyClick(text, Qt::Key_Return);
        QCOMPARE(source->markedLine(), 4);
    }

    void aFloodOfOutputEnds()
    {
        run("for i in range(400000): print('line', i, 'x' * 60)\nprint('the last one')\n");
        QVERIFY(QTest::qWaitFor([this] { return console()->text().contains(u"Ended after"_s); }, 120000));
        QVERIFY(console()->text().contains(u"the last one"_s));
        auto* text = console()->findChild<QPlainTextEdit*>(u"consoleText"_s);
        QVERIFY(text->document()->blockCount() <= 100000);
        waitForEnd();
    }

    void aCrashIsSaidAndItsCallsAreThere()
    {
        run("import os\ndef last(): os.abort()\nlast()\n");
        waitForEnd();
        QVERIFY(saidBySomeNotice(u"ended while recording (signal 6)"_s));
        QCOMPARE(calls("last"), 1u);
        run("import os\ndef last(): os.kill(os.getpid(), 9)\nlast()\n");
        waitForEnd();
        QVERIFY(saidBySomeNotice(u"ended while recording (signal 9)"_s));
        QCOMPARE(calls("last"), 1u);
    }

    void aKilledProgramLeavesItsCalls()
    {
        run("import os, signal\ndef before(): pass\nbefore()\ndef last(): os.kill(os.getpid(), signal.SIGKILL)\nlast()\n");
        waitForEnd();
        QVERIFY(saidBySomeNotice(u"ended while recording (signal 9)"_s));
        QCOMPARE(calls("before"), 1u);
        QCOMPARE(calls("last"), 1u);
    }

    void stopAsksThenEndsThenKills()
    {
        run("import signal, time\nfor s in signal.SIGINT, signal.SIGTERM: signal.signal(s, signal.SIG_IGN)\n"
            "def stays(): time.sleep(0.01)\nwhile True:\n    stays()\n    print('here', flush=True)\n");
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"here"_s), 60000);
        auto* stop = console()->findChild<QAbstractButton*>(u"consoleStop"_s);
        for (const QString& text : {u"Stop"_s, u"End now"_s, u"Kill"_s}) {
            QTRY_COMPARE_WITH_TIMEOUT(stop->text(), text, 60000);
            QVERIFY(m_fixture->window->isBusy());
            QTest::mouseClick(stop, Qt::LeftButton);
        }
        waitForEnd();
        QVERIFY(console()->text().contains(u"Ended by signal 9"_s));
        QVERIFY(calls("stays") > 0);
    }

    void closingTheWindowAsks()
    {
        run("print('waits', flush=True)\ninput()\n");
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"waits"_s), 60000);
        QVERIFY(!m_fixture->window->close() && !m_fixture->window->close()); // which asks once
        m_fixture->answer(u"Cancel"_s);
        QVERIFY(m_fixture->window->isVisible() && m_fixture->window->isBusy());
        m_fixture->window->close();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape); // the same
        QVERIFY(!m_fixture->question() && m_fixture->window->isVisible() && m_fixture->window->isBusy());
        m_fixture->window->close();
        m_fixture->answer(u"Stop and keep"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!m_fixture->window->isVisible(), 60000);
        QVERIFY(console()->text().contains(u"KeyboardInterrupt"_s)); // asked politely
        m_fixture->remake();
    }

    void fiftyChildrenAreFollowed()
    {
        run("import os\ndef child(): return 1\npids = []\nfor i in range(50):\n    pid = os.fork()\n    if not pid:\n"
            "        child()\n        os._exit(0)\n    pids.append(pid)\nfor pid in pids: os.waitpid(pid, 0)\n");
        waitForEnd();
        QCOMPARE(m_fixture->window->document()->trace().processes().size(), 51u);
        QCOMPARE(calls("child"), 50u);
    }

    void aPythonThatVanishedIsSaid()
    {
        const QString link = m_fixture->dir.filePath(u"python3"_s);
        QVERIFY(QFile::link(m_python, link));
        session::LaunchOptions options = code("pass");
        options.interpreter = link;
        LaunchSheet* sheet = m_fixture->window->launchSheet();
        sheet->popUp(options);
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isReady(), 60000);
        QCOMPARE(sheet->options().interpreter, link);
        QVERIFY(QFile::remove(link)); // between choosing and starting
        QTest::mouseClick(sheet->findChild<QAbstractButton*>(u"launchButton"_s), Qt::LeftButton);
        auto* problem = sheet->findChild<QLabel*>(u"launchProblem"_s);
        QTRY_COMPARE_WITH_TIMEOUT(problem->text(), u"There is no Python interpreter at %1."_s.arg(link), 60000);
        QVERIFY(sheet->isVisible());
        sheet->hide();
        sheet->popUp(options); // and when it is only remembered
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isReady(), 60000);
        auto* error = sheet->findChild<QWidget*>(u"pythonError"_s);
        QVERIFY(error->findChildren<QLabel*>().last()->text().contains(u"any more. Choose another."_s));
        sheet->hide();
    }

    void theStartPageRunsAgainByKeyboard()
    {
        run("print('first run')\n");
        waitForEnd();
        m_fixture->action(ActionId::NewTab)->trigger();
        auto* again = m_fixture->window->findChild<RunAgain*>();
        QTRY_VERIFY(again->isVisible() && !again->rows().isEmpty());
        RunAgainRow* row = again->rows().first();
        QVERIFY2(row->text().contains(u"first run"_s), qPrintable(row->text()));
        QTRY_VERIFY(again->rows().size() > 1);
        again->rows().first()->setFocus();
        QTest::keyClick(again->rows()[0], Qt::Key_Down);
        QVERIFY(again->rows()[1]->hasFocus());
        QTest::keyClick(again->rows()[1], Qt::Key_Up);
        const QString before = path();
        QTest::keyClick(again->rows()[0], Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!path().isEmpty() && path() != before, 60000);
        QVERIFY(console()->text().contains(u"first run"_s));
        const qsizetype count = again->rows().size();
        m_fixture->action(ActionId::NewTab)->trigger();
        QTest::keyClick(again->rows().last(), Qt::Key_Delete);
        QTRY_COMPARE(again->rows().size(), count - (count < 5 ? 1 : 0));
    }

private:
    ConsoleView* console() const { return m_fixture->window->findChild<ConsoleView*>(); }
    QString path() const { return m_fixture->window->document() ? m_fixture->window->document()->path() : QString(); }
    session::LaunchOptions code(const QByteArray& text) const
    {
        session::LaunchOptions options;
        options.kind = session::LaunchKind::Code;
        options.target = QString::fromUtf8(text);
        options.interpreter = m_python;
        options.workingDirectory = m_fixture->dir.path();
        return options;
    }
    void launch(const session::LaunchOptions& options)
    {
        m_before = path();
        LaunchSheet* sheet = m_fixture->window->launchSheet();
        sheet->popUp(options);
        QVERIFY(QTest::qWaitFor([sheet] { return sheet->isReady(); }, 60000));
        QTest::mouseClick(sheet->findChild<QAbstractButton*>(u"launchButton"_s), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([sheet] { return !sheet->isVisible(); }, 60000));
    }
    void run(const QByteArray& text) { launch(code(text)); }
    void runScript(const QString& script)
    {
        session::LaunchOptions options = code({});
        options.kind = session::LaunchKind::Script;
        options.target = script;
        launch(options);
    }
    void waitForEnd() { QTRY_VERIFY_WITH_TIMEOUT(!path().isEmpty() && path() != m_before && !m_fixture->window->isBusy(), 120000); }
    bool saidBySomeNotice(const QString& words) const
    {
        for (const QString& text : m_fixture->window->notices().shownTexts())
            if (text.contains(words))
                return true;
        return false;
    }
    uint64_t calls(const char* name) const
    {
        const store::Trace& trace = m_fixture->window->document()->trace();
        return store::countSlices(trace, store::matchFunctions(trace, name, false));
    }

    std::unique_ptr<UiFixture> m_fixture;
    QString m_python, m_before;
};

QTEST_MAIN(TestUiRun)
#include "tst_uirun.moc"
