// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/svgwriter.h"
#include "render/fontmetrics.h"
#include "render/glyphatlas.h"
#include <QColor>
#include <QFile>
#include <QString>
#include <algorithm>
#include <utility>

namespace calltide::render {
namespace {
using namespace layout;

QByteArray number(double v)
{
    QByteArray text = QByteArray::number(v, 'f', 2);
    while (text.contains('.') && (text.endsWith('0') || text.endsWith('.')))
        text.chop(1);
    return text;
}

QByteArray paint(const char* what, Argb color) // fill="#rrggbb" fill-opacity="0.5"
{
    const auto c = QColor::fromRgba(color);
    QByteArray out = QByteArray(" ") + what + "=\"" + c.name().toLatin1() + '"';
    if (c.alpha() < 255)
        out += QByteArray(" ") + what + "-opacity=\"" + number(c.alphaF()) + '"';
    return out;
}

QByteArray box(double x, double y, double w, double h)
{
    return " x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(w) + "\" height=\"" + number(h) + '"';
}

// XML 1.0 has no control characters at all; the layouts have taken them out already.
QByteArray escaped(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size())).toHtmlEscaped().toUtf8();
}

struct Writer
{
    const DrawList& list;
    const FontMetrics& fonts;
    QByteArray out, definitions;
    int clips = 0, patterns = 0;
    bool clipped = false;

    void clip(const Clip& c)
    {
        if (std::exchange(clipped, true))
            out += "</g>\n";
        const QByteArray id = "c" + QByteArray::number(clips++);
        definitions += "<clipPath id=\"" + id + "\"><rect" + box(c.x, c.y, c.w, c.h) + "/></clipPath>\n";
        out += "<g clip-path=\"url(#" + id + ")\">\n";
    }
    void shape(const Shape& s)
    {
        const auto body = [&](double grow) {
            const double radius = std::max(0.0, std::min({double(s.radius) + grow, (double(s.w) + 2 * grow) / 2, (double(s.h) + 2 * grow) / 2}));
            return box(double(s.x) - grow, double(s.y) - grow, double(s.w) + 2 * grow, double(s.h) + 2 * grow)
                + (radius > 0 ? " rx=\"" + number(radius) + '"' : QByteArray());
        };
        if (s.fill >> 24)
            out += "<rect" + body(0) + paint("fill", s.fill) + "/>\n";
        if (s.pattern != Pattern::None) {
            const double period = s.pattern == Pattern::Hatch ? 6 : 16, width = s.pattern == Pattern::Hatch ? 1 : 8;
            const QByteArray id = "p" + QByteArray::number(patterns++);
            definitions += "<pattern id=\"" + id + "\" width=\"" + number(period) + "\" height=\"" + number(period)
                + "\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect" + box(0, 0, width, period)
                + paint("fill", s.patternColor) + "/></pattern>\n";
            out += "<rect" + body(0) + " fill=\"url(#" + id + ")\"/>\n";
        }
        if (s.borderWidth > 0 && (s.border >> 24)) // inside the edge
            out += "<rect" + body(-double(s.borderWidth) / 2) + " fill=\"none\"" + paint("stroke", s.border)
                + " stroke-width=\"" + number(double(s.borderWidth)) + "\"/>\n";
    }
    void text(const Text& t)
    {
        const auto utf8 = std::string_view(list.text).substr(t.first, t.length);
        const bool mono = t.role == FontRole::Mono || t.role == FontRole::MonoSmall;
        const int weight = t.role == FontRole::Slice || t.role == FontRole::Name ? 500 : t.role == FontRole::Strong ? 600 : 400;
        // Its own clip only where it is cut.
        const double end = double(t.x) + double(fonts.width(utf8, t.role));
        const bool cut = double(t.x) < double(t.clipLeft) - 0.5 || end > double(t.clipRight) + 0.5;
        QByteArray own;
        if (cut) {
            const QByteArray id = "c" + QByteArray::number(clips++);
            definitions += "<clipPath id=\"" + id + "\"><rect"
                + box(double(t.clipLeft), double(t.baseline) - 30, double(t.clipRight - t.clipLeft), 60) + "/></clipPath>\n";
            own = " clip-path=\"url(#" + id + ")\"";
        }
        out += "<text class=\"" + QByteArray(mono ? "m" : "u") + "\" x=\"" + number(double(t.x)) + "\" y=\""
            + number(double(t.baseline)) + "\" font-size=\"" + number(double(fonts.pixelSize(t.role))) + "\" font-weight=\""
            + QByteArray::number(weight) + '"' + paint("fill", t.color) + own + " xml:space=\"preserve\">" + escaped(utf8)
            + "</text>\n";
    }
    void icon(const IconMark& i)
    {
        QFile file(QStringLiteral(":/calltide/icons/%1.svg").arg(QLatin1String(iconFile(i.icon))));
        if (!file.open(QIODevice::ReadOnly))
            return;
        QByteArray svg = file.readAll().replace("currentColor", QColor::fromRgba(i.color).name().toLatin1());
        svg = svg.mid(std::max<qsizetype>(svg.indexOf("<svg"), 0)); // without a declaration
        out += "<g transform=\"translate(" + number(double(i.x)) + ' ' + number(double(i.y)) + ") scale("
            + QByteArray::number(double(i.size) / 16, 'f', 4) + ")\">" + svg.trimmed() + "</g>\n";
    }
    void stroke(const Stroke& s)
    {
        QByteArray points;
        for (uint32_t i = 0; i < s.count; ++i)
            points += number(double(list.points[s.first + 2 * i])) + ',' + number(double(list.points[s.first + 2 * i + 1])) + ' ';
        out += "<polyline points=\"" + points.trimmed() + "\" fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
            + paint("stroke", s.color) + " stroke-width=\"" + number(double(s.width)) + "\"/>\n";
    }
};
} // namespace

