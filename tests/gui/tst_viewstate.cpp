// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/viewstate.h"
#include "store/builder.h"
#include <QSignalSpy>
#include <QTest>

using namespace calltide;
using render::TimeRange;
using render::ViewState;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

// main [0, 10 s) with load [1 s, 3 s), save [5 s, 6 s), a 100 ns tick at 8 s, load again [9 s, 9.5 s).
store::TracePtr smallTrace()
{
    store::TraceBuilder builder;
    const auto process = builder.addProcess({.pid = 1, .name = builder.intern("app.py")});
    const auto track = builder.addTrack({.process = process, .tid = 1, .name = builder.intern("MainThread")});
    const auto function = [&](const char* name) {
        return builder.addFunction({.name = builder.intern(name), .file = builder.intern("/app/shop.py"), .line = 3});
    };
    const auto main = function("main"), load = function("load"), save = function("save"), tick = function("tick");
    auto& slices = builder.slices(track);
    slices.add(0, 10 * kSecond, main);
    slices.add(1 * kSecond, 2 * kSecond, load);
    slices.add(5 * kSecond, 1 * kSecond, save);
    slices.add(8 * kSecond, 100, tick);
    slices.add(9 * kSecond, kSecond / 2, load);
    return builder.finish().value();
}

store::SliceIndex sliceNamed(const store::Trace& trace, std::string_view name)
{
    for (store::SliceIndex i = 0; i < trace.sliceCount(); ++i)
        if (trace.functionName(trace.functionOf(i)) == name)
            return i;
    return store::kNoSlice;
}

} // namespace

