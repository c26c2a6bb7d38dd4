// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/tracks.h"
#include "layout/metrics.h"
#include "layout/text.h"
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace calltide::layout {

using store::ProcessId;
using store::Track;
using store::TrackId;
using store::TrackKind;

namespace {

constexpr uint32_t kNone = ~uint32_t(0);
constexpr size_t kFewTasks = 8; // more of a process stand below its threads, which they would push out of sight
// Rows from which on a track shows only so many at first; fewer where other threads would be pushed out of sight.
constexpr uint32_t kDeep = 28, kDeepShows = 24, kDeepOfThreads = 20, kDeepOfThreadsShows = 16;

std::string plural(int64_t n, std::string_view one, std::string_view many)
{
    return formatCount(n) + " " + std::string(n == 1 ? one : many);
}

// Tracks of one process, in the order they are shown.
struct Builder
{
    const store::Trace& trace;
    const Style& style;
    const Collapsed& collapsed;
    std::vector<TrackItem>& items;
    const std::vector<bool>* leftOut; // instants
    std::unordered_map<uint32_t, std::vector<TrackId>> tracksOf; // by process
    std::unordered_map<uint32_t, std::vector<TrackId>> childrenOf; // by thread track
    std::unordered_map<uint32_t, std::vector<uint32_t>> instantsOf, countersOf;
    std::unordered_map<uint32_t, uint32_t> threadsOf; // how many, by process
    std::vector<TrackId> tasksLast; // of the process that is being added

    void sortIn()
    {
        const auto& tracks = trace.tracks();
        for (uint32_t i = 0; i < tracks.size(); ++i) {
            threadsOf[tracks[i].process.v] += tracks[i].kind == TrackKind::Thread;
            const bool child
                = tracks[i].parent.valid() && tracks[i].parent.v < tracks.size() && tracks[i].parent.v != i;
            (child ? childrenOf[tracks[i].parent.v] : tracksOf[tracks[i].process.v]).push_back(TrackId(i));
        }
        for (uint32_t i = 0; i < trace.instants().size(); ++i)
            if (!leftOut || i >= leftOut->size() || !(*leftOut)[i])
                instantsOf[trace.instants()[i].process.v].push_back(i);
        for (uint32_t i = 0; i < trace.counters().size(); ++i)
            countersOf[trace.counters()[i].process.v].push_back(i);
    }

    // Parents before children, else by sort index and begin.
    std::vector<ProcessId> processOrder() const
    {
        const auto& processes = trace.processes();
        std::vector<ProcessId> order, stack;
        std::unordered_map<uint32_t, std::vector<ProcessId>> children;
        std::vector<ProcessId> roots;
        for (uint32_t i = 0; i < processes.size(); ++i) {
            const ProcessId parent = processes[i].parent;
            (parent.valid() && parent.v < i ? children[parent.v] : roots).push_back(ProcessId(i));
        }
        const auto later = [&](ProcessId a, ProcessId b) { // a stack: the last comes first
            const auto &p = processes[a.v], &q = processes[b.v];
            return p.sortIndex != q.sortIndex ? p.sortIndex > q.sortIndex
                : p.begin != q.begin          ? p.begin > q.begin
                                              : a.v > b.v;
        };
        stack = roots;
        std::sort(stack.begin(), stack.end(), later);
        while (!stack.empty()) {
            const ProcessId next = stack.back();
            stack.pop_back();
            order.push_back(next);
            if (const auto it = children.find(next.v); it != children.end()) {
                std::sort(it->second.begin(), it->second.end(), later);
                stack.insert(stack.end(), it->second.begin(), it->second.end());
            }
        }
        return order;
    }

    void addProcess(ProcessId id)
    {
        TrackItem group;
        group.kind = ItemKind::Group;
        group.process = id;
        group.collapsed = collapsed.groups.contains(id);
        group.height = style.groupHeader;
        group.group = uint32_t(items.size());
        std::vector<TrackId> tracks = tracksOf[id.v];
        if (id.valid()) {
            const auto& process = trace.process(id);
            group.icon = process.parent.valid() ? Icon::Child : Icon::Process;
            group.name = plainLine(trace.string(process.name));
            if (group.name.empty())
                group.name = "Process " + std::to_string(process.pid);
            group.detail = std::to_string(process.pid);
            if (const auto python = trace.string(process.python); !python.empty())
                group.detail += std::string(kDot) + "Python " + plainLine(python);
            const auto threads = std::count_if(
                tracks.begin(), tracks.end(), [&](TrackId t) { return trace.track(t).kind == TrackKind::Thread; });
            if (threads > 0)
                group.detail += std::string(kDot) + plural(threads, "thread", "threads");
            if (process.parent.valid())
                group.detail += std::string(kDot) + "started by " + std::to_string(trace.process(process.parent).pid);
        } else {
            group.icon = Icon::Timeline;
            group.name = "Global";
        }
        items.push_back(group);
        const uint32_t at = group.group;
        const auto rank = [&](TrackId t) {
            const Track& track = trace.track(t);
            switch (track.kind) {
            case TrackKind::Async:
                return 0;
            case TrackKind::Gc:
            case TrackKind::Imports:
            case TrackKind::Gil: // of a file that does not say whose
                return 2;
            case TrackKind::Counter:
                return 3;
            default:
                return 1;
            }
        };
        std::stable_sort(tracks.begin(), tracks.end(), [&](TrackId a, TrackId b) {
            const auto ra = rank(a), rb = rank(b);
            return ra != rb ? ra < rb : trace.track(a).sortIndex < trace.track(b).sortIndex;
        });
        // The first thread, then garbage and events, which mostly belong to it, then the others.
        size_t i = 0;
        for (; i < tracks.size() && rank(tracks[i]) == 0; ++i)
            addTree(tracks[i], at);
        if (i < tracks.size() && rank(tracks[i]) == 1)
            addTree(tracks[i++], at);
        for (const TrackId t : tracks)
            if (rank(t) == 2)
                addTree(t, at);
        addInstants(id, at);
        for (; i < tracks.size(); ++i)
            if (rank(tracks[i]) == 1)
                addTree(tracks[i], at);
        for (const uint32_t counter : countersOf[id.v])
            addCounter(counter, id, at);
        for (const TrackId task : std::exchange(tasksLast, {}))
            addTrack(task, 1, at);
    }

    // Below their thread while they are few.
    bool standsLast(TrackId child, size_t siblings)
    {
        if (trace.track(child).kind != TrackKind::Task || siblings <= kFewTasks)
            return false;
        tasksLast.push_back(child);
        return true;
    }

    void addTree(TrackId root, uint32_t group)
    {
        std::vector<std::pair<TrackId, int>> stack{{root, 1}};
        while (!stack.empty()) {
            const auto [track, level] = stack.back();
            stack.pop_back();
            addTrack(track, level, group);
            if (const auto it = childrenOf.find(track.v); it != childrenOf.end()) {
                const auto& children = it->second;
                std::vector<TrackId> here;
                for (const TrackId child : children)
                    if (!standsLast(child, children.size()))
                        here.push_back(child);
                for (auto child = here.rbegin(); child != here.rend(); ++child)
                    stack.push_back({*child, std::min(level + 1, 4)});
            }
        }
    }

    void addTrack(TrackId id, int level, uint32_t group)
    {
        const Track& track = trace.track(id);
        if (track.kind == TrackKind::Counter)
            return; // counters have items of their own
        TrackItem item;
        item.kind = track.kind == TrackKind::Gc || track.kind == TrackKind::Gil ? ItemKind::Gc : ItemKind::Slices;
        item.process = track.process;
        item.track = id;
        item.level = level;
        item.group = group;
        item.name = plainLine(trace.string(track.name));
        const double lasted = double(std::max<int64_t>(trace.duration(), 1));
        if (item.kind == ItemKind::Gc) {
            item.icon = track.kind == TrackKind::Gil ? Icon::Clock : Icon::Gc;
            item.rows = track.rowCount > 0 ? 1 : 0;
            if (item.name.empty())
                item.name = "Garbage collection";
            item.value = formatDuration(track.busy);
            item.height = std::max(metrics::kLane, style.gcLane + 2 * metrics::kGcPad);
            items.push_back(std::move(item));
            return;
        }
        item.icon = track.kind == TrackKind::Task ? Icon::Task
            : track.kind == TrackKind::Async      ? Icon::Timeline
            : track.kind == TrackKind::Imports    ? Icon::Imports
                                                  : Icon::Thread;
        if (item.name.empty())
            item.name = track.kind == TrackKind::Overflow ? "Overlapping calls"
                : track.kind == TrackKind::Task           ? "Task"
                : track.kind == TrackKind::Async          ? "Spans"
                : track.kind == TrackKind::Imports        ? "Imports"
                                                          : "Thread " + std::to_string(track.tid);
        if (track.sliceCount == 0)
            item.detail = "no calls";
        else if (track.kind == TrackKind::Task)
            item.detail = "runs " + formatDuration(track.busy);
        else if (track.kind == TrackKind::Imports)
            item.detail = formatDuration(track.busy);
        else if (track.kind == TrackKind::Async)
            item.detail = "spans" + std::string(kDot) + plural(track.rowCount, "lane", "lanes");
        else
            item.detail = "in calls " + formatShare(double(track.busy) / lasted);
        item.collapsed = collapsed.tracks.contains(id) && track.rowCount > 1;
        item.rows = item.collapsed ? 1 : rowsShown(id);
        item.hiddenRows = item.collapsed ? 0 : track.rowCount - item.rows;
        const float body = item.collapsed
            ? style.densityRow
            : float(item.rows) * style.sliceRow + (item.hiddenRows ? style.densityRow : 0);
        if (item.collapsed)
            item.value = plural(track.rowCount, "row", "rows");
        else if (item.hiddenRows)
            item.value = "+" + plural(item.hiddenRows, "row", "rows");
        item.height = std::max(body + 2 * style.trackPadding, style.sliceRow + 2 * style.trackPadding);
        items.push_back(std::move(item));
    }

    uint32_t rowsShown(TrackId id) const
    {
        const uint32_t all = trace.track(id).rowCount;
        if (const auto it = collapsed.rows.find(id); it != collapsed.rows.end())
            return std::min(all, std::max(it->second, uint32_t(1)));
        if (const auto it = threadsOf.find(trace.track(id).process.v); it != threadsOf.end() && it->second > 1)
            return all > kDeepOfThreads ? kDeepOfThreadsShows : all;
        return all > kDeep && trace.tracks().size() > 1 ? kDeepShows : all;
    }

    // Exceptions have a lane of their own: they are looked for, and many programs raise thousands.
    void addInstants(ProcessId process, uint32_t group)
    {
        std::vector<uint32_t> exceptions, others;
        for (const uint32_t i : instantsOf[process.v])
            (trace.instants()[i].exception ? exceptions : others).push_back(i);
        addInstantLane("Exceptions", Icon::Exception, std::move(exceptions), process, group);
        addInstantLane("Events", Icon::Instant, std::move(others), process, group);
    }

    void addInstantLane(
        const char* name, Icon icon, std::vector<uint32_t> instants, ProcessId process, uint32_t group)
    {
        if (instants.empty())
            return;
        TrackItem item;
        item.kind = ItemKind::Instants;
        item.process = process;
        item.icon = icon;
        item.level = 1;
        item.group = group;
        item.name = name;
        item.value = formatCount(int64_t(instants.size()));
        item.height = std::max(metrics::kLane, style.instantLane);
        item.instants = std::move(instants);
        items.push_back(std::move(item));
    }

    void addCounter(uint32_t index, ProcessId process, uint32_t group)
    {
        const auto& counter = trace.counters()[index];
        TrackItem item;
        item.kind = ItemKind::Counter;
        item.process = process;
        item.counter = index;
        item.icon = Icon::Counter;
        item.level = 1;
        item.group = group;
        item.name = plainLine(trace.string(counter.name));
        if (const auto series = trace.string(counter.series); !series.empty() && series != trace.string(counter.name))
            item.detail = plainLine(series);
        item.height = style.counterTrack;
        bool any = false;
        for (const double v : counter.values) {
            if (!std::isfinite(v))
                continue;
            item.low = any ? std::min(item.low, v) : v;
            item.high = any ? std::max(item.high, v) : v;
            any = true;
        }
        // From zero, so that heights can be compared, unless all values lie close together far away from it.
        if (item.low > 0 && item.high - item.low > 0.2 * item.high)
            item.low = 0;
        const double room
            = item.high > item.low ? (item.high - item.low) * 0.05 : std::max(1.0, std::fabs(item.high) * 0.05);
        item.high += room;
        if (item.low != 0)
            item.low -= room;
        if (!counter.values.empty())
            item.value = formatValue(counter.values.back());
        items.push_back(std::move(item));
    }
};

} // namespace

TrackModel::TrackModel(const store::Trace& trace, const Style& style, const Collapsed& collapsed,
    const Arrangement& arrangement, const std::vector<bool>* leftOut)
{
    Builder builder{trace, style, collapsed, m_items, leftOut, {}, {}, {}, {}, {}, {}};
    builder.sortIn();
    for (const ProcessId id : builder.processOrder())
        builder.addProcess(id);
    const uint32_t global = ProcessId().v;
    if (!builder.tracksOf[global].empty() || !builder.instantsOf[global].empty() || !builder.countersOf[global].empty())
        builder.addProcess(ProcessId());

    m_pinned = arrange(m_items, arrangement);
    m_ofTrack.assign(trace.tracks().size(), kNone);
    for (uint32_t i = 0; i < m_items.size(); ++i) {
        double& height = i < m_pinned ? m_pinnedHeight : m_height;
        m_items[i].y = height;
        height += double(m_items[i].height);
        if (m_items[i].track.valid())
            m_ofTrack[m_items[i].track.v] = i;
    }
    const auto& stretches = trace.lostStretches();
    for (uint32_t i = 0; i < stretches.size(); ++i)
        if (const size_t item = indexOf(stretches[i].track); item < m_items.size())
            m_items[item].lost.push_back(i);
    for (TrackItem& item : m_items)
        std::stable_sort(item.lost.begin(), item.lost.end(), [&](uint32_t a, uint32_t b) {
            return stretches[a].begin < stretches[b].begin;
        });
}

size_t TrackModel::at(double y) const
{
    if (y < 0 || y >= m_height)
        return m_items.size();
    const auto after = std::upper_bound(
        m_items.begin() + std::ptrdiff_t(m_pinned), m_items.end(), y,
        [](double v, const TrackItem& item) { return v < item.y; });
    return size_t(after - m_items.begin()) - 1;
}

size_t TrackModel::pinnedAt(double y) const
{
    size_t i = 0;
    while (i < m_pinned && y >= m_items[i].y + double(m_items[i].height))
        i++;
    return y >= 0 && i < m_pinned ? i : m_items.size();
}

size_t TrackModel::indexOf(store::TrackId track) const
{
    return track.v < m_ofTrack.size() && m_ofTrack[track.v] != kNone ? m_ofTrack[track.v] : m_items.size();
}

double TrackModel::rowTop(const store::Trace& trace, store::RowId row, const Style& style) const
{
    const auto& r = trace.row(row);
    const size_t index = indexOf(r.track);
    if (index >= m_items.size())
        return -1;
    const TrackItem& item = m_items[index];
    if (item.kind == ItemKind::Gc)
        return item.y + double(item.height - style.gcLane) / 2;
    return item.y + double(style.trackPadding)
        + (item.collapsed ? 0.0 : double(std::min(r.depth, item.rows)) * double(style.sliceRow));
}

} // namespace calltide::layout
