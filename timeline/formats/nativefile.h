// SPDX-License-Identifier: GPL-3.0-or-later
// One recording file of one process: its bytes, its chunks found, its tables read. Internal to ct_formats.
#pragma once
#include "format/decode.h"
#include "formats/filebytes.h"
#include "formats/nativeclock.h"
#include "store/result.h"
#include "store/trace.h"
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::store {
class TraceBuilder;
}

namespace calltide::formats {

// What stands in a recording may be of any length.
inline std::string cutText(std::string_view text, size_t most = 4096)
{
    return std::string(text.substr(0, most));
}

struct NativeFunction // by event id
{
    format::FunctionRecord record{};
    bool known = false;
    bool resumed = false;
};

enum FunctionTrait : uint8_t { kKnownFunction = 1, kResumedFunction = 2, kCFunction = 4, kCoroutineFunction = 8, kTrioFunction = 16 };

struct NativeTables // what the table records of one file say
{
    format::FileHeader header{};
    uint64_t fileSize = 0; // bounds ids
    std::vector<std::string_view> strings; // by id; views into the file's bytes
    std::vector<NativeFunction> functions; // by event id
    std::vector<uint8_t> functionTraits; // the same in FunctionTrait bits: what decoding asks for with every call
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
    uint8_t traits(uint32_t id) const { return id < functionTraits.size() ? functionTraits[id] : uint8_t(0); }
    std::string_view string(uint32_t id) const { return id < strings.size() ? strings[id] : std::string_view(); }
    std::string_view metaValue(std::string_view key) const;
    // The note that says that the recording stopped before the program's end; null: it did not.
    const format::NoteRecord* stopNote() const;
    // What the process became by exec, as a sentence; empty: nothing.
    std::string_view became() const;
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
// The recorder's notes from the one of that index on, as problems; a child's with its name.
void addNotes(store::TraceBuilder& out, const NativeTables& file, size_t from);

// Errors name the file: not a recording, damaged header, newer version, cut before its first chunk.
Result<NativeFile> openNativeFile(const std::string& path);
Result<NativeFile> openNativeFile(const std::string& path, std::unique_ptr<FileBytes> bytes);

struct OpenOptions;
// Files of one recording, the first process's before all. `path` stands for them in messages.
Result<store::TracePtr> readNative(const std::string& path, std::vector<NativeFile> files, const OpenOptions& options);

} // namespace calltide::formats
