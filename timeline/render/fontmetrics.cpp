// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/fontmetrics.h"
#include "render/glyphatlas.h"
#include "render/theme.h"
#include "render/utf8.h"
#include <QGlyphRun>
#include <QPainterPath>
#include <QRawFont>
#include <QTextLayout>
#include <array>
#include <map>
#include <unordered_map>

namespace calltide::render {
namespace {
constexpr double kUnit = 256; // outlines and advances are taken unhinted at this size and scaled

struct Glyph
{
    QRawFont font; // empty: no font has it
    quint32 index = 0;
    float advance = 0; // at size 1
};

struct Face
{
    QFont font;
    QRawFont raw;
    float pixelSize = 11;
    float ascent = 0, descent = 0, xHeight = 0; // at size 1
    std::array<float, 128> ascii{}; // advances at size 1
    std::unordered_map<char32_t, Glyph> glyphs;
};
} // namespace

struct FontMetrics::Private
{
    layout::RowSize rows = layout::RowSize::Normal;
    std::array<Face, size_t(layout::FontRole::Count)> faces;
    std::map<float, std::unique_ptr<GlyphAtlas>> atlases;

    void makeFace(layout::FontRole role, const QFont& font, double px);
    const Glyph& glyph(Face& face, char32_t codePoint);
    void build();
};

void FontMetrics::Private::makeFace(layout::FontRole role, const QFont& font, double px)
{
    Face& face = faces[size_t(role)];
    face = {};
    face.pixelSize = float(px);
    face.font = font;
    face.font.setPixelSize(int(kUnit));
    face.font.setHintingPreference(QFont::PreferNoHinting);
    face.raw = QRawFont::fromFont(face.font);
    face.ascent = float(face.raw.ascent() / kUnit);
    face.descent = float(face.raw.descent() / kUnit);
    face.xHeight = float(face.raw.xHeight() / kUnit);
    for (char32_t c = 0; c < face.ascii.size(); ++c)
        face.ascii[c] = glyph(face, printable(c)).advance;
}

const Glyph& FontMetrics::Private::glyph(Face& face, char32_t codePoint)
{
    const auto found = face.glyphs.find(codePoint);
    if (found != face.glyphs.end())
        return found->second;
    const QString text = QString::fromUcs4(&codePoint, 1);
    Glyph glyph;
    const QList<quint32> own = face.raw.glyphIndexesForString(text);
    if (!own.isEmpty() && own[0] != 0) {
        glyph.font = face.raw;
        glyph.index = own[0];
    } else {
        QTextLayout layout(text, face.font); // the system's fallback fonts
        layout.beginLayout();
        layout.createLine();
        layout.endLayout();
        const QList<QGlyphRun> runs = layout.glyphRuns();
        if (!runs.isEmpty() && !runs[0].glyphIndexes().isEmpty()) {
            glyph.font = runs[0].rawFont();
            glyph.index = runs[0].glyphIndexes()[0];
        }
    }
    if (glyph.font.isValid()) {
        const QList<QPointF> advances = glyph.font.advancesForGlyphIndexes({glyph.index});
        glyph.advance = float(advances.value(0).x() / glyph.font.pixelSize());
    }
    return face.glyphs.emplace(codePoint, std::move(glyph)).first->second;
}

void FontMetrics::Private::build()
{
    using layout::FontRole;
    static const Theme theme; // sizes are the same in all themes
    const char* slice[] = {"font.size.slice_compact", "font.size.slice", "font.size.slice_large"};
    const double slicePx = theme.number(QString::fromLatin1(slice[int(rows)]));
    const double caption = theme.number(u"font.size.caption"), small = theme.number(u"font.size.small");
    const double ruler = theme.number(u"font.size.ruler");
    makeFace(FontRole::Slice, Theme::uiFont(slicePx, 500), slicePx);
    makeFace(FontRole::SliceLight, Theme::uiFont(slicePx - 1, 400), slicePx - 1);
    makeFace(FontRole::Name, Theme::uiFont(small, 500), small);
    makeFace(FontRole::Strong, Theme::uiFont(small, 600), small);
    makeFace(FontRole::Caption, Theme::uiFont(caption, 400), caption);
    makeFace(FontRole::Mono, Theme::monoFont(ruler, 400), ruler);
    makeFace(FontRole::MonoSmall, Theme::monoFont(ruler - 1, 400), ruler - 1);
    atlases.clear();
}

FontMetrics::FontMetrics(layout::RowSize rows)
    : d(std::make_unique<Private>())
{
    d->rows = rows;
    d->build();
}

FontMetrics::~FontMetrics() = default;

layout::RowSize FontMetrics::rows() const
{
    return d->rows;
}

void FontMetrics::setRows(layout::RowSize rows)
{
    if (rows == d->rows)
        return;
    d->rows = rows;
    d->build();
}

float FontMetrics::width(std::string_view utf8, layout::FontRole role) const
{
    Face& face = d->faces[size_t(role)];
    float sum = 0;
    for (size_t i = 0; i < utf8.size();) {
        const auto c = uint8_t(utf8[i]);
        if (c < 0x80) {
            sum += face.ascii[c];
            ++i;
        } else {
            sum += d->glyph(face, printable(nextCodePoint(utf8, i))).advance;
        }
    }
    return sum * face.pixelSize;
}

float FontMetrics::pixelSize(layout::FontRole role) const
{
    return d->faces[size_t(role)].pixelSize;
}

float FontMetrics::ascent(layout::FontRole role) const
{
    const Face& face = d->faces[size_t(role)];
    return face.ascent * face.pixelSize;
}

float FontMetrics::descent(layout::FontRole role) const
{
    const Face& face = d->faces[size_t(role)];
    return face.descent * face.pixelSize;
}

GlyphAtlas& FontMetrics::atlas(float devicePixelRatio) const
{
    std::unique_ptr<GlyphAtlas>& atlas = d->atlases[devicePixelRatio];
    if (!atlas) {
        GlyphOutlines outlines;
        outlines.path = [this](char32_t c, layout::FontRole role) {
            const Glyph& glyph = d->glyph(d->faces[size_t(role)], c);
            if (!glyph.font.isValid())
                return QPainterPath();
            const double scale = 1 / glyph.font.pixelSize();
            return QTransform::fromScale(scale, scale).map(glyph.font.pathForGlyph(glyph.index));
        };
        outlines.pixelSize = [this](layout::FontRole role) { return d->faces[size_t(role)].pixelSize; };
        outlines.xHeight = [this](layout::FontRole role) { return d->faces[size_t(role)].xHeight; };
        atlas = std::make_unique<GlyphAtlas>(devicePixelRatio, std::move(outlines));
    }
    return *atlas;
}

} // namespace calltide::render
