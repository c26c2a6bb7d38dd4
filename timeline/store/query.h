// SPDX-License-Identifier: GPL-3.0-or-later
// What one row of one frame shows: the only query that drawing needs. Cost: one binary search a row, then at most about
// two items a pixel column, at any zoom and any number of slices.
#pragma once
#include "store/trace.h"

namespace calltide::store {

struct Run
{
    int64_t start = 0, end = 0; // ns
    FunctionId function;        // of the slice, or of the longest one in the run
    SliceIndex slice = kNoSlice; // the slice itself when count == 1, else the first of the run
    uint32_t count = 0;
    uint8_t flags = 0; // of a single slice
    float busy = 1;    // share of [start, end) that is covered; 1 for a single slice
};

// Appends the runs of `row` in [from, to), for a picture with `nsPerPixel` ns in a pixel: slices at least one pixel
// wide come alone, shorter ones merged per pixel column.
void queryRow(const Trace& trace, RowId row, int64_t from, int64_t to, double nsPerPixel, std::vector<Run>& out);

// The deepest call that runs on the track at `time`; kNoSlice: none does, or there is no such track.
SliceIndex deepestAt(const Trace& trace, TrackId track, int64_t time);

// Share (0..1) of each of `columns` equal parts of [from, to) in which any thread of the trace (or of one track, when
// valid) runs; for the minimap and collapsed groups.
std::vector<float> busyColumns(const Trace& trace, int64_t from, int64_t to, int columns, TrackId track = {});

} // namespace calltide::store
