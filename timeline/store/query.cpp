// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/query.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <cmath>

namespace calltide::store {

namespace {

constexpr unsigned kLookedAt = 16; // of a burst of slices in one column

// The slices themselves, or the merged runs of one level: both look the same to the loop below.
struct SliceItems
{
    const Trace& trace;
    const Row& row;
    uint64_t size() const { return row.count; }
    int64_t start(uint64_t i) const { return trace.start(row.first + i); }
    int64_t end(uint64_t i) const { return trace.end(row.first + i); }
    FunctionId function(uint64_t i) const { return trace.functionOf(row.first + i); }
    uint64_t firstSlice(uint64_t i) const { return i; } // in the row
    double covered(uint64_t i) const { return double(end(i) - start(i)); }
};

struct LodItems
{
    const LodLevel& level;
    LodSpan span;
    uint64_t rowCount;
    int unit = std::max(0, level.shift - 16);
    uint64_t size() const { return span.count; }
    int64_t start(uint64_t i) const { return level.start[span.first + i]; }
    int64_t end(uint64_t i) const { return start(i) + (int64_t(level.duration[span.first + i]) << unit); }
    FunctionId function(uint64_t i) const { return FunctionId(level.function[span.first + i]); }
    uint64_t firstSlice(uint64_t i) const { return i < span.count ? level.first[span.first + i] : rowCount; }
    double covered(uint64_t i) const { return double(end(i) - start(i)) * level.busy[span.first + i] / 255.0; }
};

// A row that still grows: the finished runs of the best level, behind them those of finer ones, at the end slices.
struct GrowingItems
{
    struct Part
    {
        uint64_t begin;        // number of its first item
        const LodLevel* level; // null: slices
        uint64_t at;           // its first item in the level, or in the row
    };
    const Trace& trace;
    const Row& row;
    Part parts[33];
    size_t count = 0;
    uint64_t total = 0;

