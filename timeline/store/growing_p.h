// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of GrowingTrace and their places in memory. Internal to ct_store.
#pragma once
#include "store/builder_p.h"
#include "store/growing.h"
#include "store/reserved.h"
#include <optional>

namespace calltide::store {

struct GrowingColumns // what all snapshots point into
{
    static constexpr size_t kMostSlices = size_t(1) << 33, kMostRuns = size_t(1) << 31, kLeast = size_t(1) << 22;
    ReservedArray<int64_t> start{kMostSlices, kLeast};
    ReservedArray<uint32_t> duration{kMostSlices, kLeast}, function{kMostSlices, kLeast}, extra{kMostSlices, kLeast};
    ReservedArray<int64_t> runStart{kMostRuns, kLeast};
    ReservedArray<uint32_t> runDuration{kMostRuns, kLeast}, runFunction{kMostRuns, kLeast}, runFirst{kMostRuns, kLeast};
    ReservedArray<uint8_t> runBusy{kMostRuns, kLeast};
    ReservedArray<SliceExtra> extras{kMostRuns, kLeast};
    ReservedArray<char> text{size_t(1) << 36, kLeast};
    uint64_t slices = 0, runs = 0, extraCount = 0, textSize = 0; // used

    size_t sliceCapacity() const
    {
        return std::min({start.capacity(), duration.capacity(), function.capacity(), extra.capacity()});
    }
    size_t runCapacity() const
    {
        return std::min({runStart.capacity(), runDuration.capacity(), runFunction.capacity(), runFirst.capacity(),
            runBusy.capacity()});
    }
    uint32_t addExtra(uint8_t flags, std::string_view json);
};

// Merged runs of one growing row. Levels are chosen anew whenever the row has doubled; in between finished runs are
// added at the end.
class GrowingLod
{
public:
    explicit GrowingLod(GrowingColumns& columns)
        : m_columns(columns)
    {
    }
    void feed(const RowColumns& row); // all its slices but an open one
    LodSpan span(size_t level) const;

private:
    struct Append
    {
        GrowingLod* lod;
        size_t level;
        void operator()(const LodRun& run) const { lod->append(level, run); }
    };
    struct Level
    {
        uint64_t first = 0;
        uint32_t count = 0, capacity = 0;
        std::optional<RunMaker<Append>> maker; // of this level; none: not built
    };
    void rebuild(const RowColumns& row);
    void append(size_t level, const LodRun& run);
    void pass(size_t level, const LodRun& run); // to the level above
    void start(size_t level);

    GrowingColumns& m_columns;
    Level m_levels[kLodLevels];
    size_t m_base = kLodLevels; // lowest level that is built
    uint64_t m_fed = 0, m_nextRebuild = kLodLeastSlices;
    bool m_full = false; // no room for more runs: slices are drawn one by one
};

struct GrowingRow
{
    uint64_t first = 0, count = 0, capacity = 0;
    bool open = false; // its last slice has not ended
    int64_t lastStart = INT64_MIN, lastEnd = INT64_MIN;
    std::vector<std::pair<SliceIndex, int64_t>> longOnes; // place in the row, duration
    std::unique_ptr<GrowingLod> lod;
};

struct GrowingTrace::Private
{
    struct TrackRows
    {
        std::vector<GrowingRow> rows; // by depth
        uint32_t openRows = 0; // rows from here on have no open slice
        uint64_t slices = 0;
        int64_t begin = INT64_MAX, end = INT64_MIN, busy = 0;
    };

    TraceBuilder tables;
    std::shared_ptr<GrowingColumns> columns = std::make_shared<GrowingColumns>();
    std::vector<TrackRows> tracks;
    uint64_t slices = 0;
    bool full = false;

    GrowingRow& row(TrackRows& track, uint32_t depth);
    bool makeRoom(GrowingRow& row);
    bool append(TrackRows& track, uint32_t depth, int64_t start, FunctionId function, uint32_t extra);
    bool addEnded(TrackRows& track, GrowingRow& row, const Ended& call);
    void end(TrackRows& track, uint32_t depth, int64_t duration, uint32_t extra);
    void feedLod(GrowingRow& row);
};

} // namespace calltide::store
