// SPDX-License-Identifier: Apache-2.0
#include "bindings/usage.h"
#include "core/usage.h"
#include <cerrno>
#include <cstring>

namespace calltide::bindings {

namespace {

constexpr uint64_t kPause = 10'000'000; // ns
uint64_t g_last = 0;                    // units; of any thread

void put(core::ThreadWriter& writer, uint32_t counter, double value, uint64_t units)
{
    uint8_t payload[16];
    const unsigned n = format::lebPut(payload, counter);
    std::memcpy(payload + n, &value, sizeof value);
    writer.extended(format::kCounter, units, payload, n + unsigned(sizeof value));
}

void sample(core::ThreadWriter& writer, uint64_t units)
{
    // Not while calls wait for their least duration: a record would make all of them stay.
    if (!g_session.options.logMemory || !g_session.recorder || !writer.thread || !writer.thread->pending.empty())
        return;
    g_last = units;
    const int error = errno;
    const core::ProcessUsage usage = core::processUsage();
    errno = error;
    core::Tables& tables = g_session.recorder->tables();
    if (usage.residentBytes)
        put(writer, tables.counter("Memory", "resident", "B"), double(usage.residentBytes), units);
    if (writer.thread)
        put(writer, tables.counter("CPU", {}, "s", format::kCounterIsSum), usage.cpuSeconds, units);
}

} // namespace

void sampleUsage(core::ThreadWriter& writer)
{
    static const uint64_t pause = (kPause << 32) / core::g_clock.nsPerUnit;
    const uint64_t last = writer.last;
    if (last > g_last + pause)
        sample(writer, last);
}

void sampleUsageNow(core::ThreadWriter& writer) { sample(writer, core::nowUnits()); }

} // namespace calltide::bindings