class TestViewState : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        state = std::make_unique<ViewState>();
        state->setTrace(smallTrace());
    }

    void aNewTraceIsShownWhole()
    {
        QCOMPARE(state->range().from, 0);
        QCOMPARE(state->range().to, 10 * kSecond);
        QVERIFY(!state->canGoBack());
    }

    void zoomGoesToWhatWasChosenLast()
    {
        const auto load = sliceNamed(*state->trace(), "load");
        state->select(load);
        state->setArea(render::Area{{4 * kSecond, 5 * kSecond}, {}});
        QCOMPARE(state->selectionRange().value(), (TimeRange{4 * kSecond, 5 * kSecond}));
        state->select(load); // the same call, clicked again
        QCOMPARE(state->selectionRange().value().from, state->trace()->start(load));
        state->select(store::kNoSlice);
        QCOMPARE(state->selectionRange().value().from, 4 * kSecond);
        state->setArea(std::nullopt);
        QVERIFY(!state->selectionRange());
    }

    void theRangeIsClamped()
    {
        state->setRange({kSecond, kSecond + 3}); // below the shortest: widened about its middle
        QCOMPARE(state->range().length(), ViewState::kShortest);
        QVERIFY(state->range().from <= kSecond && state->range().to >= kSecond + 3);
        state->setRange({-100 * kSecond, 100 * kSecond});
        QCOMPARE(state->range(), (TimeRange{-kSecond / 2, 10 * kSecond + kSecond / 2}));
        state->setRange({50 * kSecond, 52 * kSecond}); // 5 % of the window stay inside
        QCOMPARE(state->range(), (TimeRange{10 * kSecond - kSecond / 10, 12 * kSecond - kSecond / 10}));
        state->setRange({-50 * kSecond, -48 * kSecond});
        QCOMPARE(state->range(), (TimeRange{kSecond / 10 - 2 * kSecond, kSecond / 10}));
    }

    void movesOfOneGestureAreOneEntryOfTheHistory()
    {
        const TimeRange whole = state->range();
        for (int i = 1; i <= 5; ++i)
            state->setRange({i * kSecond, (i + 1) * kSecond});
        QTest::qWait(700);
        state->setRange({0, kSecond});
        state->goBack();
        QCOMPARE(state->range(), (TimeRange{5 * kSecond, 6 * kSecond}));
        state->goBack();
        QCOMPARE(state->range(), whole);
        QVERIFY(!state->canGoBack());
        state->goForward();
        state->goForward();
        QCOMPARE(state->range(), (TimeRange{0, kSecond}));
        QVERIFY(!state->canGoForward());
        state->goBack();
        state->setRange({2 * kSecond, 3 * kSecond}); // a new move ends the way forward
        QVERIFY(!state->canGoForward());
    }

    void thereAndBackInOneGestureIsNoEntry()
    {
        const TimeRange whole = state->range();
        state->setRange({0, kSecond});
        state->setRange(whole);
        QVERIFY(!state->canGoBack());
        QTest::qWait(700);
        state->setRange({0, kSecond});
        state->goBack();
        QCOMPARE(state->range(), whole);
    }

    void selectingHighlightsTheFunction()
    {
        QSignalSpy spy(state.get(), &ViewState::selectionChanged);
        const auto save = sliceNamed(*state->trace(), "save");
        state->select(save);
        QCOMPARE(state->selected(), save);
        QCOMPARE(state->highlighted(), state->trace()->functionOf(save));
        QCOMPARE(spy.count(), 1);
        state->select(save);
        QCOMPARE(spy.count(), 1);
        state->select(1'000'000); // not in the trace: nothing
        QCOMPARE(state->selected(), store::kNoSlice);
        QVERIFY(!state->highlighted().valid());
    }

    void zoomToSelectionLeavesAMargin()
    {
        state->zoomToSelection();
        QCOMPARE(state->range(), state->wholeRange());
        state->select(sliceNamed(*state->trace(), "save"));
        state->zoomToSelection();
        QCOMPARE(state->range(), (TimeRange{5 * kSecond - kSecond / 20, 6 * kSecond + kSecond / 20}));
        state->select(store::kNoSlice);
        state->setArea(render::Area{{2 * kSecond, 4 * kSecond}, {}});
        state->zoomToSelection();
        QCOMPARE(state->range(), (TimeRange{2 * kSecond - kSecond / 10, 4 * kSecond + kSecond / 10}));
    }

    void revealingMovesOnlyAsFarAsNeeded()
    {
        QSignalSpy reveal(state.get(), &ViewState::revealRequested);
        state->selectAndReveal(sliceNamed(*state->trace(), "save")); // seen already
        QCOMPARE(state->range(), state->wholeRange());
        QCOMPARE(reveal.count(), 1);
        state->setRange({0, 2 * kSecond});
        state->selectAndReveal(sliceNamed(*state->trace(), "save"));
        QCOMPARE(state->range(), (TimeRange{4 * kSecond + kSecond / 2, 6 * kSecond + kSecond / 2}));
        state->selectAndReveal(sliceNamed(*state->trace(), "tick")); // too small to be seen: comes nearer
        QCOMPARE(state->range().length(), 4000);
        QVERIFY(state->range().from < 8 * kSecond && state->range().to > 8 * kSecond + 100);
    }

    void searchCountsAndWalksAndWraps()
    {
        state->setSearchText(QStringLiteral("LOAD"));
        QCOMPARE(state->searchCount(), 2u);
        QCOMPARE(state->searchTicks().size(), size_t(2));
        QCOMPARE(int(state->searchTicks()[0]), 204); // 1 s of 10 in 2048 parts
        state->searchStep(true);
        QCOMPARE(state->trace()->start(state->selected()), kSecond);
        state->searchStep(true);
        QCOMPARE(state->trace()->start(state->selected()), 9 * kSecond);
        state->searchStep(true);
        QCOMPARE(state->trace()->start(state->selected()), kSecond);
        state->searchStep(false);
        QCOMPARE(state->trace()->start(state->selected()), 9 * kSecond);
        state->setSearchText(QString());
        QVERIFY(state->searchMask().empty());
        QCOMPARE(state->searchCount(), 0u);
    }

    void theSelectedHitHasANumber()
    {
        state->setSearchText(QStringLiteral("load"));
        QCOMPARE(state->searchPosition(), 0u);
        QSignalSpy changed(state.get(), &ViewState::searchChanged);
        state->searchStep(true);
        QCOMPARE(state->searchPosition(), 1u);
        QCOMPARE(changed.count(), 1);
        state->searchStep(true);
        QCOMPARE(state->searchPosition(), 2u);
        state->select(sliceNamed(*state->trace(), "save"));
        QCOMPARE(state->searchPosition(), 0u);
    }

    void expressionsAndCase()
    {
        state->setSearch({QStringLiteral("^(load|save)$"), true, false});
        QCOMPARE(state->searchCount(), 3u);
        state->setSearch({QStringLiteral("^LOAD"), true, false});
        QCOMPARE(state->searchCount(), 2u);
        state->setSearch({QStringLiteral("^LOAD"), true, true});
        QCOMPARE(state->searchCount(), 0u);
        state->setSearch({QStringLiteral("LOAD"), false, true});
        QCOMPARE(state->searchCount(), 0u);
        state->setSearch({QStringLiteral("loa."), false, true}); // a dot is a dot
        QCOMPARE(state->searchCount(), 0u);
        state->setSearch({QStringLiteral("shop\\.py$"), true, true}); // files as well
        QCOMPARE(state->searchCount(), 5u);
        const render::SearchPattern wrong{QStringLiteral("lo(ad"), true, false};
        state->setSearch(wrong);
        QCOMPARE(state->searchCount(), 0u);
        QVERIFY(render::errorOf(wrong).startsWith(QStringLiteral("Not a regular expression: missing closing parenthesis")));
        QVERIFY(render::errorOf({QStringLiteral("lo(ad"), false, false}).isEmpty());
    }

    void aLargeTraceIsCountedInTheBackground()
    {
        store::TraceBuilder builder;
        const auto process = builder.addProcess({.pid = 1});
        const auto track = builder.addTrack({.process = process, .tid = 1});
        const auto often = builder.addFunction({.name = builder.intern("often")});
        const auto rare = builder.addFunction({.name = builder.intern("rare")});
        constexpr int64_t kCalls = 2'100'000;
        for (int64_t i = 0; i < kCalls; ++i)
            builder.slices(track).addAtDepth(0, 10 * i, 5, i % 1000 == 0 ? rare : often);
        state->setTrace(builder.finish().value());
        QSignalSpy spy(state.get(), &ViewState::searchChanged);
        state->setSearchText(QStringLiteral("often"));
        state->setSearchText(QStringLiteral("rare")); // the first count comes too late to matter
        QVERIFY(state->searchCounting());
        QCOMPARE(state->searchCount(), 0u);
        QTRY_VERIFY_WITH_TIMEOUT(!state->searchCounting(), 30'000);
        QCOMPARE(state->searchCount(), uint64_t(kCalls / 1000));
        QVERIFY(!state->searchTicks().empty());
        QTest::qWait(20);
        QCOMPARE(state->searchCount(), uint64_t(kCalls / 1000));
        QCOMPARE(spy.count(), 4); // two texts, one count, one look at arguments
    }

    void withoutATraceNothingHappens()
    {
        state->setTrace(nullptr);
        state->setSearchText(QStringLiteral("x"));
        state->searchStep(true);
        state->select(0);
        state->zoomToSelection();
        state->fitAll();
        QCOMPARE(state->selected(), store::kNoSlice);
        QVERIFY(state->range().length() > 0);
    }

private:
    std::unique_ptr<ViewState> state;
};

QTEST_GUILESS_MAIN(TestViewState)
#include "tst_viewstate.moc"
