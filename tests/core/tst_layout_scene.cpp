// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline's scene draws for small traces, and what lies under a point.
#include "fixed_measure.h"
#include "layout/minimap.h"
#include "layout/scene.h"
#include "small_trace.h"
#include "store/statistics.h"
#include <QTest>
#include <algorithm>
#include <set>

using namespace calltide;
using namespace calltide::layout;
using small::kMs;
using small::Maker;

namespace {

// 1000 px of rows behind a header of 200 px.
ViewSpec spec(int64_t from, int64_t to)
{
    ViewSpec v;
    v.from = from;
    v.to = to;
    v.width = 1200;
    v.height = 600;
    v.headerColumn = 200;
    return v;
}

struct Drawn
{
    DrawList list;
    std::string_view textOf(const Text& t) const { return std::string_view(list.text).substr(t.first, t.length); }
    const Text* text(std::string_view wanted) const
    {
        for (const Text& t : list.texts)
            if (textOf(t) == wanted)
                return &t;
        return nullptr;
    }
    size_t rectsOf(Argb color) const
    {
        return size_t(
            std::count_if(list.rects.begin(), list.rects.end(), [&](const Rect& r) { return r.fill == color; }));
    }
    const Rect* rect(Argb color) const
    {
        const auto it
            = std::find_if(list.rects.begin(), list.rects.end(), [&](const Rect& r) { return r.fill == color; });
        return it == list.rects.end() ? nullptr : &*it;
    }
    const Shape* shape(Argb color) const
    {
        const auto it
            = std::find_if(list.shapes.begin(), list.shapes.end(), [&](const Shape& r) { return r.fill == color; });
        return it == list.shapes.end() ? nullptr : &*it;
    }
    const Shape* bordered(Argb color) const
    {
        const auto it
            = std::find_if(list.shapes.begin(), list.shapes.end(), [&](const Shape& r) { return r.border == color; });
        return it == list.shapes.end() ? nullptr : &*it;
    }
};

Drawn draw(TimelineScene& scene, const ViewSpec& view)
{
    Drawn d;
    scene.draw(view, d.list);
    return d;
}

constexpr float kRowsTop = 44 + 28; // minimap and ruler
constexpr float kFirst = kRowsTop + 28 + 4; // and the group's header and the track's padding

store::SliceIndex named(const store::Trace& trace, std::string_view name)
{
    for (store::SliceIndex i = 0; i < trace.sliceCount(); ++i)
        if (trace.functionName(trace.functionOf(i)) == name)
            return i;
    return store::kNoSlice;
}

Argb fillOf(const TimelineScene& scene, std::string_view name)
{
    return scene.colors().of(scene.trace()->functionOf(named(*scene.trace(), name)), scene.style()).fill;
}

} // namespace

