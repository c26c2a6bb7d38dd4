// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/builder.h"
#include "store/query.h"
#include "store/spread.h"
#include "store/statistics.h"
#include "store/stoppable.h"
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace calltide::store;

namespace {

struct Model // a tree made at random, in the order in which calls return
{
    struct Call
    {
        int64_t start, end;
        uint32_t function, depth;
    };
    std::vector<Call> calls;
};

Model randomModel(unsigned seed, int events)
{
    std::mt19937 random(seed);
    Model m;
    std::vector<Model::Call> stack;
    int64_t now = 1000;
    for (int i = 0; i < events; i++) {
        now += 1 + random() % (random() % 50 == 0 ? 100000 : 40);
        if (stack.empty() || (stack.size() < 12 && random() % 2)) {
            stack.push_back({now, 0, uint32_t(random() % 7), uint32_t(stack.size())});
        } else {
            stack.back().end = now;
            m.calls.push_back(stack.back());
            stack.pop_back();
        }
    }
    while (!stack.empty()) {
        stack.back().end = ++now;
        m.calls.push_back(stack.back());
        stack.pop_back();
    }
    return m;
}

enum class Order { Exit, Entry, Shuffled, AtDepth };

TracePtr build(const Model& m, Order order)
{
    TraceBuilder b;
    const ProcessId p = b.addProcess({});
    Track t;
    t.process = p;
    const TrackId track = b.addTrack(t);
    std::vector<FunctionId> functions;
    for (int i = 0; i < 7; i++) {
        Function f;
        f.name = b.intern("f" + std::to_string(i));
        functions.push_back(b.addFunction(f));
    }
    std::vector<Model::Call> calls = m.calls;
    if (order == Order::Entry)
        std::sort(calls.begin(), calls.end(), [](auto& a, auto& c) { return a.start < c.start; });
    if (order == Order::Shuffled)
        std::shuffle(calls.begin(), calls.end(), std::mt19937(5));
    for (const auto& c : calls) {
        if (order == Order::AtDepth)
            b.slices(track).addAtDepth(c.depth, c.start, c.end - c.start, functions[c.function]);
        else
            b.slices(track).add(c.start, c.end - c.start, functions[c.function]);
    }
    auto trace = b.finish();
    return trace ? *trace : nullptr;
}

SliceIndex byName(const Trace& t, std::string_view name)
{
    for (SliceIndex i = 0; i < t.sliceCount(); i++)
        if (t.functionName(t.functionOf(i)) == name)
            return i;
    return kNoSlice;
}

} // namespace

class TestStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nestsAnyOrder_data()
    {
        QTest::addColumn<int>("order");
        QTest::newRow("exit order") << int(Order::Exit);
        QTest::newRow("entry order") << int(Order::Entry);
        QTest::newRow("shuffled") << int(Order::Shuffled);
        QTest::newRow("depth given") << int(Order::AtDepth);
    }
    void nestsAnyOrder()
    {
        QFETCH(int, order);
        const Model m = randomModel(3, 6000);
        const TracePtr t = build(m, Order(order));
        QVERIFY(t);
        QCOMPARE(t->sliceCount(), uint64_t(m.calls.size()));
        std::map<std::pair<int64_t, int64_t>, const Model::Call*> calls;
        for (const auto& c : m.calls)
            calls[{c.start, c.end}] = &c;
        for (SliceIndex i = 0; i < t->sliceCount(); i++) {
            const auto it = calls.find({t->start(i), t->end(i)});
            QVERIFY(it != calls.end());
            QCOMPARE(t->depthOf(i), it->second->depth);
            QCOMPARE(t->functionOf(i).v, it->second->function);
            const SliceIndex parent = t->parent(i);
            QCOMPARE(parent != kNoSlice, it->second->depth > 0);
            if (parent != kNoSlice)
                QVERIFY(t->start(parent) <= t->start(i) && t->end(i) <= t->end(parent));
        }
    }

    void statisticsAreThoseOfANaiveCount()
    {
        const Model m = randomModel(11, 5000);
        const TracePtr t = build(m, Order::Exit);
        struct Sum
        {
            uint64_t calls = 0;
            int64_t total = 0, self = 0;
        };
        std::map<uint32_t, Sum> naive;
        for (const auto& c : m.calls) {
            Sum& s = naive[c.function];
            s.calls++;
            s.self += c.end - c.start;
            bool outermost = true;
            for (const auto& o : m.calls) {
                const bool inside = o.start < c.start && c.end < o.end;
                if (inside && o.function == c.function)
                    outermost = false;
                if (inside && o.depth + 1 == c.depth)
                    naive[o.function].self -= c.end - c.start;
            }
            s.total += outermost ? c.end - c.start : 0;
        }
        const auto stats = functionStatistics(*t);
        QCOMPARE(stats.size(), naive.size());
        for (const auto& s : stats) {
            QCOMPARE(s.calls, naive[s.function.v].calls);
            QCOMPARE(s.total, naive[s.function.v].total);
            QCOMPARE(s.self, naive[s.function.v].self);
        }
    }

    void percentilesOfEachFunction()
    {
        const Model m = randomModel(7, 4000);
        const TracePtr t = build(m, Order::Exit);
        std::map<uint32_t, std::vector<int64_t>> naive;
        for (const auto& c : m.calls)
            naive[c.function].push_back(c.end - c.start);
        const auto spreads = functionSpreads(*t), few = functionSpreads(*t, {}, nullptr, 700);
        QCOMPARE(spreads.size(), t->functions().size());
        for (auto& [function, durations] : naive) {
            std::sort(durations.begin(), durations.end());
            const auto at = [&](double p) { return durations[size_t(std::llround(p * double(durations.size() - 1)))]; };
            QCOMPARE(spreads[function].p50, at(.5));
            QCOMPARE(spreads[function].p95, at(.95));
            QCOMPARE(spreads[function].p99, at(.99));
            QCOMPARE(spreads[function].threads, 1u);
            QVERIFY(durations.size() > 100); // so that of `few` not all were kept
            QVERIFY(few[function].p50 >= at(.3) && few[function].p50 <= at(.7));
        }
        Progress cancelled;
        cancelled.cancel();
        QVERIFY(functionSpreads(*t, {}, &cancelled).empty());
        const auto clipped = functionSpreads(*t, {.from = t->begin() + 5, .to = t->begin() + 6, .tracks = {}, .passes = {}});
        for (const FunctionSpread& s : clipped)
            QVERIFY(s.p99 <= 1);
    }

    void threadsAndExceptionsAreCounted()
    {
        TraceBuilder b;
        const ProcessId process = b.addProcess({});
        Function f;
        f.name = b.intern("f");
        const FunctionId id = b.addFunction(f);
        for (int t = 0; t < 3; t++) {
            const TrackId track = b.addTrack({.process = process, .tid = t + 1});
            b.slices(track).add(0, 10, id, t == 1 ? uint32_t(kException) : 0);
            b.slices(track).add(20, 10, id);
        }
        const auto trace = b.finish();
        QCOMPARE(functionSpreads(**trace)[id.v].threads, 3u);
        QCOMPARE(functionSpreads(**trace)[id.v].exceptions, uint64_t(1));
    }

    void functionsOfOneNameAreToldApart()
    {
        TraceBuilder b;
        const auto add = [&b](const char* name, const char* file, uint32_t line) {
            Function f;
            f.name = b.intern(name);
            f.file = b.intern(file);
            f.line = line;
            return b.addFunction(f);
        };
        for (int round = 0; round < 2; round++) { // again: the same
            for (uint32_t line = 0; line < 200; line++)
                QCOMPARE(add("f", "a.py", line).v, line);
            QCOMPARE(add("f", "b.py", 0).v, 200u);
            QCOMPARE(add("g", "a.py", 0).v, 201u);
            QCOMPARE(b.addFunction({}).v, 202u);
        }
    }

    void rowsShowEverySliceOnceAtAnyZoom_data()
    {
        QTest::addColumn<double>("px");
        for (double px : {1.0, 60.0, 300.0, 5000.0, 400000.0, 3e7})
            QTest::addRow("%g ns a pixel", px) << px;
    }
    void rowsShowEverySliceOnceAtAnyZoom()
    {
        QFETCH(double, px);
        const TracePtr t = build(randomModel(8, 60000), Order::Exit);
        for (size_t r = 0; r < t->rows().size(); r++) {
            const Row& row = t->rows()[r];
            std::vector<Run> runs;
            queryRow(*t, RowId(r), t->begin(), t->end() + 1, px, runs);
            uint64_t count = 0;
            double covered = 0, exact = 0;
            for (const Run& run : runs) {
                QVERIFY(run.start < run.end);
                count += run.count;
                covered += double(run.end - run.start) * double(run.busy);
                if (run.count == 1) {
                    QCOMPARE(run.function, t->functionOf(run.slice));
                }
            }
            for (uint64_t i = 0; i < row.count; i++) {
                exact += double(t->duration(row.first + i));
                // wide calls come alone, with their exact times
                if (double(t->duration(row.first + i)) >= px)
                    QVERIFY(std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
                        return run.count == 1 && run.slice == row.first + i && run.end == t->end(row.first + i);
                    }));
            }
            QCOMPARE(count, row.count);
            QVERIFY2(std::abs(covered - exact) <= exact * 0.06 + px, qPrintable(QString::asprintf("%g %g", covered, exact)));
            QVERIFY(double(runs.size()) <= 3 + 3 * double(t->duration()) / px);
        }
    }

    void overlapsGetTheirOwnTrack()
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        const TrackId track = b.addTrack(t);
        Function f;
        f.name = b.intern("f");
        const FunctionId id = b.addFunction(f);
        for (int i = 0; i < 20; i++) // each reaches into the next ones
            b.slices(track).add(i * 10, 95, id);
        const auto trace = b.finish();
        QVERIFY(bool(trace));
        QCOMPARE((*trace)->sliceCount(), 20u);
        QVERIFY((*trace)->tracks().size() > 1);
        for (const Track& o : (*trace)->tracks())
            if (&o != &(*trace)->tracks()[0])
                QVERIFY(o.kind == TrackKind::Overflow && o.parent == track);
        for (const Row& row : (*trace)->rows())
            for (uint64_t i = 1; i < row.count; i++)
                QVERIFY((*trace)->end(row.first + i - 1) <= (*trace)->start(row.first + i));
    }

    void longAndZeroDurations()
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        const TrackId track = b.addTrack(t);
        Function f;
        f.name = b.intern("long");
        const FunctionId longOne = b.addFunction(f);
        f.name = b.intern("zero");
        const FunctionId zero = b.addFunction(f);
        b.slices(track).add(100, 3'600'000'000'000, longOne);
        b.slices(track).add(200, 0, zero);
        b.slices(track).add(200, 0, zero);
        const auto trace = b.finish();
        QVERIFY(bool(trace));
        const Trace& tr = **trace;
        QCOMPARE(tr.duration(byName(tr, "long")), int64_t(3'600'000'000'000));
        QCOMPARE(tr.callsInside(byName(tr, "long")), 2u);
        QCOMPARE(tr.parent(byName(tr, "zero")), byName(tr, "long"));
        QCOMPARE(tr.end(), int64_t(3'600'000'000'100));
    }

    // The same at a hundred million times the scale, where most durations are long: nested, overlapping, in any order.
    void longOnesNestAsShortOnes()
    {
        constexpr int64_t kScale = 100'000'000;
        for (unsigned seed = 0; seed < 30; seed++) {
            TracePtr traces[2];
            for (const int64_t scale : {int64_t(1), kScale}) {
                std::mt19937 random(seed);
                TraceBuilder b;
                const TrackId track = b.addTrack({.process = b.addProcess({})});
                const FunctionId f = b.addFunction({.name = b.intern("f")});
                for (int i = 0; i < 200; i++) {
                    const int64_t start = random() % 500 * 4, duration = random() % 60 * 4; // no two ends are 1 ns apart
                    b.slices(track).add(start * scale, duration * scale, f, uint32_t(i % 256));
                }
                traces[scale > 1] = b.finish().value();
            }
            const Trace &small = *traces[0], &large = *traces[1];
            QCOMPARE(large.rows().size(), small.rows().size());
            QCOMPARE(large.sliceCount(), small.sliceCount());
            for (SliceIndex i = 0; i < small.sliceCount(); i++) {
                QCOMPARE(large.start(i), small.start(i) * kScale);
                QCOMPARE(large.duration(i), small.duration(i) * kScale);
                QCOMPARE(large.flags(i), small.flags(i));
                QCOMPARE(large.rowOf(i), small.rowOf(i));
            }
        }
    }

    void namesOfTraceFilesAreTakenApart()
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        const TrackId track = b.addTrack(t);
        const char* names[] = {"Shop.checkout (/app/shop (1).py:12)", "json.loads", "odd (name)"};
        for (const char* n : names)
            b.slices(track).add(1, 1, b.addFunctionByTraceName(n, "FEE"));
        const auto trace = b.finish();
        const Trace& tr = **trace;
        const Function& f = tr.function(FunctionId(0u));
        QCOMPARE(tr.string(f.name), std::string_view("Shop.checkout"));
        QCOMPARE(tr.string(f.file), std::string_view("/app/shop (1).py"));
        QCOMPARE(f.line, 12u);
        QVERIFY(f.kind == FunctionKind::Python && f.owner == CodeOwner::User);
        QVERIFY(tr.function(FunctionId(1u)).kind == FunctionKind::C);
        QCOMPARE(tr.functionName(FunctionId(2u)), std::string_view("odd (name)"));
    }

    void searchFindsTheNextAndThePrevious()
    {
        const TracePtr t = build(randomModel(2, 2000), Order::Exit);
        const auto mask = matchFunctions(*t, "F3");
        QCOMPARE(int(std::count(mask.begin(), mask.end(), true)), 1);
        uint64_t n = 0;
        SliceIndex best = kNoSlice;
        const int64_t middle = (t->begin() + t->end()) / 2;
        for (SliceIndex i = 0; i < t->sliceCount(); i++)
            if (t->functionName(t->functionOf(i)) == "f3") {
                n++;
                if (t->start(i) >= middle && (best == kNoSlice || t->start(i) < t->start(best)))
                    best = i;
            }
        QCOMPARE(countSlices(*t, mask), n);
        QCOMPARE(findSlice(*t, mask, middle, true), best);
        QVERIFY(t->start(findSlice(*t, mask, middle, false)) < middle);
    }

    void aSortStops()
    {
        std::vector<int> v(200'000);
        std::generate(v.begin(), v.end(), [n = 7u]() mutable { return int(n = n * 1664525 + 1013904223); });
        Progress progress;
        progress.cancel();
        QVERIFY(!sortUnlessStopped(v.begin(), v.end(), std::less<>(), &progress));
        QVERIFY(sortUnlessStopped(v.begin(), v.end(), std::less<>(), nullptr));
        QVERIFY(std::is_sorted(v.begin(), v.end()));
    }

    void aCancelledBuildGivesNothing()
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        b.slices(b.addTrack(t)).add(1, 1, FunctionId(0u));
        Progress progress;
        progress.cancel();
        const auto trace = b.finish(&progress);
        QVERIFY(!trace);
        QVERIFY(trace.error().code == calltide::ErrorCode::Cancelled);
    }

    void deepStacks()
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        const TrackId track = b.addTrack(t);
        Function f;
        f.name = b.intern("deep");
        const FunctionId id = b.addFunction(f);
        constexpr int kDepth = 100000;
        for (int i = kDepth; i-- > 0;)
            b.slices(track).add(i, 2 * kDepth - 2 * i, id);
        const auto trace = b.finish();
        QCOMPARE((*trace)->track(track).rowCount, uint32_t(kDepth));
        const auto stats = functionStatistics(**trace);
        QCOMPARE(stats[0].total, int64_t(2 * kDepth)); // recursion counts once
        QCOMPARE(stats[0].calls, uint64_t(kDepth));
    }

    void sumsOfCenturies() // what a damaged file may say
    {
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        Function f;
        f.name = b.intern("long");
        const FunctionId id = b.addFunction(f);
        constexpr int64_t kLong = INT64_MAX / 4 * 3;
        for (int i = 0; i < 2; ++i)
            b.slices(b.addTrack(t)).add(0, kLong, id);
        const auto trace = b.finish();
        const auto stats = functionStatistics(**trace);
        QCOMPARE(stats[0].max, kLong);
        QCOMPARE(stats[0].self, INT64_MAX);
        QCOMPARE(stats[0].total, INT64_MAX);
    }
};

QTEST_APPLESS_MAIN(TestStore)
#include "tst_store.moc"
