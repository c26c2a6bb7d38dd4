// SPDX-License-Identifier: GPL-3.0-or-later
// What is said beside the source and in the Call panel about all calls of one function: how many, which of them the
// selected one is, and what they call. No widgets; any thread.
#pragma once
#include "store/statistics.h"
#include <QString>
#include <array>
#include <vector>

namespace calltide::ui {

struct Callee // calls of one function from one line of the caller
{
    store::FunctionId function;
    int line = 0; // 0: not recorded
    uint64_t calls = 0;
    int64_t total = 0; // ns; of a function that calls itself recursion counts once
};

struct FunctionCalls
{
    static constexpr int kPerOctave = 4; // bins of `durations` for each doubling

    store::FunctionId function;
    store::SliceIndex slice = store::kNoSlice; // the selected call, when it is one of them
    uint64_t calls = 0;
    uint64_t position = 0; // of the selected call by start, from 1 on; 0: it is none of them
    uint64_t faster = 0; // how many took less time than it
    store::SliceIndex previous = store::kNoSlice, next = store::kNoSlice; // by start; without a selected call the first
    std::array<uint64_t, 64 * kPerOctave> durations{};
    std::vector<Callee> callees; // by line, the longest first
    QString values; // of the selected call: "get(user_id=8) → 200"; empty: not recorded

    static size_t binOf(int64_t duration);
};

// The calls in the scope; empty when cancelled. `slice` may be a call of another function or none.
FunctionCalls collectFunctionCalls(const store::Trace& trace, store::FunctionId function, store::SliceIndex slice,
    const store::Scope& scope, store::Progress* progress = nullptr);

} // namespace calltide::ui
