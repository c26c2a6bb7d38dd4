// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include <cstdio>
#include <cstring>
#include <ctime>
#include <sched.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace calltide::core {

Clock g_clock;

namespace {

int64_t readNs(clockid_t id)
{
    timespec t {};
    clock_gettime(id, &t);
    return int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// The counter is trusted only where the processor promises a constant rate and the kernel itself keeps time by it.
bool tscIsTrusted()
{
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(0x80000007u, &a, &b, &c, &d) || !(d & (1u << 8)))
        return false;
    char name[64] = {};
    FILE* f = std::fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
    if (!f)
        return false;
    const bool read = std::fgets(name, sizeof name, f) != nullptr;
    std::fclose(f);
    return read
        && (!std::strncmp(name, "tsc", 3) || !std::strncmp(name, "kvm-clock", 9) || !std::strncmp(name, "hyperv", 6));
#else
    return false;
#endif
}

#if defined(__x86_64__)
struct Pair
{
    uint64_t ticks;
    int64_t ns;
};

Pair readPair()
{
    Pair best {};
    uint64_t bracket = ~0ull;
    for (int i = 0; i < 5; i++) {
        const uint64_t before = __rdtsc();
        const int64_t ns = readNs(CLOCK_MONOTONIC);
        const uint64_t after = __rdtsc();
        if (after - before < bracket) {
            bracket = after - before;
            best = {before + (after - before) / 2, ns};
        }
    }
    return best;
}
#endif

} // namespace

void initClock()
{
    static bool done = false;
    if (done)
        return;
    done = true;
#if defined(__x86_64__)
    if (!tscIsTrusted())
        return;
    const Pair first = readPair();
    Pair second = first;
    while (second.ns - first.ns < 2'000'000)
        second = readPair();
    const double ticksPerNs = double(second.ticks - first.ticks) / double(second.ns - first.ns);
    if (ticksPerNs < 0.1 || ticksPerNs > 20)
        return;
    uint8_t shift = 0;
    while (double(1u << shift) / ticksPerNs < 2)
        shift++;
    g_clock.shift = shift;
    g_clock.nsPerUnit = uint64_t(double(1u << shift) / ticksPerNs * 4294967296.0);
    g_clock.kind = format::ClockKind::Tsc;
    g_clock.tsc = true;
#endif
}

uint64_t monotonicUnits() { return uint64_t(readNs(CLOCK_MONOTONIC)) >> g_clock.shift; }

ClockSample sampleClocks()
{
    ClockSample best;
    best.bracket = ~0u;
    for (int i = 0; i < 5; i++) {
        ClockSample s;
        const uint64_t before = nowUnits();
        s.monotonic = readNs(CLOCK_MONOTONIC);
        const uint64_t after = nowUnits();
        s.boottime = readNs(CLOCK_BOOTTIME);
        s.realtime = readNs(CLOCK_REALTIME);
        s.units = before + (after - before) / 2;
        s.bracket = uint32_t(after - before);
        if (s.bracket < best.bracket)
            best = s;
    }
    const int cpu = sched_getcpu();
    best.cpu = cpu < 0 ? 0 : uint32_t(cpu);
    return best;
}

} // namespace calltide::core
