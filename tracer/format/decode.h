// SPDX-License-Identifier: Apache-2.0
// Decoding of event chunks (FORMAT.md sections 2, 3, 6). No allocation beyond one block; nothing in the bytes is
// trusted.
//
// A Sink has
//   void enter(uint64_t time, uint32_t id);
//   void leave(uint64_t time, unsigned kind);                       // kLeave, kLeaveC
//   void rare(uint64_t time, unsigned sub, uint32_t operand);       // subs 2…31; operand 0 below 16
//   void extended(uint64_t time, unsigned sub, const uint8_t* payload, uint32_t size);
//   void resync(uint64_t time, int32_t depth);                      // something before was damaged or lost
#pragma once
#include "format/crc32c.h"
#include "format/format.h"
#include "format/varint.h"
#include <algorithm>
#include <array>
#include <atomic>

namespace calltide::format {

struct ChunkView
{
    ChunkHeader header;
    const uint8_t* data = nullptr; // start of the chunk
    uint64_t offset = 0; // in the file
    uint64_t available = 0; // bytes of it inside the file
    bool sealed = false;
    bool sealDamaged = false; // a seal is there and does not match; the chunk counts as open
    uint64_t size() const { return uint64_t(1) << header.log2; }
};

struct Damage // counts of what was dropped
{
    uint64_t chunks = 0; // sealed ones whose content does not match
    uint64_t blocks = 0;
    uint64_t records = 0; // malformed
    uint64_t mismatches = 0; // headers that say another time or depth than the records before them
};

// Checks a chunk header at `offset` of a file image. openSeed: first four bytes of the file's process id.
inline bool readChunkHeader(const uint8_t* file, uint64_t fileSize, uint64_t offset, uint32_t openSeed, ChunkView& out)
{
    if (offset > fileSize || fileSize - offset < kChunkHeaderSize)
        return false;
    std::memcpy(&out.header, file + offset, sizeof out.header);
    const ChunkHeader& h = out.header;
    if (h.magic != kChunkMagic || h.log2 < kMinChunkLog2 || h.log2 > kMaxChunkLog2
        || h.openCrc != crcNonZero(crc32c(openSeed, &out.header, offsetof(ChunkHeader, openCrc))))
        return false;
    out.data = file + offset;
    out.offset = offset;
    out.available = std::min(out.size(), fileSize - offset);
    const bool matches
        = h.sealCrc == crcNonZero(crc32c(h.openCrc, reinterpret_cast<const uint8_t*>(&out.header) + 40, 20));
    out.sealed = matches && h.used >= kChunkHeaderSize && h.used <= out.size();
    out.sealDamaged = h.sealCrc && !out.sealed;
    return true;
}

namespace detail {

// Up to `maxBytes` of LEB128 from the low end of `word`; shifts them out. 0: not written yet; -1: malformed.
inline int takeLeb(uint64_t& word, unsigned maxBytes, uint64_t& value)
{
    value = 0;
    for (unsigned n = 0;; n++) {
        const unsigned c = word & 0xff;
        if (!c)
            return 0;
        if (n == maxBytes)
            return -1;
        value |= uint64_t(c & 0x7f) << (7 * n);
        word >>= 8;
        if (!(c & 0x80))
            return int(n) + 1;
    }
}

inline uint64_t load64(const uint8_t* p)
{
    uint64_t v;
    std::memcpy(&v, p, 8);
    return v;
}

} // namespace detail

enum class Stop : uint8_t
{
    End,
    NotWritten,
    Malformed
}; // why decodeRecords returned

// Records from `p` up to `end` (of the block; eight bytes before it are readable from every record). Returns the first
// byte it did not use; `time` is the last record's.
template <class Sink>
const uint8_t* decodeRecords(const uint8_t* p, const uint8_t* end, uint64_t& time, Sink& sink, Stop& stop)
{
    using detail::takeLeb;
    const uint8_t* const last = end - kReservedTail;
    uint64_t t = time;
    stop = Stop::End;
    while (p <= last) {
        uint64_t word = detail::load64(p);
        const unsigned first = word & 0xff, kind = first & 3;
        if (!first) {
            stop = Stop::NotWritten;
            break;
        }
        word >>= 8;
        uint64_t dt = first >> 2, value = 0;
        int used = 1, n = 0;
        if (kind) {
            if (dt == kNear) {
                if ((n = takeLeb(word, 3, value)) <= 0) {
                    stop = n ? Stop::Malformed : Stop::NotWritten;
                    break;
                }
                dt = value + (kNear - 1);
                used += n;
            }
            if (kind == kEnter) {
                if ((n = takeLeb(word, 4, value)) <= 0) {
                    stop = n ? Stop::Malformed : Stop::NotWritten;
                    break;
                }
                p += used + n;
                t += dt;
                sink.enter(t, uint32_t(value));
            } else {
                p += used;
                t += dt;
                sink.leave(t, kind);
            }
            continue;
        }
        const unsigned sub = first >> 2;
        if (sub >= 32) { // the rest of the record was stored before its first byte: load it behind that
            std::atomic_thread_fence(std::memory_order_acquire);
            word = detail::load64(p) >> 8;
        }
        if ((n = takeLeb(word, sub < 16 ? 7 : 3, value)) <= 0) {
            stop = n ? Stop::Malformed : Stop::NotWritten;
            break;
        }
        dt = value - 1;
        used += n;
        uint64_t operand = 0;
        if (sub >= 16) {
            if ((n = takeLeb(word, 4, operand)) <= 0) {
                stop = n ? Stop::Malformed : Stop::NotWritten;
                break;
            }
            used += n;
        }
        if (sub >= 32) {
            const uint64_t size = operand - 1;
            if (size > uint64_t(end - p) - unsigned(used)) {
                stop = Stop::Malformed;
                break;
            }
            t += dt;
            sink.extended(t, sub, p + used, uint32_t(size));
            p += uint64_t(used) + size;
            continue;
        }
        t += dt;
        p += used;
        if (sub != kTimePasses)
            sink.rare(t, sub, uint32_t(operand));
    }
    time = t;
    return p;
}

// All records of one event chunk of a file at rest. A damaged block is dropped; the next header goes on. `endTime`
// becomes the time of the last record. A sink may also have
//   int32_t recordedDepth() const;   // entries − leaves so far: compared with what the headers say
template <class Sink> void decodeChunk(const ChunkView& chunk, Sink& sink, Damage& damage, uint64_t& endTime)
{
    const ChunkHeader& h = chunk.header;
    const uint64_t used = chunk.sealed ? h.used : chunk.size();
    const uint64_t have = std::min(chunk.available, used); // what stands behind is not of the recording
    const bool whole = chunk.sealed && chunk.available >= used;
    // The payload as a whole is right.
    const bool checked = whole && crc32c(0, chunk.data + kChunkHeaderSize, used - kChunkHeaderSize) == h.payloadCrc;
    damage.chunks += whole && !checked;
    uint64_t time = h.baseTime;
    std::array<uint8_t, kBlockSize + 8> padded;
    bool lost = false; // the block before was dropped
    for (uint64_t at = 0; at < have; at += kBlockSize) {
        const uint64_t end = at + kBlockSize, skip = at ? kBlockHeaderSize : kChunkHeaderSize;
        if (at + skip > have)
            break;
        BlockHeader head{0, h.depth, h.baseTime};
        if (at)
            std::memcpy(&head, chunk.data + at, sizeof head);
        const bool hasNext = end + kBlockHeaderSize <= have && detail::load64(chunk.data + end + 8) != 0;
        if (!head.time) {
            if (!chunk.sealed && !hasNext)
                break; // not opened: the end of what was written
            damage.blocks++;
            lost = true;
            continue;
        }
        bool vouched = checked; // by a CRC
        if (!checked && (hasNext || whole)) {
            // Each block alone: from the CRC in its own header to the one in the next, or to the chunk's.
            uint32_t expected = h.payloadCrc;
            if (hasNext)
                std::memcpy(&expected, chunk.data + end, 4);
            const uint64_t from = at ? at : kChunkHeaderSize;
            vouched = crc32c(head.crc, chunk.data + from, (hasNext ? end : used) - from) == expected;
            if (!vouched) {
                damage.blocks++;
                lost = true;
                continue;
            }
        }
        bool differs = head.time != time;
        if constexpr (requires { sink.recordedDepth(); })
            differs |= head.depth != sink.recordedDepth();
        if (at && (lost || differs)) {
            const bool plausible = head.time >= time && head.time - time < (uint64_t(1) << 56)
                && head.depth > -int32_t(kMaxDepth) && head.depth < int32_t(kMaxDepth);
            damage.mismatches += !lost;
            // A header that no CRC covers is believed only where there is nothing better.
            if (plausible && (lost || vouched)) {
                time = head.time;
                sink.resync(time, head.depth);
            } else if (lost) {
                damage.blocks++;
                continue;
            }
            lost = false;
        }
        const uint8_t *from = chunk.data + at + skip, *to = chunk.data + end;
        if (end > have) { // the rest of it is not there: decode a copy padded with zeros
            padded.fill(0);
            std::memcpy(padded.data(), from, have - at - skip);
            from = padded.data();
            to = from + (kBlockSize - skip);
        }
        Stop stop;
        decodeRecords(from, to, time, sink, stop);
        damage.records += stop == Stop::Malformed;
        lost = stop == Stop::Malformed;
    }
    endTime = time;
}

} // namespace calltide::format
