// SPDX-License-Identifier: Apache-2.0
// The recorder's clock. One unit is 2^shift ticks (2-4 ns). Any thread; initClock() once before the first use.
#pragma once
#include "format/format.h"
#include <cstdint>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace calltide::core {

struct Clock
{
    bool tsc = false;
    uint8_t shift = 1;
    format::ClockKind kind = format::ClockKind::Monotonic;
    uint64_t nsPerUnit = 2ull << 32; // 32.32 fixed point, measured at the start
};
extern Clock g_clock;

struct ClockSample
{
    uint64_t units = 0;
    int64_t monotonic = 0, boottime = 0, realtime = 0; // ns
    uint32_t bracket = 0;                               // units between the two readings around the clocks
    uint32_t cpu = 0;
};

// Chooses the clock and measures its rate; takes up to 2 ms at the first call, nothing later.
void initClock();
uint64_t monotonicUnits();
// The best of five readings: its bracket is the error of the sample.
ClockSample sampleClocks();

inline uint64_t nowUnits()
{
#if defined(__x86_64__)
    if (__builtin_expect(g_clock.tsc, 1))
        return __rdtsc() >> g_clock.shift;
#endif
    return monotonicUnits();
}

} // namespace calltide::core
