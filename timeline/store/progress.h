// SPDX-License-Identifier: GPL-3.0-or-later
// Progress of a long job, written by its thread and read by any other.
#pragma once
#include <atomic>
#include <cstdint>

namespace calltide::store {

class Progress
{
public:
    void set(uint64_t done, uint64_t total)
    {
        m_total.store(total, std::memory_order_relaxed);
        m_done.store(done, std::memory_order_relaxed);
    }
    uint64_t done() const { return m_done.load(std::memory_order_relaxed); }
    uint64_t total() const { return m_total.load(std::memory_order_relaxed); }
    int perMille() const { return total() ? int(done() * 1000 / total()) : 0; }
    void cancel() { m_cancelled.store(true, std::memory_order_relaxed); }
    bool cancelled() const { return m_cancelled.load(std::memory_order_relaxed); }

private:
    std::atomic<uint64_t> m_done{0}, m_total{0};
    std::atomic<bool> m_cancelled{false};
};

} // namespace calltide::store
