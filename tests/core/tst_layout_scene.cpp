// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline's scene draws for small traces, and what lies under a point.
#include "drawn_scene.h"
#include "layout/minimap.h"
#include "store/statistics.h"
#include <QTest>
#include <algorithm>
#include <set>

using namespace calltide;
using namespace calltide::layout;
using namespace drawn;
using small::kMs;
using small::Maker;

class TestLayoutScene : public QObject
{
    Q_OBJECT
private Q_SLOTS:
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
        const auto found = store::HitSet::find(*trace, store::matchFunctions(*trace, "works"), nullptr);
        view.hits = found.get();
        d = draw(scene, view);
        QCOMPARE(d.rectsOf(style.hit), size_t(4)); // two calls, and a tick on the ruler for each

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

    void notesStandInTheRulerWhenTheyHaveNoLane()
    {
        Maker m;
        m.add(0, 10 * kMs, "main");
        FixedMeasure measure;
        Style low = small::style();
        low.notesLane = 0;
        TimelineScene scene(m.finish(), low, measure);
        const std::vector<Note> notes{{.from = 5 * kMs, .to = 5 * kMs, .text = "cold", .color = 1}};
        ViewSpec view = spec(0, 10 * kMs);
        const float without = scene.zones(view).tracks.y;
        view.notes = &notes;
        const Zones z = scene.zones(view);
        QCOMPARE(z.tracks.y, without); // it costs the tracks nothing
        QVERIFY(z.notes.y >= z.ruler.y && z.notes.y + z.notes.h <= z.ruler.y + z.ruler.h);
        DrawList list;
        scene.draw(view, list);
        QVERIFY(list.text.find("cold") != std::string::npos);
        const float x = float(z.scale.x(5 * kMs)), y = z.notes.y + z.notes.h / 2;
        const Hit flag = scene.hit(view, x + 4, y);
        QCOMPARE(flag.zone, HitZone::Notes);
        QCOMPARE(flag.note, size_t(0));
        QCOMPARE(scene.hit(view, x + 100, y).zone, HitZone::Ruler); // beside it a click drops a flag
        QCOMPARE(scene.hit(view, x + 4, z.ruler.y + z.ruler.h - 2).zone, HitZone::Ruler);
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
        const std::vector<uint16_t> hits = hitColumns(*trace, *store::HitSet::find(*trace, store::matchFunctions(*trace, "tick"), nullptr));
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
