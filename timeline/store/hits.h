// SPDX-License-Identifier: GPL-3.0-or-later
// Walking the slices of a set of functions. Their order is that of their starts; of several that start together, the
// order of the store, so that none is passed over. Any thread.
#pragma once
#include "store/progress.h"
#include "store/trace.h"
#include <functional>

namespace calltide::store {

// `mask` has one entry a FunctionId. The first hit that starts at or after `time`, or the last one that starts before it.
SliceIndex hitFrom(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward);
// The hit next to `slice`, which need not be one; kNoSlice at the end.
SliceIndex hitBeside(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice, bool forward);

// The calls that a search found, of whole functions and one by one by their arguments: a bit a call, and a bit for each
// 4096 of them. Immutable.
class HitSet
{
public:
    // `argument` is asked about the JSON text of each call that has arguments and is no hit already; null: none is.
    // Null when cancelled.
    static std::shared_ptr<const HitSet> find(
        const Trace& trace, const std::vector<bool>& functions, const std::function<bool(std::string_view)>& argument,
        Progress* progress = nullptr);

    // The same calls in another trace that has them all; `to`: what they are there.
    std::shared_ptr<const HitSet> moved(const Trace& there, const std::function<SliceIndex(SliceIndex)>& to) const;

    uint64_t count() const { return m_count; }
    bool contains(SliceIndex i) const { return i / 64 < m_bits.size() && m_bits[i / 64] >> (i % 64) & 1; }
    bool any(SliceIndex first, uint64_t count) const { return next(first, first + count) < first + count; }
    SliceIndex next(SliceIndex from, SliceIndex end) const; // the first one in [from, end); `end`: none
    std::vector<bool> tracks(const Trace& trace) const; // by TrackId: whether any of its calls is a hit
    // As the functions above.
    SliceIndex from(const Trace& trace, int64_t time, bool forward) const;
    SliceIndex beside(const Trace& trace, SliceIndex slice, bool forward) const;
    uint64_t before(const Trace& trace, SliceIndex slice) const; // how many hits stand before it in this order
    // When the hits begin, in order; empty when they are more than kMostTimes.
    const std::vector<int64_t>& times() const { return m_times; }
    static constexpr uint64_t kMostTimes = 1'000'000;

private:
    void makeBlocks();
    SliceIndex previous(SliceIndex begin, SliceIndex to) const; // the last one in [begin, to); kNoSlice: none
    uint64_t countIn(SliceIndex from, SliceIndex end) const;

    static constexpr uint64_t kBlock = 4096;
    std::vector<uint64_t> m_bits, m_blocks;
    std::vector<int64_t> m_times;
    uint64_t m_count = 0;
};

} // namespace calltide::store
