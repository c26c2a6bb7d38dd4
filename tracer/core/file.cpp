// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "format/crc32c.h"
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::core {

namespace {

constexpr uint64_t kFirstGrowth = 64 << 10, kGreatestGrowth = 64 << 20;
// Under a limit: what calls leave to the tables. And what names leave to the last records, which say why it ended: of that,
// or of the disk.
constexpr uint64_t kReserve = 32 << 10, kLastReserve = 8 << 10;
#ifndef MADV_POPULATE_WRITE
constexpr int MADV_POPULATE_WRITE = 23;
#endif

// Where a program sees the descriptor numbers that it would see without us, unless it opens very many.
int highDescriptor()
{
    constexpr rlim_t kWanted = 1000; // below the usual limit of 1024
    struct rlimit limit {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 200;
    return int(std::min(kWanted, limit.rlim_cur - std::min<rlim_t>(limit.rlim_cur, 24)));
}

// posix_fallocate(), but not beyond the program's own limit of a file's size, where the system would send it SIGXFSZ.
int reserve(int fd, uint64_t from, uint64_t to)
{
    struct rlimit limit {};
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && to > limit.rlim_cur)
        return EFBIG;
    return posix_fallocate(fd, off_t(from), off_t(to - from));
}

uint64_t processStart() // ns since boot
{
    char text[1024] = {};
    const int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    const ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return 0;
    const char* p = std::strrchr(text, ')'); // the name before it may hold anything
    unsigned long long ticks = 0;
    if (!p || std::sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1)
        return 0;
    const long hz = sysconf(_SC_CLK_TCK);
    return hz > 0 ? uint64_t(ticks) * (1'000'000'000ull / uint64_t(hz)) : 0;
}

void readBootId(uint8_t out[16])
{
    char text[64] = {};
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    const ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    int nibble = 0;
    for (ssize_t i = 0; i < n && nibble < 32; i++) {
        const char c = text[i];
        const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0)
            continue;
        out[nibble / 2] = uint8_t(out[nibble / 2] << 4 | v);
        nibble++;
    }
}

format::Mutable* mutableOf(uint8_t* header) { return reinterpret_cast<format::Mutable*>(header + format::kMutableAt); }

} // namespace

Id randomId()
{
    Id id {};
    if (getrandom(id.data(), id.size(), GRND_NONBLOCK) != ssize_t(id.size())) {
        const uint64_t a = nowUnits() * 0x9E3779B97F4A7C15ull, b = uint64_t(getpid()) << 32 ^ a >> 7;
        std::memcpy(id.data(), &a, 8);
        std::memcpy(id.data() + 8, &b, 8);
    }
    return id;
}

File::~File()
{
    if (m_header)
        munmap(m_header, format::kFileHeaderSize);
    if (m_fd >= 0 && stillOurs())
        close(m_fd);
}

std::string File::error() const
{
    std::lock_guard lock(m_mutex);
    return m_error;
}

void File::fail(const char* what, int code)
{
    if (m_error.empty())
        m_error = std::string(what) + ": " + std::strerror(code);
    uint32_t none = 0;
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    m_ended.compare_exchange_strong(none, full ? format::kLossDiskFull : format::kLossOther);
}

void File::reachLimit()
{
    if (m_error.empty()) {
        char text[80];
        std::snprintf(text, sizeof text, "the file has reached its limit of %.6g MB", double(m_limit.bytes) / (1 << 20));
        m_error = text;
    }
    uint32_t none = 0;
    m_ended.compare_exchange_strong(none, format::kLossLimit);
}

uint64_t File::roomNow(format::ChunkKind kind) const
{
    if (ended() == format::kLossDiskFull) // what was kept for this
        return kind == format::ChunkKind::Table ? m_size - m_allocated : 0;
    if (m_limit.mode != format::Mode::StopWhenFull)
        return UINT64_MAX;
    const uint64_t kept = kind == format::ChunkKind::Events ? kReserve : ended() ? 0 : kLastReserve;
    const uint64_t most = m_limit.bytes - std::min(kept, m_limit.bytes);
    return most > m_allocated ? most - m_allocated : 0;
}

uint64_t File::room(format::ChunkKind kind) const
{
    std::lock_guard lock(m_mutex);
    return roomNow(kind);
}

std::string File::create(const std::string& path, const Identity& identity, const ClockSample& now, const Limit& limit)
{
    std::lock_guard lock(m_mutex);
    m_path = path;
    m_limit = limit;
    if (m_limit.mode == format::Mode::StopWhenFull)
        m_limit.bytes = std::max(m_limit.bytes, kLeastLimit);
    if (ring()) {
        m_limit.bytes = std::max(m_limit.bytes, kLeastRing);
        m_slotLog2 = slotLog2For(m_limit.bytes);
        m_mostSlots = m_limit.bytes >> m_slotLog2;
    }
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return std::strerror(errno);
    fchmod(fd, 0600); // whatever the program's umask is
    m_fd = fcntl(fd, F_DUPFD_CLOEXEC, highDescriptor());
    if (m_fd < 0)
        m_fd = fd;
    else
        close(fd);
    struct stat st {};
    fstat(m_fd, &st);
    m_device = st.st_dev;
    m_inode = st.st_ino;
    m_allocated = format::kFileHeaderSize;
    const auto giveUp = [this] {
        unlink(m_path.c_str());
        return m_error;
    };
    if (!grow(m_allocated))
        return giveUp();
    void* m = mmap(nullptr, format::kFileHeaderSize, PROT_READ | PROT_WRITE, MAP_SHARED, m_fd, 0);
    if (m == MAP_FAILED) {
        fail("cannot map the recording", errno);
        return giveUp();
    }
    m_header = static_cast<uint8_t*>(m);
    madvise(m, format::kFileHeaderSize, MADV_DONTFORK);

    format::FileHeader h {};
    std::memcpy(h.magic, format::kMagic, sizeof h.magic);
    h.major = format::kMajor;
    h.minor = format::kMinor;
    h.headerSize = format::kFileHeaderSize;
    h.compat = identity.compat;
    std::memcpy(h.recordingId, identity.recording.data(), 16);
    std::memcpy(h.processId, identity.process.data(), 16);
    std::memcpy(h.parentProcessId, identity.parent.data(), 16);
    h.pid = uint32_t(getpid());
    h.ppid = uint32_t(getppid());
    h.processStart = processStart();
    h.endianMark = format::kEndianMark;
    h.clockKind = uint8_t(g_clock.kind);
    h.shift = g_clock.shift;
    h.mode = uint8_t(m_limit.mode);
    h.ringSlotLog2 = uint8_t(m_slotLog2);
    h.nsPerUnit = g_clock.nsPerUnit;
    h.unit0 = now.units;
    h.monotonic0 = now.monotonic;
    h.boottime0 = now.boottime;
    h.realtime0 = now.realtime;
    readBootId(h.bootId);
    struct stat ns {};
    if (stat("/proc/self/ns/time", &ns) == 0)
        h.timeNamespace = ns.st_ino;
    h.blockLog2 = format::kBlockLog2;
    std::memcpy(m_header, &h, sizeof h);
    format::Mutable* hints = mutableOf(m_header);
    hints->allocEnd = m_allocated;
    hints->state = uint32_t(format::State::Recording);
    hints->heartbeat = now.units;
    const uint32_t crc = format::crc32c(0, m_header, format::kFileCrcAt);
    std::memcpy(m_header + format::kFileCrcAt, &crc, 4);
    std::memcpy(&m_seed, identity.process.data(), 4);
    return {};
}

// A program may close every descriptor and reuse the number: never write to a file that is not ours.
bool File::stillOurs()
{
    struct stat st {};
    return fstat(m_fd, &st) == 0 && st.st_dev == m_device && st.st_ino == m_inode;
}

bool File::reopen()
{
    if (stillOurs())
        return true;
    const int fd = open(m_path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    struct stat st {};
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_dev != m_device || st.st_ino != m_inode) {
        if (fd >= 0)
            close(fd);
        fail("the recording's descriptor was closed", EBADF);
        return false;
    }
    m_fd = fcntl(fd, F_DUPFD_CLOEXEC, highDescriptor());
    if (m_fd < 0)
        m_fd = fd;
    else
        close(fd);
    return true;
}

bool File::grow(uint64_t to)
{
    if (to <= m_size)
        return true;
    // Real blocks, not a hole: a full disk is an error here and not a signal at some later store.
    const uint64_t step = std::clamp(m_size / 4 & ~uint64_t(0xFFFF), kFirstGrowth, kGreatestGrowth);
    uint64_t want = m_size == 0 ? to : std::max(to, m_size + step);
    if (m_limit.mode == format::Mode::StopWhenFull)
        want = std::max(to, std::min(want, m_limit.bytes));
    if (ring()) // what the slots still need, and a little for the tables
        want = std::max(to, std::min(want, to + ((m_mostSlots - m_slots) << m_slotLog2) + kFirstGrowth));
    int code = reserve(m_fd, m_size, want);
    if (code && want > to) {
        want = to;
        code = reserve(m_fd, m_size, want);
    }
    if (code) {
        fail("cannot grow the recording", code);
        return false;
    }
    m_size = want;
    return true;
}

Chunk File::take(unsigned log2, format::ChunkKind kind)
{
    std::lock_guard lock(m_mutex);
    Chunk chunk {nullptr, log2};
    // At the limit, and on a full disk, the tables' last records still have their reserve.
    const bool full = ended() == format::kLossLimit || ended() == format::kLossDiskFull;
    const bool usable = m_error.empty() || (full && kind == format::ChunkKind::Table);
    if (m_fd < 0 || !usable || !reopen())
        return chunk;
    if (ring() && kind == format::ChunkKind::Events)
        return takeSlot();
    if (chunk.size() > roomNow(kind)) {
        reachLimit();
        return chunk;
    }
    return takeNew(log2);
}

uint8_t* File::map(uint64_t at, uint64_t size)
{
    void* m = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, m_fd, off_t(at));
    if (m == MAP_FAILED) {
        fail("cannot map the recording", errno);
        return nullptr;
    }
    madvise(m, size, MADV_DONTFORK); // a child must never write into its parent's file
    madvise(m, size, MADV_POPULATE_WRITE);
    return static_cast<uint8_t*>(m);
}

