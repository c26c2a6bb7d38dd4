// SPDX-License-Identifier: GPL-3.0-or-later
// Makes recordings in memory straight from FORMAT.md, without the recorder's code: what tests of the reader open.
#pragma once
#include "format/crc32c.h"
#include "format/format.h"
#include "format/varint.h"
#include <string>
#include <string_view>
#include <vector>

class RecordingWriter
{
public:
    RecordingWriter()
    {
        namespace f = calltide::format;
        f::FileHeader h{};
        std::memcpy(h.magic, f::kMagic, 8);
        h.major = f::kMajor;
        h.headerSize = f::kFileHeaderSize;
        h.processId[0] = 7;
        h.recordingId[0] = 9;
        h.pid = 4120;
        h.endianMark = f::kEndianMark;
        h.clockKind = 2;
        h.nsPerUnit = uint64_t(1) << 32; // a unit is a nanosecond
        h.unit0 = 1'000'000;
        h.monotonic0 = 1'000'000;
        h.realtime0 = 2'000'000;
        h.blockLog2 = f::kBlockLog2;
        bytes.assign(f::kFileHeaderSize, 0);
        std::memcpy(bytes.data(), &h, sizeof h);
        const uint32_t crc = f::crc32c(0, bytes.data(), f::kFileCrcAt);
        std::memcpy(bytes.data() + f::kFileCrcAt, &crc, 4);
        std::memcpy(&m_seed, h.processId, 4);
    }

    // Of the process that the first writer has, started a little later.
    void becomeChild()
    {
        namespace f = calltide::format;
        f::FileHeader h;
        std::memcpy(&h, bytes.data(), sizeof h);
        std::memcpy(h.parentProcessId, h.processId, sizeof h.processId);
        h.processId[0]++;
        h.ppid = h.pid++;
        h.monotonic0++;
        std::memcpy(bytes.data(), &h, sizeof h);
        const uint32_t crc = f::crc32c(0, bytes.data(), f::kFileCrcAt);
        std::memcpy(bytes.data() + f::kFileCrcAt, &crc, 4);
        std::memcpy(&m_seed, h.processId, 4);
    }

    // From now on a ring whose slots have the size of the chunks that are added, which must be equal.
    void ring(unsigned slotLog2 = 12)
    {
        namespace f = calltide::format;
        bytes[offsetof(f::FileHeader, mode)] = uint8_t(f::Mode::Ring);
        bytes[offsetof(f::FileHeader, ringSlotLog2)] = uint8_t(slotLog2);
        const uint32_t crc = f::crc32c(0, bytes.data(), f::kFileCrcAt);
        std::memcpy(bytes.data() + f::kFileCrcAt, &crc, 4);
    }

    // --- tables; all of them become one chunk in front of the events
    uint32_t string(std::string_view text)
    {
        record(calltide::format::TableType::String, ++m_strings, text.data(), text.size());
        return m_strings;
    }
    void function(
        uint32_t id, std::string_view name, calltide::format::FunctionKind kind, uint8_t flags = 0, std::string_view module = {})
    {
        calltide::format::FunctionRecord r{};
        r.kind = uint8_t(kind);
        r.flags = flags;
        r.name = r.qualname = string(name);
        r.module = module.empty() ? 0 : string(module);
        r.function = id;
        r.line = 12;
        record(calltide::format::TableType::Function, id, &r, sizeof r);
    }
    void thread(uint32_t index, std::string_view name)
    {
        calltide::format::ThreadRecord r{};
        r.nativeId = 5000 + index;
        r.name = string(name);
        r.flags = index == 0;
        record(calltide::format::TableType::Thread, index + 1, &r, sizeof r);
    }
    void name(uint32_t id, std::string_view text, std::string_view category)
    {
        const calltide::format::NameRecord r{string(text), string(category)};
        record(calltide::format::TableType::Name, id, &r, sizeof r);
    }
    // Of the coroutine whose event id is also its function number.
    void task(uint32_t id, std::string_view name, uint32_t coroutine, uint32_t parent)
    {
        const calltide::format::TaskRecord r{id, string(name), coroutine, parent, 0};
        record(calltide::format::TableType::Task, id, &r, sizeof r);
    }
    void counter(uint32_t id, std::string_view name, std::string_view series, std::string_view unit, uint32_t flags)
    {
        calltide::format::CounterRecord r{};
        r.name = string(name);
        r.series = series.empty() ? 0 : string(series);
        r.unit = unit.empty() ? 0 : string(unit);
        r.flags = flags;
        record(calltide::format::TableType::Counter, id, &r, sizeof r);
    }
    void record(calltide::format::TableType type, uint32_t id, const void* payload, size_t size)
    {
        namespace f = calltide::format;
        f::TableRecordHeader h{uint32_t(size), uint8_t(type), 0, 0, id, 0};
        h.crc = f::crc32c(f::crc32c(0, &h, 12), payload, size);
        const auto* p = reinterpret_cast<const uint8_t*>(&h);
        m_table.insert(m_table.end(), p, p + sizeof h);
        p = static_cast<const uint8_t*>(payload);
        m_table.insert(m_table.end(), p, p + size);
        m_table.resize((m_table.size() + 7) / 8 * 8);
    }
    void writeTables()
    {
        std::vector<uint8_t> chunk = begin(calltide::format::ChunkKind::Table, 0xFFFFFFFF, 0, 1, 0, 13);
        std::copy(m_table.begin(), m_table.end(), chunk.begin() + calltide::format::kChunkHeaderSize);
        seal(chunk, uint32_t(calltide::format::kChunkHeaderSize + m_table.size()), 1, 0);
        bytes.insert(bytes.end(), chunk.begin(), chunk.end());
    }

