// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/spread.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <cmath>

namespace calltide::store {
namespace {

constexpr uint64_t kLookEvery = 1 << 18; // slices between two looks at the progress

TrackId threadOf(const Trace& trace, TrackId track)
{
    const Track& t = trace.track(track);
    return t.kind == TrackKind::Overflow && t.parent.valid() ? t.parent : track;
}

// False: cancelled.
template <class Visit>
bool forEach(const Trace& trace, const std::vector<TrackId>& tracks, const Scope& scope, Progress* progress, Visit&& visit)
{
    Passing passing;
    for (const TrackId track : tracks) {
        for (uint32_t depth = 0; depth < trace.track(track).rowCount; ++depth) {
            const auto [first, last] = trace.overlapping(trace.rowAt(track, depth), scope.from, scope.to);
            for (SliceIndex from = first; from < last;) {
                if (progress && progress->cancelled())
                    return false;
                const SliceIndex end = std::min<SliceIndex>(last, from + kLookEvery);
                for (SliceIndex i = from; i < end; ++i)
                    if (!scope.passes || scope.passes(i))
                        visit(track, i);
                passing.by(end - from);
                from = end;
            }
        }
    }
    return true;
}

// How many calls one kept duration of a function stands for, so that no more than `most` are kept.
std::vector<uint64_t> stepsFor(const std::vector<uint64_t>& calls, uint64_t most)
{
    uint64_t cap = most; // of one function
    const auto kept = [&] {
        uint64_t sum = 0;
        for (const uint64_t n : calls)
            sum += std::min(n, cap);
        return sum;
    };
    while (cap > 1 && kept() > most)
        cap /= 2;
    std::vector<uint64_t> steps;
    for (const uint64_t n : calls)
        steps.push_back(std::max<uint64_t>(1, (n + cap - 1) / cap));
    return steps;
}

int64_t percentile(std::span<int64_t> durations, double p)
{
    const auto at = durations.begin() + std::llround(p * double(durations.size() - 1));
    std::nth_element(durations.begin(), at, durations.end());
    return *at;
}

} // namespace

std::vector<FunctionSpread> functionSpreads(const Trace& trace, const Scope& scope, Progress* progress, uint64_t most)
{
    std::vector<TrackId> tracks = countedTracks(trace, scope.tracks);
    std::stable_sort(tracks.begin(), tracks.end(),
        [&](TrackId a, TrackId b) { return threadOf(trace, a).v < threadOf(trace, b).v; });

    std::vector<FunctionSpread> out(trace.functions().size());
    std::vector<uint64_t> calls(out.size());
    std::vector<TrackId> lastThread(out.size());
    const bool counted = forEach(trace, tracks, scope, progress, [&](TrackId track, SliceIndex i) {
        const uint32_t f = trace.functionOf(i).v;
        ++calls[f];
        out[f].exceptions += (trace.flags(i) & kException) != 0;
        if (const TrackId thread = threadOf(trace, track); lastThread[f] != thread) {
            lastThread[f] = thread;
            ++out[f].threads;
        }
    });
    if (!counted)
        return {};

    const std::vector<uint64_t> steps = stepsFor(calls, std::max<uint64_t>(most, 1));
    std::vector<uint64_t> begin(out.size() + 1); // of each function's part of `durations`
    for (size_t f = 0; f < out.size(); ++f)
        begin[f + 1] = begin[f] + (calls[f] + steps[f] - 1) / steps[f];
    std::vector<int64_t> durations(begin.back());
    std::vector<uint64_t> seen(out.size());
    const bool filled = forEach(trace, tracks, scope, progress, [&](TrackId, SliceIndex i) {
        const uint32_t f = trace.functionOf(i).v;
        const uint64_t n = seen[f]++;
        if (n % steps[f] == 0)
            durations[begin[f] + n / steps[f]]
                = std::max<int64_t>(0, std::min(trace.end(i), scope.to) - std::max(trace.start(i), scope.from));
    });
    if (!filled)
        return {};
    for (size_t f = 0; f < out.size(); ++f) {
        const auto mine = std::span(durations).subspan(begin[f], begin[f + 1] - begin[f]);
        if (mine.empty())
            continue;
        if (progress && progress->cancelled())
            return {};
        out[f].p50 = percentile(mine, .5);
        out[f].p95 = percentile(mine, .95);
        out[f].p99 = percentile(mine, .99);
    }
    return out;
}

} // namespace calltide::store
