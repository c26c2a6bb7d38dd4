// SPDX-License-Identifier: GPL-3.0-or-later
// Every transform against its definition, on small traces by hand and on random ones by path rewriting.
#include "layout/calltree.h"
#include "texttrace.h"
#include <QtTest>
#include <algorithm>
#include <functional>
#include <map>
#include <random>

using namespace calltide;
using flame::CallTree;
using flame::Transform;
using flame::TransformKind;
using Path = std::vector<std::string>;
using Figures = std::pair<int64_t, uint64_t>; // self, calls
using Paths = std::map<Path, Figures>;

namespace {
store::FunctionId functionNamed(const store::Trace& trace, const std::string& name)
{
    for (uint32_t f = 0; f < trace.functions().size(); ++f)
        if (trace.functionName(store::FunctionId(f)) == name)
            return store::FunctionId(f);
    return {};
}

CallTree build(const store::Trace& trace, const flame::TreeOptions& options)
{
    auto tree = CallTree::build(trace, {}, options);
    if (!tree)
        qFatal("%s", tree.error().message.c_str());
    return std::move(*tree);
}

Paths pathsOf(const store::Trace& trace, const CallTree& tree)
{
    Paths out;
    for (uint32_t i = 1; i < tree.nodes().size(); ++i) {
        Path path;
        for (uint32_t n = i; n; n = tree.node(n).parent)
            path.insert(path.begin(), std::string(trace.functionName(tree.node(n).function)));
        out[path] = {tree.node(i).self, tree.node(i).calls};
    }
    return out;
}

// "A;B 10 12 1": path, self, time, calls; depth first.
QStringList textOf(const store::Trace& trace, const CallTree& tree)
{
    QStringList out;
    std::vector<uint32_t> stack{0};
    while (!stack.empty()) {
        const flame::Node& n = tree.node(stack.back());
        Path path;
        for (uint32_t k = stack.back(); k; k = tree.node(k).parent)
            path.insert(path.begin(), std::string(trace.functionName(tree.node(k).function)));
        stack.pop_back();
        QString name;
        for (const std::string& part : path)
            name += (name.isEmpty() ? QString() : QStringLiteral(";")) + QString::fromStdString(part);
        if (!path.empty())
            out << QStringLiteral("%1 %2 %3 %4").arg(name).arg(n.self).arg(n.time).arg(n.calls);
        for (uint32_t k = n.childCount; k-- > 0;)
            stack.push_back(n.firstChild + k);
    }
    return out;
}

// What becomes of one path: empty and false, it is gone; and whether its calls still count.
struct Rewritten
{
    Path path;
    bool kept = true, calls = true;
};

Rewritten rewritten(const Path& path, const Transform& t, const std::string& f)
{
    Rewritten out;
    const auto first = std::find(path.begin(), path.end(), f);
    switch (t.kind) {
    case TransformKind::MergeFunction:
        std::copy_if(path.begin(), path.end(), std::back_inserter(out.path), [&](auto& p) { return p != f; });
        out.calls = path.back() != f;
        break;
    case TransformKind::DropFunction:
        out = {path, first == path.end(), true};
        break;
    case TransformKind::FocusFunction:
        out = {{first, path.end()}, first != path.end(), true};
        break;
    case TransformKind::CollapseRecursion: {
        const auto last = std::find(path.rbegin(), path.rend(), f).base(); // behind the innermost call
        out.path = path;
        if (first != path.end())
            out.path.erase(out.path.begin() + (first - path.begin()) + 1, out.path.begin() + (last - path.begin()));
        break;
    }
    case TransformKind::CollapseFunction:
        out.path = {path.begin(), first == path.end() ? first : first + 1};
        out.calls = out.path.size() == path.size();
        break;
    case TransformKind::CollapseDirectRecursion:
        std::unique_copy(
            path.begin(), path.end(), std::back_inserter(out.path), [&](auto& a, auto& b) { return a == f && b == f; });
        break;
    default:
        break;
    }
    return out;
}

store::TracePtr randomTrace(uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<std::string> lines;
    for (int i = 0; i < 40; ++i) {
        std::string line;
        for (uint32_t depth = 1 + random() % 6; depth-- > 0;)
            line += (line.empty() ? "" : ";") + std::string(1, char('A' + random() % 4));
        lines.push_back(line + " " + std::to_string(1 + random() % 20));
    }
    return test::traceOf(lines);
}
} // namespace

class TestTransforms : public QObject
{
    Q_OBJECT

