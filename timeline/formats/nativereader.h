// SPDX-License-Identifier: GPL-3.0-or-later
// From the files of a recording to a Trace. Internal to ct_formats: native.cpp decodes, nativeparts.cpp adds what the tables
// say. A thread's calls are decoded twice, see TraceBuilder::countSlices().
#pragma once
#include "formats/nativelanes.h"
#include "formats/reader.h"
#include <atomic>
#include <set>

namespace calltide::formats {

class NativeReader
{
public:
    NativeReader(std::string path, const OpenOptions& options)
        : m_path(std::move(path))
        , m_options(options)
    {
    }
    Result<store::TracePtr> read();
    // Of files that are unpacked already, the first process's before all.
    Result<store::TracePtr> read(std::vector<NativeFile> files);

private:
    struct ThreadWork
    {
        size_t file;
        uint32_t index;
        store::TrackId track;
        std::unique_ptr<ThreadDecoder> decoder = {};
        int64_t end = 0; // of what is still open at its end …
        bool stillRunning = false; // … and whether it went on then
    };
    void findChildren();
    void addProcess(size_t file);
    void addFunctions(size_t file);
    void dropFunction(size_t file, const format::DroppedRecord& record, store::FunctionId id);
    void addThreads(size_t file);
    std::unique_ptr<ThreadDecoder> decoderFor(const ThreadWork& work);
    void decode(const ThreadWork& work, ThreadDecoder& decoder, int share, int ofShares);
    void closeProcess(size_t file);
    void finishThread(ThreadWork& work);
    void addLanes();
    void missChildren(const ProcessThreads& first);
    void addProblems();
    bool cancelled() const { return m_options.progress && m_options.progress->cancelled(); }
    void problem(std::string_view kind, std::string_view text, store::Severity severity, uint64_t count);

    std::string m_path;
    OpenOptions m_options;
    store::TraceBuilder m_builder;
    std::vector<NativeFile> m_files;
    std::vector<store::ProcessId> m_processes;
    std::vector<std::vector<store::FunctionId>> m_functions; // by file, by event id
    std::set<std::pair<size_t, uint32_t>> m_dropped; // file, function
    store::FunctionId m_unknown;
    std::vector<ThreadWork> m_threads;
    bool m_noFolder = false; // none of children's recordings, where one would be
    uint64_t m_bytes = 0; // of all files
    std::atomic<uint64_t> m_done{0};
    std::vector<std::pair<std::string, std::string>> m_badChildren;
};

} // namespace calltide::formats
