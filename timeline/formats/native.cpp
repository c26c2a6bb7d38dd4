// SPDX-License-Identifier: GPL-3.0-or-later
// Reads our own recordings: the first process's file and those of its children, as they are found on disk.
#include "formats/nativelanes.h"
#include "formats/reader.h"
#include "store/parallel.h"
#include <algorithm>
#include <filesystem>
#include <set>

namespace calltide::formats {

using namespace store;

namespace {

std::string cutText(std::string_view text, size_t most = 4096)
{
    return std::string(text.substr(0, most));
}

class NativeReader
{
public:
    NativeReader(std::string path, const OpenOptions& options)
        : m_path(std::move(path))
        , m_options(options)
    {
    }
    Result<TracePtr> read();
    // Of files that are unpacked already, the first process's before all.
    Result<TracePtr> read(std::vector<NativeFile> files);

private:
    struct ThreadWork
    {
        size_t file;
        uint32_t index;
        TrackId track;
        std::unique_ptr<ThreadDecoder> decoder;
    };
    void findChildren();
    void addProcess(size_t file);
    void addFunctions(size_t file);
    void dropFunction(size_t file, const format::DroppedRecord& record, FunctionId id);
    void addThreads(size_t file);
    void finishThread(ThreadWork& work);
    void addLanes();
    void addProblems();
    bool cancelled() const { return m_options.progress && m_options.progress->cancelled(); }
    void problem(std::string_view kind, std::string_view text, Severity severity, uint64_t count);

    std::string m_path;
    OpenOptions m_options;
    TraceBuilder m_builder;
    std::vector<NativeFile> m_files;
    std::vector<ProcessId> m_processes;
    std::vector<std::vector<FunctionId>> m_functions; // by file, by event id
    std::set<std::pair<size_t, uint32_t>> m_dropped; // file, function
    FunctionId m_unknown;
    std::vector<ThreadWork> m_threads;
    std::vector<std::pair<std::string, std::string>> m_badChildren;
};

void NativeReader::findChildren()
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path folder = (m_path.ends_with(".calltide") ? m_path : m_path + ".calltide") + ".d";
    std::vector<std::string> paths;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".calltide" && it->is_regular_file(error))
            paths.push_back(it->path().string());
    std::sort(paths.begin(), paths.end());
    for (const std::string& p : paths) {
        auto child = openNativeFile(p);
        if (!child) {
            m_badChildren.emplace_back(p, child.error().message);
            continue;
        }
        if (std::memcmp(child->header.recordingId, m_files[0].header.recordingId, 16) == 0)
            m_files.push_back(std::move(*child));
    }
    // In the order in which they began, the first process before all.
    std::sort(m_files.begin() + 1, m_files.end(), [](const NativeFile& a, const NativeFile& b) {
        return a.header.monotonic0 < b.header.monotonic0;
    });
}

void NativeReader::addProcess(size_t i)
{
    NativeFile& f = m_files[i];
    Process p;
    p.pid = f.header.pid;
    p.parentPid = f.header.ppid;
    std::string name(cutText(f.metaValue("process_name"), 200));
    p.commandLine = m_builder.intern(cutText(f.metaValue("command")));
    if (name.empty())
        name = "python";
    p.name = m_builder.intern(name);
    p.python = m_builder.intern(cutText(f.metaValue("python"), 100));
    p.sortIndex = int32_t(i);
    p.lost = f.hints.lost < (uint64_t(1) << 48) ? f.hints.lost : 0;
    for (size_t k = 0; k < i; k++)
        if (std::memcmp(m_files[k].header.processId, f.header.parentProcessId, 16) == 0)
            p.parent = m_processes[k];
    if (f.hasEnd && (f.end.flags & 1))
        p.exitStatus = f.end.exitStatus;
    m_processes.push_back(m_builder.addProcess(p));
    const bool sameBoot = std::memcmp(f.header.bootId, m_files[0].header.bootId, 16) == 0;
    if (!sameBoot) // another machine's or another boot's clock: the wall clock joins them
        f.clock.shift(f.wallOffset() - m_files[0].wallOffset());
    for (const auto& [file, text] : f.sources)
        m_builder.addSource(f.string(file), std::string(text));
    for (const auto& [note, text] : f.notes)
        m_builder.problem("recording.note", cutText(text), Severity::Warning);
}

