// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/lod.h"

namespace calltide::store {

size_t firstLodLevel(const RowColumns& row)
{
    const uint64_t limit = row.count / kLodShare;
    for (size_t l = 0; l < kLodLevels; l++) {
        uint64_t runs = 0;
        RunMaker maker(kLodFirstShift + int(l) * kLodStep, [&runs](const LodRun&) { runs++; });
        for (uint64_t i = 0; i < row.count && runs <= limit; i++)
            maker.add(row.start[i], row.duration(i), 0, 0, 0);
        maker.close();
        if (runs <= limit)
            return l;
    }
    return kLodLevels;
}

RowLod buildRowLod(const RowColumns& row)
{
    RowLod lod;
    if (row.count < kLodLeastSlices || row.count > 0xFFFFFFFF)
        return lod;
    lod.levels.resize(kLodLevels);
    const uint64_t limit = row.count / kLodShare;
    size_t built = kLodLevels; // first level that exists
    for (size_t l = 0; l < kLodLevels && built == kLodLevels; l++) {
        LodRuns& runs = lod.levels[l];
        RunMaker maker(kLodFirstShift + int(l) * kLodStep, [&runs](const LodRun& run) { runs.push(run); });
        uint64_t i = 0;
        for (; i < row.count && runs.size() <= limit; i++) {
            const int64_t duration = row.duration(i);
            maker.add(row.start[i], duration, row.function[i], uint32_t(i), double(duration));
        }
        maker.close();
        if (i == row.count && runs.size() <= limit)
            built = l;
        else
            runs = {};
    }
    for (size_t l = built + 1; l < kLodLevels; l++) {
        const LodRuns& below = lod.levels[l - 1];
        if (below.size() < kLodLeastRuns)
            break;
        const int unit = std::max(0, kLodFirstShift + int(l - 1) * kLodStep - 16);
        RunMaker maker(kLodFirstShift + int(l) * kLodStep, [&runs = lod.levels[l]](const LodRun& run) { runs.push(run); });
        for (size_t i = 0; i < below.size(); i++) {
            const int64_t length = int64_t(below.duration[i]) << unit;
            maker.add(
                below.start[i], length, below.function[i], below.first[i], double(length) * below.busy[i] / 255.0);
        }
        maker.close();
    }
    return lod;
}

} // namespace calltide::store
