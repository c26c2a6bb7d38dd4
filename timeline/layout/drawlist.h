// SPDX-License-Identifier: GPL-3.0-or-later
// DrawList: one frame as plain records, made without Qt and drawn by either painter (CPU rasteriser or GL). Both must
// give the same picture, so everything that decides a pixel is decided here: edges come snapped to device pixels, text
// comes as strings with a baseline on a whole device pixel, curves come as polylines.
//
// Coordinates are device independent pixels (x to the right, y down); the painter multiplies by the device pixel ratio.
// Records are drawn in the order of the batches, so later ones cover earlier ones.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::layout {

using Argb = uint32_t; // 0xAARRGGBB, not premultiplied

enum class FontRole : uint8_t {
    Slice,      // slice labels: UI family, weight 500, size by row height
    SliceLight, // the duration behind a label: the same, weight 400
    Name,       // track names: 12 / 500
    Strong,     // group names: 12 / 600
    Caption,    // second lines: 11 / 400
    Mono,       // ruler and values: mono family, 11
    MonoSmall,  // 10
    Count
};

// Icons by name of the file in resources/icons, numbered by the icon table of ct_render.
enum class Icon : uint8_t {
    ChevronRight, ChevronDown, Process, Thread, Task, Child, Gc, Counter, Instant, Exception, Flag, Flame, Clock, Memory,
    Imports, Timeline, Pin, Hide, More, Note, Count
};

// Something a painter can measure text with; widths are in device independent pixels.
class TextMeasure
{
public:
    virtual ~TextMeasure() = default;
    virtual float width(std::string_view utf8, FontRole role) const = 0;
    virtual float ascent(FontRole role) const = 0;
    virtual float descent(FontRole role) const = 0;
};

enum class Pattern : uint8_t {
    None,
    Hatch,      // 45° lines every 6 px in `patternColor`
    LossBands,  // diagonal 8 px bands of `fill` and `patternColor`
};

struct Rect // plain, sharp edges: sub-pixel columns, grid lines, backgrounds
{
    float x, y, w, h;
    Argb fill;
};

struct Shape // a slice and other things with corners, borders or patterns
{
    float x, y, w, h;
    Argb fill;
    Argb border = 0; // drawn inside the edge
    float borderWidth = 0;
    float radius = 0;
    Argb patternColor = 0;
    Pattern pattern = Pattern::None;
    uint8_t openEdges = 0; // 1 left, 2 right: three teeth cut into that edge
};

struct Triangle
{
    float x0, y0, x1, y1, x2, y2;
    Argb fill;
};

struct Text
{
    float x, baseline;      // left end of the text
    float clipLeft, clipRight;
    uint32_t first, length; // in DrawList::text, UTF-8
    Argb color;
    FontRole role;
};

struct IconMark
{
    float x, y, size;
    Argb color;
    Icon icon;
};

struct Stroke // an open polyline with round joins
{
    uint32_t first, count; // in DrawList::points, pairs x, y
    float width;
    Argb color;
};

enum class Primitive : uint8_t { Rect, Shape, Triangle, Text, Icon, Stroke, Clip };

struct Clip
{
    float x, y, w, h; // everything behind is cut to this, until the next Clip
};

struct Batch
{
    Primitive kind;
    uint32_t first, count;
};

class DrawList
{
public:
    float width = 0, height = 0; // of the picture
    float devicePixelRatio = 1;
    Argb background = 0xFF000000;

    std::vector<Batch> batches;
    std::vector<Rect> rects;
    std::vector<Shape> shapes;
    std::vector<Triangle> triangles;
    std::vector<Text> texts;
    std::vector<IconMark> icons;
    std::vector<Stroke> strokes;
    std::vector<float> points;
    std::vector<Clip> clips;
    std::string text;

    void clear(); // keeps the memory
    void add(const Rect& r) { put(Primitive::Rect, rects, r); }
    void add(const Shape& s) { put(Primitive::Shape, shapes, s); }
    void add(const Triangle& t) { put(Primitive::Triangle, triangles, t); }
    void add(const IconMark& i) { put(Primitive::Icon, icons, i); }
    void addClip(const Clip& c) { put(Primitive::Clip, clips, c); }
    void addText(std::string_view utf8, float x, float baseline, float clipLeft, float clipRight, Argb color, FontRole role)
    {
        put(Primitive::Text, texts,
            Text{x, baseline, clipLeft, clipRight, uint32_t(text.size()), uint32_t(utf8.size()), color, role});
        text.append(utf8);
    }
    void addStroke(const float* xy, uint32_t pointCount, float width, Argb color)
    {
        put(Primitive::Stroke, strokes, Stroke{uint32_t(points.size()), pointCount, width, color});
        points.insert(points.end(), xy, xy + 2 * pointCount);
    }

private:
    template <class T>
    void put(Primitive kind, std::vector<T>& to, const T& value)
    {
        if (batches.empty() || batches.back().kind != kind)
            batches.push_back({kind, uint32_t(to.size()), 0});
        to.push_back(value);
        batches.back().count++;
    }
};

inline void DrawList::clear()
{
    batches.clear();
    rects.clear();
    shapes.clear();
    triangles.clear();
    texts.clear();
    icons.clear();
    strokes.clear();
    points.clear();
    clips.clear();
    text.clear();
}

} // namespace calltide::layout
