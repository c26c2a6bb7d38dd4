// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/livecopy.h"
#include "formats/input.h"
#include "formats/nativefile.h"
#include "formats/recordingfiles.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

using namespace format;

namespace {

class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

struct NoSink
{
    void enter(uint64_t, uint32_t) { }
    void leave(uint64_t, unsigned) { }
    void rare(uint64_t, unsigned, uint32_t) { }
    void extended(uint64_t, unsigned, const uint8_t*, uint32_t) { }
    void resync(uint64_t, int32_t) { }
};

// One file. Events first, then the tables that name them: a name is in the file before its id is used.
class Copy
{
public:
    Copy(const std::string& from, const std::string& to)
        : m_from(from)
        , m_to(to)
        , m_in(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    {
    }
    Status make();

private:
    struct Place
    {
        uint64_t offset, size;
    };
    uint64_t read(uint64_t offset, uint64_t size); // into m_bytes; the rest is zero
    bool write(uint64_t offset, uint64_t size); // from m_bytes
    uint64_t walk(uint64_t from, uint64_t end, std::vector<Place>* events); // tables go to m_tables; where it ended
    bool copyEvents(Place place);
    bool copyTable(Place place);
    uint64_t taken(); // as the file says now

    const std::string &m_from, &m_to;
    Descriptor m_in;
    int m_out = -1;
    uint32_t m_seed = 0;
    Mutable m_hints{};
    std::vector<Place> m_tables;
    std::vector<uint64_t> m_holes;
    std::vector<uint8_t> m_bytes;
};

uint64_t Copy::read(uint64_t offset, uint64_t size)
{
    m_bytes.resize(size + 8);
    uint64_t have = 0;
    while (have < size) {
        const ssize_t n = pread(m_in.get(), m_bytes.data() + have, size - have, off_t(offset + have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        have += uint64_t(n);
    }
    std::fill(m_bytes.begin() + std::ptrdiff_t(have), m_bytes.end(), uint8_t(0));
    return have;
}

bool Copy::write(uint64_t offset, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        const ssize_t n = pwrite(m_out, m_bytes.data() + done, size - done, off_t(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += uint64_t(n);
    }
    return true;
}

uint64_t Copy::taken()
{
    struct stat st = {};
    const uint64_t size = fstat(m_in.get(), &st) == 0 ? uint64_t(st.st_size) : 0;
    read(kMutableAt, sizeof(Mutable));
    std::memcpy(&m_hints, m_bytes.data(), sizeof m_hints);
    return m_hints.state == uint32_t(State::Recording) ? std::min(size, m_hints.allocEnd) : size;
}

uint64_t Copy::walk(uint64_t from, uint64_t end, std::vector<Place>* events)
{
    while (from + kChunkHeaderSize <= end) {
        ChunkView view;
        if (read(from, kChunkHeaderSize) < kChunkHeaderSize || !readChunkHeader(m_bytes.data(), kChunkHeaderSize, 0, m_seed, view)) {
            m_holes.push_back(from); // taken, and its header is not written yet; or never
            from += kBlockSize;
            continue;
        }
        const uint64_t size = uint64_t(1) << view.header.log2;
        if (view.header.kind != uint8_t(ChunkKind::Events))
            m_tables.push_back({from, size});
        else if (events)
            events->push_back({from, size});
        from += size;
    }
    return from;
}

// What is complete in the first reading is complete in the second, which is the one that is kept.
bool Copy::copyEvents(Place place)
{
    ChunkView view;
    read(place.offset, place.size);
    if (!readChunkHeader(m_bytes.data(), place.size, 0, m_seed, view))
        return true; // a ring that was not made to pause
    if (view.sealed) {
        read(place.offset, place.size); // it was, before its content was read
        return write(place.offset, place.size);
    }
    uint64_t block = 0;
    while (block + 2 * kBlockSize <= place.size && detail::load64(&m_bytes[block + kBlockSize + 8]))
        block += kBlockSize;
    uint64_t time = 1;
    NoSink none;
    Stop stop;
    const uint8_t* const base = m_bytes.data();
    const uint64_t first = block ? block + kBlockHeaderSize : kChunkHeaderSize;
    const auto limit = uint64_t(decodeRecords(base + first, base + block + kBlockSize, time, none, stop) - base);
    read(place.offset, block + kBlockSize);
    std::memset(&m_bytes[limit], 0, block + kBlockSize - limit);
    std::memset(&m_bytes[40], 0, kChunkHeaderSize - 40); // the seal, if it came in between
    return write(place.offset, block + kBlockSize);
}

bool Copy::copyTable(Place place)
{
    read(place.offset, place.size);
    uint64_t at = kChunkHeaderSize;
    while (at + sizeof(TableRecordHeader) <= place.size && detail::load64(&m_bytes[at])) {
        TableRecordHeader h;
        std::memcpy(&h, &m_bytes[at], sizeof h);
        if (h.length > place.size - at - sizeof h || h.crc != crc32c(crc32c(0, &h, 12), &m_bytes[at] + sizeof h, h.length))
            break;
        at += (sizeof h + uint64_t(h.length) + 7) / 8 * 8;
    }
    ChunkView view;
    const bool sealed = readChunkHeader(m_bytes.data(), place.size, 0, m_seed, view) && view.sealed;
    if (!sealed) {
        at = std::min(at, place.size);
        std::memset(&m_bytes[at], 0, place.size - at);
        std::memset(&m_bytes[40], 0, kChunkHeaderSize - 40);
    }
    return write(place.offset, place.size);
}

Status Copy::make()
{
    if (m_in.get() < 0)
        return systemError(m_from, "cannot be opened", errno);
    NativeTables tables;
    const uint64_t have = read(0, kFileHeaderSize);
    if (Status s = readFileHeader(m_from, m_bytes.data(), have, tables, m_hints); !s)
        return s;
    std::memcpy(&m_seed, tables.header.processId, 4);
    ::unlink(m_to.c_str());
    const Descriptor out(::open(m_to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (out.get() < 0)
        return systemError(m_to, "cannot be written", errno);
    m_out = out.get();

    // Chunks that are begun from here on are later than all that is copied of their threads.
    std::vector<Place> events;
    const uint64_t firstEnd = walk(kFileHeaderSize, taken(), &events);
    bool good = std::all_of(events.begin(), events.end(), [this](Place p) { return copyEvents(p); });
    const uint64_t end = walk(firstEnd, taken(), nullptr);
    for (const uint64_t hole : std::exchange(m_holes, {}))
        walk(hole, hole + kBlockSize, nullptr);
    good = good && std::all_of(m_tables.begin(), m_tables.end(), [this](Place p) { return copyTable(p); });
    read(0, kFileHeaderSize);
    m_hints.state = uint32_t(State::Recovered); // it does not go on, even if its program does
    m_hints.allocEnd = end;
    std::memcpy(&m_bytes[kMutableAt], &m_hints, sizeof m_hints);
    good = good && ftruncate(m_out, off_t(end)) == 0 && write(0, kFileHeaderSize);
    return good ? Status(Ok{}) : Status(systemError(m_to, "cannot be written", errno));
}

} // namespace

bool isRing(const std::string& path)
{
    const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::vector<uint8_t> head(kFileHeaderSize);
    const ssize_t have = in.get() < 0 ? -1 : pread(in.get(), head.data(), head.size(), 0);
    NativeTables tables;
    Mutable hints{};
    return have > 0 && readFileHeader(path, head.data(), uint64_t(have), tables, hints) && tables.header.mode == uint8_t(Mode::Ring);
}

Status copyRecording(const std::string& from, const std::string& to)
{
    namespace fs = std::filesystem;
    if (Status s = Copy(from, to).make(); !s)
        return s;
    std::error_code error;
    const fs::path children = childFolder(to);
    for (const std::string& path : childRecordings(from)) {
        if (fs::create_directory(children, error))
            fs::permissions(children, fs::perms::owner_all, error);
        if (error)
            return Error{ErrorCode::Io, children.string() + ": the folder for the children cannot be made: " + error.message() + '.'};
        const std::string child = (children / fs::path(path).filename()).string();
        if (Status s = Copy(path, child).make(); !s) {
            fs::remove(child, error); // its header may be half written yet
            error.clear();
            if (s.error().code == ErrorCode::Io)
                return s;
        }
    }
    return Ok{};
}

} // namespace calltide::formats