void NativeReader::addFunctions(size_t i)
{
    const NativeFile& f = m_files[i];
    std::vector<FunctionId>& ids = m_functions.emplace_back(f.functions.size());
    for (size_t id = 0; id < f.functions.size(); id++) {
        if (!f.functions[id].known)
            continue;
        ids[id] = m_builder.addFunction(storeFunction(f, f.functions[id].record, m_builder));
    }
    for (const format::DroppedRecord& r : f.drops)
        if (r.function < ids.size() && ids[r.function].valid())
            dropFunction(i, r, ids[r.function]);
}

// Said once for each function on the timeline, and for all its places in its details.
void NativeReader::dropFunction(size_t i, const format::DroppedRecord& record, FunctionId id)
{
    const NativeFile& f = m_files[i];
    const int64_t time = f.clock.toNs(record.time);
    if (m_dropped.insert({i, id.v}).second) {
        const format::FunctionRecord& r = f.functions[record.function].record;
        Instant instant;
        instant.time = time;
        instant.process = m_processes[i];
        instant.name = m_builder.intern("left out from here: " + cutText(f.string(r.qualname), 200));
        m_builder.addInstant(instant);
    }
    m_builder.dropFunction(id, time, record.caller == 0);
}

void NativeReader::addThreads(size_t i)
{
    const NativeFile& f = m_files[i];
    std::vector<uint32_t> order;
    for (const auto& [index, chunks] : f.threadChunks)
        order.push_back(index);
    // The main thread first, then in the order of their begin.
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        auto main = [&](uint32_t t) {
            const auto it = f.threads.find(t);
            return it != f.threads.end() && (it->second.flags & 1);
        };
        return main(a) > main(b);
    });
    for (uint32_t index : order) {
        Track t;
        t.process = m_processes[i];
        const auto it = f.threads.find(index);
        if (it != f.threads.end()) {
            t.tid = int64_t(it->second.nativeId);
            t.name = m_builder.intern(cutText(f.string(it->second.name), 200));
        }
        t.sortIndex = int32_t(m_threads.size());
        m_threads.push_back({i, index, m_builder.addTrack(t), nullptr});
    }
}

void NativeReader::finishThread(ThreadWork& work)
{
    for (auto& late : work.decoder->late())
        m_builder.slices(work.track)
            .addAtDepth(
                late.depth, late.start, late.duration, late.function, m_builder.addExtra(late.flags, late.arguments));
    ThreadResult& r = work.decoder->result();
    for (const auto& n : r.instants) {
        if (n.time < work.decoder->edge())
            continue;
        Instant instant;
        instant.time = n.time;
        instant.name = m_builder.intern(cutText(n.name));
        instant.track = work.track;
        instant.exception = n.exception;
        instant.process = m_processes[work.file];
        m_builder.addInstant(instant, n.arguments);
    }
    for (auto& l : r.losses)
        m_builder.addLost({work.track, l.begin, l.end, l.count, std::move(l.reason)});
}

void NativeReader::addLanes()
{
    std::vector<ProcessThreads> processes;
    for (size_t i = 0; i < m_files.size(); i++) {
        ProcessThreads& p = processes.emplace_back(m_files[i], m_processes[i], m_functions[i]);
        for (ThreadWork& w : m_threads) {
            if (w.file != i)
                continue;
            ThreadResult& r = w.decoder->result();
            const auto old = [edge = w.decoder->edge()](const auto& item) { return item.end < edge; };
            const auto older = [edge = w.decoder->edge()](const auto& item) { return item.time < edge; };
            std::erase_if(r.collections, old);
            std::erase_if(r.imports, old);
            std::erase_if(r.runs, old);
            std::erase_if(r.readies, older);
            std::erase_if(r.samples, older);
            p.threads.emplace_back(w.track, &r);
        }
    }
    for (const ProcessThreads& p : processes) {
        addCounters(m_builder, p);
        addCollections(m_builder, p);
        addImports(m_builder, p);
        addTasks(m_builder, p);
    }
    addSpawns(m_builder, processes);
}

void NativeReader::problem(std::string_view kind, std::string_view text, Severity severity, uint64_t count)
{
    if (count)
        m_builder.problem(kind, text, severity, -1, {}, count);
}

