// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativefile.h"
#include "format/notecodes.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats {

using namespace format;

std::string_view NativeTables::metaValue(std::string_view key) const
{
    for (const auto& [k, v] : meta)
        if (k == key)
            return v;
    return {};
}

uint64_t NativeFile::ringEdge() const
{
    uint64_t edge = 0;
    if (header.mode == uint8_t(Mode::Ring))
        for (const auto& [thread, chunks] : threadChunks)
            if (chunks[0].header.sequence)
                edge = std::max(edge, chunks[0].header.baseTime);
    return edge;
}

const NoteRecord* NativeTables::stopNote() const
{
    for (const auto& [note, text] : notes)
        if (note.code & (kLossDiskFull | kLossLimit | kLossOther))
            return &note;
    return nullptr;
}

std::string_view NativeTables::became() const
{
    const bool did = !hasEnd && !notes.empty() && notes.back().first.code == kNoteBecomes;
    return did ? notes.back().second : std::string_view();
}

Status readFileHeader(const std::string& path, const uint8_t* data, uint64_t size, NativeTables& f, Mutable& hints)
{
    if (size == 0)
        return Error{ErrorCode::Damaged, path + ": this file is empty."};
    if (size < kFileHeaderSize)
        return Error{
            ErrorCode::Damaged, path + ": this recording is cut within its header; nothing of it can be read."};
    std::memcpy(&f.header, data, sizeof f.header);
    std::memcpy(&hints, data + kMutableAt, sizeof hints);
    const FileHeader& h = f.header;
    if (std::memcmp(h.magic, kMagic, sizeof kMagic) != 0)
        return Error{ErrorCode::NotSupported, path + ": this is not a Calltide recording."};
    uint32_t crc;
    std::memcpy(&crc, data + kFileCrcAt, 4);
    if (h.major != kMajor)
        return Error{
            ErrorCode::NotSupported,
            path + ": made by a newer Calltide (format " + std::to_string(h.major) + "." + std::to_string(h.minor)
                + "); update Calltide to open it."};
    if (crc != crc32c(0, data, kFileCrcAt) || h.endianMark != kEndianMark || h.headerSize != kFileHeaderSize
        || h.blockLog2 != kBlockLog2 || !h.nsPerUnit || h.nsPerUnit > uint64_t(1) << 44)
        return Error{ErrorCode::Damaged, path + ": the header of this recording is damaged.", 0};
    if (h.incompat)
        return Error{
            ErrorCode::NotSupported, path + ": uses a feature of a newer Calltide; update Calltide to open it."};
    return Ok{};
}

// A slot of a ring on its way from one use to the next: its size, else 0.
static uint64_t beingReused(const NativeFile& f, uint64_t at)
{
    ChunkHeader h;
    if (f.header.mode != uint8_t(Mode::Ring) || at + sizeof h > f.bytes->size())
        return 0;
    std::memcpy(&h, f.bytes->data() + at, sizeof h);
    const bool is = h.magic == kChunkMagic && h.log2 == f.header.ringSlotLog2 && h.log2 >= kMinChunkLog2
        && h.log2 <= kMaxEventChunkLog2 && !h.openCrc;
    return is ? uint64_t(1) << h.log2 : 0;
}

// The program may have gone round while we read: what was overwritten meanwhile is mixed, or was before its time.
static void dropReused(NativeFile& f)
{
    if (f.header.mode != uint8_t(Mode::Ring) || f.hints.state != uint32_t(State::Recording))
        return;
    for (auto it = f.threadChunks.begin(); it != f.threadChunks.end();) {
        std::erase_if(it->second, [&](const ChunkView& c) { return !f.bytes->unchanged(c.offset, 40); });
        it = it->second.empty() ? f.threadChunks.erase(it) : std::next(it);
    }
}

