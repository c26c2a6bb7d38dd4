// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/scene.h"
#include "layout/scenepainter.h"
#include <algorithm>
#include <cmath>

namespace calltide::layout {

using namespace metrics;

namespace {

// The same tracks by the numbers they have in the next state of the trace.
Arrangement matched(const Arrangement& before, const store::TraceMatch& match)
{
    const auto moved = [&](TrackKey key) {
        if (const store::ProcessId process(key.process); process.valid())
            key.process = match.process(process).v;
        if (key.kind == uint8_t(ItemKind::Slices) || key.kind == uint8_t(ItemKind::Gc))
            key.id = match.track(store::TrackId(key.id)).v;
        return key;
    };
    Arrangement out = before;
    out.hidden.clear();
    for (TrackKey& key : out.pinned)
        key = moved(key);
    for (TrackKey& key : out.order)
        key = moved(key);
    for (const TrackKey& key : before.hidden)
        out.hidden.insert(moved(key));
    return out;
}

} // namespace

TimelineScene::TimelineScene(store::TracePtr trace, const Style& style, const TextMeasure& measure)
    : m_trace(std::move(trace))
    , m_style(style)
    , m_measure(&measure)
{
    if (m_trace) {
        m_colors = FunctionColors(*m_trace);
        m_labels.clear(m_trace->functions().size());
        makeTracks();
    }
}

TimelineScene::~TimelineScene() = default;

void TimelineScene::makeTracks()
{
    if (m_trace)
        m_tracks = TrackModel(
            *shownTrace(), m_style, m_collapsed, m_arrangement, m_own ? &m_own->foreignExceptions() : nullptr);
}

void TimelineScene::setOwnCode(std::shared_ptr<const store::OwnCode> own)
{
    m_own = std::move(own);
    m_flowsOf = store::kNoSlice;
    makeTracks();
}

void TimelineScene::setStyle(const Style& style, const TextMeasure& measure)
{
    m_style = style;
    m_measure = &measure;
    m_labels.clear(m_trace ? m_trace->functions().size() : 0);
    makeTracks();
}

void TimelineScene::setCollapsed(Collapsed collapsed)
{
    m_collapsed = std::move(collapsed);
    makeTracks();
}

void TimelineScene::setArrangement(Arrangement arrangement)
{
    m_arrangement = std::move(arrangement);
    makeTracks();
}

void TimelineScene::growTrace(store::TracePtr trace, const store::TraceMatch& match)
{
    m_trace = std::move(trace);
    m_own.reset();
    if (!match.sameIds()) {
        Collapsed moved;
        for (const auto id : m_collapsed.groups)
            moved.groups.insert(match.process(id));
        for (const auto id : m_collapsed.tracks)
            moved.tracks.insert(match.track(id));
        for (const auto& [id, rows] : m_collapsed.rows)
            moved.rows[match.track(id)] = rows;
        m_collapsed = std::move(moved);
        m_arrangement = matched(m_arrangement, match);
        m_labels.clear(0);
    }
    if (!match.sameIds() || m_colors.size() != m_trace->functions().size())
        m_colors = FunctionColors(*m_trace);
    m_labels.grow(m_trace->functions().size());
    makeTracks();
    m_flowsOf = store::kNoSlice;
    m_areaCount = {};
    // The minimap reads the whole trace: a few times a second, and less often the longer it is.
    if (!match.sameIds() || m_trace->end() - m_minimapEnd > std::max<int64_t>(m_trace->duration() / 200, 250'000'000))
        m_minimap.clear();
}

void TimelineScene::draw(const ViewSpec& view, DrawList& list)
{
    ScenePainter(*this, view, list).paint();
}

Zones TimelineScene::zones(const ViewSpec& view) const
{
    Zones z;
    const float header = std::min(view.headerColumn > 0 ? view.headerColumn : m_style.headerColumn, view.width / 2);
    z.headerColumn = std::floor(header);
    const float x = z.headerColumn, w = std::max(1.f, view.width - x);
    z.minimap = {x, 0, w, m_style.minimap};
    z.ruler = {x, m_style.minimap, w, m_style.ruler};
    const float below = m_style.minimap + m_style.ruler;
    z.corner = {0, 0, x, below};
    const bool hasNotes = view.notes && !view.notes->empty(), inRuler = m_style.notesLane <= 0;
    z.notes = inRuler ? Box{x, m_style.minimap, w, hasNotes ? m_style.ruler - kTickMajor : 0}
                      : Box{x, below, w, hasNotes ? m_style.notesLane : 0};
    // Pinned tracks take at most kMostPinned of the room; what does not fit is cut off at their foot.
    const float lanes = below + (inRuler ? 0 : z.notes.h), room = std::max(0.f, view.height - lanes);
    z.pinned = {0, lanes, view.width, std::min(float(m_tracks.pinnedHeight()), std::floor(room * kMostPinned))};
    const float top = lanes + z.pinned.h;
    z.tracks = {0, top, view.width, std::max(0.f, view.height - top)};
    z.scale = {view.from, std::max(view.to, view.from + 1), double(x), double(w)};
    z.whole = z.scale;
    if (m_trace) {
        z.whole.from = m_trace->begin();
        z.whole.to = std::max(m_trace->end(), m_trace->begin() + 1);
    }
    const double a = std::clamp(z.whole.x(z.scale.from), double(x), double(x + w));
    const double b = std::clamp(z.whole.x(z.scale.to), double(x), double(x + w));
    const double middle = (a + b) / 2, half = std::max((b - a) / 2, double(kWindowMin) / 2);
    z.windowLeft = float(std::round(std::max(middle - half, double(x))));
    z.windowRight = float(std::round(std::min(middle + half, double(x + w))));
    return z;
}

double TimelineScene::maxScroll(const ViewSpec& view) const
{
    return std::max(0.0, m_tracks.height() - double(zones(view).tracks.h));
}

double TimelineScene::itemTop(const ViewSpec& view, size_t item) const
{
    const Zones z = zones(view);
    const TrackItem& i = m_tracks.items()[item];
    return i.pinned ? double(z.pinned.y) + i.y
                    : double(z.tracks.y) + i.y - std::clamp(view.scroll, 0.0, maxScroll(view));
}

size_t TimelineScene::itemNear(const ViewSpec& view, double y) const
{
    const Zones z = zones(view);
    if (y < double(z.tracks.y) && m_tracks.pinnedCount() > 0)
        return m_tracks.pinnedAt(std::clamp(y - double(z.pinned.y), 0.0, std::max(0.0, m_tracks.pinnedHeight() - 1)));
    const double content = y - double(z.tracks.y) + std::clamp(view.scroll, 0.0, maxScroll(view));
    return m_tracks.at(std::clamp(content, 0.0, std::max(0.0, m_tracks.height() - 1)));
}

std::optional<Box> TimelineScene::rowBox(const ViewSpec& view, store::RowId row) const
{
    if (!m_trace || row.v >= shownTrace()->rows().size())
        return std::nullopt;
    const double top = m_tracks.rowTop(*shownTrace(), row, m_style);
    const size_t index = m_tracks.indexOf(shownTrace()->row(row).track);
    if (top < 0 || index >= m_tracks.items().size())
        return std::nullopt;
    const Zones z = zones(view);
    const double y = itemTop(view, index) + top - m_tracks.items()[index].y;
    return Box{z.headerColumn, float(y), view.width - z.headerColumn, m_style.sliceRow};
}

double TimelineScene::scrollFor(const ViewSpec& view, store::RowId row) const
{
    if (!m_trace || row.v >= shownTrace()->rows().size())
        return view.scroll;
    const double top = m_tracks.rowTop(*shownTrace(), row, m_style);
    if (top < 0 || m_tracks.items()[m_tracks.indexOf(shownTrace()->row(row).track)].pinned)
        return view.scroll;
    const double room = double(zones(view).tracks.h);
    const double margin = 2 * double(m_style.sliceRow), sticky = double(m_style.groupHeader);
    double scroll = view.scroll;
    if (top - sticky - margin < scroll)
        scroll = top - sticky - margin;
    else if (top + double(m_style.sliceRow) + margin > scroll + room)
        scroll = top + double(m_style.sliceRow) + margin - room;
    return std::clamp(scroll, 0.0, maxScroll(view));
}

int64_t TimelineScene::snappedTime(const ViewSpec& view, store::RowId row, int64_t time, float px) const
{
    if (!m_trace || row.v >= shownTrace()->rows().size())
        return time;
    const double perPixel = zones(view).scale.nsPerPixel();
    const auto reach = int64_t(double(px) * perPixel);
    std::vector<store::Run> runs; // by pixels, so that a dense row costs no more
    store::queryRow(*shownTrace(), row, time - reach, time + reach + 1, perPixel, runs);
    int64_t best = time, distance = reach + 1;
    for (const auto& run : runs)
        for (const int64_t edge : {run.start, run.end})
            if (std::abs(edge - time) < distance) {
                distance = std::abs(edge - time);
                best = edge;
            }
    return best;
}

// The note whose flag, edge or span is nearest, the one that was made last first.
size_t TimelineScene::noteAt(const ViewSpec& view, const Zones& z, float x) const
{
    for (size_t i = view.notes->size(); i-- > 0;) {
        const Note& note = (*view.notes)[i];
        const double a = z.scale.x(note.from), b = z.scale.x(note.to);
        const double right = note.isFlag() ? a + double(kNoteFlag) : b;
        if (double(x) >= a - 3 && double(x) <= right + 3)
            return i;
    }
    return SIZE_MAX;
}

double TimelineScene::headerLine(const Zones& z, const TrackItem& item, double top) const
{
    if (item.height < 28)
        return top + double(item.height) / 2;
    const double above = item.pinned ? 0 : double(z.tracks.y + m_style.groupHeader) - top;
    const double sticky = item.height > 60 ? std::round(std::clamp(above, 0.0, double(item.height) - 36)) : 0;
    return top + sticky + double(kFirstLine);
}

HitZone TimelineScene::toolAt(const ViewSpec& view, const Zones& z, size_t item, float x, float y) const
{
    if (view.hoveredItem != item || z.headerColumn < kToolsFrom)
        return HitZone::TrackHeader; // its tools are not shown
    const auto at = int(std::floor((z.headerColumn - kToolsRight - x) / kTool)); // from the right
    const double middle = headerLine(z, m_tracks.items()[item], itemTop(view, item));
    if (std::fabs(double(y) - middle) > double(kTool) / 2)
        return HitZone::TrackHeader;
    return at == 0 ? HitZone::TrackMenu : at == 1 ? HitZone::TrackHide : at == 2 ? HitZone::TrackPin : HitZone::TrackHeader;
}

Hit TimelineScene::hit(const ViewSpec& view, float x, float y) const
{
    Hit hit;
    if (!m_trace || x < 0 || y < 0 || x >= view.width || y >= view.height)
        return hit;
    const Zones z = zones(view);
    hit.time = z.scale.time(double(x));
    if (std::fabs(x - z.headerColumn) <= 3) {
        hit.zone = HitZone::HeaderEdge;
        return hit;
    }
    if (z.minimap.contains(x, y)) {
        hit.time = z.whole.time(double(x));
        const bool nearLeft = std::fabs(x - z.windowLeft) <= kGrab, nearRight = std::fabs(x - z.windowRight) <= kGrab;
        const bool inside = x > z.windowLeft && x < z.windowRight;
        // A small window is all grip: its outer sides resize, its middle pans.
        if (inside && z.windowRight - z.windowLeft < 4 * kGrab)
            hit.zone = HitZone::MinimapWindow;
        else if (nearLeft && (!nearRight || x < z.windowLeft))
            hit.zone = HitZone::MinimapLeft;
        else if (nearRight)
            hit.zone = HitZone::MinimapRight;
        else
            hit.zone = inside ? HitZone::MinimapWindow : HitZone::Minimap;
        return hit;
    }
    if (z.notes.y < z.ruler.y + z.ruler.h && z.notes.contains(x, y)) { // in the ruler: only where one stands
        hit.note = noteAt(view, z, x);
        if (hit.note < view.notes->size()) {
            hit.zone = HitZone::Notes;
            return hit;
        }
    }
    if (z.ruler.contains(x, y) || z.corner.contains(x, y)) {
        hit.zone = z.ruler.contains(x, y) ? HitZone::Ruler : HitZone::Corner;
        return hit;
    }
    if (z.notes.contains(x, y)) {
        hit.zone = HitZone::Notes;
        hit.note = noteAt(view, z, x);
        return hit;
    }
    if (y < z.pinned.y)
        return hit;
    if (maxScroll(view) > 0 && y >= z.tracks.y && x >= view.width - kScrollWidth - 2 * kScrollMargin) {
        hit.zone = HitZone::ScrollBar;
        return hit;
    }
    const auto& items = m_tracks.items();
    const bool inPinned = z.pinned.contains(x, y);
    const double contentY = inPinned ? double(y - z.pinned.y)
                                     : double(y - z.tracks.y) + std::clamp(view.scroll, 0.0, maxScroll(view));
    const size_t index = inPinned ? m_tracks.pinnedAt(contentY) : m_tracks.at(contentY);
    if (index >= items.size())
        return hit;
    const TrackItem& item = items[index];
    hit.item = index;
    // The sticky header of the group covers the top of its tracks.
    if (item.kind == ItemKind::Group || (!inPinned && y < z.tracks.y + m_style.groupHeader)) {
        hit.item = item.kind == ItemKind::Group ? index : item.group;
        hit.zone = HitZone::GroupHeader;
        return hit;
    }
    if (x < z.headerColumn) {
        const bool edge = item.kind == ItemKind::Slices && !item.collapsed
            && item.y + double(item.height) - contentY <= double(kGrab);
        hit.zone = edge ? HitZone::TrackEdge : toolAt(view, z, index, x, y);
        return hit;
    }
    if (view.area) {
        const bool within = view.area->tracks.empty()
            || std::find(view.area->tracks.begin(), view.area->tracks.end(), item.track) != view.area->tracks.end();
        if (within && std::fabs(double(x) - z.scale.x(view.area->from)) <= double(kGrab))
            hit.zone = HitZone::AreaLeft;
        else if (within && std::fabs(double(x) - z.scale.x(view.area->to)) <= double(kGrab))
            hit.zone = HitZone::AreaRight;
        if (hit.zone != HitZone::None)
            return hit;
    }
    hit.zone = HitZone::Row;
    if (item.kind == ItemKind::Instants) {
        const auto& instants = m_trace->instants();
        const int64_t from = z.scale.time(double(x - kDiamond / 2)), to = z.scale.time(double(x + kDiamond / 2));
        const auto after = std::partition_point(
            item.instants.begin(), item.instants.end(), [&](uint32_t i) { return instants[i].time < hit.time; });
        if (after != item.instants.end() && instants[*after].time <= to)
            hit.instant = *after;
        if (after != item.instants.begin() && instants[after[-1]].time >= from
            && (hit.instant == ~uint32_t(0) || hit.time - instants[after[-1]].time < instants[*after].time - hit.time))
            hit.instant = after[-1]; // the nearest
        return hit;
    }
    if ((item.kind != ItemKind::Slices && item.kind != ItemKind::Gc) || item.rows == 0)
        return hit;
    const double inside = contentY - item.y - double(m_style.trackPadding);
    const double row = item.collapsed || item.kind == ItemKind::Gc ? 0 : std::floor(inside / double(m_style.sliceRow));
    if (row < 0 || row >= double(item.rows + (item.hiddenRows ? 1 : 0)))
        return hit;
    hit.row = shownTrace()->rowAt(item.track, uint32_t(row));
    // What the column shows, as it is drawn; a pixel to each side, so that thin slices can be hit.
    const double perPixel = z.scale.nsPerPixel();
    const auto reach = int64_t(std::ceil(perPixel));
    std::vector<store::Run> runs;
    store::queryRow(
        *shownTrace(), hit.row, hit.time - reach, hit.time + reach + 1,
        perPixel / std::max(0.5, double(view.devicePixelRatio)), runs);
    int64_t nearest = INT64_MAX;
    for (const auto& run : runs) {
        const int64_t distance = hit.time < run.start ? run.start - hit.time
            : hit.time >= run.end                     ? hit.time - run.end + 1
                                                      : 0;
        if (distance < nearest) {
            nearest = distance;
            hit.run = run;
        }
    }
    hit.slice = hit.run.slice = fromShown(hit.run.slice);
    return hit;
}

} // namespace calltide::layout