void NativeReader::addProblems()
{
    ThreadResult sum;
    for (ThreadWork& w : m_threads) {
        const ThreadResult& r = w.decoder->result();
        sum.damage.chunks += r.damage.chunks;
        sum.damage.blocks += r.damage.blocks;
        sum.damage.records += r.damage.records;
        sum.damage.mismatches += r.damage.mismatches;
        sum.unknownIds += r.unknownIds;
        sum.unknownRecords += r.unknownRecords;
        sum.repaired += r.repaired;
    }
    uint64_t badTables = 0, unknownTables = 0, pages = 0, missing = 0;
    for (const NativeFile& f : m_files) {
        badTables += f.badTableRecords;
        unknownTables += f.unknownTableRecords;
        pages += f.damagedPages;
        missing += f.missingChunks;
        if (f.bytes->size() < f.hints.allocEnd && f.hints.allocEnd < (uint64_t(1) << 60))
            m_builder.problem("recording.cut", "a recording was cut short: its end is missing", Severity::DataLoss, -1,
                f.path + ": " + std::to_string(f.bytes->size()) + " of " + std::to_string(f.hints.allocEnd) + " bytes");
    }
    problem(
        "recording.damaged_block", "parts of 4 kB were damaged and left out", Severity::DataLoss, sum.damage.blocks);
    problem("recording.damaged_record", "records could not be read", Severity::DataLoss, sum.damage.records);
    problem(
        "recording.mismatch", "parts of 4 kB do not go on where the one before ended", Severity::Warning,
        sum.damage.mismatches);
    problem("recording.missing_chunk", "chunks of calls are missing", Severity::DataLoss, missing);
    problem("recording.damaged_page", "pages belong to nothing that could be read", Severity::DataLoss, pages);
    problem("recording.damaged_table", "names or other table records were damaged", Severity::DataLoss, badTables);
    problem("recording.unknown_function", "calls have no name in this recording", Severity::DataLoss, sum.unknownIds);
    problem("recording.unbalanced", "returns did not match an entry and were repaired", Severity::Info, sum.repaired);
    problem(
        "recording.unknown_record", "records of a newer Calltide were left out", Severity::Info,
        sum.unknownRecords + unknownTables);
    for (const auto& [path, message] : m_badChildren)
        m_builder.problem(
            "recording.child", "recordings of child processes could not be read", Severity::DataLoss, -1, message);
}

Result<TracePtr> NativeReader::read()
{
    auto first = openNativeFile(m_path);
    if (!first)
        return first.error();
    m_files.push_back(std::move(*first));
    if (m_options.followChildren)
        findChildren();
    return read(std::move(m_files));
}

