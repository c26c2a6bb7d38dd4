// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/growing_p.h"
#include <cstring>

namespace calltide::store {

void GrowingLod::start(size_t level)
{
    m_levels[level].maker.emplace(kLodFirstShift + int(level) * kLodStep, Append{this, level});
}

void GrowingLod::append(size_t level, const LodRun& run)
{
    Level& l = m_levels[level];
    GrowingColumns& c = m_columns;
    if (l.count == l.capacity) {
        const uint32_t wanted = std::max<uint32_t>(64, l.capacity * 2);
        if (wanted <= l.capacity || wanted > c.runCapacity() - c.runs) {
            m_full = true;
            return;
        }
        const uint64_t to = c.runs, n = l.count;
        std::memcpy(&c.runStart[to], &c.runStart[l.first], n * sizeof(int64_t));
        std::memcpy(&c.runDuration[to], &c.runDuration[l.first], n * sizeof(uint32_t));
        std::memcpy(&c.runFunction[to], &c.runFunction[l.first], n * sizeof(uint32_t));
        std::memcpy(&c.runFirst[to], &c.runFirst[l.first], n * sizeof(uint32_t));
        std::memcpy(&c.runBusy[to], &c.runBusy[l.first], n);
        c.runs += wanted;
        l.first = to;
        l.capacity = wanted;
    }
    const uint64_t at = l.first + l.count++;
    c.runStart[at] = run.start;
    c.runDuration[at] = run.duration;
    c.runFunction[at] = run.function;
    c.runFirst[at] = run.first;
    c.runBusy[at] = run.busy;
    if (level + 1 == kLodLevels)
        return;
    if (m_levels[level + 1].maker) {
        pass(level, run);
    } else if (l.count >= kLodLeastRuns) { // the level above is worth having from here on
        start(level + 1);
        for (uint64_t i = l.first; i < l.first + l.count; i++)
            pass(level, {c.runStart[i], c.runDuration[i], c.runFunction[i], c.runFirst[i], c.runBusy[i]});
    }
}

void GrowingLod::pass(size_t level, const LodRun& run)
{
    const int64_t length = int64_t(run.duration) << std::max(0, kLodFirstShift + int(level) * kLodStep - 16);
    m_levels[level + 1].maker->add(
        run.start, length, run.function, run.first, double(length) * run.busy / 255.0);
}

void GrowingLod::rebuild(const RowColumns& row)
{
    for (Level& l : m_levels)
        l = {};
    m_fed = 0;
    m_base = firstLodLevel(row);
    if (m_base < kLodLevels)
        start(m_base);
    m_nextRebuild = row.count * 2;
}

void GrowingLod::feed(const RowColumns& row)
{
    if (row.count >= m_nextRebuild)
        rebuild(row);
    if (m_base == kLodLevels)
        return;
    RunMaker<Append>& maker = *m_levels[m_base].maker;
    for (; m_fed < row.count; m_fed++) {
        const int64_t duration = row.duration(m_fed);
        maker.add(row.start[m_fed], duration, row.function[m_fed], uint32_t(m_fed), double(duration));
    }
}

LodSpan GrowingLod::span(size_t level) const
{
    const Level& l = m_levels[level];
    if (!l.maker || !l.count || m_full)
        return {};
    uint64_t covered = m_fed; // up to where finished runs reach: the first open one of this level or of one below
    for (size_t k = m_base; k <= level; k++)
        if (m_levels[k].maker && m_levels[k].maker->isOpen())
            covered = std::min<uint64_t>(covered, m_levels[k].maker->openFirst());
    return {l.first, covered, l.count, true};
}

} // namespace calltide::store