static void findChunks(NativeFile& f)
{
    const uint8_t* data = f.bytes->data();
    const uint64_t size = f.bytes->size();
    uint32_t seed;
    std::memcpy(&seed, f.header.processId, 4);
    for (uint64_t at = kFileHeaderSize; at < size;) {
        ChunkView v;
        if (!readChunkHeader(data, size, at, seed, v)) {
            if (const uint64_t slot = beingReused(f, at)) {
                at += slot;
                continue;
            }
            const uint64_t n = std::min<uint64_t>(size - at, 4096);
            f.damagedPages += std::any_of(data + at, data + at + n, [](uint8_t b) { return b != 0; });
            at = std::max(at + 4096, f.bytes->nextData(at + 4096) & ~uint64_t(4095));
            continue;
        }
        f.damagedSeals += v.sealDamaged && v.available == v.size();
        if (v.header.kind == uint8_t(ChunkKind::Table))
            f.tableChunks.push_back(v);
        else if (v.header.kind == uint8_t(ChunkKind::Events))
            f.threadChunks[v.header.thread].push_back(v);
        at += v.size();
    }
    dropReused(f);
    const bool ring = f.header.mode == uint8_t(Mode::Ring);
    for (auto& [thread, chunks] : f.threadChunks) {
        std::stable_sort(chunks.begin(), chunks.end(), [](const ChunkView& a, const ChunkView& b) {
            return a.header.sequence < b.header.sequence;
        });
        uint32_t expected = 0;
        for (const ChunkView& c : chunks) {
            f.missingChunks += !ring && c.header.sequence > expected ? c.header.sequence - expected : 0;
            expected = c.header.sequence + 1;
        }
    }
}

// The program may have been writing while we read: a block from before it was finished together with the header that
// says it is, or calls of functions that our copy of the tables does not have yet. A second look at these parts mends
// both.
static void readOpenAgain(NativeFile& f)
{
    for (auto& [thread, chunks] : f.threadChunks)
        for (ChunkView& c : chunks) {
            uint64_t finished = 0; // up to the last header that says its block is open
            for (uint64_t at = kBlockSize; !c.sealed && at + kBlockHeaderSize <= c.available; at += kBlockSize) {
                if (detail::load64(c.data + at + 8) == 0)
                    break;
                finished = at;
            }
            if (finished > kChunkHeaderSize)
                f.bytes->readAgain(c.offset + kChunkHeaderSize, finished - kChunkHeaderSize);
        }
    for (ChunkView& c : f.tableChunks)
        if (!c.sealed)
            f.bytes->readAgain(c.offset + kChunkHeaderSize, c.available - kChunkHeaderSize);
}

// ---------------------------------------------------------------- tables

template <class T> static bool take(std::string_view payload, T& out)
{
    if (payload.size() < sizeof(T))
        return false;
    std::memcpy(&out, payload.data(), sizeof(T));
    return true;
}

// Ids grow a table only as far as records can have made them: each has cost 16 bytes of the file at least.
static bool plausible(const NativeTables& f, uint32_t id)
{
    return id <= f.fileSize / 16 + 128 && id <= kMaxId;
}

static uint8_t traitsOf(const FunctionRecord& r, std::string_view module, bool resumed)
{
    const auto kind = FunctionKind(r.kind);
    const bool c = kind == FunctionKind::C || kind == FunctionKind::Type || kind == FunctionKind::Event;
    return uint8_t(kKnownFunction | (resumed ? kResumedFunction : 0) | (c ? kCFunction : 0)
        | (kind == FunctionKind::Coroutine ? kCoroutineFunction : 0)
        | (module.starts_with("trio.") ? kTrioFunction : 0));
}