Chunk File::takeNew(unsigned log2)
{
    Chunk chunk {nullptr, log2, m_allocated, 0};
    const bool keeps = !ended() && m_limit.mode != format::Mode::StopWhenFull; // which has its reserve within the limit
    if (!grow(m_allocated + chunk.size() + (keeps ? kLastReserve : 0)))
        return chunk;
    chunk.base = map(chunk.offset, chunk.size());
    if (chunk.base) {
        m_allocated += chunk.size();
        std::atomic_ref(mutableOf(m_header)->allocEnd).store(m_allocated, std::memory_order_relaxed);
    }
    return chunk;
}

Chunk File::takeSlot()
{
    if (m_slots < m_mostSlots) {
        const Chunk chunk = takeNew(m_slotLog2);
        m_slots += chunk.base != nullptr;
        if (chunk.base || m_sealed.empty())
            return chunk;
        m_mostSlots = m_slots; // the disk is full: the ring is as large as it could become
        m_error.clear();
        m_ended = 0;
    }
    if (m_sealed.empty())
        return {};
    Chunk chunk {nullptr, m_slotLog2, m_sealed.front(), 0};
    chunk.base = map(chunk.offset, chunk.size());
    if (!chunk.base)
        return chunk;
    m_sealed.pop_front();
    // From the first store on it belongs to nobody, and says how long it is; a death at any moment leaves it so.
    auto* h = reinterpret_cast<format::ChunkHeader*>(chunk.base);
    chunk.lap = h->lap + 1;
    std::atomic_ref(h->openCrc).store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    constexpr size_t kFrom = offsetof(format::ChunkHeader, endTime);
    std::memset(chunk.base + kFrom, 0, chunk.size() - kFrom);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return chunk;
}

