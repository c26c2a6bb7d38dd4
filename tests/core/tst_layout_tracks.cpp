// SPDX-License-Identifier: GPL-3.0-or-later
// Which tracks and lanes there are, in which order, how high, and what is seen of them.
#include "drawn_scene.h"
#include "store/statistics.h"
#include <QTest>
#include <set>

using namespace calltide;
using namespace calltide::layout;
using namespace drawn;
using small::kMs;
using small::Maker;

class TestLayoutTracks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tracksStandUnderTheirProcesses()
    {
        Maker m;
        m.add(0, 10 * kMs, "main");
        m.add(0, 5 * kMs, "load");
        const auto child
            = m.b.addProcess({.pid = 4133, .parentPid = 4120, .parent = m.process, .name = m.b.intern("thumbs.py")});
        const auto childMain = m.b.addTrack({.process = child, .tid = 4133, .name = m.b.intern("MainThread")});
        m.b.slices(childMain).add(kMs, kMs, m.function("main"));
        const auto overflow
            = m.b.addTrack({.kind = store::TrackKind::Overflow, .process = m.process, .parent = m.main});
        m.b.slices(overflow).add(kMs, kMs, m.function("late"));
        const auto gc = m.b.addTrack({.kind = store::TrackKind::Gc, .process = m.process});
        m.b.slices(gc).add(2 * kMs, kMs, m.function("gen 0"));
        m.b.addInstant({.time = kMs, .name = m.b.intern("retry"), .process = m.process});
        m.b.addInstant({.time = kMs, .name = m.b.intern("KeyError"), .process = m.process, .exception = true});
        m.b.addCounterSample(m.process, "Memory", "rss", kMs, 5);
        const auto trace = m.finish();
        const TrackModel model(*trace, small::style(), {});
        std::vector<std::string> order;
        for (const auto& item : model.items())
            order.push_back(item.name);
        const std::vector<std::string> wanted{"app.py", "MainThread", "Overlapping calls", "Garbage collection",
                                              "Exceptions", "Events", "Memory", "thumbs.py", "MainThread"};
        QVERIFY(order == wanted);
        QCOMPARE(model.items()[2].level, 2);
        QCOMPARE(QString::fromStdString(model.items()[0].detail), QStringLiteral("4120 · Python 3.13.1 · 1 thread"));
        QCOMPARE(QString::fromStdString(model.items()[7].detail), QStringLiteral("4133 · 1 thread · started by 4120"));

        double y = 0;
        for (size_t i = 0; i < model.items().size(); ++i) {
            QCOMPARE(model.items()[i].y, y);
            QCOMPARE(model.at(y), i);
            QCOMPARE(model.at(y + double(model.items()[i].height) - 0.5), i);
            y += double(model.items()[i].height);
        }
        QCOMPARE(model.height(), y);
        QCOMPARE(model.at(y), model.items().size());
        QCOMPARE(model.at(-1), model.items().size());

        Collapsed collapsed;
        collapsed.groups.insert(m.process);
        const TrackModel folded(*trace, small::style(), collapsed);
        QCOMPARE(folded.items().size(), size_t(3)); // two headers and the child's thread
        QVERIFY(folded.items()[0].collapsed);
        QCOMPARE(folded.indexOf(m.main), folded.items().size());
        QCOMPARE(folded.indexOf(childMain), size_t(2));
    }

    void manyTasksStandBelowTheThreads()
    {
        for (const int tasks : {8, 9}) {
            Maker m;
            m.add(0, 10 * kMs, "main");
            for (int i = 0; i < tasks; ++i) {
                const auto task = m.b.addTrack({.kind = store::TrackKind::Task, .process = m.process, .parent = m.main});
                m.b.slices(task).add(kMs, kMs, m.function("step"));
            }
            const auto other = m.b.addTrack({.process = m.process, .tid = 9, .name = m.b.intern("Pool"), .sortIndex = 1});
            m.b.slices(other).add(kMs, kMs, m.function("main"));
            m.b.addCounterSample(m.process, "Memory", "rss", kMs, 5);
            const auto trace = m.finish();
            const TrackModel model(*trace, small::style(), {});
            QCOMPARE(model.items().size(), size_t(4 + tasks));
            size_t pool = 0, first = 0;
            for (size_t i = model.items().size(); i-- > 0;) {
                if (model.items()[i].name == "Pool")
                    pool = i;
                if (model.items()[i].icon == Icon::Task)
                    first = i;
            }
            QCOMPARE(first < pool, tasks == 8);
        }
    }

    void tracksAreFilteredByWords()
    {
        QVERIFY(matchesFilter("MainThread", ""));
        QVERIFY(matchesFilter("MainThread", " , "));
        QVERIFY(matchesFilter("MainThread", "pool, mAIN"));
        QVERIFY(!matchesFilter("MainThread", "pool"));
        QVERIFY(!matchesFilter("", "a"));
    }

    void pinnedTracksStandAboveAndDoNotScroll()
    {
        small::Maker m;
        m.add(0, 10 * kMs, "main");
        std::vector<store::TrackId> threads;
        for (int i = 0; i < 30; ++i) {
            threads.push_back(m.b.addTrack({.process = m.process, .tid = 5000 + i, .name = m.b.intern("Pool")}));
            m.b.slices(threads.back()).add(kMs, kMs, m.function("work"));
        }
        const auto trace = m.finish();
        const FixedMeasure measure;
        TimelineScene scene(trace, small::style(), measure);
        const ViewSpec view{.from = 0, .to = 10 * kMs, .width = 1000, .height = 300, .headerColumn = 200};
        const double most = scene.maxScroll(view);
        Arrangement a;
        a.pin(keyOf(scene.tracks().items()[scene.tracks().indexOf(threads[20])]), true);
        a.hidden.insert(keyOf(scene.tracks().items()[scene.tracks().indexOf(threads[3])]));
        scene.setArrangement(a);
        QCOMPARE(scene.tracks().indexOf(threads[20]), size_t(0));
        QCOMPARE(scene.tracks().indexOf(threads[3]), scene.tracks().items().size());
        QCOMPARE(scene.maxScroll(view), most - 28); // one hidden; the pinned one takes from the room what it gave
        auto scrolled = view;
        scrolled.scroll = 200;
        for (const ViewSpec& v : {view, scrolled}) {
            const Hit hit = scene.hit(v, 350, 44 + 28 + 10);
            QCOMPARE(hit.item, size_t(0));
            QVERIFY(hit.slice != store::kNoSlice && trace->trackOf(hit.slice) == threads[20]);
            QCOMPARE(scene.rowBox(v, trace->track(threads[20]).firstRow)->y, 44 + 28 + 4.f);
        }
        DrawList list;
        scene.draw(scrolled, list);
        const auto& fills = scene.colors().of(trace->functionOf(trace->row(trace->track(threads[20]).firstRow).first), scene.style());
        QVERIFY(std::any_of(list.shapes.begin(), list.shapes.end(), [&](const Shape& s) {
            return s.fill == fills.fill && s.y == 44 + 28 + 4.f;
        }));
        a.pinned.clear();
        a.filter = "main";
        scene.setArrangement(a);
        QCOMPARE(scene.tracks().items().size(), size_t(2));
        a.filter = "APP.PY"; // the process: all of its tracks but the hidden one
        scene.setArrangement(a);
        QCOMPARE(scene.tracks().items().size(), size_t(31));
        a.filter = "nobody";
        scene.setArrangement(a);
        QVERIFY(scene.tracks().items().empty());
        scene.draw(view, list);
        QVERIFY(list.text.find("No track matches \u201Cnobody\u201D.") != std::string::npos);
        QCOMPARE(scene.hit(view, 300, 200).zone, HitZone::None);
    }

    void notesHaveALaneAndLines()
    {
        small::Maker m;
        m.add(0, 10 * kMs, "main");
        const auto trace = m.finish();
        const FixedMeasure measure;
        auto style = small::style();
        style.note = {0xFF500001, 0xFF500002};
        TimelineScene scene(trace, style, measure);
        ViewSpec view{.from = 0, .to = 10 * kMs, .width = 1000, .height = 300, .headerColumn = 200};
        const double without = scene.zones(view).tracks.y;
        const std::vector<Note> notes{
            {.from = 2 * kMs, .to = 2 * kMs, .text = "cold"}, {.from = 5 * kMs, .to = 7 * kMs, .text = "span", .color = 1}};
        view.notes = &notes;
        QCOMPARE(double(scene.zones(view).tracks.y), without + 18);
        DrawList list;
        scene.draw(view, list);
        QVERIFY(list.text.find("cold") != std::string::npos && list.text.find("span") != std::string::npos);
        QCOMPARE(scene.hit(view, 200 + 165, float(without) + 9).note, size_t(0));
        QCOMPARE(scene.hit(view, 200 + 480, float(without) + 9).note, size_t(1));
        QCOMPARE(scene.hit(view, 200 + 650, float(without) + 9).note, SIZE_MAX);
        QCOMPARE(scene.hit(view, 200 + 650, float(without) + 9).zone, HitZone::Notes);
    }

    void heightsFollowTheRowSize_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<float>("height");
        QTest::newRow("compact") << int(RowSize::Compact) << 3 * 14.f + 8;
        QTest::newRow("normal") << int(RowSize::Normal) << 3 * 20.f + 8;
        QTest::newRow("large") << int(RowSize::Large) << 3 * 26.f + 8;
    }

    void heightsFollowTheRowSize()
    {
        QFETCH(int, rows);
        QFETCH(float, height);
        Maker m;
        m.add(0, 10, "a");
        m.add(0, 9, "b");
        m.add(0, 8, "c");
        const auto trace = m.finish();
        QCOMPARE(TrackModel(*trace, small::style(RowSize(rows)), {}).items()[1].height, height);
        Collapsed collapsed;
        collapsed.tracks.insert(m.main);
        const TrackModel folded(*trace, small::style(RowSize(rows)), collapsed);
        QCOMPARE(folded.items()[1].rows, 1u);
        QVERIFY(folded.items()[1].height < height);
    }

    void threadsOrTasksCanBeLookedAt()
    {
        Maker m;
        const auto other = m.b.addTrack({.process = m.process, .tid = 2, .name = m.b.intern("Other")});
        const auto task = m.b.addTrack(
            {.kind = store::TrackKind::Task, .process = m.process, .parent = other, .name = m.b.intern("Task-1")});
        for (const auto track : {other, task})
            m.b.slices(track).add(0, 10, m.function("short"));
        m.add(0, kMs, "main");
        const auto trace = m.finish();
        const auto names = [&](TrackSide side) {
            Arrangement arrangement;
            arrangement.side = side;
            const TrackModel model(*trace, small::style(), {}, arrangement);
            QStringList out;
            for (size_t i = 1; i < model.items().size(); ++i)
                out << QString::fromStdString(model.items()[i].name);
            return out;
        };
        QVERIFY(names(TrackSide::Both).contains(QStringLiteral("Task-1")));
        QVERIFY(names(TrackSide::Both).contains(QStringLiteral("Other")));
        QVERIFY(!names(TrackSide::Threads).contains(QStringLiteral("Task-1")));
        QVERIFY(names(TrackSide::Threads).contains(QStringLiteral("Other")));
        QCOMPARE(names(TrackSide::Tasks).value(0), QStringLiteral("Task-1"));
        QVERIFY(!names(TrackSide::Tasks).contains(QStringLiteral("Other")));
    }

    void aDeepTrackShowsSomeRowsAndSumsUpTheRest()
    {
        Maker m;
        const auto other = m.b.addTrack({.process = m.process, .tid = 2, .name = m.b.intern("Other")});
        m.b.slices(other).add(0, 10, m.function("short"));
        for (int64_t i = 0; i < 40; ++i)
            m.add(i * kMs, 100 * kMs - 2 * i * kMs, "recurse" + std::to_string(i));
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        ViewSpec view = spec(0, 100 * kMs);
        const auto item = [&]() -> const TrackItem& { return scene.tracks().items()[1]; };
        QCOMPARE(item().rows, 16u);
        QCOMPARE(item().hiddenRows, 24u);
        QCOMPARE(QString::fromStdString(item().value), QStringLiteral("+24 rows"));
        QCOMPARE(item().height, 16 * 20.f + 8 + 8);
        Drawn d = draw(scene, view);
        QVERIFY(d.text("recurse15"));
        QVERIFY(!d.text("recurse16")); // but its time is seen
        const auto sum = std::find_if(
            d.list.shapes.begin(), d.list.shapes.end(), [&](const Shape& s) { return s.y == kFirst + 16 * 20; });
        QVERIFY(sum != d.list.shapes.end() && sum->h < 8);
        QCOMPARE(sum->fill, fillOf(scene, "recurse16"));
        const Hit hit = scene.hit(view, 700, kFirst + 16 * 20 + 2);
        QCOMPARE(hit.slice, named(*scene.trace(), "recurse16"));
        QCOMPARE(int(scene.hit(view, 100, kFirst + 16 * 20 + 8 + 2).zone), int(HitZone::TrackEdge));
        Collapsed all;
        all.rows[m.main] = Collapsed::kAllRows;
        scene.setCollapsed(all);
        QCOMPARE(item().rows, 40u);
        all.rows[m.main] = 0; // at least one
        scene.setCollapsed(all);
        QCOMPARE(item().rows, 1u);
        QCOMPARE(item().hiddenRows, 39u);
    }

    void deepStacksScroll()
    {
        Maker m;
        constexpr int64_t kDepth = 20'000;
        for (int64_t i = 0; i < kDepth; ++i)
            m.b.slices(m.main).addAtDepth(uint32_t(i), i, 2 * kDepth - 2 * i + 10, m.function("recurse"));
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        ViewSpec view = spec(0, 2 * kDepth);
        QCOMPARE(scene.trace()->rows().size(), size_t(kDepth));
        QVERIFY(scene.maxScroll(view) > 20 * (kDepth - 100));
        const size_t top = draw(scene, view).list.shapes.size();
        QVERIFY(top > 20 && top < 60); // only the rows in sight
        view.scroll = 20 * 10'000;
        const Hit hit = scene.hit(view, 700, 300);
        QCOMPARE(int(hit.zone), int(HitZone::Row));
        QVERIFY(scene.trace()->row(hit.row).depth > 9'990 && scene.trace()->row(hit.row).depth < 10'030);
        const auto row = scene.trace()->rowAt(m.main, 15'000);
        view.scroll = scene.scrollFor(view, row);
        const double y = kFirst + 20.0 * 15'000 - view.scroll;
        QVERIFY(y > double(kFirst) && y < 580);
    }

    void lanesAreDrawn()
    {
        Maker m;
        m.add(0, 100 * kMs, "main");
        const auto gc = m.b.addTrack({.kind = store::TrackKind::Gc, .process = m.process});
        m.b.slices(gc).add(20 * kMs, 2 * kMs, m.function("gen 0"));
        for (const int64_t t : {int64_t(10), int64_t(11), int64_t(80)})
            m.b.addInstant({.time = t * kMs, .name = m.b.intern(t == 80 ? "far" : "close"), .process = m.process});
        m.b.addCounterSample(m.process, "Memory", "rss", 0, 10);
        m.b.addCounterSample(m.process, "Memory", "rss", 50 * kMs, 20);
        m.b.addLost({.track = m.main, .begin = 30 * kMs, .end = 60 * kMs, .count = 1204});
        m.b.addLost({.track = m.main, .begin = 70 * kMs, .end = 98 * kMs, .count = 0, .reason = "paused by the program"});
        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(m.finish(), style, measure);
        const Drawn d = draw(scene, spec(0, 100 * kMs));
        QCOMPARE(d.shape(style.gcFill)->x, 400.f);
        QVERIFY(d.text("gen 0"));
        QCOMPARE(
            std::count_if(
                d.list.triangles.begin(), d.list.triangles.end(),
                [&](const Triangle& t) { return t.fill == style.counter[1]; }),
            6);
        QVERIFY(d.text("far"));
        QCOMPARE(
            int(std::count_if(
                d.list.texts.begin(), d.list.texts.end(), [&](const Text& t) { return d.textOf(t) == "close"; })),
            1); // the first would touch the second
        QCOMPARE(d.list.strokes.size(), size_t(1));
        const Stroke& line = d.list.strokes[0];
        QCOMPARE(line.count, 4u); // start, foot and top of the step, end
        QCOMPARE(d.list.points[line.first + 2], 700.f);
        QVERIFY(d.list.points[line.first + 5] < d.list.points[line.first + 3]); // up
        const auto lost = std::find_if(
            d.list.shapes.begin(), d.list.shapes.end(), [](const Shape& s) { return s.pattern == Pattern::LossBands; });
        QVERIFY(lost != d.list.shapes.end());
        QCOMPARE(lost->x, 500.f);
        QCOMPARE(lost->w, 300.f);
        QVERIFY(d.text("1\u2009204 events lost"));
        QVERIFY(d.text("paused by the program"));
    }
};

QTEST_APPLESS_MAIN(TestLayoutTracks)
#include "tst_layout_tracks.moc"
