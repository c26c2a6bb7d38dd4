// SPDX-License-Identifier: GPL-3.0-or-later
// The export sheet in a real window: what is chosen there is what is in the file.
#include "../core/recordingwriter.h"
#include "formats/container.h"
#include "formats/reader.h"
#include "render/viewstate.h"
#include "ui/choicecard.h"
#include "ui/controls.h"
#include "ui/exportsheet.h"
#include "ui_fixture.h"
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::StringLiterals;

class TestUiExport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<UiFixture>();
        m_document = m_fixture->open(m_fixture->writeShop());
        QVERIFY(m_document);
        m_fixture->settings.setExportFolder(m_fixture->dir.path());
    }
    void cleanup() { m_fixture.reset(); }

    void theExportOpensAgainWithTheSameCalls()
    {
        ExportSheet* sheet = popUp();
        QCOMPARE(path(), m_fixture->dir.filePath(u"shop.json"_s));
        QVERIFY(!button()->isEnabled()); // that is the file which is open
        QVERIFY(note().contains(u"Choose another name"_s));
        setPath(u"out.json"_s);
        QVERIFY(note().isEmpty());
        QTest::keyClick(sheet->findChild<QLineEdit*>(u"exportPath"_s), Qt::Key_Return);
        QVERIFY(!sheet->isVisible());
        QTRY_VERIFY(m_fixture->window->notices().shownTexts().join(u'\n').contains(u"out.json is written"_s));
        Document* again = m_fixture->open(m_fixture->dir.filePath(u"out.json"_s));
        QVERIFY(again && again != m_document);
        QCOMPARE(again->trace().sliceCount(), m_document->trace().sliceCount());
        QCOMPARE(again->trace().duration(), m_document->trace().duration());
        QCOMPARE(again->trace().sources().size(), size_t(1));
    }

    void aFileThatIsThereIsReplacedOnlyWhenSaidSo()
    {
        const QString there = m_fixture->write(u"notes.json"_s, "mine");
        for (const bool yes : {false, true}) {
            popUp();
            setPath(u"notes.json"_s);
            QVERIFY(note().contains(u"is there already"_s));
            button()->click();
            QVERIFY(sheet()->isVisible() && m_fixture->question());
            QVERIFY(m_fixture->question()->text().contains(u"notes.json is there already"_s));
            QCOMPARE(QFileInfo(there).size(), 4);
            if (yes)
                m_fixture->answer(u"Replace"_s);
            else
                QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); // what is chosen at first harms nothing
            QVERIFY(!m_fixture->question());
            QCOMPARE(sheet()->isVisible(), !yes);
            if (!yes) {
                QCOMPARE(QFileInfo(there).size(), 4);
                QTest::keyClick(sheet(), Qt::Key_Escape);
            }
        }
        QTRY_VERIFY(QFileInfo(there).size() > 100);
    }

    void theFormatGivesTheNameItsEnding()
    {
        popUp();
        setPath(u"a.b.json"_s);
        choose(u"speedscope"_s);
        QCOMPARE(path(), m_fixture->dir.filePath(u"a.b.speedscope.json"_s));
        sheet()->findChild<Segments*>(u"exportPacking"_s)->setCurrent(2);
        QCOMPARE(path(), m_fixture->dir.filePath(u"a.b.speedscope.json.zst"_s));
        choose(u"Table of functions"_s);
        QCOMPARE(path(), m_fixture->dir.filePath(u"a.b.csv.zst"_s));
        sheet()->findChild<Segments*>(u"exportPacking"_s)->setCurrent(0);
        QCOMPARE(path(), m_fixture->dir.filePath(u"a.b.csv"_s));
        setPath(u"nowhere/a.csv"_s);
        QVERIFY(!button()->isEnabled());
        QVERIFY(note().contains(u"There is no folder"_s));
        QTest::keyClick(sheet(), Qt::Key_Escape);
        QVERIFY(!sheet()->isVisible());
    }

    void everyFormatIsWritten()
    {
        const int formats = int(popUp()->findChildren<ChoiceCard*>().size());
        QCOMPARE(formats, 8);
        QTest::keyClick(sheet(), Qt::Key_Escape);
        for (int i = 0; i < formats - 1; ++i) {
            popUp();
            sheet()->findChild<ChoiceCard*>(u"format%1"_s.arg(i))->click();
            setPath(u"all"_s + QFileInfo(path()).fileName().mid(4));
            const QString file = path();
            QVERIFY(button()->isEnabled());
            QTest::mouseClick(button(), Qt::LeftButton);
            QTRY_VERIFY(QFile::exists(file));
            if (!file.endsWith(u".csv"_s))
                QVERIFY2(formats::open(file.toStdString()), qPrintable(file));
        }
    }

    void onlyWhatIsChosenIsWritten()
    {
        render::ViewState* state = m_document->state();
        state->setRange({35'000'000, 65'000'000});
        popUp();
        sheet()->findChild<Segments*>(u"exportPart"_s)->setCurrent(1);
        QCOMPARE(written(u"part.json"_s), uint64_t(2)); // main, and the work in the middle
        state->setSearchText(u"work"_s);
        popUp();
        QCOMPARE(sheet()->findChild<Segments*>(u"exportPart"_s)->current(), 0);
        auto* calls = sheet()->findChild<QComboBox*>(u"exportCalls"_s);
        QCOMPARE(calls->count(), 2);
        calls->setCurrentIndex(1);
        QCOMPARE(written(u"hits.json"_s), uint64_t(3));
        state->setArea(render::Area{{0, 31'000'000}, {}});
        popUp();
        QCOMPARE(sheet()->findChild<Segments*>(u"exportPart"_s)->current(), 2);
        QCOMPARE(written(u"area.json"_s), uint64_t(2));
    }

    void aRecordingBecomesOneFileWithItsNotes()
    {
        popUp();
        QVERIFY(!card(u"Recording as one file"_s)->isEnabled()); // JSON is none
        QTest::keyClick(sheet(), Qt::Key_Escape);
        using W = RecordingWriter;
        W w;
        w.function(128, "main", format::FunctionKind::Module);
        w.thread(0, "MainThread");
        w.writeTables();
        w.events({W::enter(128), W::leave(5000)});
        m_document = m_fixture->open(m_fixture->write(u"run.calltide"_s, {reinterpret_cast<const char*>(w.bytes.data()), qsizetype(w.bytes.size())}));
        QVERIFY(m_document);
        layout::Note note;
        note.from = note.to = m_document->trace().begin();
        note.text = "here";
        m_document->state()->addNote(note);
        QTRY_VERIFY(QFile::exists(m_fixture->dir.filePath(u"run.calltide.notes.json"_s)));
        popUp();
        choose(u"Recording as one file"_s);
        QCOMPARE(path(), m_fixture->dir.filePath(u"run.packed.calltide"_s));
        QTest::mouseClick(button(), Qt::LeftButton);
        QTRY_VERIFY(QFile::exists(m_fixture->dir.filePath(u"run.packed.calltide"_s)));
        Document* packed = m_fixture->open(m_fixture->dir.filePath(u"run.packed.calltide"_s));
        QVERIFY(packed && packed != m_document);
        QCOMPARE(packed->trace().sliceCount(), uint64_t(1));
        QCOMPARE(packed->state()->notes().size(), size_t(1));
        QCOMPARE(packed->state()->notes().front().text, std::string("here"));
    }

    void theFileIsChosenInTheDialog()
    {
        popUp();
        auto* timer = new QTimer(qApp);
        const QString wanted = m_fixture->dir.filePath(u"chosen.json"_s);
        connect(timer, &QTimer::timeout, qApp, [timer, wanted] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            timer->deleteLater();
            auto* name = dialog->findChild<QLineEdit*>(u"fileNameEdit"_s);
            name->setText(wanted);
            QTest::keyClick(name, Qt::Key_Return);
        });
        timer->start(50);
        QTest::mouseClick(sheet()->findChild<QToolButton*>(u"exportBrowse"_s), Qt::LeftButton);
        QCOMPARE(path(), wanted);
    }

