// SPDX-License-Identifier: GPL-3.0-or-later
// One recording file of one process: its bytes, its chunks found, its tables read. Internal to ct_formats.
#pragma once
#include "format/decode.h"
#include "store/result.h"
#include "store/trace.h"
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats {

// A file's bytes as they were when it was opened: a copy, because a recording may be written to, or shortened when its
// program ends, and a mapping would then end ours. Holes (most of what is allocated ahead) cost no memory.
class FileBytes
{
public:
    static Result<std::unique_ptr<FileBytes>> open(const std::string& path);
    static std::unique_ptr<FileBytes> of(std::string unpacked); // of a packed recording
    ~FileBytes();
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;
    const uint8_t* data() const { return m_data; }
    uint64_t size() const { return m_size; }
    // The first place at or behind `offset` that holds data; size() when there is none.
    uint64_t nextData(uint64_t offset) const;
    void readAgain(uint64_t offset, uint64_t size);
    // Whether the file still has these bytes there.
    bool unchanged(uint64_t offset, uint64_t size) const;

private:
    FileBytes() = default;
    void read(uint64_t from, uint64_t to);
    int m_file = -1; // -1: the bytes are m_unpacked
    std::string m_unpacked;
    uint8_t* m_data = nullptr;
    uint64_t m_size = 0;
    std::vector<std::pair<uint64_t, uint64_t>> m_extents; // from, to
};

class ClockMap // units → CLOCK_MONOTONIC ns, by straight pieces
{
public:
    void setHeader(const format::FileHeader& header);
    void addSample(const format::ClockRecord& sample);
    void finish();
    void shift(int64_t ns) // after finish(): moves everything
    {
        for (Piece& p : m_pieces)
            p.fromNs = std::clamp(p.fromNs + std::clamp(ns, -kFar, kFar), -kFar, kFar);
    }
    int64_t toNs(uint64_t units) const;

    struct Piece
    {
        uint64_t fromUnits;
        int64_t fromNs;
        uint64_t nsPerUnit; // 32.32
    };
    // The piece that holds `units`; valid until pieceEnd.
    const Piece& pieceAt(uint64_t units, uint64_t& pieceEnd) const;
    static constexpr int64_t kFar = int64_t(1) << 60; // 36 years: only damaged times are further away
    static int64_t apply(const Piece& p, uint64_t units)
    {
        const __int128 d = (__int128(int64_t(units - p.fromUnits)) * __int128(p.nsPerUnit)) >> 32;
        return p.fromNs + int64_t(std::clamp<__int128>(d, -kFar, kFar));
    }

private:
    std::vector<Piece> m_pieces;
    std::vector<format::ClockRecord> m_samples;
    format::FileHeader m_header{};
};

struct NativeFunction // by event id
{
    format::FunctionRecord record{};
    bool known = false;
    bool resumed = false;
};

struct NativeTables // what the table records of one file say
{
    format::FileHeader header{};
    uint64_t fileSize = 0; // bounds ids
    std::vector<std::string_view> strings; // by id; views into the file's bytes
    std::vector<NativeFunction> functions; // by event id
    std::map<uint32_t, format::ThreadRecord> threads; // by thread index
    std::map<uint32_t, format::NameRecord> names;
    std::map<uint32_t, format::TaskRecord> tasks;
    std::map<uint32_t, format::CounterRecord> counters;
    std::vector<std::pair<std::string_view, std::string_view>> meta;
    std::vector<std::pair<format::NoteRecord, std::string_view>> notes;
    std::vector<std::pair<uint32_t, std::string_view>> sources; // string id of the file, text
    std::vector<format::DroppedRecord> drops;
    bool hasEnd = false;
    format::EndRecord end{};
    ClockMap clock;
    uint64_t badTableRecords = 0, unknownTableRecords = 0;

    void add(const format::TableRecordHeader& record, std::string_view payload); // `payload` must stay
    std::string_view string(uint32_t id) const { return id < strings.size() ? strings[id] : std::string_view(); }
    std::string_view metaValue(std::string_view key) const;
    // The note that says that the recording stopped before the program's end; null: it did not.
    const format::NoteRecord* stopNote() const;
    // Add to a time to get nanoseconds since the epoch. Unsigned on the way: the header may say anything.
    int64_t wallOffset() const
    {
        return int64_t((uint64_t(header.realtime0) - uint64_t(header.monotonic0)) & ~(uint64_t(3) << 62));
    }
};

// Checks a file's first bytes (kFileHeaderSize of them, fewer where the file is shorter).
Status readFileHeader(const std::string& path, const uint8_t* data, uint64_t size, NativeTables& tables, format::Mutable& hints);

struct NativeFile : NativeTables
{
    std::string path;
    std::unique_ptr<FileBytes> bytes;
    format::Mutable hints{};

    std::vector<format::ChunkView> tableChunks;
    std::map<uint32_t, std::vector<format::ChunkView>> threadChunks; // by thread, in the order of their sequence
    uint64_t damagedPages = 0, missingChunks = 0, damagedSeals = 0;
    // Of a ring whose older part is gone: every thread is complete from here on, in units. 0: nothing is gone.
    uint64_t ringEdge() const;
};

// How it was recorded, for people: "exact; the newest 64 MB of each process".
std::string modeWords(const NativeTables& file);

// Errors name the file: not a recording, damaged header, newer version, cut before its first chunk.
Result<NativeFile> openNativeFile(const std::string& path);
Result<NativeFile> openNativeFile(const std::string& path, std::unique_ptr<FileBytes> bytes);

struct OpenOptions;
// Files of one recording, the first process's before all. `path` stands for them in messages.
Result<store::TracePtr> readNative(const std::string& path, std::vector<NativeFile> files, const OpenOptions& options);

} // namespace calltide::formats