QByteArray writeSvg(const DrawList& list, const FontMetrics& fonts)
{
    Writer w{list, fonts, {}, {}};
    for (const Batch& batch : list.batches)
        for (uint32_t i = batch.first; i < batch.first + batch.count; ++i)
            switch (batch.kind) {
            case Primitive::Rect: {
                const Rect& r = list.rects[i];
                w.out += "<rect" + box(double(r.x), double(r.y), double(r.w), double(r.h)) + paint("fill", r.fill) + "/>\n";
                break;
            }
            case Primitive::Shape:
                w.shape(list.shapes[i]);
                break;
            case Primitive::Triangle: {
                const Triangle& t = list.triangles[i];
                w.out += "<polygon points=\"" + number(double(t.x0)) + ',' + number(double(t.y0)) + ' ' + number(double(t.x1)) + ','
                    + number(double(t.y1)) + ' ' + number(double(t.x2)) + ',' + number(double(t.y2)) + '"' + paint("fill", t.fill)
                    + "/>\n";
                break;
            }
            case Primitive::Text:
                w.text(list.texts[i]);
                break;
            case Primitive::Icon:
                w.icon(list.icons[i]);
                break;
            case Primitive::Stroke:
                w.stroke(list.strokes[i]);
                break;
            case Primitive::Clip:
                w.clip(list.clips[i]);
                break;
            }
    if (w.clipped)
        w.out += "</g>\n";
    const QByteArray width = number(double(list.width)), height = number(double(list.height));
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\""
        + height + "\" viewBox=\"0 0 " + width + ' ' + height + "\" shape-rendering=\"crispEdges\">\n<style>.u{font-family:Inter,"
        "'Noto Sans','DejaVu Sans',sans-serif}.m{font-family:'JetBrains Mono','DejaVu Sans Mono',monospace}"
        "polyline,polygon,rect[rx]{shape-rendering:auto}</style>\n<defs>\n" + w.definitions + "</defs>\n<rect"
        + box(0, 0, double(list.width), double(list.height)) + paint("fill", list.background) + "/>\n" + w.out + "</svg>\n";
}

} // namespace calltide::render
