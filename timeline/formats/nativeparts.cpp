// SPDX-License-Identifier: GPL-3.0-or-later
// Processes, functions and threads of a recording as its tables name them, and what could not be used of it.
#include "formats/nativereader.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats {

using namespace store;

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
    addNotes(m_builder, f, 0);
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
        m_threads.push_back({i, index, m_builder.addTrack(t)});
    }
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

FunctionId gilFunction(TraceBuilder& out)
{
    Function f;
    f.name = out.intern("waits for the GIL");
    f.category = out.intern("gil");
    f.kind = store::FunctionKind::Other;
    return out.addFunction(f);
}

Track gilTrack(TraceBuilder& out, ProcessId process, TrackId thread)
{
    Track t;
    t.kind = TrackKind::Gil;
    t.process = process;
    t.parent = thread;
    t.name = out.intern("GIL waits");
    return t;
}

} // namespace calltide::formats
