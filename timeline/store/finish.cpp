// SPDX-License-Identifier: GPL-3.0-or-later
// From the buffers of a reader to the columns of a Trace: nest, lay out rows, fill, merge for drawing.
#include "store/builder_p.h"
#include "store/lod.h"
#include "store/nest.h"
#include "store/parallel.h"
#include <algorithm>
#include <numeric>

namespace calltide::store {

namespace {
constexpr int kOverflowTracks = 4; // then lanes: nesting is looked for only so often

std::vector<uint64_t> countRows(const BigVector<uint32_t>& depths)
{
    std::vector<uint64_t> counts;
    for (uint32_t d : depths) {
        if (d >= counts.size())
            counts.resize(size_t(d) + 1);
        counts[d]++;
    }
    return counts;
}
} // namespace

// Slices that do not nest leave `placed` for overflow tracks of their own, which are appended to the trace and `out`.
void TraceBuilder::Private::splitOverlaps(uint32_t track, Placed& placed, std::vector<Placed>& out)
{
    BigVector<SliceBuffer::Item> rest;
    auto takeOverlaps = [&rest](Placed& p) {
        rest.clear();
        Placed kept;
        for (size_t k = 0; k < p.items.size(); k++) {
            const size_t i = p.order.empty() ? k : size_t(p.order[k]);
            if (p.depths[i] == kOverlaps) {
                rest.push_back(p.items[i]);
            } else {
                kept.items.push_back(p.items[i]);
                kept.depths.push_back(p.depths[i]);
            }
        }
        p = std::move(kept);
    };
    takeOverlaps(placed);
    for (int round = 0; !rest.empty(); round++) {
        Placed more;
        more.items = std::move(rest);
        rest.clear();
        BigVector<NestItem> nestItems;
        for (const auto& i : more.items)
            nestItems.push_back({i.start, i.duration});
        if (round < kOverflowTracks) {
            Nesting n = nest(nestItems);
            more.depths = std::move(n.depth);
            more.order = std::move(n.order);
            if (n.anyOverlap)
                takeOverlaps(more);
        } else {
            more.depths = lanes(nestItems); // the rest is by start already
        }
        Track t;
        const Track& of = trace->m_tracks[track];
        t.kind = of.kind == TrackKind::Async ? TrackKind::Async : TrackKind::Overflow;
        t.process = of.process;
        t.parent = TrackId(track);
        t.tid = of.tid;
        t.name = of.name;
        t.sortIndex = of.sortIndex;
        trace->m_tracks.push_back(t);
        out.push_back(std::move(more));
    }
}

void TraceBuilder::Private::placeAll(std::vector<Placed>& placed)
{
    placed.resize(buffers.size());
    std::vector<char> overlaps(buffers.size());
    parallelFor(buffers.size(), [&](size_t t) {
        if (cancelled())
            return;
        SliceBuffer& from = buffers[t];
        Placed& p = placed[t];
        p.items = std::move(from.m_items);
        from.m_items = {};
        for (auto& i : p.items)
            i.duration = std::max<int64_t>(i.duration, 0);
        if (from.m_depths.size() == p.items.size() && !p.items.empty()) {
            p.depths = std::move(from.m_depths);
            from.m_depths = {};
            return;
        }
        BigVector<NestItem> items(p.items.size());
        for (size_t i = 0; i < items.size(); i++)
            items[i] = {p.items[i].start, p.items[i].duration};
        Nesting n = nest(items);
        for (size_t i = 0; i < items.size(); i++)
            p.items[i].duration = items[i].duration;
        p.depths = std::move(n.depth);
        p.order = std::move(n.order);
        overlaps[t] = n.anyOverlap;
    });
    for (uint32_t t = 0; t < overlaps.size(); t++)
        if (overlaps[t]) {
            std::vector<Placed> more;
            splitOverlaps(t, placed[t], more);
            for (Placed& p : more)
                placed.push_back(std::move(p));
        }
    parallelFor(placed.size(), [&](size_t t) { placed[t].rowCounts = countRows(placed[t].depths); });
}

void TraceBuilder::Private::makeRows(std::vector<Placed>& placed)
{
    SliceIndex at = 0;
    for (size_t t = 0; t < placed.size(); t++) {
        Track& track = trace->m_tracks[t];
        track.firstRow = RowId(trace->m_rows.size());
        track.rowCount = uint32_t(placed[t].rowCounts.size());
        track.sliceCount = placed[t].items.size();
        for (uint32_t depth = 0; depth < track.rowCount; depth++) {
            trace->m_rows.push_back({TrackId(t), depth, at, placed[t].rowCounts[depth]});
            at += placed[t].rowCounts[depth];
        }
    }
    trace->m_sliceCount = at;
    columns->start.resize(at);
    columns->duration.resize(at);
    columns->function.resize(at);
    columns->extra.resize(at);
}

// Whether a part of a task is one in which it runs.
bool TraceBuilder::Private::runs(uint32_t extra) const
{
    return !((extra < 256 ? extra : columns->extras[extra - 256].flags) & (kWaiting | kReady));
}

void TraceBuilder::Private::fillColumns(std::vector<Placed>& placed)
{
    std::vector<std::vector<std::pair<SliceIndex, int64_t>>> longOnes(placed.size());
    parallelFor(placed.size(), [&](size_t t) {
        if (cancelled())
            return;
        Placed& p = placed[t];
        Track& track = trace->m_tracks[t];
        std::vector<SliceIndex> next(track.rowCount);
        std::vector<int64_t> lastEnd(track.rowCount, INT64_MIN), lastStart(track.rowCount, INT64_MIN);
        for (uint32_t d = 0; d < track.rowCount; d++)
            next[d] = trace->m_rows[track.firstRow.v + d].first;
        // Rows must come out by start. If one would not, sort all once and go again.
        for (size_t k = 0; k < p.items.size(); k++) {
            const size_t i = p.order.empty() ? k : size_t(p.order[k]);
            if (p.items[i].start < lastStart[p.depths[i]]) {
                p.order.resize(p.items.size());
                std::iota(p.order.begin(), p.order.end(), uint64_t(0));
                std::stable_sort(p.order.begin(), p.order.end(),
                    [&](uint64_t a, uint64_t b) { return p.items[a].start < p.items[b].start; });
                break;
            }
            lastStart[p.depths[i]] = p.items[i].start;
        }
        for (size_t k = 0; k < p.items.size(); k++) {
            const size_t i = p.order.empty() ? k : size_t(p.order[k]);
            const SliceBuffer::Item& item = p.items[i];
            const uint32_t depth = p.depths[i];
            const SliceIndex to = next[depth]++;
            columns->start[to] = item.start;
            columns->function[to] = item.function;
            columns->extra[to] = item.extra;
            // Slices of a row never overlap; where a reader's depths say otherwise, the earlier one is cut.
            if (to > trace->m_rows[track.firstRow.v + depth].first && lastEnd[depth] > item.start) {
                const SliceIndex before = to - 1;
                const int64_t cut = item.start - columns->start[before];
                if (columns->duration[before] == Trace::kLongDuration && !longOnes[t].empty())
                    std::erase_if(longOnes[t], [&](const auto& l) { return l.first == before; });
                if (cut < int64_t(Trace::kLongDuration)) {
                    columns->duration[before] = uint32_t(cut);
                } else {
                    columns->duration[before] = Trace::kLongDuration;
                    longOnes[t].emplace_back(before, cut);
                }
                p.clipped++;
            }
            lastEnd[depth] = item.start + item.duration;
            if (item.duration < int64_t(Trace::kLongDuration)) {
                columns->duration[to] = uint32_t(item.duration);
            } else {
                columns->duration[to] = Trace::kLongDuration;
                longOnes[t].emplace_back(to, item.duration);
            }
            track.begin = k ? std::min(track.begin, item.start) : item.start;
            track.end = k ? std::max(track.end, item.start + item.duration) : item.start + item.duration;
            if (depth == 0 && !(track.kind == TrackKind::Task && !runs(item.extra)))
                track.busy += item.duration;
        }
        p.items = {};
        p.depths = {};
        p.order = {};
    });
    for (const auto& some : longOnes)
        trace->m_longDurations.insert(trace->m_longDurations.end(), some.begin(), some.end());
    std::sort(trace->m_longDurations.begin(), trace->m_longDurations.end());
}

void TraceBuilder::Private::makeLod()
{
    const size_t rows = trace->m_rows.size();
    std::vector<RowLod> lods(rows);
    parallelFor(rows, [&](size_t r) {
        if (cancelled())
            return;
        const Row& row = trace->m_rows[r];
        lods[r] = buildRowLod({columns->start.data() + row.first, columns->duration.data() + row.first,
            columns->function.data() + row.first, row.count, row.first, trace->m_longDurations});
    });
    columns->lod.resize(kLodLevels);
    trace->m_lodSpans.assign(rows * kLodLevels, {});
    parallelFor(kLodLevels, [&](size_t l) {
        LodRuns& all = columns->lod[l];
        size_t total = 0;
        for (const RowLod& lod : lods)
            total += lod.levels.empty() ? 0 : lod.levels[l].size();
        all.reserve(total);
        for (size_t r = 0; r < rows; r++) {
            if (lods[r].levels.empty() || !lods[r].levels[l].size())
                continue;
            LodRuns& one = lods[r].levels[l];
            trace->m_lodSpans[r * kLodLevels + l] = {all.size(), trace->m_rows[r].count, uint32_t(one.size()), true};
            all.append(one);
            one = {};
        }
    });
}

void TraceBuilder::Private::pointAtColumns()
{
    trace->m_start = columns->start;
    trace->m_duration = columns->duration;
    trace->m_function = columns->function;
    trace->m_extra = columns->extra;
    trace->m_extras = columns->extras;
    trace->m_argumentText = columns->argumentText;
    trace->m_lod.clear();
    for (size_t l = 0; l < columns->lod.size(); l++) {
        const LodRuns& runs = columns->lod[l];
        trace->m_lod.push_back(
            {kLodFirstShift + int(l) * kLodStep, runs.start, runs.duration, runs.function, runs.first, runs.busy});
    }
    trace->m_memory = columns;
}

void TraceBuilder::Private::closeTables()
{
    Trace& t = *trace;
    for (const Track& track : t.m_tracks) {
        if (!track.rowCount)
            continue;
        include(track.begin, track.end);
        if (track.process.valid() && track.process.v < t.m_processes.size()) {
            Process& p = t.m_processes[track.process.v];
            const bool known = p.begin || p.end;
            p.begin = known ? std::min(p.begin, track.begin) : track.begin;
            p.end = known ? std::max(p.end, track.end) : track.end;
        }
    }
    t.m_begin = begin <= end ? begin : 0;
    t.m_end = begin <= end ? end : 0;
    auto& instants = t.m_instants.write();
    auto& flows = t.m_flows.write();
    std::stable_sort(instants.begin(), instants.end(), [](const Instant& a, const Instant& b) { return a.time < b.time; });
    std::stable_sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.from < b.from; });
    for (CounterTrack& c : t.m_counters.write()) {
        if (std::is_sorted(c.times.begin(), c.times.end()))
            continue;
        std::vector<size_t> order(c.times.size());
        std::iota(order.begin(), order.end(), size_t(0));
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return c.times[a] < c.times[b]; });
        CounterTrack sorted{c.process, c.name, c.series, {}, {}};
        for (size_t i : order) {
            sorted.times.push_back(c.times[i]);
            sorted.values.push_back(c.values[i]);
        }
        c = std::move(sorted);
    }
}

