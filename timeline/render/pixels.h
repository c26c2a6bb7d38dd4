// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and coverage of single pixels, as the shader works them out per fragment. Internal to ct_render.
#pragma once
#include "render/devicelist.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace calltide::render::raster {

struct Color // premultiplied, 0..1
{
    float r = 0, g = 0, b = 0, a = 0;
};

inline Color toColor(uint32_t argb)
{
    const float a = float(argb >> 24) / 255;
    return {float(argb >> 16 & 255) / 255 * a, float(argb >> 8 & 255) / 255 * a, float(argb & 255) / 255 * a, a};
}

inline Color scaled(const Color& c, float f)
{
    return {c.r * f, c.g * f, c.b * f, c.a * f};
}

inline Color over(const Color& top, const Color& below)
{
    const float k = 1 - top.a;
    return {top.r + below.r * k, top.g + below.g * k, top.b + below.b * k, top.a + below.a * k};
}

inline uint32_t pack(const Color& c)
{
    const auto byte = [](float v) { return uint32_t(v * 255 + 0.5f); };
    return byte(c.a) << 24 | byte(c.r) << 16 | byte(c.g) << 8 | byte(c.b);
}

inline uint32_t premultiplied(uint32_t argb)
{
    return argb >> 24 == 255 ? argb : pack(toColor(argb));
}

// dst × factor / 255, rounded, on two channels at a time.
inline uint32_t byteMul(uint32_t x, uint32_t factor)
{
    uint32_t rb = (x & 0xFF00FF) * factor + 0x800080;
    rb = (rb + (rb >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
    uint32_t ag = (x >> 8 & 0xFF00FF) * factor + 0x800080;
    ag = (ag + (ag >> 8 & 0xFF00FF)) & 0xFF00FF00;
    return rb | ag;
}

inline void blend(uint32_t& dst, uint32_t source) // source premultiplied
{
    const uint32_t a = source >> 24;
    if (a == 255)
        dst = source;
    else if (a)
        dst = source + byteMul(dst, 255 - a);
}

// In blocks, because compilers make single words of a plain loop where it may be short.
inline void fillSpan(uint32_t* dst, int count, uint32_t color)
{
    constexpr int kBlock = 16;
    if (count >= kBlock) {
        std::array<uint32_t, kBlock> block;
        block.fill(color);
        for (; count >= kBlock; count -= kBlock, dst += kBlock)
            std::memcpy(dst, block.data(), sizeof block);
    }
    for (int i = 0; i < count; ++i)
        dst[i] = color;
}

inline void blendSpan(uint32_t* dst, int count, uint32_t source)
{
    const uint32_t a = source >> 24;
    if (count <= 0 || a == 0)
        return;
    if (a == 255) {
        fillSpan(dst, count, source);
        return;
    }
    for (int i = 0; i < count; ++i)
        dst[i] = source + byteMul(dst[i], 255 - a);
}

inline float clamp01(float v)
{
    return std::min(std::max(v, 0.f), 1.f);
}

struct Box // whole pixels, already cut to the clip
{
    int x0, y0, x1, y1;
    bool empty() const { return x0 >= x1 || y0 >= y1; }
};

inline Box cutBox(const Instance& i)
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

inline float pointDistance(float x, float y)
{
    return std::sqrt(x * x + y * y);
}

// Distance of p to the segment q0–q1. At the ends it is exactly that to the end point, so that two segments that share
// the point agree on it to the bit.
inline float segmentDistance(float px, float py, float ax, float ay, float bx, float by)
{
    const float ex = bx - ax, ey = by - ay, dx = px - ax, dy = py - ay;
    const float length2 = ex * ex + ey * ey, along = dx * ex + dy * ey;
    if (along <= 0)
        return pointDistance(dx, dy);
    if (along >= length2)
        return pointDistance(px - bx, py - by);
    return std::abs(dx * ey - dy * ex) / std::sqrt(length2);
}

} // namespace calltide::render::raster