Result<TracePtr> NativeReader::read(std::vector<NativeFile> files)
{
    m_files = std::move(files);
    uint64_t bytes = 0;
    for (const NativeFile& f : m_files)
        bytes += f.bytes->size();
    m_builder.setFile(m_path, "Calltide recording", bytes);
    m_builder.setWallClockOffset(m_files[0].wallOffset());
    for (const auto& [key, value] : m_files[0].meta)
        m_builder.addMetadata(cutText(key), cutText(value));
    m_builder.addMetadata("mode", modeWords(m_files[0]));

    Function unknown;
    unknown.name = m_builder.intern("(unknown function)");
    m_unknown = m_builder.addFunction(unknown);
    for (size_t i = 0; i < m_files.size(); i++) {
        addProcess(i);
        addFunctions(i);
        addThreads(i);
    }

    std::atomic<uint64_t> done{0};
    for (ThreadWork& w : m_threads)
        w.decoder = std::make_unique<ThreadDecoder>(
            m_files[w.file], m_functions[w.file], m_unknown, m_builder.slices(w.track));
    for (ThreadWork& w : m_threads)
        if (const uint64_t edge = m_files[w.file].ringEdge())
            w.decoder->beginAt(m_files[w.file].clock.toNs(edge));
    parallelFor(m_threads.size(), [&](size_t i) {
        if (cancelled())
            return;
        ThreadWork& w = m_threads[i];
        const auto& chunks = m_files[w.file].threadChunks.at(w.index);
        w.decoder->decode(chunks);
        for (const auto& c : chunks)
            done += c.size();
        if (m_options.progress)
            m_options.progress->set(done, bytes);
    });
    if (cancelled())
        return Error{ErrorCode::Cancelled, "Opening was stopped.", -1};

    // Where each process's recording ends: its last record, or its orderly end.
    for (size_t i = 0; i < m_files.size(); i++) {
        const NativeFile& f = m_files[i];
        const int64_t began = f.clock.toNs(f.header.unit0);
        const int64_t begin = f.ringEdge() ? std::max(began, f.clock.toNs(f.ringEdge())) : began; // of what is left
        int64_t end = begin;
        for (ThreadWork& w : m_threads)
            if (w.file == i)
                end = std::max(end, w.decoder->result().end);
        if (f.hasEnd)
            end = std::max(end, f.clock.toNs(f.end.time));
        const format::NoteRecord* stop = f.stopNote();
        const int64_t until = stop ? std::min(end, f.clock.toNs(stop->time)) : end; // calls are known up to there
        for (ThreadWork& w : m_threads) {
            if (w.file != i)
                continue;
            const auto t = f.threads.find(w.index);
            const bool ended = t != f.threads.end() && t->second.end != 0;
            w.decoder->closeOpenCalls(ended ? f.clock.toNs(t->second.end) : until, !ended);
            const int64_t threadBegan = t != f.threads.end() && t->second.start ? f.clock.toNs(t->second.start) : began;
            if (threadBegan < begin)
                w.decoder->result().losses.push_back({threadBegan, begin, 0, lossWords(format::kLossRing)});
            if (stop && !ended)
                w.decoder->result().losses.push_back(
                    {std::min(end, std::max(until, w.decoder->result().end)), end, 0, lossWords(stop->code)});
        }
        Process& p = m_builder.process(m_processes[i]);
        p.begin = begin;
        p.end = end;
        // Some of what was overwritten, so that its mark can be seen.
        m_builder.includeTime(std::max(began, begin - (end - begin) / 25), p.end);
        // Said of the first process only: pools end their workers without ceremony, every time.
        const bool became = std::any_of(m_files.begin() + 1, m_files.end(), [&](const NativeFile& other) {
            return other.header.pid == f.header.pid; // by exec
        });
        if (i == 0 && !became && !f.hasEnd && f.hints.state == uint32_t(format::State::Recording))
            m_builder.problem(
                "recording.no_end",
                "the program ended without closing its recording; everything up to that moment is here", Severity::Info,
                -1, cutText(f.metaValue("process_name")));
    }
    for (ThreadWork& w : m_threads)
        finishThread(w);
    addLanes();
    addProblems();
    for (ThreadWork& w : m_threads)
        w.decoder.reset();
    return m_builder.finish(m_options.progress);
}

} // namespace

Function storeFunction(const NativeTables& tables, const format::FunctionRecord& r, TraceBuilder& out)
{
    Function function;
    const std::string_view qualname = tables.string(r.qualname);
    function.name = out.intern(qualname.empty() ? tables.string(r.name) : qualname);
    function.file = out.intern(tables.string(r.file));
    function.module = out.intern(tables.string(r.module));
    function.category = StringId(0u);
    function.line = r.line;
    const auto kind = format::FunctionKind(r.kind);
    function.kind = kind == format::FunctionKind::C || kind == format::FunctionKind::Type ? store::FunctionKind::C
        : kind == format::FunctionKind::Event                                             ? store::FunctionKind::Other
                                                                                          : store::FunctionKind::Python;
    function.coroutine = kind == format::FunctionKind::Coroutine || kind == format::FunctionKind::AsyncGenerator;
    function.generator = kind == format::FunctionKind::Generator || kind == format::FunctionKind::AsyncGenerator;
    return function;
}

FunctionId collectionFunction(TraceBuilder& out, uint64_t generation)
{
    Function f;
    f.name = out.intern("gen " + std::to_string(generation));
    f.category = out.intern("gc");
    f.kind = store::FunctionKind::Other;
    return out.addFunction(f);
}

Result<TracePtr> readNative(const std::string& path, const OpenOptions& options)
{
    return NativeReader(path, options).read();
}

Result<TracePtr> readNative(const std::string& path, std::vector<NativeFile> files, const OpenOptions& options)
{
    return NativeReader(path, options).read(std::move(files));
}

} // namespace calltide::formats
