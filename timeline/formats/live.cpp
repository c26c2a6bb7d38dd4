// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/live.h"
#include "formats/livefile.h"
#include "formats/nativelanes.h"
#include "formats/processes.h"
#include "formats/recordingfiles.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats {

using namespace store;

namespace {

constexpr uint64_t kBudget = 4 << 20; // bytes of events of a file a look
constexpr uint64_t kFirstBudget = 768 << 10, kLeastBudget = 32 << 10; // of all files in the first part; of one at least
constexpr int64_t kChildrenEvery = 200'000'000, kAliveEvery = 300'000'000; // ns

} // namespace

struct LiveReader::Private
{
    struct File
    {
        std::unique_ptr<LiveFile> file;
        ProcessId process;
        uint64_t tableVersion = 0;
        size_t functions = 0, sources = 0, notes = 0, threads = 0; // taken over so far
        bool ended = false;
        int64_t lastRecord = INT64_MIN;
        TrackId collections;
        std::map<uint32_t, TrackId> gilWaits; // by thread
        CounterFeed counters;
    };
    struct WaitingInstant
    {
        int64_t time;
        StringId name;
        TrackId track;
        ProcessId process;
        std::string arguments;
        bool exception;
    };
    struct Spawn
    {
        TrackId from;
        int64_t time;
        uint64_t pid;
    };

    std::string path;
    std::vector<File> files;
    GrowingTrace trace;
    FunctionId unknown;
    std::set<std::string> seenChildren;
    std::vector<WaitingInstant> instants;
    std::vector<Spawn> spawns;
    std::vector<GrowingTrace::Ended> ended;
    std::vector<GrowingTrace::Open> open;
    int64_t lastChildren = INT64_MIN, lastAlive = INT64_MIN;
    int64_t lastEnd = INT64_MIN; // of the newest record
    bool ourClock = true, modeKnown = false;
    bool first = false; // only the first part is wanted, at once
    int64_t lastNow = INT64_MIN;

    void addFile(std::unique_ptr<LiveFile> file);
    void findChildren();
    void takeTables(File& f);
    void takeFunctions(File& f);
    void takeThreads(File& f);
    void takeCalls(File& f, LiveFile::Thread& thread);
    void takeRest(File& f, LiveFile::Thread& thread);
    void closeEnded(File& f);
    void publish(int64_t until);
    bool look(File& f, uint64_t budget);
};

void LiveReader::Private::addFile(std::unique_ptr<LiveFile> file)
{
    File f;
    Process p;
    const format::FileHeader& h = file->tables().header;
    p.pid = h.pid;
    p.parentPid = h.ppid;
    p.sortIndex = int32_t(files.size());
    p.begin = p.end = file->tables().clock.toNs(h.unit0);
    for (const File& other : files)
        if (std::memcmp(other.file->tables().header.processId, h.parentProcessId, 16) == 0)
            p.parent = other.process;
    f.process = trace.tables().addProcess(p);
    file->unknown = unknown;
    f.file = std::move(file);
    trace.tables().includeTime(p.begin, p.begin);
    files.push_back(std::move(f));
}

void LiveReader::Private::findChildren()
{
    for (const std::string& name : childRecordings(path)) {
        if (seenChildren.contains(name))
            continue;
        auto child = LiveFile::open(name);
        if (!child)
            continue; // its header may be half written: look again
        seenChildren.insert(name);
        if (std::memcmp((*child)->tables().header.recordingId, files[0].file->tables().header.recordingId, 16) == 0)
            addFile(std::move(*child));
    }
}

void LiveReader::Private::takeFunctions(File& f)
{
    const NativeTables& t = f.file->tables();
    std::vector<FunctionId>& ids = f.file->functionOf;
    ids.resize(t.functions.size());
    for (size_t id = 0; id < ids.size(); id++)
        if (t.functions[id].known && !ids[id].valid())
            ids[id] = trace.tables().addFunction(storeFunction(t, t.functions[id].record, trace.tables()));
}

void LiveReader::Private::takeTables(File& f)
{
    const NativeTables& t = f.file->tables();
    if (f.tableVersion == f.file->tableVersion())
        return;
    f.tableVersion = f.file->tableVersion();
    TraceBuilder& out = trace.tables();
    takeFunctions(f);
    Process& p = out.process(f.process);
    const std::string_view name = t.metaValue("process_name");
    p.name = out.intern(name.empty() ? "python" : cutText(name, 200));
    p.commandLine = out.intern(cutText(t.metaValue("command")));
    p.python = out.intern(cutText(t.metaValue("python"), 100));
    if (&f == &files[0] && !modeKnown && !t.metaValue("options").empty()) {
        out.addMetadata("mode", modeWords(t));
        modeKnown = true;
    }
    if (t.hasEnd && (t.end.flags & 1))
        p.exitStatus = t.end.exitStatus;
    for (; f.sources < t.sources.size(); f.sources++)
        out.addSource(t.string(t.sources[f.sources].first), std::string(t.sources[f.sources].second));
    addNotes(out, t, f.notes);
    f.notes = t.notes.size();
    for (size_t i = 0; i < f.threads; i++) { // names may come later
        const LiveFile::Thread& thread = *f.file->threads()[i];
        if (const auto it = t.threads.find(thread.index); it != t.threads.end()) {
            out.track(thread.track).name = out.intern(cutText(t.string(it->second.name), 200));
            out.track(thread.track).tid = int64_t(it->second.nativeId);
        }
    }
}

