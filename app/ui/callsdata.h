// SPDX-License-Identifier: GPL-3.0-or-later
// The calls of one function: how long each took, and the distribution. No widgets; any thread.
#pragma once
#include "store/hits.h"
#include "store/statistics.h"
#include <functional>
#include <vector>

namespace calltide::ui {

struct CallSample
{
    int64_t duration = 0; // ns
    store::SliceIndex slice = store::kNoSlice;
};

struct CallsData
{
    store::FunctionId function;
    std::vector<CallSample> calls; // shortest first
    uint64_t total = 0; // how many there are; more than calls.size() when only each `step`-th was taken
    uint64_t step = 1;
    int64_t sum = 0; // of the calls that were taken

    int64_t percentile(double p) const; // 0..1; 0 when there are no calls
};

// All calls that lie in the scope or reach into it; of more than kMostCalls, evenly spread ones.
inline constexpr uint64_t kMostCalls = 4'000'000;
CallsData collectCalls(const store::Trace& trace, store::FunctionId function, const store::Scope& scope,
    store::Progress* progress = nullptr, uint64_t most = kMostCalls);
// Calls `visit` for each of them, row by row. False: cancelled.
bool forEachCallOf(const store::Trace& trace, store::FunctionId function, const store::Scope& scope,
    store::Progress* progress, const std::function<void(store::SliceIndex)>& visit);

// The hits of a search that lie in the scope or reach into it; beyond `most` every so many, and `step` says how many.
CallsData collectHits(const store::Trace& trace, const store::HitSet& hits, const store::Scope& scope,
    store::Progress* progress = nullptr, uint64_t most = kMostCalls);

struct Histogram
{
    bool logarithmic = false;
    double from = 0, width = 1; // of the first bin, in ns or, when logarithmic, in powers of ten
    std::vector<uint64_t> counts;
    std::vector<int64_t> times; // sum of the durations in each bin
    int binOf(int64_t duration) const;
    double key(int64_t duration) const; // place on the axis
};
// At most 56 bins. Calls shorter than 1 ns count as 1 ns on a logarithmic axis.
Histogram makeHistogram(const CallsData& data, bool logarithmic);
// Logarithmic first where the longest took over 50 times as long as the shortest.
bool wantsLogarithmic(const CallsData& data);

} // namespace calltide::ui
