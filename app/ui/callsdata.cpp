// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callsdata.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <cmath>

namespace calltide::ui {
namespace {
constexpr int kMostBins = 56;
constexpr uint64_t kLookEvery = 1 << 20; // slices between two looks at the progress

// Calls `visit` for each call in the scope that `next(from, end)` finds; false: cancelled.
template <class Next, class Visit>
bool forEachCall(
    const store::Trace& trace, const store::Scope& scope, store::Progress* progress, Next&& next, Visit&& visit)
{
    store::Passing passing;
    for (uint32_t r = 0; r < trace.rows().size(); ++r) {
        const store::Row& row = trace.row(store::RowId(r));
        if (!scope.tracks.empty()
            && std::find(scope.tracks.begin(), scope.tracks.end(), row.track) == scope.tracks.end())
            continue;
        const auto [first, last] = trace.overlapping(store::RowId(r), scope.from, scope.to);
        for (store::SliceIndex from = first; from < last;) {
            if (progress && progress->cancelled())
                return false;
            const store::SliceIndex end = std::min<store::SliceIndex>(last, from + kLookEvery);
            for (store::SliceIndex i = next(from, end); i < end; i = next(i + 1, end))
                if (!scope.passes || scope.passes(i))
                    visit(i);
            passing.by(end - from);
            from = end;
        }
    }
    return true;
}

// The first call of the function in a part of a row.
auto nextOf(const store::Trace& trace, store::FunctionId function)
{
    return [functions = trace.functionColumn(), function](store::SliceIndex from, store::SliceIndex end) {
        while (from < end && functions[from] != function.v)
            ++from;
        return from;
    };
}

store::Scope callsOnly(const store::Trace& trace, store::Scope scope)
{
    scope.tracks = store::countedTracks(trace, scope.tracks);
    return scope;
}

template <class Next>
CallsData collect(const store::Trace& trace, const store::Scope& scope, store::Progress* progress, uint64_t most, Next&& next)
{
    CallsData out;
    if (!forEachCall(trace, scope, progress, next, [&](store::SliceIndex) { out.total++; }))
        return {};
    out.step = std::max<uint64_t>(1, (out.total + most - 1) / most);
    out.calls.reserve(out.total / out.step + 1);
    uint64_t n = 0;
    const bool done = forEachCall(trace, scope, progress, next, [&](store::SliceIndex i) {
        if (n++ % out.step)
            return;
        const int64_t duration = trace.duration(i);
        out.calls.push_back({duration, i});
        out.sum += duration;
    });
    if (!done)
        return {};
    std::sort(out.calls.begin(), out.calls.end(), [](const CallSample& a, const CallSample& b) {
        return a.duration != b.duration ? a.duration < b.duration : a.slice < b.slice;
    });
    return out;
}
} // namespace

int64_t CallsData::percentile(double p) const
{
    if (calls.empty())
        return 0;
    const auto at = size_t(std::llround(p * double(calls.size() - 1)));
    return calls[std::min(at, calls.size() - 1)].duration;
}

CallsData collectCalls(const store::Trace& trace, store::FunctionId function, const store::Scope& scope,
    store::Progress* progress, uint64_t most)
{
    CallsData out;
    if (function.valid()) {
        const auto next = nextOf(trace, function);
        out = collect(trace, callsOnly(trace, scope), progress, most, next);
        if (out.total == 0) // of what is no call: garbage collections, imports
            out = collect(trace, scope, progress, most, next);
    }
    out.function = function;
    return out;
}

bool forEachCallOf(const store::Trace& trace, store::FunctionId function, const store::Scope& scope,
    store::Progress* progress, const std::function<void(store::SliceIndex)>& visit)
{
    uint64_t count = 0;
    const auto each = [&](store::SliceIndex i) {
        ++count;
        visit(i);
    };
    const auto next = nextOf(trace, function);
    return forEachCall(trace, callsOnly(trace, scope), progress, next, each)
        && (count > 0 || forEachCall(trace, scope, progress, next, each)); // of what is no call
}

CallsData collectHits(const store::Trace& trace, const store::HitSet& hits, const store::Scope& scope,
    store::Progress* progress, uint64_t most)
{
    return collect(trace, scope, progress, most,
        [&](store::SliceIndex from, store::SliceIndex end) { return hits.next(from, end); });
}

double Histogram::key(int64_t duration) const
{
    return logarithmic ? std::log10(double(std::max<int64_t>(duration, 1))) : double(duration);
}

int Histogram::binOf(int64_t duration) const
{
    return std::clamp(int((key(duration) - from) / width), 0, int(counts.size()) - 1);
}

Histogram makeHistogram(const CallsData& data, bool logarithmic)
{
    Histogram out;
    out.logarithmic = logarithmic;
    if (data.calls.empty())
        return out;
    const double low = out.key(data.calls.front().duration), high = out.key(data.calls.back().duration);
    // Durations are whole: no more bins than there are of them, or there would be gaps that mean nothing.
    double bins = std::min<double>(kMostBins, std::max(1.0, std::ceil(std::sqrt(double(data.calls.size())) * 2)));
    if (!logarithmic)
        bins = std::min(bins, high - low + 1);
    out.from = low;
    out.width = std::max((high - low) / bins, logarithmic ? 1e-3 : 1.0);
    if (low == high) { // one bar that can be seen, around what they all took
        bins = 1;
        out.width = std::max(out.width, logarithmic ? 0.02 : high * 0.02);
        out.from = low - out.width / 2;
    }
    out.counts.resize(size_t(bins));
    out.times.resize(size_t(bins));
    for (const CallSample& call : data.calls) {
        const auto bin = size_t(out.binOf(call.duration));
        out.counts[bin]++;
        out.times[bin] += call.duration;
    }
    return out;
}

bool wantsLogarithmic(const CallsData& data)
{
    return !data.calls.empty() && data.calls.back().duration > 50 * std::max<int64_t>(data.calls.front().duration, 1);
}

} // namespace calltide::ui
