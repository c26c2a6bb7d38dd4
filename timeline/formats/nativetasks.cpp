// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks of asyncio: a lane for each, below its thread, with the parts in which it runs, waits and is ready to run.
#include "formats/nativelanes.h"

namespace calltide::formats {

using namespace store;

namespace {

constexpr size_t kOwnLanes = 200; // tasks of a process; when there are more, those of one coroutine share lanes

struct Run
{
    const ThreadResult::TaskRun* part;
    TrackId thread;
};

struct Task
{
    uint32_t id = 0;
    std::vector<Run> runs;                               // by time
    std::vector<const ThreadResult::TaskReady*> readies; // by time
    int64_t begin = 0, end = 0;
    bool waitsAtEnd = false; // when the recording ended it had not
    TrackId lane;
};

class TaskLanes
{
public:
    TaskLanes(TraceBuilder& builder, const ProcessThreads& process)
        : m_builder(builder)
        , m_process(process)
        , m_ready(state("ready"))
    {
        const auto& functions = process.file.functions;
        for (size_t id = 0; id < functions.size(); id++)
            if (functions[id].known && id < process.functionOf.size()) {
                const format::FunctionRecord& r = functions[id].record;
                m_functions.emplace(r.function, process.functionOf[id]);
                m_names.emplace(process.functionOf[id].v, process.file.string(r.qualname ? r.qualname : r.name));
            }
    }
    void add()
    {
        collect();
        chooseLanes();
        for (const Task& task : m_tasks)
            fill(task);
    }

private:
    void collect();
    void chooseLanes();
    void fill(const Task& task);
    FunctionId state(std::string_view name);
    FunctionId coroutineOf(uint32_t task);
    std::string nameOf(uint32_t task) const;
    std::string about(const Task& task, const ThreadResult::TaskReady* ready) const;

