// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/calltree.h"
#include "layout/treebuilder.h"
#include "texttrace.h"
#include <QtTest>
#include <algorithm>
#include <map>
#include <random>
#include <tuple>

using namespace calltide;
using flame::CallTree;
using flame::Direction;
using flame::Measure;
using Figures = std::tuple<int64_t, int64_t, uint64_t>; // time, self, calls
using Paths = std::map<std::string, Figures>;

namespace {
std::string pathText(const store::Trace& trace, const CallTree& tree, uint32_t node)
{
    std::string out;
    for (uint32_t n = node; n != 0; n = tree.node(n).parent)
        out = std::string(trace.functionName(tree.node(n).function)) + (out.empty() ? "" : ";") + out;
    return out;
}

Paths pathsOf(const store::Trace& trace, const CallTree& tree)
{
    Paths out;
    for (uint32_t i = 1; i < tree.nodes().size(); ++i) {
        const flame::Node& n = tree.node(i);
        out[pathText(trace, tree, i)] = {n.time, n.self, n.calls};
    }
    return out;
}

// "A;B 10 10 1" a line: path, time, self, calls; in the tree's order, depth first.
QStringList textOf(const store::Trace& trace, const CallTree& tree)
{
    QStringList out;
    std::vector<uint32_t> stack{0};
    while (!stack.empty()) {
        const uint32_t node = stack.back();
        stack.pop_back();
        const flame::Node& n = tree.node(node);
        if (node)
            out << QStringLiteral("%1 %2 %3 %4")
                       .arg(QString::fromStdString(pathText(trace, tree, node)))
                       .arg(n.time)
                       .arg(n.self)
                       .arg(n.calls);
        for (uint32_t k = n.childCount; k-- > 0;)
            stack.push_back(n.firstChild + k);
    }
    return out;
}

CallTree build(const store::Trace& trace, Direction direction = Direction::TopDown, const store::Scope& scope = {})
{
    auto tree = CallTree::build(trace, scope, direction);
    if (!tree)
        qFatal("%s", tree.error().message.c_str());
    return std::move(*tree);
}

// The same from the definition: every slice against every other of its track.
Paths naive(const store::Trace& trace, Direction direction, const store::Scope& scope)
{
    Paths out;
    for (uint32_t t = 0; t < trace.tracks().size(); ++t) {
        const store::Track& track = trace.tracks()[t];
        if (!scope.tracks.empty()
            && std::find(scope.tracks.begin(), scope.tracks.end(), store::TrackId(t)) == scope.tracks.end())
            continue;
        struct Call
        {
            int64_t start, end, inside;
            uint32_t depth;
            std::string name;
        };
        std::vector<Call> calls;
        for (uint32_t depth = 0; depth < track.rowCount; ++depth) {
            const store::Row& row = trace.row(trace.rowAt(store::TrackId(t), depth));
            for (uint64_t i = row.first; i < row.first + row.count; ++i) {
                const int64_t from = std::max(trace.start(i), scope.from), to = std::min(trace.end(i), scope.to);
                if (to > from)
                    calls.push_back(
                        {trace.start(i), trace.end(i), to - from, depth,
                         std::string(trace.functionName(trace.functionOf(i)))});
            }
        }
        for (const Call& call : calls) {
            std::vector<std::string> stack(call.depth + 1);
            int64_t self = call.inside;
            for (const Call& other : calls) {
                if (other.depth <= call.depth && other.start <= call.start && other.end >= call.end)
                    stack[other.depth] = other.name;
                if (other.depth == call.depth + 1 && other.start >= call.start && other.end <= call.end)
                    self -= other.inside;
            }
            const bool outermost = std::count(stack.begin(), stack.end(), call.name) == 1;
            std::string path;
            if (direction == Direction::TopDown) {
                for (const std::string& name : stack)
                    path += (path.empty() ? "" : ";") + name;
                auto& [time, own, count] = out[path];
                time += call.inside;
                own += self;
                ++count;
            } else {
                for (size_t k = stack.size(); k-- > 0;) {
                    path += (path.empty() ? "" : ";") + stack[k];
                    auto& [time, own, count] = out[path];
                    time += outermost ? call.inside : 0;
                    own += self;
                    ++count;
                }
            }
        }
    }
    return out;
}

store::TracePtr randomTrace(uint32_t seed)
{
    std::mt19937 random(seed);
    const auto below = [&](uint32_t n) { return uint32_t(random() % n); };
    test::TextTrace text;
    for (int thread = 0; thread < 3; ++thread) {
        std::vector<std::string> lines;
        std::vector<std::string> stack;
        for (int i = 0; i < 60; ++i) {
            stack.resize(below(uint32_t(stack.size()) + 1));
            for (uint32_t more = 1 + below(4); more--;)
                stack.push_back(std::string(1, char('A' + below(5))));
            std::string line = below(4) ? "" : "| ";
            for (size_t k = 0; k < stack.size(); ++k)
                line += (k ? ";" : "") + stack[k];
            lines.push_back(line + " " + std::to_string(1 + below(20)));
        }
        text.addThread("T" + std::to_string(thread), lines, int64_t(below(50)));
    }
    return text.finish();
}
} // namespace

