// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/owncode.h"
#include "store/builder.h"
#include "store/lod.h"
#include "store/parallel.h"
#include "store/walk.h"
#include <algorithm>

namespace calltide::store {

namespace {

bool isOfThread(const Track& track)
{
    return track.kind == TrackKind::Thread || track.kind == TrackKind::Overflow;
}

// The calls of one track that stay, by depth.
struct Kept
{
    std::vector<std::vector<SliceIndex>> rows;
    std::vector<int64_t> ends; // of the last call of each row
};

} // namespace

// Makes the columns; inside TraceBuilder because Trace lets nobody else fill it.
class TraceBuilder::OwnCalls
{
public:
    OwnCalls(const Trace& whole, Progress* progress)
        : m_whole(whole)
        , m_progress(progress)
        , m_kept(whole.tracks().size())
        , m_own(whole.functions().size())
    {
        for (size_t i = 0; i < m_own.size(); ++i)
            m_own[i] = isOwn(whole.functions()[i]);
    }

    TracePtr make(BigVector<SliceIndex>& origin)
    {
        parallelFor(m_kept.size(), [&](size_t t) { keep(TrackId(t)); });
        if (cancelled())
            return nullptr;
        m_trace = std::shared_ptr<Trace>(new Trace(m_whole));
        placeRows(origin);
        fill(origin);
        makeLod();
        return cancelled() ? nullptr : m_trace;
    }

private:
    struct Columns
    {
        std::shared_ptr<const void> tables; // the whole trace's memory: extras and text lie there
        BigVector<int64_t> start;
        BigVector<uint32_t> duration, function, extra;
        std::vector<LodRuns> lod;
    };

    bool cancelled() const { return m_progress && m_progress->cancelled(); }

    void keep(TrackId id)
    {
        const Track& track = m_whole.track(id);
        Kept& kept = m_kept[id.v];
        if (!isOfThread(track)) {
            for (uint32_t depth = 0; depth < track.rowCount; ++depth) {
                const Row& row = m_whole.row(m_whole.rowAt(id, depth));
                auto& out = kept.rows.emplace_back(row.count);
                for (uint64_t i = 0; i < row.count; ++i)
                    out[i] = row.first + i;
            }
            return;
        }
        size_t depth = 0; // own calls that are open
        uint64_t seen = 0;
        const auto functions = m_whole.functionColumn();
        bool stopped = false;
        walkTrack(
            m_whole, id, INT64_MIN, INT64_MAX,
            [&](SliceIndex i, uint32_t) {
                if ((++seen & 0xFFFF) == 0)
                    stopped = cancelled();
                if (stopped || !m_own[functions[i]])
                    return;
                const int64_t start = m_whole.start(i);
                size_t row = depth++; // deeper only where damaged input has calls that overlap without nesting
                while (row < kept.ends.size() && kept.ends[row] > start)
                    ++row;
                if (row == kept.ends.size()) {
                    kept.rows.emplace_back();
                    kept.ends.push_back(INT64_MIN);
                }
                kept.rows[row].push_back(i);
                kept.ends[row] = m_whole.end(i);
            },
            [&](SliceIndex i, uint32_t) { depth -= !stopped && m_own[functions[i]]; });
    }

    void placeRows(BigVector<SliceIndex>& origin)
    {
        m_trace->m_rows.clear();
        m_trace->m_rowOrder.reset();
        m_trace->m_longDurations.clear();
        uint64_t at = 0;
        for (uint32_t t = 0; t < m_kept.size(); ++t) {
            Track& track = m_trace->m_tracks[t];
            const auto& rows = m_kept[t].rows;
            track.firstRow = RowId(m_trace->m_rows.size());
            track.rowCount = uint32_t(rows.size());
            track.sliceCount = 0;
            for (uint32_t depth = 0; depth < rows.size(); ++depth) {
                m_trace->m_rows.push_back({TrackId(t), depth, at, rows[depth].size()});
                at += rows[depth].size();
                track.sliceCount += rows[depth].size();
            }
        }
        m_trace->m_sliceCount = at;
        origin.resize(at);
    }

