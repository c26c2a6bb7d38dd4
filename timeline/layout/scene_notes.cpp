// SPDX-License-Identifier: GPL-3.0-or-later
// Notes: flags and spans in their lane, with lines over the tracks; where a dragged track would stand; the frame time.
#include "layout/scenepainter.h"
#include <algorithm>

namespace calltide::layout {

using namespace metrics;

Argb ScenePainter::noteColor(const Note& note) const
{
    return st.note.empty() ? st.accent : st.note[note.color % st.note.size()];
}

void ScenePainter::paintNoteLines()
{
    if (!v.notes)
        return;
    for (size_t i = 0; i < v.notes->size(); ++i) {
        const Note& note = (*v.notes)[i];
        const Argb color = withAlpha(noteColor(note), i == v.selectedNote ? 1 : double(kNoteLine));
        for (const int64_t time : {note.from, note.to}) {
            const double x = double(snap(z.scale.x(time)));
            if (x >= double(left) && x < double(right))
                rect(x, double(z.pinned.y), 1, double(v.height - z.pinned.y), color);
            if (note.isFlag())
                break;
        }
    }
}

void ScenePainter::paintNotes()
{
    const Box& lane = z.notes;
    if (lane.h <= 0)
        return;
    const bool inRuler = lane.y < z.ruler.y + z.ruler.h;
    const double middle = double(lane.y) + double(lane.h) / 2;
    if (!inRuler) {
        rect(0, double(lane.y), double(v.width), double(lane.h), st.header);
        rect(0, double(lane.y + lane.h) - 1, double(v.width), 1, st.borderDefault);
        rect(double(left) - 1, double(lane.y), 1, double(lane.h), st.borderDefault);
    }
    if (!inRuler && z.headerColumn >= 100) {
        const std::string count
            = formatCount(int64_t(v.notes->size())) + (v.notes->size() == 1 ? " note" : " notes");
        text(count, double(kHeaderPad), middle, st.textMuted, FontRole::Caption);
    }
    out.addClip({left, lane.y, right - left, lane.h});
    std::vector<size_t> order(v.notes->size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(
        order.begin(), order.end(), [&](size_t a, size_t b) { return (*v.notes)[a].from < (*v.notes)[b].from; });
    double textEnd = double(left); // of two that overlap, the later one hides its text
    for (size_t k = 0; k < order.size(); ++k) {
        const Note& note = (*v.notes)[order[k]];
        const Argb color = noteColor(note);
        const double x0 = double(snap(z.scale.x(note.from)));
        double x1 = double(snap(z.scale.x(note.to)));
        if (x0 >= double(right) || (!note.isFlag() && x1 < double(left)))
            continue;
        const bool chosen = order[k] == v.selectedNote;
        if (note.isFlag()) {
            x1 = x0 + double(kNoteFlag);
            rect(x0, double(lane.y) + 3, 1, double(lane.h) - 3, color);
            out.add(Triangle{
                float(x0), lane.y + 3, float(x1), lane.y + 3 + kNoteFlag / 2, float(x0), lane.y + 3 + kNoteFlag, color});
        } else {
            const double a = std::max(x0, double(left)), b = std::max(std::min(x1, double(right)), a + 1);
            rect(a, double(lane.y) + 2, b - a, double(lane.h) - 4, blended(color, st.header, double(kNoteFill)));
            for (const double x : {x0, x1 - 2})
                rect(x, double(lane.y) + 2, 2, double(lane.h) - 4, color);
        }
        if (chosen)
            out.add(Shape{
                .x = float(std::max(x0, double(left))) - 1,
                .y = lane.y + 1,
                .w = float(std::max(std::min(x1, double(right)) - std::max(x0, double(left)), 1.0)) + 2,
                .h = lane.h - 2,
                .fill = 0,
                .border = st.accent,
                .borderWidth = kOutline,
                .radius = st.sliceRadius});
        const double from = std::max(note.isFlag() ? x1 + 3 : x0 + 5, double(left) + 4);
        double to = note.isFlag() ? double(right) : x1 - 5;
        if (k + 1 < order.size()) // a flag's text ends where the next note begins
            to = std::min(to, std::max(z.scale.x((*v.notes)[order[k + 1]].from) - 4, note.isFlag() ? 0 : x0));
        const std::string fitted = note.text.empty() || from < textEnd || to - from < 16
            ? std::string()
            : elideRight(plainLine(note.text), float(to - from), tm, FontRole::Caption);
        if (!fitted.empty()) {
            if (inRuler && note.isFlag()) // over the times there
                rect(from - 2, double(lane.y) + 1, double(textWidth(fitted, FontRole::Caption)) + 6, double(lane.h) - 2, st.header);
            text(fitted, from, middle, from, to, st.textPrimary, FontRole::Caption);
            textEnd = from + double(textWidth(fitted, FontRole::Caption)) + 4;
        }
    }
    out.addClip({0, 0, v.width, v.height});
}

void ScenePainter::paintDropLine()
{
    const auto& items = s.m_tracks.items();
    if (v.dropBefore == SIZE_MAX || items.empty())
        return;
    const size_t before = std::min(v.dropBefore, items.size());
    const double y = before < items.size() ? itemTop(items[before])
                                           : itemTop(items.back()) + double(items.back().height);
    rect(0, double(snap(y)) - 1, double(v.width), 2, st.accent);
}

void ScenePainter::paintFrameTime()
{
    if (v.frameTime.empty())
        return;
    const float width = textWidth(v.frameTime, FontRole::Mono) + 2 * kPillPad;
    const float x = snap(double(right - width) - 16), y = snap(double(v.height) - double(kPillHeight) - 10);
    out.add(Shape{.x = x, .y = y, .w = width, .h = kPillHeight, .fill = st.tooltip, .radius = kPillRadius});
    text(v.frameTime, double(x + kPillPad), double(y + kPillHeight / 2), st.textTooltip, FontRole::Mono);
}

} // namespace calltide::layout
