// SPDX-License-Identifier: GPL-3.0-or-later
// The pixels of RasterPainter: one instance after the other into the lines of a picture. Internal to ct_render; any
// thread, as several may draw into lines of their own.
#pragma once
#include "render/devicelist.h"
#include "render/glyphatlas.h"
#include "render/pixels.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace calltide::render::raster {

class Raster
{
public:
    // Draws into the lines [top, bottom) of a picture and nowhere else.
    Raster(uint32_t* pixels, size_t stride, int top, int bottom, const GlyphAtlas& atlas, const Span* spans)
        : m_pixels(pixels)
        , m_stride(stride)
        , m_top(top)
        , m_bottom(bottom)
        , m_atlas(atlas)
        , m_spans(spans)
    {
    }

    void clear(int width, uint32_t color)
    {
        for (int y = m_top; y < m_bottom; ++y)
            fillSpan(line(y), width, color);
    }

    void draw(const Instance& i)
    {
        Box box = cutBox(i);
        box.y0 = std::max(box.y0, m_top);
        box.y1 = std::min(box.y1, m_bottom);
        if (box.empty())
            return;
        switch (i.kind) {
        case Kind::Rect:
            rect(box, premultiplied(i.fill));
            break;
        case Kind::Strip:
            strip(i, box);
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

    void rect(const Box& box, uint32_t color)
    {
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

    // Opaque neighbours are one stretch: its first line is filled and copied to the others.
    void strip(const Instance& i, const Box& box)
    {
        const Span *at = m_spans + i.border, *const end = at + i.pattern;
        while (at < end) {
            const Span* behind = at + 1;
            if (at->fill >> 24 == 255)
                while (behind < end && behind->x0 == behind[-1].x1 && behind->fill >> 24 == 255)
                    ++behind;
            if (behind - at == 1) {
                rect({at->x0, box.y0, at->x1, box.y1}, premultiplied(at->fill));
            } else {
                uint32_t* const to = line(box.y0);
                for (const Span* span = at; span < behind; ++span)
                    fillSpan(to + span->x0, span->x1 - span->x0, span->fill);
                const int x0 = at->x0;
                const auto bytes = size_t(behind[-1].x1 - x0) * sizeof(uint32_t);
                for (int y = box.y0 + 1; y < box.y1; ++y)
                    std::memcpy(line(y) + x0, to + x0, bytes);
            }
            at = behind;
        }
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
            fillSpan(to + left, right - left, i.fill);
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
    int m_top, m_bottom;
    const GlyphAtlas& m_atlas;
    const Span* m_spans; // of all strips
};

} // namespace calltide::render::raster
