// SPDX-License-Identifier: GPL-3.0-or-later
// The attach sheet of a real window, on a web server that runs.
#include "session/interpreter.h"
#include "session/remote.h"
#include "store/trace.h"
#include "traced_python.h"
#include "ui/attacher.h"
#include "ui/attachsheet.h"
#include "ui/processmodel.h"
#include "ui_fixture.h"
#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QTreeView>
#include <csignal>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiAttach : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_python = tracedPython();
        QVERIFY(!m_python.isEmpty());
        if (attachingIsForbidden())
            QSKIP("this computer does not let programs attach (kernel.yama.ptrace_scope)");
        m_fixture = std::make_unique<UiFixture>();
        QDir::setCurrent(m_fixture->dir.path());
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void cleanup()
    {
        if (m_server)
            endServer();
    }

    void aSmallWindowHasRoomForNamesAndButtons()
    {
        const QSize before = m_fixture->window->size();
        m_fixture->window->resize(640, 480);
        AttachSheet* sheet = popUp();
        auto* tree = sheet->findChild<QTreeView*>(u"processes"_s);
        QTRY_VERIFY(tree->columnWidth(0) >= 240);
        QVERIFY(tree->isColumnHidden(ProcessModel::State));
        auto* duration = sheet->findChild<QWidget*>(u"duration"_s);
        QTRY_VERIFY(duration->width() >= duration->sizeHint().width());
        sheet->hide();
        m_fixture->window->resize(before);
        sheet = popUp();
        QTRY_VERIFY(!tree->isColumnHidden(ProcessModel::State));
        sheet->hide();
    }

    void theServerIsFoundByWhatItIsCalled()
    {
        startServer();
        AttachSheet* sheet = popUp();
        QVERIFY(sheet->findChild<QLineEdit*>(u"processSearch"_s)->hasFocus());
        QTest::keyClicks(QApplication::focusWidget(), u"stop-here"_s);
        QTRY_COMPARE_WITH_TIMEOUT(sheet->chosen(), pid(), 30000);
        QVERIFY2(button()->text().contains(u"Attach to attach_targets.py"_s), qPrintable(button()->text()));
        QVERIFY(sheet->findChild<QLabel*>(u"attachCommand"_s)->text() == u"calltide attach %1"_s.arg(pid()));
        QVERIFY(sheet->findChild<QLabel*>(u"attachInfo"_s)->text().contains(u"runs on as before"_s));
        QTest::mouseClick(segment(u"10 s"_s), Qt::LeftButton);
        QVERIFY(sheet->findChild<QLabel*>(u"attachCommand"_s)->text().endsWith(u"-t 10"_s));
        QTest::mouseClick(segment(u"Until I stop"_s), Qt::LeftButton);
        auto* stop = sheet->findChild<QComboBox*>(u"stopWhenKind"_s);
        stop->setFocus();
        QTest::keyClick(stop, Qt::Key_Down);
        QVERIFY(!button()->isEnabled()); // which function is not said yet
        QTest::keyClicks(sheet->findChild<QLineEdit*>(u"stopWhen"_s), u"render"_s);
        QVERIFY(button()->isEnabled());
        QVERIFY2(sheet->findChild<QLabel*>(u"attachCommand"_s)->text().endsWith(u"--stop-when=enter:render"_s),
            qPrintable(sheet->findChild<QLabel*>(u"attachCommand"_s)->text()));
        QTest::keyClick(stop, Qt::Key_Home);
        QTest::keyClick(sheet, Qt::Key_Escape);
        QVERIFY(!sheet->isVisible());
    }

    void itIsSeenWhileItRunsPausedAndStopped()
    {
        startServer();
        AttachSheet* sheet = popUp();
        sheet->findChild<QLineEdit*>(u"processSearch"_s)->setText(u"stop-here"_s);
        QTRY_COMPARE_WITH_TIMEOUT(sheet->chosen(), pid(), 30000);
        QTest::mouseClick(segment(u"Until I stop"_s), Qt::LeftButton);
        QTest::mouseClick(button(), Qt::LeftButton);
        QVERIFY(!sheet->isVisible());
        Attacher& attacher = m_fixture->window->attacher();
        QTRY_VERIFY_WITH_TIMEOUT(attacher.mayPause(), 60000);
        QVERIFY(!m_fixture->action(ActionId::Launch)->isEnabled());
        QVERIFY(grows(1));
        const Document* live = m_fixture->window->document();
        const int tab = m_fixture->tabs()->currentIndex();
        QVERIFY(m_fixture->tabs()->tabText(tab).endsWith(u"recording"_s));
        QVERIFY(openOnes(live->trace()) > 0);
        QVERIFY(grows(live->trace().sliceCount() + 100));
        m_fixture->action(ActionId::Pause)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(attacher.isPaused(), 60000);
        m_fixture->action(ActionId::Pause)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!attacher.isPaused(), 60000);
        QVERIFY(grows(live->trace().sliceCount() + 100));
        m_fixture->action(ActionId::Stop)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!attacher.isRunning() && !live->isLive(), 60000);
        QCOMPARE(m_fixture->window->document(), live); // and in its tab
        QCOMPARE(m_fixture->tabs()->currentIndex(), tab);
        QVERIFY(!m_fixture->tabs()->tabText(tab).contains(u"recording"_s));
        QVERIFY(m_fixture->action(ActionId::Attach)->isEnabled());
        QVERIFY(live->trace().sliceCount() > 200);
        QVERIFY(openOnes(live->trace()) > 0);
        QCOMPARE(endServer(), u"OK 1\n"_s); // and the server never noticed
    }

    void oneThatIsRecordedAlreadyIsOpenedInstead()
    {
        startServer();
        session::AttachOptions options;
        options.processId = pid();
        options.output = m_fixture->dir.filePath(u"other.calltide"_s);
        auto attached = session::attach(options);
        QVERIFY2(attached, attached ? "" : attached.error().message.c_str());
        AttachSheet* sheet = popUp();
        sheet->findChild<QLineEdit*>(u"processSearch"_s)->setText(u"stop-here"_s);
        QTRY_COMPARE_WITH_TIMEOUT(button()->text().trimmed(), u"Open"_s, 30000);
        sheet->hide();
        const auto again = session::attach(options);
        QVERIFY(!again);
        QCOMPARE(QString::fromStdString(again.error().message), u"Process %1 is being recorded already."_s.arg(pid()));
        QVERIFY(bool(session::endAttached(pid(), options.output)));
    }

    void whatCannotBeAttachedSaysWhy()
    {
        AttachSheet* sheet = popUp();
        auto* search = sheet->findChild<QLineEdit*>(u"processSearch"_s);
        auto* info = sheet->findChild<QLabel*>(u"attachInfo"_s);
        auto* copy = sheet->findChild<QWidget*>(u"attachCopy"_s);
        search->setText(u"1073741824"_s);
        QTRY_COMPARE_WITH_TIMEOUT(sheet->findChild<QLabel*>(u"attachNone"_s)->text(), u"There is no process 1073741824."_s, 30000);
        QVERIFY(sheet->findChild<QLabel*>(u"attachNone"_s)->isVisible() && !button()->isEnabled() && !copy->isVisible());
        QProcess sleeper;
        sleeper.start(u"sleep"_s, {u"1000"_s});
        QVERIFY(sleeper.waitForStarted());
        search->setText(QString::number(sleeper.processId())); // also what is no Python
        QTRY_COMPARE_WITH_TIMEOUT(info->text(), u"Process %1 is not a Python program."_s.arg(sleeper.processId()), 30000);
        QVERIFY(!button()->isEnabled() && !copy->isVisible());
        sleeper.kill();
        QVERIFY(sleeper.waitForFinished());
        startServer();
        ::kill(pid(), SIGSTOP);
        search->setText(QString::number(pid()));
        QTRY_VERIFY_WITH_TIMEOUT(info->text().contains(u"is suspended. Resume it first"_s), 30000);
        QVERIFY(!button()->isEnabled());
        ::kill(pid(), SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(button()->isEnabled() && copy->isVisible(), 30000);
        sheet->hide();
    }

    void theWindowClosesAndTheRecordingGoesOn()
    {
        startServer();
        AttachSheet* sheet = popUp();
        sheet->findChild<QLineEdit*>(u"processSearch"_s)->setText(u"stop-here"_s);
        QTRY_COMPARE_WITH_TIMEOUT(sheet->chosen(), pid(), 30000);
        QTest::mouseClick(button(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->attacher().mayPause(), 60000);
        QVERIFY(!m_fixture->window->close() && !m_fixture->window->close()); // which asks once
        QVERIFY(m_fixture->question() && m_fixture->question()->text().contains(u"--stop %1"_s.arg(pid())));
        m_fixture->answer(u"Cancel"_s);
        QVERIFY(m_fixture->window->isVisible() && m_fixture->window->attacher().isRunning());
        m_fixture->window->close();
        m_fixture->answer(u"Keep recording"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!m_fixture->window->isVisible(), 60000);
        m_fixture->remake();
        sheet = popUp();
        sheet->findChild<QLineEdit*>(u"processSearch"_s)->setText(u"stop-here"_s);
        auto* stop = sheet->findChild<QAbstractButton*>(u"attachStop"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stop->isVisible() && stop->isEnabled(), 30000);
        QCOMPARE(button()->text().trimmed(), u"Open"_s);
        QTest::mouseClick(stop, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(button()->text().contains(u"Attach to"_s) && !stop->isVisible(), 60000);
        sheet->hide();
        QCOMPARE(endServer(), u"OK 1\n"_s);
    }

    void waitingAttachesToTheNextOneThatFits()
    {
        const Document* before = m_fixture->window->document();
        AttachSheet* sheet = popUp();
        QTest::mouseClick(segment(u"When one starts…"_s), Qt::LeftButton);
        QTest::keyClicks(sheet->findChild<QLineEdit*>(u"pattern"_s), u"stop-here"_s);
        QTest::keyClick(sheet->findChild<QLineEdit*>(u"pattern"_s), Qt::Key_Return);
        QCOMPARE(sheet->findChild<QLabel*>(u"waiting"_s)->text(), u"Waiting for stop-here…"_s);
        startServer();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->attacher().mayPause(), 60000);
        QVERIFY(!sheet->isVisible());
        m_fixture->action(ActionId::Stop)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->window->document() != before, 60000);
    }

private:
    // The shown recording grows until `calls` are in it.
    bool grows(uint64_t calls) const
    {
        return QTest::qWaitFor(
            [&] {
                const Document* shown = m_fixture->window->document();
                return shown && shown->isLive() && shown->trace().sliceCount() >= calls;
            },
            60000);
    }

    // Calls that ran already when the recording began.
    static int openOnes(const store::Trace& trace)
    {
        int found = 0;
        for (const store::Row& row : trace.rows())
            for (store::SliceIndex s = row.first; s < row.first + row.count; s++)
                found += (trace.flags(s) & store::kAlreadyRunning) != 0;
        return found;
    }
    void startServer()
    {
        m_server = std::make_unique<QProcess>();
        m_stop = m_fixture->dir.filePath(u"stop-here"_s);
        QFile::remove(m_stop);
        m_server->start(m_python, {u"-B"_s, QStringLiteral(CALLTIDE_SOURCE_DIR "/tests/targets/attach_targets.py"), u"http"_s, m_stop});
        QVERIFY(QTest::qWaitFor([this] { return m_server->canReadLine(); }, 60000));
        QCOMPARE(m_server->readLine(), QByteArray("READY\n"));
    }
    QString endServer()
    {
        QFile(m_stop).open(QIODevice::WriteOnly);
        if (!QTest::qWaitFor([this] { return m_server->state() == QProcess::NotRunning; }, 60000))
            m_server->kill();
        const QString said = QString::fromUtf8(m_server->readAll());
        m_server.reset();
        return said;
    }
    int pid() const { return int(m_server->processId()); }
    AttachSheet* popUp()
    {
        m_fixture->action(ActionId::Attach)->trigger();
        AttachSheet* sheet = m_fixture->window->attacher().sheet();
        (void)QTest::qWaitFor([sheet] { return sheet->isVisible(); });
        return sheet;
    }
    QAbstractButton* button() { return m_fixture->window->attacher().sheet()->findChild<QAbstractButton*>(u"attachButton"_s); }
    QAbstractButton* segment(const QString& text)
    {
        for (auto* found : m_fixture->window->attacher().sheet()->findChildren<QAbstractButton*>())
            if (found->text() == text)
                return found;
        return nullptr;
    }

    std::unique_ptr<UiFixture> m_fixture;
    std::unique_ptr<QProcess> m_server;
    QString m_python, m_stop;
};

QTEST_MAIN(TestUiAttach)
#include "tst_uiattach.moc"
