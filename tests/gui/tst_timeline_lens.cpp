// SPDX-License-Identifier: GPL-3.0-or-later
// "My code only" in the timeline's window, and the line that says what is not shown.
#include "timeline_window.h"
#include <QPointer>
#include <QTest>
#include <QToolButton>

using namespace calltide;
using namespace window;

namespace {
// main [0, 100) calls dispatch (of a package) [10, 90), which calls view [20, 40) and view [50, 80); in the first one
// the C function dumps [25, 35) calls default [27, 30). A second thread: bootstrap (standard library) alone.
store::TracePtr libraryTrace()
{
    store::TraceBuilder b;
    const auto process = b.addProcess({.pid = 7, .name = b.intern("app.py")});
    const auto main = b.addTrack({.process = process, .tid = 7, .name = b.intern("MainThread")});
    const auto pool = b.addTrack({.process = process, .tid = 8, .name = b.intern("Pool")});
    const auto function = [&](const char* name, const char* file) {
        return b.addFunction({.name = b.intern(name), .file = b.intern(file),
            .kind = *file ? store::FunctionKind::Python : store::FunctionKind::C});
    };
    const auto view = function("view", "/srv/shop.py");
    auto& s = b.slices(main);
    s.add(0, 100 * kMs, function("main", "/srv/shop.py"));
    s.add(10 * kMs, 80 * kMs, function("dispatch", "/srv/venv/lib/python3.12/site-packages/web/app.py"));
    s.add(20 * kMs, 20 * kMs, view);
    s.add(25 * kMs, 10 * kMs, function("dumps", ""));
    s.add(27 * kMs, 3 * kMs, function("default", "/srv/shop.py"));
    s.add(50 * kMs, 30 * kMs, view);
    b.slices(pool).add(0, 100 * kMs, function("bootstrap", "/usr/lib/python3.12/threading.py"));
    for (const auto& [time, type, message] :
        {std::tuple(15, "KeyError", "route"), {25, "TypeError", "dumps \\u2713"}, {60, "ValueError", "bad k 7"}})
        b.addInstant({.time = time * kMs, .name = b.intern(type), .track = main, .process = process, .exception = true},
            std::string("{\"message\":\"") + message + "\"}");
    return b.finish().value();
}
} // namespace

