// SPDX-License-Identifier: GPL-3.0-or-later
// The walk over hits against a sorted list of them, on random traces with many equal starts.
#include "store/builder.h"
#include "store/hits.h"
#include <QTest>
#include <algorithm>
#include <random>

using namespace calltide::store;

class TestHits : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyHitIsPassedOnceInOrder()
    {
        for (uint32_t seed = 1; seed <= 30; ++seed) {
            std::mt19937 random(seed);
            TraceBuilder builder;
            std::vector<FunctionId> functions;
            for (int i = 0; i < 5; ++i)
                functions.push_back(builder.addFunction({.name = builder.intern("f" + std::to_string(i))}));
            for (int thread = 0; thread < 3; ++thread) {
                auto& slices = builder.slices(builder.addTrack({}));
                int64_t now = int64_t(random() % 5);
                for (int i = 0; i < 60; ++i) {
                    const int64_t length = 1 + int64_t(random() % 6);
                    slices.addAtDepth(0, now, length, functions[random() % 5]);
                    slices.addAtDepth(1, now, length, functions[random() % 5]); // starts with its caller
                    now += length + int64_t(random() % 3);
                }
            }
            const TracePtr trace = builder.finish().value();
            const std::vector<bool> mask{true, false, seed % 2 == 0, false, false};
            std::vector<SliceIndex> hits;
            for (SliceIndex i = 0; i < trace->sliceCount(); ++i)
                if (mask[trace->functionOf(i).v])
                    hits.push_back(i);
            std::stable_sort(
                hits.begin(), hits.end(), [&](auto a, auto b) { return trace->start(a) < trace->start(b); });
            QVERIFY(hits.size() > 20);
            const auto set = HitSet::find(*trace, mask, nullptr);
            QCOMPARE(set->count(), uint64_t(hits.size()));
            QCOMPARE(set->times().size(), hits.size());
            QCOMPARE(set->from(*trace, INT64_MIN, true), hits.front());
            QCOMPARE(set->from(*trace, INT64_MAX, false), hits.back());
            QCOMPARE(set->tracks(*trace), std::vector<bool>(3, true));

            QCOMPARE(hitFrom(*trace, mask, INT64_MIN, true), hits.front());
            QCOMPARE(hitFrom(*trace, mask, INT64_MAX, false), hits.back());
            for (size_t i = 0; i < hits.size(); ++i) {
                QCOMPARE(set->times()[i], trace->start(hits[i]));
                QVERIFY(set->contains(hits[i]));
                QCOMPARE(set->before(*trace, hits[i]), uint64_t(i));
                QCOMPARE(set->beside(*trace, hits[i], true), i + 1 < hits.size() ? hits[i + 1] : kNoSlice);
                QCOMPARE(set->beside(*trace, hits[i], false), i ? hits[i - 1] : kNoSlice);
                QCOMPARE(hitBeside(*trace, mask, hits[i], true), i + 1 < hits.size() ? hits[i + 1] : kNoSlice);
                QCOMPARE(hitBeside(*trace, mask, hits[i], false), i ? hits[i - 1] : kNoSlice);
            }
        }
    }

    void aCallThatIsNoHitHasNeighboursToo()
    {
        TraceBuilder builder;
        const auto a = builder.addFunction({.name = builder.intern("a")});
        const auto b = builder.addFunction({.name = builder.intern("b")});
        auto& slices = builder.slices(builder.addTrack({}));
        for (int64_t i = 0; i < 5; ++i)
            slices.add(i * 10, 5, i == 2 ? b : a);
        const TracePtr trace = builder.finish().value();
        const std::vector<bool> mask{true, false};
        QCOMPARE(trace->start(hitBeside(*trace, mask, 2, true)), int64_t(30));
        QCOMPARE(trace->start(hitBeside(*trace, mask, 2, false)), int64_t(10));
        QCOMPARE(HitSet::find(*trace, mask, nullptr)->before(*trace, 2), uint64_t(2));
    }

    // Two hits a long way from each other, so that whole blocks lie between.
    void longWaysAreWalkedInBlocks()
    {
        TraceBuilder builder;
        const auto a = builder.addFunction({.name = builder.intern("a")});
        const auto b = builder.addFunction({.name = builder.intern("b")});
        auto& slices = builder.slices(builder.addTrack({}));
        for (int64_t i = 0; i < 40000; ++i)
            slices.add(i * 10, 5, i == 63 || i == 36864 ? b : a);
        const TracePtr trace = builder.finish().value();
        const auto set = HitSet::find(*trace, {false, true}, nullptr);
        QCOMPARE(set->count(), uint64_t(2));
        QCOMPARE(set->next(0, 40000), SliceIndex(63));
        QCOMPARE(set->next(64, 40000), SliceIndex(36864));
        QCOMPARE(set->next(64, 36864), SliceIndex(36864)); // none: the end that was asked for
        QVERIFY(!set->any(64, 36800) && set->any(64, 36801));
        QVERIFY(!set->any(36865, 1'000'000));
        QCOMPARE(set->beside(*trace, 39999, false), SliceIndex(36864));
        QCOMPARE(set->beside(*trace, 36864, false), SliceIndex(63));
        QCOMPARE(set->beside(*trace, 63, false), kNoSlice);
    }

    void argumentsAreFoundToo()
    {
        TraceBuilder builder;
        const auto a = builder.addFunction({.name = builder.intern("a")});
        auto& slices = builder.slices(builder.addTrack({}));
        slices.add(0, 5, a);
        slices.add(10, 5, a, builder.addExtra(0, "{\"user\":17}"));
        slices.add(20, 5, a, builder.addExtra(kException, "{\"user\":18}"));
        const TracePtr trace = builder.finish().value();
        int asked = 0;
        const auto set = HitSet::find(*trace, {false}, [&](std::string_view text) {
            ++asked;
            return text.find("18") != text.npos;
        });
        QCOMPARE(asked, 2);
        QCOMPARE(set->count(), uint64_t(1));
        QVERIFY(set->contains(2));
        Progress stopped;
        stopped.cancel();
        QVERIFY(!HitSet::find(*trace, {true}, nullptr, &stopped));
    }

    void noHitsAtAll()
    {
        TraceBuilder builder;
        builder.slices(builder.addTrack({})).add(0, 5, builder.addFunction({.name = builder.intern("a")}));
        const TracePtr trace = builder.finish().value();
        QCOMPARE(hitFrom(*trace, {false}, 0, true), kNoSlice);
        QCOMPARE(hitBeside(*trace, {false}, 0, false), kNoSlice);
        QCOMPARE(HitSet::find(*trace, {false}, nullptr)->before(*trace, 0), uint64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestHits)
#include "tst_hits.moc"
