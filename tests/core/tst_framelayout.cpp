// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/framelayout.h"
#include "texttrace.h"
#include <QtTest>

using namespace calltide;
using flame::CallTree;
using flame::Direction;
using flame::Frame;
using flame::FrameLayout;
using flame::Measure;

namespace {
CallTree build(const store::Trace& trace, Direction direction = Direction::TopDown)
{
    auto tree = CallTree::build(trace, {}, direction);
    if (!tree)
        qFatal("%s", tree.error().message.c_str());
    return std::move(*tree);
}

// "A@0+60 B@60+40": a row's frames.
QString rowText(const store::Trace& trace, const CallTree& tree, const FrameLayout& layout, uint32_t row)
{
    QStringList out;
    for (const Frame& f : layout.row(row)) {
        const QString name = f.more ? QStringLiteral("(%1 more)").arg(f.more)
            : f.node                ? QString::fromUtf8(
                                 trace.functionName(tree.node(f.node).function).data(),
                                 qsizetype(trace.functionName(tree.node(f.node).function).size()))
                     : QStringLiteral("all");
        out << QStringLiteral("%1@%2+%3").arg(name).arg(double(f.x)).arg(double(f.w));
    }
    return out.join(u' ');
}
} // namespace

class TestFrameLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void widthsAreSharesOfTheTime()
    {
        const auto trace = test::traceOf({"A;B 30", "A;C 20", "A 10", "D 40"});
        const CallTree tree = build(*trace);
        FrameLayout layout;
        layout.build(tree, Measure::Time, {}, 100, 0.5f);
        QCOMPARE(layout.rowCount(), 3u);
        QCOMPARE(rowText(*trace, tree, layout, 0), QStringLiteral("all@0+100"));
        QCOMPARE(rowText(*trace, tree, layout, 1), QStringLiteral("A@0+60 D@60+40"));
        QCOMPARE(rowText(*trace, tree, layout, 2), QStringLiteral("B@0+30 C@30+20"));
    }

    void widthsMayBeCalls()
    {
        const auto trace = test::traceOf({"A;B 1", "A;C 1", "A;B 1", "A 90", "| D 7"});
        const CallTree tree = build(*trace);
        FrameLayout layout;
        layout.build(tree, Measure::Calls, {}, 50, 0.5f);
        QCOMPARE(rowText(*trace, tree, layout, 1), QStringLiteral("A@0+40 D@40+10")); // A, 2 B, C are 4 of 5 calls
        QCOMPARE(rowText(*trace, tree, layout, 2), QStringLiteral("B@0+20 C@20+10"));
    }

    void aWindowShowsAPart()
    {
        const auto trace = test::traceOf({"A;B 30", "A;C 20", "A 10", "D;E 40"});
        const CallTree tree = build(*trace);
        const uint32_t a = 1;
        const flame::Window window = FrameLayout::windowOf(tree, Measure::Time, tree.node(a).firstChild + 1); // C
        QCOMPARE(window.from, 0.3);
        QCOMPARE(window.to, 0.5);
        FrameLayout layout;
        layout.build(tree, Measure::Time, window, 100, 0.5f);
        QCOMPARE(rowText(*trace, tree, layout, 0), QStringLiteral("all@0+100"));
        QCOMPARE(rowText(*trace, tree, layout, 1), QStringLiteral("A@0+100"));
        QCOMPARE(rowText(*trace, tree, layout, 2), QStringLiteral("C@0+100"));
        QVERIFY(layout.row(1)[0].cutLeft && layout.row(1)[0].cutRight);
        QVERIFY(!layout.row(2)[0].cutLeft && !layout.row(2)[0].cutRight);
    }

    void narrowSiblingsBecomeOneBlock()
    {
        std::vector<std::string> lines{"A 900"};
        for (int i = 0; i < 100; ++i)
            lines.push_back("| f" + std::to_string(i) + " 1");
        const auto trace = test::traceOf(lines);
        const CallTree tree = build(*trace);
        FrameLayout layout;
        layout.build(tree, Measure::Time, {}, 100, 0.5f); // 1000 ns in 100 px: 0.1 px each
        QCOMPARE(rowText(*trace, tree, layout, 1), QStringLiteral("A@0+90 (100 more)@90+10"));
        QCOMPARE(layout.row(1)[1].weight, uint64_t(100));
        layout.build(tree, Measure::Time, {}, 1000, 0.5f); // wide enough for each
        QCOMPARE(layout.row(1).size(), size_t(101));
        layout.build(tree, Measure::Time, {}, 4, 0.5f); // the block itself is too narrow
        QCOMPARE(layout.row(1).size(), size_t(1));
    }

    void hitsAreFoundByRowAndPlace()
    {
        const auto trace = test::traceOf({"A;B 30", "A;C 20", "A 10", "D 40"});
        const CallTree tree = build(*trace);
        FrameLayout layout;
        layout.build(tree, Measure::Time, {}, 100, 0.5f);
        QCOMPARE(layout.hit(59.9f, 1)->node, layout.row(1)[0].node);
        QCOMPARE(layout.hit(60.f, 1)->node, layout.row(1)[1].node);
        QVERIFY(!layout.hit(55, 2)); // A itself runs there
        QVERIFY(!layout.hit(-1, 0));
        QVERIFY(!layout.hit(10, 3));
    }

    void everyFrameStandsUnderItsParentAndInTheWidth()
    {
        std::vector<std::string> lines;
        for (int i = 0; i < 400; ++i)
            lines.push_back(
                "m;a" + std::to_string(i % 7) + ";b" + std::to_string(i % 31) + ";c" + std::to_string(i % 3) + " "
                + std::to_string(1 + i % 13));
        const auto trace = test::traceOf(lines);
        for (const Direction direction : {Direction::TopDown, Direction::BottomUp}) {
            const CallTree tree = build(*trace, direction);
            for (const Measure measure : {Measure::Time, Measure::Self, Measure::Calls}) {
                for (const flame::Window window :
                     {flame::Window{0, 1}, flame::Window{0.2, 0.43}, flame::Window{0.501, 0.502}}) {
                    FrameLayout layout;
                    layout.build(tree, measure, window, 800, 0.5f);
                    for (uint32_t row = 1; row < layout.rowCount(); ++row) {
                        float last = 0;
                        for (const Frame& f : layout.row(row)) {
                            QVERIFY(f.x >= last - 0.01f && f.w >= 0 && f.x + f.w <= 800.01f);
                            last = f.x + f.w;
                            const Frame* parent = layout.hit(f.x + f.w / 2, row - 1);
                            QVERIFY(parent);
                            QCOMPARE(parent->node, tree.node(f.node).parent);
                        }
                    }
                }
            }
        }
    }

    void nothingIsDrawnOfNothing()
    {
        store::TraceBuilder builder;
        const auto trace = builder.finish();
        QVERIFY(bool(trace));
        const CallTree tree = build(**trace);
        FrameLayout layout;
        layout.build(tree, Measure::Time, {}, 100, 0.5f);
        QCOMPARE(layout.rowCount(), 1u);
        layout.build(tree, Measure::Time, {}, 0, 0.5f);
        QCOMPARE(layout.rowCount(), 0u);
    }
};

QTEST_APPLESS_MAIN(TestFrameLayout)
#include "tst_framelayout.moc"