void LiveReader::Private::takeThreads(File& f)
{
    const NativeTables& t = f.file->tables();
    for (; f.threads < f.file->threads().size(); f.threads++) {
        LiveFile::Thread& thread = *f.file->threads()[f.threads];
        Track track;
        track.process = f.process;
        track.sortIndex = int32_t(thread.index);
        if (const auto it = t.threads.find(thread.index); it != t.threads.end()) {
            track.tid = int64_t(it->second.nativeId);
            track.name = trace.tables().intern(cutText(t.string(it->second.name), 200));
            if (it->second.flags & 1)
                track.sortIndex = -1; // the main thread stands first
        }
        thread.track = trace.tables().addTrack(track);
    }
}

void LiveReader::Private::takeCalls(File& f, LiveFile::Thread& thread)
{
    ended.clear();
    open.clear();
    ended.reserve(thread.out.size());
    for (size_t i = 0; i < thread.out.size(); i++) {
        const SliceItem& item = thread.out.item(i);
        ended.push_back({item.depth, item.start, thread.out.duration(i), FunctionId(item.function), thread.out.flags(i),
            thread.out.arguments(i)});
    }
    const auto& stack = thread.decoder->openCalls();
    uint32_t depth = 0;
    for (const OpenCall& call : stack) {
        depth += call.more;
        if (call.id)
            open.push_back({depth, call.start, thread.decoder->functionOf(call.id), call.flags});
        depth++;
    }
    trace.update(thread.track, ended, open);
    thread.out.clear();
    f.lastRecord = std::max(f.lastRecord, thread.decoder->lastTime());
}

void LiveReader::Private::takeRest(File& f, LiveFile::Thread& thread)
{
    ThreadResult& r = thread.decoder->result();
    TraceBuilder& out = trace.tables();
    const NativeTables& t = f.file->tables();
    for (auto& n : r.instants)
        instants.push_back({n.time, out.intern(cutText(n.name)), thread.track, f.process, std::move(n.arguments), n.exception});
    for (const auto& s : r.samples)
        f.counters.add(out, t, f.process, s);
    for (auto& l : r.losses)
        out.addLost({thread.track, l.begin, l.end, l.count, std::move(l.reason)});
    for (const auto& s : r.spawns)
        spawns.push_back({thread.track, s.time, s.pid});
    if (!r.collections.empty()) {
        if (!f.collections.valid()) {
            Track track;
            track.kind = TrackKind::Gc;
            track.process = f.process;
            track.name = out.intern("Garbage collection");
            f.collections = out.addTrack(track);
        }
        std::vector<GrowingTrace::Ended> calls;
        for (const auto& c : r.collections)
            calls.push_back({0, c.start, c.end - c.start, collectionFunction(out, c.generation), 0, {}});
        trace.update(f.collections, calls, {});
    }
    if (!r.gilWaits.empty()) {
        TrackId& lane = f.gilWaits[thread.index];
        if (!lane.valid())
            lane = out.addTrack(gilTrack(out, f.process, thread.track));
        std::vector<GrowingTrace::Ended> waits;
        for (const auto& w : r.gilWaits)
            waits.push_back({0, w.start, w.end - w.start, gilFunction(out), 0, {}});
        trace.update(lane, waits, {});
    }
    r.instants.clear();
    r.samples.clear();
    r.losses.clear();
    r.spawns.clear();
    r.collections.clear();
    r.gilWaits.clear();
    // Tasks, imports and the ends of children are shown when the recording is opened anew.
    r.imports.clear();
    r.runs.clear();
    r.readies.clear();
    r.childEnds.clear();
}

