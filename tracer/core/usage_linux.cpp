// SPDX-License-Identifier: Apache-2.0
#include "core/usage.h"
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace calltide::core {

ProcessUsage processUsage()
{
    ProcessUsage usage;
    timespec cpu {};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
        usage.cpuSeconds = double(cpu.tv_sec) + double(cpu.tv_nsec) / 1e9;
    // Opened each time: a descriptor that is kept would be in the way of programs that close or count theirs.
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return usage;
    char text[128];
    const ssize_t n = read(file, text, sizeof text - 1);
    close(file);
    if (n <= 0)
        return usage;
    text[n] = 0;
    char* at = text;
    std::strtoull(at, &at, 10); // the address space's size
    usage.residentBytes = std::strtoull(at, &at, 10) * uint64_t(sysconf(_SC_PAGESIZE));
    return usage;
}

} // namespace calltide::core
