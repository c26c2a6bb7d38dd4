// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/lod.h"
#include <algorithm>

namespace calltide::store {

namespace {

class RunMaker // joins short neighbours of one bucket
{
public:
    explicit RunMaker(LodLevel& out)
        : m_out(out)
        , m_unit(std::max(0, out.shift - 16))
    {
    }

    void add(int64_t start, int64_t length, uint32_t function, uint32_t first, double covered)
    {
        const int64_t bucket = start >> m_out.shift;
        if (length >= (int64_t(1) << m_out.shift)) {
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
        m_out.start.push_back(m_start);
        // Rounded up: a run never looks shorter than what it holds.
        const int64_t units = (length + (int64_t(1) << m_unit) - 1) >> m_unit;
        m_out.duration.push_back(uint32_t(std::min<int64_t>(units, 0xFFFFFFFE)));
        m_out.function.push_back(m_function);
        m_out.first.push_back(m_first);
        m_out.busy.push_back(
            length > 0 ? uint8_t(std::clamp(m_covered / double(length) * 255 + 0.5, 0.0, 255.0)) : 255);
    }

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

    LodLevel& m_out;
    int m_unit;
    bool m_open = false;
    int64_t m_bucket = 0, m_start = 0, m_end = 0, m_longest = -1;
    uint32_t m_first = 0, m_function = 0;
    double m_covered = 0;
};

} // namespace

RowLod buildRowLod(const Trace& trace, const Row& row)
{
    const uint64_t count = row.count;
    RowLod lod;
    if (count < 256 || count > 0xFFFFFFFF)
        return lod;
    lod.levels.resize(kLodLevels);
    for (size_t l = 0; l < kLodLevels; l++)
        lod.levels[l].shift = kLodFirstShift + int(l) * kLodStep;

    const uint64_t limit = count / kLodShare;
    size_t built = kLodLevels; // first level that exists
    for (size_t l = 0; l < kLodLevels && built == kLodLevels; l++) {
        RunMaker maker(lod.levels[l]);
        uint64_t i = 0;
        for (; i < count && lod.levels[l].start.size() <= limit; i++) {
            const SliceIndex s = row.first + i;
            const int64_t duration = trace.duration(s);
            maker.add(trace.start(s), duration, trace.functionOf(s).v, uint32_t(i), double(duration));
        }
        maker.close();
        if (i == count && lod.levels[l].start.size() <= limit) {
            built = l;
        } else {
            const int shift = lod.levels[l].shift;
            lod.levels[l] = {};
            lod.levels[l].shift = shift;
        }
    }
    for (size_t l = built + 1; l < kLodLevels; l++) {
        const LodLevel& below = lod.levels[l - 1];
        if (below.start.size() < 64)
            break; // the level below is quick enough for all zooms above
        const int unit = std::max(0, below.shift - 16);
        RunMaker maker(lod.levels[l]);
        for (size_t i = 0; i < below.start.size(); i++) {
            const int64_t length = int64_t(below.duration[i]) << unit;
            maker.add(
                below.start[i], length, below.function[i], below.first[i], double(length) * below.busy[i] / 255.0);
        }
        maker.close();
    }
    return lod;
}

} // namespace calltide::store
