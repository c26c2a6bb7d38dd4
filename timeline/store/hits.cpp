// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hits.h"
#include <algorithm>

namespace calltide::store {
namespace {

struct Place // in the order of hits: slices before it are (start, index) < (time, index)
{
    int64_t time;
    uint64_t index;
};

// The first slice of the row that is not before the place.
uint64_t firstNotBefore(const Trace& trace, const Row& row, Place place)
{
    const auto starts = trace.startColumn().subspan(row.first, row.count);
    uint64_t at = row.first + uint64_t(std::lower_bound(starts.begin(), starts.end(), place.time) - starts.begin());
    const uint64_t end = row.first + row.count;
    while (at < end && at < place.index && trace.start(at) == place.time)
        ++at;
    return at;
}

bool isBefore(const Trace& trace, SliceIndex a, SliceIndex b)
{
    return trace.start(a) != trace.start(b) ? trace.start(a) < trace.start(b) : a < b;
}

SliceIndex nearest(const Trace& trace, const std::vector<bool>& mask, Place place, bool forward)
{
    SliceIndex best = kNoSlice;
    for (const Row& row : trace.rows()) {
        const uint64_t at = firstNotBefore(trace, row, place), end = row.first + row.count;
        if (forward) {
            for (uint64_t i = at; i < end && (best == kNoSlice || isBefore(trace, i, best)); ++i) {
                if (mask[trace.functionOf(i).v]) {
                    best = i;
                    break;
                }
            }
        } else {
            for (uint64_t i = at; i-- > row.first && (best == kNoSlice || isBefore(trace, best, i));) {
                if (mask[trace.functionOf(i).v]) {
                    best = i;
                    break;
                }
            }
        }
    }
    return best;
}

} // namespace

SliceIndex hitFrom(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward)
{
    return nearest(trace, mask, {time, 0}, forward);
}

SliceIndex hitBeside(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice, bool forward)
{
    return nearest(trace, mask, {trace.start(slice), forward ? slice + 1 : slice}, forward);
}

uint64_t hitsBefore(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice)
{
    const std::vector<uint8_t> bytes(mask.begin(), mask.end()); // a byte a function is read faster than a bit
    const auto functions = trace.functionColumn();
    uint64_t count = 0;
    for (const Row& row : trace.rows()) {
        const uint64_t end = firstNotBefore(trace, row, {trace.start(slice), slice});
        for (uint64_t i = row.first; i < end; ++i)
            count += functions[i] < bytes.size() && bytes[functions[i]];
    }
    return count;
}

std::vector<bool> tracksWithHits(const Trace& trace, const std::vector<bool>& mask)
{
    std::vector<bool> out(trace.tracks().size());
    for (const Row& row : trace.rows()) {
        const auto functions = trace.functionsOf(row);
        out[row.track.v] = out[row.track.v] || std::any_of(functions.begin(), functions.end(), [&](uint32_t f) {
            return f < mask.size() && mask[f];
        });
    }
    return out;
}

} // namespace calltide::store
