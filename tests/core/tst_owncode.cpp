// SPDX-License-Identifier: GPL-3.0-or-later
// The own code of a trace against the definition, on random trees of own and library calls.
#include "store/builder.h"
#include "store/owncode.h"
#include "store/query.h"
#include <QTest>
#include <random>

using namespace calltide::store;

namespace {

struct Functions
{
    FunctionId own[2], library, c;
};

Functions addFunctions(TraceBuilder& b)
{
    const auto add = [&](const char* name, const char* file, FunctionKind kind) {
        return b.addFunction({.name = b.intern(name), .file = b.intern(file), .kind = kind});
    };
    return {{add("mine", "/srv/app.py", FunctionKind::Python), add("yours", "/srv/b.py", FunctionKind::Python)},
        add("loads", "/usr/lib/python3.12/json/__init__.py", FunctionKind::Python),
        add("len", "", FunctionKind::C)};
}

// A call with calls inside, some of which begin or end with it.
void addCall(std::mt19937& random, SliceBuffer& out, const Functions& f, int64_t from, int64_t to, uint32_t depth)
{
    const FunctionId which[] = {f.own[0], f.library, f.own[1], f.c, f.library};
    out.addAtDepth(depth, from, to - from, which[random() % 5]);
    for (int64_t at = from + int64_t(random() % 3); to - at >= 2 && depth < 7;) {
        const int64_t length = 1 + int64_t(random() % uint64_t(to - at));
        addCall(random, out, f, at, at + length, depth + 1);
        at += length + int64_t(random() % 4);
    }
}

} // namespace

class TestOwnCode : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ownCallsStandAsDeepAsOwnCallersAre()
    {
        for (uint32_t seed = 1; seed <= 40; ++seed) {
            std::mt19937 random(seed);
            TraceBuilder b;
            const Functions f = addFunctions(b);
            for (int thread = 0; thread < 2; ++thread)
                addCall(random, b.slices(b.addTrack({})), f, 0, 400, 0);
            const TracePtr whole = b.finish().value();
            const auto own = OwnCode::make(whole);
            const Trace& shown = *own->trace();
            uint64_t expected = 0;
            for (SliceIndex i = 0; i < whole->sliceCount(); ++i) {
                const bool isMine = isOwn(whole->function(whole->functionOf(i)));
                SliceIndex mine = i; // itself, or the nearest own caller
                while (mine != kNoSlice && !isOwn(whole->function(whole->functionOf(mine))))
                    mine = whole->parent(mine);
                const SliceIndex place = own->shown(i);
                if (mine == kNoSlice) {
                    QCOMPARE(place, kNoSlice);
                    continue;
                }
                QCOMPARE(own->inWhole(place), mine);
                expected += isMine;
                QCOMPARE(shown.start(place), whole->start(mine));
                QCOMPARE(shown.duration(place), whole->duration(mine));
                QCOMPARE(shown.functionOf(place), whole->functionOf(mine));
                QCOMPARE(shown.trackOf(place), whole->trackOf(mine));
                uint32_t depth = 0;
                SliceIndex caller = kNoSlice;
                for (SliceIndex p = whole->parent(mine); p != kNoSlice; p = whole->parent(p))
                    if (isOwn(whole->function(whole->functionOf(p)))) {
                        caller = caller == kNoSlice ? p : caller;
                        depth++;
                    }
                QCOMPARE(shown.depthOf(place), depth);
                QCOMPARE(own->inWhole(shown.parent(place)), caller);
            }
            QCOMPARE(shown.sliceCount(), expected);
        }
    }

    void otherLanesStayAndAnEmptyThreadHasNoRows()
    {
        TraceBuilder b;
        const Functions f = addFunctions(b);
        const TrackId thread = b.addTrack({}), gc = b.addTrack({.kind = TrackKind::Gc});
        b.slices(thread).add(0, 10'000'000'000, f.library);
        b.slices(gc).add(5, 6'000'000'000, f.c);
        const TracePtr whole = b.finish().value();
        const auto own = OwnCode::make(whole);
        QCOMPARE(own->trace()->track(thread).rowCount, 0u);
        QCOMPARE(own->trace()->track(thread).busy, int64_t(0));
        QCOMPARE(own->trace()->sliceCount(), uint64_t(1));
        QCOMPARE(own->trace()->duration(0), int64_t(6'000'000'000)); // one that stands in the side table
        QCOMPARE(own->inWhole(0), SliceIndex(1));
        QCOMPARE(own->trace()->begin(), whole->begin());
        QCOMPARE(own->trace()->end(), whole->end());
    }

    void manyCallsAreDrawnFromMergedRuns()
    {
        TraceBuilder b;
        const Functions f = addFunctions(b);
        auto& slices = b.slices(b.addTrack({}));
        for (int64_t i = 0; i < 20000; ++i) {
            slices.addAtDepth(0, i * 100, 90, f.library);
            slices.addAtDepth(1, i * 100 + 10, 50, f.own[i % 2]);
        }
        const auto own = OwnCode::make(b.finish().value());
        std::vector<Run> runs;
        queryRow(*own->trace(), own->trace()->rowAt(TrackId(0u), 0), 0, 2'000'000, 20'000, runs);
        QVERIFY(runs.size() >= 90 && runs.size() < 250);
        uint64_t calls = 0;
        for (const Run& run : runs)
            calls += run.count;
        QCOMPARE(calls, uint64_t(20000));
    }

    void itCanBeStopped()
    {
        TraceBuilder b;
        const Functions f = addFunctions(b);
        b.slices(b.addTrack({})).add(0, 10, f.own[0]);
        Progress progress;
        progress.cancel();
        QCOMPARE(OwnCode::make(b.finish().value(), &progress), nullptr);
    }
};

QTEST_GUILESS_MAIN(TestOwnCode)
#include "tst_owncode.moc"