    // --- events: records as they are, put into blocks; `depths` gives the change of depth of each record
    struct Record
    {
        std::string bytes;
        uint64_t dt;
        int depth;
    };
    static Record enter(uint32_t id, uint64_t dt = 10)
    {
        uint8_t b[8];
        return {head(1, dt) + std::string(reinterpret_cast<char*>(b), calltide::format::lebPut(b, id)), dt, 1};
    }
    static Record leave(uint64_t dt = 10) { return {head(2, dt), dt, -1}; }
    static Record leaveC(uint64_t dt = 10) { return {head(3, dt), dt, -1}; }
    static Record rare(unsigned sub, uint64_t dt, int depth, uint32_t operand = 0)
    {
        uint8_t b[16];
        unsigned n = calltide::format::lebPut(b, dt + 1);
        if (operand)
            n += calltide::format::lebPut(b + n, operand);
        return {char(sub << 2) + std::string(reinterpret_cast<char*>(b), n), dt, depth};
    }
    static Record extended(unsigned sub, uint64_t dt, std::string_view payload, int depth = 0)
    {
        uint8_t b[16];
        unsigned n = calltide::format::lebPut(b, dt + 1);
        n += calltide::format::lebPut(b + n, payload.size() + 1);
        return {char(sub << 2) + std::string(reinterpret_cast<char*>(b), n) + std::string(payload), dt, depth};
    }
    // One chunk as large as it must be. Returns its offset in the file.
    size_t events(const std::vector<Record>& records, uint32_t thread = 0, uint32_t sequence = 0, bool sealed = true,
        uint64_t baseTime = 1'000'000, int32_t depth = 0)
    {
        namespace f = calltide::format;
        std::vector<uint8_t> chunk = begin(f::ChunkKind::Events, thread, sequence, baseTime, depth, f::kMaxEventChunkLog2);
        size_t at = f::kChunkHeaderSize, block = 0;
        uint64_t time = baseTime;
        uint32_t crc = 0;
        for (const Record& r : records) {
            const size_t end = (block + 1) * f::kBlockSize;
            if (at + f::kReservedTail > end || at + r.bytes.size() > end) {
                const size_t from = block ? block * f::kBlockSize : f::kChunkHeaderSize;
                crc = f::crc32c(crc, chunk.data() + from, end - from);
                const f::BlockHeader h{crc, depth, time};
                std::memcpy(chunk.data() + end, &h, sizeof h);
                block++;
                at = end + f::kBlockHeaderSize;
            }
            std::memcpy(chunk.data() + at, r.bytes.data(), r.bytes.size());
            at += r.bytes.size();
            time += r.dt;
            depth += r.depth;
        }
        unsigned log2 = f::kMinChunkLog2;
        while ((size_t(1) << log2) < at + f::kReservedTail)
            log2++;
        chunk.resize(size_t(1) << log2);
        chunk[5] = uint8_t(log2);
        open(chunk);
        if (sealed)
            seal(chunk, uint32_t(at), time, depth);
        bytes.insert(bytes.end(), chunk.begin(), chunk.end());
        return bytes.size() - chunk.size();
    }

    std::vector<uint8_t> bytes;

private:
    static std::string head(unsigned kind, uint64_t dt)
    {
        if (dt < calltide::format::kNear)
            return std::string(1, char(kind | dt << 2));
        uint8_t b[8];
        const unsigned n = calltide::format::lebPut(b, dt - 62);
        return char(kind | 63 << 2) + std::string(reinterpret_cast<char*>(b), n);
    }
    std::vector<uint8_t> begin(calltide::format::ChunkKind kind, uint32_t thread, uint32_t sequence, uint64_t base,
        int32_t depth, unsigned log2)
    {
        calltide::format::ChunkHeader h{};
        h.magic = calltide::format::kChunkMagic;
        h.kind = uint8_t(kind);
        h.log2 = uint8_t(log2);
        h.thread = thread;
        h.sequence = sequence;
        h.baseTime = base;
        h.depth = depth;
        std::vector<uint8_t> chunk(size_t(1) << log2);
        std::memcpy(chunk.data(), &h, sizeof h);
        open(chunk);
        return chunk;
    }
    void open(std::vector<uint8_t>& chunk)
    {
        const uint32_t crc = calltide::format::crcNonZero(calltide::format::crc32c(m_seed, chunk.data(), 36));
        std::memcpy(chunk.data() + 36, &crc, 4);
    }
    void seal(std::vector<uint8_t>& chunk, uint32_t used, uint64_t end, int32_t depth)
    {
        namespace f = calltide::format;
        f::ChunkHeader h;
        std::memcpy(&h, chunk.data(), sizeof h);
        h.endTime = end;
        h.used = used;
        h.depthEnd = depth;
        h.payloadCrc = f::crc32c(0, chunk.data() + f::kChunkHeaderSize, used - f::kChunkHeaderSize);
        std::memcpy(chunk.data(), &h, sizeof h);
        const uint32_t crc = f::crcNonZero(f::crc32c(h.openCrc, chunk.data() + 40, 20));
        std::memcpy(chunk.data() + 60, &crc, 4);
    }

    uint32_t m_seed = 0, m_strings = 0;
    std::vector<uint8_t> m_table;
};
