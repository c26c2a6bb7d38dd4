// SPDX-License-Identifier: GPL-3.0-or-later
// DeviceList: a DrawList turned into one stream of instances in device pixels. Both painters draw this same stream (but
// for strips), so geometry, clipping and text positions are decided once. Inner header of ct_render.
//
// What a pixel gets, for the painters (p is its centre; both compute in 32-bit floats):
//   Rect     fill
//   Shape    rounded box, teeth, border and pattern, see ShapePixels in pixels.h and its twin in the shader
//   Triangle clamp(distance to the nearest edge, positive inside, + 0.5)
//   Mask     the atlas' coverage
//   Segment  capsule: clamp(halfWidth + 0.5 - distance); where two segments of a polyline meet, the nearer one draws,
//            so that a join is not blended twice
#pragma once
#include "layout/drawlist.h"
#include <vector>

namespace calltide::render {

class FontMetrics;
class GlyphAtlas;

enum class Kind : uint32_t
{
    Rect,
    Shape,
    Triangle,
    Mask,
    Segment,
    Strip // plain rectangles of one height, see Spans; not for the shader
};

struct Instance // the layout of the GL vertex attributes as well
{
    float x0, y0, x1, y1; // what may be touched, whole pixels
    float clipX0, clipY0, clipX1, clipY1; // cut to this, whole pixels
    float a[4] = {}; // Shape: radius, border width, tooth depth left, right · Triangle: x0 y0 x1 y1
                     // Mask: atlas x, y · Segment: x0 y0 x1 y1
    float b[4] = {}; // Shape: pattern (enum), its period, line half width · Triangle: x2 y2
                     // Segment: the points before and behind
    uint32_t fill = 0, border = 0, pattern = 0; // 0xAARRGGBB; Segment: border = float bits of the half width,
                                                // pattern = 1 there is a segment before, 2 behind
                                                // Strip: border = first of its spans, pattern = how many
    Kind kind = Kind::Rect;
};
static_assert(sizeof(Instance) == 80);

struct Span // of a strip; device pixels, cut to the clip
{
    int x0, x1;
    layout::Argb fill;
};

enum class Rects : uint8_t
{
    Alone, // an instance each
    InStrips // those of one height in a row are one instance: sub-pixel columns are a hundred thousand
};

class DeviceList
{
public:
    int width = 0, height = 0; // device pixels
    layout::Argb background = 0;
    std::vector<Instance> instances; // memory is kept between frames
    std::vector<Span> spans; // of the strips

    void build(const layout::DrawList& list, const FontMetrics& fonts, Rects rects = Rects::Alone);

private:
    struct Clip
    {
        float x0, y0, x1, y1;
    };
    Instance& add(Kind kind, float x0, float y0, float x1, float y1, const Clip& clip, layout::Argb fill);
    void addSpan(float x0, float y0, float x1, float y1, const Clip& clip, layout::Argb fill);
    void addShape(const layout::Shape& shape, float ratio, const Clip& clip);
    void addTriangle(const layout::Triangle& triangle, float ratio, const Clip& clip);
    void addText(
        const layout::DrawList& list, const layout::Text& text, const FontMetrics& fonts, GlyphAtlas& atlas,
        const Clip& clip);
    void addStroke(const layout::DrawList& list, const layout::Stroke& stroke, const Clip& clip);

    std::vector<float> m_points;
};

} // namespace calltide::render