// Instants up to `until`, from when on other threads may still bring older ones; and flows to children that are there.
void LiveReader::Private::publish(int64_t until)
{
    std::stable_sort(instants.begin(), instants.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    size_t n = 0;
    for (; n < instants.size() && instants[n].time <= until; n++) {
        Instant instant;
        instant.time = instants[n].time;
        instant.name = instants[n].name;
        instant.track = instants[n].track;
        instant.process = instants[n].process;
        instant.exception = instants[n].exception;
        trace.addInstant(instant, instants[n].arguments);
    }
    instants.erase(instants.begin(), instants.begin() + std::ptrdiff_t(n));
    std::erase_if(spawns, [&](const Spawn& s) {
        for (File& f : files) {
            if (f.file->tables().header.pid != s.pid || !f.threads)
                continue;
            Flow flow;
            flow.from = s.time;
            flow.to = trace.tables().process(f.process).begin;
            flow.fromTrack = s.from;
            flow.toTrack = f.file->threads()[0]->track;
            flow.name = trace.tables().intern("started");
            trace.tables().addFlow(flow);
            return true;
        }
        return false;
    });
}

// Threads and processes that are over: what they had open ended with them.
void LiveReader::Private::closeEnded(File& f)
{
    const NativeTables& t = f.file->tables();
    for (auto& thread : f.file->threads()) {
        if (thread->closed)
            continue;
        const auto it = t.threads.find(thread->index);
        const bool threadEnded = it != t.threads.end() && it->second.end;
        if (!threadEnded && !f.ended)
            continue;
        int64_t end = std::max(f.lastRecord, thread->decoder->lastTime());
        if (threadEnded)
            end = t.clock.toNs(it->second.end);
        else if (t.hasEnd)
            end = std::max(end, t.clock.toNs(t.end.time));
        thread->decoder->closeOpenCalls(end, !threadEnded);
        thread->closed = true;
        takeCalls(f, *thread);
    }
}

bool LiveReader::Private::look(File& f, uint64_t budget)
{
    const bool any = f.file->look(budget);
    takeTables(f);
    f.file->decode();
    takeThreads(f);
    for (auto& thread : f.file->threads()) {
        takeCalls(f, *thread);
        takeRest(f, *thread);
    }
    if (!f.file->isBehind())
        closeEnded(f);
    Process& p = trace.tables().process(f.process);
    p.lost = f.file->hints().lost < (uint64_t(1) << 48) ? f.file->hints().lost : 0;
    p.end = std::max(p.end, f.lastRecord);
    lastEnd = std::max(lastEnd, f.lastRecord);
    return any;
}

LiveReader::LiveReader()
    : d(std::make_unique<Private>())
{
}
LiveReader::~LiveReader() = default;

Result<std::unique_ptr<LiveReader>> LiveReader::open(const std::string& path)
{
    auto file = LiveFile::open(path);
    if (!file)
        return file.error();
    std::unique_ptr<LiveReader> reader(new LiveReader);
    Private& d = *reader->d;
    d.path = path;
    TraceBuilder& out = d.trace.tables();
    Function unknown;
    unknown.name = out.intern("(unknown function)");
    d.unknown = out.addFunction(unknown);
    out.setWallClockOffset((*file)->tables().wallOffset());
    d.ourClock = isThisBoot((*file)->tables().header);
    d.addFile(std::move(*file));
    return reader;
}

store::TracePtr LiveReader::firstPart()
{
    d->first = true;
    const LiveState state = look();
    d->first = false;
    return state.calls ? d->trace.snapshot(d->lastNow, false) : nullptr;
}

int64_t LiveReader::begunAt() const
{
    return d->files[0].file->tables().header.realtime0;
}

LiveState LiveReader::look()
{
    LiveState state;
    const int64_t now = monotonicNow();
    const bool checkAlive = d->lastAlive == INT64_MIN || now - d->lastAlive > kAliveEvery;
    if (d->lastChildren == INT64_MIN || now - d->lastChildren > kChildrenEvery) {
        d->lastChildren = now;
        d->findChildren();
    }
    if (checkAlive)
        d->lastAlive = now;
    const uint64_t budget = d->first ? std::max(kFirstBudget / d->files.size(), kLeastBudget) : kBudget;
    bool allEnded = true;
    for (size_t i = 0; i < d->files.size(); i++) {
        Private::File& f = d->files[i];
        if (!f.ended) {
            const bool over = checkAlive && f.file->hasEnded(); // before the look: what it says is then all there
            state.changed |= d->look(f, budget);
            state.behind |= f.file->isBehind();
            if (over && !f.file->isBehind()) {
                f.ended = true;
                d->closeEnded(f);
                state.changed = true;
            }
        }
        allEnded &= f.ended;
        state.bytes += f.file->size();
        state.lost += d->trace.tables().process(f.process).lost;
    }
    d->publish(allEnded ? INT64_MAX : now);
    // Time goes on while nothing is called; but where the file's clock is not ours, only as far as its records.
    int64_t until = d->lastEnd;
    if (!allEnded && !state.behind && d->ourClock && now - until < int64_t(3600) * 1'000'000'000)
        until = std::max(until, now);
    d->lastNow = std::max(d->lastNow, until);
    state.ended = allEnded;
    state.calls = d->trace.sliceCount();
    d->trace.tables().setFile(d->path, "Calltide recording", state.bytes);
    state.trace = d->trace.snapshot(d->lastNow, !allEnded);
    return state;
}

bool isLive(const std::string& path)
{
    auto file = LiveFile::open(path);
    return file && (*file)->tables().header.mode != uint8_t(format::Mode::Ring) && !(*file)->hasEnded();
}

} // namespace calltide::formats
