// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the window, and what stays for the next time: tables and pictures of the panels, how tracks are arranged.
#include "render/viewstate.h"
#include "ui/callsview.h"
#include "ui/callview.h"
#include "ui/filterbar.h"
#include "ui/filterchip.h"
#include "ui/functionsmodel.h"
#include "ui/functionsview.h"
#include "ui/hitsview.h"
#include "ui/notesfile.h"
#include "ui/paneexport.h"
#include "ui/panels.h"
#include "ui/tracksjson.h"
#include "ui_fixture.h"
#include "widget/flameview.h"
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QToolButton>
#include <QXmlStreamReader>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::StringLiterals;

namespace {
// Two threads, a counter and asyncio tasks are in it.
const char kThreads[] = R"json({"traceEvents":[
{"ph":"M","name":"process_name","pid":1,"tid":1,"args":{"name":"app.py"}},
{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"MainThread"}},
{"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"pool, \u0022one\u0022"}},
{"ph":"M","name":"thread_name","pid":1,"tid":3,"args":{"name":"idle"}},
{"ph":"X","name":"main","pid":1,"tid":1,"ts":0,"dur":100},
{"ph":"X","name":"work","pid":1,"tid":1,"ts":10,"dur":20},
{"ph":"X","name":"work","pid":1,"tid":2,"ts":5,"dur":50},
{"ph":"X","name":"inner","pid":1,"tid":2,"ts":6,"dur":3},
{"ph":"X","name":"rest","pid":1,"tid":3,"ts":5,"dur":1},
{"ph":"C","name":"Memory","pid":1,"ts":3,"args":{"rss":5}}]})json";

QStringList names(const timeline::TimelineView& view)
{
    QStringList out;
    for (const auto& item : view.scene()->tracks().items())
        out << QString::fromStdString(item.name) + (item.pinned ? u"^"_s : QString()) + (item.collapsed ? u"-"_s : QString());
    return out;
}
} // namespace

