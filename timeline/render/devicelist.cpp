// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/devicelist.h"
#include "render/fontmetrics.h"
#include "render/glyphatlas.h"
#include "render/utf8.h"
#include <algorithm>
#include <bit>
#include <cmath>

namespace calltide::render {
namespace {
constexpr float kHatchPeriod = 6, kHatchWidth = 1, kBandPeriod = 16, kToothDepth = 4; // px, see drawlist.h
constexpr float kFar = 1 << 20; // layouts cut at the view; this only keeps floats exact

float snap(float v, float ratio)
{
    return std::floor(std::clamp(v * ratio, -kFar, kFar) + 0.5f);
}
} // namespace

Instance& DeviceList::add(Kind kind, float x0, float y0, float x1, float y1, const Clip& clip, layout::Argb fill)
{
    Instance& i = instances.emplace_back();
    i.x0 = x0;
    i.y0 = y0;
    i.x1 = x1;
    i.y1 = y1;
    i.clipX0 = clip.x0;
    i.clipY0 = clip.y0;
    i.clipX1 = clip.x1;
    i.clipY1 = clip.y1;
    i.fill = fill;
    i.kind = kind;
    return i;
}

void DeviceList::addSpan(float x0, float y0, float x1, float y1, const Clip& clip, layout::Argb fill)
{
    x0 = std::max(x0, clip.x0);
    y0 = std::max(y0, clip.y0);
    x1 = std::min(x1, clip.x1);
    y1 = std::min(y1, clip.y1);
    if (x0 >= x1 || y0 >= y1)
        return;
    const Instance* last = instances.empty() ? nullptr : &instances.back();
    if (!last || last->kind != Kind::Strip || last->y0 != y0 || last->y1 != y1) {
        Instance& strip = add(Kind::Strip, x0, y0, x1, y1, {x0, y0, x1, y1}, 0);
        strip.border = uint32_t(spans.size());
    }
    Instance& strip = instances.back();
    strip.x0 = strip.clipX0 = std::min(strip.x0, x0);
    strip.x1 = strip.clipX1 = std::max(strip.x1, x1);
    ++strip.pattern;
    spans.push_back({int(x0), int(x1), fill});
}

void DeviceList::addShape(const layout::Shape& s, float ratio, const Clip& clip)
{
    const float x0 = snap(s.x, ratio), y0 = snap(s.y, ratio);
    const float x1 = std::max(x0 + 1, snap(s.x + s.w, ratio)), y1 = std::max(y0 + 1, snap(s.y + s.h, ratio));
    Instance& i = add(Kind::Shape, x0, y0, x1, y1, clip, s.fill);
    i.border = s.border;
    i.pattern = s.patternColor;
    i.a[0] = std::min(s.radius * ratio, std::min(x1 - x0, y1 - y0) / 2);
    i.a[1] = s.border >> 24 ? s.borderWidth * ratio : 0;
    const float depth = std::min(kToothDepth * ratio, (x1 - x0) / 2);
    i.a[2] = s.openEdges & 1 ? depth : 0;
    i.a[3] = s.openEdges & 2 ? depth : 0;
    i.b[0] = float(int(s.pattern));
    i.b[1] = std::round((s.pattern == layout::Pattern::Hatch ? kHatchPeriod : kBandPeriod) * ratio);
    i.b[2] = kHatchWidth * ratio / 2;
}

void DeviceList::addTriangle(const layout::Triangle& t, float r, const Clip& clip)
{
    const float x[] = {t.x0 * r, t.x1 * r, t.x2 * r}, y[] = {t.y0 * r, t.y1 * r, t.y2 * r};
    Instance& i = add(
        Kind::Triangle, std::floor(*std::min_element(x, x + 3) - 1), std::floor(*std::min_element(y, y + 3) - 1),
        std::ceil(*std::max_element(x, x + 3) + 1), std::ceil(*std::max_element(y, y + 3) + 1), clip, t.fill);
    // One turning sense, so that the distance is positive inside.
    const bool flip = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]) < 0;
    const int second = flip ? 2 : 1, third = flip ? 1 : 2;
    i.a[0] = x[0];
    i.a[1] = y[0];
    i.a[2] = x[second];
    i.a[3] = y[second];
    i.b[0] = x[third];
    i.b[1] = y[third];
}

void DeviceList::addText(
    const layout::DrawList& list, const layout::Text& text, const FontMetrics& fonts, GlyphAtlas& atlas,
    const Clip& clip)
{
    const float ratio = list.devicePixelRatio;
    Clip cut = clip;
    cut.x0 = std::max(cut.x0, snap(text.clipLeft, ratio));
    cut.x1 = std::min(cut.x1, snap(text.clipRight, ratio));
    const float baseline = snap(text.baseline, ratio);
    float pen = text.x * ratio;
    const std::string_view utf8 = std::string_view(list.text).substr(text.first, text.length);
    for (size_t at = 0; at < utf8.size() && pen < cut.x1;) {
        const size_t begin = at;
        const char32_t c = printable(nextCodePoint(utf8, at));
        const float quarter = std::floor(pen * GlyphAtlas::kSteps + 0.5f);
        const float whole = std::floor(quarter / GlyphAtlas::kSteps);
        const GlyphImage& g = atlas.glyph(c, text.role, int(quarter - whole * GlyphAtlas::kSteps));
        pen += fonts.width(utf8.substr(begin, at - begin), text.role) * ratio;
        const float x0 = whole + float(g.left), y0 = baseline + float(g.top);
        const float x1 = x0 + float(g.width), y1 = y0 + float(g.height);
        if (!g.width || x1 <= cut.x0 || x0 >= cut.x1 || y1 <= cut.y0 || y0 >= cut.y1)
            continue;
        Instance& i = add(Kind::Mask, x0, y0, x1, y1, cut, text.color);
        i.a[0] = float(g.x);
        i.a[1] = float(g.y);
    }
}

