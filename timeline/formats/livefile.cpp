// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/livefile.h"
#include "formats/input.h"
#include "formats/processes.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

using namespace format;

namespace {

struct NoSink
{
    void enter(uint64_t, uint32_t) { }
    void leave(uint64_t, unsigned) { }
    void rare(uint64_t, unsigned, uint32_t) { }
    void extended(uint64_t, unsigned, const uint8_t*, uint32_t) { }
    void resync(uint64_t, int32_t) { }
};

constexpr uint64_t kStep = 64 << 10; // of a chunk that is being written: most of it is empty

uint64_t firstRecord(uint64_t block) // offset in the chunk
{
    return block ? block + kBlockHeaderSize : kChunkHeaderSize;
}

} // namespace

Result<std::unique_ptr<LiveFile>> LiveFile::open(const std::string& path)
{
    std::unique_ptr<LiveFile> f(new LiveFile);
    f->m_path = path;
    f->m_fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->m_fd < 0)
        return systemError(path, "cannot be opened", errno);
    struct stat st = {};
    if (fstat(f->m_fd, &st) != 0 || !S_ISREG(st.st_mode))
        return Error{ErrorCode::NotSupported, path + ": this is not a regular file."};
    std::vector<uint8_t> head(kFileHeaderSize);
    const uint64_t have = f->readAt(0, head.data(), head.size());
    if (Status s = readFileHeader(path, head.data(), have, f->m_tables, f->m_hints); !s)
        return s.error();
    std::memcpy(&f->m_seed, f->m_tables.header.processId, 4);
    f->m_tables.clock.setHeader(f->m_tables.header);
    f->m_tables.clock.finish();
    return f;
}

LiveFile::~LiveFile()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