void NativeTables::add(const TableRecordHeader& h, std::string_view payload)
{
    NativeTables& f = *this;
    switch (TableType(h.type)) {
    case TableType::String:
        if (!plausible(f, h.id))
            break;
        if (f.strings.size() <= h.id)
            f.strings.resize(h.id + 1);
        if (f.strings[h.id].data() == nullptr)
            f.strings[h.id] = payload;
        return;
    case TableType::Function: {
        FunctionRecord r;
        if (!plausible(f, h.id) || !take(payload, r))
            break;
        const uint32_t last = h.id + ((r.flags & kHasResumedId) ? 1 : 0);
        if (f.functions.size() <= last) {
            f.functions.resize(last + 1);
            f.functionTraits.resize(last + 1);
        }
        for (uint32_t id = h.id; id <= last; id++)
            if (!f.functions[id].known) {
                f.functions[id] = {r, true, id != h.id};
                f.functionTraits[id] = traitsOf(r, f.string(r.module), id != h.id);
            }
        return;
    }
    case TableType::Thread: {
        ThreadRecord r;
        if (!h.id || !take(payload, r))
            break;
        f.threads[h.id - 1] = r;
        return;
    }
    case TableType::Meta: {
        MetaRecord r;
        if (!take(payload, r))
            break;
        const auto same = std::find_if(
            f.meta.begin(), f.meta.end(), [&](const auto& m) { return m.first == f.string(r.key); });
        if (same == f.meta.end())
            f.meta.emplace_back(f.string(r.key), f.string(r.value));
        else
            same->second = f.string(r.value); // a process got another name
        return;
    }
    case TableType::Clock: {
        ClockRecord r;
        if (!take(payload, r))
            break;
        f.clock.addSample(r);
        return;
    }
    case TableType::Source: {
        SourceRecord r;
        if (!take(payload, r) || r.textLength > payload.size() - sizeof r)
            break;
        if (r.flags & 1)
            f.sources.emplace_back(h.id, payload.substr(sizeof r, r.textLength));
        return;
    }
    case TableType::Counter:
        if (!take(payload, f.counters[h.id]))
            break;
        return;
    case TableType::Name:
        if (!take(payload, f.names[h.id]))
            break;
        return;
    case TableType::Task:
        if (!take(payload, f.tasks[h.id]))
            break;
        return;
    case TableType::Note: {
        NoteRecord r;
        if (!take(payload, r))
            break;
        f.notes.emplace_back(r, f.string(r.text));
        return;
    }
    case TableType::Dropped: {
        DroppedRecord r;
        if (!take(payload, r))
            break;
        f.drops.push_back(r);
        return;
    }
    case TableType::End:
        if (!take(payload, f.end))
            break;
        f.hasEnd = true;
        return;
    default:
        f.unknownTableRecords++;
        return;
    }
    f.badTableRecords++;
}

static void readTables(NativeFile& f)
{
    std::stable_sort(f.tableChunks.begin(), f.tableChunks.end(), [](const ChunkView& a, const ChunkView& b) {
        return a.header.sequence < b.header.sequence;
    });
    for (const ChunkView& c : f.tableChunks) {
        const uint64_t used = std::min<uint64_t>(c.sealed ? c.header.used : c.size(), c.available);
        for (uint64_t at = kChunkHeaderSize; at + sizeof(TableRecordHeader) <= used;) {
            TableRecordHeader h;
            std::memcpy(&h, c.data + at, sizeof h);
            if (detail::load64(c.data + at) == 0)
                break;
            const uint64_t room = used - at - sizeof h;
            if (h.length > room) {
                f.badTableRecords++;
                break;
            }
            const char* payload = reinterpret_cast<const char*>(c.data + at + sizeof h);
            if (h.crc == crc32c(crc32c(0, &h, 12), payload, h.length))
                f.add(h, {payload, h.length});
            else
                f.badTableRecords++;
            at += (sizeof h + uint64_t(h.length) + 7) / 8 * 8;
        }
    }
}

Result<NativeFile> openNativeFile(const std::string& path)
{
    auto bytes = FileBytes::open(path);
    if (!bytes)
        return bytes.error();
    return openNativeFile(path, std::move(*bytes));
}

Result<NativeFile> openNativeFile(const std::string& path, std::unique_ptr<FileBytes> bytes)
{
    NativeFile f;
    f.path = path;
    f.bytes = std::move(bytes);
    f.fileSize = f.bytes->size();
    if (Status s = readFileHeader(path, f.bytes->data(), f.fileSize, f, f.hints); !s)
        return s.error();
    f.clock.setHeader(f.header);
    findChunks(f);
    readOpenAgain(f);
    readTables(f);
    f.clock.finish();
    return f;
}

} // namespace calltide::formats