class TestUiPanes : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_fixture = std::make_unique<UiFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void tracksStandAsTheyWereLeft()
    {
        const QString path = m_fixture->write(u"threads.json"_s, kThreads);
        Document* document = m_fixture->open(path);
        QVERIFY(document);
        timeline::TimelineView& view = *document->timeline();
        QCOMPARE(names(view), (QStringList{u"app.py"_s, u"MainThread"_s, u"pool, \"one\""_s, u"idle"_s, u"Memory"_s}));
        auto arrangement = view.arrangement();
        const auto key = [&](int item) { return layout::keyOf(view.scene()->tracks().items()[size_t(item)]); };
        arrangement.pinned = {key(4)};
        arrangement.hidden = {key(3)};
        arrangement.order = {key(2), key(1)};
        layout::Collapsed collapsed;
        collapsed.tracks = {view.scene()->tracks().items()[2].track};
        collapsed.rows[view.scene()->tracks().items()[1].track] = 1;
        view.setArrangement(arrangement);
        view.setCollapsed(collapsed);
        const QStringList expected{u"Memory^"_s, u"app.py"_s, u"pool, \"one\"-"_s, u"MainThread"_s};
        QCOMPARE(names(view), expected);
        document->notesFile()->save();
        QVERIFY(QFile::exists(path + u".notes.json"_s));

        m_fixture->remake();
        Document* again = m_fixture->open(path);
        QVERIFY(again && again != document);
        QCOMPARE(names(*again->timeline()), expected);
        QCOMPARE(again->timeline()->arrangement(), arrangement);
        QCOMPARE(again->timeline()->collapsed().rows, collapsed.rows);

        again->timeline()->setCollapsed({}); // as recorded: nothing is left to be kept
        again->timeline()->resetTracks();
        again->notesFile()->save();
        QVERIFY(!QFile::exists(path + u".notes.json"_s));
    }

    void arrangementsOfOtherFilesAreTakenAsFarAsTheyFit()
    {
        Document* document = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads));
        QVERIFY(document);
        const store::Trace& trace = document->trace();
        const auto parsed = [&](const char* json) {
            return tracksFromJson(trace, QJsonDocument::fromJson(json).object());
        };
        QCOMPARE(parsed(R"({"pinned":[[1,1,77,"gone"],3,null],"rows":[[1],5],"folded_processes":[9],"side":"up"})")
                     .arrangement,
            layout::Arrangement());
        const TracksLook look = parsed(R"({"folded_processes":[1],"side":"tasks"})");
        QCOMPARE(look.collapsed.groups.size(), size_t(1));
        QCOMPARE(look.arrangement.side, layout::TrackSide::Tasks);
        const QJsonObject written = tracksToJson(trace, look);
        QCOMPARE(tracksToJson(trace, tracksFromJson(trace, written)), written);
    }

    void tablesAreWrittenAsCsv()
    {
        Document* document = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads));
        QVERIFY(document);
        m_fixture->action(ActionId::ShowFunctions)->trigger();
        QTRY_VERIFY(document->functions()->isReady());
        QTRY_COMPARE(document->functions()->table()->model()->rowCount(), 4);
        m_fixture->action(ActionId::CopyTable)->trigger();
        const QStringList lines = QGuiApplication::clipboard()->text().split(u"\r\n"_s);
        QCOMPARE(lines.size(), 6); // the last one is empty
        QCOMPARE(lines[0], u"Function,Calls,Total ns,Self ns,Mean ns,p50 ns,p95 ns,p99 ns,Min ns,Max ns,Share of self time,Threads,Exceptions,Where"_s);
        QVERIFY(std::any_of(lines.begin(), lines.end(), [](const QString& line) {
            return line.startsWith(u"work,2,70000,67000,35000,50000,50000,50000,20000,50000,0."_s) && line.contains(u",2,0,"_s);
        }));

        const QString file = m_fixture->dir.filePath(u"calls.csv"_s);
        document->state()->select(document->trace().rowAt(store::TrackId(1u), 0).valid()
                ? document->trace().row(document->trace().rowAt(store::TrackId(1u), 0)).first
                : 0);
        (*m_fixture->window).findChild<QDockWidget*>(u"calls"_s)->show();
        (*m_fixture->window).findChild<QDockWidget*>(u"calls"_s)->raise();
        QTRY_VERIFY(document->calls()->isReady());
        m_fixture->window->savePane(*document->calls(), file);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(),
            QByteArray("Took ns,Start ns,Called by,Thread,Function\r\n50000,5000,\xE2\x80\x93,\"pool, \"\"one\"\"\",work\r\n"
                       "20000,10000,main,MainThread,work\r\n"));
    }

    void columnsAreChosenByTheHeadersMenuAndKept()
    {
        Document* document = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads));
        QVERIFY(document);
        m_fixture->action(ActionId::ShowFunctions)->trigger();
        QTRY_VERIFY(document->functions()->isReady());
        QTableView* table = document->functions()->table();
        QVERIFY(!table->isColumnHidden(FunctionsModel::P95));
        QVERIFY(table->isColumnHidden(FunctionsModel::Threads));
        QWidget* header = table->horizontalHeader()->viewport();
        const QPoint at(40, 8);
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, header->mapToGlobal(at));
        QCoreApplication::sendEvent(header, &event);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu);
        for (QAction* action : menu->actions())
            if (action->text() == u"Threads"_s)
                action->trigger();
        menu->close();
        QVERIFY(!table->isColumnHidden(FunctionsModel::Threads));
        const auto rowOf = [table](const QString& name) {
            for (int r = 0; r < table->model()->rowCount(); ++r)
                if (table->model()->index(r, 0).data() == name)
                    return r;
            return -1;
        };
        QTRY_COMPARE(table->model()->index(rowOf(u"work"_s), FunctionsModel::Threads).data().toString(), u"2"_s);
        QCOMPARE(table->model()->index(rowOf(u"work"_s), FunctionsModel::P50).data().toString(), u"50.0 µs"_s);
        m_fixture->remake();
        document = m_fixture->open(m_fixture->dir.filePath(u"threads.json"_s));
        QVERIFY(!document->functions()->table()->isColumnHidden(FunctionsModel::Threads));
        QVERIFY(document->functions()->table()->isColumnHidden(FunctionsModel::P99));
    }

    void picturesOfPanelsAreWrittenAndCopied()
    {
        Document* document = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads));
        QVERIFY(document);
        m_fixture->action(ActionId::ShowFunctions)->trigger();
        QTRY_VERIFY(document->functions()->isReady());
        m_fixture->action(ActionId::CopyPanel)->trigger();
        const QImage copied = QGuiApplication::clipboard()->image();
        QCOMPARE(copied.size(), document->functions()->size() * 2);
        const QString svg = m_fixture->dir.filePath(u"panel.svg"_s), png = m_fixture->dir.filePath(u"panel.png"_s);
        m_fixture->window->savePane(*document->functions(), svg);
        m_fixture->window->savePane(*document->functions(), png);
        QCOMPARE(QImage(png).size(), copied.size());
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(&file);
        bool hasWork = false;
        while (!xml.atEnd())
            if (xml.readNext() == QXmlStreamReader::Characters)
                hasWork = hasWork || xml.text().contains(u"work"_s);
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY(hasWork);
        m_fixture->window->savePane(*document->functions(), u"/nowhere/at/all.png"_s);
        QVERIFY(m_fixture->window->notices().shownTexts().join(u' ').contains(u"cannot be written"_s));
    }

    // By name, file and argument; Alt+Enter lists what was found.
    void hitsAreListedWithThoseOfArguments()
    {
        Document* document = m_fixture->open(m_fixture->writeShop()); // two calls named work have none, one has "who"
        QVERIFY(document);
        auto* box = m_fixture->window->findChild<QLineEdit*>(u"search"_s);
        document->timeline()->setFocus();
        QTest::keyClick(document->timeline(), Qt::Key_Slash);
        QTRY_VERIFY(box->hasFocus());
        QTest::keyClicks(box, u"b>ME"_s);
        QTRY_COMPARE(document->state()->searchCount(), 1u);
        QCOMPARE(document->state()->searchTicks().size(), size_t(1));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(document->trace().start(document->state()->selected()), document->trace().begin() + 10'000'000);
        QCOMPARE(document->state()->searchPosition(), 1u);
        box->clear();
        QTest::keyClicks(box, u"shop"_s); // the file's name: every call
        QTest::keyClick(box, Qt::Key_Return, Qt::AltModifier);
        QTRY_VERIFY(document->hits()->isVisible());
        QTRY_VERIFY(document->hits()->isReady());
        QCOMPARE(document->hits()->model()->rowCount(), 4);
        QCOMPARE(document->hits()->model()->index(0, CallsModel::Function).data().toString(), u"main"_s);
        document->state()->setArea(render::Area{{35'000'000, 65'000'000}, {}});
        QTRY_COMPARE(document->hits()->model()->rowCount(), 2);
        QTest::keyClick(box, Qt::Key_Escape);
        QTRY_COMPARE(document->hits()->model()->rowCount(), 0);
    }

    void returnMakesAChipWhileCompletionsAreOpen()
    {
        QVERIFY(m_fixture->open(m_fixture->writeShop()));
        auto* bar = m_fixture->window->findChild<FilterBar*>(u"filterBar"_s);
        m_fixture->action(ActionId::Filter)->trigger();
        QTest::keyClicks(bar->field(), u"func:wo"_s);
        QTRY_VERIFY(QApplication::activePopupWidget()); // it has the keys now
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Return);
        QCOMPARE(bar->chips(), QStringList{u"func:wo"_s});
        QVERIFY(!QApplication::activePopupWidget());
        m_fixture->action(ActionId::Filter)->trigger();
        QTest::keyClicks(bar->field(), u"func:ma"_s);
        QTRY_VERIFY(QApplication::activePopupWidget());
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Down);
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Return); // takes what was gone to
        QCOMPARE(bar->field()->text(), u"func:main"_s);
        QCOMPARE(bar->chips(), QStringList{u"func:wo"_s});
    }

    void termsOfTheFilterAreChips()
    {
        Document* document = m_fixture->open(m_fixture->writeShop());
        QVERIFY(document);
        auto* bar = m_fixture->window->findChild<FilterBar*>(u"filterBar"_s);
        m_fixture->action(ActionId::Filter)->trigger();
        QTest::keyClicks(bar->field(), u"func:work dur>1ms"_s);
        const auto typed = document->state()->filter();
        QVERIFY(typed);
        QTest::keyClick(bar->field(), Qt::Key_Return);
        QCOMPARE(bar->chips(), (QStringList{u"func:work"_s, u"dur>1ms"_s}));
        QCOMPARE(bar->field()->text(), QString());
        QVERIFY(document->state()->filter() == typed);
        const auto chips = bar->findChildren<FilterChip*>();
        QCOMPARE(chips.size(), 2);
        QTest::mouseClick(chips[0]->findChild<QToolButton*>(), Qt::LeftButton); // off: any function
        QVERIFY(document->state()->filter()->functions.empty());
        QCOMPARE(document->state()->filter()->least, int64_t(1'000'000));
        QTest::mouseClick(chips[0]->findChild<QToolButton*>(), Qt::LeftButton);
        QVERIFY(document->state()->filter() == typed);

        Document* other = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads)); // each has its own
        QVERIFY(other && bar->chips().isEmpty() && !other->state()->filter());
        m_fixture->tabs()->setCurrentIndex(0);
        QCOMPARE(bar->chips().size(), 2);
        QTest::keyClick(bar->field(), Qt::Key_Backspace); // the last one back into the field
        QCOMPARE(bar->field()->text(), u"dur>1ms"_s);
        QCOMPARE(bar->chips(), QStringList{u"func:work"_s});
        QTest::keyClick(bar->field(), Qt::Key_Escape);
        QVERIFY(!document->state()->filter() && bar->chips().isEmpty());
    }

    void aSelectedPartIsSummedUpAndSaysWhatIsCut()
    {
        Document* document = m_fixture->open(m_fixture->writeShop()); // main 0–100 ms, work at 10, 40 and 70 for 20
        QVERIFY(document);
        auto* figures = document->call()->findChild<QLabel*>(u"areaFigures"_s);
        document->state()->setArea(render::Area{{20'000'000, 95'000'000}, {}});
        QTRY_VERIFY(figures->isVisible());
        QVERIFY(figures->text().contains(u"4 calls · on 1 track"_s));
        QVERIFY(figures->text().contains(u"2 calls reach over an edge"_s)); // main, and the first work
        document->state()->select(2);
        QVERIFY(!figures->isVisible());
        document->state()->setArea(std::nullopt);
        document->state()->select(store::kNoSlice);
        QVERIFY(!figures->isVisible());
    }

    void lessMotionIsKeptAndMovesAtOnce()
    {
        Document* document = m_fixture->open(m_fixture->write(u"threads.json"_s, kThreads));
        QVERIFY(document);
        m_fixture->action(ActionId::ReducedMotion)->trigger();
        QVERIFY(!m_fixture->settings.animations());
        const auto whole = document->state()->range();
        document->timeline()->zoomIn();
        QVERIFY(document->state()->range().length() < whole.length());
        QCOMPARE(document->timeline()->viewSpec().from, document->state()->range().from); // no way to go
        m_fixture->remake();
        QVERIFY(m_fixture->action(ActionId::ReducedMotion)->isChecked());
    }

private:
    std::unique_ptr<UiFixture> m_fixture;
};

QTEST_MAIN(TestUiPanes)
#include "tst_uipanes.moc"
