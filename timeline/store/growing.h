// SPDX-License-Identifier: GPL-3.0-or-later
// GrowingTrace: a trace of a recording that goes on. Calls are added as they begin and end; snapshot() gives an
// immutable Trace of the moment, which shares its columns with the ones before, so that it costs by the number of rows
// and not of calls. One thread adds and takes snapshots; these may be read by any other meanwhile.
//
// How: rows lie in reserved address space. A row grows in its place until the place is full and then moves to one twice
// as large; older snapshots go on reading the old place. A call is put into its row when it begins; its duration and
// flags are single words that are set once more when it ends.
#pragma once
#include "store/builder.h"
#include <span>
#include <string>

namespace calltide::store {

class GrowingTrace
{
public:
    struct Ended
    {
        uint32_t depth;
        int64_t start, duration;
        FunctionId function;
        uint8_t flags;
        std::string_view arguments; // JSON; empty: none
    };
    struct Open
    {
        uint32_t depth;
        int64_t start;
        FunctionId function;
        uint8_t flags;
    };

    GrowingTrace();
    ~GrowingTrace();

    // Everything but calls and instants: strings, functions, processes, tracks, counters, flows, sources, problems.
    TraceBuilder& tables();
    void addInstant(Instant instant, std::string_view argumentsJson); // by time
    // One track's calls that ended since the last time, at each depth by start, and those that are open now.
    void update(TrackId track, std::span<const Ended> ended, std::span<const Open> open);
    uint64_t sliceCount() const; // open ones included
    bool isFull() const; // no more calls fit; those that come are dropped

    // As it is at `now`: open calls last until then. `goesOn`: the end is not known yet.
    TracePtr snapshot(int64_t now, bool goesOn = true);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::store
