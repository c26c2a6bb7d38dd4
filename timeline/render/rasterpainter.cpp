// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/rasterpainter.h"
#include "render/devicelist.h"
#include "render/glyphatlas.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace calltide::render {
namespace {

struct Color // premultiplied, 0..1
{
    float r = 0, g = 0, b = 0, a = 0;
};

Color toColor(uint32_t argb)
{
    const float a = float(argb >> 24) / 255;
    return {float(argb >> 16 & 255) / 255 * a, float(argb >> 8 & 255) / 255 * a, float(argb & 255) / 255 * a, a};
}

Color scaled(const Color& c, float f)
{
    return {c.r * f, c.g * f, c.b * f, c.a * f};
}

Color over(const Color& top, const Color& below)
{
    const float k = 1 - top.a;
    return {top.r + below.r * k, top.g + below.g * k, top.b + below.b * k, top.a + below.a * k};
}

uint32_t pack(const Color& c)
{
    const auto byte = [](float v) { return uint32_t(v * 255 + 0.5f); };
    return byte(c.a) << 24 | byte(c.r) << 16 | byte(c.g) << 8 | byte(c.b);
}

uint32_t premultiplied(uint32_t argb)
{
    return argb >> 24 == 255 ? argb : pack(toColor(argb));
}

// dst × factor / 255, rounded, on two channels at a time.
uint32_t byteMul(uint32_t x, uint32_t factor)
{
    uint32_t rb = (x & 0xFF00FF) * factor + 0x800080;
    rb = (rb + (rb >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
    uint32_t ag = (x >> 8 & 0xFF00FF) * factor + 0x800080;
    ag = (ag + (ag >> 8 & 0xFF00FF)) & 0xFF00FF00;
    return rb | ag;
}

void blend(uint32_t& dst, uint32_t source) // source premultiplied
{
    const uint32_t a = source >> 24;
    if (a == 255)
        dst = source;
    else if (a)
        dst = source + byteMul(dst, 255 - a);
}

void blendSpan(uint32_t* dst, int count, uint32_t source)
{
    const uint32_t a = source >> 24;
    if (count <= 0 || a == 0)
        return;
    if (a == 255) {
        std::fill_n(dst, count, source);
        return;
    }
    for (int i = 0; i < count; ++i)
        dst[i] = source + byteMul(dst[i], 255 - a);
}

float clamp01(float v)
{
    return std::min(std::max(v, 0.f), 1.f);
}

struct Box // whole pixels, already cut to the clip
{
    int x0, y0, x1, y1;
    bool empty() const { return x0 >= x1 || y0 >= y1; }
};

Box cutBox(const Instance& i)
{
    return {
        int(std::max(i.x0, i.clipX0)), int(std::max(i.y0, i.clipY0)), int(std::min(i.x1, i.clipX1)),
        int(std::min(i.y1, i.clipY1))};
}

// A shape, ready to be asked for single pixels. The shader does the same per fragment.
class ShapePixels
{
public:
    explicit ShapePixels(const Instance& i)
        : m_i(i)
        , m_fill(toColor(i.fill))
        , m_border(toColor(i.border))
    {
        if (i.b[0] == 0)
            return;
        const Color pattern = toColor(i.pattern);
        const int period = std::clamp(int(i.b[1]), 1, int(m_pattern.size()));
        for (int k = 0; k < period; ++k)
            m_pattern[size_t(k)] = over(scaled(pattern, patternCover(k, period)), m_fill);
        m_period = period;
    }

    bool hasPattern() const { return m_period > 0; }

    Color base(int x, int y) const // without border and edges
    {
        return m_period ? m_pattern[size_t((x - int(m_i.x0) + y - int(m_i.y0)) % m_period)] : m_fill;
    }

    Color at(int x, int y) const
    {
        const float px = float(x) + 0.5f, py = float(y) + 0.5f;
        const float hx = (m_i.x1 - m_i.x0) / 2, hy = (m_i.y1 - m_i.y0) / 2, r = m_i.a[0];
        const float qx = std::abs(px - (m_i.x0 + hx)) - hx + r, qy = std::abs(py - (m_i.y0 + hy)) - hy + r;
        const float ox = std::max(qx, 0.f), oy = std::max(qy, 0.f);
        float distance = std::sqrt(ox * ox + oy * oy) + std::min(std::max(qx, qy), 0.f) - r;
        if (m_i.a[2] > 0)
            distance = std::max(distance, tooth(px - m_i.x0, py, m_i.a[2]));
        if (m_i.a[3] > 0)
            distance = std::max(distance, tooth(m_i.x1 - px, py, m_i.a[3]));
        Color c = base(x, y);
        if (m_i.a[1] > 0)
            c = over(scaled(m_border, clamp01(distance + m_i.a[1] + 0.5f)), c);
        return scaled(c, clamp01(0.5f - distance));
    }

private:
    // Of the diagonal k = x + y, counted from the shape's corner.
    float patternCover(int k, int period) const
    {
        if (m_i.b[0] == 2) // bands
            return 2 * k < period ? 1.f : 0.f;
        const float along = float(k) + 1 - float(period) / 2;
        return clamp01(m_i.b[2] + 0.5f - std::abs(along) * 0.70710678f);
    }

    // Distance to the outside of an edge with three teeth cut `depth` deep, `fromEdge` px inside it.
    float tooth(float fromEdge, float py, float depth) const
    {
        const float third = (m_i.y1 - m_i.y0) / 3;
        const float phase = (py - m_i.y0) / third;
        const float cut = depth * (1 - std::abs(2 * (phase - std::floor(phase)) - 1));
        const float half = third / 2;
        return (cut - fromEdge) * half / std::sqrt(half * half + depth * depth);
    }

    const Instance& m_i;
    Color m_fill, m_border;
    std::array<Color, 64> m_pattern;
    int m_period = 0;
};

float pointDistance(float x, float y)
{
    return std::sqrt(x * x + y * y);
}

// Distance of p to the segment q0–q1. At the ends it is exactly that to the end point, so that two segments that share
// the point agree on it to the bit.
float segmentDistance(float px, float py, float ax, float ay, float bx, float by)
{
    const float ex = bx - ax, ey = by - ay, dx = px - ax, dy = py - ay;
    const float length2 = ex * ex + ey * ey, along = dx * ex + dy * ey;
    if (along <= 0)
        return pointDistance(dx, dy);
    if (along >= length2)
        return pointDistance(px - bx, py - by);
    return std::abs(dx * ey - dy * ex) / std::sqrt(length2);
}

class Raster
{
public:
    Raster(QImage& image, const GlyphAtlas& atlas)
        : m_pixels(reinterpret_cast<uint32_t*>(image.bits()))
        , m_stride(size_t(image.bytesPerLine()) / 4)
        , m_atlas(atlas)
    {
    }

    void draw(const Instance& i)
    {
        const Box box = cutBox(i);
        if (box.empty())
            return;
        switch (i.kind) {
        case Kind::Rect:
            rect(i, box);
            break;
        case Kind::Shape:
            shape(i, box);
            break;
        case Kind::Triangle:
            triangle(i, box);
            break;
        case Kind::Mask:
            mask(i, box);
            break;
        case Kind::Segment:
            segment(i, box);
            break;
        }
    }

private:
    uint32_t* line(int y) { return m_pixels + size_t(y) * m_stride; }

    void rect(const Instance& i, const Box& box)
    {
        const uint32_t color = premultiplied(i.fill);
        const int width = box.x1 - box.x0;
        if (color >> 24 == 255 && width <= 4) { // sub-pixel columns: many, and a call a row would cost more than the row
            uint32_t* p = line(box.y0) + box.x0;
            for (int y = box.y0; y < box.y1; ++y, p += m_stride)
                for (int x = 0; x < width; ++x)
                    p[x] = color;
            return;
        }
        if (width == 1) {
            uint32_t* p = line(box.y0) + box.x0;
            for (int y = box.y0; y < box.y1; ++y, p += m_stride)
                blend(*p, color);
            return;
        }
        for (int y = box.y0; y < box.y1; ++y)
            blendSpan(line(y) + box.x0, width, color);
    }

    // How far from its edge a row of teeth and the border along it reach.
    static int toothZone(const Instance& i, float depth)
    {
        if (depth <= 0)
            return 0;
        const float half = (i.y1 - i.y0) / 6;
        return int(std::ceil(depth + (i.a[1] + 1) * std::sqrt(half * half + depth * depth) / half));
    }

    // How much of each pixel of a rounded corner is covered, from its outer ends on; of the radius that was asked for last.
    static constexpr int kMostCorner = 8;
    const uint8_t* corner(float radius, int frame)
    {
        if (radius != m_cornerRadius) {
            m_cornerRadius = radius;
            for (int y = 0; y < frame; ++y)
                for (int x = 0; x < frame; ++x) {
                    const float dx = std::max(radius - float(x) - 0.5f, 0.f), dy = std::max(radius - float(y) - 0.5f, 0.f);
                    m_corner[size_t(y * kMostCorner + x)]
                        = uint8_t(clamp01(0.5f - (std::sqrt(dx * dx + dy * dy) - radius)) * 255 + 0.5f);
                }
        }
        return m_corner.data();
    }

    // Plain fill with round corners, as most slices are.
    void roundedRect(const Instance& i, const Box& box, int frame)
    {
        const uint8_t* cover = corner(i.a[0], frame);
        const int x0 = int(i.x0), x1 = int(i.x1), y0 = int(i.y0), y1 = int(i.y1);
        for (int y = box.y0; y < box.y1; ++y) {
            uint32_t* to = line(y);
            const int fromEdge = std::min(y - y0, y1 - 1 - y);
            int left = box.x0, right = box.x1;
            if (fromEdge < frame) {
                const uint8_t* row = cover + fromEdge * kMostCorner;
                for (; left < std::min(box.x1, x0 + frame); ++left)
                    blend(to[left], byteMul(i.fill, row[left - x0]));
                for (; right > std::max(left, x1 - frame); --right)
                    blend(to[right - 1], byteMul(i.fill, row[x1 - right]));
            }
            if (left < right)
                std::fill_n(to + left, right - left, i.fill);
        }
    }

    void shape(const Instance& i, const Box& box)
    {
        const bool plain = i.a[1] == 0 && i.a[2] == 0 && i.a[3] == 0 && i.b[0] == 0 && i.fill >> 24 == 255;
        if (const int frame = int(std::ceil(i.a[0])); plain && frame <= kMostCorner && i.x1 - i.x0 >= float(2 * frame)
            && i.y1 - i.y0 >= float(2 * frame)) {
            roundedRect(i, box, frame);
            return;
        }
        const ShapePixels pixels(i);
        // Only a frame around the middle needs more than one colour.
        const int frame = int(std::ceil(std::max(i.a[0], i.a[1] > 0 ? i.a[1] + 1 : 0)));
        const int left = std::min(box.x1, std::max(box.x0, int(i.x0) + std::max(frame, toothZone(i, i.a[2]))));
        const int right = std::max(left, std::min(box.x1, int(i.x1) - std::max(frame, toothZone(i, i.a[3]))));
        const bool teeth = i.a[2] > 0 || i.a[3] > 0;
        const int top = int(i.y0) + frame, bottom = int(i.y1) - frame;
        std::array<uint32_t, 64> leftColors, rightColors;
        const bool keep = !teeth && !pixels.hasPattern() && left - box.x0 <= 64 && box.x1 - right <= 64;
        bool kept = false;
        uint32_t middle = 0;
        for (int y = box.y0; y < box.y1; ++y) {
            uint32_t* to = line(y);
            const bool inside = y >= top && y < bottom;
            if (inside && keep) {
                if (!kept) {
                    for (int x = box.x0; x < left; ++x)
                        leftColors[size_t(x - box.x0)] = pack(pixels.at(x, y));
                    for (int x = right; x < box.x1; ++x)
                        rightColors[size_t(x - right)] = pack(pixels.at(x, y));
                    middle = pack(pixels.base(left, y));
                    kept = true;
                }
                for (int x = box.x0; x < left; ++x)
                    blend(to[x], leftColors[size_t(x - box.x0)]);
                blendSpan(to + left, right - left, middle);
                for (int x = right; x < box.x1; ++x)
                    blend(to[x], rightColors[size_t(x - right)]);
                continue;
            }
            for (int x = box.x0; x < left; ++x)
                blend(to[x], pack(pixels.at(x, y)));
            if (!pixels.hasPattern()) {
                if (left < right)
                    blendSpan(to + left, right - left, pack(inside ? pixels.base(left, y) : pixels.at(left, y)));
            } else {
                for (int x = left; x < right; ++x)
                    blend(to[x], pack(inside ? pixels.base(x, y) : pixels.at(x, y)));
            }
            for (int x = right; x < box.x1; ++x)
                blend(to[x], pack(pixels.at(x, y)));
        }
    }

    void triangle(const Instance& i, const Box& box)
    {
        const Color fill = toColor(i.fill);
        const float vx[] = {i.a[0], i.a[2], i.b[0]}, vy[] = {i.a[1], i.a[3], i.b[1]};
        float nx[3], ny[3];
        for (int k = 0; k < 3; ++k) {
            const float ex = vx[(k + 1) % 3] - vx[k], ey = vy[(k + 1) % 3] - vy[k];
            const float length = std::sqrt(ex * ex + ey * ey);
            if (length == 0)
                return;
            nx[k] = -ey / length;
            ny[k] = ex / length;
        }
        for (int y = box.y0; y < box.y1; ++y) {
            uint32_t* to = line(y);
            for (int x = box.x0; x < box.x1; ++x) {
                float distance = 1e9f;
                for (int k = 0; k < 3; ++k)
                    distance
                        = std::min(distance, (float(x) + 0.5f - vx[k]) * nx[k] + (float(y) + 0.5f - vy[k]) * ny[k]);
                const float cover = clamp01(distance + 0.5f);
                if (cover > 0)
                    blend(to[x], pack(scaled(fill, cover)));
            }
        }
    }

    void mask(const Instance& i, const Box& box)
    {
        const uint32_t color = premultiplied(i.fill);
        const int dx = int(i.a[0]) - int(i.x0), dy = int(i.a[1]) - int(i.y0);
        for (int y = box.y0; y < box.y1; ++y) {
            const uint8_t* cover = m_atlas.pixels() + size_t(y + dy) * GlyphAtlas::kWidth + dx;
            uint32_t* to = line(y);
            for (int x = box.x0; x < box.x1; ++x)
                if (cover[x])
                    blend(to[x], byteMul(color, cover[x]));
        }
    }

    void segment(const Instance& i, const Box& box)
    {
        const Color fill = toColor(i.fill);
        const uint32_t solid = pack(fill);
        const float half = std::bit_cast<float>(i.border), reach = half + 0.5f;
        const float ax = i.a[0], ay = i.a[1], bx = i.a[2], by = i.a[3];
        const float reach2 = reach * reach * ((bx - ax) * (bx - ax) + (by - ay) * (by - ay)) + 1e-6f;
        // What lies outside of a neighbour's box is farther from it than from this one.
        const float before[] = {std::min(i.b[0], ax) - reach, std::max(i.b[0], ax) + reach, std::min(i.b[1], ay) - reach,
            std::max(i.b[1], ay) + reach};
        const float after[] = {std::min(i.b[2], bx) - reach, std::max(i.b[2], bx) + reach, std::min(i.b[3], by) - reach,
            std::max(i.b[3], by) + reach};
        const auto within = [](const float* near, float x, float y) { return x >= near[0] && x <= near[1] && y >= near[2] && y <= near[3]; };
        for (int y = box.y0; y < box.y1; ++y) {
            // The part of the line this row can see, so that long slanted lines do not cost their whole box.
            const float py = float(y) + 0.5f;
            float from = std::min(ax, bx), to = std::max(ax, bx);
            if (std::abs(by - ay) > 1e-3f) {
                const float t0 = clamp01((py - reach - ay) / (by - ay)), t1 = clamp01((py + reach - ay) / (by - ay));
                from = ax + (bx - ax) * std::min(t0, t1);
                to = ax + (bx - ax) * std::max(t0, t1);
                if (from > to)
                    std::swap(from, to);
            }
            const int x0 = std::max(box.x0, int(std::floor(from - reach)) - 1);
            const int x1 = std::min(box.x1, int(std::ceil(to + reach)) + 1);
            uint32_t* row = line(y);
            for (int x = x0; x < x1; ++x) {
                const float px = float(x) + 0.5f, beside = (px - ax) * (by - ay) - (py - ay) * (bx - ax);
                if (beside * beside >= reach2)
                    continue;
                const float own = segmentDistance(px, py, ax, ay, bx, by);
                const float cover = clamp01(reach - own);
                if (cover <= 0 || ((i.pattern & 1) && within(before, px, py) && segmentDistance(px, py, i.b[0], i.b[1], ax, ay) <= own)
                    || ((i.pattern & 2) && within(after, px, py) && segmentDistance(px, py, bx, by, i.b[2], i.b[3]) < own))
                    continue;
                blend(row[x], cover >= 1 ? solid : pack(scaled(fill, cover)));
            }
        }
    }

    uint32_t* m_pixels;
    float m_cornerRadius = -1;
    std::array<uint8_t, kMostCorner * kMostCorner> m_corner{};
    size_t m_stride;
    const GlyphAtlas& m_atlas;
};

} // namespace

struct RasterPainter::Private
{
    DeviceList device;
    QImage image;
};

RasterPainter::RasterPainter()
    : d(std::make_unique<Private>())
{
}

RasterPainter::~RasterPainter() = default;

const QImage& RasterPainter::paint(const layout::DrawList& list, const FontMetrics& fonts)
{
    d->device.build(list, fonts);
    const int width = d->device.width, height = d->device.height;
    if (width <= 0 || height <= 0) {
        d->image = QImage();
        return d->image;
    }
    const auto format = list.background >> 24 == 255 ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied;
    if (d->image.size() != QSize(width, height) || d->image.format() != format || !d->image.isDetached())
        d->image = QImage(width, height, format);
    if (d->image.isNull())
        return d->image;
    d->image.setDevicePixelRatio(double(list.devicePixelRatio));
    d->image.fill(premultiplied(list.background));
    Raster raster(d->image, fonts.atlas(list.devicePixelRatio));
    for (const Instance& instance : d->device.instances)
        raster.draw(instance);
    return d->image;
}

} // namespace calltide::render
