// SPDX-License-Identifier: GPL-3.0-or-later
// bench_frame FILE: processor time of whole frames at 1920 × 1080, drawn on the CPU, along a path of zooms and pans
// over the timeline; and of the flame graph's trees and frames. Prints figures for people. bench_frame: the same on a
// small made-up trace, so that the tests see that it runs.
#include "formats/reader.h"
#include "layout/scene.h"
#include "render/rasterpainter.h"
#include "render/theme.h"
#include "store/builder.h"
#include "tracesim.h"
#include "widget/flamescene.h"
#include <QGuiApplication>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

using namespace calltide;

namespace {

double cpuMs() // of all threads
{
    return 1e3 * double(std::clock()) / CLOCKS_PER_SEC;
}

void report(const char* what, std::vector<double> ms)
{
    std::sort(ms.begin(), ms.end());
    std::printf(
        "%-16s p50 %6.2f   p99 %6.2f   most %6.2f ms\n", what, ms[ms.size() / 2], ms[ms.size() * 99 / 100], ms.back());
}

Result<store::TracePtr> madeUp(uint64_t slices)
{
    tracesim::Parameters p;
    p.slices = slices;
    store::TraceBuilder builder;
    std::vector<store::FunctionId> functions;
    for (const std::string& name : tracesim::makeNames(p.names, p.seed))
        functions.push_back(builder.addFunctionByTraceName(name, "FEE"));
    std::vector<store::TrackId> tracks;
    for (uint32_t process = 0; process < p.processes; process++) {
        const store::ProcessId id = builder.addProcess({});
        for (uint32_t thread = 0; thread < p.threads; thread++) {
            store::Track track;
            track.process = id;
            tracks.push_back(builder.addTrack(track));
        }
    }
    tracesim::run(p, [&](const tracesim::Slice& s) {
        builder.slices(tracks[s.process * p.threads + s.thread]).add(s.start, s.duration, functions[s.name]);
    });
    return builder.finish();
}

bool timelineFrames(
    const store::TracePtr& trace, const layout::Style& style, const render::FontMetrics& fonts, int frames)
{
    layout::TimelineScene scene(trace, style, fonts);
    render::RasterPainter painter;
    layout::DrawList list;
    std::vector<double> layout, paint, both;
    std::mt19937 random(3);
    const double whole = double(std::max<int64_t>(1000, trace->duration()));
    for (int i = 0; i < frames; ++i) {
        const double length = std::max(200.0, whole * std::pow(10.0, -(i % 40) / 8.0));
        const double from = double(trace->begin()) + (whole - length) * double(random() % 1000) / 1000;
        layout::ViewSpec view;
        view.from = int64_t(from);
        view.to = int64_t(from + length);
        view.width = 1920;
        view.height = 1080;
        const double a = cpuMs();
        scene.draw(view, list);
        const double b = cpuMs();
        if (painter.paint(list, fonts).isNull() || list.rects.size() + list.shapes.size() < 100)
            return false;
        layout.push_back(b - a);
        paint.push_back(cpuMs() - b);
        both.push_back(layout.back() + paint.back());
    }
    report("timeline layout", layout);
    report("timeline paint", paint);
    report("timeline frame", both);
    return true;
}

bool flameFrames(const store::TracePtr& trace, const layout::Style& style, const render::FontMetrics& fonts, int frames)
{
    render::RasterPainter painter;
    layout::DrawList list;
    const auto colors = std::make_shared<const layout::FunctionColors>(*trace);
    for (const auto direction : {flame::Direction::BottomUp, flame::Direction::TopDown}) {
        const double begin = cpuMs();
        auto tree = flame::CallTree::build(*trace, {}, direction);
        if (!tree)
            return false;
        std::printf(
            "%-16s %8.1f ms for %zu nodes\n", direction == flame::Direction::TopDown ? "top down" : "bottom up",
            cpuMs() - begin, tree->nodes().size());
        flameview::FlameScene scene;
        scene.setTree(trace, std::make_shared<const flame::CallTree>(std::move(*tree)), colors);
        std::vector<double> both;
        for (int i = 0; i < frames; ++i) {
            flameview::FlameOptions options;
            options.window = {0.4 * i / frames, 1 - 0.5 * i / frames};
            const double a = cpuMs();
            scene.draw(options, 1920, 500, 1, style, fonts, list);
            if (painter.paint(list, fonts).isNull())
                return false;
            both.push_back(cpuMs() - a);
        }
        report("flame frame", both);
    }
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication app(argc, argv);
    const uint64_t slices = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50000;
    const auto trace = slices ? madeUp(slices) : formats::open(argv[1]);
    if (!trace) {
        std::fprintf(stderr, "%s\n", trace.error().message.c_str());
        return 1;
    }
    std::printf("%llu slices\n", static_cast<unsigned long long>((*trace)->sliceCount()));
    const render::Theme theme(render::ThemeKind::Dark);
    const render::FontMetrics fonts;
    const int frames = argc > 1 ? 400 : 40;
    return timelineFrames(*trace, theme.style(), fonts, frames) && flameFrames(*trace, theme.style(), fonts, frames)
        ? 0
        : 1;
}
