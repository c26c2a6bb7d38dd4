// SPDX-License-Identifier: GPL-3.0-or-later
// The command palette, and the window's default keys.
#include "ui/actions.h"
#include "ui/cheatsheet.h"
#include "ui/fuzzy.h"
#include "ui/panels.h"
#include "ui_fixture.h"
#include "widget/flameview.h"
#include <QDialog>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QTableView>
#include <QTimer>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals::StringLiterals;

class TestUiPalette : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<UiFixture>();
        m_document = m_fixture->open(m_fixture->writeShop());
        QVERIFY(m_document);
        m_document->timeline()->setFocus();
    }
    void cleanup() { m_fixture.reset(); }

    void lettersAreFoundInTheirOrder()
    {
        QVERIFY(fuzzyMatch(u"Zoom to the selection"_s, u"zsel"_s).score > 0);
        QCOMPARE(fuzzyMatch(u"Zoom in"_s, u"zi"_s).letters, (QList<int>{0, 5}));
        QVERIFY(fuzzyMatch(u"Zoom in"_s, u"iz"_s).score < 0);
        QVERIFY(fuzzyMatch(u"load_orders"_s, u"lo"_s).score > fuzzyMatch(u"hello"_s, u"lo"_s).score);
        QVERIFY(fuzzyMatch(u"render_page"_s, u"rp"_s).score > fuzzyMatch(u"serpent"_s, u"rp"_s).score);
        QVERIFY(fuzzyMatch(u"pay"_s, u"pay"_s).score > fuzzyMatch(u"PaymentDeclined"_s, u"pay"_s).score);
        QCOMPARE(fuzzyMatch(u"Größe"_s, u"ÖSS"_s).score, -1);
        QVERIFY(fuzzyMatch(u"Größe"_s, u"öß"_s).score > 0);
        QCOMPARE(fuzzyMatch(u"a"_s, u"  "_s).score, 0);
    }

    void theWindowsKeysWorkInItsTextFields()
    {
        auto* search = m_fixture->window->findChild<QLineEdit*>(u"search"_s);
        QVERIFY(search);
        search->setFocus();
        int exports = 0;
        QAction* action = m_fixture->action(ActionId::Export);
        action->disconnect();
        connect(action, &QAction::triggered, this, [&exports] { ++exports; });
        QTest::keyClick(search, Qt::Key_E, Qt::ControlModifier); // the end of the line on X11
        QCOMPARE(exports, 1);
        QTest::keyClicks(search, u"work"_s);
        QTest::keyClick(search, Qt::Key_A, Qt::ControlModifier); // edits
        QCOMPARE(search->selectedText(), u"work"_s);
        press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClick(field(), Qt::Key_E, Qt::ControlModifier); // the palette keeps all of them
        QCOMPARE(exports, 1);
        action->disconnect(this);
    }

    void keysStepThroughTheTabs()
    {
        QVERIFY(m_fixture->open(m_fixture->writeShop(u"second.json"_s)));
        QTabBar* tabs = m_fixture->tabs();
        QCOMPARE(tabs->count(), 2);
        tabs->setCurrentIndex(0);
        const std::pair<Qt::Key, Qt::KeyboardModifiers> keys[] = {{Qt::Key_Tab, Qt::ControlModifier},
            {Qt::Key_Backtab, Qt::ControlModifier | Qt::ShiftModifier}, {Qt::Key_PageDown, Qt::ControlModifier},
            {Qt::Key_PageUp, Qt::ControlModifier}};
        int at = 0;
        for (const auto& [key, modifiers] : keys) {
            press(key, modifiers);
            QCOMPARE(tabs->currentIndex(), at = 1 - at);
        }
        m_fixture->window->findChild<QLineEdit*>(u"search"_s)->setFocus();
        press(Qt::Key_Tab, Qt::ControlModifier);
        QCOMPARE(tabs->currentIndex(), 1);
    }

    void functionsShareOneIcon() // drawing one for each would stop the window
    {
        m_document = m_fixture->open(m_fixture->write(u"two.json"_s, R"json([
{"ph":"X","name":"alphabet_one","pid":1,"tid":1,"ts":0,"dur":10},{"ph":"X","name":"alphabet_two","pid":1,"tid":1,"ts":20,"dur":10}])json"));
        QVERIFY(m_document);
        m_document->timeline()->setFocus();
        press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClicks(field(), u"alphabet"_s);
        const QAbstractItemModel* model = palette()->findChild<QListView*>()->model();
        QList<qint64> keys;
        for (int i = 0; i < model->rowCount(); ++i)
            if (const QString text = model->index(i, 0).data().toString(); text.startsWith(u"alphabet"_s))
                keys << model->index(i, 0).data(Qt::DecorationRole).value<QIcon>().cacheKey();
        QCOMPARE(keys.size(), 2);
        QCOMPARE(keys[0], keys[1]);
        QTest::keyClick(field(), Qt::Key_Escape);
    }

    void aCommandIsFoundRunAndRemembered()
    {
        press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(palette()->isVisible());
        QTest::keyClicks(field(), u"compact"_s);
        QCOMPARE(chosen(), u"Compact"_s);
        QTest::keyClick(field(), Qt::Key_Return);
        QVERIFY(!palette()->isVisible());
        QTRY_COMPARE(m_document->timeline()->rowSize(), layout::RowSize::Compact);
        QVERIFY(m_document->timeline()->hasFocus());
        press(Qt::Key_F1);
        QVERIFY(palette()->isVisible());
        QCOMPARE(chosen(), u"Compact (on)"_s); // what was used last stands first
        QTest::keyClick(field(), Qt::Key_Escape);
        QVERIFY(!palette()->isVisible());
        QVERIFY(m_document->timeline()->hasFocus());
    }

    void functionsAndThreadsAreFoundToo()
    {
        press(Qt::Key_F1);
        QTest::keyClicks(field(), u"work"_s);
        QCOMPARE(chosen(), u"work"_s);
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY(m_document->state()->selected() != store::kNoSlice);
        QCOMPARE(m_document->trace().functionName(m_document->trace().functionOf(m_document->state()->selected())), "work");
        press(Qt::Key_F1);
        QTest::keyClicks(field(), u"mainthr"_s);
        QCOMPARE(chosen(), u"MainThread"_s);
        QTest::keyClick(field(), Qt::Key_Escape);
        press(Qt::Key_F1);
        QTest::keyClicks(field(), u"qqqzzz"_s);
        QCOMPARE(chosen(), QString());
        QTest::keyClick(field(), Qt::Key_Return); // nothing to run
        QVERIFY(palette()->isVisible());
    }

    void numbersGoToTheViews()
    {
        press(Qt::Key_4);
        QTRY_VERIFY(QApplication::focusWidget() && QApplication::focusWidget()->inherits("QTableView"));
        press(Qt::Key_1);
        QTRY_VERIFY(m_document->timeline()->hasFocus());
        press(Qt::Key_2);
        QTRY_VERIFY(m_document->flame()->isVisible() && m_document->flame()->isAncestorOf(QApplication::focusWidget()));
        press(Qt::Key_3);
        QTRY_VERIFY(m_fixture->window->findChild<QWidget*>(u"callersCanvas"_s)->isVisible());
    }

    void lettersAndSignsOfTheWindow()
    {
        press(Qt::Key_Slash);
        QTRY_COMPARE(QApplication::focusWidget()->objectName(), u"search"_s);
        m_document->timeline()->setFocus();
        press(Qt::Key_F, Qt::ControlModifier);
        QTRY_COMPARE(QApplication::focusWidget()->objectName(), u"search"_s);
        m_document->timeline()->setFocus();
        const bool flame = m_document->flame()->isVisible();
        press(Qt::Key_Q);
        QTRY_COMPARE(m_document->flame()->isVisible(), !flame);
        press(Qt::Key_Q);
        QTRY_COMPARE(m_document->flame()->isVisible(), flame);
        press(Qt::Key_L);
        QVERIFY(m_document->state()->isMyCodeOnly());
        press(Qt::Key_L);
        QVERIFY(!m_document->state()->isMyCodeOnly());
        press(Qt::Key_Question);
        auto* sheet = m_fixture->window->findChild<QDialog*>(u"keysDialog"_s);
        QVERIFY(sheet);
        sheet->close();
    }

    void theListOfKeysIsSearchedAndKnowsThePreset()
    {
        press(Qt::Key_Question);
        auto* sheet = m_fixture->window->findChild<CheatSheet*>();
        QVERIFY(sheet && sheet->shownTexts().contains(u"Zoom in"_s));
        QVERIFY(sheet->shownTexts().contains(u"Next tab"_s));
        QCOMPARE(sheet->columns(), 3);
        sheet->resize(500, 400);
        QCOMPARE(sheet->columns(), 1);
        sheet->findChild<QLineEdit*>()->setText(u"ctrl+g"_s);
        QCOMPARE(sheet->shownTexts(), QStringList{u"Go to a time"_s});
        m_fixture->settings.setKeyPreset(u"speedscope"_s);
        m_fixture->remake();
        m_fixture->action(ActionId::Keys)->trigger();
        sheet = m_fixture->window->findChild<CheatSheet*>();
        QVERIFY(sheet && sheet->shownTexts().contains(u"Scroll the tracks up"_s) && !sheet->shownTexts().contains(u"Zoom in"_s));
    }

    void theCheatSheetCutsNoWords()
    {
        press(Qt::Key_Question);
        auto* sheet = m_fixture->window->findChild<CheatSheet*>();
        QVERIFY(sheet);
        for (const int width : {1100, 720, 420}) {
            sheet->resize(width, 700);
            QTRY_COMPARE(sheet->width(), width);
            QCoreApplication::processEvents();
            const auto labels = sheet->findChildren<QLabel*>(u"keyText"_s);
            QVERIFY(labels.size() > 20);
            for (const QLabel* label : labels) {
                QVERIFY(!label->text().contains(u'…'));
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
            }
        }
        sheet->close();
    }

    void ctrlPAsksForTracks()
    {
        m_document = m_fixture->open(m_fixture->write(u"two.json"_s, R"([
{"ph":"X","name":"a","pid":1,"tid":1,"ts":0,"dur":100},{"ph":"X","name":"b","pid":1,"tid":2,"ts":0,"dur":100}])"));
        QVERIFY(m_document);
        press(Qt::Key_P, Qt::ControlModifier);
        QTRY_COMPARE(QApplication::focusWidget()->objectName(), u"trackFilter"_s);
    }

    void ctrlReturnOpensTheEditor()
    {
        const QString script = m_fixture->write(u"shop.py"_s, "def f():\n    pass\n");
        const QString told = m_fixture->dir.filePath(u"told"_s);
        const QString editor = m_fixture->write(u"editor"_s, "#!/bin/sh\necho \"$1 $2\" > '" + told.toUtf8() + ".new'; mv '"
                + told.toUtf8() + ".new' '" + told.toUtf8() + "'\n");
        QFile(editor).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("CALLTIDE_EDITOR", editor.toUtf8() + " -g %f:%l");
        m_document = m_fixture->open(m_fixture->write(u"edit.json"_s,
            R"json([{"ph":"X","name":"f (@:2)","pid":1,"tid":1,"ts":0,"dur":100}])json"_ba.replace('@', script.toUtf8())));
        QVERIFY(m_document);
        m_document->timeline()->setFocus();
        m_document->state()->select(0);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(QFile::exists(told));
        QFile file(told);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "-g " + script.toUtf8() + ":2\n");
        QFile::remove(script);
        press(Qt::Key_Return, Qt::ControlModifier); // said, not passed over
        QTRY_VERIFY(m_fixture->window->notices().shownTexts().join(u' ').contains(u"is not on this disk"_s));
        qunsetenv("CALLTIDE_EDITOR");
    }

    void ctrlOAsksForFiles()
    {
        bool asked = false;
        QTimer closer;
        connect(&closer, &QTimer::timeout, this, [&] {
            if (QWidget* dialog = QApplication::activeModalWidget()) {
                asked = qobject_cast<QFileDialog*>(dialog);
                dialog->close();
            }
        });
        closer.start(50);
        QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        press(Qt::Key_O, Qt::ControlModifier);
        QVERIFY(asked);
    }

    void rowHeightsAreKeptWithTheRecording()
    {
        m_fixture->action(ActionId::RowsLarge)->trigger();
        QCOMPARE(m_document->timeline()->rowSize(), layout::RowSize::Large);
        m_fixture->remake(); // which writes what is kept
        m_document = m_fixture->open(m_fixture->dir.filePath(u"shop.json"_s));
        QVERIFY(m_document);
        QCOMPARE(m_document->timeline()->rowSize(), layout::RowSize::Large);
        QVERIFY(m_fixture->action(ActionId::RowsLarge)->isChecked());
        Document* other = m_fixture->open(m_fixture->writeShop(u"other.json"_s));
        QCOMPARE(other->timeline()->rowSize(), layout::RowSize::Normal);
        QVERIFY(m_fixture->action(ActionId::RowsNormal)->isChecked());
    }

private:
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QWidget* target = QApplication::focusWidget() ? QApplication::focusWidget() : m_fixture->window.get();
        QTest::keyClick(target, key, modifiers);
    }
    QWidget* palette() const { return m_fixture->window->findChild<QWidget*>(u"palette"_s); }
    QLineEdit* field() const { return palette()->findChild<QLineEdit*>(); }
    QString chosen() const { return palette()->findChild<QListView*>()->currentIndex().data().toString(); }

    std::unique_ptr<UiFixture> m_fixture;
    Document* m_document = nullptr;
};

QTEST_MAIN(TestUiPalette)
#include "tst_uipalette.moc"