class TestLayoutScene : public QObject
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

    void whatDoesNotPassTheFilterIsVeiledOrLeftOut()
    {
        small::Maker m;
        m.add(0, 10 * kMs, "main");
        m.add(kMs, 2 * kMs, "load");
        m.add(4 * kMs, 2 * kMs, "save");
        const auto trace = m.finish();
        const FixedMeasure measure;
        TimelineScene scene(trace, small::style(), measure);
        CallFilter filter;
        filter.functions.assign(trace->functions().size(), false);
        filter.functions[trace->functionOf(1).v] = true;
        ViewSpec view{.from = 0, .to = 10 * kMs, .width = 1000, .height = 300, .headerColumn = 200, .filter = &filter};
        DrawList list;
        const auto drawn = [&](store::SliceIndex i) {
            scene.draw(view, list);
            const Argb fill = scene.colors().of(trace->functionOf(i), scene.style()).fill;
            return std::count_if(list.shapes.begin(), list.shapes.end(), [&](const Shape& s) { return s.fill == fill; });
        };
        QCOMPARE(drawn(1), 1);
        QCOMPARE(drawn(2), 0);
        QVERIFY(list.text.find("save") != std::string::npos); // veiled, and named
        filter.hides = true;
        QCOMPARE(drawn(1), 1);
        QVERIFY(list.text.find("save") == std::string::npos);
        filter = {.least = 3 * kMs};
        QCOMPARE(drawn(0), 1);
        QCOMPARE(drawn(1), 0);
        filter = {.tracks = {false}};
        QCOMPARE(drawn(0), 0);
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
        QCOMPARE(item().rows, 24u);
        QCOMPARE(item().hiddenRows, 16u);
        QCOMPARE(QString::fromStdString(item().value), QStringLiteral("+16 rows"));
        QCOMPARE(item().height, 24 * 20.f + 8 + 8);
        Drawn d = draw(scene, view);
        QVERIFY(d.text("recurse23"));
        QVERIFY(!d.text("recurse24")); // but its time is seen
        const auto sum = std::find_if(
            d.list.shapes.begin(), d.list.shapes.end(), [&](const Shape& s) { return s.y == kFirst + 24 * 20; });
        QVERIFY(sum != d.list.shapes.end() && sum->h < 8);
        QCOMPARE(sum->fill, fillOf(scene, "recurse24"));
        const Hit hit = scene.hit(view, 700, kFirst + 24 * 20 + 2);
        QCOMPARE(hit.slice, named(*scene.trace(), "recurse24"));
        QCOMPARE(int(scene.hit(view, 100, kFirst + 24 * 20 + 8 + 2).zone), int(HitZone::TrackEdge));
        Collapsed all;
        all.rows[m.main] = Collapsed::kAllRows;
        scene.setCollapsed(all);
        QCOMPARE(item().rows, 40u);
        all.rows[m.main] = 0; // at least one
        scene.setCollapsed(all);
        QCOMPARE(item().rows, 1u);
        QCOMPARE(item().hiddenRows, 39u);
    }

    void aSliceLiesAtItsTimeAndDepth()
    {
        Maker m;
        m.add(0, 10 * kMs, "main");
        m.add(2 * kMs, 4 * kMs, "load");
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        const Drawn d = draw(scene, spec(0, 10 * kMs));
        const Shape* load = d.shape(fillOf(scene, "load"));
        QVERIFY(load);
        QCOMPARE(load->x, 400.f); // 200 + 2 ms × 100 px
        QCOMPARE(load->w, 399.f); // 1 px of gap
        QCOMPARE(load->y, kFirst + 20);
        QCOMPARE(load->h, 19.f);
        const Text* label = d.text("load");
        QVERIFY(label);
        QVERIFY(d.text("4.00 ms"));
        // name, gap and duration are centred together
        const float width = 4 * 6 + 6 + 7 * 6;
        QCOMPARE(label->x, 400 + (399 - width) / 2);
        QCOMPARE(
            label->color,
            scene.colors().of(scene.trace()->functionOf(named(*scene.trace(), "load")), scene.style()).text);
    }

    void aLabelIsCentredInThePartThatIsSeen()
    {
        Maker m;
        m.add(0, 100 * kMs, "main");
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        const Drawn d = draw(scene, spec(90 * kMs, 110 * kMs)); // seen from 200 to 700
        const Text* label = d.text("main");
        QVERIFY(label);
        const float width = 4 * 6 + 6 + 6 * 6; // "100 ms"
        QVERIFY(std::abs(label->x - (200 + (499 - width) / 2)) <= 1);
    }

    void narrowSlicesBecomeColumnsThatShowHowBusyTheyAre()
    {
        Maker m;
        const int64_t step = 10'000; // 100 of them in a pixel of 1 ms
        for (int64_t t = 0; t < 100 * kMs; t += step)
            m.add(t, step / 2, "tick");
        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(m.finish(), style, measure);
        const Drawn d = draw(scene, spec(0, 1000 * kMs)); // 100 columns, half busy
        const Argb half = blended(fillOf(scene, "tick"), style.canvas, 0.25 + 0.75 * 0.5);
        const auto near = [&](Argb c) {
            return std::abs(int(c >> 16 & 255) - int(half >> 16 & 255)) <= 6 && (c >> 24) == 255 && c != style.header
                && c != style.rowLine;
        };
        float covered = 0;
        for (const Rect& r : d.list.rects)
            if (r.y == kFirst && near(r.fill))
                covered += r.w;
        QVERIFY2(covered >= 97 && covered <= 101, qPrintable(QString::number(double(covered))));
    }

    void aFrameIsBoundedByPixels()
    {
        Maker m;
        for (int64_t i = 0; i < 300'000; ++i) {
            m.add(i * 1000, 900, i % 2 ? "a" : "b");
            m.add(i * 1000 + 10, 400, "c");
        }
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        for (const int64_t to : {int64_t(300'000'000), int64_t(3'000'000), int64_t(100'000)}) {
            const Drawn d = draw(scene, spec(0, to));
            QVERIFY2(
                d.list.rects.size() + d.list.shapes.size() < 2 * 2 * 1000 + 300,
                qPrintable(QString::number(d.list.rects.size())));
            QVERIFY(d.list.rects.size() + d.list.shapes.size() > 50);
        }
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

    void statesOfASliceAreDrawn()
    {
        Maker m;
        m.add(0, 100 * kMs, "server", store::kAlreadyRunning | store::kStillRunning);
        m.add(10 * kMs, 20 * kMs, "fails", store::kException);
        m.add(50 * kMs, 20 * kMs, "works");
        m.add(80 * kMs, 5 * kMs, "works");
        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(m.finish(), style, measure);
        const auto trace = scene.trace();
        ViewSpec view = spec(0, 100 * kMs);
        Drawn d = draw(scene, view);
        QCOMPARE(int(d.shape(fillOf(scene, "server"))->openEdges), 3);
        QVERIFY(d.text("· already running"));
        QCOMPARE(d.rectsOf(style.exception), size_t(1));
        QCOMPARE(d.rect(style.exception)->x + d.rect(style.exception)->w, 200 + 300 - 1.f);
        QCOMPARE(d.list.triangles.size(), size_t(1));
        QVERIFY(!d.bordered(style.sliceOutline));
        QVERIFY(!d.bordered(style.sameFunction));

        view.selected = named(*trace, "works");
        view.highlighted = trace->functionOf(view.selected);
        d = draw(scene, view);
        const Shape* outline = d.bordered(style.sliceOutline);
        QVERIFY(outline);
        QCOMPARE(outline->x, 700 - 2.f);
        QCOMPARE(outline->w, 199 + 4.f);
        QVERIFY(d.bordered(style.sliceHalo));
        QCOMPARE(d.bordered(style.sameFunction)->x, 1000.f); // the other call of it
        QVERIFY(d.rectsOf(style.accent) >= 1); // the parent's line

        view = spec(0, 100 * kMs);
        const std::vector<bool> mask = store::matchFunctions(*trace, "works");
        view.searchMask = &mask;
        d = draw(scene, view);
        QCOMPARE(d.rectsOf(style.hit), size_t(2));

        view = spec(0, 100 * kMs);
        view.hovered = named(*trace, "fails");
        view.cursor = 15 * kMs;
        d = draw(scene, view);
        QCOMPARE(d.bordered(style.hoverOutline)->x, 300.f);
        QVERIFY(d.text("15.000 ms"));
    }

    void theAreaLiesUnderTheSlicesAndItsEdgesOver()
    {
        Maker m;
        m.add(0, 100 * kMs, "main");
        m.add(20 * kMs, 20 * kMs, "load");
        m.add(60 * kMs, 20 * kMs, "save");
        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(m.finish(), style, measure);
        ViewSpec view = spec(0, 100 * kMs);
        view.area = AreaSpec{25 * kMs, 75 * kMs, {m.main}};
        const Drawn d = draw(scene, view);
        QCOMPARE(d.rect(style.areaFill)->x, 450.f);
        QCOMPARE(d.rect(style.areaFill)->w, 500.f);
        QCOMPARE(d.rectsOf(style.areaEdge), size_t(2));
        QVERIFY(d.text("50.0 ms · 1 track · 3 calls"));
        size_t fill = 0, edge = 0;
        for (size_t i = 0; i < d.list.rects.size(); ++i) {
            if (d.list.rects[i].fill == style.areaFill)
                fill = i;
            if (d.list.rects[i].fill == style.areaEdge)
                edge = i;
        }
        QVERIFY(fill < edge);
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

    void flowsOfTheSelectionAreDrawn()
    {
        Maker m;
        m.add(0, 40 * kMs, "send");
        const auto other = m.b.addTrack({.process = m.process, .tid = 2, .name = m.b.intern("worker")});
        m.b.slices(other).add(50 * kMs, 20 * kMs, m.function("receive"));
        m.b.addFlow({.from = 30 * kMs, .to = 50 * kMs, .fromTrack = m.main, .toTrack = other});
        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(m.finish(), style, measure);
        ViewSpec view = spec(0, 100 * kMs);
        QVERIFY(draw(scene, view).list.strokes.empty());
        view.selected = named(*scene.trace(), "receive");
        const Drawn d = draw(scene, view);
        QCOMPARE(d.list.strokes.size(), size_t(2)); // and its lighter bed
        QCOMPARE(d.list.strokes[1].color, style.flow);
        QCOMPARE(d.list.points[d.list.strokes[1].first], 500.f);
    }

    void whatLiesUnderAPoint()
    {
        Maker m;
        m.add(0, 100 * kMs, "main");
        m.add(20 * kMs, 20 * kMs, "load");
        m.add(60 * kMs, 10'000, "tiny"); // a tenth of a pixel
        FixedMeasure measure;
        TimelineScene scene(m.finish(), small::style(), measure);
        const auto trace = scene.trace();
        ViewSpec view = spec(0, 100 * kMs);
        const auto zone = [&](float x, float y) { return int(scene.hit(view, x, y).zone); };
        QCOMPARE(zone(600, 20), int(HitZone::MinimapWindow)); // the whole is shown
        QCOMPARE(zone(600, 50), int(HitZone::Ruler));
        QCOMPARE(zone(100, 50), int(HitZone::Corner));
        QCOMPARE(zone(201, 300), int(HitZone::HeaderEdge));
        QCOMPARE(zone(100, kRowsTop + 10), int(HitZone::GroupHeader));
        QCOMPARE(zone(900, kRowsTop + 10), int(HitZone::GroupHeader));
        QCOMPARE(zone(100, kFirst + 5), int(HitZone::TrackHeader));
        QCOMPARE(zone(600, 500), int(HitZone::None));
        QCOMPARE(zone(-5, 5), int(HitZone::None));
        Hit hit = scene.hit(view, 500, kFirst + 30);
        QCOMPARE(int(hit.zone), int(HitZone::Row));
        QCOMPARE(hit.slice, named(*trace, "load"));
        QCOMPARE(hit.time, 30 * kMs);
        QCOMPARE(scene.hit(view, 500, kFirst + 10).slice, named(*trace, "main"));
        QCOMPARE(scene.hit(view, 700, kFirst + 30).slice, store::kNoSlice); // a gap
        QCOMPARE(scene.hit(view, 800.5f, kFirst + 30).slice, named(*trace, "tiny")); // within a pixel
        view.area = AreaSpec{30 * kMs, 50 * kMs, {}};
        QCOMPARE(zone(497, kFirst + 30), int(HitZone::AreaLeft));
        QCOMPARE(zone(703, kFirst + 30), int(HitZone::AreaRight));
        view.area = AreaSpec{-10 * kMs, 50 * kMs, {}}; // its left edge lies behind the header
        QCOMPARE(zone(100, kFirst + 5), int(HitZone::TrackHeader));
        view.area.reset();
        QCOMPARE(scene.snappedTime(view, trace->rowAt(m.main, 1), 21 * kMs, 15), 20 * kMs);
        QCOMPARE(scene.snappedTime(view, trace->rowAt(m.main, 1), 22 * kMs, 15), 22 * kMs);
        view.from = 40 * kMs;
        view.to = 60 * kMs;
        QCOMPARE(zone(600, 20), int(HitZone::MinimapLeft)); // 200 + 40 %
        QCOMPARE(zone(800, 20), int(HitZone::MinimapRight));
        QCOMPARE(zone(700, 20), int(HitZone::MinimapWindow));
        QCOMPARE(zone(300, 20), int(HitZone::Minimap));
    }

    void theHottestFunctionsHaveTheirOwnColours()
    {
        Maker m;
        int64_t t = 0;
        for (int i = 0; i < 60; ++i) { // the first 24 take the most time
            const int64_t length = i < 24 ? 1000 + i : 1;
            m.add(t, length, "function" + std::to_string(i));
            t += length;
        }
        m.b.slices(m.main).add(t, 50, m.function("json.dumps", "/usr/lib/python3.13/json/__init__.py"));
        m.b.slices(m.main).add(t + 60, 50, m.function("len", ""));
        const auto trace = m.finish();
        const FunctionColors colors(*trace);
        std::set<unsigned> slots;
        for (uint32_t i = 0; i < 24; ++i)
            slots.insert(colors.slot(store::FunctionId(i)));
        QCOMPARE(slots.size(), size_t(24));
        QVERIFY(*slots.rbegin() < FunctionColors::kFunctions);
        QVERIFY(colors.greysLibraries());
        for (uint32_t i = 60; i < 62; ++i)
            QVERIFY(colors.slot(store::FunctionId(i)) >= FunctionColors::kFunctions);
        QCOMPARE(colors.slot(store::FunctionId(30u)), fnv1a("function30") % 24); // others keep the hash's own
        QVERIFY(colors.slot(store::FunctionId(9999u)) < FunctionColors::kFunctions + FunctionColors::kLibrary);
    }

    void aRecordingOfLibrariesIsNotAllGrey()
    {
        Maker m;
        m.add(0, 10, "main");
        for (int i = 0; i < 20; ++i)
            m.b.slices(m.main).add(
                20 + 10 * i, 5, m.function("lib" + std::to_string(i), "/usr/lib/python3.13/json/decoder.py"));
        const FunctionColors colors(*m.finish());
        QVERIFY(!colors.greysLibraries());
        QVERIFY(colors.slot(store::FunctionId(5u)) < FunctionColors::kFunctions);
    }

    void theMinimapShowsHowMuchRunsAndWhereHitsAre()
    {
        Maker m;
        m.add(0, 1024 * kMs, "main"); // a column is half a millisecond
        m.add(512 * kMs, 512 * kMs, "work", store::kException);
        m.add(600 * kMs, kMs / 10, "tick");
        const auto trace = m.finish();
        const auto profile = minimapProfile(*trace);
        QCOMPARE(profile.size(), size_t(kMinimapColumns));
        QVERIFY(std::abs(profile[100] - profile[1500] / 2) < 0.01f); // one call deep, then two
        QVERIFY(*std::max_element(profile.begin(), profile.end()) == 1.f);
        QVERIFY(profile[1200] > profile[1500]);
        const std::vector<uint16_t> hits = hitColumns(*trace, store::matchFunctions(*trace, "tick"));
        QVERIFY(hits == std::vector<uint16_t>{1200});
        QVERIFY(exceptionColumns(*trace) == std::vector<uint16_t>{2047});

        FixedMeasure measure;
        const auto style = small::style();
        TimelineScene scene(trace, style, measure);
        ViewSpec view = spec(0, 1024 * kMs);
        view.hitTicks = &hits;
        const Drawn d = draw(scene, view);
        QCOMPARE(d.rectsOf(style.hit), size_t(1));
        QCOMPARE(d.rect(style.hit)->x, std::round(200 + 1200 * 1000.f / 2048));
    }

    void oddSizesAndEmptyTracesDraw()
    {
        FixedMeasure measure;
        TimelineScene none(nullptr, small::style(), measure);
        QCOMPARE(draw(none, spec(0, 10)).list.batches.size(), size_t(0));
        QCOMPARE(int(none.hit(spec(0, 10), 300, 300).zone), int(HitZone::None));
        Maker m;
        TimelineScene empty(m.finish(), small::style(), measure);
        QVERIFY(draw(empty, spec(0, 1)).text("This recording has no calls."));
        Maker one;
        one.add(5, 0, "nothing"); // no time at all
        TimelineScene single(one.finish(), small::style(), measure);
        for (const float width : {0.f, 1.f, 50.f, 5000.f}) {
            ViewSpec view = spec(0, 20);
            view.width = width;
            view.height = width / 2;
            const Drawn d = draw(single, view);
            for (const Rect& r : d.list.rects)
                QVERIFY(std::isfinite(r.x) && std::isfinite(r.w) && r.w > 0);
        }
    }
};

QTEST_APPLESS_MAIN(TestLayoutScene)
#include "tst_layout_scene.moc"
