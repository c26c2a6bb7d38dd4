// SPDX-License-Identifier: GPL-3.0-or-later
// Slices → paths, level by level: the calls of one depth of all tracks are sorted by the path they were made from, which
// they know from the level above; then the calls of each path stand together, and a table of functions tells its
// children apart. So nothing is looked for in memory that is not near, however many paths there are, and the nodes come
// level by level with the children of a node side by side.
#include "layout/treebuilder.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <new>
#include <tuple>
#include <utility>

namespace calltide::flame {

class TreeBuilder::Collector
{
public:
    Collector(const store::Trace& trace, store::Progress* progress, size_t atOnce, LooseTree& out)
        : m_trace(trace)
        , m_progress(progress)
        , m_atOnce(atOnce)
        , m_nodes(out.nodes)
        , m_marks(trace.functions().size() + 1)
    {
        m_nodes.assign(1, Node());
    }

    void add(store::TrackId track, const store::Scope& scope)
    {
        m_lanes.push_back({track, &scope});
        m_total += m_trace.track(track).sliceCount;
    }
    bool run(); // false: cancelled

private:
    static constexpr uint64_t kStep = 1 << 16; // slices between looks at the progress

    struct Lane // one track in one scope; its calls of the present level and of the one above
    {
        store::TrackId track;
        const store::Scope* scope;
        uint64_t first = 0, last = 0, aboveFirst = 0, aboveLast = 0; // slices
        size_t at = 0, aboveAt = 0; // of the first one in m_here and m_above
    };
    struct Piece // slices of one lane in one go
    {
        const Lane* lane;
        uint64_t first, last;
        size_t at; // of the first one in the go
    };
    struct Call
    {
        int64_t length;
        uint32_t function;
        uint32_t at; // in the go
    };
    struct Mark // by function: the child that the path `parent` has of it
    {
        uint32_t parent = ~0u, node = 0;
    };

    bool level(uint32_t depth);
    bool go(uint32_t depth, size_t begin, size_t count, bool several);
    void findParents(const Piece& piece, uint32_t depth);
    bool merge(size_t begin, size_t count, bool several);
    void cutAtScopes();
    bool step(uint64_t slices);
    bool cancelled() const { return m_progress && m_progress->cancelled(); }

    uint32_t added(uint32_t parent, uint32_t function)
    {
        const auto id = uint32_t(m_nodes.size());
        Node& node = m_nodes.emplace_back();
        node.function = store::FunctionId(function);
        node.parent = parent;
        return id;
    }
    uint64_t sliceAt(uint32_t at) const // of the present go
    {
        const auto behind
            = std::upper_bound(m_pieces.begin(), m_pieces.end(), at, [](uint32_t a, const Piece& p) { return a < p.at; });
        return behind[-1].first + (at - behind[-1].at);
    }

