// SPDX-License-Identifier: GPL-3.0-or-later
// How the calls of each function spread: percentiles of their durations, threads, exceptions. Any thread.
#pragma once
#include "store/statistics.h"

namespace calltide::store {

struct FunctionSpread
{
    int64_t p50 = 0, p95 = 0, p99 = 0; // ns
    uint32_t threads = 0;
    uint64_t exceptions = 0; // calls that ended by one
};

// By FunctionId; of functions without a call all is 0. Calls are clipped at the scope's edges. Of functions with very
// many calls the percentiles are those of every so many; `most` durations are kept at a time. Empty when cancelled.
inline constexpr uint64_t kMostDurations = 16'000'000;
std::vector<FunctionSpread> functionSpreads(
    const Trace& trace, const Scope& scope = {}, Progress* progress = nullptr, uint64_t most = kMostDurations);

} // namespace calltide::store