void DeviceList::addStroke(const layout::DrawList& list, const layout::Stroke& stroke, const Clip& clip)
{
    const float ratio = list.devicePixelRatio, half = stroke.width * ratio / 2;
    std::vector<float>& p = m_points; // without points that repeat the one before: they have no direction
    p.clear();
    for (uint32_t k = 0; k < stroke.count; ++k) {
        const float* point = list.points.data() + stroke.first + 2 * k;
        const float x = point[0] * ratio, y = point[1] * ratio;
        if (p.empty() || x != p[p.size() - 2] || y != p.back())
            p.insert(p.end(), {x, y});
    }
    const size_t points = p.size() / 2;
    for (size_t k = 0; k + 1 < points; ++k) {
        const float* q = p.data() + 2 * k;
        const float grow = half + 1;
        const float x0 = std::floor(std::min(q[0], q[2]) - grow), x1 = std::ceil(std::max(q[0], q[2]) + grow);
        const float y0 = std::floor(std::min(q[1], q[3]) - grow), y1 = std::ceil(std::max(q[1], q[3]) + grow);
        if (x1 <= clip.x0 || x0 >= clip.x1 || y1 <= clip.y0 || y0 >= clip.y1)
            continue;
        Instance& i = add(Kind::Segment, x0, y0, x1, y1, clip, stroke.color);
        std::copy_n(q, 4, i.a);
        const bool before = k > 0, behind = k + 2 < points;
        std::copy_n(before ? q - 2 : q, 2, i.b);
        std::copy_n(behind ? q + 4 : q + 2, 2, i.b + 2);
        i.border = std::bit_cast<uint32_t>(half);
        i.pattern = (before ? 1u : 0u) | (behind ? 2u : 0u);
    }
}

void DeviceList::build(const layout::DrawList& list, const FontMetrics& fonts, Rects rects)
{
    const float ratio = list.devicePixelRatio;
    width = std::max(0, int(std::lround(list.width * ratio)));
    height = std::max(0, int(std::lround(list.height * ratio)));
    background = list.background;
    instances.clear();
    spans.clear();
    GlyphAtlas& atlas = fonts.atlas(ratio);
    const Clip all{0, 0, float(width), float(height)};
    Clip clip = all;
    for (const layout::Batch& batch : list.batches) {
        const uint32_t first = batch.first, end = batch.first + batch.count;
        switch (batch.kind) {
        case layout::Primitive::Rect:
            for (uint32_t k = first; k < end; ++k) {
                const layout::Rect& r = list.rects[k];
                if (r.w <= 0 || r.h <= 0)
                    continue;
                const float x0 = snap(r.x, ratio), y0 = snap(r.y, ratio);
                const float x1 = std::max(x0 + 1, snap(r.x + r.w, ratio)), y1 = std::max(y0 + 1, snap(r.y + r.h, ratio));
                if (rects == Rects::Alone)
                    add(Kind::Rect, x0, y0, x1, y1, clip, r.fill);
                else
                    addSpan(x0, y0, x1, y1, clip, r.fill);
            }
            break;
        case layout::Primitive::Shape:
            for (uint32_t k = first; k < end; ++k)
                addShape(list.shapes[k], ratio, clip);
            break;
        case layout::Primitive::Triangle:
            for (uint32_t k = first; k < end; ++k)
                addTriangle(list.triangles[k], ratio, clip);
            break;
        case layout::Primitive::Text:
            for (uint32_t k = first; k < end; ++k)
                addText(list, list.texts[k], fonts, atlas, clip);
            break;
        case layout::Primitive::Icon:
            for (uint32_t k = first; k < end; ++k) {
                const layout::IconMark& mark = list.icons[k];
                const GlyphImage& g = atlas.icon(mark.icon, int(std::lround(mark.size * ratio)));
                const float x0 = snap(mark.x, ratio), y0 = snap(mark.y, ratio);
                Instance& i = add(Kind::Mask, x0, y0, x0 + float(g.width), y0 + float(g.height), clip, mark.color);
                i.a[0] = float(g.x);
                i.a[1] = float(g.y);
            }
            break;
        case layout::Primitive::Stroke:
            for (uint32_t k = first; k < end; ++k)
                addStroke(list, list.strokes[k], clip);
            break;
        case layout::Primitive::Clip:
            if (batch.count) {
                const layout::Clip& c = list.clips[end - 1];
                clip
                    = {std::max(all.x0, snap(c.x, ratio)), std::max(all.y0, snap(c.y, ratio)),
                       std::min(all.x1, snap(c.x + c.w, ratio)), std::min(all.y1, snap(c.y + c.h, ratio))};
            }
            break;
        }
    }
}

} // namespace calltide::render
