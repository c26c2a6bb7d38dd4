// SPDX-License-Identifier: GPL-3.0-or-later
// Linux. Elsewhere there is neither a boot id nor /proc: a recording then counts as ended when its header says so.
#include "formats/processes.h"
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <unistd.h>

namespace calltide::formats {

static std::string firstLine(const char* path)
{
    char text[1024] = {};
    FILE* f = std::fopen(path, "re");
    if (!f)
        return {};
    const size_t n = std::fread(text, 1, sizeof text - 1, f);
    std::fclose(f);
    return std::string(text, n);
}

bool isThisBoot(const format::FileHeader& header)
{
    uint8_t id[16] = {};
    int nibble = 0;
    for (const char c : firstLine("/proc/sys/kernel/random/boot_id")) {
        const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v >= 0 && nibble < 32) {
            id[nibble / 2] = uint8_t(id[nibble / 2] << 4 | v);
            nibble++;
        }
    }
    return nibble == 32 && std::memcmp(id, header.bootId, sizeof id) == 0;
}

bool mayRun(const format::FileHeader& header)
{
    if (!isThisBoot(header))
        return false;
    const std::string stat = firstLine(("/proc/" + std::to_string(header.pid) + "/stat").c_str());
    const size_t close = stat.rfind(')'); // the name before it may hold anything
    char state = 0;
    unsigned long long ticks = 0;
    if (close == stat.npos
        || std::sscanf(stat.c_str() + close + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state, &ticks)
            != 2)
        return false;
    if (state == 'Z' || state == 'X')
        return false;
    const long hz = sysconf(_SC_CLK_TCK);
    // A pid is reused; the time of its start tells which one it is.
    return !header.processStart || hz <= 0 || header.processStart == uint64_t(ticks) * (1'000'000'000ull / uint64_t(hz));
}

int64_t monotonicNow()
{
    timespec t = {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

} // namespace calltide::formats
