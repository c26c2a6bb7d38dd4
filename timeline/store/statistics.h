// SPDX-License-Identifier: GPL-3.0-or-later
// Per-function figures over the whole trace or a part of it.
#pragma once
#include "store/progress.h"
#include "store/trace.h"
#include <functional>

namespace calltide::store {

struct Scope // what to look at
{
    int64_t from = INT64_MIN, to = INT64_MAX; // slices are clipped at the edges
    std::vector<TrackId> tracks;              // empty: all
    std::function<bool(SliceIndex)> passes; // calls that do not are not counted; null: all are.
};

// A thread's track with its overflow lanes, which hold calls of the same thread.
std::vector<TrackId> withLanes(const Trace& trace, TrackId thread);

// Whether what stands on such a track are calls, each once: not what repeats them, and no garbage collections.
constexpr bool countsCalls(TrackKind kind)
{
    return !repeatsThreads(kind) && kind != TrackKind::Gc;
}
uint64_t callCount(const Trace& trace); // all calls, the number that is said everywhere
// The tracks whose calls are counted where these are chosen (none: all): if there are calls among them, only those.
std::vector<TrackId> countedTracks(const Trace& trace, const std::vector<TrackId>& chosen);

struct FunctionStatistics
{
    FunctionId function;
    uint64_t calls = 0;
    int64_t total = 0; // ns inside it, recursion counted once
    int64_t self = 0;  // ns without the functions it calls
    int64_t min = 0, max = 0;
    double mean() const { return calls ? double(sum) / double(calls) : 0; }
    int64_t sum = 0; // of all durations, recursion counted each time
};

// One entry a function that was called, by self time, largest first. Empty when cancelled.
std::vector<FunctionStatistics> functionStatistics(const Trace& trace, const Scope& scope = {}, Progress* progress = nullptr);

// Functions whose name (or file) contains `text`, ASCII case ignored; a mask by FunctionId.
std::vector<bool> matchFunctions(const Trace& trace, std::string_view text, bool files = true);
// Slices of masked functions: how many, and the first at or after (forward) / before `time`.
uint64_t countSlices(const Trace& trace, const std::vector<bool>& mask);
SliceIndex findSlice(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward);

} // namespace calltide::store