private:
    ExportSheet* sheet() const { return m_fixture->window->findChild<ExportSheet*>(); }
    ExportSheet* popUp()
    {
        m_fixture->action(ActionId::Export)->trigger();
        return sheet();
    }
    QPushButton* button() const { return sheet()->findChild<QPushButton*>(u"exportButton"_s); }
    QString path() const { return sheet()->findChild<QLineEdit*>(u"exportPath"_s)->text(); }
    QString note() const { return sheet()->findChild<QLabel*>(u"exportNote"_s)->text(); }
    void setPath(const QString& name)
    {
        sheet()->findChild<QLineEdit*>(u"exportPath"_s)->setText(m_fixture->dir.filePath(name));
    }
    ChoiceCard* card(const QString& title) const
    {
        for (ChoiceCard* c : sheet()->findChildren<ChoiceCard*>())
            if (c->text() == title)
                return c;
        return nullptr;
    }
    void choose(const QString& title) { card(title)->click(); }
    uint64_t written(const QString& name)
    {
        setPath(name);
        button()->click();
        const std::string file = m_fixture->dir.filePath(name).toStdString();
        (void)QTest::qWaitFor([&] { return QFile::exists(QString::fromStdString(file)); });
        const auto trace = formats::open(file);
        return trace ? (*trace)->sliceCount() : 0;
    }

    std::unique_ptr<UiFixture> m_fixture;
    Document* m_document = nullptr;
};

QTEST_MAIN(TestUiExport)
#include "tst_uiexport.moc"
