// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flamescene.h"
#include "layout/coordinates.h"
#include "layout/metrics.h"
#include "layout/text.h"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace calltide::flameview {
namespace {
using namespace layout;

constexpr double kAncestorAlpha = 0.6; // parents of the zoomed frame
constexpr float kLabelFrom = 24; // px

std::string shareText(double share)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f\u2009%%", share * 100);
    return text;
}
} // namespace

std::string frameName(const store::Trace& trace, store::FunctionId function)
{
    return function.valid() ? plainLine(trace.functionName(function)) : std::string();
}

store::StringId moduleOf(const store::Trace& trace, store::FunctionId function)
{
    const store::Function& f = trace.function(function);
    return trace.string(f.module).empty() ? f.file : f.module;
}

std::string moduleName(const store::Trace& trace, store::FunctionId function)
{
    return function.valid() ? plainLine(trace.string(moduleOf(trace, function))) : std::string();
}

std::string scopeLabel(const store::Trace& trace, const store::Scope& scope)
{
    std::vector<store::TrackId> tracks = scope.tracks;
    if (tracks.empty())
        for (size_t i = 0; i < trace.tracks().size(); ++i)
            if (trace.tracks()[i].kind == store::TrackKind::Thread && trace.tracks()[i].sliceCount)
                tracks.emplace_back(i);
    std::vector<store::ProcessId> processes;
    for (const store::TrackId track : tracks)
        if (const auto process = trace.track(track).process;
            process.valid() && std::find(processes.begin(), processes.end(), process) == processes.end())
            processes.push_back(process);
    std::string out;
    const auto part = [&out](const std::string& text) {
        if (!text.empty())
            out += (out.empty() ? std::string() : std::string(kDot)) + text;
    };
    if (processes.size() == 1)
        part(plainLine(trace.string(trace.process(processes[0]).name)));
    else if (processes.size() > 1)
        part(formatCount(int64_t(processes.size())) + " processes");
    if (tracks.size() == 1)
        part(plainLine(trace.string(trace.track(tracks[0]).name)));
    else if (tracks.size() > 1)
        part(formatCount(int64_t(tracks.size())) + " threads");
    const bool whole = scope.from <= trace.begin() && scope.to >= trace.end();
    part(whole ? "whole recording" : formatDuration(scope.to - scope.from));
    return out;
}

struct FlameScene::Drawing
{
    const FlameScene& s;
    const FlameOptions& o;
    const Style& st;
    const TextMeasure& tm;
    DrawList& out;
    float dpr;
    double total; // weight of the root

    float snap(double px) const { return snapped(px, double(dpr)); }
    bool isHit(store::FunctionId f) const { return f.valid() && f.v < o.search->size() && (*o.search)[f.v]; }
    bool isSame(store::FunctionId f) const { return f.valid() && (f == o.highlighted || f == o.hovered); }

    double share(const flame::Node& node) const; // of all, by the measure
    void paintRow(uint32_t row, float y);
    void paintFrame(const flame::Frame& frame, uint32_t row, float y);
    void paintTail(const flame::Frame& frame, float x, float w, float y);
    void label(const std::string& name, const std::string& behind, float x, float w, float y, Argb color);
    void outline(float x, float w, float y);
    void emptyText(std::string_view text);
    float rowHeight() const { return st.flameRow - st.sliceGapY; }
};

void FlameScene::Drawing::label(
    const std::string& name, const std::string& behind, float x, float w, float y, Argb color)
{
    const float left = std::max(0.f, x), right = std::min(out.width, x + w), pad = st.sliceLabelPad;
    const float room = right - left - 2 * pad;
    if (right - left < kLabelFrom)
        return;
    const std::string fitted = fitName(name, room, tm, FontRole::Slice);
    if (fitted.empty())
        return;
    const float width = tm.width(fitted, FontRole::Slice);
    const float behindWidth = tm.width(behind, FontRole::SliceLight);
    const bool both = !behind.empty() && fitted == name && width + metrics::kDurationGap + behindWidth <= room;
    const float all = both ? width + metrics::kDurationGap + behindWidth : width;
    const float begin = std::max(left + pad, (left + right - all) / 2);
    const float baseline
        = snap(double(y + (rowHeight() + tm.ascent(FontRole::Slice) - tm.descent(FontRole::Slice)) / 2));
    out.addText(fitted, begin, baseline, left, right, color, FontRole::Slice);
    if (both)
        out.addText(behind, begin + width + metrics::kDurationGap, baseline, left, right, color, FontRole::SliceLight);
}