    static QStringList after(const store::TracePtr& trace, TransformKind kind, const char* function, std::vector<const char*> path = {})
    {
        Transform t{kind, functionNamed(*trace, function), {}};
        for (const char* name : path)
            t.path.push_back(functionNamed(*trace, name));
        return textOf(*trace, build(*trace, {flame::Direction::TopDown, {t}, {}}));
    }

private Q_SLOTS:
    void mergingGivesTheSelfTimeToTheCaller()
    {
        const auto trace = test::traceOf({"A;B;C 10", "A;B 5", "A;C 2", "A 1"});
        QCOMPARE(
            after(trace, TransformKind::MergeFunction, "B"),
            (QStringList{QStringLiteral("A 6 18 1"), QStringLiteral("A;C 12 12 2")}));
    }

    void whatIsDroppedLeavesTheCallersTimesToo()
    {
        const auto trace = test::traceOf({"A;B;C 10", "A;B 5", "A;C 2", "A 1"});
        QCOMPARE(
            after(trace, TransformKind::DropFunction, "B"),
            (QStringList{QStringLiteral("A 1 3 1"), QStringLiteral("A;C 2 2 1")}));
    }

    void aFocusedFunctionIsTheNewTop()
    {
        const auto trace = test::traceOf({"A;B;C 10", "D;B 5", "D;C 2"});
        QCOMPARE(
            after(trace, TransformKind::FocusFunction, "B"),
            (QStringList{QStringLiteral("B 5 15 2"), QStringLiteral("B;C 10 10 1")}));
    }

    void aFocusedPathLeavesTheFunctionsOtherCallsOut()
    {
        const auto trace = test::traceOf({"A;B;C 10", "D;B 5", "D;C 2"});
        QCOMPARE(
            after(trace, TransformKind::FocusSubtree, "B", {"A", "B"}),
            (QStringList{QStringLiteral("B 0 10 1"), QStringLiteral("B;C 10 10 1")}));
    }

    void recursionBecomesOneCall()
    {
        const auto trace = test::traceOf({"A;F;F;G;F 4", "A;F;F;G 3", "A;F;F 2", "A;F 1"});
        QCOMPARE(
            after(trace, TransformKind::CollapseRecursion, "F"),
            (QStringList{
                QStringLiteral("A 0 10 1"), QStringLiteral("A;F 7 10 3"), QStringLiteral("A;F;G 3 3 1")}));
    }

    void aMergedNodeLeavesTheFunctionsOtherPaths()
    {
        const auto trace = test::traceOf({"A;B;C 10", "A;B 5", "D;B 3"});
        QCOMPARE(
            after(trace, TransformKind::MergeNode, "B", {"A", "B"}),
            (QStringList{QStringLiteral("A 5 15 1"), QStringLiteral("A;C 10 10 1"), QStringLiteral("D 0 3 1"),
                QStringLiteral("D;B 3 3 1")}));
    }

    void aModuleIsMergedOrLeftAlone()
    {
        const auto trace = test::traceOf({"A;B;C;E 10", "A;C 5", "D 3"});
        Transform t{TransformKind::MergeModule, functionNamed(*trace, "B"), {}, std::vector<bool>(trace->functions().size())};
        t.functions[functionNamed(*trace, "B").v] = t.functions[functionNamed(*trace, "C").v] = true;
        QCOMPARE(
            textOf(*trace, build(*trace, {flame::Direction::TopDown, {t}, {}})),
            (QStringList{QStringLiteral("A 5 15 1"), QStringLiteral("A;E 10 10 1"), QStringLiteral("D 3 3 1")}));
        t.kind = TransformKind::FocusModule;
        QCOMPARE(
            textOf(*trace, build(*trace, {flame::Direction::TopDown, {t}, {}})),
            (QStringList{QStringLiteral("B 0 10 1"), QStringLiteral("B;C 0 10 1"), QStringLiteral("B;C;E 10 10 1"),
                QStringLiteral("C 5 5 1")}));
    }

    void randomTracesAreRewrittenPathByPath()
    {
        for (uint32_t seed = 1; seed <= 60; ++seed) {
            const auto trace = randomTrace(seed);
            const Paths before = pathsOf(*trace, build(*trace, {}));
            for (const TransformKind kind :
                 {TransformKind::MergeFunction, TransformKind::DropFunction, TransformKind::FocusFunction,
                  TransformKind::CollapseRecursion, TransformKind::CollapseFunction,
                  TransformKind::CollapseDirectRecursion}) {
                const Transform t{kind, functionNamed(*trace, "B"), {}};
                Paths expected;
                int64_t whole = 0;
                for (const auto& [path, figures] : before) {
                    const Rewritten r = rewritten(path, t, "B");
                    if (!r.kept)
                        continue;
                    whole += figures.first;
                    if (r.path.empty())
                        continue;
                    auto& [self, calls] = expected[r.path];
                    self += figures.first;
                    calls += r.calls ? figures.second : 0;
                }
                const CallTree tree = build(*trace, {flame::Direction::TopDown, {t}, {}});
                QVERIFY2(pathsOf(*trace, tree) == expected, qPrintable(QStringLiteral("seed %1 kind %2").arg(seed).arg(int(kind))));
                QCOMPARE(tree.scopeTime(), whole);
                for (uint32_t i = 0; i < tree.nodes().size(); ++i) {
                    int64_t below = 0;
                    for (const flame::Node& child : tree.childrenOf(i))
                        below += child.time;
                    QCOMPARE(tree.node(i).time, tree.node(i).self + below);
                }
            }
        }
    }