class TestTimelineLens : public QObject, private window::TimelineWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        open();
        state->setTrace(libraryTrace());
    }
    void cleanup() { close(); }

    void ownCallsMoveUpAndAreHitWhereTheyAre()
    {
        QCOMPARE(view->hitAt({double(xOf(25 * kMs)), double(rowY(1))}).slice, sliceNamed("dispatch"));
        state->setMyCodeOnly(true);
        QCOMPARE(view->hitAt({double(xOf(15 * kMs)), double(rowY(0))}).slice, sliceNamed("main"));
        QVERIFY(view->hitAt({double(xOf(15 * kMs)), double(rowY(1))}).slice == store::kNoSlice);
        QCOMPARE(view->hitAt({double(xOf(22 * kMs)), double(rowY(1))}).slice, sliceNamed("view"));
        QCOMPARE(view->hitAt({double(xOf(28 * kMs)), double(rowY(2))}).slice, sliceNamed("default"));
        click({xOf(28 * kMs), rowY(2)});
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("default"));
        state->setMyCodeOnly(false);
        QCOMPARE(view->hitAt({double(xOf(28 * kMs)), double(rowY(4))}).slice, sliceNamed("default"));
    }

    void keysWalkWhatIsShown()
    {
        state->setMyCodeOnly(true);
        state->select(sliceNamed("default"));
        QTest::keyClick(view.get(), Qt::Key_Up);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("view"));
        QCOMPARE(state->trace()->start(state->selected()), 20 * kMs);
        QTest::keyClick(view.get(), Qt::Key_Right);
        QCOMPARE(state->trace()->start(state->selected()), 50 * kMs);
        QTest::keyClick(view.get(), Qt::Key_Up);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
        QTest::keyClick(view.get(), Qt::Key_Down); // the longest
        QCOMPARE(state->trace()->start(state->selected()), 50 * kMs);
        state->select(sliceNamed("dumps")); // chosen elsewhere: its caller stands for it
        QTest::keyClick(view.get(), Qt::Key_Up);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
    }

    void searchFindsWhatIsShown()
    {
        state->setSearchText(QStringLiteral("d")); // dispatch, dumps, default; bootstrap's file
        QCOMPARE(state->searchCount(), uint64_t(4));
        state->setMyCodeOnly(true);
        QCOMPARE(state->searchCount(), uint64_t(1));
        QVERIFY(state->hits()->contains(sliceNamed("default")));
        QCOMPARE(state->shownHits()->count(), uint64_t(1));
        state->searchStep(true);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("default"));
        QCOMPARE(state->searchPosition(), uint64_t(1));
        state->setMyCodeOnly(false);
        QCOMPARE(state->searchCount(), uint64_t(4));
    }

    // Where an exception's diamond stands in the window.
    QPoint diamond(int64_t time) const
    {
        const auto& items = view->scene()->tracks().items();
        size_t i = 0;
        while (i < items.size() && items[i].name != "Exceptions")
            i++;
        return {xOf(time), int(view->scene()->itemTop(view->viewSpec(), i)) + 13};
    }
    std::string selectedException() const
    {
        return state->selectedInstant() == ViewState::kNoInstant
            ? std::string()
            : std::string(state->trace()->string(state->trace()->instants()[state->selectedInstant()].name));
    }

    void anExceptionIsSelectedAndLeadsToItsCall()
    {
        QTRY_VERIFY(view->hitAt(diamond(60 * kMs)).instant != ViewState::kNoInstant);
        move(diamond(60 * kMs));
        QTRY_VERIFY2(view->tipText().contains(QStringLiteral("ValueError: bad k 7")), qPrintable(view->tipText()));
        QVERIFY2(view->tipText().contains(QStringLiteral("raised in view, on MainThread")), qPrintable(view->tipText()));
        state->select(sliceNamed("main"));
        click(diamond(60 * kMs));
        QCOMPARE(selectedException(), std::string("ValueError"));
        QCOMPARE(state->selected(), store::kNoSlice);
        QVERIFY(state->highlighted() == state->trace()->functionOf(sliceNamed("view")));
        QTest::keyClick(view.get(), Qt::Key_Return);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("view"));
        QCOMPARE(selectedException(), std::string());
        QCOMPARE(state->range().from, 50 * kMs - 30 * kMs / 20);
        state->fitAll();
        QTRY_VERIFY(settled());
        QTest::mouseDClick(view.get(), Qt::LeftButton, {}, diamond(25 * kMs));
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("dumps"));
        state->selectInstant(0);
        QTest::keyClick(view.get(), Qt::Key_Escape);
        QCOMPARE(selectedException(), std::string());
    }

    void exceptionsAreSearchedWithTheCalls()
    {
        state->setSearchText(QStringLiteral("dumps"));
        QTRY_COMPARE(state->searchCount(), uint64_t(2)); // the call, then the exception in it
        state->searchStep(true);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("dumps"));
        QCOMPARE(state->searchPosition(), uint64_t(1));
        state->searchStep(true);
        QCOMPARE(selectedException(), std::string("TypeError"));
        QCOMPARE(state->searchPosition(), uint64_t(2));
        state->searchStep(true); // round the end
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("dumps"));
        state->searchStep(false);
        QCOMPARE(selectedException(), std::string("TypeError"));
        state->searchStep(false);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("dumps"));
        state->setSearchText(QStringLiteral("Error: ")); // type and message, also when no call is found
        QTRY_COMPARE(state->searchCount(), uint64_t(3));
        QCOMPARE(state->searchTicks().size(), size_t(3));
        state->select(store::kNoSlice);
        for (const char* type : {"KeyError", "TypeError", "ValueError", "KeyError"}) {
            state->searchStep(true);
            QCOMPARE(selectedException(), std::string(type));
        }
        state->searchStep(false);
        QCOMPARE(selectedException(), std::string("ValueError"));
        state->setMyCodeOnly(true); // dispatch and dumps are not mine
        QTRY_COMPARE(state->searchCount(), uint64_t(1));
    }

    void exceptionsOfLibrariesAreLeftOutWithTheirCalls()
    {
        state->exceptionStep(true);
        QCOMPARE(selectedException(), std::string("KeyError"));
        state->exceptionStep(true);
        QCOMPARE(selectedException(), std::string("TypeError"));
        state->exceptionStep(false);
        state->exceptionStep(false); // round the end
        QCOMPARE(selectedException(), std::string("ValueError"));
        state->setMyCodeOnly(true);
        QTRY_VERIFY(view->hitAt(diamond(60 * kMs)).instant != ViewState::kNoInstant);
        QVERIFY(view->hitAt(diamond(15 * kMs)).instant == ViewState::kNoInstant);
        state->select(store::kNoSlice);
        state->exceptionStep(true);
        QCOMPARE(selectedException(), std::string("ValueError"));
        const auto before = state->selectedInstant();
        state->growTrace(libraryTrace());
        QCOMPARE(state->selectedInstant(), before);
    }

    void theFootSaysWhatIsNotShownAndBringsItBack()
    {
        QCOMPARE(view->signTexts(), QStringList());
        const float all = view->viewSpec().height;
        state->setMyCodeOnly(true);
        auto hidden = view->arrangement();
        hidden.hidden.insert(layout::keyOf(view->scene()->tracks().items()[2]));
        view->setArrangement(hidden);
        view->setTrackSide(layout::TrackSide::Threads);
        QCOMPARE(view->signTexts().size(), 3);
        QCOMPARE(view->signTexts()[1], QStringLiteral("1 track is hidden"));
        QVERIFY(view->viewSpec().height < all);
        for (int left = 2; left >= 0; --left) {
            QTest::mouseClick(view->findChild<QWidget*>(QStringLiteral("signBar"))->childAt(30, 13), Qt::LeftButton);
            QCOMPARE(view->signTexts().size(), left);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            QTest::qWait(1);
        }
        QVERIFY(!state->isMyCodeOnly());
        QCOMPARE(view->arrangement(), layout::Arrangement());
        QCOMPARE(view->viewSpec().height, all);
    }

    void aSignIsStillTheSameWhenTheTraceGrew() // or a click that had begun would be lost
    {
        state->setMyCodeOnly(true);
        auto* foot = view->findChild<QWidget*>(QStringLiteral("signBar"));
        const QPointer<QWidget> sign = foot->childAt(30, 13);
        QVERIFY(sign);
        state->growTrace(libraryTrace());
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCOMPARE(foot->childAt(30, 13), sign.data());
        QVERIFY(sign);
    }
};

QTEST_MAIN(TestTimelineLens)
#include "tst_timeline_lens.moc"
