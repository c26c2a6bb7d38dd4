// SPDX-License-Identifier: GPL-3.0-or-later
// GlyphAtlas: coverage pictures of glyphs and icons at one device pixel ratio, packed into one growing 8-bit image that
// the CPU painter reads and the GL painter uploads. Inner header of ct_render; GUI thread only.
#pragma once
#include "layout/drawlist.h"
#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

class QPainterPath;

namespace calltide::render {

// Where a picture stands in the atlas, and where its top left corner goes from the pen (whole device pixels).
struct GlyphImage
{
    int16_t left = 0, top = 0;
    uint16_t width = 0, height = 0; // 0: nothing to draw (a space)
    uint16_t x = 0, y = 0;
};

// The outline of a code point in a role at size 1, y down, pen at the origin; and the role's size and x-height there.
struct GlyphOutlines
{
    std::function<QPainterPath(char32_t, layout::FontRole)> path;
    std::function<float(layout::FontRole)> pixelSize;
    std::function<float(layout::FontRole)> xHeight;
};

const char* iconFile(layout::Icon icon); // name in resources/icons, without .svg

class GlyphAtlas
{
public:
    static constexpr int kWidth = 1024;
    static constexpr int kSteps
        = 4; // horizontal positions of a glyph within a pixel, so that panned text does not jitter

    GlyphAtlas(float devicePixelRatio, GlyphOutlines outlines);

    const GlyphImage& glyph(char32_t codePoint, layout::FontRole role, int step);
    const GlyphImage& icon(layout::Icon icon, int devicePixels);

    const uint8_t* pixels() const { return m_pixels.data(); } // kWidth bytes a line
    int height() const { return int(m_pixels.size() / kWidth); }
    uint64_t generation() const { return m_generation; } // unique to this state of the picture, in the whole process

private:
    GlyphImage store(const std::vector<uint8_t>& coverage, int width, int height);
    GlyphImage drawGlyph(char32_t codePoint, layout::FontRole role, int step);

    static constexpr char32_t kFastFirst = 32, kFastEnd = 127;
    struct Fast
    {
        std::array<GlyphImage, (kFastEnd - kFastFirst) * kSteps> images;
        std::array<bool, (kFastEnd - kFastFirst) * kSteps> known{};
    };

    float m_ratio;
    GlyphOutlines m_outlines;
    std::array<Fast, size_t(layout::FontRole::Count)> m_fast;
    std::unordered_map<uint64_t, GlyphImage> m_slow, m_icons;
    std::vector<uint8_t> m_pixels;
    int m_shelfX = 0, m_shelfY = 0, m_shelfHeight = 0;
    uint64_t m_generation = 0;
};

} // namespace calltide::render