    void librariesAreMergedIntoTheUsersCode()
    {
        store::TraceBuilder builder;
        store::Track track;
        const store::TrackId thread = builder.addTrack(track);
        const auto add = [&](const char* name, const char* file) {
            store::Function f;
            f.name = builder.intern(name);
            f.file = builder.intern(file);
            f.kind = store::FunctionKind::Python;
            return builder.addFunction(f);
        };
        const auto mine = add("mine", "/home/me/app.py");
        const auto theirs = add("theirs", "/usr/lib/python3/site-packages/x/y.py");
        const auto back = add("callback", "/home/me/app.py");
        builder.slices(thread).addAtDepth(0, 0, 100, mine);
        builder.slices(thread).addAtDepth(1, 10, 60, theirs);
        builder.slices(thread).addAtDepth(2, 20, 15, back);
        auto trace = builder.finish();
        QVERIFY(bool(trace));
        const CallTree tree = build(**trace, {flame::Direction::TopDown, {{TransformKind::MergeLibrary, {}, {}}}, {}});
        QCOMPARE(
            textOf(**trace, tree),
            (QStringList{QStringLiteral("mine 85 100 1"), QStringLiteral("mine;callback 15 15 1")}));
    }

    void hitsAreSeenWithWhatIsBelowThem()
    {
        const auto trace = test::traceOf({"A;B;C 10", "D;C;B 2", "D;E 5"});
        flame::TreeOptions options;
        Transform hits{TransformKind::FocusHits, {}, {}, std::vector<bool>(trace->functions().size())};
        hits.functions[functionNamed(*trace, "B").v] = true;
        hits.functions[functionNamed(*trace, "C").v] = true;
        options.transforms = {hits};
        QCOMPARE(
            textOf(*trace, build(*trace, options)),
            (QStringList{QStringLiteral("B 0 10 1"), QStringLiteral("B;C 10 10 1"), QStringLiteral("C 0 2 1"),
                QStringLiteral("C;B 2 2 1")}));
    }

    void partsOfTheTimeArePutTogether()
    {
        const auto trace = test::traceOf({"A;B 10", "A;C 10", "A;B 10"});
        const store::Scope parts[] = {{0, 5, {}, {}}, {20, 30, {}, {}}};
        const auto paths = CallTree::collect(*trace, parts);
        QVERIFY(paths);
        const auto tree = CallTree::arrange(*trace, *paths, {});
        QVERIFY(bool(tree));
        QCOMPARE(tree.value().node(0).time, int64_t(15));
        QCOMPARE(tree.value().node(1).time, int64_t(15)); // A, which goes on from one to the other
        QCOMPARE(tree.value().node(2).time, int64_t(15)); // B
        QCOMPARE(tree.value().node(2).calls, uint64_t(2));
        QCOMPARE(tree.value().nodes().size(), size_t(3));
    }

    void callersOfOneFunction()
    {
        const auto trace = test::traceOf({"A;B;C 10", "D;C 2", "D;B 5"});
        const CallTree tree
            = build(*trace, {flame::Direction::BottomUp, {}, functionNamed(*trace, "C")});
        QCOMPARE(
            textOf(*trace, tree),
            (QStringList{
                QStringLiteral("C 12 12 2"), QStringLiteral("C;B 10 10 1"), QStringLiteral("C;B;A 10 10 1"),
                QStringLiteral("C;D 2 2 1")}));
    }

    void transformsFollowOneAnother()
    {
        const auto trace = test::traceOf({"A;B;C;D 10", "A;C;D 4", "A;B 3"});
        const flame::TreeOptions options{
            flame::Direction::TopDown,
            {{TransformKind::MergeFunction, functionNamed(*trace, "B"), {}},
             {TransformKind::FocusFunction, functionNamed(*trace, "C"), {}}},
            {}};
        QCOMPARE(
            textOf(*trace, build(*trace, options)),
            (QStringList{QStringLiteral("C 0 14 2"), QStringLiteral("C;D 14 14 2")}));
    }
};

QTEST_APPLESS_MAIN(TestTransforms)
#include "tst_transforms.moc"
