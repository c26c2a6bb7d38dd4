// SPDX-License-Identifier: Apache-2.0
// The recording's file: made once, grown by whole chunks, written only through shared mappings.
#pragma once
#include "core/clock.h"
#include "format/format.h"
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace calltide::core {

using Id = std::array<uint8_t, 16>;
Id randomId();

struct Identity
{
    Id recording {}, process {}, parent {};
    uint64_t compat = 0; // format::CompatBit
};

// How large the file may become. Both: bytes, 0 for no limit.
struct Limit
{
    format::Mode mode = format::Mode::Grow; // Grow, StopWhenFull or Ring
    uint64_t bytes = 0; // of the whole file, at least kLeastLimit; in a ring of the calls alone, at least kLeastRing
};
inline constexpr uint64_t kLeastLimit = 256 << 10, kLeastRing = 1 << 20;

struct Chunk
{
    uint8_t* base = nullptr;
    unsigned log2 = 0;
    uint64_t offset = 0; // in the file
    uint32_t lap = 0;    // how often the space was used before
    uint64_t size() const { return 1ull << log2; }
};

// All functions may be called by any thread of the process that made the file.
class File
{
public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    // Makes the file (it must not exist) and writes its header. An empty string, or what went wrong.
    std::string create(const std::string& path, const Identity& identity, const ClockSample& now, const Limit& limit = {});

    // Space for a chunk of 2^log2 bytes, all zero, mapped and backed by the disk. A null base: no space; see ended().
    // In a ring, chunks of events all have the ring's own size; when it is full they take the place of those that were
    // sealed first, and a null base without ended() says that other threads hold all of them just now.
    Chunk take(unsigned log2, format::ChunkKind kind);
    bool ring() const { return m_limit.mode == format::Mode::Ring; }
    // The greatest chunk that the limit still allows; tables keep a reserve for what is written at the end.
    uint64_t room(format::ChunkKind kind) const;
    // Unmaps a chunk that is sealed; in a ring, one of events may be used again from now on.
    void release(Chunk chunk, format::ChunkKind kind);

    // Cuts the file behind its last chunk and marks it. The mappings stay valid.
    void finish(format::State state);

    // In a child that fork() has made (and which shares no descriptors with its parent): closes its copy of ours. Takes
    // no lock; nothing else may be called afterwards.
    void leaveToParent();

    void heartbeat(uint64_t units);
    void addLost(uint64_t events);
    uint64_t limit() const { return m_limit.mode == format::Mode::StopWhenFull ? m_limit.bytes : 0; }
    uint32_t openSeed() const { return m_seed; }
    const std::string& path() const { return m_path; }
    std::string error() const;
    // No more chunks: why, as a format::LossReason. 0: none so far.
    uint32_t ended() const { return m_ended.load(std::memory_order_relaxed); }

private:
    uint64_t roomNow(format::ChunkKind kind) const;
    Chunk takeSlot();
    Chunk takeNew(unsigned log2);
    uint8_t* map(uint64_t at, uint64_t size);
    void reachLimit();
    bool grow(uint64_t to);
    bool reopen();
    bool stillOurs();
    void fail(const char* what, int code);

    std::string m_path, m_error;
    mutable std::mutex m_mutex;
    int m_fd = -1;
    uint64_t m_device = 0, m_inode = 0;
    uint64_t m_allocated = 0, m_size = 0;
    uint32_t m_seed = 0;
    Limit m_limit;
    // The ring: all slots are of one size.
    unsigned m_slotLog2 = 0;
    uint64_t m_slots = 0, m_mostSlots = 0;
    std::deque<uint64_t> m_sealed; // offsets, oldest first
    std::atomic<uint32_t> m_ended {0};
    uint8_t* m_header = nullptr;
};

// A ring of so many bytes has slots of 2^this: 128 of them or more, of at least 8 KiB, so that any record fits one.
unsigned slotLog2For(uint64_t bytes);

void openChunk(Chunk chunk, uint32_t seed, format::ChunkKind kind, uint32_t thread, uint32_t sequence, uint64_t baseTime,
    int32_t depth);
void sealChunk(Chunk chunk, uint32_t used, uint64_t endTime, int32_t depth, uint32_t payloadCrc);

} // namespace calltide::core
