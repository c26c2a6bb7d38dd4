// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of the timeline or flame graph: the window's own scenes and painter, without a window or a display.
#include "cli/arguments.h"
#include "cli/load.h"
#include "cli/overwrite.h"
#include "layout/scene.h"
#include "render/fontmetrics.h"
#include "render/rasterpainter.h"
#include "render/theme.h"
#include "widget/flamescene.h"
#include <QFile>
#include <QGuiApplication>
#include <QRegularExpression>
#include <QSaveFile>
#include <optional>

namespace calltide::cli {

namespace {

struct Request
{
    QString file, output;
    bool flame = false, force = false;
    int width = 1600, height = 900;
    double scale = 1;
    std::optional<std::pair<int64_t, int64_t>> range; // from the trace's beginning
    render::ThemeKind theme = render::ThemeKind::Light;
};

Result<Request> parse(const QStringList& arguments)
{
    const auto wrong = [](const QString& text) { return Error{ErrorCode::Invalid, text.toStdString()}; };
    const QString o = QStringLiteral("-o"), output = QStringLiteral("--output"), view = QStringLiteral("--view"),
                  size = QStringLiteral("--size"), range = QStringLiteral("--range"), theme = QStringLiteral("--theme"),
                  scale = QStringLiteral("--scale");
    auto a = parseArguments(arguments, {o, output, view, size, range, theme, scale}, {QStringLiteral("--force")});
    if (!a)
        return a.error();
    Request r;
    r.output = a->values.value(o, a->values.value(output));
    if (a->words.size() != 1 || r.output.isEmpty())
        return wrong(QStringLiteral("name one file and -o OUT.png."));
    r.file = a->words.first();
    r.force = a->has(QStringLiteral("--force"));
    if (!r.output.endsWith(QLatin1String(".png"), Qt::CaseInsensitive))
        return wrong(QStringLiteral("the name after -o must end in .png."));
    const QString v = a->values.value(view, QStringLiteral("timeline"));
    r.flame = v == QLatin1String("flamegraph");
    if (!r.flame && v != QLatin1String("timeline"))
        return wrong(QStringLiteral("--view is timeline or flamegraph, not %1.").arg(v));
    if (const QString s = a->values.value(size); !s.isEmpty()) {
        static const QRegularExpression pattern(QStringLiteral("^(\\d{1,5})x(\\d{1,5})$"));
        const auto m = pattern.match(s);
        r.width = m.captured(1).toInt();
        r.height = m.captured(2).toInt();
        if (!m.hasMatch() || r.width < 100 || r.height < 60 || r.width > 16384 || r.height > 16384)
            return wrong(QStringLiteral("--size is WIDTHxHEIGHT in pixels, 100x60 to 16384x16384, not %1.").arg(s));
    }
    if (const QString s = a->values.value(scale); !s.isEmpty()) {
        r.scale = s.toDouble();
        if (!(r.scale >= 0.5 && r.scale <= 4))
            return wrong(QStringLiteral("--scale is a number from 0.5 to 4, not %1.").arg(s));
    }
    if (const QString s = a->values.value(range); !s.isEmpty()) {
        const auto range = parseRange(s);
        if (!range)
            return range.error();
        r.range = *range;
    }
    const QString t = a->values.value(theme, QStringLiteral("light"));
    if (t != QLatin1String("light") && t != QLatin1String("dark"))
        return wrong(QStringLiteral("--theme is light or dark, not %1.").arg(t));
    r.theme = t == QLatin1String("dark") ? render::ThemeKind::Dark : render::ThemeKind::Light;
    return r;
}

Result<QImage> paint(const Request& r, const store::TracePtr& trace)
{
    const render::Theme theme(r.theme);
    const render::FontMetrics fonts;
    render::RasterPainter painter;
    layout::DrawList list;
    const auto width = float(r.width), height = float(r.height), ratio = float(r.scale);
    int64_t from = trace->begin(), to = std::max(trace->end(), trace->begin() + 1);
    if (r.range) {
        from = trace->begin() + r.range->first;
        to = trace->begin() + r.range->second;
    }
    if (r.flame) {
        store::Scope scope;
        if (r.range) {
            scope.from = from;
            scope.to = to;
        }
        auto picture = flameview::flamePicture(
            trace, scope, flame::TreeOptions(), width, height, ratio, theme.style(), fonts);
        if (!picture)
            return picture.error();
        list = std::move(*picture);
    } else {
        layout::TimelineScene scene(trace, theme.style(), fonts);
        layout::ViewSpec view;
        view.from = from;
        view.to = to;
        view.width = width;
        view.height = height;
        view.devicePixelRatio = ratio;
        scene.draw(view, list);
    }
    return painter.paint(list, fonts).copy();
}

} // namespace

int screenshot(const QStringList& arguments)
{
    const auto request = parse(arguments);
    if (!request)
        return usageError(QString::fromStdString(request.error().message), "screenshot");
    const Request& r = request.value();
    if (!mayWrite(r.output, r.force))
        return 1;
    const auto trace = load(r.file);
    if (!trace)
        return fail(QString::fromStdString(trace.error().message));
    if (r.range && r.range->first >= trace.value()->duration())
        return fail(QStringLiteral("%1 is %2 long; the range lies behind its end.")
                        .arg(r.file, spanText(trace.value()->duration())));

    // Fonts and images need Qt's GUI part; its "offscreen" platform needs no display.
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // Its remarks about a missing session are not for the user of a command.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
        if (type == QtCriticalMsg || type == QtFatalMsg)
            fprintf(stderr, "calltide: %s\n", qPrintable(text));
    });
    int argc = 1;
    char name[] = "calltide";
    char* argv[] = {name, nullptr};
    const QGuiApplication app(argc, argv);
    const auto image = paint(r, trace.value());
    if (!image)
        return fail(QString::fromStdString(image.error().message));
    QSaveFile file(r.output);
    if (!file.open(QIODevice::WriteOnly) || !image.value().save(&file, "PNG") || !file.commit())
        return fail(QStringLiteral("%1 cannot be written: %2.").arg(r.output, file.errorString()));
    return 0;
}

} // namespace calltide::cli
