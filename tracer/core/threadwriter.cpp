// SPDX-License-Identifier: Apache-2.0
#include "core/gilwaits.h"
#include "core/recorder.h"
#include "format/crc32c.h"
#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace calltide::core {

using namespace format;

namespace {
// Entries of a block: each has at least two bytes, so the shadow stack needs a look only at the switch.
constexpr size_t kEntriesOfBlock = kBlockSize / 2 + 8;
constexpr uint64_t kMaxTimeRecord = 1ull << 48;
} // namespace

uint32_t decodeId(uint32_t bytes)
{
    uint32_t id = 0;
    for (unsigned i = 0; i < 4; i++) {
        id |= ((bytes >> (8 * i)) & 0x7f) << (7 * i);
        if (!((bytes >> (8 * i)) & 0x80))
            break;
    }
    return id;
}

int32_t ThreadWriter::depth() const
{
    return int32_t(top - thread->shadow.data() - 1) - int32_t(thread->hidden)
        - int32_t(thread->pending.size() - thread->pendingWritten);
}

void ThreadWriter::setBlock(uint8_t* from, uint8_t* records)
{
    const uint64_t offset = uint64_t(from - thread->chunk.base);
    thread->block = from;
    at = records;
    thread->limit = thread->chunk.base + (offset / kBlockSize + 1) * kBlockSize - kReservedTail + 1;
    limit = hides() ? nullptr : thread->limit;
}

void ThreadWriter::growShadow()
{
    auto& s = thread->shadow;
    const size_t used = size_t(top - s.data());
    if (used + kEntriesOfBlock > s.size()) {
        s.resize(s.size() * 2 + kEntriesOfBlock);
        top = s.data() + used;
    }
}

void ThreadWriter::seal()
{
    Thread& t = *thread;
    if (!t.chunk.base)
        return;
    t.crc = crc32c(t.crc, t.block, size_t(at - t.block));
    sealChunk(t.chunk, uint32_t(at - t.chunk.base), last, depth(), t.crc);
    t.recorder->m_file.release(t.chunk, ChunkKind::Events);
    t.chunk.base = nullptr;
    at = limit = t.limit = nullptr;
}

bool ThreadWriter::nextChunk()
{
    Thread& t = *thread;
    File& file = t.recorder->m_file;
    unsigned log2 = t.chunk.log2 == 0 ? kMinChunkLog2 : t.chunk.log2 < kMaxEventChunkLog2 ? t.chunk.log2 + 1 : t.chunk.log2;
    Chunk next;
    if (file.ring() && !t.recorder->stopped())
        next = file.take(log2, ChunkKind::Events); // before it lets go of its newest: that is never the one to be reused …
    seal();
    if (t.recorder->stopped())
        return false;
    if (!next.base) { // … unless the other threads hold all others
        for (const uint64_t most = file.room(ChunkKind::Events); log2 > kMinChunkLog2 && most >> log2 == 0;)
            log2--;
        next = file.take(log2, ChunkKind::Events);
    }
    if (!next.base) {
        if (!file.ring() || file.ended())
            t.recorder->fail();
        t.missed = true;
        return false;
    }
    t.chunk = next;
    t.sequence += t.missed; // so that the gap is seen
    t.missed = false;
    openChunk(t.chunk, file.openSeed(), ChunkKind::Events, t.index, t.sequence++, last, depth());
    t.crc = 0;
    setBlock(t.chunk.base + kChunkHeaderSize, t.chunk.base + kChunkHeaderSize);
    if (file.ring())
        writeStack();
    t.recorder->chunkSwitched(last);
    return true;
}

// What is open, at the start of a ring's slot: when the ones before are gone nobody could tell. Of a very deep stack the
// outermost and the innermost calls.
void ThreadWriter::writeStack()
{
    constexpr size_t kMost = 1800; // bytes of one record; two of them fit the first block
    const uint32_t *from = thread->shadow.data() + 1, *end = from + depth();
    uint8_t payload[kMost + 16];
    const auto put = [&](const uint32_t* first, bool whole) {
        unsigned n = lebPut(payload, uint64_t(first - from));
        for (; first < end && n < kMost; first++) {
            const uint32_t bytes = *first & ~kShadowC;
            unsigned length = 1;
            while (bytes >> (8 * length - 1) & 1)
                length++;
            std::memcpy(payload + n, &bytes, 4);
            n += length;
        }
        if (whole || first == end)
            store(kStack, 0, payload, n);
        return first;
    };
    if (from == end)
        return;
    const uint32_t* next = put(from, true);
    if (next < end)
        put(std::max(next, end - kMost / 4 + 4), false);
}

// One extended record, where there is room for it.
void ThreadWriter::store(unsigned sub, uint64_t dt, const void* payload, uint32_t size)
{
    uint8_t head[16];
    unsigned n = lebPut(head, dt + 1);
    n += lebPut(head + n, uint64_t(size) + 1);
    std::memcpy(at + 1, head, n);
    std::memcpy(at + 1 + n, payload, size);
    std::atomic_ref(*at).store(uint8_t(sub << 2), std::memory_order_release);
    at += 1 + n + size;
}