    void fill(BigVector<SliceIndex>& origin)
    {
        const size_t count = origin.size();
        m_columns->tables = m_whole.m_memory;
        m_columns->start.resize(count);
        m_columns->duration.resize(count);
        m_columns->function.resize(count);
        m_columns->extra.resize(count);
        std::vector<std::vector<std::pair<SliceIndex, int64_t>>> longOnes(m_trace->m_rows.size());
        parallelFor(m_trace->m_rows.size(), [&](size_t r) {
            const Row& row = m_trace->m_rows[r];
            auto& from = m_kept[row.track.v].rows[row.depth];
            for (uint64_t k = 0; k < row.count; ++k) {
                const SliceIndex i = from[k], to = row.first + k;
                origin[to] = i;
                m_columns->start[to] = m_whole.m_start[i];
                m_columns->duration[to] = m_whole.m_duration[i];
                m_columns->function[to] = m_whole.m_function[i];
                m_columns->extra[to] = m_whole.m_extra[i];
                if (m_whole.m_duration[i] == Trace::kLongDuration)
                    longOnes[r].push_back({to, m_whole.duration(i)});
            }
            from = {};
        });
        for (const auto& row : longOnes)
            m_trace->m_longDurations.insert(m_trace->m_longDurations.end(), row.begin(), row.end());
        m_trace->m_start = m_columns->start;
        m_trace->m_duration = m_columns->duration;
        m_trace->m_function = m_columns->function;
        m_trace->m_extra = m_columns->extra;
        m_trace->m_memory = m_columns;
        for (Track& track : m_trace->m_tracks) {
            if (!isOfThread(track))
                continue;
            track.busy = track.begin = track.end = 0;
            if (!track.rowCount)
                continue;
            const Row& top = m_trace->m_rows[track.firstRow.v];
            for (SliceIndex i = top.first; i < top.first + top.count; ++i)
                track.busy += m_trace->duration(i);
            if (top.count) {
                track.begin = m_trace->start(top.first);
                track.end = m_trace->end(top.first + top.count - 1);
            }
        }
    }

    void makeLod()
    {
        const size_t rows = m_trace->m_rows.size();
        std::vector<RowLod> lods(rows);
        parallelFor(rows, [&](size_t r) {
            const Row& row = m_trace->m_rows[r];
            if (!cancelled())
                lods[r] = buildRowLod({m_columns->start.data() + row.first, m_columns->duration.data() + row.first,
                    m_columns->function.data() + row.first, row.count, row.first, m_trace->m_longDurations});
        });
        m_columns->lod.resize(kLodLevels);
        m_trace->m_lodSpans.assign(rows * kLodLevels, {});
        m_trace->m_lod.clear();
        for (size_t l = 0; l < kLodLevels; ++l) {
            LodRuns& all = m_columns->lod[l];
            for (size_t r = 0; r < rows; ++r) {
                if (lods[r].levels.empty() || !lods[r].levels[l].size())
                    continue;
                const LodRuns one = std::move(lods[r].levels[l]);
                m_trace->m_lodSpans[r * kLodLevels + l] = {all.size(), m_trace->m_rows[r].count, uint32_t(one.size()), true};
                all.append(one);
            }
            m_trace->m_lod.push_back(
                {kLodFirstShift + int(l) * kLodStep, all.start, all.duration, all.function, all.first, all.busy});
        }
    }

    const Trace& m_whole;
    Progress* m_progress;
    std::vector<Kept> m_kept; // by track
    std::vector<uint8_t> m_own; // by function
    std::shared_ptr<Trace> m_trace;
    std::shared_ptr<Columns> m_columns = std::make_shared<Columns>();
};

std::shared_ptr<const OwnCode> OwnCode::make(TracePtr whole, Progress* progress)
{
    auto out = std::make_shared<OwnCode>();
    out->m_whole = std::move(whole);
    out->m_trace = TraceBuilder::OwnCalls(*out->m_whole, progress).make(out->m_origin);
    if (!out->m_trace)
        return nullptr;
    return out;
}

bool OwnCode::keeps(SliceIndex whole, TrackId track) const
{
    return !isOfThread(m_whole->track(track)) || isOwn(m_whole->function(m_whole->functionOf(whole)));
}

SliceIndex OwnCode::shown(SliceIndex whole) const
{
    if (whole == kNoSlice || !m_whole->contains(whole))
        return kNoSlice;
    const TrackId track = m_whole->trackOf(whole);
    while (whole != kNoSlice && !keeps(whole, track))
        whole = m_whole->parent(whole);
    if (whole == kNoSlice)
        return kNoSlice;
    const int64_t start = m_whole->start(whole);
    for (uint32_t depth = 0; depth < m_trace->track(track).rowCount; ++depth) {
        const RowId id = m_trace->rowAt(track, depth);
        // Several of no length may begin together.
        for (SliceIndex i = m_trace->sliceAt(id, start); i != kNoSlice && m_trace->start(i) >= start; --i) {
            if (m_origin[i] == whole)
                return i;
            if (i == m_trace->row(id).first)
                break;
        }
    }
    return kNoSlice;
}

} // namespace calltide::store
