// SPDX-License-Identifier: GPL-3.0-or-later
// What the window adds to its views: tracks, notes, times, colours, by menus and keys.
#include "render/viewstate.h"
#include "ui/appearance.h"
#include "ui/callsview.h"
#include "ui/durationplot.h"
#include "ui/filterbar.h"
#include "ui/functionsview.h"
#include "ui/keys.h"
#include "ui/notesfile.h"
#include "ui/notesview.h"
#include "ui/panel.h"
#include "ui/plot.h"
#include "ui/timeinput.h"
#include "ui_fixture.h"
#include "widget/flameview.h"
#include <QClipboard>
#include <QDialog>
#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QTableView>
#include <QTreeWidget>
#include <QXmlStreamReader>
#include <numeric>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::StringLiterals;

namespace {
constexpr int64_t kMs = 1'000'000;
}

class TestUiViews : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<UiFixture>();
        m_path = m_fixture->writeShop();
        m_document = m_fixture->open(m_path);
        QVERIFY(m_document);
        m_document->timeline()->setReducedMotion(true);
        m_document->timeline()->setFocus();
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void timesAreUnderstood()
    {
        QCOMPARE(parseDuration(u"250 ms"_s), 250 * kMs);
        QCOMPARE(parseDuration(u"1.5s"_s), 1500 * kMs);
        QCOMPARE(parseDuration(u"300\u2009µs"_s), 300'000);
        QCOMPARE(parseDuration(u"0.25"_s), 250 * kMs);
        QCOMPARE(parseDuration(u"2 min"_s), 120'000 * kMs);
        QCOMPARE(parseDuration(u"1:02.5"_s), 62'500 * kMs);
        QVERIFY(!parseDuration(u"soon"_s));
        QVERIFY(!parseDuration(QString()));
        QVERIFY(!parseDuration(u"1e30 s"_s));
        const store::Trace& trace = m_document->trace();
        QCOMPARE(parseTime(u"10ms"_s, trace, 0, 0), trace.begin() + 10 * kMs);
        QCOMPARE(parseTime(u"+10ms"_s, trace, 5 * kMs, 0), 15 * kMs);
        QCOMPARE(parseTime(u"\u221210 ms"_s, trace, 5 * kMs, 0), -5 * kMs);
    }

    void goToATimeCentresTheViewThere()
    {
        render::ViewState* state = m_document->state();
        state->setRange({0, 20 * kMs});
        QTest::keyClick(m_document->timeline(), Qt::Key_G, Qt::ControlModifier);
        auto* dialog = m_fixture->window->findChild<QDialog*>(u"goToTime"_s);
        QVERIFY(dialog);
        auto* field = dialog->findChild<QLineEdit*>();
        QTest::keyClicks(field, u"later"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(state->range(), (render::TimeRange{0, 20 * kMs}));
        field->clear();
        QTest::keyClicks(field, u"70 ms"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(state->range(), (render::TimeRange{60 * kMs, 80 * kMs}));
        QTRY_VERIFY(!m_fixture->window->findChild<QDialog*>(u"goToTime"_s));
        state->fitAll();
    }

    void keysOfTheWindowReachTheTimeline()
    {
        render::ViewState* state = m_document->state();
        m_document->timeline()->setFocus();
        state->select(store::SliceIndex(2));
        QTest::keyClick(m_document->timeline(), Qt::Key_R);
        QVERIFY(state->area());
        QCOMPARE(state->area()->range.length(), m_document->trace().duration(2));
        QTest::keyClick(m_document->timeline(), Qt::Key_Escape);
        QVERIFY(!state->area());
        QTest::keyClick(m_document->timeline(), Qt::Key_P);
        QCOMPARE(m_document->timeline()->scene()->tracks().pinnedCount(), size_t(1));
        QTest::keyClick(m_document->timeline(), Qt::Key_P);
        QCOMPARE(m_document->timeline()->scene()->tracks().pinnedCount(), size_t(0));
        QTest::keyClick(m_document->timeline(), Qt::Key_H);
        QCOMPARE(m_document->timeline()->scene()->tracks().items().size(), size_t(0));
        QTest::keyClick(m_document->timeline(), Qt::Key_H, Qt::ShiftModifier);
        QCOMPARE(m_document->timeline()->scene()->tracks().items().size(), size_t(2));
    }

    void notesAreListedAndKeptBesideTheTrace()
    {
        render::ViewState* state = m_document->state();
        state->setNotes({});
        state->select(store::SliceIndex(2));
        m_document->timeline()->setFocus();
        QTest::keyClick(m_document->timeline(), Qt::Key_M, Qt::ShiftModifier);
        auto* editor = m_document->timeline()->findChild<QLineEdit*>(u"noteEditor"_s);
        QVERIFY(editor);
        QTest::keyClicks(editor, u"slow? <b>"_s);
        QTest::keyClick(editor, Qt::Key_Return);
        QCOMPARE(state->notes().size(), size_t(1));
        auto* list = m_document->notes()->findChild<QTreeWidget*>(u"notes"_s);
        QTRY_COMPARE(list->topLevelItemCount(), 1);
        QCOMPARE(list->topLevelItem(0)->text(0), u"slow? <b>"_s);
        m_document->notesFile()->save();
        const QString file = m_path + u".notes.json"_s;
        QVERIFY(QFile::exists(file));

        Document* again = m_fixture->open(m_fixture->writeShop(u"other.json"_s));
        QVERIFY(again && again->state()->notes().empty());
        QFile::copy(file, m_fixture->dir.filePath(u"third.json.notes.json"_s));
        Document* third = m_fixture->open(m_fixture->writeShop(u"third.json"_s));
        QVERIFY(third);
        QCOMPARE(third->state()->notes(), state->notes());
        third->state()->setNotes({}); // the last one gone, the file goes too
        third->notesFile()->save();
        QVERIFY(!QFile::exists(m_fixture->dir.filePath(u"third.json.notes.json"_s)));
        m_fixture->tabs()->setCurrentIndex(0);
        QCOMPARE(m_fixture->window->document(), m_document);
    }

    void notesOfAnotherKindOfFileAreLeftAlone()
    {
        QString error;
        QVERIFY(NotesFile::parse("{\"x\":", 0, &error).empty());
        QVERIFY(error.contains(u"not JSON"_s));
        QVERIFY(NotesFile::parse("{\"calltide_notes\":7}", 0, &error).empty());
        QVERIFY(error.contains(u"newer"_s));
        const std::vector<layout::Note> notes{{.from = 5, .to = 5, .text = "a"}, {.from = 7, .to = int64_t(9) << 55, .text = "é", .color = 4}};
        error.clear();
        QCOMPARE(NotesFile::parse(NotesFile::write(notes, 3), 3, &error), notes);
        QVERIFY(error.isEmpty());
        QCOMPARE(NotesFile::parse("{\"calltide_notes\":1,\"notes\":[{\"from\":9,\"to\":2,\"color\":-4},3]}", 0).size(), size_t(2));
    }

    void coloursAndTimesAreChosenForAllViewsAndKept()
    {
        const auto function = m_document->trace().functionOf(2);
        const QColor before = m_document->context()->color(function, m_fixture->appearance);
        m_fixture->action(ActionId::ColorMyCode)->trigger();
        QCOMPARE(m_fixture->appearance.theme().style().colorMode, layout::ColorMode::MyCode);
        QCOMPARE(m_document->timeline()->scene()->style().colorMode, layout::ColorMode::MyCode);
        m_fixture->action(ActionId::ColorBlind)->trigger();
        QCOMPARE(m_document->timeline()->scene()->style().functions.size(), size_t(12));
        QVERIFY(m_document->context()->color(function, m_fixture->appearance) != before);
        m_fixture->action(ActionId::TimeNanoseconds)->trigger();
        QCOMPARE(m_document->timeline()->timeFormat(), layout::TimeFormat::Nanoseconds);
        QCOMPARE(m_fixture->settings.colorMode(), u"my_code"_s);
        QCOMPARE(m_fixture->settings.timeFormat(), u"ns"_s);
        m_fixture->action(ActionId::ColorFunction)->trigger();
        m_fixture->action(ActionId::ColorBlind)->trigger();
        m_fixture->action(ActionId::TimeFromStart)->trigger();
        QCOMPARE(m_document->context()->color(function, m_fixture->appearance), before);
    }

    void callsAreCollectedWithTheirDistribution()
    {
        const store::Trace& trace = m_document->trace();
        const auto work = trace.functionOf(2);
        const CallsData all = collectCalls(trace, work, {});
        QCOMPARE(all.total, 3u);
        QCOMPARE(all.percentile(.5), 20 * kMs);
        QCOMPARE(all.sum, 60 * kMs);
        const CallsData some = collectCalls(trace, work, {.from = 35 * kMs, .to = 50 * kMs});
        QCOMPARE(some.total, 1u);
        QCOMPARE(collectCalls(trace, work, {}, nullptr, 2).step, 2u);
        QCOMPARE(collectCalls(trace, {}, {}).total, 0u);
        CallsData made;
        for (int64_t d : {1, 10, 100, 1000, 1000, 99'999})
            made.calls.push_back({d, 0});
        QVERIFY(wantsLogarithmic(made));
        for (const bool logarithmic : {false, true}) {
            const Histogram h = makeHistogram(made, logarithmic);
            QVERIFY(h.counts.size() <= 56 && !h.counts.empty());
            QCOMPARE(std::accumulate(h.counts.begin(), h.counts.end(), uint64_t(0)), 6u);
            QCOMPARE(std::accumulate(h.times.begin(), h.times.end(), int64_t(0)), 102'110);
            QCOMPARE(h.binOf(1), 0);
            QCOMPARE(h.binOf(99'999), int(h.counts.size()) - 1);
        }
        made.calls = {{7, 0}, {7, 1}};
        QCOMPARE(makeHistogram(made, false).counts, (std::vector<uint64_t>{2}));
    }

    void aRangeOfTheHistogramNarrowsTheTable()
    {
        Document* shop = m_fixture->open(m_fixture->write(u"calls.json"_s, durations()));
        QVERIFY(shop);
        Panel* panel = m_fixture->window->findChild<Panel*>(u"calls"_s);
        QVERIFY(panel);
        panel->show();
        panel->raise();
        shop->state()->select(shop->trace().rowAt(store::TrackId(0u), 0).v); // a call of step
        CallsView* view = shop->calls();
        QTRY_VERIFY(view->isReady());
        QCOMPARE(view->model()->rowCount(), 50);
        QVERIFY2(view->figures().startsWith(u"50 calls · mean 25.5 ms · p50 26.0 ms"_s), qPrintable(view->figures()));
        QTRY_VERIFY(view->plot()->xOf(40 * kMs) > view->plot()->xOf(20 * kMs) + 40);
        auto* plot = view->plot()->findChild<QCustomPlot*>();
        const auto at = [&](int64_t ns) { return QPoint(int(view->plot()->xOf(ns)), plot->height() / 2); };
        QTest::mousePress(plot, Qt::LeftButton, {}, at(20 * kMs));
        QMouseEvent move(QEvent::MouseMove, QPointF(at(40 * kMs)), plot->mapToGlobal(QPointF(at(40 * kMs))), Qt::NoButton,
            Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(plot, &move);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, at(40 * kMs));
        QVERIFY(view->plot()->range());
        const int rows = view->model()->rowCount();
        QVERIFY2(rows >= 19 && rows <= 22, qPrintable(QStringLiteral("%1 in %2 to %3").arg(rows).arg(view->plot()->range()->first).arg(view->plot()->range()->second)));
        QAbstractItemModelTester tester(view->model());
        view->model()->sort(CallsModel::Took, Qt::AscendingOrder);
        QVERIFY(shop->trace().duration(view->model()->callAt(0)) >= view->plot()->range()->first);
        QTest::mouseClick(plot, Qt::LeftButton, {}, at(30 * kMs)); // a click ends it
        QCOMPARE(view->model()->rowCount(), 50);
        view->model()->sort(CallsModel::Start, Qt::AscendingOrder);
        shop->state()->select(view->model()->callAt(7));
        QCOMPARE(view->findChild<QTableView*>()->currentIndex().row(), 7);
        shop->state()->setArea(render::Area{{0, 40 * kMs}, {}});
        QTRY_VERIFY(view->isReady() && view->model()->rowCount() < 50);
        shop->state()->setArea(std::nullopt);
        m_fixture->tabs()->setCurrentIndex(0);
    }

    void theFilterBarNarrowsAllViews()
    {
        render::ViewState* state = m_document->state();
        m_document->timeline()->setFocus();
        QTest::keyClick(m_document->timeline(), Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        auto* bar = m_fixture->window->findChild<FilterBar*>();
        QVERIFY(bar && bar->isVisible());
        QTest::keyClicks(bar->field(), u"func:work dur>=20ms"_s);
        QVERIFY(state->filter());
        QVERIFY(state->filter()->passes(m_document->trace().functionOf(2), 20 * kMs));
        QVERIFY(!state->filter()->passes(m_document->trace().functionOf(2), 19 * kMs));
        QTRY_VERIFY(m_document->functions()->isReady());
        QTRY_COMPARE(m_document->functions()->table()->model()->rowCount(), 1);
        bar->field()->setText(u"-func:work"_s);
        QTRY_VERIFY(m_document->functions()->isReady());
        QTRY_COMPARE(m_document->functions()->table()->model()->index(0, 0).data().toString(), u"main"_s);
        bar->field()->setText(u"thread:nobody"_s);
        QTRY_COMPARE(m_document->functions()->table()->model()->rowCount(), 0);
        bar->field()->setText(u"arg.n=8"_s); // read from the file in a job
        QTRY_VERIFY(state->filter() && state->filter()->calls);
        QCOMPARE(std::count(state->filter()->calls->begin(), state->filter()->calls->end(), true), 1);
        bar->field()->setText(u"dur>soon"_s);
        QVERIFY(!state->filter());
        bar->field()->setText(u"func:/w.rk/"_s);
        QVERIFY(state->filter()->passes(m_document->trace().functionOf(2)));
        QTest::keyClick(bar->field(), Qt::Key_Escape);
        QVERIFY(!bar->isVisible() && !state->filter());
    }

    void picturesAreWrittenAsSvg()
    {
        for (const bool flame : {false, true}) {
            m_document->flame()->waitForTree();
            const QString path = m_fixture->dir.filePath(u"picture.svg"_s);
            m_fixture->window->savePicture(path, flame);
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray svg = file.readAll();
            QVERIFY2(svg.contains(">work</text>") && svg.contains("<clipPath"), svg.left(2000));
            QXmlStreamReader reader(svg);
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
        m_fixture->action(ActionId::CopyPicture)->trigger();
        QVERIFY(!QGuiApplication::clipboard()->image().isNull());
    }

    void keysAreChangedAndKept()
    {
        auto* keys = m_fixture->window->findChild<Keys*>();
        QVERIFY(keys);
        keys->setPreset(1);
        QVERIFY(keys->gestures().wheelZooms);
        const QKeySequence wanted(u"Ctrl+T"_s);
        keys->setKey(ActionId::FrameTime, wanted);
        QCOMPARE(m_fixture->action(ActionId::FrameTime)->shortcut(), wanted);
        keys->setKey(ActionId::AllFlows, wanted); // taken from the other
        QVERIFY(m_fixture->action(ActionId::FrameTime)->shortcut().isEmpty());
        QTest::keyClick(m_fixture->window.get(), Qt::Key_T, Qt::ControlModifier);
        QVERIFY(m_fixture->action(ActionId::AllFlows)->isChecked());
        m_fixture->action(ActionId::EditKeys)->trigger();
        auto* editor = m_fixture->window->findChild<QDialog*>(u"keysEditor"_s);
        QVERIFY(editor);
        auto* list = editor->findChild<QTreeWidget*>();
        QVERIFY(list->visualItemRect(list->topLevelItem(1)).height() >= 22); // rows as in the other tables
        editor->close();
        m_fixture->remake();
        m_document = nullptr;
        keys = m_fixture->window->findChild<Keys*>();
        QCOMPARE(keys->preset(), 1);
        QCOMPARE(keys->key(ActionId::AllFlows), wanted);
        QVERIFY(keys->key(ActionId::FrameTime).isEmpty());
        keys->reset();
        keys->setPreset(0);
        QCOMPARE(m_fixture->action(ActionId::FitSelection)->shortcut(), QKeySequence(u"F"_s));
        QVERIFY(m_fixture->settings.ownKeys().isEmpty());
    }

private:
    static QByteArray durations() // step takes 1, 2, … 50 ms
    {
        QByteArray events;
        int64_t at = 0;
        for (int i = 1; i <= 50; at += i * 1000 + 10, ++i)
            events += (i > 1 ? "," : "")
                + QByteArray("{\"ph\":\"X\",\"name\":\"step\",\"pid\":1,\"tid\":1,\"ts\":") + QByteArray::number(qlonglong(at))
                + ",\"dur\":" + QByteArray::number(i * 1000) + "}";
        return "{\"traceEvents\":[" + events + "]}";
    }
    std::unique_ptr<UiFixture> m_fixture;
    QString m_path;
    Document* m_document = nullptr;
};

QTEST_MAIN(TestUiViews)
#include "tst_uiviews.moc"
