// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/trace.h"
#include <algorithm>
#include <cstdio>

namespace calltide::store {

int64_t Trace::longDuration(SliceIndex i) const
{
    const auto it = std::lower_bound(m_longDurations.begin(), m_longDurations.end(), std::make_pair(i, INT64_MIN));
    return it != m_longDurations.end() && it->first == i ? it->second : int64_t(kLongDuration);
}

RowId Trace::rowOf(SliceIndex i) const
{
    if (m_rowOrder) {
        const auto it = std::upper_bound(m_rowOrder->begin(), m_rowOrder->end(), i,
            [this](SliceIndex slice, uint32_t row) { return slice < m_rows[row].first; });
        return it == m_rowOrder->begin() ? RowId(0u) : RowId(*(it - 1)); // the former: a place of an earlier state
    }
    // Rows stand in the order of their slices; none is empty but the ones that damaged input left at a depth without
    // calls, and those are stepped over by taking the last row that starts at or before i.
    const auto it = std::upper_bound(
        m_rows.begin(), m_rows.end(), i, [](SliceIndex slice, const Row& row) { return slice < row.first; });
    return RowId(size_t(it - m_rows.begin()) - 1);
}

bool Trace::contains(SliceIndex i) const
{
    if (!m_rowOrder)
        return i < m_sliceCount;
    if (m_rowOrder->empty() || i < m_rows[m_rowOrder->front()].first)
        return false;
    const Row& row = m_rows[rowOf(i).v];
    return i - row.first < row.count;
}

std::pair<SliceIndex, SliceIndex> Trace::overlapping(RowId id, int64_t from, int64_t to) const
{
    const Row& row = m_rows[id.v];
    const auto begin = m_start.begin() + ptrdiff_t(row.first), end = begin + ptrdiff_t(row.count);
    auto first = std::lower_bound(begin, end, from);
    if (first != begin) { // the one before may reach into the range
        const SliceIndex before = SliceIndex(first - m_start.begin()) - 1;
        if (this->end(before) > from)
            --first;
    }
    const auto last = std::lower_bound(first, end, to);
    return {SliceIndex(first - m_start.begin()), SliceIndex(last - m_start.begin())};
}

SliceIndex Trace::sliceAt(RowId id, int64_t time) const
{
    const Row& row = m_rows[id.v];
    const auto begin = m_start.begin() + ptrdiff_t(row.first), end = begin + ptrdiff_t(row.count);
    auto it = std::upper_bound(begin, end, time);
    if (it == begin)
        return kNoSlice;
    const SliceIndex i = SliceIndex(it - m_start.begin()) - 1;
    return this->end(i) > time || start(i) == time ? i : kNoSlice;
}

SliceIndex Trace::parent(SliceIndex i) const
{
    const RowId row = rowOf(i);
    if (m_rows[row.v].depth == 0)
        return kNoSlice;
    const Row& above = m_rows[row.v - 1];
    const auto begin = m_start.begin() + ptrdiff_t(above.first), end = begin + ptrdiff_t(above.count);
    auto it = std::upper_bound(begin, end, start(i));
    // Zero-length calls may touch: the parent is the last one that holds the whole child.
    while (it != begin) {
        --it;
        const SliceIndex p = SliceIndex(it - m_start.begin());
        if (this->end(p) >= this->end(i))
            return p;
        if (this->end(p) < start(i))
            break;
    }
    return kNoSlice;
}

std::pair<SliceIndex, SliceIndex> Trace::children(SliceIndex i) const
{
    const RowId row = rowOf(i);
    const Track& t = m_tracks[m_rows[row.v].track.v];
    if (m_rows[row.v].depth + 1 >= t.rowCount)
        return {0, 0};
    const Row& below = m_rows[row.v + 1];
    const auto begin = m_start.begin() + ptrdiff_t(below.first), end = begin + ptrdiff_t(below.count);
    const auto first = std::lower_bound(begin, end, start(i));
    const auto last = duration(i) ? std::lower_bound(first, end, this->end(i)) : std::upper_bound(first, end, start(i));
    return {SliceIndex(first - m_start.begin()), SliceIndex(last - m_start.begin())};
}

int64_t Trace::selfTime(SliceIndex i) const
{
    int64_t self = duration(i);
    const auto [first, last] = children(i);
    for (SliceIndex c = first; c < last; c++)
        self -= duration(c);
    return std::max<int64_t>(self, 0);
}

uint64_t Trace::callsInside(SliceIndex i) const
{
    const RowId row = rowOf(i);
    const Track& t = m_tracks[m_rows[row.v].track.v];
    uint64_t n = 0;
    for (uint32_t depth = m_rows[row.v].depth + 1; depth < t.rowCount; depth++) {
        const Row& r = m_rows[t.firstRow.v + depth];
        const auto begin = m_start.begin() + ptrdiff_t(r.first), end = begin + ptrdiff_t(r.count);
        const auto first = std::lower_bound(begin, end, start(i));
        const auto last = duration(i) ? std::lower_bound(first, end, this->end(i)) : std::upper_bound(first, end, start(i));
        if (first == last)
            break; // nothing at this depth: nothing deeper either
        n += uint64_t(last - first);
    }
    return n;
}

static std::string argumentText(const SliceExtra& extra, std::string_view memory, const std::string& path)
{
    if (!extra.length)
        return {};
    if (extra.source == 0)
        return std::string(memory.substr(extra.offset, extra.length));
    std::string text;
    if (FILE* f = std::fopen(path.c_str(), "rb")) {
        text.resize(extra.length);
        if (fseeko(f, off_t(extra.offset), SEEK_SET) == 0)
            text.resize(std::fread(text.data(), 1, extra.length, f));
        else
            text.clear();
        std::fclose(f);
    }
    return text.size() == extra.length ? text : std::string(); // the file changed since: better nothing than half
}

std::string Trace::arguments(SliceIndex i) const
{
    const SliceExtra* e = extra(i);
    return e ? argumentText(*e, m_argumentText, m_path) : std::string();
}

std::string Trace::arguments(const Instant& instant) const
{
    if (!instant.arguments || instant.arguments > m_extras.size())
        return {};
    return argumentText(m_extras[instant.arguments - 1], m_argumentText, m_path);
}

const Source* Trace::sourceOf(StringId file) const
{
    const auto it = m_sourceByFile->find(file);
    return it == m_sourceByFile->end() ? nullptr : &(*m_sources)[it->second];
}

size_t Trace::memoryBytes() const
{
    size_t n = m_sliceCount * (8 + 4 + 4 + 4) + m_longDurations.size() * 16 + m_extras.size() * sizeof(SliceExtra)
        + m_lodSpans.size() * sizeof(LodSpan);
    for (const LodLevel& l : m_lod)
        n += l.start.size() * (8 + 4 + 4 + 4 + 1);
    return n;
}

} // namespace calltide::store
