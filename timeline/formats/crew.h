// SPDX-License-Identifier: GPL-3.0-or-later
// Threads that share out numbered pieces of work again and again; made once, because a block of text is read in less
// time than a few threads take to begin, and only when there are two pieces: an archive may hold thousands of small files. Used by one thread, which works along while it waits.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace calltide::formats {

class Crew
{
public:
    explicit Crew(size_t helpers);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    // work(piece, who) for every piece, in about their order; who: 0 is the caller, helpers count from 1. The helpers
    // begin at once, the caller joins them in finish().
    void begin(size_t pieces, std::function<void(size_t piece, size_t who)> work);
    void finish();

private:
    void work(size_t who);
    void help(size_t who);

    std::function<void(size_t, size_t)> m_work;
    std::atomic<size_t> m_next{0};
    const size_t m_size;
    size_t m_pieces = 0;
    std::mutex m_lock;
    std::condition_variable m_begun, m_idle;
    uint64_t m_round = 0;
    size_t m_busy = 0; // helpers that have not ended this round
    bool m_over = false;
    std::vector<std::thread> m_helpers;
};

} // namespace calltide::formats