    TraceBuilder& m_builder;
    const ProcessThreads& m_process;
    FunctionId m_ready;
    std::map<uint32_t, FunctionId> m_functions; // by function number
    std::map<uint32_t, std::string_view> m_names; // by function
    std::vector<Task> m_tasks;                  // by begin
    std::map<uint32_t, TrackId> m_laneOf;       // by task id
};

void TaskLanes::collect()
{
    std::map<uint32_t, Task> tasks;
    for (const auto& [track, result] : m_process.threads) {
        for (const auto& run : result->runs)
            tasks[run.task].runs.push_back({&run, track});
        for (const auto& ready : result->readies)
            tasks[ready.task].readies.push_back(&ready);
    }
    const int64_t end = m_builder.process(m_process.process).end;
    for (auto& [id, task] : tasks) {
        task.id = id;
        std::stable_sort(task.runs.begin(), task.runs.end(), [](const Run& a, const Run& b) {
            return a.part->start < b.part->start;
        });
        std::stable_sort(
            task.readies.begin(), task.readies.end(), [](const auto* a, const auto* b) { return a->time < b->time; });
        const bool isReady = !task.readies.empty()
            && (task.runs.empty() || task.readies.back()->time > task.runs.back().part->end);
        task.waitsAtEnd = isReady
            || (!task.runs.empty() && task.runs.back().part->waits && task.runs.back().part->awaited.valid());
        task.begin = task.runs.empty() ? task.readies.front()->time : task.runs.front().part->start;
        if (!task.readies.empty())
            task.begin = std::min(task.begin, task.readies.front()->time);
        task.end = task.waitsAtEnd ? end : task.runs.empty() ? task.begin : task.runs.back().part->end;
        m_tasks.push_back(std::move(task));
    }
    std::stable_sort(
        m_tasks.begin(), m_tasks.end(), [](const Task& a, const Task& b) { return a.begin < b.begin; });
}

void TaskLanes::chooseLanes()
{
    struct Lane
    {
        TrackId track;
        int64_t end;
        uint64_t tasks;
    };
    std::map<uint32_t, std::vector<Lane>> shared; // by the coroutine
    for (Task& task : m_tasks) {
        const FunctionId coroutine = coroutineOf(task.id);
        std::vector<Lane>& lanes = shared[coroutine.v];
        const auto free = std::find_if(lanes.begin(), lanes.end(), [&](const Lane& l) { return l.end <= task.begin; });
        if (m_tasks.size() > kOwnLanes && free != lanes.end()) {
            free->end = task.end;
            free->tasks++;
            task.lane = free->track;
        } else {
            Track t;
            t.kind = TrackKind::Task;
            t.process = m_process.process;
            t.parent = task.runs.empty() ? m_process.threads.front().first : task.runs.front().thread;
            t.name = m_builder.intern(nameOf(task.id));
            t.sortIndex = int32_t(std::min<size_t>(m_laneOf.size(), INT32_MAX));
            task.lane = m_builder.addTrack(t);
            lanes.push_back({task.lane, task.end, 1});
        }
        m_laneOf[task.id] = task.lane;
    }
    for (const auto& [coroutine, lanes] : shared)
        for (const Lane& lane : lanes)
            if (lane.tasks > 1)
                m_builder.track(lane.track).name = m_builder.intern(std::to_string(lane.tasks) + " tasks");
}

void TaskLanes::fill(const Task& task)
{
    const FunctionId coroutine = coroutineOf(task.id);
    SliceBuffer& out = m_builder.slices(task.lane);
    const auto add = [&](int64_t from, int64_t to, FunctionId function, uint8_t flags, std::string_view json) {
        if (to > from || !(flags & (kWaiting | kReady)))
            out.addAtDepth(0, from, std::max<int64_t>(0, to - from), function, m_builder.addExtra(flags, json));
    };
    size_t next = 0; // of the readies
    int64_t at = task.begin;
    FunctionId waitsIn;
    const auto ready = [&](int64_t until) -> const ThreadResult::TaskReady* {
        const ThreadResult::TaskReady* first = nullptr;
        for (; next < task.readies.size() && task.readies[next]->time <= until; next++)
            if (!first)
                first = task.readies[next];
        return first;
    };
    const auto pause = [&](const ThreadResult::TaskReady* woken, int64_t until, uint8_t flags) {
        const int64_t since = woken ? std::clamp(woken->time, at, until) : until;
        if (waitsIn.valid())
            add(at, since, waitsIn, uint8_t(kWaiting | (woken ? 0 : flags)), {});
        if (woken)
            add(since, until, m_ready, uint8_t(kReady | flags), {});
    };
    for (const Run& run : task.runs) {
        const ThreadResult::TaskRun& part = *run.part;
        const ThreadResult::TaskReady* woken = ready(part.start);
        pause(woken, std::max(at, part.start), 0);
        add(part.start, part.end, coroutine, part.flags, about(task, woken));
        if (woken && woken->waker && woken->waker != task.id)
            if (const auto waker = m_laneOf.find(woken->waker); waker != m_laneOf.end())
                m_builder.addFlow({woken->time, part.start, waker->second, task.lane, m_builder.intern("woke")});
        at = std::max(at, part.end);
        std::string name = "await";
        if (const auto awaited = m_names.find(part.awaited.v); awaited != m_names.end())
            name += " " + std::string(awaited->second);
        waitsIn = part.waits ? state(name) : FunctionId();
    }
    if (task.waitsAtEnd)
        pause(ready(INT64_MAX), std::max(at, task.end), kStillRunning);
}

FunctionId TaskLanes::state(std::string_view name)
{
    Function f;
    f.name = m_builder.intern(name);
    f.category = m_builder.intern("task");
    f.kind = store::FunctionKind::Other;
    return m_builder.addFunction(f);
}

FunctionId TaskLanes::coroutineOf(uint32_t task)
{
    const auto record = m_process.file.tasks.find(task);
    if (record != m_process.file.tasks.end())
        if (const auto f = m_functions.find(record->second.coroutine); f != m_functions.end() && f->second.valid())
            return f->second;
    return state("task");
}

std::string TaskLanes::nameOf(uint32_t task) const
{
    const auto record = m_process.file.tasks.find(task);
    const std::string_view name
        = record != m_process.file.tasks.end() ? m_process.file.string(record->second.name) : std::string_view();
    return name.empty() ? "Task " + std::to_string(task) : std::string(name.substr(0, 200));
}

std::string TaskLanes::about(const Task& task, const ThreadResult::TaskReady* woken) const
{
    std::string json = "{\"task\":" + jsonQuoted(nameOf(task.id));
    const auto record = m_process.file.tasks.find(task.id);
    if (record != m_process.file.tasks.end() && record->second.parent)
        json += ",\"started by\":" + jsonQuoted(nameOf(record->second.parent));
    if (woken && woken->waker)
        json += ",\"woken by\":" + jsonQuoted(nameOf(woken->waker));
    return json + "}";
}

} // namespace

void addTasks(TraceBuilder& builder, const ProcessThreads& process)
{
    const bool any = std::any_of(process.threads.begin(), process.threads.end(), [](const auto& thread) {
        return !thread.second->runs.empty() || !thread.second->readies.empty();
    });
    if (any)
        TaskLanes(builder, process).add();
}

} // namespace calltide::formats
