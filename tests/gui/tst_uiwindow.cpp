// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/builder.h"
#include "ui/calldetails.h"
#include "ui/callview.h"
#include "ui/cards.h"
#include "ui/controls.h"
#include "ui/functionsmodel.h"
#include "ui/functionsview.h"
#include "ui/headerbar.h"
#include "ui/mergesheet.h"
#include "ui/panels.h"
#include "ui/searchbox.h"
#include "ui/sourceview.h"
#include "ui_fixture.h"
#include <QPushButton>
#include <QTreeWidget>
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QTableView>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_fixture = std::make_unique<UiFixture>(); }
    void cleanupTestCase() { m_fixture.reset(); }

    void theStartPageIsSeenFirst()
    {
        QVERIFY(!m_fixture->window->document());
        QVERIFY(m_fixture->tabs()->parentWidget()->isHidden());
        QVERIFY(!m_fixture->action(ActionId::Export)->isEnabled());
        QCOMPARE(m_fixture->window->findChildren<ActionCard*>().size(), 4);
    }

    void aFileOpensInATab()
    {
        Document* document = m_fixture->open(m_fixture->writeShop());
        QVERIFY(document);
        QCOMPARE(document->trace().sliceCount(), 4u);
        QCOMPARE(m_fixture->tabs()->count(), 1);
        QCOMPARE(m_fixture->tabs()->tabText(0), u"shop.json"_s);
        QCOMPARE(document->summary(), u"4 calls · 1 process · 1 thread"_s);
        QVERIFY(m_fixture->window->windowTitle().startsWith(u"shop.json"_s));
        QVERIFY(m_fixture->action(ActionId::Export)->isEnabled());
        QVERIFY(document->timeline()->isVisible());
        QVERIFY(document->call()->shownText().isEmpty());
    }

    void aClickedCallShowsItsSourceAndDetails()
    {
        Document* document = m_fixture->window->document();
        QVERIFY(document);
        QTest::qWait(300); // the first frame
        click(store::SliceIndex(document->trace().sliceAt(document->trace().rowAt(store::TrackId(0u), 1), 20'000'000)));
        const store::SliceIndex selected = document->state()->selected();
        QVERIFY(selected != store::kNoSlice);
        QCOMPARE(document->trace().functionName(document->trace().functionOf(selected)), std::string_view("work"));

        QTRY_VERIFY(!document->call()->shownText().isEmpty()); // its arguments are read from the file in a job
        const QString call = document->call()->shownText();
        for (const QString& line : {u"work"_s, u"shop/shop.py:1"_s, u"MainThread"_s, u"shop.py 4120"_s, u"Duration\t20 ms"_s,
                 u"Self\t20 ms"_s, u"Start\t0.010\u2009000\u2009000 s"_s, u"Depth\t1"_s, u"Called by\tmain"_s, u"n = 8"_s, u"who = <b>me</b>"_s})
            QVERIFY2(call.contains(line), qPrintable(line + " is not in\n" + call));
        QCOMPARE(document->source()->markedLine(), 1);
        QVERIFY(document->source()->shownText().startsWith(u"def work(n, who):"_s));
        QVERIFY((*panels())[Panels::Source]->isVisible());
        for (QLabel* label : document->call()->findChildren<QLabel*>())
            QVERIFY2(label->textFormat() == Qt::PlainText || label->text().isEmpty(), qPrintable(label->text()));
    }

    void detailsSayWhatWasReturnedAndWhatEndedACall()
    {
        store::TraceBuilder builder;
        const auto process = builder.addProcess({.pid = 1});
        const auto thread = builder.addTrack({.process = process, .tid = 1});
        const auto function = builder.addFunction({.name = builder.intern("load")});
        const auto raised = builder.addExtra(store::kException, "{\"url\":\"u\",\"again\":[1,true,null,\"it's\"],\"of\":{\"k\":[1.5,\"<P>\"]},\"none\":null,"
                                                           "\"t\":{\"__tuple__\":[1,{\"__tuple__\":[2]}]},\"s\":[{\"__set__\":[3,4]},{\"__set__\":[]},{\"__tuple__\":[]},{\"__dict__\":[[1,\"a\"],[null,{}],\"…\"]}]}"),
                   returned = builder.addExtra(0, "{\"n\":1,\"return_value\":\"7\"}");
        builder.slices(thread).add(0, 100, function, raised);
        builder.slices(thread).add(200, 100, function, returned);
        const auto gil = builder.addTrack({.kind = store::TrackKind::Gil, .process = process, .parent = thread});
        const auto waits = builder.addFunction({.name = builder.intern("waits for the GIL")});
        for (const int64_t from : {20, 60, 90}) // the last one goes on into the next call
            builder.slices(gil).add(from, 20, waits);
        for (const auto& [time, type] : {std::pair{10, "KeyError"}, {90, "ValueError"}, {150, "OSError"}})
            builder.addInstant({.time = time, .name = builder.intern(type), .track = thread, .process = process, .exception = true},
                "{\"message\":\"no\"}");
        const auto trace = builder.finish();
        QVERIFY(trace);
        const TraceContext context{trace.value(), {}};
        const CallDetails first = callDetails(context, 0), second = callDetails(context, 1);
        QCOMPARE(first.raised, u"ValueError: no"_s);
        QCOMPARE(first.returned, QString());
        QCOMPARE(first.arguments, (QList<QPair<QString, QString>>{{u"url"_s, u"u"_s}, {u"again"_s, u"[1, True, None, \"it's\"]"_s},
                                    {u"of"_s, u"{'k': [1.5, <P>]}"_s}, {u"none"_s, u"None"_s},
                                    {u"t"_s, u"(1, (2,))"_s}, {u"s"_s, u"[{3, 4}, set(), (), {1: 'a', None: {}, …}]"_s}}));
        QCOMPARE(first.gilWait, int64_t(50));
        QCOMPARE(second.gilWait, int64_t(0));
        QCOMPARE(second.raised, QString());
        QCOMPARE(second.returned, u"7"_s);
        QCOMPARE(second.arguments.size(), 1);
    }

    void calledByLeadsToTheCaller()
    {
        Document* document = m_fixture->window->document();
        auto* link = document->call()->findChild<LinkLabel*>(u"calledBy"_s);
        QVERIFY(link);
        QTRY_VERIFY(link->height() > 0); // laid out
        QTest::mouseClick(link, Qt::LeftButton);
        QTRY_COMPARE(document->source()->markedLine(), 6);
        QVERIFY(document->call()->shownText().contains(u"Calls inside\t3"_s));
    }

    void anExceptionSaysWhatItWas()
    {
        const QByteArray bytes = R"json({"traceEvents":[
{"ph":"X","name":"work (/srv/shop/shop.py:1)","pid":4120,"tid":1,"ts":10000.0,"dur":20000.0},
{"ph":"i","cat":"exception","s":"t","name":"ValueError","pid":4120,"tid":1,"ts":15000.0,"args":{"message":"bad k 7"}}]})json";
        Document* before = m_fixture->window->document();
        Document* document = m_fixture->open(m_fixture->write(u"raises.json"_s, bytes));
        QVERIFY(document && document != before);
        QVERIFY(m_fixture->action(ActionId::NextException)->isEnabled());
        m_fixture->action(ActionId::NextException)->trigger();
        QTRY_VERIFY2(document->call()->shownText().startsWith(u"ValueError\nbad k 7\nTime\t0.005"_s)
                && document->call()->shownText().contains(u"Raised in\twork\nSource\tshop/shop.py:1"_s),
            qPrintable(document->call()->shownText()));
        auto* link = document->call()->findChild<LinkLabel*>(u"itsCall"_s);
        QVERIFY(link);
        QTRY_VERIFY(link->height() > 0); // laid out
        QTest::mouseClick(link, Qt::LeftButton);
        QTRY_VERIFY(document->state()->selected() != store::kNoSlice);
        QTRY_VERIFY(document->call()->shownText().contains(u"Duration\t20"_s));
        m_fixture->action(ActionId::CloseTab)->trigger();
        QTRY_COMPARE(m_fixture->window->document(), before);
    }

    void functionsAreCountedAndFiltered()
    {
        Document* document = m_fixture->window->document();
        FunctionsView* view = document->functions();
        QTRY_VERIFY(view->isReady());
        QAbstractItemModel* model = view->table()->model();
        QCOMPARE(model->rowCount(), 2);
        QAbstractItemModelTester tester(model);
        QCOMPARE(model->index(0, FunctionsModel::Function).data().toString(), u"work"_s); // most self time
        QCOMPARE(model->index(0, FunctionsModel::Calls).data().toString(), u"3"_s);
        QCOMPARE(model->index(0, FunctionsModel::Total).data().toString(), u"60.0 ms"_s);
        QCOMPARE(model->index(1, FunctionsModel::Self).data().toString(), u"40.0 ms"_s);
        view->filter()->setText(u"MAI"_s);
        QCOMPARE(model->rowCount(), 1);
        view->filter()->clear();
        view->table()->sortByColumn(FunctionsModel::Function, Qt::AscendingOrder);
        QCOMPARE(model->index(0, 0).data().toString(), u"main"_s);
        QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), u"Function ↑"_s);
        view->table()->sortByColumn(FunctionsModel::Self, Qt::DescendingOrder);
        // Numbers are sorted from the largest, names from the first.
        QCOMPARE(model->headerData(FunctionsModel::Calls, Qt::Horizontal, Qt::InitialSortOrderRole).toInt(), int(Qt::DescendingOrder));
        QCOMPARE(model->headerData(FunctionsModel::Function, Qt::Horizontal, Qt::InitialSortOrderRole).toInt(), int(Qt::AscendingOrder));
    }

    void slashFindsFromTheFunctions()
    {
        QTableView* table = m_fixture->window->document()->functions()->table();
        auto* search = m_fixture->window->findChild<SearchBox*>();
        QTest::keyClick(table, '/');
        QTRY_VERIFY(search->hasFocus());
        QTest::keyClick(search, Qt::Key_Escape);
    }

    void searchCountsAndWalks()
    {
        Document* document = m_fixture->window->document();
        m_fixture->action(ActionId::Find)->trigger();
        auto* search = m_fixture->window->findChild<SearchBox*>();
        QTRY_VERIFY(search->hasFocus());
        document->state()->select(store::kNoSlice);
        QTest::keyClicks(search, u"work"_s);
        QCOMPARE(document->state()->searchCount(), 3u);
        QTest::keyClick(search, Qt::Key_Return);
        const store::SliceIndex first = document->state()->selected();
        QVERIFY(first != store::kNoSlice);
        QTest::keyClick(search, Qt::Key_Return);
        QVERIFY(document->trace().start(document->state()->selected()) > document->trace().start(first));
        QTest::keyClicks(search, u"zzz"_s);
        QTRY_VERIFY(search->property("wrong").toBool());
        QTest::keyClick(search, Qt::Key_Escape);
        QVERIFY(search->text().isEmpty());
        QVERIFY(document->state()->searchText().isEmpty());
    }

    void theThemeChangesWhileRunning()
    {
        Document* document = m_fixture->window->document();
        const QImage dark = document->timeline()->toImage();
        m_fixture->action(ActionId::ThemeLight)->trigger();
        QCOMPARE(m_fixture->settings.theme(), u"light"_s);
        QCOMPARE(qApp->palette().color(QPalette::Window), m_fixture->appearance.color(u"bg.window"));
        const QImage light = document->timeline()->toImage();
        QVERIFY(qGray(light.pixel(light.width() - 5, light.height() - 5)) > qGray(dark.pixel(dark.width() - 5, dark.height() - 5)) + 100);
        m_fixture->action(ActionId::ThemeDark)->trigger();
        QVERIFY(qGray(m_fixture->appearance.color(u"bg.window").rgb()) < 60);
    }

    void severalFilesBecomeOneTimeline()
    {
        const QString other = m_fixture->writeShop(u"other.json"_s);
        m_fixture->action(ActionId::OpenMerged)->trigger();
        auto* sheet = m_fixture->window->findChild<MergeSheet*>();
        QVERIFY(sheet && sheet->isVisible());
        auto* open = sheet->findChild<QPushButton*>(u"mergeOpen"_s);
        QCOMPARE(sheet->paths(), QStringList{m_fixture->window->document()->path()});
        QVERIFY(!open->isEnabled());
        sheet->add({other, other});
        QCOMPARE(sheet->paths().size(), 2);
        QVERIFY(open->isEnabled());
        auto* files = sheet->findChild<QTreeWidget*>(u"mergeFiles"_s);
        files->topLevelItem(1)->setText(2, u"soon"_s);
        QVERIFY(!open->isEnabled());
        QVERIFY(sheet->findChild<QLabel*>(u"mergeNote"_s)->text().contains(u"“soon” is not a time"_s));
        files->topLevelItem(1)->setText(2, u"-10 ms"_s);
        sheet->findChild<Segments*>(u"mergeAlign"_s)->setCurrent(2);
        QVERIFY(!open->isEnabled());
        sheet->findChild<QLineEdit*>(u"mergeMarker"_s)->setText(u"work"_s);
        const Document* before = m_fixture->window->document();
        QTest::mouseClick(open, Qt::LeftButton);
        QTRY_VERIFY(m_fixture->window->document() != before);
        const store::Trace& trace = m_fixture->window->document()->trace();
        QCOMPARE(trace.processes().size(), size_t(2));
        QCOMPARE(trace.sliceCount(), uint64_t(8));
        QCOMPARE(trace.duration(), int64_t(110'000'000));
        m_fixture->action(ActionId::Reload)->trigger(); // the same files the same way
        QTRY_VERIFY(m_fixture->window->document() && &m_fixture->window->document()->trace() != &trace);
        QCOMPARE(m_fixture->window->document()->title(), u"shop.json and 1 more"_s);
        QCOMPARE(m_fixture->window->document()->trace().duration(), int64_t(110'000'000));
    }

    void whatCannotBeOpenedIsSaidInOneSentence_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("other") << QByteArray("hello, this is no recording\n");
        QTest::newRow("cut gzip") << QByteArray("\x1f\x8b\x08", 3);
    }
    void whatCannotBeOpenedIsSaidInOneSentence()
    {
        QFETCH(QByteArray, bytes);
        const int tabs = m_fixture->tabs()->count();
        const QString name = u"bad-%1.calltide"_s.arg(QString::fromLatin1(QTest::currentDataTag()).left(3));
        m_fixture->window->open(m_fixture->write(name, bytes));
        QTRY_VERIFY(m_fixture->window->notices().shownTexts().value(0).contains(name));
        QCOMPARE(m_fixture->tabs()->count(), tabs);
        QTRY_VERIFY(!m_fixture->window->isBusy());
    }

    void reloadKeepsTheTabAndTheShownPart()
    {
        m_fixture->tabs()->setCurrentIndex(0);
        Document* document = m_fixture->window->document();
        const render::TimeRange part{20'000'000, 30'000'000};
        document->state()->setRange(part);
        const int tabs = m_fixture->tabs()->count();
        m_fixture->action(ActionId::Reload)->trigger();
        QTRY_VERIFY(m_fixture->window->document() && m_fixture->window->document() != document);
        QCOMPARE(m_fixture->tabs()->count(), tabs);
        QCOMPARE(m_fixture->tabs()->currentIndex(), 0);
        QCOMPARE(m_fixture->window->document()->state()->range(), part);
    }

    void theWindowFitsAnOldScreen()
    {
        QTRY_VERIFY(m_fixture->window->isVisible());
        m_fixture->window->resize(800, 560);
        QTRY_COMPARE(m_fixture->window->size(), QSize(800, 560));
        QVERIFY(m_fixture->window->minimumSizeHint().width() <= 800);
        QTRY_VERIFY(!m_fixture->window->findChild<QMenuBar*>()->isVisible()); // folded into one button
        QVERIFY(m_fixture->window->document()->timeline()->width() >= 360);
        QVERIFY(m_fixture->window->document()->timeline()->height() >= 160);
        m_fixture->window->resize(1280, 800);
        QTRY_VERIFY(m_fixture->window->findChild<QMenuBar*>()->isVisible());
    }

    void panelsHideAndCome()
    {
        const Panels& all = *panels();
        QTRY_VERIFY(all[Panels::Flame]->isVisible() || all[Panels::Functions]->isVisible() || all[Panels::Console]->isVisible());
        m_fixture->action(ActionId::BottomDocks)->trigger();
        for (auto which : {Panels::Flame, Panels::Functions, Panels::Console})
            QVERIFY(all[which]->isHidden());
        QVERIFY(!all[Panels::Source]->isHidden());
        m_fixture->action(ActionId::BottomDocks)->trigger();
        QTRY_VERIFY(all[Panels::Flame]->isVisible());
        m_fixture->action(ActionId::LayoutWide)->trigger();
        for (Panel* panel : all.all())
            QVERIFY(panel->isHidden());
        m_fixture->action(ActionId::LayoutDefault)->trigger();
        QTRY_VERIFY(all[Panels::Source]->isVisible() && all[Panels::Flame]->isVisible());
    }

    void aDroppedFileOpens()
    {
        const int tabs = m_fixture->tabs()->count();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(m_fixture->writeShop(u"dropped.json"_s))});
        QDragEnterEvent enter(QPoint(200, 200), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_fixture->window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(200, 200), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_fixture->window.get(), &drop);
        QTRY_COMPARE(m_fixture->tabs()->count(), tabs + 1);
        QCOMPARE(m_fixture->tabs()->tabText(m_fixture->tabs()->currentIndex()), u"dropped.json"_s);
    }

    void closingATabWhileItIsSearchedGivesTheKeysToTheNextOne()
    {
        m_fixture->action(ActionId::Find)->trigger();
        QTRY_VERIFY(qobject_cast<SearchBox*>(QApplication::focusWidget()));
        QTest::keyClicks(QApplication::focusWidget(), u"w"_s);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_W, Qt::ControlModifier);
        QVERIFY(m_fixture->window->document());
        QCOMPARE(QApplication::focusWidget(), m_fixture->window->document()->timeline());
    }

    void everyTabCloses()
    {
        while (m_fixture->tabs()->count())
            m_fixture->action(ActionId::CloseTab)->trigger();
        QVERIFY(!m_fixture->window->document());
        QVERIFY(m_fixture->tabs()->parentWidget()->isHidden());
        for (Panel* panel : panels()->all())
            QVERIFY(panel->isHidden());
    }

    void recentFilesAreOnTheStartPageAndInTheMenu()
    {
        m_fixture->window->close();
        m_fixture->remake();
        const QStringList recent = m_fixture->settings.recentFiles();
        QVERIFY(recent.size() >= 2);
        QVERIFY(recent.first().endsWith(u"dropped.json"_s));
        QTRY_VERIFY(m_fixture->window->findChildren<RecordingCard*>().size() >= 2);
        auto* card = m_fixture->window->findChildren<RecordingCard*>().first();
        QCOMPARE(card->file().path, recent.first());
        QVERIFY(!card->file().picture.isNull());
        QVERIFY(card->file().figures.contains(u"4 calls"_s));
        QTest::mouseClick(card, Qt::LeftButton);
        QTRY_VERIFY(m_fixture->window->document());
        QCOMPARE(m_fixture->window->document()->title(), u"dropped.json"_s);
    }

    void filesOpenedTogetherStandInTheirOrder()
    {
        // The first is read last: it is much larger.
        QByteArray large = R"({"traceEvents":[{"ph":"X","name":"a","pid":1,"tid":1,"ts":0,"dur":1})";
        for (int i = 1; i < 200000; ++i)
            large += ",\n{\"ph\":\"X\",\"name\":\"a\",\"pid\":1,\"tid\":1,\"ts\":" + QByteArray::number(i) + ",\"dur\":1}";
        const int tabs = m_fixture->tabs()->count();
        QStringList names{u"1.json"_s, u"2.json"_s, u"3.json"_s}, paths;
        for (const QString& name : names)
            paths << m_fixture->write(name, paths.isEmpty() ? large + "]}" : large.left(large.indexOf('\n') - 1) + "]}");
        m_fixture->window->openAll(paths);
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->tabs()->count(), tabs + 3, 20000);
        QStringList shown;
        for (int i = tabs; i < tabs + 3; ++i)
            shown << m_fixture->tabs()->tabText(i);
        QCOMPARE(shown, names);
        QCOMPARE(m_fixture->tabs()->tabText(m_fixture->tabs()->currentIndex()), u"1.json"_s);
    }

    void aFileThatUnpacksToFarTooMuchIsAskedAbout()
    {
        QByteArray bomb("\x28\xb5\x2f\xfd\x00\x38", 6); // zstd, a window of 128 KB
        const auto add = [&bomb](bool repeats, quint32 size, const QByteArray& bytes, bool last = false) {
            for (const int shift : {0, 8, 16})
                bomb += char((size << 3 | quint32(repeats) << 1 | quint32(last)) >> shift);
            bomb += bytes;
        };
        const QByteArray begin = R"({"traceEvents":[)", end = R"({"ph":"X","name":"a","pid":1,"tid":1,"ts":0,"dur":1}]})";
        add(false, quint32(begin.size()), begin);
        for (int i = 0; i < 260 * 8; ++i)
            add(true, 128 << 10, " ");
        add(false, quint32(end.size()), end, true);
        const QString path = m_fixture->write(u"much.json.zst"_s, bomb);
        m_fixture->window->open(path);
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->question(), 20000);
        QVERIFY(m_fixture->question()->text().contains(u"much.json.zst unpacks to far more than a trace would"_s));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QTRY_VERIFY(m_fixture->window->notices().shownTexts().join(u' ').contains(u"unpack it yourself if you trust it"_s));
        m_fixture->window->open(path);
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->question(), 20000);
        m_fixture->answer(u"Go on"_s);
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->window->document()->title(), u"much.json.zst"_s, 20000);
    }

private:
    Panels* panels() const { return m_fixture->window->findChild<Panels*>(); }

    // The middle of a call, through the window as the mouse would.
    void click(store::SliceIndex slice)
    {
        Document* document = m_fixture->window->document();
        QWidget* timeline = document->timeline();
        const store::Trace& trace = document->trace();
        const render::TimeRange range = document->state()->range();
        const layout::Style& style = m_fixture->appearance.theme().style();
        constexpr double column = 196; // the header column of a window 1000 to 1399 px wide
        const double middle = double((trace.start(slice) + trace.end(slice)) / 2 - range.from) / double(range.length());
        const double y = style.minimap + style.ruler + style.groupHeader + style.trackPadding
            + (trace.depthOf(slice) + .5) * style.sliceRow;
        const QPoint at(int(column + middle * (timeline->width() - column)), int(y));
        QWidget* target = timeline->childAt(at);
        if (!target)
            target = timeline;
        QTest::mouseClick(target, Qt::LeftButton, {}, target->mapFrom(timeline, at));
    }

    std::unique_ptr<UiFixture> m_fixture;
};

QTEST_MAIN(TestUiWindow)
#include "tst_uiwindow.moc"
