// SPDX-License-Identifier: GPL-3.0-or-later
// Reads our own recordings: the first process's file and those of its children, as they are found on disk.
#include "formats/nativereader.h"
#include "formats/recordingfiles.h"
#include "store/parallel.h"
#include <algorithm>
#include <filesystem>
#include <fstream>

namespace calltide::formats {

using namespace store;

// Of a process that was killed as its recording began: not even a header was written.
static bool isBlank(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    char bytes[format::kFileHeaderSize + 1];
    file.read(bytes, sizeof bytes);
    return file.eof() && std::all_of(bytes, bytes + file.gcount(), [](char c) { return c == 0; });
}

void NativeReader::findChildren()
{
    for (const std::string& p : childRecordings(m_path)) {
        auto child = openNativeFile(p);
        if (!child) {
            if (isBlank(p))
                continue;
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

std::unique_ptr<ThreadDecoder> NativeReader::decoderFor(const ThreadWork& work)
{
    const NativeFile& f = m_files[work.file];
    auto decoder = std::make_unique<ThreadDecoder>(f, m_functions[work.file], m_unknown, m_builder.slices(work.track));
    if (const uint64_t edge = f.ringEdge())
        decoder->beginAt(f.clock.toNs(edge));
    return decoder;
}

// A thread's chunks go by twice, see TraceBuilder::countSlices(); each time is a share of the progress.
void NativeReader::decode(const ThreadWork& work, ThreadDecoder& decoder, int share, int ofShares)
{
    decoder.decode(m_files[work.file].threadChunks.at(work.index), [&](uint64_t bytes) {
        const uint64_t done = m_done += bytes * uint64_t(share) / uint64_t(ofShares);
        if (m_options.progress)
            m_options.progress->set(std::min(done, m_bytes), m_bytes);
        return !cancelled();
    });
}

void NativeReader::finishThread(ThreadWork& work)
{
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
        processes.push_back({m_files[i], m_processes[i], m_functions[i]});
        ProcessThreads& p = processes.back();
        for (ThreadWork& w : m_threads) {
            if (w.file != i)
                continue;
            ThreadResult& r = w.decoder->result();
            const auto old = [edge = w.decoder->edge()](const auto& item) { return item.end < edge; };
            const auto older = [edge = w.decoder->edge()](const auto& item) { return item.time < edge; };
            std::erase_if(r.collections, old);
            std::erase_if(r.imports, old);
            std::erase_if(r.gilWaits, old);
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
        addGilWaits(m_builder, p);
        addTasks(m_builder, p);
    }
    addSpawns(m_builder, processes);
    if (m_noFolder)
        missChildren(processes[0]);
}

// A recording that was copied without the folder of its children.
void NativeReader::missChildren(const ProcessThreads& first)
{
    const uint64_t count = recordedChildren(first);
    const std::string folder = std::filesystem::path(childFolder(m_path)).filename().string();
    if (count && !(m_files[0].header.compat & format::kIsChild))
        m_builder.problem("recording.no_children",
            (count == 1 ? "The recording of a child process is" : std::to_string(count) + " recordings of child processes are")
                + " missing: the folder " + folder + " has to stand beside the recording.",
            Severity::DataLoss);
}

// Where a process's recording ends: its last record, or its orderly end.
void NativeReader::closeProcess(size_t i)
{
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
        w.end = ended ? f.clock.toNs(t->second.end) : until;
        w.stillRunning = !ended;
        w.decoder->closeOpenCalls(w.end, w.stillRunning);
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
    const bool goesOn = std::any_of(m_files.begin() + 1, m_files.end(), [&](const NativeFile& other) {
        return other.header.pid == f.header.pid; // by exec
    });
    if (i == 0 && !goesOn && !f.became().empty())
        m_builder.problem("recording.became", cutText(f.became()), Severity::Info);
    else if (i == 0 && !goesOn && !f.hasEnd && f.hints.state == uint32_t(format::State::Recording))
        m_builder.problem(
            "recording.no_end",
            "the program ended without closing its recording; everything up to that moment is here", Severity::Info,
            -1, cutText(f.metaValue("process_name")));
}

Result<TracePtr> NativeReader::read()
{
    auto first = openNativeFile(m_path);
    if (!first)
        return first.error();
    m_files.push_back(std::move(*first));
    if (m_options.followChildren)
        findChildren();
    std::error_code error;
    m_noFolder = m_options.followChildren && !std::filesystem::exists(childFolder(m_path), error) && !error;
    return read(std::move(m_files));
}

Result<TracePtr> NativeReader::read(std::vector<NativeFile> files)
{
    m_files = std::move(files);
    for (const NativeFile& f : m_files)
        m_bytes += f.bytes->size();
    m_builder.setFile(m_path, "Calltide recording", m_bytes);
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

    for (ThreadWork& w : m_threads)
        m_builder.countSlices(w.track, [this, &w] {
            const auto decoder = decoderFor(w);
            decode(w, *decoder, 3, 5);
            decoder->closeOpenCalls(w.end, w.stillRunning);
        });
    parallelFor(m_threads.size(), [&](size_t i) {
        m_threads[i].decoder = decoderFor(m_threads[i]);
        decode(m_threads[i], *m_threads[i].decoder, 2, 5);
    });
    if (cancelled())
        return Error{ErrorCode::Cancelled, "Opening was stopped.", -1};
    for (size_t i = 0; i < m_files.size(); i++)
        closeProcess(i);
    for (ThreadWork& w : m_threads)
        finishThread(w);
    addLanes();
    addProblems();
    for (ThreadWork& w : m_threads)
        w.decoder.reset();
    return m_builder.finish(m_options.progress);
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
