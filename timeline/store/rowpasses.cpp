// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rowpasses.h"
#include <algorithm>

namespace calltide::store {

void RowWriter::setLong(SliceIndex slice, int64_t duration)
{
    m_to.duration[slice] = Trace::kLongDuration;
    m_result.longOnes.emplace_back(slice, duration);
}

void RowWriter::cut(SliceIndex slice, int64_t end)
{
    const int64_t duration = end - m_to.start[slice];
    if (m_to.duration[slice] == Trace::kLongDuration)
        std::erase_if(m_result.longOnes, [&](const auto& l) { return l.first == slice; });
    if (duration < int64_t(Trace::kLongDuration))
        m_to.duration[slice] = uint32_t(duration);
    else
        setLong(slice, duration);
    m_result.cut++;
}

void RowWriter::finish()
{
    for (Place& row : m_rows) {
        if (row.first == row.end)
            continue;
        for (; row.next < row.end; row.next++) { // fewer than were counted: never, but memory is not to be left unset
            m_to.start[row.next] = row.next == row.first ? 0 : row.lastEnd;
            m_to.duration[row.next] = m_to.function[row.next] = m_to.extra[row.next] = 0;
            row.lastEnd = m_to.start[row.next];
        }
        m_result.begin = std::min(m_result.begin, m_to.start[row.first]);
        m_result.end = std::max(m_result.end, row.lastEnd);
    }
    std::sort(m_result.longOnes.begin(), m_result.longOnes.end());
}

} // namespace calltide::store
