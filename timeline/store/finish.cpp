// SPDX-License-Identifier: GPL-3.0-or-later
// From the buffers of a reader to the columns of a Trace: nest, lay out rows, fill, merge for drawing.
#include "store/builder_p.h"
#include "store/discard.h"
#include "store/lod.h"
#include "store/nest.h"
#include "store/parallel.h"
#include <algorithm>
#include <numeric>

namespace calltide::store {

namespace {
constexpr int kOverflowTracks = 4; // then lanes: nesting is looked for only so often
constexpr uint32_t kMostRows = 1 << 20; // of a track, as in recordings; deeper calls are left out

RowCounter countRows(
    const SliceItems& items, const std::vector<uint64_t>& order, uint64_t& tooDeep, const Progress* progress)
{
    RowCounter counts;
    for (size_t k = 0, n = items.size(); k < n && !stopsAt(k, progress); k++) {
        const SliceItem& item = items[order.empty() ? k : size_t(order[k])];
        if (item.depth < kMostRows)
            counts.add(item.depth, item.start);
        else
            tooDeep++;
    }
    return counts;
}
} // namespace

// Slices that do not nest leave `placed` for overflow tracks of their own, which are appended to the trace and `out`.
void TraceBuilder::Private::splitOverlaps(uint32_t track, Placed& placed, std::vector<Placed>& out)
{
    SliceItems rest;
    auto takeOverlaps = [&](Placed& p) {
        rest.clear();
        SliceItems kept;
        for (size_t k = 0, n = p.items.size(); k < n && !stopsAt(k, progress); k++) {
            const size_t i = p.order.empty() ? k : size_t(p.order[k]);
            const SliceItem& item = p.items[i];
            (item.depth == kOverlaps ? rest : kept).add(item.start, p.items.duration(i), item.function, item.extra, item.depth);
        }
        p.items = std::move(kept);
        p.order = {};
    };
    takeOverlaps(placed);
    for (int round = 0; !rest.empty() && !cancelled(); round++) {
        Placed more;
        more.items = std::move(rest);
        if (round < kOverflowTracks) {
            Nesting n = nest(more.items, progress);
            more.order = std::move(n.order);
            if (n.anyOverlap)
                takeOverlaps(more);
        } else {
            lanes(more.items, progress); // the rest is by start already
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
        p.from = &from;
        if (from.m_pass == SliceBuffer::Pass::Count) {
            const auto it = again.find(uint32_t(t));
            if (it != again.end() && !from.m_counter.unordered()) {
                p.counts = std::move(from.m_counter);
                p.again = true;
                return;
            }
            from.clear(); // a preview; or not in the order that was promised
            if (it != again.end())
                it->second();
        }
        p.items = std::move(from.m_items);
        if (!from.m_atDepth) {
            Nesting n = nest(p.items, progress);
            p.order = std::move(n.order);
            overlaps[t] = n.anyOverlap;
        }
    });
    for (uint32_t t = 0; t < overlaps.size(); t++)
        if (overlaps[t] && !cancelled()) {
            std::vector<Placed> more;
            splitOverlaps(t, placed[t], more);
            for (Placed& p : more)
                placed.push_back(std::move(p));
        }
    parallelFor(placed.size(), [&](size_t t) {
        Placed& p = placed[t];
        if (p.again)
            return;
        p.counts = countRows(p.items, p.order, p.tooDeep, progress);
        if (!p.counts.unordered() || cancelled())
            return;
        p.order.resize(p.items.size());
        std::iota(p.order.begin(), p.order.end(), uint64_t(0));
        sortUnlessStopped(p.order.begin(), p.order.end(),
            [&](uint64_t a, uint64_t b) { return p.items[a].start < p.items[b].start; }, progress);
    });
}

void TraceBuilder::Private::makeRows(const std::vector<Placed>& placed)
{
    SliceIndex at = 0;
    for (size_t t = 0; t < placed.size(); t++) {
        const RowCounter& counts = placed[t].counts;
        Track& track = trace->m_tracks[t];
        track.firstRow = RowId(trace->m_rows.size());
        track.rowCount = uint32_t(counts.depths());
        for (uint32_t depth = 0; depth < track.rowCount; depth++) {
            trace->m_rows.push_back({TrackId(t), depth, at, counts.count(depth)});
            at += counts.count(depth);
        }
        track.sliceCount = counts.total();
    }
    trace->m_sliceCount = at;
    columns->start.resize(at);
    columns->duration.resize(at);
    columns->function.resize(at);
    columns->extra.resize(at);
}

// Gives the arguments that buffers keep, or will write, their places in the trace's table.
void TraceBuilder::Private::placeArguments()
{
    uint64_t count = columns->extras.size(), text = columns->argumentText.size();
    size_t step = 0; // there may be a million tracks
    for (SliceBuffer& b : buffers) {
        if (stopsAt(step++, progress))
            return;
        b.m_extraBase = uint32_t(count);
        b.m_textBase = text;
        count += b.m_extraCount;
        text += b.m_textSize;
    }
    columns->extras.resize(count);
    columns->argumentText.resize(text);
    for (SliceBuffer& b : buffers) {
        if (stopsAt(step++, progress))
            return;
        b.m_extraTo = columns->extras.data() + b.m_extraBase;
        b.m_textTo = columns->argumentText.data() + b.m_textBase;
        for (size_t i = 0; i < b.m_extras.size(); i++) {
            b.m_extraTo[i] = b.m_extras[i];
            b.m_extraTo[i].offset += b.m_textBase;
        }
        b.m_text.copy(b.m_textTo, b.m_text.size());
        b.m_extras = {};
        b.m_text = {};
    }
}

void TraceBuilder::Private::fillTrack(uint32_t track, Placed& p, RowWriter& writer)
{
    if (p.again) {
        SliceBuffer& b = *p.from;
        b.m_writer = std::move(writer);
        b.m_pass = SliceBuffer::Pass::Write;
        b.m_extraCount = b.m_textSize = 0;
        again[track]();
        writer = std::move(b.m_writer);
        return;
    }
    const uint32_t base = p.from && p.from->m_extraCount ? p.from->m_extraBase : 0;
    for (size_t k = 0, n = p.items.size(); k < n && !stopsAt(k, progress); k++) {
        const size_t i = p.order.empty() ? k : size_t(p.order[k]);
        const SliceItem& item = p.items[i];
        if (item.depth < kMostRows)
            writer.add(item.depth, item.start, p.items.duration(i), item.function, item.extra < 256 ? item.extra : item.extra + base);
        if (p.order.empty())
            p.items.doneBefore(k);
    }
    p.items = {};
    p.order = {};
}

uint64_t TraceBuilder::Private::fillColumns(std::vector<Placed>& placed)
{
    const ColumnPointers to{
        columns->start.data(), columns->duration.data(), columns->function.data(), columns->extra.data()};
    std::vector<RowWriter::Result> results(placed.size());
    parallelFor(placed.size(), [&](size_t t) {
        const Track& track = trace->m_tracks[t];
        if (cancelled() || !track.rowCount)
            return;
        RowWriter writer(to, std::span(trace->m_rows).subspan(track.firstRow.v, track.rowCount));
        fillTrack(uint32_t(t), placed[t], writer);
        writer.finish();
        results[t] = std::move(writer.result());
    });
    if (cancelled())
        return 0;
    uint64_t cut = 0;
    for (size_t t = 0; t < placed.size(); t++) {
        RowWriter::Result& r = results[t];
        cut += r.cut;
        trace->m_longDurations.insert(trace->m_longDurations.end(), r.longOnes.begin(), r.longOnes.end());
        if (trace->m_tracks[t].rowCount) {
            trace->m_tracks[t].begin = r.begin;
            trace->m_tracks[t].end = r.end;
        }
    }
    return cut;
}

// Time in calls of depth 0, of a task in those of its parts in which it runs.
void TraceBuilder::Private::addBusyTimes()
{
    parallelFor(trace->m_tracks.size(), [&](size_t t) {
        Track& track = trace->m_tracks[t];
        if (!track.rowCount)
            return;
        const Row& row = trace->m_rows[track.firstRow.v];
        for (SliceIndex i = row.first; i < row.first + row.count; i++)
            if (track.kind != TrackKind::Task || !(trace->flags(i) & (kWaiting | kReady)))
                track.busy += trace->duration(i);
    });
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
    // Levels that no row has take no place: there may be a million rows of one call.
    size_t levels = 0;
    for (const RowLod& lod : lods)
        for (size_t l = levels; l < lod.levels.size(); l++)
            if (lod.levels[l].size())
                levels = l + 1;
    columns->lod.resize(levels);
    trace->m_lodSpans.assign(rows * levels, {});
    parallelFor(levels, [&](size_t l) {
        LodRuns& all = columns->lod[l];
        size_t total = 0;
        for (const RowLod& lod : lods)
            total += lod.levels.empty() ? 0 : lod.levels[l].size();
        all.reserve(total);
        for (size_t r = 0; r < rows; r++) {
            if (lods[r].levels.empty() || !lods[r].levels[l].size())
                continue;
            LodRuns& one = lods[r].levels[l];
            trace->m_lodSpans[r * levels + l] = {all.size(), trace->m_rows[r].count, uint32_t(one.size()), true};
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
    if (d->cancelled()) {
        discard(std::exchange(d, std::make_unique<Private>()));
        return Error{ErrorCode::Cancelled, "Opening was stopped.", -1};
    }
    d->stringIds = d->functionIds = {}; // not needed any more
    d->firstOfName = {};
    std::vector<Private::Placed> placed;
    d->placeAll(placed);
    if (!d->cancelled()) {
        d->makeRows(placed);
        d->placeArguments();
    }
    uint64_t tooDeep = 0;
    for (const Private::Placed& p : placed)
        tooDeep += p.tooDeep;
    if (tooDeep)
        problem("store.depth", "calls deeper than a million others were left out", Severity::DataLoss, -1, {}, tooDeep);
    if (const uint64_t cut = d->cancelled() ? 0 : d->fillColumns(placed)) {
        problem("store.overlap", "calls that overlapped the next one at their depth were cut short", Severity::Warning, -1,
            {}, cut);
    }
    if (!d->cancelled())
        d->makeLod();
    const bool cancelled = d->cancelled();
    if (!cancelled) {
        d->pointAtColumns();
        d->addBusyTimes();
        d->closeTables();
    }
    if (cancelled) {
        discard(std::pair(std::move(placed), std::exchange(d, std::make_unique<Private>())));
        return Error{ErrorCode::Cancelled, "Opening was stopped.", -1};
    }
    std::shared_ptr<Trace> trace = std::move(d->trace);
    d = std::make_unique<Private>();
    return TracePtr(std::move(trace));
}

} // namespace calltide::store
