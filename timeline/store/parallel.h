// SPDX-License-Identifier: GPL-3.0-or-later
// Runs independent pieces of work on a few threads. The pieces share nothing mutable.
#pragma once
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace calltide::store {

inline size_t threadCount(size_t pieces) // how many threads parallelFor() takes for them
{
    const size_t hardware = std::thread::hardware_concurrency();
    return std::min<size_t>({pieces, hardware ? hardware : 1, 16});
}

template <class F>
void parallelFor(size_t count, F&& work) // work(index), in any order
{
    const size_t threads = threadCount(count);
    if (threads <= 1) {
        for (size_t i = 0; i < count; i++)
            work(i);
        return;
    }
    std::atomic<size_t> next{0};
    auto run = [&] {
        for (size_t i; (i = next.fetch_add(1)) < count;)
            work(i);
    };
    std::vector<std::thread> pool;
    for (size_t t = 1; t < threads; t++)
        pool.emplace_back(run);
    run();
    for (std::thread& t : pool)
        t.join();
}

} // namespace calltide::store
