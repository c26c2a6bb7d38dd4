// SPDX-License-Identifier: GPL-3.0-or-later
// A scene drawn without a window, and what was drawn of it.
#pragma once
#include "fixed_measure.h"
#include "layout/scene.h"
#include "small_trace.h"
#include <algorithm>

namespace drawn {

using namespace calltide;
using namespace calltide::layout;

// 1000 px of rows behind a header of 200 px.
inline ViewSpec spec(int64_t from, int64_t to)
{
    ViewSpec v;
    v.from = from;
    v.to = to;
    v.width = 1200;
    v.height = 600;
    v.headerColumn = 200;
    return v;
}

struct Drawn
{
    DrawList list;
    std::string_view textOf(const Text& t) const { return std::string_view(list.text).substr(t.first, t.length); }
    const Text* text(std::string_view wanted) const
    {
        for (const Text& t : list.texts)
            if (textOf(t) == wanted)
                return &t;
        return nullptr;
    }
    size_t rectsOf(Argb color) const
    {
        return size_t(
            std::count_if(list.rects.begin(), list.rects.end(), [&](const Rect& r) { return r.fill == color; }));
    }
    const Rect* rect(Argb color) const
    {
        const auto it
            = std::find_if(list.rects.begin(), list.rects.end(), [&](const Rect& r) { return r.fill == color; });
        return it == list.rects.end() ? nullptr : &*it;
    }
    const Shape* shape(Argb color) const
    {
        const auto it
            = std::find_if(list.shapes.begin(), list.shapes.end(), [&](const Shape& r) { return r.fill == color; });
        return it == list.shapes.end() ? nullptr : &*it;
    }
    const Shape* bordered(Argb color) const
    {
        const auto it
            = std::find_if(list.shapes.begin(), list.shapes.end(), [&](const Shape& r) { return r.border == color; });
        return it == list.shapes.end() ? nullptr : &*it;
    }
};

inline Drawn draw(TimelineScene& scene, const ViewSpec& view)
{
    Drawn d;
    scene.draw(view, d.list);
    return d;
}

inline constexpr float kRowsTop = 44 + 28; // minimap and ruler
inline constexpr float kFirst = kRowsTop + 28 + 4; // and the group's header and the track's padding

inline store::SliceIndex named(const store::Trace& trace, std::string_view name)
{
    for (store::SliceIndex i = 0; i < trace.sliceCount(); ++i)
        if (trace.functionName(trace.functionOf(i)) == name)
            return i;
    return store::kNoSlice;
}

inline Argb fillOf(const TimelineScene& scene, std::string_view name)
{
    return scene.colors().of(scene.trace()->functionOf(named(*scene.trace(), name)), scene.style()).fill;
}

} // namespace drawn