class TestCallTree : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void callsOfOnePathAreMerged()
    {
        const auto trace = test::traceOf({"A;B 10", "A;C 5", "A;B 2", "A 3", "| A;B 4"});
        QCOMPARE(textOf(*trace, build(*trace)), QStringList({"A 24 3 2", "A;B 16 16 3", "A;C 5 5 1"}));
    }

    void theRootIsTheWholeScope()
    {
        const auto trace = test::traceOf({"A;B 10", "| C 5"});
        const CallTree tree = build(*trace);
        QCOMPARE(tree.node(0).time, int64_t(15));
        QVERIFY(!tree.node(0).function.valid());
        QCOMPARE(tree.node(0).childCount, 2u);
        QCOMPARE(tree.depth(), 2u);
        QCOMPARE(tree.weight(0, Measure::Time), uint64_t(15));
        QCOMPARE(tree.weight(0, Measure::Calls), uint64_t(3));
    }

    void timesAreClippedAtTheScopesEdges()
    {
        const auto trace = test::traceOf({"A;B 10", "A;C 10", "A 10"});
        store::Scope scope;
        scope.from = 5;
        scope.to = 25;
        QCOMPARE(
            textOf(*trace, build(*trace, Direction::TopDown, scope)),
            QStringList({"A 20 5 1", "A;C 10 10 1", "A;B 5 5 1"}));
        scope.from = 12;
        scope.to = 14;
        QCOMPARE(textOf(*trace, build(*trace, Direction::TopDown, scope)), QStringList({"A 2 0 1", "A;C 2 2 1"}));
        scope.from = 1000;
        scope.to = 2000;
        QCOMPARE(build(*trace, Direction::TopDown, scope).nodes().size(), size_t(1));
    }

    void onlyTheScopesTracksCount()
    {
        test::TextTrace text;
        text.addThread("one", {"A 10"});
        const store::TrackId second = text.addThread("two", {"A;B 4", "C 1"});
        const auto trace = text.finish();
        QCOMPARE(textOf(*trace, build(*trace)), QStringList({"A 14 10 2", "A;B 4 4 1", "C 1 1 1"}));
        store::Scope scope;
        scope.tracks = {second};
        QCOMPARE(
            textOf(*trace, build(*trace, Direction::TopDown, scope)), QStringList({"A 4 0 1", "A;B 4 4 1", "C 1 1 1"}));
    }

    void bottomUpShowsCallersBelowTheFunction()
    {
        const auto trace = test::traceOf({"A;X 10", "B;X 4", "B 1"});
        QCOMPARE(
            textOf(*trace, build(*trace, Direction::BottomUp)),
            QStringList({"X 14 14 2", "X;A 10 10 1", "X;B 4 4 1", "A 10 0 1", "B 5 1 1"}));
        QCOMPARE(build(*trace, Direction::BottomUp).scopeTime(), int64_t(15));
    }

    void recursionCountsItsTimeOnce()
    {
        const auto trace = test::traceOf({"F;F;F 10", "F;F 5", "F 1"});
        QCOMPARE(textOf(*trace, build(*trace)), QStringList({"F 16 1 1", "F;F 15 5 1", "F;F;F 10 10 1"}));
        const Paths paths = pathsOf(*trace, build(*trace, Direction::BottomUp));
        QCOMPARE(paths.at("F"), Figures(16, 16, 3));
        QCOMPARE(paths.at("F;F"), Figures(0, 15, 2));
    }

    void theSlowestCallIsKept()
    {
        const auto trace = test::traceOf({"A 10", "| A 30", "| A 20"});
        const CallTree tree = build(*trace);
        QCOMPARE(trace->duration(tree.node(1).slowest), int64_t(30));
        const CallTree inverted = build(*trace, Direction::BottomUp);
        QCOMPARE(trace->duration(inverted.node(1).slowest), int64_t(30));
    }

    void childrenAreNeighboursLongestFirstAndFitInTheirParent()
    {
        for (uint32_t seed = 1; seed <= 20; ++seed) {
            const auto trace = randomTrace(seed);
            for (const Direction direction : {Direction::TopDown, Direction::BottomUp}) {
                const CallTree tree = build(*trace, direction);
                for (uint32_t i = 0; i < tree.nodes().size(); ++i) {
                    int64_t last = INT64_MAX;
                    uint64_t sums[3] = {};
                    for (const flame::Node& child : tree.childrenOf(i)) {
                        const auto id = uint32_t(&child - tree.nodes().data());
                        QCOMPARE(child.parent, i);
                        QCOMPARE(child.depth, tree.node(i).depth + 1);
                        QVERIFY(child.time <= last);
                        last = child.time;
                        for (int m = 0; m < 3; ++m)
                            sums[m] += tree.weight(id, Measure(m));
                    }
                    for (int m = 0; m < 3; ++m)
                        QVERIFY(sums[m] <= tree.weight(i, Measure(m)));
                }
            }
        }
    }

    void randomTracesAreMergedAsDefined()
    {
        for (uint32_t seed = 1; seed <= 40; ++seed) {
            const auto trace = randomTrace(seed);
            store::Scope part;
            part.from = 100;
            part.to = 333;
            part.tracks = {store::TrackId(0u), store::TrackId(2u)};
            for (const store::Scope& scope : {store::Scope(), part}) {
                for (const Direction direction : {Direction::TopDown, Direction::BottomUp}) {
                    const Paths expected = naive(*trace, direction, scope);
                    const Paths actual = pathsOf(*trace, build(*trace, direction, scope));
                    QVERIFY2(actual == expected, qPrintable(QStringLiteral("seed %1").arg(seed)));
                }
            }
        }
    }

    // A level of more calls than are sorted at once: the paths of the first ones are found again by the others.
    void largeLevelsAreMergedInSeveralGoes()
    {
        for (uint32_t seed = 1; seed <= 10; ++seed) {
            const auto trace = randomTrace(seed);
            const store::Scope part{.from = 100, .to = 333, .tracks = {}};
            for (const store::Scope& scope : {store::Scope(), part}) {
                flame::LooseTree whole, goes;
                QVERIFY(flame::TreeBuilder(*trace, nullptr).collect(std::span(&scope, 1), whole));
                QVERIFY(flame::TreeBuilder(*trace, nullptr, 7).collect(std::span(&scope, 1), goes));
                const auto figures = [](const flame::LooseTree& tree) {
                    std::map<std::vector<uint32_t>, std::tuple<Figures, store::SliceIndex, int64_t>> out;
                    for (uint32_t i = 1; i < tree.nodes.size(); ++i) {
                        const flame::Node& n = tree.nodes[i];
                        std::vector<uint32_t> path;
                        for (uint32_t at = i; at; at = tree.nodes[at].parent)
                            path.push_back(tree.nodes[at].function.v);
                        out[path] = {{n.time, n.self, n.calls}, n.slowest, n.longest};
                    }
                    return out;
                };
                QCOMPARE(goes.nodes.size(), whole.nodes.size());
                QVERIFY(figures(goes) == figures(whole));
                QCOMPARE(goes.nodes[0].time, whole.nodes[0].time);
            }
        }
    }

    // Each of them found again.
    void manyFunctionsOfOneCallerAreToldApart()
    {
        std::vector<std::string> lines;
        for (int round = 0; round < 3; ++round)
            for (int i = 0; i < 100; ++i)
                lines.push_back("main;f" + std::to_string(i * 37 % 100) + " 2");
        const auto trace = test::traceOf(lines);
        const CallTree tree = build(*trace);
        QCOMPARE(tree.node(1).childCount, 100u);
        for (const flame::Node& child : tree.childrenOf(1))
            QCOMPARE(std::pair(child.calls, child.time), std::pair(uint64_t(3), int64_t(6)));
    }

    // 1,100,000 paths, each a millionth of the whole or less.
    void treesOfAMillionNodesLoseTheSmallOnesUntilTheyAreLookedAt()
    {
        constexpr int64_t kCallers = 1100, kCallees = 1000, kLength = 900;
        test::TextTrace text;
        const store::TrackId track = text.addThread("many", {"warm 1"}, -10);
        std::vector<store::FunctionId> functions;
        for (int64_t i = 0; i < kCallers; ++i)
            functions.push_back(text.function("f" + std::to_string(i)));
        store::SliceBuffer& slices = text.builder().slices(track);
        const store::FunctionId main = text.function("main");
        slices.addAtDepth(0, 0, 1'000'000'000, main);
        for (int64_t i = 0; i < kCallers; ++i) {
            const int64_t start = i * kCallees * kLength;
            slices.addAtDepth(1, start, kCallees * kLength, functions[size_t(i)]);
            for (int64_t k = 0; k < kCallees; ++k)
                slices.addAtDepth(2, start + k * kLength, kLength, functions[size_t(k)]);
        }
        const auto trace = text.finish();
        QVERIFY(trace);
        flame::TreeOptions options;
        auto whole = CallTree::build(*trace, {}, options);
        QVERIFY(whole && whole->isPruned());
        QCOMPARE(whole->nodes().size(), size_t(kCallers + 2)); // with the root and main
        QCOMPARE(whole->weight(1, Measure::Calls), uint64_t(1 + kCallers * (kCallees + 1)));
        const auto childrenOf = [&](const CallTree& tree, store::FunctionId function) {
            for (const flame::Node& node : tree.nodes())
                if (node.function == function && node.depth == 2)
                    return std::pair(node.childCount, node.self);
            return std::pair(~0u, int64_t(-1));
        };
        QCOMPARE(childrenOf(*whole, functions[5]), std::pair(0u, int64_t(0)));
        options.closer = {main, functions[5]};
        auto closer = CallTree::build(*trace, {}, options);
        QVERIFY(closer && closer->isPruned());
        QCOMPARE(childrenOf(*closer, functions[5]), std::pair(uint32_t(kCallees), int64_t(0)));
        QCOMPARE(childrenOf(*closer, functions[6]), std::pair(0u, int64_t(0)));

        // Bottom up, those are not even made, unless something may be looked at closer.
        options = {flame::Direction::BottomUp, {}, {}, {}};
        auto up = CallTree::build(*trace, {}, options);
        options.closer = {functions[5]};
        auto upCloser = CallTree::build(*trace, {}, options);
        QVERIFY(up && up->isPruned() && upCloser && upCloser->isPruned());
        QCOMPARE(up->node(0).calls, uint64_t(2 + kCallers * (kCallees + 1))); // with "warm", which is left out
        QCOMPARE(up->node(0).self, int64_t(1'000'000'001));
        QVERIFY(upCloser->nodes().size() > up->nodes().size());
        QCOMPARE(up->nodes().size() + up->leftOut(), upCloser->nodes().size() + upCloser->leftOut());
    }

    void deepRecursionNeedsNoStack()
    {
        constexpr int kDepth = 100000;
        test::TextTrace text;
        const store::TrackId track = text.addThread("deep", {"warm 1"}, -10);
        const store::FunctionId f = text.function("f");
        for (uint32_t depth = 0; depth < kDepth; ++depth)
            text.builder().slices(track).addAtDepth(depth, depth, 2 * int64_t(kDepth - depth), f);
        const auto trace = text.finish();
        QVERIFY(trace);
        QCOMPARE(build(*trace).depth(), uint32_t(kDepth));
        const CallTree inverted = build(*trace, Direction::BottomUp);
        QCOMPARE(inverted.node(1).calls, uint64_t(kDepth));
    }

    void aStoppedBuildSaysSo()
    {
        const auto trace = test::traceOf({"A;B 10"});
        store::Progress progress;
        progress.cancel();
        for (const Direction direction : {Direction::TopDown, Direction::BottomUp}) {
            const auto tree = CallTree::build(*trace, {}, direction, &progress);
            QVERIFY(!tree);
            QCOMPARE(tree.error().code, ErrorCode::Cancelled);
        }
    }

    void anEmptyTraceGivesARootAlone()
    {
        store::TraceBuilder builder;
        const auto trace = builder.finish();
        QVERIFY(bool(trace));
        for (const Direction direction : {Direction::TopDown, Direction::BottomUp}) {
            const CallTree tree = build(**trace, direction);
            QCOMPARE(tree.nodes().size(), size_t(1));
            QCOMPARE(tree.weight(0, Measure::Time), uint64_t(0));
        }
    }
};

QTEST_APPLESS_MAIN(TestCallTree)
#include "tst_calltree.moc"
