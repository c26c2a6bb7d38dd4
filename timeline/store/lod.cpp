// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/lod.h"
#include <array>
#include <bit>

namespace calltide::store {

namespace {

// How many runs the slices make at each level, in one go: two neighbours are one run at every level whose bucket holds
// both starts and is longer than either, and at all levels above.
std::array<uint64_t, kLodLevels> countRuns(const RowColumns& row)
{
    std::array<uint64_t, kLodLevels + 1> joinsAt{}; // … and from there on; last: at none
    uint64_t before = row.start[0], length = row.duration(0);
    for (uint64_t i = 1; i < row.count; i++) {
        const uint64_t start = row.start[i], duration = uint64_t(row.duration(i));
        const int bits = std::bit_width((start ^ before) | length | duration);
        const int level = std::max(0, bits - kLodFirstShift + kLodStep - 1) / kLodStep;
        joinsAt[std::min(size_t(level), kLodLevels)]++;
        before = start;
        length = duration;
    }
    std::array<uint64_t, kLodLevels> runs;
    uint64_t left = row.count;
    for (size_t l = 0; l < kLodLevels; l++)
        runs[l] = left -= joinsAt[l];
    return runs;
}

} // namespace

size_t firstLodLevel(const RowColumns& row)
{
    if (!row.count)
        return 0;
    const auto runs = countRuns(row);
    const auto fits = [&](uint64_t n) { return n <= row.count / kLodShare; };
    return size_t(std::find_if(runs.begin(), runs.end(), fits) - runs.begin());
}

RowLod buildRowLod(const RowColumns& row)
{
    RowLod lod;
    if (row.count < kLodLeastSlices || row.count > 0xFFFFFFFF)
        return lod;
    lod.levels.resize(kLodLevels);
    const size_t built = firstLodLevel(row);
    if (built < kLodLevels) {
        LodRuns& runs = lod.levels[built];
        runs.reserve(row.count / kLodShare);
        RunMaker maker(kLodFirstShift + int(built) * kLodStep, [&runs](const LodRun& run) { runs.push(run); });
        for (uint64_t i = 0; i < row.count; i++) {
            const int64_t duration = row.duration(i);
            maker.add(row.start[i], duration, row.function[i], uint32_t(i), double(duration));
        }
        maker.close();
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
