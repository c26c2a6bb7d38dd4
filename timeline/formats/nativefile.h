// SPDX-License-Identifier: GPL-3.0-or-later
// One recording file of one process: mapped, its chunks found, its tables read. Internal to ct_formats.
#pragma once
#include "format/decode.h"
#include "store/result.h"
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats {

class Mapping // a file's bytes, read only, for as long as this lives
{
public:
    static Result<std::unique_ptr<Mapping>> open(const std::string& path);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    const uint8_t* data() const { return m_data; }
    uint64_t size() const { return m_size; }

private:
    Mapping() = default;
    const uint8_t* m_data = nullptr;
    uint64_t m_size = 0;
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
            p.fromNs += ns;
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
    static int64_t apply(const Piece& p, uint64_t units)
    {
        const __int128 d = __int128(int64_t(units - p.fromUnits)) * __int128(p.nsPerUnit);
        return p.fromNs + int64_t(d >> 32);
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

struct NativeFile
{
    std::string path;
    std::unique_ptr<Mapping> mapping;
    format::FileHeader header{};
    format::Mutable hints{};

    std::vector<format::ChunkView> tableChunks;
    std::map<uint32_t, std::vector<format::ChunkView>> threadChunks; // by thread, in the order of their sequence

    std::vector<std::string_view> strings; // by id; views into the mapping
    std::vector<NativeFunction> functions; // by event id
    std::map<uint32_t, format::ThreadRecord> threads; // by thread index
    std::map<uint32_t, format::NameRecord> names;
    std::map<uint32_t, format::CounterRecord> counters;
    std::vector<std::pair<std::string_view, std::string_view>> meta;
    std::vector<std::pair<format::NoteRecord, std::string_view>> notes;
    std::vector<std::pair<uint32_t, std::string_view>> sources; // string id of the file, text
    bool hasEnd = false;
    format::EndRecord end{};
    ClockMap clock;

    uint64_t badTableRecords = 0, unknownTableRecords = 0, damagedPages = 0, missingChunks = 0, damagedSeals = 0;

    std::string_view string(uint32_t id) const { return id < strings.size() ? strings[id] : std::string_view(); }
    std::string_view metaValue(std::string_view key) const;
};

// Errors name the file: not a recording, damaged header, newer version, cut before its first chunk.
Result<NativeFile> openNativeFile(const std::string& path);

} // namespace calltide::formats
