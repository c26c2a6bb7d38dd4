// SPDX-License-Identifier: Apache-2.0
// What the process uses of the machine at this moment. Any thread; no lock, no allocation, a few system calls (3-5 µs).
#pragma once
#include <cstdint>

namespace calltide::core {

struct ProcessUsage
{
    uint64_t residentBytes = 0; // 0: not known
    double cpuSeconds = 0;      // of all its threads since it began, in the program and in the system for it
};
ProcessUsage processUsage();

} // namespace calltide::core