    GrowingItems(const Trace& t, RowId id, size_t best)
        : trace(t)
        , row(t.row(id))
    {
        uint64_t covered = 0; // slices
        for (size_t l = best + 1; l-- > 0;) {
            const LodSpan& span = trace.lodSpan(id, l);
            if (!span.built || span.covered <= covered)
                continue;
            const LodLevel& level = trace.lodLevels()[l];
            const auto firsts = level.first.subspan(span.first, span.count);
            const auto skipped = uint64_t(std::lower_bound(firsts.begin(), firsts.end(), covered) - firsts.begin());
            add(&level, span.first + skipped, span.count - skipped);
            covered = span.covered;
        }
        add(nullptr, covered, row.count - covered);
    }
    void add(const LodLevel* level, uint64_t at, uint64_t items)
    {
        if (!items)
            return;
        parts[count++] = {total, level, at};
        total += items;
    }
    const Part& part(uint64_t i) const
    {
        size_t p = 0;
        while (p + 1 < count && parts[p + 1].begin <= i)
            p++;
        return parts[p];
    }
    uint64_t size() const { return total; }
    int64_t start(uint64_t i) const
    {
        const Part& p = part(i);
        const uint64_t k = p.at + (i - p.begin);
        return p.level ? p.level->start[k] : trace.start(row.first + k);
    }
    int64_t end(uint64_t i) const
    {
        const Part& p = part(i);
        const uint64_t k = p.at + (i - p.begin);
        return p.level ? p.level->start[k] + (int64_t(p.level->duration[k]) << std::max(0, p.level->shift - 16))
                       : trace.end(row.first + k);
    }
    FunctionId function(uint64_t i) const
    {
        const Part& p = part(i);
        const uint64_t k = p.at + (i - p.begin);
        return p.level ? FunctionId(p.level->function[k]) : trace.functionOf(row.first + k);
    }
    uint64_t firstSlice(uint64_t i) const
    {
        if (i >= total)
            return row.count;
        const Part& p = part(i);
        const uint64_t k = p.at + (i - p.begin);
        return p.level ? p.level->first[k] : k;
    }
    double covered(uint64_t i) const
    {
        const Part& p = part(i);
        const double length = double(end(i) - start(i));
        return p.level ? length * p.level->busy[p.at + (i - p.begin)] / 255.0 : length;
    }
};

template <class Items>
void emit(const Trace& trace, const Row& row, const Items& items, int64_t from, int64_t to, double px, std::vector<Run>& out)
{
    const uint64_t n = items.size();
    uint64_t low = 0, high = n; // first item that starts at or after `from`; the one before may reach in
    while (low < high) {
        const uint64_t middle = (low + high) / 2;
        if (items.start(middle) < from)
            low = middle + 1;
        else
            high = middle;
    }
    uint64_t i = low;
    if (i && items.end(i - 1) > from)
        i--;

    // This loop is what a frame of a large trace costs: no division, and no look at what only wide slices need.
    const auto wide = int64_t(std::ceil(px)); // from this length on a slice is seen alone
    Run run;
    double covered = 0;
    int64_t longest = -1, limit = INT64_MIN; // time at which the open run's column ends
    uint64_t opened = 0; // its first item
    unsigned inColumn = 0;
    bool open = false;
    auto close = [&](uint64_t next) {
        if (!open)
            return;
        open = false;
        const int64_t length = run.end - run.start;
        const uint64_t slice = items.firstSlice(opened);
        run.slice = row.first + slice;
        run.count = uint32_t((next < n ? items.firstSlice(next) : row.count) - slice);
        run.busy = length > 0 ? float(std::clamp(covered / double(length), 0.0, 1.0)) : 1.0f;
        run.flags = 0;
        if (run.count == 1) {
            run.busy = 1;
            run.flags = trace.flags(run.slice);
        }
        out.push_back(run);
    };
    for (; i < n; i++) {
        const int64_t s = items.start(i);
        if (s >= to)
            break;
        const int64_t e = items.end(i);
        if (e - s >= wide) {
            const uint64_t slice = items.firstSlice(i);
            if ((i + 1 < n ? items.firstSlice(i + 1) : row.count) - slice == 1) {
                close(i);
                const SliceIndex index = row.first + slice; // exact times: a level's durations are rounded
                out.push_back(
                    {trace.start(index), trace.end(index), trace.functionOf(index), index, 1, trace.flags(index), 1});
                continue;
            }
        }
        if (!open || s >= limit) {
            close(i);
            open = true;
            const double column = std::floor(double(s - from) / px);
            limit = from + int64_t(std::ceil((column + 1) * px));
            longest = -1;
            covered = 0;
            inColumn = 0;
            opened = i;
            run.start = s;
            run.end = e;
        }
        run.end = std::max(run.end, e);
        covered += items.covered(i);
        if (e - s > longest) {
            longest = e - s;
            run.function = items.function(i);
        }
        // A burst in one column: what it is made of is known by now, so jump to its end. Its busy share goes on.
        if (++inColumn >= kLookedAt) {
            uint64_t step = 8, at = i + 1;
            while (at + step < n && items.start(at + step) < limit) {
                at += step;
                step *= 2;
            }
            uint64_t a = at, b = std::min(at + step, n);
            while (a < b) {
                const uint64_t middle = (a + b) / 2;
                if (items.start(middle) < limit)
                    a = middle + 1;
                else
                    b = middle;
            }
            if (a > i + 2) { // the last two are looked at as usual: the very last may be a long one
                const uint64_t next = a - 1;
                const double share = run.end > run.start ? covered / double(run.end - run.start) : 1;
                const int64_t end = items.end(next - 1);
                if (end > run.end) {
                    covered += share * double(end - run.end);
                    run.end = end;
                }
                i = next - 1;
            }
            inColumn = 0;
        }
    }
    close(i);
}

} // namespace

void queryRow(const Trace& trace, RowId id, int64_t from, int64_t to, double nsPerPixel, std::vector<Run>& out)
{
    const Row& row = trace.row(id);
    if (!row.count || from >= to || !(nsPerPixel > 0))
        return;
    // A few places of a mapped row are looked at, but the system brings their neighbourhood as well.
    static thread_local Passing passing;
    passing.by(1 << 13);
    int best = -1;
    const auto levels = trace.lodLevels();
    for (size_t l = 0; l < levels.size(); l++) {
        if (std::ldexp(1.0, levels[l].shift) > nsPerPixel)
            break;
        if (trace.lodSpan(id, l).built)
            best = int(l);
    }
    if (best < 0)
        emit(trace, row, SliceItems{trace, row}, from, to, nsPerPixel, out);
    else if (trace.lodSpan(id, size_t(best)).covered < row.count)
        emit(trace, row, GrowingItems(trace, id, size_t(best)), from, to, nsPerPixel, out);
    else
        emit(trace, row, LodItems{levels[size_t(best)], trace.lodSpan(id, size_t(best)), row.count}, from, to, nsPerPixel, out);
}

std::vector<float> busyColumns(const Trace& trace, int64_t from, int64_t to, int columns, TrackId only)
{
    std::vector<float> busy(size_t(std::max(columns, 0)), 0.0f);
    if (busy.empty() || from >= to)
        return busy;
    const double px = double(to - from) / columns;
    std::vector<Run> runs;
    std::vector<float> one(busy.size());
    for (size_t t = 0; t < trace.tracks().size(); t++) {
        const Track& track = trace.tracks()[t];
        if (!track.rowCount || (only.valid() && only != TrackId(t)) || track.kind == TrackKind::Async
            || repeatsThreads(track.kind))
            continue;
        runs.clear();
        queryRow(trace, track.firstRow, from, to, px, runs);
        std::fill(one.begin(), one.end(), 0.0f);
        for (const Run& r : runs) {
            const double a = std::max(0.0, double(r.start - from) / px), b = std::min(double(columns), double(r.end - from) / px);
            for (int c = int(a); c < columns && double(c) < b; c++) {
                const double share = std::min(b, c + 1.0) - std::max(a, double(c));
                one[size_t(c)] += float(share * double(r.busy));
            }
        }
        // "Any thread runs" is at least the busiest thread; the true union would need every slice.
        for (size_t c = 0; c < busy.size(); c++)
            busy[c] = std::max(busy[c], std::min(1.0f, one[c]));
    }
    return busy;
}

} // namespace calltide::store
