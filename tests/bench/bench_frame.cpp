// SPDX-License-Identifier: GPL-3.0-or-later
// bench_frame FILE: processor time of whole frames at 1920 × 1080 and 3840 × 2160 along a path of zooms and pans over the
// timeline, drawn on the CPU and, with QT_QPA_PLATFORM=xcb and a display, by OpenGL; and of the flame graph's trees and
// frames. bench_frame N: the same on a made-up trace of N calls, the trees only up to 30 million. Prints figures for
// people. bench_frame: a small trace, so that the tests see that it runs.
#include "formats/reader.h"
#include "layout/scene.h"
#include "render/glpainter.h"
#include "render/rasterpainter.h"
#include "render/theme.h"
#include "store/builder.h"
#include "tracesim.h"
#include "widget/flamescene.h"
#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFramebufferObject>
#include <QOpenGLFunctions>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
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

// OpenGL into a buffer of the size of the picture; what Mesa does in threads of its own counts too.
class GlTarget
{
public:
    GlTarget()
    {
        QSurfaceFormat format;
        format.setVersion(3, 3);
        format.setProfile(QSurfaceFormat::CoreProfile);
        m_context.setFormat(format);
        m_surface.setFormat(format);
        m_surface.create();
        m_usable = QGuiApplication::platformName() != QLatin1String("offscreen") && m_context.create()
            && m_context.makeCurrent(&m_surface) && m_painter.initialize();
    }
    ~GlTarget()
    {
        if (m_usable)
            m_painter.release();
    }
    bool isUsable() const { return m_usable; }
    void paint(const layout::DrawList& list, const render::FontMetrics& fonts)
    {
        const QSize size(int(list.width), int(list.height));
        if (!m_buffer || m_buffer->size() != size)
            m_buffer = std::make_unique<QOpenGLFramebufferObject>(size);
        m_buffer->bind();
        m_painter.paint(list, fonts);
        m_context.functions()->glFinish();
    }

private:
    QOpenGLContext m_context;
    QOffscreenSurface m_surface;
    render::GlPainter m_painter;
    std::unique_ptr<QOpenGLFramebufferObject> m_buffer;
    bool m_usable = false;
};

bool timelineFrames(
    const store::TracePtr& trace, const layout::Style& style, const render::FontMetrics& fonts, int frames, QSize size,
    GlTarget* gl)
{
    layout::TimelineScene scene(trace, style, fonts);
    render::RasterPainter painter;
    layout::DrawList list;
    std::vector<double> layout, paint, both;
    std::mt19937 random(3);
    const double whole = double(std::max<int64_t>(1000, trace->duration()));
    for (int i = -1; i < frames; ++i) { // the one before the first makes the minimap and the glyphs
        const double length = std::max(200.0, whole * std::pow(10.0, -(std::max(i, 0) % 40) / 8.0));
        const double from = double(trace->begin()) + (whole - length) * double(random() % 1000) / 1000;
        layout::ViewSpec view;
        view.from = int64_t(from);
        view.to = int64_t(from + length);
        view.width = float(size.width());
        view.height = float(size.height());
        const double a = cpuMs();
        scene.draw(view, list);
        const double b = cpuMs();
        if (gl)
            gl->paint(list, fonts);
        else if (painter.paint(list, fonts).isNull())
            return false;
        if (list.rects.size() + list.shapes.size() < 100)
            return false;
        if (i < 0) {
            std::printf("%-16s %8.1f ms\n", "first frame", cpuMs() - a);
            continue;
        }
        layout.push_back(b - a);
        paint.push_back(cpuMs() - b);
        both.push_back(layout.back() + paint.back());
    }
    std::printf("%d × %d, %s\n", size.width(), size.height(), gl ? "OpenGL" : "raster");
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
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
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
    constexpr uint64_t kMostForTrees = 30'000'000;
    GlTarget gl;
    for (const QSize size : {QSize(1920, 1080), QSize(3840, 2160)}) {
        if (!timelineFrames(*trace, theme.style(), fonts, frames, size, nullptr))
            return 1;
        if (gl.isUsable() && !timelineFrames(*trace, theme.style(), fonts, frames, size, &gl))
            return 1;
    }
    return (*trace)->sliceCount() > kMostForTrees || flameFrames(*trace, theme.style(), fonts, frames) ? 0 : 1;
}
