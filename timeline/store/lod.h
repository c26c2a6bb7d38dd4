// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the merged runs that drawing reads instead of slices when it is zoomed out. Internal to ct_store.
#pragma once
#include "store/bigvector.h"
#include "store/trace.h"
#include <algorithm>

namespace calltide::store {

inline constexpr int kLodFirstShift = 8, kLodStep = 2, kLodLastShift = 46;
inline constexpr size_t kLodLevels = (kLodLastShift - kLodFirstShift) / kLodStep + 1;
inline constexpr uint64_t kLodShare = 8; // a level exists for a row when it has at most 1/8 of the row's slices
inline constexpr uint64_t kLodLeastSlices = 256; // rows with fewer get no levels
inline constexpr size_t kLodLeastRuns = 64; // a level with fewer is quick enough for all zooms above

struct LodRun // one merged run; the columns of LodLevel
{
    int64_t start;
    uint32_t duration, function, first;
    uint8_t busy;
};

struct LodRuns // of one level
{
    BigVector<int64_t> start;
    BigVector<uint32_t> duration, function, first;
    BigVector<uint8_t> busy;

    size_t size() const { return start.size(); }
    void push(const LodRun& r)
    {
        start.push_back(r.start);
        duration.push_back(r.duration);
        function.push_back(r.function);
        first.push_back(r.first);
        busy.push_back(r.busy);
    }
    void reserve(size_t n)
    {
        start.reserve(n);
        duration.reserve(n);
        function.reserve(n);
        first.reserve(n);
        busy.reserve(n);
    }
    void append(const LodRuns& o)
    {
        start.insert(start.end(), o.start.begin(), o.start.end());
        duration.insert(duration.end(), o.duration.begin(), o.duration.end());
        function.insert(function.end(), o.function.begin(), o.function.end());
        first.insert(first.end(), o.first.begin(), o.first.end());
        busy.insert(busy.end(), o.busy.begin(), o.busy.end());
    }
};

// Joins short neighbours of one 2^shift ns bucket; each finished run goes to `out(LodRun)`.
template <class Out> class RunMaker
{
public:
    RunMaker(int shift, Out out)
        : m_shift(shift)
        , m_unit(std::max(0, shift - 16))
        , m_out(std::move(out))
    {
    }

    void add(int64_t start, int64_t length, uint32_t function, uint32_t first, double covered)
    {
        const int64_t bucket = start >> m_shift;
        if (length >= (int64_t(1) << m_shift)) {
            close();
            open(start, bucket, first);
            put(start, length, function, covered);
            close();
            return;
        }
        if (!m_open || bucket != m_bucket) {
            close();
            open(start, bucket, first);
        }
        put(start, length, function, covered);
    }
    void close()
    {
        if (!m_open)
            return;
        m_open = false;
        const int64_t length = m_end - m_start;
        // Rounded up: a run never looks shorter than what it holds.
        const int64_t units = (length + (int64_t(1) << m_unit) - 1) >> m_unit;
        m_out(LodRun{m_start, uint32_t(std::min<int64_t>(units, 0xFFFFFFFE)), m_function, m_first,
            length > 0 ? uint8_t(std::clamp(m_covered / double(length) * 255 + 0.5, 0.0, 255.0)) : uint8_t(255)});
    }
    bool isOpen() const { return m_open; }
    uint32_t openFirst() const { return m_first; } // slice of the row the open run begins with

private:
    void open(int64_t start, int64_t bucket, uint32_t first)
    {
        m_open = true;
        m_bucket = bucket;
        m_start = m_end = start;
        m_first = first;
        m_covered = 0;
        m_longest = -1;
    }
    void put(int64_t start, int64_t length, uint32_t function, double covered)
    {
        m_end = std::max(m_end, start + length);
        m_covered += covered;
        if (length > m_longest) {
            m_longest = length;
            m_function = function;
        }
    }

    int m_shift, m_unit;
    Out m_out;
    bool m_open = false;
    int64_t m_bucket = 0, m_start = 0, m_end = 0, m_longest = -1;
    uint32_t m_first = 0, m_function = 0;
    double m_covered = 0;
};

// One row's part of the columns.
struct RowColumns
{
    const int64_t* start;
    const uint32_t *durations, *function;
    uint64_t count;
    SliceIndex base; // index of the first
    const std::vector<std::pair<SliceIndex, int64_t>>& longOnes;

    int64_t duration(uint64_t i) const
    {
        if (durations[i] != Trace::kLongDuration)
            return durations[i];
        const auto it = std::lower_bound(longOnes.begin(), longOnes.end(), std::make_pair(base + i, INT64_MIN));
        return it != longOnes.end() && it->first == base + i ? it->second : int64_t(Trace::kLongDuration);
    }
};

// The lowest level at which the first `count` slices make at most 1/8 as many runs; kLodLevels when there is none.
size_t firstLodLevel(const RowColumns& row);

struct RowLod // levels of one row; an empty one is not built
{
    std::vector<LodRuns> levels;
};

// Of a row whose slices stand in their columns. Rows with few slices get no levels.
RowLod buildRowLod(const RowColumns& row);

} // namespace calltide::store
