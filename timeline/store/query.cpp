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
    int64_t length(uint64_t i) const { return trace.duration(row.first + i); }
    FunctionId function(uint64_t i) const { return trace.functionOf(row.first + i); }
    uint64_t firstSlice(uint64_t i) const { return i; } // in the row
    using Cover = int64_t;
    Cover covered(uint64_t i) const { return length(i); }
    static double coverUnit() { return 1; } // ns
};

struct LodItems
{
    const LodLevel& level;
    LodSpan span;
    uint64_t rowCount;
    int unit = std::max(0, level.shift - 16);
    uint64_t size() const { return span.count; }
    int64_t start(uint64_t i) const { return level.start[span.first + i]; }
    int64_t length(uint64_t i) const { return int64_t(level.duration[span.first + i]) << unit; }
    FunctionId function(uint64_t i) const { return FunctionId(level.function[span.first + i]); }
    uint64_t firstSlice(uint64_t i) const { return i < span.count ? level.first[span.first + i] : rowCount; }
    using Cover = uint64_t;
    Cover covered(uint64_t i) const { return uint64_t(level.duration[span.first + i]) * level.busy[span.first + i]; }
    double coverUnit() const { return double(int64_t(1) << unit) / 255; }
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
    int64_t length(uint64_t i) const
    {
        const Part& p = part(i);
        const uint64_t k = p.at + (i - p.begin);
        return p.level ? int64_t(p.level->duration[k]) << std::max(0, p.level->shift - 16) : trace.duration(row.first + k);
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
    using Cover = double;
    Cover covered(uint64_t i) const
    {
        const Part& p = part(i);
        return double(length(i)) * (p.level ? p.level->busy[p.at + (i - p.begin)] / 255.0 : 1);
    }
    static double coverUnit() { return 1; }
};

// What only the slice itself says: its flags, and its exact end, as a level's durations are rounded. Zoomed out, the
// slices lie far from each other in memory, so they are asked for before they are needed.
void completeSingles(const Trace& trace, std::span<Run> runs)
{
    constexpr size_t kAhead = 16;
    for (size_t i = 0; i < runs.size(); i++) {
        if (i + kAhead < runs.size() && runs[i + kAhead].count == 1)
            trace.prefetch(runs[i + kAhead].slice);
        if (Run& run = runs[i]; run.count == 1) {
            run.end = run.start + trace.duration(run.slice);
            run.flags = trace.flags(run.slice);
        }
    }
}

template <class Items>
void emit(const Trace& trace, const Row& row, const Items& items, int64_t from, int64_t to, double px, std::vector<Run>& out)
{
    const size_t before = out.size();
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
    if (i && items.start(i - 1) + items.length(i - 1) > from)
        i--;

    // The loops below are what a frame of a large trace costs: they go by columns, look at each item with as few
    // decisions as can be, and divide only where a column does not follow the one before.
    const auto wide = int64_t(std::ceil(px)); // from this length on a slice is seen alone
    const auto isSingle = [&](uint64_t at) {
        return (at + 1 < n ? items.firstSlice(at + 1) : row.count) - items.firstSlice(at) == 1;
    };
    const auto columnsEnd = [&](int64_t column) { // the time
        const double end = double(column + 1) * px;
        const auto whole = int64_t(end);
        return from + whole + (double(whole) < end);
    };
    int64_t column = INT64_MIN / 2, limit = INT64_MIN; // the column that is being filled, and where it ends
    while (i < n) {
        const int64_t begin = items.start(i);
        if (begin >= to)
            break;
        if (items.length(i) >= wide && isSingle(i)) {
            out.push_back({begin, begin + items.length(i), items.function(i), row.first + items.firstSlice(i), 1, 0, 1});
            i++;
            continue;
        }
        if (begin >= limit) {
            if (limit == INT64_MIN || begin >= columnsEnd(column + 1))
                column = int64_t(std::floor(double(begin - from) / px));
            else
                column++;
            limit = columnsEnd(column);
            if (limit <= begin) // as rounding would have it
                limit = columnsEnd(++column);
        }
        const int64_t stop = std::min(limit, to);
        const uint64_t opened = i;
        int64_t end = begin, longest = -1;
        uint64_t longestAt = i;
        typename Items::Cover covered{};
        double skipped = 0; // covered by those that were not looked at
        for (;;) {
            const uint64_t looked = std::min(n, i + kLookedAt);
            for (; i < looked; i++) {
                const int64_t start = items.start(i);
                if (start >= stop)
                    break;
                const int64_t length = items.length(i);
                if (length >= wide && i > opened && isSingle(i))
                    break;
                covered += items.covered(i);
                end = std::max(end, start + length);
                const bool longer = length > longest;
                longest = longer ? length : longest;
                longestAt = longer ? i : longestAt;
            }
            if (i < looked || i == n)
                break;
            // A burst in one column: what it is made of is known by now, so jump to its end. Its busy share goes on.
            uint64_t step = 8, at = i;
            while (at + step < n && items.start(at + step) < stop) {
                at += step;
                step *= 2;
            }
            uint64_t a = at, b = std::min(at + step, n);
            while (a < b) {
                const uint64_t middle = (a + b) / 2;
                if (items.start(middle) < stop)
                    a = middle + 1;
                else
                    b = middle;
            }
            if (a > i + 1) { // the last one is looked at as usual: it may be a long one
                const double known = double(covered) * items.coverUnit() + skipped;
                const double share = end > begin ? known / double(end - begin) : 1;
                i = a - 1;
                if (const int64_t reached = items.start(i - 1) + items.length(i - 1); reached > end) {
                    skipped += share * double(reached - end);
                    end = reached;
                }
            }
        }
        Run run;
        const uint64_t slice = items.firstSlice(opened);
        run.start = begin;
        run.end = end;
        run.function = items.function(longestAt);
        run.slice = row.first + slice;
        run.count = uint32_t((i < n ? items.firstSlice(i) : row.count) - slice);
        if (run.count > 1 && end > begin)
            run.busy = float(std::min((double(covered) * items.coverUnit() + skipped) / double(end - begin), 1.0));
        out.push_back(run);
    }
    completeSingles(trace, std::span(out).subspan(before));
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

SliceIndex deepestAt(const Trace& trace, TrackId track, int64_t time)
{
    SliceIndex deepest = kNoSlice;
    for (uint32_t depth = 0; track.valid() && depth < trace.track(track).rowCount; ++depth) {
        const SliceIndex at = trace.sliceAt(trace.rowAt(track, depth), time);
        if (at == kNoSlice)
            break;
        deepest = at;
    }
    return deepest;
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
