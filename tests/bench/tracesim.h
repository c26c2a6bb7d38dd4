// SPDX-License-Identifier: GPL-3.0-or-later
// Makes up nested calls as a Python program would: the same ones for the same seed. Calls come when they return, the
// threads of a process in turns of some milliseconds as under the interpreter's lock, one process after another.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace tracesim {

class Random
{
public:
    explicit Random(uint64_t seed)
        : m_state((seed * 0x9E3779B97F4A7C15ull) | 1)
    {
    }
    uint64_t next()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return m_state * 0x2545F4914F6CDD1Dull;
    }
    uint32_t below(uint32_t n) { return uint32_t((uint64_t(uint32_t(next() >> 32)) * n) >> 32); }
    double unit() { return double(next() >> 11) / 9007199254740992.0; }
    double exponential(double mean) { return -mean * std::log(1.0 - unit()); }

private:
    uint64_t m_state;
};

struct Slice
{
    int64_t start, duration;
    uint32_t name;
    uint32_t process, thread;
};

struct Parameters
{
    uint64_t slices = 100000;
    uint32_t processes = 2, threads = 4, names = 5000;
    int maxDepth = 40;
    uint64_t seed = 1;
};

inline std::vector<std::string> makeNames(uint32_t n, uint64_t seed)
{
    static const char* const verbs[]
        = {"get",  "set",   "load",   "parse",  "build", "_run",       "forward",  "__init__", "__call__", "update",
           "read", "visit", "handle", "encode", "step",  "<listcomp>", "<lambda>", "<module>", "flush",    "dispatch"};
    static const char* const things[] = {"node",  "item",  "batch", "config", "token", "tensor", "request", "module",
                                         "cache", "frame", "row",   "schema", "index", "event",  "buffer",  "session"};
    static const char* const folders[]
        = {"/usr/lib/python3.11", "/home/dev/project/src/app", "/home/dev/.venv/lib/python3.11/site-packages/torch/nn",
           "/home/dev/project/src/app/services/api"};
    Random random(seed * 77 + 5);
    std::vector<std::string> names;
    for (uint32_t i = 0; i < n; i++) {
        std::string name = verbs[random.below(20)];
        if (name[0] != '<' && name[0] != '_')
            name += std::string("_") + things[random.below(16)];
        if (i % 17 == 0)
            name = "builtins." + name + std::to_string(i);
        else
            name += std::string(" (") + folders[random.below(4)] + "/" + things[random.below(16)]
                + std::to_string(i % 97) + ".py:" + std::to_string(1 + i) + ")";
        names.push_back(std::move(name));
    }
    return names;
}

template <class Emit> void run(const Parameters& p, Emit&& emit)
{
    struct Frame
    {
        int64_t start;
        uint32_t name;
    };
    struct Thread
    {
        std::vector<Frame> stack;
        int target = 5; // the depth that it tends to
    };
    for (uint32_t process = 0; process < p.processes; process++) {
        Random random(p.seed * 1000003 + process * 7919 + 17);
        std::vector<Thread> threads(p.threads);
        int64_t now = 1'000'000'000 + random.below(1'000'000), turnEnd = now + 5'000'000;
        uint32_t current = 0;
        uint64_t made = 0;
        const uint64_t wanted = p.slices / p.processes;
        auto leave = [&](uint32_t t) {
            const Frame f = threads[t].stack.back();
            threads[t].stack.pop_back();
            emit(Slice{f.start, now - f.start, f.name, process, t});
            made++;
        };
        while (made < wanted) {
            Thread& t = threads[current];
            const uint64_t x = random.next();
            // Mostly 60 to 1,800 ns between events, rarely a long wait.
            now += 60 + int64_t((x & 255) * ((x >> 8) & 7));
            if (((x >> 11) & 0xFFFF) == 0)
                now += int64_t(random.exponential(2e6));
            else if (((x >> 27) & 0x3FF) == 0)
                now += int64_t(random.exponential(3e4));
            if (((x >> 37) & 63) == 0)
                t.target = 1 + int(random.below(8)) + int(random.below(8))
                    + (random.below(4) == 0 ? int(random.below(uint32_t(std::max(1, p.maxDepth - 15)))) : 0);
            const int depth = int(t.stack.size());
            if (depth == 0 || (depth < p.maxDepth && int((x >> 43) & 7) < 4 + std::clamp(t.target - depth, -3, 3))) {
                const double u = double((x >> 46) & 0xFFFF) / 65536.0; // few names are called often
                const uint32_t caller = depth ? t.stack.back().name * 31 % 257 : 0;
                t.stack.push_back({now, (uint32_t(p.names * u * u * u * u) + caller + current * 11) % p.names});
            } else {
                leave(current);
            }
            if (now >= turnEnd && p.threads > 1) {
                current = random.below(2) ? 0 : random.below(p.threads);
                turnEnd = now + 1'000'000 + int64_t(random.exponential(4e6));
            }
        }
        for (uint32_t t = 0; t < p.threads; t++)
            while (!threads[t].stack.empty()) {
                now += 50;
                leave(t);
            }
    }
}

} // namespace tracesim
