// SPDX-License-Identifier: GPL-3.0-or-later
#include "use.h"
#include "formats/exporter.h"
#include "store/callfigures.h"
#include "store/hits.h"
#include "store/query.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace calltide;
using namespace calltide::store;

namespace fuzz {

void check(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

namespace {

void walk(const Trace& t)
{
    for (const Row& row : t.rows()) {
        for (SliceIndex i = row.first; i < row.first + row.count; i++) {
            check(t.duration(i) >= 0, "a duration is negative");
            check(i == row.first || t.end(i - 1) <= t.start(i), "slices of a row overlap");
            check(t.functionOf(i).v < t.functions().size(), "a function is not there");
        }
    }
    for (const Flow& f : t.flows())
        check(f.fromTrack.v < t.tracks().size() && f.toTrack.v < t.tracks().size(), "a flow leads nowhere");
    for (const Instant& i : t.instants())
        (void)t.arguments(i).size();
}

// What the details of one call show.
void details(const Trace& t, const Row& row, SliceIndex i)
{
    const SliceIndex parent = t.parent(i);
    check(parent == kNoSlice || (t.start(parent) <= t.start(i) && t.depthOf(parent) + 1 == row.depth), "a parent is none");
    const auto [first, last] = t.children(i);
    for (SliceIndex c = first; t.duration(i) && c < std::min(last, first + 8); c++) // those without length may share children
        check(t.start(c) >= t.start(i) && t.end(c) <= t.end(i), "a child is none");
    check(t.selfTime(i) >= 0 && t.selfTime(i) <= t.duration(i), "self time is more than the duration");
    check(t.contains(i) && t.trackOf(i) == row.track, "a slice is not where it is");
    const RowId id = t.rowAt(row.track, row.depth);
    check(!t.duration(i) || t.sliceAt(id, t.start(i)) == i, "a slice is not found");
    (void)t.callsInside(i);
    (void)t.arguments(i).size();
}

void frames(const Trace& t)
{
    const double length = double(t.end()) - double(t.begin());
    std::vector<Run> runs;
    for (const double share : {1.0, 0.01})
        for (size_t r = 0; r < std::min<size_t>(t.rows().size(), 200); r++) {
            runs.clear();
            const auto to = int64_t(std::min(double(INT64_MAX) / 2, double(t.begin()) + length * share));
            queryRow(t, RowId(r), t.begin(), to, std::max(1.0, length * share / 400), runs);
            check(runs.size() <= 2 * 400 + 8, "a row gave more than two runs a column");
            for (const Run& run : runs)
                check(run.function.v < t.functions().size() && t.contains(run.slice), "a run of nothing");
        }
    (void)busyColumns(t, t.begin(), t.end(), 64);
}

void search(const Trace& t)
{
    const auto mask = matchFunctions(t, "a");
    const uint64_t hits = countSlices(t, mask);
    const SliceIndex first = hitFrom(t, mask, INT64_MIN, true);
    check((hits == 0) == (first == kNoSlice), "hits are counted that cannot be found");
    if (hits) {
        check(HitSet::find(t, mask, nullptr)->before(t, first) == 0, "hits stand before the first");
        check(hits == 1 || hitBeside(t, mask, first, true) != kNoSlice, "there is no second hit");
    }
}

} // namespace

void use(const Trace& t, uint32_t seed)
{
    walk(t);
    frames(t);
    search(t);
    for (const Row& row : t.rows())
        for (uint64_t k = 0; k < std::min<uint64_t>(row.count, 4); k++)
            details(t, row, row.first + (k < 2 ? k : row.count - 1 - (k - 2)));
    for (const FunctionStatistics& s : functionStatistics(t))
        check(knowsCalls(s) || (holdsSummed(t) && !knowsBounds(s)), "statistics of a function without calls");
    const auto formats = formats::exportFormats();
    if (seed % 16 >= formats.size() || t.sliceCount() > 20000)
        return;
    const std::string path = "/dev/shm/calltide-fuzz-" + std::to_string(::getpid());
    (void)formats::exportTrace(t, path, formats[seed % 16].format);
    ::unlink(path.c_str());
}

} // namespace fuzz