bool ThreadWriter::nextBlock()
{
    Thread& t = *thread;
    growShadow();
    if (!t.chunk.base)
        return nextChunk();
    uint8_t* end = t.chunk.base + (uint64_t(t.block - t.chunk.base) / kBlockSize + 1) * kBlockSize;
    if (end >= t.chunk.base + t.chunk.size())
        return nextChunk();
    t.crc = crc32c(t.crc, t.block, size_t(end - t.block));
    const int32_t d = depth();
    auto* head = reinterpret_cast<BlockHeader*>(end);
    head->crc = t.crc;
    head->depth = d;
    std::atomic_ref(head->time).store(last, std::memory_order_release); // "block open"
    setBlock(end, end + kBlockHeaderSize);
    const uint32_t newest = top[-1] & ~kShadowC;
    if (newest && t.recorder->m_options.onBlock)
        t.recorder->m_options.onBlock(*t.recorder, decodeId(newest));
    return true;
}

// True when a record of eight bytes may be written.
bool ThreadWriter::room() { return (thread->limit && at < thread->limit) || nextBlock(); }

void ThreadWriter::timePasses(uint64_t now)
{
    uint64_t dt = now - last;
    while (room()) {
        const uint64_t part = dt < kMaxTimeRecord ? dt : kMaxTimeRecord;
        unsigned n = 0;
        const uint64_t word = lebWord(part + 1, n);
        store64(at, uint64_t(kTimePasses) << 2 | word << 8);
        at += 1 + n;
        last += part;
        dt -= part;
        if (!dt)
            break;
    }
}

// Only in the thread itself: another one, which ends its calls for it, has waits of its own.
bool ThreadWriter::hasGilWaits() const { return thread->gilWaits == &t_gilWaits && t_gilWaits && t_gilWaits->count; }

// The thread waited for the interpreter's lock since its newest record: said before the event at `now`.
void ThreadWriter::writeGilWaits(uint64_t now)
{
    GilWaits& w = *t_gilWaits;
    uint32_t n = 0;
    for (; n < w.count && w.waits[n].to <= now; n++) {
        const auto [from, to] = w.waits[n];
        if (from < last || to - from < thread->leastUnits) // of an earlier recording, or too short for this one
            continue;
        uint8_t payload[20];
        unsigned size = lebPut(payload, to - from);
        size += lebPut(payload + size, n + 1 == w.count ? w.lost : 0);
        const uint32_t count = std::exchange(w.count, 0); // what it needs may come by here again
        const bool kept = !room() ? false : extended(kGilWait, to, payload, size);
        w.count = count;
        if (!kept)
            break;
    }
    std::copy(w.waits + n, w.waits + w.count, w.waits);
    w.count -= n;
    if (!w.count)
        w.lost = 0;
}

void ThreadWriter::farRecord(unsigned kind, uint64_t now, uint32_t bytes, uint32_t length)
{
    if (hasGilWaits()) {
        writeGilWaits(now);
        if (!room())
            return;
    }
    if (now < last)
        now = last; // time never goes back within a thread
    if (now - last > kMaxFar) {
        timePasses(now);
        if (!room())
            return;
    }
    const uint64_t dt = now - last;
    uint64_t word = kind | dt << 2;
    unsigned n = 0;
    if (dt >= kNear)
        word = kind | kNear << 2 | lebWord(dt - (kNear - 1), n) << 8;
    store64(at, word | uint64_t(bytes) << (8 + 8 * n));
    at += 1 + n + length;
    last = now;
}

void ThreadWriter::enterFar(uint64_t now, uint32_t bytes, uint32_t length) { farRecord(kEnter, now, bytes, length); }
void ThreadWriter::leaveFar(unsigned kind, uint64_t now) { farRecord(kind, now, 0, 0); }

void ThreadWriter::rare(unsigned sub, uint64_t now, uint32_t bytes, uint32_t length)
{
    if (hasGilWaits())
        writeGilWaits(now);
    if (!room())
        return;
    if (now < last)
        now = last;
    // One less than in a plain record: dt + 1 must fit three bytes, to leave room for the operand.
    if (now - last >= (1u << 21) - 1) {
        timePasses(now);
        if (!room())
            return;
    }
    unsigned n = 0;
    const uint64_t word = lebWord(now - last + 1, n);
    store64(at, uint64_t(sub) << 2 | word << 8 | uint64_t(bytes) << (8 + 8 * n));
    at += 1 + n + length;
    last = now;
}

bool ThreadWriter::extended(unsigned sub, uint64_t now, const void* payload, uint32_t size)
{
    if (!thread->pending.empty())
        writePending(); // what it belongs to or stands in
    if (hasGilWaits())
        writeGilWaits(now);
    if (!room())
        return false;
    if (now < last)
        now = last;
    if (now - last >= (1u << 21) - 1) {
        timePasses(now);
        if (!room())
            return false;
    }
    uint8_t head[16];
    unsigned n = lebPut(head, now - last + 1);
    n += lebPut(head + n, uint64_t(size) + 1);
    const uint32_t need = 1 + n + size;
    if (need > kMaxExtended)
        return false;
    // The first block of a chunk is shorter than the others: the second try always fits.
    for (int i = 0; i < 3 && need > uint64_t(thread->limit + (kReservedTail - 1) - at); i++)
        if (!nextBlock())
            return false;
    if (need > uint64_t(thread->limit + (kReservedTail - 1) - at))
        return false;
    store(sub, now - last, payload, size);
    last = now;
    return true;
}

} // namespace calltide::core