    const store::Trace& m_trace;
    store::Progress* m_progress;
    const size_t m_atOnce; // slices that are sorted at once; more come in several goes
    Nodes& m_nodes;
    std::vector<Lane> m_lanes;
    uint32_t m_parentsFrom = 0, m_parentsTo = 1; // the nodes of the level above
    store::BigVector<uint32_t> m_above, m_here; // the node of each slice of the level above and of this one
    std::vector<Piece> m_pieces;
    store::BigVector<uint32_t> m_parents; // of the go's slices, counted from m_parentsFrom
    std::vector<uint32_t> m_ends; // by parent: where its calls end in m_calls
    store::BigVector<Call> m_calls; // by parent, then as they come
    std::vector<Mark> m_marks;
    std::vector<uint32_t> m_firstChild, m_nextChild; // by parent, by node of this level; only for several goes
    uint64_t m_done = 0, m_total = 0;
    store::Passing m_passing;
};

bool TreeBuilder::Collector::step(uint64_t slices)
{
    m_done += slices;
    m_passing.by(slices);
    if (m_progress)
        m_progress->set(m_done, m_total);
    return !cancelled();
}

// The calls of one lane are in the order of time, and so are those above: one walk over both.
void TreeBuilder::Collector::findParents(const Piece& piece, uint32_t depth)
{
    const Lane& lane = *piece.lane;
    const size_t count = piece.last - piece.first;
    if (depth == 0) {
        std::fill_n(m_parents.begin() + ptrdiff_t(piece.at), count, 0);
        m_ends[0] += uint32_t(count);
        return;
    }
    uint64_t parent = lane.aboveFirst;
    if (piece.first != lane.first) { // goes on from the piece before
        const auto starts = m_trace.startColumn().subspan(lane.aboveFirst, lane.aboveLast - lane.aboveFirst);
        const auto behind = std::upper_bound(starts.begin(), starts.end(), m_trace.start(piece.first)) - starts.begin();
        parent += uint64_t(std::max<ptrdiff_t>(behind - 1, 0));
    }
    const uint32_t* const above = m_above.data() + lane.aboveAt;
    const auto startAbove = [&](uint64_t slice) { return slice < lane.aboveLast ? m_trace.start(slice) : INT64_MAX; };
    int64_t next = startAbove(parent + 1);
    uint32_t node = above[parent - lane.aboveFirst] - m_parentsFrom;
    for (uint64_t i = piece.first; i < piece.last; ++i) {
        if (const int64_t start = m_trace.start(i); next <= start) {
            do
                next = startAbove(++parent + 1);
            while (next <= start);
            node = above[parent - lane.aboveFirst] - m_parentsFrom;
        }
        m_parents[piece.at + (i - piece.first)] = node;
        ++m_ends[node];
    }
}

// Slices [begin, begin + count) of the level.
bool TreeBuilder::Collector::go(uint32_t depth, size_t begin, size_t count, bool several)
{
    m_pieces.clear();
    m_parents.clear();
    m_parents.resize(count);
    m_calls.clear();
    m_calls.resize(count);
    m_ends.assign(m_parentsTo - m_parentsFrom, 0);
    for (const Lane& lane : m_lanes) {
        const size_t from = std::max(begin, lane.at), to = std::min(begin + count, lane.at + (lane.last - lane.first));
        if (from >= to)
            continue;
        const uint64_t first = lane.first + (from - lane.at);
        m_pieces.push_back({&lane, first, first + (to - from), from - begin});
    }
    for (const Piece& whole : m_pieces)
        for (Piece part = whole; part.first < whole.last; part.first = part.last) {
            part.at = whole.at + (part.first - whole.first);
            part.last = std::min(whole.last, part.first + kStep);
            findParents(part, depth);
            if (!step(part.last - part.first))
                return false;
        }
    uint32_t at = 0;
    for (uint32_t& end : m_ends) // until all calls are in their places, `end` is where the next one goes
        at += std::exchange(end, at);
    for (const Piece& piece : m_pieces)
        for (uint64_t i = piece.first; i < piece.last; ++i) {
            const auto k = uint32_t(piece.at + (i - piece.first));
            if (k % kStep == 0 && cancelled())
                return false;
            m_calls[m_ends[m_parents[k]]++] = {m_trace.duration(i), m_trace.functionOf(i).v, k};
        }
    return merge(begin, count, several);
}

bool TreeBuilder::Collector::merge(size_t begin, size_t count, bool several)
{
    const uint32_t firstHere = m_parentsTo;
    uint32_t k = 0, look = kStep;
    for (uint32_t p = 0; k < count; ++p) {
        const uint32_t end = m_ends[p], parent = m_parentsFrom + p;
        if (k == end)
            continue;
        if (several)
            for (uint32_t child = m_firstChild[p]; child; child = m_nextChild[child - firstHere])
                m_marks[std::min<size_t>(m_nodes[child].function.v, m_marks.size() - 1)] = {parent, child};
        for (; k < end; ++k) {
            const Call& call = m_calls[k];
            Mark& mark = m_marks[std::min<size_t>(call.function, m_marks.size() - 1)]; // damaged files: last
            if (mark.parent != parent) {
                mark = {parent, added(parent, call.function)};
                if (several)
                    m_nextChild.push_back(std::exchange(m_firstChild[p], mark.node));
            }
            Node& node = m_nodes[mark.node];
            ++node.calls;
            node.time += call.length;
            if (call.length > node.longest)
                node.see(sliceAt(call.at), call.length);
            m_here[begin + call.at] = mark.node;
        }
        if (k >= look) {
            look = k + kStep;
            if (cancelled())
                return false;
        }
    }
    return true;
}

// At most the first and the last call of a lane reach out of its scope.
void TreeBuilder::Collector::cutAtScopes()
{
    const auto cut = [&](const Lane& lane, uint64_t slice) {
        const int64_t start = m_trace.start(slice), end = m_trace.end(slice);
        const int64_t inside = std::max<int64_t>(0, std::min(end, lane.scope->to) - std::max(start, lane.scope->from));
        m_nodes[m_here[lane.at + (slice - lane.first)]].time -= end - start - inside;
    };
    for (const Lane& lane : m_lanes) {
        cut(lane, lane.first);
        if (lane.last - lane.first > 1)
            cut(lane, lane.last - 1);
    }
}

bool TreeBuilder::Collector::level(uint32_t depth)
{
    m_above.swap(m_here);
    size_t size = 0;
    std::vector<Lane> lanes; // that go on
    for (Lane lane : m_lanes) {
        if (depth >= m_trace.track(lane.track).rowCount)
            continue;
        lane.aboveFirst = lane.first;
        lane.aboveLast = lane.last;
        lane.aboveAt = lane.at;
        std::tie(lane.first, lane.last)
            = m_trace.overlapping(m_trace.rowAt(lane.track, depth), lane.scope->from, lane.scope->to);
        lane.at = size;
        size += lane.last - lane.first;
        if (lane.first < lane.last)
            lanes.push_back(lane);
    }
    m_lanes.swap(lanes);
    m_here.clear(); // nothing of it is to be moved
    m_here.resize(size);
    const bool several = size > m_atOnce;
    m_firstChild.assign(several ? m_parentsTo - m_parentsFrom : 0, 0);
    m_nextChild.clear();
    for (size_t begin = 0; begin < size; begin += m_atOnce)
        if (!go(depth, begin, std::min(m_atOnce, size - begin), several))
            return false;
    cutAtScopes();
    m_parentsFrom = m_parentsTo;
    m_parentsTo = uint32_t(m_nodes.size());
    return !cancelled();
}

bool TreeBuilder::Collector::run()
{
    // Address space alone: what is not touched costs nothing, and to move many nodes takes time that cannot be stopped.
    constexpr uint64_t kMostReserved = 1 << 26;
    try {
        m_nodes.reserve(std::min(m_total + 1, kMostReserved));
    } catch (const std::bad_alloc&) { // a system that counts it: they grow as they come
    }
    for (uint32_t depth = 0; !m_lanes.empty(); ++depth)
        if (!level(depth))
            return false;
    for (size_t i = 1; i < m_nodes.size(); ++i) {
        m_nodes[i].self += m_nodes[i].time;
        m_nodes[m_nodes[i].parent].self -= m_nodes[i].time;
    }
    m_nodes[0].time = -m_nodes[0].self;
    m_nodes[0].self = 0;
    return !cancelled();
}

bool TreeBuilder::collect(std::span<const store::Scope> scopes, LooseTree& out)
{
    std::vector<store::TrackId> all;
    for (size_t i = 0; i < m_trace.tracks().size(); ++i) {
        const store::TrackKind kind = m_trace.tracks()[i].kind;
        if (kind == store::TrackKind::Thread || kind == store::TrackKind::Overflow)
            all.emplace_back(i);
    }
    Collector collector(m_trace, m_progress, m_atOnce, out);
    for (const store::Scope& scope : scopes)
        for (const store::TrackId track : scope.tracks.empty() ? all : scope.tracks)
            collector.add(track, scope);
    return collector.run();
}

} // namespace calltide::flame