TracePtr TraceBuilder::preview() const
{
    TraceBuilder copy;
    copy.d->trace = std::shared_ptr<Trace>(new Trace(*d->trace));
    copy.d->columns->extras = d->columns->extras;
    copy.d->columns->argumentText = d->columns->argumentText;
    copy.d->buffers = d->buffers;
    copy.d->begin = d->begin;
    copy.d->end = d->end;
    return copy.finish().value();
}

Result<TracePtr> TraceBuilder::finish(Progress* progress)
{
    d->progress = progress;
    std::vector<Private::Placed> placed;
    d->placeAll(placed);
    if (!d->cancelled())
        d->makeRows(placed);
    if (!d->cancelled())
        d->fillColumns(placed);
    uint64_t clipped = 0;
    for (const auto& p : placed)
        clipped += p.clipped;
    if (clipped) {
        problem("store.overlap", "calls that overlapped the next one at their depth were cut short", Severity::Warning, -1,
            {}, clipped);
    }
    if (!d->cancelled())
        d->makeLod();
    const bool cancelled = d->cancelled();
    if (!cancelled) {
        d->closeTables();
        d->pointAtColumns();
    }
    std::shared_ptr<Trace> trace = std::move(d->trace);
    d = std::make_unique<Private>();
    if (cancelled)
        return Error{ErrorCode::Cancelled, "Opening was stopped.", -1};
    return TracePtr(std::move(trace));
}

} // namespace calltide::store
