// SPDX-License-Identifier: GPL-3.0-or-later
// What the benchmarks measure with: wall clock, processor time and memory of this process, and percentiles.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <sys/resource.h>
#include <vector>

namespace bench {

inline double now() // seconds
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Of all threads: what counts on a machine that others use as well.
inline double cpu()
{
    timespec t = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

inline double systemCpu() // the part of it that the system took: for memory and files
{
    rusage r = {};
    getrusage(RUSAGE_SELF, &r);
    return double(r.ru_stime.tv_sec) + double(r.ru_stime.tv_usec) * 1e-6;
}

struct Memory // bytes; 0 where the system does not tell
{
    uint64_t resident = 0, anonymous = 0, file = 0, peak = 0; // file: pages of mapped files
};

inline Memory memory()
{
    Memory m;
    if (FILE* f = std::fopen("/proc/self/status", "r")) {
        char line[256];
        unsigned long long kB = 0;
        while (std::fgets(line, sizeof line, f)) {
            if (std::sscanf(line, "VmHWM: %llu", &kB) == 1)
                m.peak = kB << 10;
            else if (std::sscanf(line, "VmRSS: %llu", &kB) == 1)
                m.resident = kB << 10;
            else if (std::sscanf(line, "RssAnon: %llu", &kB) == 1)
                m.anonymous = kB << 10;
            else if (std::sscanf(line, "RssFile: %llu", &kB) == 1)
                m.file = kB << 10;
        }
        std::fclose(f);
    }
    return m;
}

inline void forgetPeak() // so that memory().peak is that of what follows
{
    if (FILE* f = std::fopen("/proc/self/clear_refs", "w")) {
        std::fputs("5", f);
        std::fclose(f);
    }
}

// Wall and processor time since it was made.
struct Watch
{
    double began = now(), beganCpu = cpu(), beganSystem = systemCpu();
    double time() const { return now() - began; }
    double processor() const { return cpu() - beganCpu; }
    double system() const { return systemCpu() - beganSystem; }
};

inline double percentile(const std::vector<double>& sorted, double share)
{
    return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, size_t(double(sorted.size()) * share))];
}

} // namespace bench
