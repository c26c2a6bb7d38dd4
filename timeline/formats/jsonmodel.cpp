// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonmodel.h"
#include <algorithm>

namespace calltide::formats::json {

using namespace store;

Model::Model(TraceBuilder& builder, bool inMemory, uint64_t fileBytes)
    : m_builder(builder)
    , m_inMemory(inMemory)
    , m_stacks(builder, fileBytes)
    , m_v8(builder, fileBytes)
{
}

void Model::see(int64_t time)
{
    m_last = std::max(m_last, time);
}

void Model::problem(std::string_view kind, std::string_view text, Severity severity, const RawEvent& e)
{
    m_builder.problem(kind, text, severity, int64_t(e.offset), unescape(e.name.substr(0, 160)));
}

// pids and tids are numbers in nearly all files; words get numbers of their own that no system gives out.
int64_t Model::numberFor(std::string_view token)
{
    if (token.empty())
        return 0;
    if (const auto v = parseInteger(token))
        return *v;
    const auto it = m_textIds.find(token);
    if (it != m_textIds.end())
        return it->second;
    const int64_t id = INT64_MIN + 1 + int64_t(m_textIds.size());
    m_textIds.emplace(token, id);
    return id;
}

ProcessId Model::processFor(std::string_view token)
{
    const int64_t pid = numberFor(token);
    if (m_processes.size() >= kMostThreads && !m_processes.contains(pid)) {
        if (!m_moreProcesses.valid()) {
            Process more;
            more.name = m_builder.intern("(more processes)");
            m_moreProcesses = m_builder.addProcess(more);
        }
        return m_moreProcesses;
    }
    const auto [it, added] = m_processes.try_emplace(pid);
    if (added) {
        Process process;
        process.pid = pid < INT64_MIN / 2 ? 0 : pid;
        if (pid < INT64_MIN / 2)
            process.name = m_builder.intern(textOf(token));
        it->second = m_builder.addProcess(process);
    }
    return it->second;
}

TrackId Model::threadFor(std::string_view pid, std::string_view tid)
{
    if (tid.empty()) // as other viewers do: the main thread has the process's number
        tid = pid;
    const auto key = std::pair(numberFor(pid), numberFor(tid));
    if (const auto it = m_threads.find(key); it != m_threads.end())
        return it->second;
    if (m_threads.size() >= kMostThreads) {
        m_builder.problem("json.too_many_threads", "Threads beyond the first 200,000 are shown on one track, (more threads).",
            Severity::Warning, -1, textOf(tid));
        if (!m_moreThreads.valid()) {
            Track more;
            more.process = processFor(pid);
            more.name = m_builder.intern("(more threads)");
            m_moreThreads = m_builder.addTrack(more);
        }
        return m_moreThreads;
    }
    Track track;
    track.kind = TrackKind::Thread;
    track.process = processFor(pid);
    track.tid = key.second < INT64_MIN / 2 ? 0 : key.second;
    if (key.second < INT64_MIN / 2)
        track.name = m_builder.intern(textOf(tid));
    return m_threads[key] = m_builder.addTrack(track);
}

FunctionId Model::functionFor(std::string_view rawName, std::string_view rawCat)
{
    m_key.assign(rawName);
    m_key += '\0';
    m_key += rawCat;
    const uint32_t key = m_functionKeys.id(m_key);
    if (key == m_functions.size())
        m_functions.push_back(m_builder.addFunctionByTraceName(unescape(rawName), unescape(rawCat)));
    return m_functions[key];
}

Model::Arguments Model::keep(const RawEvent& e)
{
    if (e.hasStack())
        return {0, 0, m_stacks.addEvent(e)};
    if (e.args.empty())
        return {};
    if (!m_inMemory)
        return {m_base + uint64_t(e.args.data() - m_data), uint32_t(e.args.size())};
    m_kept += e.args;
    return {m_kept.size() - e.args.size(), uint32_t(e.args.size())};
}

uint32_t Model::extraFor(Arguments a, uint8_t flags)
{
    if (a.stacks) {
        const uint32_t extra = m_builder.addExtraLater(flags);
        m_stacks.setExtra(a.stacks, extra);
        return extra;
    }
    if (a.length == 0)
        return flags;
    if (m_inMemory)
        return m_builder.addExtra(flags, std::string_view(m_kept).substr(a.offset, a.length));
    return m_builder.addExtraInFile(flags, a.offset, a.length);
}

// Resolved at first use: a wrong guess of the scanner must not leave names.
void Model::learn(size_t scannerIndex, const Scanner& scanner, const Batch& batch)
{
    if (m_maps.size() <= scannerIndex)
        m_maps.resize(scannerIndex + 1);
    Maps& maps = m_maps[scannerIndex];
    maps.unknown += scanner.functionCount() - maps.functions.size() + scanner.trackCount() - maps.tracks.size();
    maps.functions.resize(scanner.functionCount());
    maps.tracks.resize(scanner.trackCount());
    for (size_t i = 0; maps.unknown && i < batch.slices.size(); i++) {
        const Slice& s = batch.slices[i];
        if (FunctionId& function = maps.functions[s.function]; !function.valid()) {
            const auto [name, cat] = scanner.function(s.function);
            function = functionFor(name, cat);
            maps.unknown--;
        }
        if (TrackId& track = maps.tracks[s.track]; !track.valid()) {
            const auto [pid, tid] = scanner.track(s.track);
            track = threadFor(pid, tid);
            maps.unknown--;
        }
    }
}

void Model::take(size_t scannerIndex, const Batch& batch, const char* data, uint64_t base)
{
    m_data = data;
    m_base = base;
    if (m_maps.size() <= scannerIndex)
        m_maps.resize(scannerIndex + 1);
    const Maps& maps = m_maps[scannerIndex];
    m_events += batch.events;

    SliceBuffer* buffer = nullptr;
    uint32_t bufferTrack = UINT32_MAX;
    int64_t latest = m_last;
    auto linked = batch.linkedSlices.begin();
    for (size_t i = 0; i < batch.slices.size(); i++) {
        const Slice& s = batch.slices[i];
        if (s.track != bufferTrack) {
            buffer = &m_builder.slices(maps.tracks[s.track]);
            bufferTrack = s.track;
        }
        uint32_t extra = 0;
        if (linked != batch.linkedSlices.end() && linked->first == i && (linked++)->second.hasStack()) {
            extra = extraFor(keep((linked - 1)->second));
        } else if (s.argsLength) {
            extra = m_inMemory ? m_builder.addExtra(0, {data + (s.argsOffset - base), s.argsLength})
                               : m_builder.addExtraInFile(0, s.argsOffset, s.argsLength);
        }
        buffer->add(s.start, s.duration, maps.functions[s.function], extra);
        latest = std::max(latest, s.start + s.duration);
    }
    m_last = latest;
    for (const auto& [index, e] : batch.linkedSlices) {
        if (e.bindId.empty() || !(e.flowIn || e.flowOut))
            continue;
        const char kind = e.flowIn && e.flowOut ? 't' : e.flowOut ? 's' : 'f';
        flow(e, batch.slices[index].start, kind, "bind\0" + textOf(e.bindId));
    }
    for (const RawEvent& e : batch.others)
        other(e);
    faults(batch);
}

void Model::faults(const Batch& batch)
{
    struct Text
    {
        const char *kind, *text;
        Severity severity;
    };
    static const Text texts[size_t(Fault::Count)] = {
        {"json.no_phase", "Events without a phase (\"ph\") were left out.", Severity::Warning},
        {"json.bad_time", "Events whose time is not a number were left out.", Severity::DataLoss},
        {"json.no_duration", "Complete events without a duration are shown with none.", Severity::Warning},
        {"json.negative_duration", "Events with a negative duration are shown with none.", Severity::Warning},
        {"json.not_an_event", "Entries of the list that are not events were left out.", Severity::Warning},
        {"json.long_text", "Events with a name of more than 16 MiB were left out.", Severity::DataLoss},
        {"json.syntax", "Damaged places in the file were skipped; events may be missing there.", Severity::DataLoss},
    };
    uint64_t shown[size_t(Fault::Count)] = {};
    const auto report = [&](size_t kind, int64_t offset, std::string_view example) {
        m_builder.problem(texts[kind].kind, texts[kind].text, texts[kind].severity, offset, example);
    };
    for (const FaultAt& f : batch.faults) {
        report(size_t(f.fault), int64_t(f.offset), f.example);
        shown[size_t(f.fault)]++;
    }
    for (size_t k = 0; k < size_t(Fault::Count); k++) {
        for (uint64_t i = shown[k]; i < batch.faultCounts[k]; i++)
            report(k, -1, {});
    }
    m_faulty += batch.faultCounts[size_t(Fault::NoPhase)] + batch.faultCounts[size_t(Fault::NotAnEvent)];
}

void Model::other(const RawEvent& e)
{
    if (e.ph == 'M')
        return metadata(e);
    const auto time = parseScaled(e.ts);
    if (!time)
        return problem("json.bad_time", "Events whose time is not a number were left out.", Severity::DataLoss, e);
    see(*time);
    switch (e.ph) {
    case 'B':
    case 'E': {
        const bool named = !e.name.empty();
        Mark mark{*time, FunctionId(), keep(e), e.ph == 'E', named};
        if (named || e.ph == 'B')
            mark.function = functionFor(e.name, e.cat);
        m_marks[threadFor(e.pid, e.tid)].push_back(mark);
        return;
    }
    case 'i':
    case 'I':
    case 'R':
    case 'N': // objects made, snapshot, deleted
    case 'O':
    case 'D':
        return instant(e, *time);
    case 'C':
        return counter(e, *time);
    case 'b':
    case 'n':
    case 'e':
        return async(e, *time, e.ph);
    case 'S': // the older form of async events
        return async(e, *time, 'b');
    case 'F':
        return async(e, *time, 'e');
    case 'T':
    case 'p':
        return async(e, *time, 'n');
    case 's':
    case 't':
    case 'f': {
        std::string key(e.scope);
        for (const std::string_view part : {e.cat, e.name, e.id.empty() ? e.bindId : e.id}) {
            key += '\0';
            key += part;
        }
        return flow(e, *time, e.ph, key);
    }
    case 'P':
        if (m_stacks.isSample(e))
            return m_stacks.addSample(e, *time, threadFor(e.pid, e.tid));
        if (V8Samples::isPart(e))
            return m_v8.add(e, *time, threadFor(e.pid, e.tid));
        [[fallthrough]];
    default: {
        const std::string kind = std::string("json.phase.") + e.ph;
        const std::string text = std::string("Events of kind \"") + e.ph + "\" cannot be shown and were left out.";
        return problem(kind, text, Severity::Warning, e);
    }
    }
}

void Model::metadata(const RawEvent& e)
{
    const std::string_view value = member(e.args, "name");
    const std::string_view order = member(e.args, "sort_index");
    if (e.name == "process_name") {
        if (const ProcessId id = processFor(e.pid); id != m_moreProcesses)
            m_builder.process(id).name = m_builder.intern(textOf(value));
    } else if (e.name == "process_sort_index") {
        m_builder.process(processFor(e.pid)).sortIndex = int32_t(parseInteger(order).value_or(0));
    } else if (e.name == "thread_name") {
        TrackId above;
        if (const std::string_view thread = member(e.args, "thread"); !thread.empty()) // our own export
            above = threadFor(e.pid, thread);
        const TrackId id = threadFor(e.pid, e.tid);
        if (id == m_moreThreads)
            return;
        Track& track = m_builder.track(id);
        track.name = m_builder.intern(textOf(value));
        if (const std::string kind = textOf(member(e.args, "track")); kind == "task" || kind == "imports" || kind == "gil")
            track.kind = kind == "task" ? TrackKind::Task : kind == "gil" ? TrackKind::Gil : TrackKind::Imports;
        if (track.kind == TrackKind::Gil) {
            track.parent = above;
            track.name = m_builder.intern("GIL waits");
        }
    } else if (e.name == "thread_sort_index") {
        m_builder.track(threadFor(e.pid, e.tid)).sortIndex = int32_t(parseInteger(order).value_or(0));
    } else {
        std::string text;
        for (Cursor c(e.args); c.next();)
            text += (text.empty() ? "" : ", ") + textOf(c.value);
        m_builder.addMetadata(unescape(e.name), text);
    }
}

void Model::counter(const RawEvent& e, int64_t time)
{
    std::string name = unescape(e.name);
    if (!e.id.empty())
        name += " [" + textOf(e.id) + "]";
    const ProcessId process = processFor(e.pid);
    for (Cursor c(e.args); c.next();) {
        if (const auto v = parseDouble(c.value))
            m_builder.addCounterSample(process, name, unescape(c.key), time, *v);
        else
            problem("json.bad_counter", "Counter values that are not numbers were left out.", Severity::Warning, e);
    }
}

void Model::instant(const RawEvent& e, int64_t time)
{
    Instant instant;
    instant.time = time;
    instant.name = m_builder.intern(unescape(e.name));
    instant.exception = e.cat == "exception";
    if (e.instantScope != 'g')
        instant.process = processFor(e.pid);
    if (e.instantScope != 'g' && e.instantScope != 'p')
        instant.track = threadFor(e.pid, e.tid);
    if (e.hasStack()) {
        instant.arguments = extraFor(keep(e)) - 256 + 1;
        m_builder.addInstant(instant);
    } else {
        m_builder.addInstant(instant, e.args);
    }
}

void Model::async(const RawEvent& e, int64_t time, char kind)
{
    std::string key(e.scope);
    key += '\0';
    key += e.cat;
    key += '\0';
    if (!e.id.empty()) {
        key += e.id;
    } else if (const auto local = member(e.id2, "local"); !local.empty()) {
        key += "local\0";
        key += e.pid;
        key += '\0';
        key += local;
    } else if (const auto global = member(e.id2, "global"); !global.empty()) {
        key += global;
    } else {
        return problem("json.async_without_id", "Async events without an id were left out.", Severity::DataLoss, e);
    }
    AsyncMark mark{time, kind, functionFor(e.name, e.cat), m_builder.intern(unescape(e.name)), processFor(e.pid),
                   {},   {}};
    if (kind == 'n')
        mark.args = e.args;
    else
        mark.arguments = keep(e);
    m_async.add(key, std::move(mark));
}

void Model::flow(const RawEvent& e, int64_t time, char kind, const std::string& key)
{
    m_flows.add(key, {time, kind, threadFor(e.pid, e.tid), m_builder.intern(unescape(e.name))});
}

} // namespace calltide::formats::json
