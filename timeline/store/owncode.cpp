// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/owncode.h"
#include "store/builder_p.h"
#include "store/parallel.h"
#include "store/query.h"
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
        , m_kept(whole.tracks().size())
        , m_own(whole.functions().size())
    {
        m_d.progress = progress;
        m_d.trace = std::shared_ptr<Trace>(new Trace(m_whole));
        for (size_t i = 0; i < m_own.size(); ++i)
            m_own[i] = isOwn(whole.functions()[i]);
    }

    TracePtr make(BigVector<SliceIndex>& origin)
    {
        parallelFor(m_kept.size(), [&](size_t t) { keep(TrackId(t)); });
        if (m_d.cancelled())
            return nullptr;
        placeRows(origin);
        fill(origin);
        m_d.makeLod();
        point();
        m_d.addBusyTimes();
        return m_d.cancelled() ? nullptr : m_d.trace;
    }

private:
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
                    stopped = m_d.cancelled();
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
        Trace& trace = *m_d.trace;
        trace.m_rows.clear();
        trace.m_rowOrder.reset();
        trace.m_longDurations.clear();
        uint64_t at = 0;
        for (uint32_t t = 0; t < m_kept.size(); ++t) {
            Track& track = trace.m_tracks[t];
            const auto& rows = m_kept[t].rows;
            track.firstRow = RowId(trace.m_rows.size());
            track.rowCount = uint32_t(rows.size());
            track.sliceCount = 0;
            track.busy = 0;
            for (uint32_t depth = 0; depth < rows.size(); ++depth) {
                trace.m_rows.push_back({TrackId(t), depth, at, rows[depth].size()});
                at += rows[depth].size();
                track.sliceCount += rows[depth].size();
            }
        }
        trace.m_sliceCount = at;
        origin.resize(at);
    }

    void fill(BigVector<SliceIndex>& origin)
    {
        Trace& trace = *m_d.trace;
        Private::Columns& columns = *m_d.columns;
        const size_t count = origin.size();
        columns.start.resize(count);
        columns.duration.resize(count);
        columns.function.resize(count);
        columns.extra.resize(count);
        std::vector<std::vector<std::pair<SliceIndex, int64_t>>> longOnes(trace.m_rows.size());
        parallelFor(trace.m_rows.size(), [&](size_t r) {
            const Row& row = trace.m_rows[r];
            auto& from = m_kept[row.track.v].rows[row.depth];
            for (uint64_t k = 0; k < row.count; ++k) {
                const SliceIndex i = from[k], to = row.first + k;
                origin[to] = i;
                columns.start[to] = m_whole.m_start[i];
                columns.duration[to] = m_whole.m_duration[i];
                columns.function[to] = m_whole.m_function[i];
                columns.extra[to] = m_whole.m_extra[i];
                if (m_whole.m_duration[i] == Trace::kLongDuration)
                    longOnes[r].push_back({to, m_whole.duration(i)});
            }
            from = {};
        });
        for (const auto& row : longOnes)
            trace.m_longDurations.insert(trace.m_longDurations.end(), row.begin(), row.end());
    }

    void point()
    {
        struct Memory
        {
            std::shared_ptr<const void> columns, whole; // extras and text lie there
        };
        Trace& trace = *m_d.trace;
        m_d.pointAtColumns();
        trace.m_extras = m_whole.m_extras;
        trace.m_argumentText = m_whole.m_argumentText;
        trace.m_memory = std::make_shared<Memory>(Memory{m_d.columns, m_whole.m_memory});
        for (Track& track : trace.m_tracks) {
            if (!isOfThread(track))
                continue;
            const Row* top = track.rowCount ? &trace.row(track.firstRow) : nullptr;
            track.begin = top ? trace.start(top->first) : 0;
            track.end = top ? trace.end(top->first + top->count - 1) : 0;
        }
    }

    const Trace& m_whole;
    std::vector<Kept> m_kept; // by track
    std::vector<uint8_t> m_own; // by function
    Private m_d; // the builder's, for what is the same in both
};

std::shared_ptr<const OwnCode> OwnCode::make(TracePtr whole, Progress* progress)
{
    auto out = std::make_shared<OwnCode>();
    out->m_whole = std::move(whole);
    out->m_trace = TraceBuilder::OwnCalls(*out->m_whole, progress).make(out->m_origin);
    if (!out->m_trace)
        return nullptr;
    const auto& instants = out->m_whole->instants();
    out->m_foreignExceptions.resize(instants.size());
    for (size_t i = 0; i < instants.size(); ++i) {
        if ((i & 0xFFFF) == 0xFFFF && progress && progress->cancelled())
            return nullptr;
        const SliceIndex call
            = instants[i].exception ? deepestAt(*out->m_whole, instants[i].track, instants[i].time) : kNoSlice;
        out->m_foreignExceptions[i] = call != kNoSlice && !out->keeps(call, instants[i].track);
    }
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
