// SPDX-License-Identifier: GPL-3.0-or-later
// Programs launched from the sheet of a real window, recorded by a real interpreter.
#include "ui_fixture.h"
#include "session/interpreter.h"
#include "store/statistics.h"
#include "ui/consoleview.h"
#include "ui/launchsheet.h"
#include "ui/sourceview.h"
#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiLaunch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        qputenv("CALLTIDE_TRACER_FOLDER", CALLTIDE_BINARY_DIR "/lib/calltide/python");
        const auto found = session::findInterpreters();
        for (const session::Interpreter& python : found)
            if (python.usable() && m_python.isEmpty())
                m_python = python.path;
        m_fixture = std::make_unique<UiFixture>();
        m_fixture->settings.setLaunchFolder(m_fixture->dir.path());
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void wrongFieldsSaySoBelowThem()
    {
        LaunchSheet* sheet = popUp();
        type("script", u"/nowhere/none.py"_s);
        type("folder", u"/nowhere"_s);
        type("variables", u"A=1 oops"_s);
        type("output", u"/nowhere/x.calltide"_s);
        press("launchButton");
        QVERIFY(errorOf("target").contains(u"/nowhere/none.py does not exist"_s));
        QVERIFY(errorOf("folder").contains(u"/nowhere is not a folder"_s));
        QVERIFY(errorOf("variables").contains(u"oops is not a variable"_s));
        QVERIFY(errorOf("output").contains(u"/nowhere does not exist"_s));
        QVERIFY(errorOf("arguments").isEmpty());
        QVERIFY(sheet->isVisible());
        QVERIFY(sheet->findChild<QLineEdit*>(u"script"_s)->hasFocus());
        QTest::keyClick(sheet->findChild<QLineEdit*>(u"script"_s), Qt::Key_Escape);
        QVERIFY(!sheet->isVisible());
    }

    void theCommandLineIsShownWhileTyping()
    {
        LaunchSheet* sheet = popUp();
        type("script", u"shop.py"_s);
        type("arguments", u"--fast 'two words'"_s);
        const QString line = sheet->findChild<QLabel*>(u"commandLine"_s)->text();
        QVERIFY2(line.startsWith(u"calltide record"_s) && line.endsWith(u"shop.py --fast 'two words'"_s), qPrintable(line));
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
        needPython();
        const QString script = m_fixture->write(u"prog.py"_s,
            "import sys\n\ndef work(n):\n    return sum(range(n))\n\ndef main():\n    for i in range(5):\n        work(i)\n"
            "    print('hello', *sys.argv[1:])\n    print('oops', file=sys.stderr)\n\nmain()\n");
        popUp();
        type("script", script);
        type("arguments", u"a 'b c'"_s);
        type("variables", u"COLOUR=blue"_s);
        press("launchButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document(), 60000);
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

    void aFailedProgramIsSaid()
    {
        needPython();
        const QString script = m_fixture->write(u"fails.py"_s, "def work():\n    return 3\n\nraise SystemExit(work())\n");
        const Document* before = m_fixture->window->document();
        popUp();
        type("script", script);
        press("launchButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() != before, 60000);
        QVERIFY(m_fixture->window->notices().shownTexts().contains(u"fails.py ended with status 3."_s));
    }

    void aProgramIsStoppedPolitely()
    {
        needPython();
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
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() != before, 60000);
        QVERIFY(console()->text().contains(u"KeyboardInterrupt"_s));
        QVERIFY(!m_fixture->action(ActionId::Stop)->isEnabled());
    }

    void theLastLaunchIsRememberedByTheNextWindow()
    {
        needPython();
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
    QString errorOf(const char* field)
    {
        auto* error = m_fixture->window->launchSheet()->findChild<QWidget*>(QString::fromLatin1(field) + u"Error"_s);
        return error->isHidden() ? QString() : error->findChildren<QLabel*>().last()->text();
    }
    void needPython()
    {
        if (m_python.isEmpty())
            QSKIP("this build has no tracer module for any Python here");
    }

    std::unique_ptr<UiFixture> m_fixture;
    QString m_python;
};

QTEST_MAIN(TestUiLaunch)
#include "tst_uilaunch.moc"
