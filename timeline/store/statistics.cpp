// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/callfigures.h"
#include "store/sums.h"
#include "store/walk.h"
#include <algorithm>
#include <charconv>

namespace calltide::store {

std::vector<TrackId> withLanes(const Trace& trace, TrackId thread)
{
    std::vector<TrackId> tracks{thread};
    for (size_t t = 0; t < trace.tracks().size(); t++)
        if (trace.tracks()[t].kind == TrackKind::Overflow && trace.tracks()[t].parent == thread)
            tracks.push_back(TrackId(t));
    return tracks;
}

// Below a thread stand the lives of processes that it started: they are no calls.
static bool countsCallsOf(const Trace& trace, const Track& track)
{
    if (track.kind == TrackKind::Async && track.parent.valid()) {
        const Track& above = trace.track(track.parent); // where they overlap, another lane of them
        const Track& top = above.kind == TrackKind::Async && above.parent.valid() ? trace.track(above.parent) : above;
        if (top.kind == TrackKind::Thread)
            return false;
    }
    return countsCalls(track.kind);
}

uint64_t callCount(const Trace& trace)
{
    uint64_t out = 0;
    for (const Track& track : trace.tracks())
        out += countsCallsOf(trace, track) ? track.sliceCount : 0;
    return out;
}

std::vector<TrackId> countedTracks(const Trace& trace, const std::vector<TrackId>& chosen)
{
    std::vector<TrackId> out;
    for (size_t t = 0; chosen.empty() && t < trace.tracks().size(); t++)
        if (countsCallsOf(trace, trace.tracks()[t]))
            out.push_back(TrackId(t));
    for (const TrackId t : chosen)
        if (countsCallsOf(trace, trace.track(t)))
            out.push_back(t);
    return out.empty() ? chosen : out;
}

CallsInAll callsInAll(const Trace& trace, SliceIndex i)
{
    const std::string text = trace.extra(i) ? trace.arguments(i) : std::string();
    const auto number = [&](std::string_view key) {
        uint64_t out = 0;
        if (const size_t at = text.find(key); at != text.npos)
            std::from_chars(text.data() + at + key.size(), text.data() + text.size(), out);
        return out;
    };
    return {number("\"calls_in_all\":"), number("\"calls_in_all_without_recursion\":"), int64_t(number("\"total_ns_in_all\":")),
        int64_t(number("\"self_ns_in_all\":")), number("\"calls\":")};
}

std::vector<FunctionStatistics> functionStatistics(const Trace& trace, const Scope& scope, Progress* progress)
{
    struct Sum
    {
        uint64_t calls = 0;
        int64_t total = 0, self = 0, min = INT64_MAX, max = 0, sum = 0;
        uint32_t open = 0; // how often it is on the stack of the track being walked
        bool summed = false; // not all are single calls
        CallsInAll inAll; // of the tracks so far
        TrackId last; // of them
    };
    std::vector<Sum> sums(trace.functions().size());
    const std::vector<TrackId> tracks = countedTracks(trace, scope.tracks);

    std::vector<int64_t> childTime; // one more than the depth: of the children of each open call
    uint64_t visited = 0;
    bool cancelled = false;
    const bool whole = scope.from <= trace.begin() && scope.to >= trace.end() && !scope.passes;
    for (TrackId id : tracks) {
        const bool summed = isSummed(trace, id);
        childTime.assign(1, 0);
        auto clipped = [&](SliceIndex s) {
            return std::max<int64_t>(0, std::min(trace.end(s), scope.to) - std::max(trace.start(s), scope.from));
        };
        walkTrack(
            trace, id, scope.from, scope.to,
            [&](SliceIndex s, uint32_t) {
                sums[trace.functionOf(s).v].open++;
                childTime.push_back(0);
                if (progress && (++visited & 0xffff) == 0) {
                    progress->set(visited, trace.sliceCount());
                    cancelled |= progress->cancelled();
                }
            },
            [&](SliceIndex s, uint32_t) {
                Sum& f = sums[trace.functionOf(s).v];
                const int64_t d = clipped(s);
                f.open--;
                if (!scope.passes || scope.passes(s)) {
                    f.calls++;
                    if (summed) {
                        f.summed = true;
                        if (whole && f.last != id) {
                            const CallsInAll said = callsInAll(trace, s);
                            f.inAll.calls += said.calls;
                            f.inAll.primitive += said.primitive;
                            addSaturated(f.inAll.total, said.total);
                            addSaturated(f.inAll.self, said.self);
                            f.last = id;
                        }
                    }
                    addSaturated(f.sum, d);
                    addSaturated(f.self, std::max<int64_t>(0, d - childTime.back()));
                    f.min = std::min(f.min, d);
                    f.max = std::max(f.max, d);
                    if (f.open == 0)
                        addSaturated(f.total, d);
                }
                childTime.pop_back();
                addSaturated(childTime.back(), d);
            });
        if (cancelled)
            return {};
    }
    std::vector<FunctionStatistics> out;
    for (size_t i = 0; i < sums.size(); i++) {
        if (Sum& f = sums[i]; f.summed) {
            const bool recursive = f.inAll.calls != f.inAll.primitive; // what the inner calls took is in the outer ones' sum
            if (f.inAll.total) { // a tree shares out among paths what the file knows exactly
                f.total = f.inAll.total;
                f.self = f.inAll.self;
            }
            out.push_back({FunctionId(i), f.inAll.calls, f.total, f.self, -1, -1, recursive ? -1 : f.total});
        } else if (f.calls)
            out.push_back({FunctionId(i), sums[i].calls, sums[i].total, sums[i].self, sums[i].min, sums[i].max, sums[i].sum});
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.self > b.self; });
    return out;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

static bool containsIgnoringCase(std::string_view text, std::string_view what)
{
    return std::search(text.begin(), text.end(), what.begin(), what.end(), [](char a, char b) { return lower(a) == lower(b); })
        != text.end();
}

std::vector<bool> matchFunctions(const Trace& trace, std::string_view text, bool files)
{
    std::vector<bool> mask(trace.functions().size());
    if (text.empty())
        return mask;
    for (size_t i = 0; i < mask.size(); i++) {
        const Function& f = trace.functions()[i];
        mask[i] = containsIgnoringCase(trace.string(f.name), text) || (files && containsIgnoringCase(trace.string(f.file), text));
    }
    return mask;
}

uint64_t countSlices(const Trace& trace, const std::vector<bool>& mask)
{
    const std::vector<uint8_t> bytes(mask.begin(), mask.end()); // a byte a function is read faster than a bit
    constexpr size_t kStep = 1 << 18;
    uint64_t n = 0;
    Passing passing;
    for (const Row& row : trace.rows())
        for (auto rest = trace.functionsOf(row); !rest.empty();) {
            const auto part = rest.first(std::min(kStep, rest.size()));
            for (uint32_t f : part)
                n += f < bytes.size() && bytes[f];
            rest = rest.subspan(part.size());
            passing.by(part.size());
        }
    return n;
}

SliceIndex findSlice(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward)
{
    SliceIndex best = kNoSlice;
    for (const Row& row : trace.rows()) {
        const auto starts = trace.startColumn().subspan(row.first, row.count);
        if (forward) {
            for (size_t i = size_t(std::lower_bound(starts.begin(), starts.end(), time) - starts.begin()); i < starts.size(); i++) {
                if (best != kNoSlice && starts[i] >= trace.start(best))
                    break;
                if (mask[trace.functionOf(row.first + i).v]) {
                    best = row.first + i;
                    break;
                }
            }
        } else {
            for (size_t i = size_t(std::lower_bound(starts.begin(), starts.end(), time) - starts.begin()); i-- > 0;) {
                if (best != kNoSlice && starts[i] <= trace.start(best))
                    break;
                if (mask[trace.functionOf(row.first + i).v]) {
                    best = row.first + i;
                    break;
                }
            }
        }
    }
    return best;
}

} // namespace calltide::store
