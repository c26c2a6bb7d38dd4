// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/growing_p.h"
#include <cstring>

namespace calltide::store {

namespace {
constexpr uint64_t kFirstCapacity = 32; // slices of a row
// Address space costs nothing, copying does: rows that are large already get far more at once.
constexpr uint64_t kLargeRow = 4096, kLargeRowGrows = 8;

void set(uint32_t& word, uint32_t value) // snapshots may be reading it
{
    std::atomic_ref(word).store(value, std::memory_order_relaxed);
}
} // namespace

uint32_t GrowingColumns::addExtra(uint8_t flags, std::string_view json)
{
    if (json.empty() || extraCount >= extras.capacity() || json.size() > text.capacity() - textSize)
        return flags;
    std::memcpy(text.data() + textSize, json.data(), json.size());
    extras[extraCount] = {flags, 0, uint32_t(json.size()), textSize};
    textSize += json.size();
    return uint32_t(256 + extraCount++);
}

GrowingTrace::GrowingTrace()
    : d(std::make_unique<Private>())
{
}
GrowingTrace::~GrowingTrace() = default;

TraceBuilder& GrowingTrace::tables()
{
    return d->tables;
}

void GrowingTrace::addInstant(Instant instant, std::string_view json)
{
    const uint32_t extra = d->columns->addExtra(0, json);
    instant.arguments = extra < 256 ? 0 : extra - 256 + 1;
    d->tables.addInstant(instant);
}

uint64_t GrowingTrace::sliceCount() const
{
    return d->slices;
}

bool GrowingTrace::isFull() const
{
    return d->full;
}

GrowingRow& GrowingTrace::Private::row(TrackRows& track, uint32_t depth)
{
    if (track.rows.size() <= depth)
        track.rows.resize(size_t(depth) + 1);
    return track.rows[depth];
}

bool GrowingTrace::Private::makeRoom(GrowingRow& r)
{
    if (r.count < r.capacity)
        return true;
    GrowingColumns& c = *columns;
    uint64_t wanted = std::max(kFirstCapacity, r.capacity * (r.capacity < kLargeRow ? 2 : kLargeRowGrows));
    if (wanted > c.sliceCapacity() - c.slices)
        wanted = r.capacity * 2;
    if (r.capacity && r.first + r.capacity == c.slices && wanted - r.capacity <= c.sliceCapacity() - c.slices) {
        c.slices += wanted - r.capacity; // nothing stands behind it
        r.capacity = wanted;
        return true;
    }
    if (wanted > c.sliceCapacity() - c.slices) {
        full = true;
        return false;
    }
    const uint64_t to = c.slices;
    std::memcpy(&c.start[to], &c.start[r.first], r.count * sizeof(int64_t));
    std::memcpy(&c.duration[to], &c.duration[r.first], r.count * sizeof(uint32_t));
    std::memcpy(&c.function[to], &c.function[r.first], r.count * sizeof(uint32_t));
    std::memcpy(&c.extra[to], &c.extra[r.first], r.count * sizeof(uint32_t));
    c.slices += wanted;
    r.first = to;
    r.capacity = wanted;
    return true;
}

// Begins a call: it is the last of its row and lasts until it ends.
bool GrowingTrace::Private::append(TrackRows& track, uint32_t depth, int64_t start, FunctionId function, uint32_t extra)
{
    GrowingRow& r = row(track, depth);
    if (r.open) { // its end was lost
        const int64_t from = columns->start[r.first + r.count - 1];
        end(track, depth, std::max<int64_t>(0, start - from), columns->extra[r.first + r.count - 1]);
    }
    if (!makeRoom(r))
        return false;
    start = std::max(start, r.lastStart);
    if (r.lastEnd > start) { // slices of a row never overlap: the earlier one is cut
        const SliceIndex before = r.first + r.count - 1;
        const int64_t cut = start - columns->start[before];
        if (columns->duration[before] == Trace::kLongDuration)
            std::erase_if(r.longOnes, [&](const auto& l) { return l.first == r.count - 1; });
        if (cut >= int64_t(Trace::kLongDuration))
            r.longOnes.emplace_back(r.count - 1, cut);
        set(columns->duration[before], uint32_t(std::min<int64_t>(cut, Trace::kLongDuration)));
    }
    const SliceIndex at = r.first + r.count++;
    columns->start[at] = start;
    columns->function[at] = function.v;
    set(columns->extra[at], extra);
    set(columns->duration[at], Trace::kLongDuration);
    r.open = true;
    r.lastStart = r.lastEnd = start;
    track.begin = std::min(track.begin, start);
    track.end = std::max(track.end, start);
    track.openRows = std::max(track.openRows, depth + 1);
    track.slices++;
    slices++;
    return true;
}

// The usual case at once: a call that has begun and ended since the last time. False: it is another one.
bool GrowingTrace::Private::addEnded(TrackRows& track, GrowingRow& r, const Ended& e)
{
    if (r.open || r.count == r.capacity || e.start < r.lastEnd || e.start < r.lastStart || uint64_t(e.duration) >= Trace::kLongDuration
        || !e.arguments.empty())
        return false;
    GrowingColumns& c = *columns;
    const SliceIndex at = r.first + r.count++;
    c.start[at] = e.start;
    c.duration[at] = uint32_t(e.duration);
    c.function[at] = e.function.v;
    c.extra[at] = e.flags;
    r.lastStart = e.start;
    r.lastEnd = e.start + e.duration;
    track.begin = std::min(track.begin, e.start);
    track.end = std::max(track.end, r.lastEnd);
    track.slices++;
    slices++;
    if (e.depth == 0)
        track.busy += e.duration;
    if (r.count >= kLodLeastSlices && (r.count & 63) == 0)
        feedLod(r);
    return true;
}

// Ends the last call of a row.
void GrowingTrace::Private::end(TrackRows& track, uint32_t depth, int64_t duration, uint32_t extra)
{
    GrowingRow& r = track.rows[depth];
    const SliceIndex at = r.first + r.count - 1;
    duration = std::max<int64_t>(duration, 0);
    set(columns->extra[at], extra);
    if (duration < int64_t(Trace::kLongDuration))
        set(columns->duration[at], uint32_t(duration));
    else
        r.longOnes.emplace_back(r.count - 1, duration);
    r.open = false;
    r.lastEnd = columns->start[at] + duration;
    track.end = std::max(track.end, r.lastEnd);
    if (depth == 0)
        track.busy += duration;
    if (r.count >= kLodLeastSlices && (r.count & 63) == 0)
        feedLod(r);
}

void GrowingTrace::Private::feedLod(GrowingRow& r)
{
    const uint64_t ended = r.count - r.open;
    if (ended < kLodLeastSlices || ended > 0xFFFFFFFF)
        return;
    if (!r.lod)
        r.lod = std::make_unique<GrowingLod>(*columns);
    const GrowingColumns& c = *columns;
    r.lod->feed({&c.start[r.first], &c.duration[r.first], &c.function[r.first], ended, 0, r.longOnes});
}

void GrowingTrace::update(TrackId id, std::span<const Ended> ended, std::span<const Open> open)
{
    if (d->tracks.size() <= id.v)
        d->tracks.resize(size_t(id.v) + 1);
    Private::TrackRows& track = d->tracks[id.v];
    for (const Ended& e : ended) {
        GrowingRow& r = d->row(track, e.depth);
        if (d->addEnded(track, r, e))
            continue;
        const bool begun = r.open && d->columns->start[r.first + r.count - 1] == e.start
            && d->columns->function[r.first + r.count - 1] == e.function.v;
        const uint32_t extra = d->columns->addExtra(e.flags, e.arguments);
        if (begun || d->append(track, e.depth, e.start, e.function, e.flags))
            d->end(track, e.depth, e.start + e.duration - d->columns->start[track.rows[e.depth].first
                                       + track.rows[e.depth].count - 1], extra);
    }
    uint32_t deepest = 0;
    for (const Open& o : open) {
        GrowingRow& r = d->row(track, o.depth);
        const SliceIndex last = r.first + r.count - 1;
        if (!r.open || d->columns->start[last] != o.start || d->columns->function[last] != o.function.v)
            d->append(track, o.depth, o.start, o.function, uint8_t(o.flags | kStillRunning));
        deepest = o.depth + 1;
    }
    // What was open and is no longer, without an end of its own.
    for (uint32_t depth = deepest; depth < track.openRows; depth++)
        if (GrowingRow& r = track.rows[depth]; r.open)
            d->end(track, depth, track.end - d->columns->start[r.first + r.count - 1],
                d->columns->extra[r.first + r.count - 1] & ~uint32_t(kStillRunning));
    track.openRows = deepest;
}

TracePtr GrowingTrace::snapshot(int64_t now, bool goesOn)
{
    const GrowingColumns& c = *d->columns;
    const std::shared_ptr<Trace> t(new Trace(*d->tables.d->trace));
    t->m_memory = d->columns;
    t->m_growing = goesOn;
    t->m_sliceCount = d->slices;
    t->m_start = {c.start.data(), size_t(c.slices)};
    t->m_duration = {c.duration.data(), size_t(c.slices)};
    t->m_function = {c.function.data(), size_t(c.slices)};
    t->m_extra = {c.extra.data(), size_t(c.slices)};
    t->m_extras = {c.extras.data(), size_t(c.extraCount)};
    t->m_argumentText = {c.text.data(), size_t(c.textSize)};
    const auto runs = size_t(c.runs);
    for (size_t l = 0; l < kLodLevels; l++)
        t->m_lod.push_back({kLodFirstShift + int(l) * kLodStep, {c.runStart.data(), runs}, {c.runDuration.data(), runs},
            {c.runFunction.data(), runs}, {c.runFirst.data(), runs}, {c.runBusy.data(), runs}});
    int64_t begin = d->tables.d->begin, end = d->tables.d->end;
    d->tracks.resize(t->m_tracks.size());
    for (size_t i = 0; i < d->tracks.size(); i++) {
        Private::TrackRows& from = d->tracks[i];
        Track& track = t->m_tracks[i];
        track.firstRow = RowId(t->m_rows.size());
        track.rowCount = uint32_t(from.rows.size());
        track.sliceCount = from.slices;
        track.busy = from.busy;
        for (uint32_t depth = 0; depth < track.rowCount; depth++) {
            GrowingRow& r = from.rows[depth];
            d->feedLod(r);
            t->m_rows.push_back({TrackId(i), depth, r.first, r.count});
            for (const auto& [place, duration] : r.longOnes)
                t->m_longDurations.emplace_back(r.first + place, duration);
            if (r.open) {
                const int64_t lasted = std::max<int64_t>(0, now - r.lastStart);
                t->m_longDurations.emplace_back(r.first + r.count - 1, lasted);
                from.end = std::max(from.end, r.lastStart + lasted);
                if (depth == 0)
                    track.busy += lasted;
            }
            for (size_t l = 0; l < kLodLevels; l++)
                t->m_lodSpans.push_back(r.lod ? r.lod->span(l) : LodSpan());
        }
        if (!from.slices)
            continue;
        track.begin = from.begin;
        track.end = from.end;
        begin = std::min(begin, track.begin);
        end = std::max(end, track.end);
    }
    std::sort(t->m_longDurations.begin(), t->m_longDurations.end());
    std::vector<uint32_t> order;
    for (uint32_t r = 0; r < t->m_rows.size(); r++)
        if (t->m_rows[r].count)
            order.push_back(r);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return t->m_rows[a].first < t->m_rows[b].first; });
    t->m_rowOrder = std::make_shared<const std::vector<uint32_t>>(std::move(order));
    if (goesOn)
        end = std::max(end, now);
    t->m_begin = begin <= end ? begin : 0;
    t->m_end = begin <= end ? end : 0;
    return t;
}

} // namespace calltide::store
