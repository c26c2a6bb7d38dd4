// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of single calls. Of a profile, which holds sums or samples, a slice is a place in a tree of calls: it has a
// time, but how many calls it stands for the file says by function or not at all, and never how long each took.
#pragma once
#include "store/statistics.h"

namespace calltide::store {

// Of all slices of such a track, beside SliceFlag.
inline constexpr uint8_t kSummed = 128;

inline bool isSummed(const Trace& trace, TrackId track)
{
    const Track& t = trace.track(track);
    return t.rowCount && trace.row(t.firstRow).count && trace.flags(trace.row(t.firstRow).first) & kSummed;
}

inline bool holdsSummed(const Trace& trace) // callCount() then counts slices that are no single calls
{
    for (size_t t = 0; t < trace.tracks().size(); t++)
        if (isSummed(trace, TrackId(t)))
            return true;
    return false;
}

// What the file says of a function for all of it: in the arguments of each slice of it as "calls_in_all",
// "calls_in_all_without_recursion", "total_ns_in_all" and "self_ns_in_all".
struct CallsInAll
{
    uint64_t calls = 0, primitive = 0; // 0: it does not say
    int64_t total = 0, self = 0; // ns
    uint64_t here = 0; // as "calls": of them those that this slice stands for, about
};
CallsInAll callsInAll(const Trace& trace, SliceIndex i);

// Of FunctionStatistics: 0 calls, a negative sum and negative bounds stand for what is not known.
inline bool knowsCalls(const FunctionStatistics& s) { return s.calls > 0; }
inline bool knowsMean(const FunctionStatistics& s) { return s.calls > 0 && s.sum >= 0; }
inline bool knowsBounds(const FunctionStatistics& s) { return s.min >= 0; } // and percentiles, exceptions

} // namespace calltide::store
