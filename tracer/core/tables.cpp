// SPDX-License-Identifier: Apache-2.0
#include "core/tables.h"
#include "format/crc32c.h"
#include <algorithm>
#include <atomic>
#include <cstring>

namespace calltide::core {

using namespace format;

namespace {
constexpr uint32_t kTableThread = 0xFFFFFFFF;
constexpr unsigned kGreatestTableLog2 = 18;
constexpr uint32_t kOwnChunkFrom = 64 << 10; // a longer record (a source text) does not waste the rest of a usual chunk

uint32_t padded(uint32_t n) { return (n + 7) & ~7u; }
} // namespace

// Where a record of `bytes` goes; `own` is set when that is a chunk of its own, which the caller seals.
uint8_t* Tables::room(uint32_t bytes, Chunk& own)
{
    if (bytes > kOwnChunkFrom) {
        unsigned log2 = kMinChunkLog2;
        while ((1ull << log2) < kChunkHeaderSize + uint64_t(bytes))
            log2++;
        if (log2 > kMaxChunkLog2 || m_file.room(ChunkKind::Table) >> log2 == 0)
            return nullptr;
        own = m_file.take(log2, ChunkKind::Table);
        if (!own.base)
            return nullptr;
        openChunk(own, m_file.openSeed(), ChunkKind::Table, kTableThread, m_sequence++, nowUnits(), 0);
        return own.base + kChunkHeaderSize;
    }
    if (!m_chunk.base || m_used + bytes > m_chunk.size()) {
        sealOpen(nowUnits());
        unsigned least = kMinChunkLog2;
        while (kChunkHeaderSize + uint64_t(bytes) > (1ull << least))
            least++;
        m_log2 = std::max(m_log2, least);
        for (const uint64_t most = m_file.room(ChunkKind::Table); m_log2 > least && most >> m_log2 == 0;)
            m_log2--;
        m_chunk = m_file.take(m_log2, ChunkKind::Table);
        if (!m_chunk.base)
            return nullptr;
        if (m_log2 < kGreatestTableLog2)
            m_log2++;
        openChunk(m_chunk, m_file.openSeed(), ChunkKind::Table, kTableThread, m_sequence++, nowUnits(), 0);
        m_used = kChunkHeaderSize;
    }
    uint8_t* at = m_chunk.base + m_used;
    m_used += bytes;
    return at;
}

bool Tables::put(TableType type, uint8_t flags, uint32_t id, const void* head, uint32_t headSize, const void* body,
    uint32_t bodySize)
{
    TableRecordHeader h {};
    h.length = headSize + bodySize;
    h.type = uint8_t(type);
    h.flags = flags;
    h.id = id;
    h.crc = crc32c(crc32c(crc32c(0, &h, 12), head, headSize), body, bodySize);
    const uint32_t bytes = padded(uint32_t(sizeof h) + h.length);
    Chunk own;
    // What comes after the limit says how it ended; a name that did not fit is not to be named there either.
    const bool last = type == TableType::String || type == TableType::Note || type == TableType::End || type == TableType::Clock
        || type == TableType::Thread;
    uint8_t* at = !last && m_file.ended() ? nullptr : room(bytes, own);
    if (!at)
        return false;
    std::memcpy(at + 16, head, headSize);
    if (bodySize)
        std::memcpy(at + 16 + headSize, body, bodySize);
    std::memcpy(at + 8, reinterpret_cast<const uint8_t*>(&h) + 8, 8);
    uint64_t first;
    std::memcpy(&first, &h, 8);
    std::atomic_ref(*reinterpret_cast<uint64_t*>(at)).store(first, std::memory_order_release);
    std::atomic_thread_fence(std::memory_order_release); // before any event names the id
    if (own.base) {
        const uint32_t used = kChunkHeaderSize + bytes;
        sealChunk(own, used, nowUnits(), 0, crc32c(0, own.base + kChunkHeaderSize, bytes));
        m_file.release(own, ChunkKind::Table);
    }
    return true;
}

void Tables::sealOpen(uint64_t units)
{
    if (!m_chunk.base)
        return;
    sealChunk(m_chunk, m_used, units, 0, crc32c(0, m_chunk.base + kChunkHeaderSize, m_used - kChunkHeaderSize));
    m_file.release(m_chunk, ChunkKind::Table);
    m_chunk = {};
}

void Tables::seal(uint64_t units)
{
    std::lock_guard lock(m_mutex);
    sealOpen(units);
}

void Tables::forgetStrings()
{
    std::lock_guard lock(m_mutex);
    m_stringIds = {};
    m_nameIds = m_counterIds = {};
}

uint32_t Tables::string(std::string_view text)
{
    if (text.empty())
        return 0;
    std::lock_guard lock(m_mutex);
    uint8_t flags = 0;
    if (text.size() > kMaxString) {
        size_t n = kMaxString;
        while (n > kMaxString - 4 && (uint8_t(text[n]) & 0xC0) == 0x80)
            n--; // not within a character
        text = text.substr(0, n);
        flags = kCut;
    }
    const auto [it, added] = m_stringIds.try_emplace(std::string(text), m_strings + 1);
    if (added && !put(TableType::String, flags, m_strings + 1, text.data(), uint32_t(text.size()))) {
        m_stringIds.erase(it);
        return 0;
    }
    m_strings += added;
    return it->second;
}

void Tables::function(uint32_t eventId, const FunctionRecord& record)
{
    std::lock_guard lock(m_mutex);
    put(TableType::Function, 0, eventId, &record, sizeof record);
}

void Tables::thread(uint32_t index, const ThreadRecord& record)
{
    std::lock_guard lock(m_mutex);
    put(TableType::Thread, 0, index + 1, &record, sizeof record);
}

void Tables::task(uint32_t id, const TaskRecord& record)
{
    std::lock_guard lock(m_mutex);
    put(TableType::Task, 0, id, &record, sizeof record);
}

void Tables::meta(std::string_view key, std::string_view value)
{
    const MetaRecord record {string(key), string(value)};
    std::lock_guard lock(m_mutex);
    put(TableType::Meta, 0, ++m_metas, &record, sizeof record);
}

void Tables::clock(const ClockSample& s)
{
    const ClockRecord record {s.units, s.monotonic, s.boottime, s.realtime, s.bracket, s.cpu};
    std::lock_guard lock(m_mutex);
    put(TableType::Clock, 0, ++m_clocks, &record, sizeof record);
}

void Tables::note(uint64_t units, std::string_view text, uint32_t code)
{
    const NoteRecord record {units, string(text), code};
    std::lock_guard lock(m_mutex);
    put(TableType::Note, 0, ++m_notes, &record, sizeof record);
}

void Tables::source(uint32_t fileName, SourceRecord record, const std::string* text)
{
    std::lock_guard lock(m_mutex);
    bool keep = text && text->size() <= kMaxSource;
    if (keep && m_file.limit()) { // calls come first
        m_textBytes += 2 * text->size(); // a chunk of its own is up to twice as large
        keep = m_textBytes <= m_file.limit() / 4;
    }
    record.flags = keep ? 1 : 0;
    record.textLength = keep ? uint32_t(text->size()) : 0;
    put(TableType::Source, 0, fileName, &record, sizeof record, keep ? text->data() : nullptr, record.textLength);
}

uint32_t Tables::name(std::string_view text, std::string_view category)
{
    const NameRecord record {string(text), string(category)};
    std::lock_guard lock(m_mutex);
    const auto [it, added] = m_nameIds.try_emplace(uint64_t(record.name) << 32 | record.category, uint32_t(m_nameIds.size() + 1));
    if (added)
        put(TableType::Name, 0, it->second, &record, sizeof record);
    return it->second;
}

uint32_t Tables::counter(std::string_view name, std::string_view series, std::string_view unit, uint32_t flags)
{
    const CounterRecord record {string(name), string(series), string(unit), flags};
    std::lock_guard lock(m_mutex);
    const auto [it, added] = m_counterIds.try_emplace(uint64_t(record.name) << 32 | record.series, uint32_t(m_counterIds.size() + 1));
    if (added)
        put(TableType::Counter, 0, it->second, &record, sizeof record);
    return it->second;
}

void Tables::dropped(uint64_t units, uint32_t function, uint32_t caller)
{
    const DroppedRecord record {units, function, caller};
    std::lock_guard lock(m_mutex);
    put(TableType::Dropped, 0, ++m_drops, &record, sizeof record);
}

void Tables::end(uint64_t units, int32_t status, bool known)
{
    const EndRecord record {units, status, known ? 1u : 0u};
    std::lock_guard lock(m_mutex);
    put(TableType::End, 0, 1, &record, sizeof record);
}

void Tables::reserveEnd()
{
    std::lock_guard lock(m_mutex);
    constexpr uint32_t kNeeded = 4 * (sizeof(TableRecordHeader) + sizeof(ClockRecord));
    Chunk own;
    if (room(kNeeded, own))
        m_used -= kNeeded;
}

} // namespace calltide::core
