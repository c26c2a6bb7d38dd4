// SPDX-License-Identifier: GPL-3.0-or-later
// Programs launched from the sheet of a real window, recorded by a real interpreter.
#include "session/interpreter.h"
#include "store/statistics.h"
#include "traced_python.h"
#include "ui/configurationbar.h"
#include "ui/consoleview.h"
#include "ui/launchsheet.h"
#include "ui/sourceview.h"
#include "ui/variablesedit.h"
#include "ui_fixture.h"
#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QToolButton>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiLaunch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_python = tracedPython();
        QVERIFY(!m_python.isEmpty());
        m_fixture = std::make_unique<UiFixture>();
        m_fixture->settings.setLaunchFolder(m_fixture->dir.path());
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void wrongFieldsSaySoBelowThem()
    {
        LaunchSheet* sheet = popUp();
        type("script", u"/nowhere/none.py"_s);
        type("folder", u"/nowhere"_s);
        type("variableName0", u"A"_s);
        type("variableValue0", u"1"_s);
        type("variableName1", u"oo-ps"_s);
        type("output", u"/nowhere/x.calltide"_s);
        press("launchButton");
        QVERIFY(errorOf("target").contains(u"/nowhere/none.py does not exist"_s));
        QVERIFY(errorOf("folder").contains(u"/nowhere is not a folder"_s));
        QVERIFY(errorOf("variables").contains(u"oo-ps is not a variable"_s));
        QVERIFY(errorOf("output").contains(u"/nowhere does not exist"_s));
        QVERIFY(errorOf("arguments").isEmpty());
        QVERIFY(sheet->isVisible());
        QVERIFY(sheet->findChild<QLineEdit*>(u"script"_s)->hasFocus());
        type("folder", m_fixture->dir.path()); // what is right again is no longer marked, the others are
        QVERIFY(errorOf("folder").isEmpty());
        type("script", m_fixture->write(u"there.py"_s, "pass\n"));
        QVERIFY(errorOf("target").isEmpty());
        QVERIFY(errorOf("variables").contains(u"oo-ps is not a variable"_s));
        QTest::keyClick(sheet->findChild<QLineEdit*>(u"script"_s), Qt::Key_Escape);
        QVERIFY(!sheet->isVisible());
    }

    void theCommandLineIsShownWhileTyping()
    {
        LaunchSheet* sheet = popUp();
        clearVariables();
        type("script", u"shop.py"_s);
        type("arguments", u"--fast 'two words'"_s);
        const QString line = sheet->findChild<QLabel*>(u"commandLine"_s)->text();
        QVERIFY2(line.startsWith(u"calltide record"_s) && line.endsWith(u"shop.py --fast 'two words'"_s), qPrintable(line));
        sheet->hide();
    }

    void presetsAndOwnOptionsAreTheCommandLine()
    {
        LaunchSheet* sheet = popUp();
        type("script", u"shop.py"_s);
        const auto line = [sheet] { return sheet->findChild<QLabel*>(u"commandLine"_s)->text(); };
        auto* depth = sheet->findChild<QLineEdit*>(u"option-max-depth"_s);
        QVERIFY(!depth->isVisible());
        press("preset3");
        QVERIFY2(line().contains(u"--adaptive"_s), qPrintable(line()));
        press("preset4");
        QVERIFY2(line().contains(u"--ring=64MB"_s) && !line().contains(u"--adaptive"_s), qPrintable(line()));
        press("keepArguments");
        press("preset2");
        QVERIFY2(line().contains(u"--my-code-only"_s) && line().contains(u"--log-func-args"_s), qPrintable(line()));
        press("preset5");
        QVERIFY(depth->isVisible());
        QTest::keyClicks(depth, u"deep"_s);
        press("launchButton");
        QVERIFY(depth->hasFocus());
        QVERIFY(sheet->findChild<QLabel*>(u"option-max-depthError"_s)->isVisible());
        QTest::keyClick(depth, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(depth, u"7"_s);
        QVERIFY2(line().contains(u"--max-depth=7"_s) && line().contains(u"--my-code-only"_s), qPrintable(line()));
        QCOMPARE(sheet->options().tracer.extra.size(), 3);
        // When it records: the words of a choice and what belongs to it.
        auto* when = sheet->findChild<QComboBox*>(u"option-start-whenKind"_s);
        when->setFocus();
        QTest::keyClick(when, Qt::Key_Down); // a function is entered
        press("launchButton");
        QVERIFY(sheet->findChild<QLabel*>(u"option-start-whenError"_s)->text().contains(u"Name the function"_s));
        QTest::keyClicks(sheet->findChild<QLineEdit*>(u"option-start-when"_s), u"Shop.order"_s);
        QVERIFY2(line().contains(u"--start-when=enter:Shop.order"_s), qPrintable(line()));
        QTest::keyClick(when, Qt::Key_Down); // a call lasts longer than
        QTest::keyClicks(sheet->findChild<QLineEdit*>(u"option-start-whenPattern"_s), u"pay"_s);
        sheet->findChild<QLineEdit*>(u"option-start-when"_s)->clear();
        QTest::keyClicks(sheet->findChild<QLineEdit*>(u"option-start-when"_s), u"20ms"_s);
        QVERIFY2(line().contains(u"--start-when=longer:20ms:pay"_s), qPrintable(line()));
        const session::TracerOptions chosen = sheet->options().tracer;
        press("keepArguments");
        press("preset0");
        QVERIFY(!depth->isVisible());
        session::LaunchOptions again = sheet->options();
        QVERIFY(again.tracer.extra.isEmpty());
        again.tracer = chosen;
        sheet->setOptions(again);
        QVERIFY(sheet->findChild<QAbstractButton*>(u"preset5"_s)->isChecked());
        QCOMPARE(sheet->options().tracer.extra, chosen.extra);
        press("keepArguments");
        press("preset0");
        QVERIFY(sheet->options().tracer.extra.isEmpty());
        sheet->hide();
    }

    void shortcutsRestWhileTheSheetIsOpen()
    {
        LaunchSheet* sheet = popUp();
        auto* button = sheet->findChild<QAbstractButton*>(u"launchButton"_s);
        button->setFocus();
        QKeyEvent override(QEvent::ShortcutOverride, Qt::Key_Q, Qt::NoModifier, u"q"_s);
        override.ignore();
        QCoreApplication::sendEvent(sheet, &override);
        QVERIFY(override.isAccepted());
        for (int i = 0; i < 40; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QVERIFY(sheet->isAncestorOf(QApplication::focusWidget()));
        }
        sheet->hide();
        QVERIFY(!sheet->isAncestorOf(QApplication::focusWidget()));
        QKeyEvent again(QEvent::ShortcutOverride, Qt::Key_Q, Qt::ControlModifier);
        again.ignore();
        QCoreApplication::sendEvent(sheet, &again);
        QVERIFY(!again.isAccepted());
    }

    void aScriptIsRecordedAndItsRecordingOpens()
    {
        const QString script = m_fixture->write(u"prog.py"_s,
            "import sys\n\ndef work(n):\n    return sum(range(n))\n\ndef main():\n    for i in range(5):\n        work(i)\n"
            "    print('hello', *sys.argv[1:])\n    print('oops', file=sys.stderr)\n\nmain()\n");
        popUp();
        type("script", script);
        type("arguments", u"a 'b c'"_s);
        clearVariables();
        type("variableName0", u"COLOUR=blue"_s);
        press("launchButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() && !m_fixture->window->isBusy(), 60000);
        Document* document = m_fixture->window->document();
        QVERIFY(document->title().startsWith(u"prog"_s));
        const std::string text = console()->text().toStdString();
        QVERIFY2(text.find("hello a b c") != std::string::npos, text.c_str());
        QVERIFY2(text.find("oops") != std::string::npos, text.c_str());
        QVERIFY2(text.find("Ended after") != std::string::npos, text.c_str());
        // Five calls of work, and its source came along.
        const std::vector<bool> mask = store::matchFunctions(document->trace(), "work", false);
        QCOMPARE(store::countSlices(document->trace(), mask), 5u);
        document->state()->select(store::findSlice(document->trace(), mask, document->trace().begin(), true));
        QCOMPARE(document->source()->markedLine(), 3);
        QVERIFY(document->source()->shownText().contains(u"def work(n):"_s));
        QVERIFY(m_fixture->action(ActionId::LaunchAgain)->isEnabled());
    }

    void whatIsNoScriptRunsWhereTheLastOneStood()
    {
        LaunchSheet* sheet = popUp(); // the script of the test before, in its own folder
        QVERIFY(sheet->findChild<QLineEdit*>(u"folder"_s)->text().isEmpty());
        QTest::mouseClick(segment(u"Code"_s), Qt::LeftButton);
        QCOMPARE(sheet->options().workingDirectory, m_fixture->dir.path());
        sheet->hide();
    }

    void aFailedProgramIsSaid()
    {
        const QString script = m_fixture->write(u"fails.py"_s, "def work():\n    return 3\n\nraise SystemExit(work())\n");
        const Document* before = m_fixture->window->document();
        popUp();
        type("script", script);
        press("launchButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() != before && !m_fixture->window->isBusy(), 60000);
        QVERIFY(m_fixture->window->notices().shownTexts().contains(u"fails.py ended with status 3."_s));
    }

    void aProgramIsStoppedPolitely()
    {
        const Document* before = m_fixture->window->document();
        LaunchSheet* sheet = popUp();
        QTest::mouseClick(segment(u"Code"_s), Qt::LeftButton);
        sheet->findChild<QPlainTextEdit*>(u"code"_s)->setPlainText(
            u"import time\ndef wait():\n    time.sleep(0.02)\nprint('ready', flush=True)\nwhile True:\n    wait()\n"_s);
        type("arguments", {});
        press("launchButton");
        QTRY_VERIFY_WITH_TIMEOUT(console()->text().contains(u"ready"_s), 60000);
        QVERIFY(m_fixture->action(ActionId::Stop)->isEnabled());
        QVERIFY(!m_fixture->action(ActionId::Launch)->isEnabled());
        m_fixture->action(ActionId::Stop)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() != before && !m_fixture->window->isBusy(), 60000);
        QVERIFY(console()->text().contains(u"KeyboardInterrupt"_s));
        QVERIFY(!m_fixture->action(ActionId::Stop)->isEnabled());
    }

    void configurationsAreNamedCopiedRenamedExportedAndDeleted()
    {
        LaunchSheet* sheet = popUp();
        QTest::mouseClick(segment(u"Module"_s), Qt::LeftButton);
        type("module", u"json.tool"_s);
        type("arguments", u"--indent 2"_s);
        press("saveAs");
        auto* name = sheet->findChild<QLineEdit*>(u"configurationName"_s);
        QVERIFY(name->isVisible() && name->hasFocus());
        QTest::keyClicks(name, u"tidy"_s);
        QTest::keyClick(name, Qt::Key_Return);
        auto* box = sheet->findChild<QComboBox*>(u"configuration"_s);
        QCOMPARE(box->currentText(), u"tidy"_s);
        QVERIFY(sheet->isVisible()); // Enter was the name's
        pick("configurationDuplicate");
        QCOMPARE(box->currentText(), u"tidy 2"_s);
        type("arguments", u"--indent 4"_s);
        pick("configurationSave");
        pick("configurationRename");
        QTest::keyClicks(name, u"wide"_s);
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(box->currentText(), u"wide"_s);
        const QString file = m_fixture->dir.filePath(u"wide.json"_s);
        sheet->configurations().exportTo(file);

        // Another one is chosen with the keyboard; its fields come back.
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Up);
        QCOMPARE(box->currentText(), u"tidy"_s);
        QCOMPARE(sheet->findChild<QLineEdit*>(u"arguments"_s)->text(), u"--indent 2"_s);
        box->setCurrentIndex(box->findText(u"wide"_s));
        pick("configurationDelete");
        QCOMPARE(box->findText(u"wide"_s), -1);
        sheet->configurations().importFrom(file);
        QCOMPARE(box->currentText(), u"wide"_s);
        QCOMPARE(sheet->options().arguments, (QStringList{u"--indent"_s, u"4"_s}));
        sheet->configurations().importFrom(m_fixture->write(u"none.json"_s, "[1, 2"));
        QVERIFY(sheet->findChild<QLabel*>(u"launchProblem"_s)->text().contains(u"holds no launch configurations"_s));
        sheet->hide();
    }

    void aToolOfTheEnvironmentAndARecipeFillTheForm()
    {
        m_fixture->write(u"web.py"_s, "from flask import Flask\nsite = Flask(__name__)\n");
        LaunchSheet* sheet = popUp();
        type("folder", m_fixture->dir.path());
        auto* recipes = sheet->findChild<QToolButton*>(u"recipes"_s);
        Q_EMIT recipes->menu()->aboutToShow();
        recipes->menu()->actions().first()->trigger();
        QVERIFY(segment(u"Module"_s)->isChecked());
        QCOMPARE(sheet->options().target, u"flask"_s);
        QCOMPARE(sheet->options().arguments, (QStringList{u"--app"_s, u"web:site"_s, u"run"_s, u"--no-reload"_s}));
        QTest::mouseClick(segment(u"Tool"_s), Qt::LeftButton);
        auto* tool = sheet->findChild<QComboBox*>(u"tool"_s);
        QTest::keyClicks(tool->lineEdit(), u"no-such-tool"_s);
        press("launchButton");
        auto* problem = sheet->findChild<QLabel*>(u"launchProblem"_s);
        QTRY_VERIFY_WITH_TIMEOUT(problem->text().contains(u"no-such-tool"_s), 30000);
        QTest::mouseClick(segment(u"Tests"_s), Qt::LeftButton);
        type("tests", u"test_a.py::test_b -x"_s);
        QVERIFY(sheet->findChild<QLabel*>(u"commandLine"_s)->text().contains(u"-m pytest test_a.py::test_b -x"_s));
        sheet->hide();
    }

    void theCostIsMeasuredWhenAskedFor()
    {
        LaunchSheet* sheet = popUp();
        QTest::mouseClick(segment(u"Code"_s), Qt::LeftButton);
        auto* code = sheet->findChild<QPlainTextEdit*>(u"code"_s);
        const QString before = code->toPlainText();
        code->setPlainText(u"def f(x): return x\nfor i in range(100000): f(i)\n"_s);
        auto* slower = sheet->findChild<QLabel*>(u"costSlower"_s);
        QCOMPARE(slower->text(), u"–"_s);
        press("measure");
        auto* note = sheet->findChild<QLabel*>(u"costNote"_s);
        QTRY_VERIFY_WITH_TIMEOUT(note->text().contains(u"Measured on"_s), 60000);
        QVERIFY2(slower->text() != u"–"_s, qPrintable(note->text()));
        code->setPlainText(before); // what was measured does not hold for another program
        QCOMPARE(slower->text(), u"–"_s);
        sheet->hide();
    }

    void theLastLaunchIsRememberedByTheNextWindow()
    {
        m_fixture->window->close();
        m_fixture->remake();
        LaunchSheet* sheet = popUp();
        QVERIFY(segment(u"Code"_s)->isChecked());
        QVERIFY(sheet->findChild<QPlainTextEdit*>(u"code"_s)->toPlainText().contains(u"def wait()"_s));
        QCOMPARE(sheet->options().environment.size(), 1);
        sheet->hide();
    }

private:
    ConsoleView* console() const { return m_fixture->window->findChild<ConsoleView*>(); }
    LaunchSheet* popUp()
    {
        m_fixture->action(ActionId::Launch)->trigger();
        LaunchSheet* sheet = m_fixture->window->launchSheet();
        (void)QTest::qWaitFor([sheet] { return sheet->isVisible() && sheet->isReady(); }, 60000);
        return sheet;
    }
    void type(const char* field, const QString& text)
    {
        auto* edit = m_fixture->window->launchSheet()->findChild<QLineEdit*>(QString::fromLatin1(field));
        edit->clear();
        QTest::keyClicks(edit, text);
    }
    void clearVariables()
    {
        m_fixture->window->launchSheet()->findChild<VariablesEdit*>()->setVariables({});
    }
    void press(const char* button)
    {
        QTest::mouseClick(m_fixture->window->launchSheet()->findChild<QAbstractButton*>(QString::fromLatin1(button)), Qt::LeftButton);
    }
    QAbstractButton* segment(const QString& text)
    {
        for (auto* button : m_fixture->window->launchSheet()->findChildren<QAbstractButton*>())
            if (button->text() == text)
                return button;
        return nullptr;
    }
    void pick(const char* entry)
    {
        auto* more = m_fixture->window->launchSheet()->findChild<QToolButton*>(u"configurationMore"_s);
        Q_EMIT more->menu()->aboutToShow();
        auto* action = more->menu()->findChild<QAction*>(QString::fromLatin1(entry));
        QVERIFY(action && action->isEnabled());
        action->trigger();
    }
    QString errorOf(const char* field)
    {
        auto* error = m_fixture->window->launchSheet()->findChild<QWidget*>(QString::fromLatin1(field) + u"Error"_s);
        return error->isHidden() ? QString() : error->findChildren<QLabel*>().last()->text();
    }

    std::unique_ptr<UiFixture> m_fixture;
    QString m_python;
};

QTEST_MAIN(TestUiLaunch)
#include "tst_uilaunch.moc"
