// SPDX-License-Identifier: GPL-3.0-or-later
// The end of reading a Chrome trace: what only makes sense once all events are known. Files are in any order, so
// everything is put in order of time first; what stands at the same time stays as it stood in the file.
#include "formats/begun.h"
#include "formats/jsonmodel.h"
#include "store/discard.h"
#include <algorithm>
#include <queue>
#include <utility>
#include <tuple>

namespace calltide::formats::json {

using namespace store;

namespace {

template <class Marks> void byTime(Marks&& marks)
{
    const auto earlier = [](const auto& a, const auto& b) { return a.time < b.time; };
    if (!std::is_sorted(marks.begin(), marks.end(), earlier))
        std::stable_sort(marks.begin(), marks.end(), earlier);
}

} // namespace

bool Model::goesOn() const
{
    return !m_progress || !m_progress->cancelled();
}

void Model::finish(const Progress* progress)
{
    m_progress = progress;
    finishStacks();
    finishAsync();
    finishFlows();
    if (!goesOn())
        return;
    m_v8.finish();
    m_stacks.finish([this](std::string_view tid) { // of a thread of any process; else of one of its own
        const int64_t number = numberFor(tid);
        for (const auto& [key, track] : m_threads)
            if (key.second == number)
                return track;
        return threadFor("0", tid);
    });
}

void Model::giveUp()
{
    discard(std::tuple(std::move(m_maps), std::move(m_functionKeys), std::move(m_functions), std::move(m_textIds),
        std::move(m_processes), std::move(m_threads), std::move(m_marks), std::move(m_async), std::move(m_flows),
        std::move(m_kept)));
}

void Model::finishStacks()
{
    for (auto& [track, marks] : m_marks) {
        byTime(marks);
        struct Open
        {
            const Mark* begin; // null: ended already
            size_t slice;
        };
        BegunSlices slices;
        std::vector<Open> open;
        std::map<FunctionId, std::vector<size_t>> places; // of the open ones by function; those without a name apart
        std::vector<size_t> nameless;
        for (const Mark& mark : marks) {
            if (!goesOn())
                return;
            if (!mark.end) {
                (mark.named ? places[mark.function] : nameless).push_back(open.size());
                open.push_back({&mark, slices.begin(mark.time)});
                continue;
            }
            // The innermost open one with the same name; an end without a name ends whatever is innermost.
            std::vector<size_t>* of = &nameless;
            if (!mark.named && !open.empty() && open.back().begin->named) {
                of = &places[open.back().begin->function];
            } else if (mark.named) {
                const auto same = places.find(mark.function);
                if (same != places.end() && !same->second.empty()
                    && (nameless.empty() || same->second.back() > nameless.back()))
                    of = &same->second;
            }
            if (of->empty()) {
                m_builder.problem(
                    "json.end_without_begin", "Ends without a begin were left out.", Severity::Warning, -1);
                continue;
            }
            const auto [found, slice] = std::exchange(open[of->back()], Open{nullptr, 0});
            const Mark& begin = *found;
            of->pop_back();
            while (!open.empty() && !open.back().begin)
                open.pop_back();
            const FunctionId function = begin.named || !mark.named ? begin.function : mark.function;
            const Arguments& arguments = begin.arguments.any() ? begin.arguments : mark.arguments;
            slices.end(slice, mark.time, function, extraFor(arguments));
        }
        for (const auto& [begin, slice] : open) {
            if (!begin)
                continue;
            const uint32_t extra = extraFor(begin->arguments, kStillRunning);
            slices.end(slice, m_last, begin->function, extra);
            m_builder.problem(
                "json.begin_without_end", "Calls that had not ended are shown up to the end.", Severity::Info, -1);
        }
        slices.addTo(m_builder.slices(track));
    }
    m_marks.clear();
}

void Model::finishAsync()
{
    struct Span
    {
        int64_t begin, end;
        FunctionId function;
        uint32_t extra;
    };
    struct Root
    {
        int64_t begin, end;
        std::vector<Span> spans;
        std::vector<const AsyncMark*> instants;
    };
    // One group of lanes for each kind of operation; every operation that runs at the same time has its own lane.
    std::map<std::pair<ProcessId, StringId>, std::vector<Root>> groups;

    m_async.forEach([&](std::span<AsyncMark> marks) {
        if (!goesOn())
            return false;
        byTime(marks);
        struct Open
        {
            const AsyncMark* begin;
            size_t span; // of the root
        };
        std::vector<Open> open;
        Root root{};
        std::pair<ProcessId, StringId> group;
        const auto close = [&](int64_t end) {
            root.end = std::max(root.end, end);
            groups[group].push_back(std::move(root));
            root = Root{};
        };
        for (const AsyncMark& mark : marks) {
            if (mark.kind == 'b') {
                if (open.empty()) {
                    root.begin = root.end = mark.time;
                    group = {mark.process, mark.name};
                }
                open.push_back({&mark, root.spans.size()}); // outer ones first, see BegunSlices
                root.spans.push_back({mark.time, mark.time, mark.function, 0});
            } else if (mark.kind == 'n' && !open.empty()) {
                root.instants.push_back(&mark);
            } else if (mark.kind == 'n') {
                groups[{mark.process, mark.name}].push_back({mark.time, mark.time, {}, {&mark}});
            } else {
                auto it = open.end();
                while (it != open.begin() && (it - 1)->begin->name != mark.name)
                    --it;
                if (it == open.begin() && !open.empty() && m_builder.intern("") == mark.name)
                    it = open.end();
                if (it == open.begin()) {
                    m_builder.problem(
                        "json.async_end_without_begin", "Async ends without a begin were left out.", Severity::Warning,
                        -1);
                    continue;
                }
                const AsyncMark& begin = *(it - 1)->begin;
                Span& span = root.spans[(it - 1)->span];
                open.erase(it - 1);
                span.end = mark.time;
                span.extra = extraFor(begin.arguments.any() ? begin.arguments : mark.arguments);
                if (open.empty())
                    close(mark.time);
            }
        }
        if (!open.empty()) {
            for (const auto& [begin, span] : open) {
                root.spans[span].end = std::max(m_last, begin->time);
                root.spans[span].extra = extraFor(begin->arguments, kStillRunning);
                m_builder.problem(
                    "json.begin_without_end", "Calls that had not ended are shown up to the end.", Severity::Info, -1);
            }
            close(m_last);
        }
        return true;
    });

    for (auto& [group, roots] : groups) {
        if (!goesOn())
            break;
        std::stable_sort(roots.begin(), roots.end(), [](const Root& a, const Root& b) { return a.begin < b.begin; });
        using Lane = std::pair<int64_t, TrackId>; // free from
        std::priority_queue<Lane, std::vector<Lane>, std::greater<>> lanes;
        for (const Root& root : roots) {
            if (!goesOn())
                break;
            TrackId id;
            if (!lanes.empty() && lanes.top().first <= root.begin) {
                id = lanes.top().second;
                lanes.pop();
            } else {
                Track track;
                track.kind = TrackKind::Async;
                track.process = group.first;
                track.name = group.second;
                id = m_builder.addTrack(track);
            }
            for (const Span& s : root.spans)
                m_builder.slices(id).add(s.begin, s.end - s.begin, s.function, s.extra);
            for (const AsyncMark* mark : root.instants)
                m_builder.addInstant({mark->time, mark->name, id, mark->process, 0}, mark->args);
            lanes.push({root.end, id});
        }
    }
    m_async.clear();
}

void Model::finishFlows()
{
    m_flows.forEach([&](std::span<FlowMark> marks) {
        if (!goesOn())
            return false;
        byTime(marks);
        const FlowMark* tail = nullptr;
        bool used = false;
        for (const FlowMark& mark : marks) {
            if (mark.kind != 's' && tail) {
                m_builder.addFlow({tail->time, mark.time, tail->track, mark.track, mark.name});
                used = true;
            } else if (mark.kind != 's' || (tail && !used)) {
                m_builder.problem(
                    "json.flow_without_other_end", "Arrows with one end only were left out.", Severity::Warning, -1);
            }
            if (mark.kind != 'f') { // one start may have several ends
                tail = &mark;
                used = mark.kind == 't' && used;
            }
        }
        if (tail && !used && marks.back().kind == 's')
            m_builder.problem(
                "json.flow_without_other_end", "Arrows with one end only were left out.", Severity::Warning, -1);
        return true;
    });
    m_flows.clear();
}

} // namespace calltide::formats::json
