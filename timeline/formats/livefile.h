// SPDX-License-Identifier: GPL-3.0-or-later
// One recording file that is still being written: what has come since the last look. Internal to ct_formats.
//
// A look reads the events first and the tables behind them, because a name is in the file before its id is used. Bytes
// are read, never mapped: the file may be cut when its program ends. An unsealed chunk is read twice: the first copy says
// how far records are complete, the second, younger one has their content, so that no copy made while the program was
// writing is believed.
#pragma once
#include "formats/nativethread.h"
#include "store/bigvector.h"
#include "store/growing.h"
#include <set>

namespace calltide::formats {

class LiveFile
{
public:
    static Result<std::unique_ptr<LiveFile>> open(const std::string& path);
    ~LiveFile();
    LiveFile(const LiveFile&) = delete;
    LiveFile& operator=(const LiveFile&) = delete;

    struct Thread
    {
        uint32_t index;
        store::SliceBuffer out;
        std::unique_ptr<ThreadDecoder> decoder;
        store::TrackId track; // the owner's
        bool closed = false;  // ended, and its open calls with it
    };
    // Reads up to `budget` bytes of events; false when there was nothing new. New threads are at the end of threads().
    bool look(uint64_t budget);
    // Turns what look() read into calls; between the two the owner names new functions in `functionOf`.
    void decode();
    bool isBehind() const { return m_behind; } // the budget ended before the file
    // Written to the end: closed, or its process is gone. Look once more afterwards.
    bool hasEnded();

    const std::string& path() const { return m_path; }
    const NativeTables& tables() const { return m_tables; }
    const format::Mutable& hints() const { return m_hints; }
    std::vector<std::unique_ptr<Thread>>& threads() { return m_publicThreads; }
    std::vector<store::FunctionId> functionOf; // by event id
    store::FunctionId unknown;
    uint64_t tableVersion() const { return m_tableVersion; } // grows with every record
    uint64_t size() const { return m_size; }

private:
    struct Chunk
    {
        uint64_t offset;
        format::ChunkHeader header;
        uint64_t size() const { return uint64_t(1) << header.log2; }
    };
    struct Place // where a thread's reading stands
    {
        size_t chunk = 0;
        uint64_t block = 0;  // offset in the chunk
        uint64_t offset = 0; // in the chunk; 0: the block is not begun
    };
    struct ThreadState
    {
        std::vector<Chunk> chunks;
        Place place;
        uint64_t time = 0;
        uint32_t expected = 0; // sequence
        Thread* thread = nullptr;
    };
    struct Read // a chunk's bytes from one block on
    {
        ThreadState* thread;
        uint64_t from;     // offset in the chunk
        uint64_t complete; // blocks before this offset are
        uint64_t used;     // of a sealed chunk
        bool sealed;
        store::BigVector<uint8_t> bytes;
    };
    struct Table
    {
        uint64_t offset, size, at;
        uint32_t sequence;
        int tries = 0;
        std::unique_ptr<uint8_t[]> bytes;
    };

    LiveFile() = default;
    uint64_t readAt(uint64_t offset, void* to, uint64_t size) const; // the rest is zero
    bool readChunk(uint64_t offset, Chunk& out, bool* sealed = nullptr) const;
    void findChunks();
    void addChunk(const Chunk& chunk);
    bool collect(ThreadState& state, uint64_t& budget);
    bool readTables();
    void decode(Read& read);
    void keep(store::BigVector<uint8_t>& bytes);

    std::string m_path;
    int m_fd = -1;
    NativeTables m_tables;
    format::Mutable m_hints{};
    uint32_t m_seed = 0;
    uint64_t m_size = 0, m_frontier = format::kFileHeaderSize, m_tableVersion = 0;
    std::set<uint64_t> m_holes; // pages before the frontier that were no chunk when last seen
    std::map<uint32_t, ThreadState> m_threads;
    std::vector<std::unique_ptr<Thread>> m_publicThreads;
    std::vector<Table> m_tableChunks;
    std::vector<Read> m_reads;
    std::vector<store::BigVector<uint8_t>> m_spare;
    size_t m_clockSamples = 0;
    bool m_behind = false;
};

} // namespace calltide::formats