void FlameScene::Drawing::outline(float x, float w, float y)
{
    const float grow = metrics::kSelection + metrics::kHalo, h = rowHeight();
    out.add(Shape{
        .x = x - grow,
        .y = y - grow,
        .w = w + 2 * grow,
        .h = h + 2 * grow,
        .fill = 0,
        .border = st.sliceHalo,
        .borderWidth = metrics::kHalo,
        .radius = st.sliceRadius + grow - 1});
    out.add(Shape{
        .x = x - metrics::kSelection,
        .y = y - metrics::kSelection,
        .w = w + 2 * metrics::kSelection,
        .h = h + 2 * metrics::kSelection,
        .fill = 0,
        .border = st.sliceOutline,
        .borderWidth = metrics::kSelection,
        .radius = st.sliceRadius + metrics::kSelection - 1});
}

double FlameScene::Drawing::share(const flame::Node& node) const
{
    if (o.measure == flame::Measure::Calls)
        return double(s.m_tree->weight(uint32_t(&node - s.m_tree->nodes().data()), o.measure)) / total;
    const int64_t whole = s.m_tree->scopeTime();
    return whole > 0 ? double(o.measure == flame::Measure::Self ? node.self : node.time) / double(whole) : 0;
}

void FlameScene::Drawing::paintTail(const flame::Frame& frame, float x, float w, float y)
{
    const SliceColor grey = st.library.empty() ? SliceColor() : st.library[0];
    const Argb fill = blended(grey.fill, st.panel, kAncestorAlpha);
    out.add(Rect{x, y, w, rowHeight(), fill});
    label(
        formatCount(frame.more) + " more" + std::string(kDot) + shareText(double(frame.weight) / total), {}, x, w, y,
        readableOn(fill, grey.text, st.textPrimary));
}

void FlameScene::Drawing::paintFrame(const flame::Frame& frame, uint32_t row, float y)
{
    const float one = 1 / dpr;
    const float x0 = snap(double(kSide + frame.x));
    const float end = snap(double(kSide + frame.x) + double(frame.w));
    const float gap = end - x0 >= 2 * st.sliceGapX + one && !frame.cutRight ? st.sliceGapX : 0;
    const float w = std::max(end - gap - x0, one);
    if (frame.more) {
        paintTail(frame, x0, w, y);
        return;
    }
    const flame::Node& node = s.m_tree->node(frame.node);
    const bool root = frame.node == 0;
    SliceColor color = root ? SliceColor{st.sunken, st.textSecondary} : s.m_colors->of(node.function, st);
    if (row < s.m_tree->node(o.zoomed).depth && !root)
        color.fill = blended(color.fill, st.panel, kAncestorAlpha);
    const bool dimmed = o.search && !root && !isHit(node.function);
    if (dimmed)
        color.fill = blended(st.dim, color.fill, 1);
    color.text = readableOn(color.fill, color.text, st.textPrimary); // what lost its own fill

    Shape shape{.x = x0, .y = y, .w = w, .h = rowHeight(), .fill = color.fill};
    if (w >= metrics::kRoundFrom)
        shape.radius = st.sliceRadius;
    if (frame.node == o.hoveredNode && !root) {
        shape.fill = blended(color.text, color.fill, double(metrics::kHoverTint));
        shape.border = st.hoverOutline;
        shape.borderWidth = metrics::kOutline;
    } else if (isSame(node.function) && frame.node != o.selectedNode) {
        if (w > 2 * metrics::kOutline) {
            shape.border = st.sameFunction;
            shape.borderWidth = metrics::kOutline;
        } else {
            shape.fill = st.sameFunction;
        }
    }
    if (shape.radius > 0 || shape.borderWidth > 0)
        out.add(shape);
    else
        out.add(Rect{shape.x, shape.y, shape.w, shape.h, shape.fill});
    if (o.search && !dimmed && !root)
        out.add(
            Rect{x0, y + rowHeight() - metrics::kHitLine, std::max(w, metrics::kHitMin), metrics::kHitLine, st.hit});

    label(
        root ? o.rootLabel : frameName(*s.m_trace, node.function), root ? std::string() : shareText(share(node)), x0, w,
        y, color.text);
}

void FlameScene::Drawing::paintRow(uint32_t row, float y)
{
    for (const flame::Frame& frame : s.m_frames.row(row))
        paintFrame(frame, row, y);
}

void FlameScene::Drawing::emptyText(std::string_view text)
{
    const float width = tm.width(text, FontRole::Name);
    out.addText(
        text, (out.width - width) / 2, snap(double(out.height / 2)), 0, out.width, st.textMuted, FontRole::Name);
}

