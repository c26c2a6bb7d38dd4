// SPDX-License-Identifier: GPL-3.0-or-later
// The slices of one track while a trace is read, 24 bytes each: with hundreds of millions of bytes of them, fresh memory is
// what costs most. Times in ns. One thread at a time.
#pragma once
#include "store/blocks.h"
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace calltide::store {

struct SliceItem
{
    int64_t start;
    uint32_t shortDuration; // of few it is not the duration, see SliceItems::duration()
    uint32_t function, extra;
    uint32_t depth;
};
static_assert(sizeof(SliceItem) == 24);

class SliceItems
{
public:
    size_t size() const { return m_items.size(); }
    bool empty() const { return m_items.empty(); }
    SliceItem& operator[](size_t i) { return m_items[i]; }
    const SliceItem& operator[](size_t i) const { return m_items[i]; }
    // duration: not negative.
    void add(int64_t start, int64_t duration, uint32_t function, uint32_t extra, uint32_t depth)
    {
        if (duration >= kLong)
            m_long.emplace_back(m_items.size(), duration);
        m_items.push_back({start, uint32_t(std::min(duration, kLong)), function, extra, depth});
    }
    int64_t duration(size_t i) const
    {
        const uint32_t d = m_items[i].shortDuration;
        return d < kLong ? int64_t(d) : longOf(i)->second;
    }
    int64_t end(size_t i) const { return m_items[i].start + duration(i); }
    void shorten(size_t i) // by 1 ns
    {
        if (m_items[i].shortDuration < kLong)
            m_items[i].shortDuration--;
        else
            m_long[size_t(longOf(i) - m_long.begin())].second--;
    }
    void clear() { *this = {}; }
    void doneBefore(size_t i) { m_items.doneBefore(i); } // as Blocks

private:
    static constexpr int64_t kLong = UINT32_MAX;
    using Long = std::pair<size_t, int64_t>;
    std::vector<Long>::const_iterator longOf(size_t i) const
    {
        return std::lower_bound(m_long.begin(), m_long.end(), Long(i, 0));
    }
    Blocks<SliceItem> m_items;
    std::vector<Long> m_long; // by item
};

} // namespace calltide::store
