// SPDX-License-Identifier: GPL-3.0-or-later
// Inside of TraceBuilder. Internal to ct_store.
#pragma once
#include "store/builder.h"
#include "store/hashindex.h"
#include "store/lod.h"
#include <deque>
#include <map>
#include <tuple>

namespace calltide::store {

struct TraceBuilder::Private
{
    Private() { intern({}); } // 0 is the empty string

    static uint64_t hashOf(const Function& f)
    {
        uint64_t h = f.name.v;
        for (const uint64_t v : {f.file.v, f.line, f.category.v})
            h = (h ^ v) * 0x9E3779B97F4A7C15ull;
        return h ^ (h >> 29);
    }
    StringId intern(std::string_view text)
    {
        const uint64_t hash = std::hash<std::string_view>()(text);
        if (const uint32_t id = stringIds.find(hash, [&](uint32_t i) { return trace->string(StringId(i)) == text; }); id != HashIndex::kNone)
            return StringId(id);
        const uint32_t id = uint32_t(trace->m_stringSpans->size());
        trace->m_stringSpans.write().emplace_back(trace->m_stringPool->size(), uint32_t(text.size()));
        trace->m_stringPool.write().append(text);
        stringIds.add(hash, id);
        return StringId(id);
    }
    std::string_view text(StringId id) const { return trace->string(id); }
    void include(int64_t from, int64_t to)
    {
        begin = std::min(begin, from);
        end = std::max(end, to);
    }

    // finish(), in its order; each looks at `cancelled` and leaves early
    struct Placed // a track's slices with their depths, ready to be put into columns; none where they were counted only
    {
        SliceItems items;
        std::vector<uint64_t> order; // by start; empty: as they are
        RowCounter counts;
        SliceBuffer* from = nullptr; // null: of an overflow track
        bool again = false; // counted only
        uint64_t tooDeep = 0; // left out
    };
    void placeAll(std::vector<Placed>& placed);
    void splitOverlaps(uint32_t track, Placed& placed, std::vector<Placed>& out);
    void makeRows(const std::vector<Placed>& placed);
    void placeArguments();
    uint64_t fillColumns(std::vector<Placed>& placed); // how many slices were cut
    void fillTrack(uint32_t track, Placed& placed, RowWriter& writer);
    void makeLod();
    void addBusyTimes();
    void closeTables();
    bool cancelled() const { return progress && progress->cancelled(); }

    struct Columns // what the trace's spans point into
    {
        BigVector<int64_t> start;
        BigVector<uint32_t> duration, function, extra;
        std::vector<SliceExtra> extras;
        std::string argumentText;
        std::vector<LodRuns> lod;
    };
    void pointAtColumns();

    std::shared_ptr<Trace> trace = std::make_shared<Trace>();
    std::shared_ptr<Columns> columns = std::make_shared<Columns>();
    std::deque<SliceBuffer> buffers; // one a track
    std::map<uint32_t, std::function<void()>> again; // by track, of those that are counted only
    HashIndex stringIds, functionIds; // functionIds: without the first of each name, which is in `firstOfName`
    std::vector<uint32_t> firstOfName; // by string: 1 + function, 0: none
    std::map<std::tuple<uint32_t, uint32_t, uint32_t>, size_t> counterIds;
    int64_t begin = INT64_MAX, end = INT64_MIN;
    Progress* progress = nullptr;
};

} // namespace calltide::store