void FlameScene::setTree(
    store::TracePtr trace, std::shared_ptr<const flame::CallTree> tree, std::shared_ptr<const FunctionColors> colors)
{
    m_trace = std::move(trace);
    m_tree = std::move(tree);
    m_colors = std::move(colors);
    m_frames = {};
}

void FlameScene::place(const FlameOptions& options, float width, float height, const Style& style)
{
    m_height = height;
    m_rootAtBottom = options.rootAtBottom;
    m_firstRow = options.firstRow;
    m_row = style.flameRow;
    m_scroll = options.scrollY;
    if (m_tree && m_trace && m_colors && m_tree->weight(0, options.measure) > 0)
        m_frames.build(*m_tree, options.measure, options.window, width - 2 * kSide, style.flameMinWidth);
    else
        m_frames = {};
}

void FlameScene::draw(
    const FlameOptions& options, float width, float height, float devicePixelRatio, const Style& style,
    const TextMeasure& measure, DrawList& list)
{
    list.clear();
    list.width = width;
    list.height = height;
    list.devicePixelRatio = devicePixelRatio;
    list.background = style.panel;
    place(options, width, height, style);
    const double total = m_tree ? double(m_tree->weight(0, options.measure)) : 0;
    Drawing drawing{*this, options, style, measure, list, devicePixelRatio, total};
    if (!m_tree || !m_trace || !m_colors || total <= 0) {
        drawing.emptyText(m_tree ? "No calls in this part." : options.note);
        return;
    }
    list.addClip({kSide - 4, 0, width - 2 * (kSide - 4), height}); // room for the selection's outline
    const flame::Frame* selected = nullptr;
    uint32_t selectedRow = 0;
    if (m_frames.rowCount() <= options.firstRow)
        drawing.emptyText(options.emptyText);
    for (uint32_t row = options.firstRow; row < m_frames.rowCount(); ++row) {
        const double y = rowTop(row);
        const bool before = y + double(style.flameRow) <= 0, behind = y >= double(height);
        if (options.rootAtBottom ? before : behind)
            break;
        if (before || behind)
            continue;
        drawing.paintRow(row, drawing.snap(y));
        if (options.selectedNode && m_tree->node(options.selectedNode).depth == row)
            for (const flame::Frame& frame : m_frames.row(row))
                if (frame.node == options.selectedNode && !frame.more) {
                    selected = &frame;
                    selectedRow = row;
                }
    }
    if (selected) {
        const float x = drawing.snap(double(kSide + selected->x));
        const float w = std::max(
            drawing.snap(double(kSide + selected->x + selected->w)) - style.sliceGapX - x, 1 / devicePixelRatio);
        drawing.outline(x, w, drawing.snap(rowTop(selectedRow)));
    }
}

const flame::Frame* FlameScene::hit(float x, float y) const
{
    const double first = rowTop(m_firstRow), height = double(m_row);
    const double steps = std::floor((m_rootAtBottom ? first + height - double(y) : double(y) - first) / height);
    const double row = steps + m_firstRow;
    return steps < 0 || row >= double(m_frames.rowCount()) ? nullptr : m_frames.hit(x - kSide, uint32_t(row));
}

double FlameScene::rowTop(uint32_t row) const
{
    const double steps = double(row) - double(m_firstRow), height = double(m_row);
    if (!m_rootAtBottom)
        return double(kTop) + steps * height - m_scroll;
    return std::max(contentHeight(), double(m_height)) - double(kTop) - (steps + 1) * height - m_scroll;
}

double FlameScene::contentHeight() const
{
    return std::max(0.0, double(m_frames.rowCount()) - double(m_firstRow)) * double(m_row) + 2 * double(kTop);
}

Result<layout::DrawList> flamePicture(
    store::TracePtr trace, const store::Scope& scope, const flame::TreeOptions& tree, float width, float height,
    float devicePixelRatio, const Style& style, const TextMeasure& measure, FlameOptions options)
{
    FlameScene scene;
    if (trace) {
        auto built = flame::CallTree::build(*trace, scope, tree);
        if (!built)
            return built.error();
        if (options.rootLabel.empty())
            options.rootLabel = scopeLabel(*trace, scope);
        scene.setTree(
            trace, std::make_shared<const flame::CallTree>(std::move(*built)),
            std::make_shared<const FunctionColors>(*trace));
    }
    DrawList list;
    scene.draw(options, width, height, devicePixelRatio, style, measure, list);
    return list;
}

} // namespace calltide::flameview
