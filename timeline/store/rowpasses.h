// SPDX-License-Identifier: GPL-3.0-or-later
// The two passes that bring the slices of one track into columns: how many each depth has, then each one to its place.
#pragma once
#include "store/trace.h"
#include <vector>

namespace calltide::store {

class RowCounter
{
public:
    void add(uint32_t depth, int64_t start)
    {
        if (depth >= m_rows.size())
            m_rows.resize(size_t(depth) + 1);
        Row& row = m_rows[depth];
        row.count++;
        m_unordered |= start < row.lastStart;
        row.lastStart = start;
    }
    bool unordered() const { return m_unordered; } // a row did not come by start
    size_t depths() const { return m_rows.size(); }
    uint64_t count(size_t depth) const { return m_rows[depth].count; }
    uint64_t total() const
    {
        uint64_t n = 0;
        for (const Row& r : m_rows)
            n += r.count;
        return n;
    }

private:
    struct Row
    {
        uint64_t count = 0;
        int64_t lastStart = INT64_MIN;
    };
    std::vector<Row> m_rows;
    bool m_unordered = false;
};

struct ColumnPointers
{
    int64_t* start;
    uint32_t *duration, *function, *extra;
};

// The slices of a row have to come by start. They never overlap: where they would, the earlier one is cut.
class RowWriter
{
public:
    RowWriter() = default;
    RowWriter(ColumnPointers columns, std::span<const Row> rowsOfTrack)
        : m_to(columns)
    {
        for (const Row& r : rowsOfTrack)
            m_rows.push_back({r.first, r.first, r.first + r.count, INT64_MIN});
    }
    void add(uint32_t depth, int64_t start, int64_t duration, uint32_t function, uint32_t extra)
    {
        if (depth >= m_rows.size() || m_rows[depth].next == m_rows[depth].end)
            return; // more than were counted: never
        Place& row = m_rows[depth];
        const SliceIndex to = row.next++;
        m_to.start[to] = start;
        m_to.function[to] = function;
        m_to.extra[to] = extra;
        if (row.lastEnd > start)
            cut(to - 1, start);
        row.lastEnd = start + duration;
        if (duration < int64_t(Trace::kLongDuration))
            m_to.duration[to] = uint32_t(duration);
        else
            setLong(to, duration);
    }
    void finish(); // after the last one

    struct Result
    {
        int64_t begin = INT64_MAX, end = INT64_MIN;
        uint64_t cut = 0;
        std::vector<std::pair<SliceIndex, int64_t>> longOnes; // by row, then by slice
    };
    Result& result() { return m_result; }

private:
    struct Place
    {
        SliceIndex first, next, end;
        int64_t lastEnd;
    };
    void cut(SliceIndex slice, int64_t end);
    void setLong(SliceIndex slice, int64_t duration);

    ColumnPointers m_to{};
    std::vector<Place> m_rows;
    Result m_result;
};

} // namespace calltide::store
