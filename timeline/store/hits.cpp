// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hits.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <bit>

namespace calltide::store {
namespace {

struct Place // in the order of hits: slices before it are (start, index) < (time, index)
{
    int64_t time;
    uint64_t index;
};

// The first slice of the row that is not before the place.
uint64_t firstNotBefore(const Trace& trace, const Row& row, Place place)
{
    const auto starts = trace.startColumn().subspan(row.first, row.count);
    uint64_t at = row.first + uint64_t(std::lower_bound(starts.begin(), starts.end(), place.time) - starts.begin());
    const uint64_t end = row.first + row.count;
    while (at < end && at < place.index && trace.start(at) == place.time)
        ++at;
    return at;
}

bool isBefore(const Trace& trace, SliceIndex a, SliceIndex b)
{
    return trace.start(a) != trace.start(b) ? trace.start(a) < trace.start(b) : a < b;
}

// `first(from, end)`: the first hit there, or `end`; `last(begin, to)`: the last one, or kNoSlice.
template <class First, class Last>
SliceIndex nearest(const Trace& trace, Place place, bool forward, First&& first, Last&& last)
{
    SliceIndex best = kNoSlice;
    for (const Row& row : trace.rows()) {
        const uint64_t at = firstNotBefore(trace, row, place), end = row.first + row.count;
        if (forward) {
            if (at == end || (best != kNoSlice && !isBefore(trace, at, best)))
                continue;
            if (const SliceIndex hit = first(at, end); hit < end && (best == kNoSlice || isBefore(trace, hit, best)))
                best = hit;
        } else {
            if (at == row.first || (best != kNoSlice && !isBefore(trace, best, at - 1)))
                continue;
            if (const SliceIndex hit = last(row.first, at);
                hit != kNoSlice && (best == kNoSlice || isBefore(trace, best, hit)))
                best = hit;
        }
    }
    return best;
}

SliceIndex endOf(const Trace& trace) // behind the last slice
{
    SliceIndex end = 0;
    for (const Row& row : trace.rows())
        end = std::max(end, row.first + row.count);
    return end;
}

SliceIndex nearest(const Trace& trace, const std::vector<bool>& mask, Place place, bool forward)
{
    const auto isHit = [&](SliceIndex i) { return mask[trace.functionOf(i).v]; };
    return nearest(
        trace, place, forward,
        [&](SliceIndex from, SliceIndex end) {
            while (from < end && !isHit(from))
                ++from;
            return from;
        },
        [&](SliceIndex begin, SliceIndex to) {
            while (to > begin)
                if (isHit(--to))
                    return to;
            return kNoSlice;
        });
}

} // namespace

SliceIndex hitFrom(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward)
{
    return nearest(trace, mask, {time, 0}, forward);
}

SliceIndex hitBeside(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice, bool forward)
{
    return nearest(trace, mask, {trace.start(slice), forward ? slice + 1 : slice}, forward);
}

std::shared_ptr<const HitSet> HitSet::find(
    const Trace& trace, const std::vector<bool>& functions, const std::function<bool(std::string_view)>& argument,
    Progress* progress)
{
    constexpr uint64_t kStep = 1 << 18, kArgumentStep = 1 << 10; // calls between looks at the progress
    const SliceIndex end = endOf(trace);
    auto out = std::make_shared<HitSet>();
    out->m_bits.assign((end + 63) / 64, 0);
    std::vector<uint8_t> bytes(functions.begin(), functions.end()); // a byte a function is read faster than a bit
    bytes.resize(trace.functions().size());
    const auto column = trace.functionColumn();
    Passing passing;
    const uint64_t step = argument ? kArgumentStep : kStep;
    for (const Row& row : trace.rows()) {
        for (SliceIndex i = row.first; i < row.first + row.count; ++i) {
            if (i % step == 0) {
                if (progress && progress->cancelled())
                    return nullptr;
                passing.by(step);
            }
            const bool hit
                = bytes[column[i]] || (argument && trace.extra(i) && argument(trace.arguments(i)));
            out->m_bits[i / 64] |= uint64_t(hit) << (i % 64);
        }
    }
    out->makeBlocks();
    if (out->m_count <= kMostTimes) {
        for (SliceIndex i = out->next(0, end); i < end; i = out->next(i + 1, end))
            out->m_times.push_back(trace.start(i));
        std::sort(out->m_times.begin(), out->m_times.end());
    }
    return out;
}

void HitSet::makeBlocks()
{
    m_blocks.assign(m_bits.size() / (kBlock / 64) / 64 + 1, 0);
    m_count = 0;
    for (size_t word = 0; word < m_bits.size(); ++word) {
        m_count += uint64_t(std::popcount(m_bits[word]));
        if (m_bits[word])
            m_blocks[word / (kBlock / 64) / 64] |= uint64_t(1) << (word / (kBlock / 64) % 64);
    }
}

std::shared_ptr<const HitSet> HitSet::moved(const Trace& there, const std::function<SliceIndex(SliceIndex)>& to) const
{
    auto out = std::make_shared<HitSet>();
    out->m_bits.assign((endOf(there) + 63) / 64, 0);
    const SliceIndex end = m_bits.size() * 64;
    for (SliceIndex i = next(0, end); i < end; i = next(i + 1, end))
        if (const SliceIndex moved = to(i); moved / 64 < out->m_bits.size())
            out->m_bits[moved / 64] |= uint64_t(1) << (moved % 64);
    out->makeBlocks();
    out->m_times = m_times;
    return out;
}

SliceIndex HitSet::next(SliceIndex from, SliceIndex end) const
{
    const SliceIndex limit = std::min<SliceIndex>(end, m_bits.size() * 64);
    while (from < limit) {
        if (const uint64_t rest = m_bits[from / 64] >> (from % 64))
            return std::min(end, from + uint64_t(std::countr_zero(rest)));
        from = (from / 64 + 1) * 64;
        while (from < limit && from % kBlock == 0) { // whole blocks without any
            const uint64_t block = from / kBlock;
            if (m_blocks[block / 64] >> (block % 64) & 1)
                break;
            from += kBlock;
        }
    }
    return end;
}

SliceIndex HitSet::previous(SliceIndex begin, SliceIndex to) const
{
    to = std::min<SliceIndex>(to, m_bits.size() * 64);
    while (to > begin) {
        const SliceIndex word = (to - 1) / 64, bits = to - word * 64; // 1..64 of them count
        if (const uint64_t part = m_bits[word] & (~uint64_t(0) >> (64 - bits))) {
            const SliceIndex hit = word * 64 + 63 - uint64_t(std::countl_zero(part));
            return hit >= begin ? hit : kNoSlice;
        }
        to = word * 64;
        while (to > begin && to % kBlock == 0) {
            const uint64_t block = to / kBlock - 1;
            if (m_blocks[block / 64] >> (block % 64) & 1)
                break;
            to -= kBlock;
        }
    }
    return kNoSlice;
}

uint64_t HitSet::countIn(SliceIndex from, SliceIndex end) const
{
    uint64_t out = 0;
    end = std::min<SliceIndex>(end, m_bits.size() * 64);
    for (; from < end && from % 64; ++from)
        out += contains(from);
    for (; from + 64 <= end; from += 64)
        out += uint64_t(std::popcount(m_bits[from / 64]));
    for (; from < end; ++from)
        out += contains(from);
    return out;
}

SliceIndex HitSet::from(const Trace& trace, int64_t time, bool forward) const
{
    return nearest(
        trace, {time, 0}, forward, [this](SliceIndex a, SliceIndex b) { return next(a, b); },
        [this](SliceIndex a, SliceIndex b) { return previous(a, b); });
}

SliceIndex HitSet::beside(const Trace& trace, SliceIndex slice, bool forward) const
{
    return nearest(
        trace, {trace.start(slice), forward ? slice + 1 : slice}, forward,
        [this](SliceIndex a, SliceIndex b) { return next(a, b); },
        [this](SliceIndex a, SliceIndex b) { return previous(a, b); });
}

uint64_t HitSet::before(const Trace& trace, SliceIndex slice) const
{
    uint64_t out = 0;
    for (const Row& row : trace.rows())
        out += countIn(row.first, firstNotBefore(trace, row, {trace.start(slice), slice}));
    return out;
}

std::vector<bool> HitSet::tracks(const Trace& trace) const
{
    std::vector<bool> out(trace.tracks().size());
    for (const Row& row : trace.rows())
        out[row.track.v] = out[row.track.v] || any(row.first, row.count);
    return out;
}

} // namespace calltide::store
