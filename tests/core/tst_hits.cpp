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

            QCOMPARE(hitFrom(*trace, mask, INT64_MIN, true), hits.front());
            QCOMPARE(hitFrom(*trace, mask, INT64_MAX, false), hits.back());
            for (size_t i = 0; i < hits.size(); ++i) {
                QCOMPARE(hitsBefore(*trace, mask, hits[i]), uint64_t(i));
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
        QCOMPARE(hitsBefore(*trace, mask, 2), uint64_t(2));
    }

    void noHitsAtAll()
    {
        TraceBuilder builder;
        builder.slices(builder.addTrack({})).add(0, 5, builder.addFunction({.name = builder.intern("a")}));
        const TracePtr trace = builder.finish().value();
        QCOMPARE(hitFrom(*trace, {false}, 0, true), kNoSlice);
        QCOMPARE(hitBeside(*trace, {false}, 0, false), kNoSlice);
        QCOMPARE(hitsBefore(*trace, {false}, 0), uint64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestHits)
#include "tst_hits.moc"