void File::release(Chunk chunk, format::ChunkKind kind)
{
    if (!chunk.base)
        return;
    munmap(chunk.base, chunk.size());
    if (ring() && kind == format::ChunkKind::Events) {
        std::lock_guard lock(m_mutex);
        m_sealed.push_back(chunk.offset);
    }
}

void File::finish(format::State state)
{
    std::lock_guard lock(m_mutex);
    if (!m_header)
        return;
    mutableOf(m_header)->state = uint32_t(state);
    if (m_fd >= 0 && stillOurs() && m_allocated < m_size && ftruncate(m_fd, off_t(m_allocated)) == 0)
        m_size = m_allocated;
}

void File::leaveToParent()
{
    if (m_fd >= 0 && stillOurs())
        close(m_fd);
    m_fd = -1;
}

void File::heartbeat(uint64_t units)
{
    if (m_header)
        std::atomic_ref(mutableOf(m_header)->heartbeat).store(units, std::memory_order_relaxed);
}

void File::addLost(uint64_t events)
{
    if (m_header)
        std::atomic_ref(mutableOf(m_header)->lost).fetch_add(events, std::memory_order_relaxed);
}

unsigned slotLog2For(uint64_t bytes)
{
    unsigned log2 = format::kMinChunkLog2 + 1;
    while (log2 < format::kMaxEventChunkLog2 && bytes >> (log2 + 1) >= 128)
        log2++;
    return log2;
}

void openChunk(Chunk chunk, uint32_t seed, format::ChunkKind kind, uint32_t thread, uint32_t sequence, uint64_t baseTime,
    int32_t depth)
{
    format::ChunkHeader h {};
    h.magic = format::kChunkMagic;
    h.kind = uint8_t(kind);
    h.log2 = uint8_t(chunk.log2);
    h.thread = thread;
    h.sequence = sequence;
    h.baseTime = baseTime ? baseTime : 1;
    h.lap = chunk.lap;
    h.depth = depth;
    constexpr size_t kCovered = offsetof(format::ChunkHeader, openCrc);
    std::memcpy(chunk.base, &h, kCovered);
    auto* out = reinterpret_cast<format::ChunkHeader*>(chunk.base);
    std::atomic_ref(out->openCrc).store(format::crcNonZero(format::crc32c(seed, &h, kCovered)), std::memory_order_release);
}

void sealChunk(Chunk chunk, uint32_t used, uint64_t endTime, int32_t depth, uint32_t payloadCrc)
{
    auto* out = reinterpret_cast<format::ChunkHeader*>(chunk.base);
    out->endTime = endTime;
    out->used = used;
    out->depthEnd = depth;
    out->payloadCrc = payloadCrc;
    constexpr size_t kFrom = offsetof(format::ChunkHeader, endTime), kTo = offsetof(format::ChunkHeader, sealCrc);
    const uint32_t crc = format::crcNonZero(format::crc32c(out->openCrc, chunk.base + kFrom, kTo - kFrom));
    std::atomic_ref(out->sealCrc).store(crc, std::memory_order_release);
}

} // namespace calltide::core