uint64_t LiveFile::readAt(uint64_t offset, void* to, uint64_t size) const
{
    uint64_t have = 0;
    while (have < size) {
        const ssize_t n = pread(m_fd, static_cast<char*>(to) + have, size - have, off_t(offset + have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        have += uint64_t(n);
    }
    std::memset(static_cast<char*>(to) + have, 0, size - have);
    return have;
}

bool LiveFile::readChunk(uint64_t offset, Chunk& out, bool* sealed) const
{
    uint8_t head[kChunkHeaderSize];
    ChunkView view;
    if (readAt(offset, head, sizeof head) < sizeof head || !readChunkHeader(head, sizeof head, 0, m_seed, view))
        return false;
    out = {offset, view.header};
    if (sealed)
        *sealed = view.sealed;
    return true;
}

void LiveFile::addChunk(const Chunk& chunk)
{
    if (chunk.header.kind == uint8_t(ChunkKind::Table)) {
        m_tableChunks.push_back({chunk.offset, chunk.size(), kChunkHeaderSize, chunk.header.sequence, 0, {}});
    } else if (chunk.header.kind == uint8_t(ChunkKind::Events) && chunk.header.log2 <= kMaxEventChunkLog2) {
        ThreadState& state = m_threads[chunk.header.thread];
        if (!state.thread) {
            auto thread = std::make_unique<Thread>();
            thread->index = chunk.header.thread;
            thread->decoder = std::make_unique<ThreadDecoder>(m_tables, functionOf, unknown, thread->out);
            state.thread = thread.get();
            m_publicThreads.push_back(std::move(thread));
        }
        // In the order of their numbers, among those that are not read yet.
        auto at = state.chunks.end();
        while (at != state.chunks.begin() + std::ptrdiff_t(std::min(state.place.chunk, state.chunks.size()))
            && (at - 1)->header.sequence > chunk.header.sequence)
            --at;
        state.chunks.insert(at, chunk);
    }
}

void LiveFile::findChunks()
{
    struct stat st = {};
    m_size = fstat(m_fd, &st) == 0 ? uint64_t(st.st_size) : 0;
    uint8_t hints[sizeof(Mutable)];
    if (readAt(kMutableAt, hints, sizeof hints) == sizeof hints)
        std::memcpy(&m_hints, hints, sizeof hints);
    m_tables.fileSize = m_size;
    Chunk chunk;
    for (auto it = m_holes.begin(); it != m_holes.end();) {
        if (!readChunk(*it, chunk)) {
            ++it;
            continue;
        }
        addChunk(chunk);
        it = m_holes.erase(it, m_holes.lower_bound(chunk.offset + chunk.size()));
    }
    // Behind what is taken the file is only prepared; of a file at rest the hint may be missing.
    const uint64_t end = m_hints.state == uint32_t(State::Recording) ? std::min(m_size, m_hints.allocEnd) : m_size;
    while (m_frontier + kChunkHeaderSize <= end) {
        if (readChunk(m_frontier, chunk)) {
            addChunk(chunk);
            m_frontier += chunk.size();
        } else {
            m_holes.insert(m_frontier); // taken, and its header is not written yet; or never
            m_frontier += 4096;
        }
    }
}

// Reads what is new of a thread. True: something was.
bool LiveFile::collect(ThreadState& state, uint64_t& budget)
{
    bool any = false;
    Place place = state.place;
    while (place.chunk < state.chunks.size()) {
        if (!budget) {
            m_behind = true;
            break;
        }
        Chunk& chunk = state.chunks[place.chunk];
        bool sealed = false;
        Chunk now;
        if (readChunk(chunk.offset, now, &sealed))
            chunk.header = now.header;
        const uint64_t size = chunk.size() - place.block;
        Read read{&state, place.block, place.block, sealed ? chunk.header.used : chunk.size(), sealed, {}};
        if (!m_spare.empty()) {
            read.bytes = std::move(m_spare.back());
            m_spare.pop_back();
        }
        read.bytes.resize(size + 8);
        if (sealed) {
            readAt(chunk.offset + place.block, read.bytes.data(), size);
            std::memset(read.bytes.data() + size, 0, 8);
        } else {
            // How far it is complete; then once more for the content.
            const auto timeOf = [&](uint64_t block) { return detail::load64(&read.bytes[block - place.block + 8]); };
            uint64_t have = 0;
            do {
                const uint64_t more = std::min(kStep, size - have);
                readAt(chunk.offset + place.block + have, read.bytes.data() + have, more);
                have += more;
            } while (have < size && timeOf(place.block + have - kBlockSize));
            uint64_t block = place.block;
            while (block + 2 * kBlockSize <= place.block + have && timeOf(block + kBlockSize))
                block += kBlockSize;
            const uint64_t from = block == place.block && place.offset ? place.offset : firstRecord(block);
            uint64_t time = 1;
            NoSink none;
            Stop stop;
            const uint8_t* const base = read.bytes.data() - place.block;
            const auto limit = uint64_t(decodeRecords(base + from, base + block + kBlockSize, time, none, stop) - base);
            if (block == place.block && limit == from) {
                keep(read.bytes);
                break; // nothing new
            }
            readAt(chunk.offset + place.block, read.bytes.data(), block + kBlockSize - place.block);
            std::memset(&read.bytes[limit - place.block], 0, block + kBlockSize - limit);
            read.complete = block;
            read.bytes.resize(block + kBlockSize - place.block + 8);
            std::memset(read.bytes.data() + read.bytes.size() - 8, 0, 8);
        }
        budget -= std::min(budget, read.bytes.size());
        m_reads.push_back(std::move(read));
        any = true;
        if (!sealed)
            break;
        place = {place.chunk + 1, 0, 0};
    }
    return any;
}

bool LiveFile::readTables()
{
    std::stable_sort(m_tableChunks.begin(), m_tableChunks.end(),
        [](const Table& a, const Table& b) { return a.sequence < b.sequence; });
    bool any = false;
    for (Table& t : m_tableChunks) {
        if (t.at + sizeof(TableRecordHeader) > t.size)
            continue;
        uint64_t head = 0;
        readAt(t.offset + t.at, &head, sizeof head);
        if (!head)
            continue;
        if (!t.bytes)
            t.bytes = std::make_unique_for_overwrite<uint8_t[]>(t.size);
        readAt(t.offset + t.at, t.bytes.get() + t.at, t.size - t.at); // behind what views point to
        while (t.at + sizeof(TableRecordHeader) <= t.size && detail::load64(&t.bytes[t.at])) {
            TableRecordHeader h;
            std::memcpy(&h, &t.bytes[t.at], sizeof h);
            const bool fits = h.length <= t.size - t.at - sizeof h;
            const char* payload = reinterpret_cast<const char*>(&t.bytes[t.at] + sizeof h);
            if (!fits || h.crc != crc32c(crc32c(0, &h, 12), payload, h.length)) {
                if (++t.tries < 4)
                    break; // copied while it was written
                m_tables.badTableRecords++;
                if (!fits) {
                    t.at = t.size;
                    break;
                }
            } else {
                m_tables.add(h, {payload, h.length});
                m_clockSamples += h.type == uint8_t(TableType::Clock);
                m_tableVersion++;
                any = true;
            }
            t.tries = 0;
            t.at += (sizeof h + uint64_t(h.length) + 7) / 8 * 8;
        }
    }
    return any;
}

bool LiveFile::look(uint64_t budget)
{
    m_behind = false;
    findChunks();
    bool any = false;
    for (auto& [index, state] : m_threads) { // the same to each, so that none is far behind the others
        uint64_t share = std::max<uint64_t>(budget / m_threads.size(), 64 << 10);
        any |= collect(state, share);
    }
    findChunks(); // tables that were begun meanwhile
    const size_t samples = m_clockSamples;
    any |= readTables();
    if (samples != m_clockSamples) {
        m_tables.clock.finish();
        for (auto& thread : m_publicThreads)
            thread->decoder->clockChanged();
    }
    return any;
}

void LiveFile::decode()
{
    for (Read& read : m_reads) {
        decode(read);
        keep(read.bytes);
    }
    m_reads.clear();
}

void LiveFile::decode(Read& read)
{
    ThreadState& state = *read.thread;
    ThreadDecoder& decoder = *state.thread->decoder;
    const Chunk& chunk = state.chunks[state.place.chunk];
    const uint8_t* const base = read.bytes.data() - read.from;
    for (uint64_t block = read.from; block < std::min(read.used, chunk.size()); block += kBlockSize) {
        uint64_t from = state.place.offset;
        if (!from) { // a block that was not begun: does it go on where the one before ended?
            BlockHeader head{0, chunk.header.depth, chunk.header.baseTime};
            if (block)
                std::memcpy(&head, base + block, sizeof head);
            const bool first = !block && chunk.header.sequence == 0 && state.expected == 0;
            if (first)
                decoder.begin(head.depth);
            else if (head.time != state.time || head.depth != decoder.recordedDepth())
                decoder.resync(std::max(head.time, state.time), head.depth);
            state.time = std::max(head.time, state.time);
            state.expected = chunk.header.sequence + 1;
            from = firstRecord(block);
        }
        Stop stop;
        const uint8_t* end = decodeRecords(base + from, base + block + kBlockSize, state.time, decoder, stop);
        if (!read.sealed && block >= read.complete) {
            state.place.block = block;
            state.place.offset = stop == Stop::Malformed ? block + kBlockSize : uint64_t(end - base);
            return;
        }
        state.place.offset = 0;
    }
    state.place = {state.place.chunk + 1, 0, 0};
}

// Memory given back between two looks would be taken again, page by page.
void LiveFile::keep(store::BigVector<uint8_t>& bytes)
{
    if (m_spare.size() < 8)
        m_spare.push_back(std::move(bytes));
}

bool LiveFile::hasEnded()
{
    return m_tables.hasEnd || m_hints.state != uint32_t(State::Recording) || !mayRun(m_tables.header);
}

} // namespace calltide::formats
