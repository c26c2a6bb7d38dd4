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
        const uint32_t lost = n + 1 == w.count ? w.lost : 0;
        unsigned size = 0;
        for (uint64_t v : {to - from, uint64_t(lost)}) {
            for (; v >= 0x80; v >>= 7)
                payload[size++] = uint8_t(v | 0x80);
            payload[size++] = uint8_t(v);
        }
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
    if (!thread->pending.empty() && !thread->pendingWritten)
        writePending(); // what it belongs to or stands in
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

// ---------------------------------------------------------------- slow ways

void ThreadWriter::enterHidden(bool c)
{
    growShadow();
    *top++ = c ? kShadowC : 0;
    thread->hidden++;
    limit = nullptr;
}

bool ThreadWriter::hides() const { return thread->hidden != 0 || thread->hidesAll; }

// Calls that are not written yet count: they will be, once they have taken long enough.
bool ThreadWriter::tooDeep() const
{
    return depth() + int32_t(thread->pending.size()) >= int32_t(thread->recorder->m_options.maxDepth);
}

void ThreadWriter::reveal()
{
    top -= thread->hidden;
    thread->hidden = 0;
    thread->hidesAll = false;
    limit = thread->limit;
}

void ThreadWriter::enterSlow(bool c, uint32_t bytes, uint32_t length)
{
    if (hides() || tooDeep()) {
        enterHidden(c);
        return;
    }
    if (thread->leastUnits) {
        const uint64_t now = nowUnits();
        writePending(now - thread->leastUnits);
        growShadow();
        thread->pending.push_back({now, bytes, length, c, {}, 0});
        *top++ = c ? bytes | kShadowC : bytes;
        return;
    }
    if (!room()) {
        enterHidden(c);
        return;
    }
    if (c)
        enter<true>(bytes, length);
    else
        enter<false>(bytes, length);
}

void ThreadWriter::throwSlow(uint32_t bytes, uint32_t length)
{
    if (hides() || tooDeep()) {
        enterHidden(false);
        return;
    }
    writePending();
    if (!room()) {
        enterHidden(false);
        return;
    }
    rare(kThrow, nowUnits(), bytes, length);
    *top++ = bytes;
}

void ThreadWriter::writePending(uint64_t before)
{
    Thread& t = *thread;
    size_t& n = t.pendingWritten;
    for (n = 0; n < t.pending.size() && t.pending[n].time <= before; n++) {
        if (!room())
            break;
        const Thread::Pending& p = t.pending[n];
        farRecord(kEnter, p.time, p.bytes, p.length);
        if (p.task) {
            const EncodedId id = encodeId(p.task);
            rare(kTaskSwitch, last, id.bytes, id.length);
        }
        if (!p.arguments.empty()) {
            n++; // it is open now
            extended(kArguments, last, p.arguments.data(), uint32_t(p.arguments.size()));
            n--;
        }
    }
    t.pending.erase(t.pending.begin(), t.pending.begin() + ptrdiff_t(n));
    n = 0;
}

void ThreadWriter::arguments(const std::string& json)
{
    if (thread->hidden)
        return;
    if (!thread->pending.empty())
        thread->pending.back().arguments = json;
    else
        extended(kArguments, last, json.data(), uint32_t(json.size()));
}

void ThreadWriter::leaveOne(bool c, unsigned sub, const std::string* result)
{
    if (!thread->pending.empty()) {
        if (nowUnits() - thread->pending.back().time < thread->leastUnits) {
            thread->pending.pop_back();
            top--;
            return;
        }
        writePending();
    }
    if (result)
        extended(kReturnValue, nowUnits(), result->data(), uint32_t(result->size()));
    if (!room()) { // it has ended all the same
        if (!thread->pending.empty())
            thread->pending.pop_back();
        top--;
        return;
    }
    if (sub)
        c ? leaveRare<true>(sub) : leaveRare<false>(sub);
    else
        c ? leave<true>() : leave<false>();
}

// Keeps the recording balanced whatever comes: entries without a leave are closed with the one around them, leaves
// without an entry are dropped.
void ThreadWriter::leaveSlow(bool c, unsigned sub, const std::string* result)
{
    const uint32_t* bottom = thread->shadow.data() + 1;
    const bool topIsC = top > bottom && top[-1] >= kShadowC;
    if (top == bottom || (c && !topIsC))
        return;
    while (!c && top > bottom && top[-1] >= kShadowC) {
        if (thread->hidden) {
            top--;
            thread->hidden--;
        } else {
            leaveOne(true, 0);
        }
    }
    if (thread->hidden) {
        if (top > bottom) {
            top--;
            thread->hidden--;
        }
        if (!hides())
            limit = thread->limit;
        return;
    }
    if (top > bottom)
        leaveOne(c, sub, result);
}

void ThreadWriter::mark(unsigned sub, uint32_t operand)
{
    writePending();
    const EncodedId id = encodeId(operand);
    rare(sub, nowUnits(), id.bytes, id.length);
}

void ThreadWriter::task(uint32_t id, bool call)
{
    if (call && !thread->pending.empty())
        thread->pending.back().task = id;
    else if (call || id > 1 || thread->task > 1) {
        thread->task = call ? 0 : id;
        mark(kTaskSwitch, id);
    }
}

bool ThreadWriter::lift(std::vector<uint32_t>& entries)
{
    if (thread->hidesAll)
        return false;
    entries.assign(top - thread->hidden, top);
    top -= thread->hidden;
    thread->hidden = 0;
    limit = thread->limit;
    return true;
}

void ThreadWriter::lower(const std::vector<uint32_t>& entries)
{
    if (!thread)
        return;
    for (const uint32_t entry : entries)
        enterHidden(entry & kShadowC);
}

void ThreadWriter::leaveAll()
{
    const uint32_t* bottom = thread->shadow.data() + 1;
    top -= thread->hidden;
    thread->hidden = 0;
    while (top > bottom) {
        const uint32_t* before = top;
        leaveOne(top[-1] >= kShadowC, 0);
        bottom = thread->shadow.data() + 1;
        if (top >= before)
            break; // no room left
    }
    top = thread->shadow.data() + 1;
    thread->hidesAll = false;
    limit = thread->limit;
}

void ThreadWriter::hideAll()
{
    thread->hidesAll = true;
    limit = nullptr;
}

void ThreadWriter::open(std::span<const uint32_t> ids, std::span<const uint32_t> hidden)
{
    constexpr size_t kPerRecord = 400; // at most 4 bytes each: fits the shortest first block with room to spare
    for (size_t from = 0; from < ids.size(); from += kPerRecord) {
        uint8_t payload[kPerRecord * 5];
        uint32_t n = 0;
        const auto part = ids.subspan(from, std::min(kPerRecord, ids.size() - from));
        for (const uint32_t id : part)
            n += lebPut(payload + n, id & ~kShadowC);
        if (!extended(kOpen, nowUnits(), payload, n))
            return;
        for (const uint32_t id : part) {
            growShadow();
            *top++ = encodeId(id & ~kShadowC).bytes | (id & kShadowC);
        }
    }
    for (const uint32_t id : hidden)
        enterHidden(id & kShadowC);
}

} // namespace calltide::core
