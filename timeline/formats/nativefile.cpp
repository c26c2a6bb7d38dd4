// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativefile.h"
#include "formats/input.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

using namespace format;

Result<std::unique_ptr<Mapping>> Mapping::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return systemError(path, "cannot be opened", errno);
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        ::close(fd);
        return Error{ErrorCode::NotSupported, path + ": this is not a regular file."};
    }
    std::unique_ptr<Mapping> m(new Mapping);
    m->m_size = uint64_t(st.st_size);
    if (m->m_size) {
        void* at = mmap(nullptr, m->m_size, PROT_READ, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED) {
            const int number = errno;
            ::close(fd);
            return systemError(path, "cannot be mapped", number);
        }
        m->m_data = static_cast<const uint8_t*>(at);
    }
    ::close(fd);
    return m;
}

Mapping::~Mapping()
{
    if (m_data)
        munmap(const_cast<uint8_t*>(m_data), m_size);
}

// ---------------------------------------------------------------- clock

void ClockMap::setHeader(const FileHeader& header) { m_header = header; }
void ClockMap::addSample(const ClockRecord& sample) { m_samples.push_back(sample); }

void ClockMap::finish()
{
    std::sort(m_samples.begin(), m_samples.end(), [](const auto& a, const auto& b) { return a.units < b.units; });
    struct Point
    {
        uint64_t units;
        int64_t ns;
    };
    // Samples too close together would turn their reading error into a slope: 20 ms apart is 1 in 10^5 or better.
    std::vector<Point> points{{m_header.unit0, m_header.monotonic0}};
    const double guess = double(m_header.nsPerUnit) / 4294967296.0;
    for (const ClockRecord& s : m_samples) {
        if (s.units <= points.back().units || s.monotonic <= points.back().ns)
            continue;
        const double ns = double(s.units - points.back().units) * guess;
        const double real = double(s.monotonic - points.back().ns);
        if (real < 20e6 || ns <= 0 || real / ns > 1.5 || real / ns < 0.67) // suspend, or a damaged sample
            continue;
        points.push_back({s.units, s.monotonic});
    }
    m_pieces.clear();
    for (size_t i = 0; i + 1 < points.size(); i++) {
        const auto ns = (__int128(points[i + 1].ns - points[i].ns) << 32) / __int128(points[i + 1].units - points[i].units);
        m_pieces.push_back({points[i].units, points[i].ns, uint64_t(ns)});
    }
    if (m_pieces.empty())
        m_pieces.push_back({m_header.unit0, m_header.monotonic0, m_header.nsPerUnit});
}

const ClockMap::Piece& ClockMap::pieceAt(uint64_t units, uint64_t& pieceEnd) const
{
    auto it = std::upper_bound(
        m_pieces.begin(), m_pieces.end(), units, [](uint64_t u, const Piece& p) { return u < p.fromUnits; });
    pieceEnd = it == m_pieces.end() ? UINT64_MAX : it->fromUnits;
    return it == m_pieces.begin() ? *it : *(it - 1);
}

int64_t ClockMap::toNs(uint64_t units) const
{
    uint64_t end;
    return apply(pieceAt(units, end), units);
}

// ---------------------------------------------------------------- header and chunks

std::string_view NativeFile::metaValue(std::string_view key) const
{
    for (const auto& [k, v] : meta)
        if (k == key)
            return v;
    return {};
}

static Status readHeader(NativeFile& f)
{
    const uint8_t* data = f.mapping->data();
    if (f.mapping->size() == 0)
        return Error{ErrorCode::Damaged, f.path + ": this file is empty."};
    if (f.mapping->size() < kFileHeaderSize)
        return Error{ErrorCode::Damaged, f.path + ": this recording is cut within its header; nothing of it can be read."};
    std::memcpy(&f.header, data, sizeof f.header);
    std::memcpy(&f.hints, data + kMutableAt, sizeof f.hints);
    const FileHeader& h = f.header;
    if (std::memcmp(h.magic, kMagic, sizeof kMagic) != 0)
        return Error{ErrorCode::NotSupported, f.path + ": this is not a Calltide recording."};
    uint32_t crc;
    std::memcpy(&crc, data + kFileCrcAt, 4);
    if (h.major != kMajor)
        return Error{ErrorCode::NotSupported,
            f.path + ": made by a newer Calltide (format " + std::to_string(h.major) + "." + std::to_string(h.minor)
                + "); update Calltide to open it."};
    if (crc != crc32c(0, data, kFileCrcAt) || h.endianMark != kEndianMark || h.headerSize != kFileHeaderSize
        || h.blockLog2 != kBlockLog2 || !h.nsPerUnit)
        return Error{ErrorCode::Damaged, f.path + ": the header of this recording is damaged.", 0};
    if (h.incompat)
        return Error{ErrorCode::NotSupported, f.path + ": uses a feature of a newer Calltide; update Calltide to open it."};
    return Ok{};
}

static void findChunks(NativeFile& f)
{
    const uint8_t* data = f.mapping->data();
    const uint64_t size = f.mapping->size();
    uint32_t seed;
    std::memcpy(&seed, f.header.processId, 4);
    for (uint64_t at = kFileHeaderSize; at < size;) {
        ChunkView v;
        if (!readChunkHeader(data, size, at, seed, v)) {
            const uint64_t n = std::min<uint64_t>(size - at, 4096);
            f.damagedPages += std::any_of(data + at, data + at + n, [](uint8_t b) { return b != 0; });
            at += 4096;
            continue;
        }
        f.damagedSeals += v.sealDamaged && v.available == v.size();
        if (v.header.kind == uint8_t(ChunkKind::Table))
            f.tableChunks.push_back(v);
        else if (v.header.kind == uint8_t(ChunkKind::Events))
            f.threadChunks[v.header.thread].push_back(v);
        at += v.size();
    }
    for (auto& [thread, chunks] : f.threadChunks) {
        std::stable_sort(chunks.begin(), chunks.end(),
            [](const ChunkView& a, const ChunkView& b) { return a.header.sequence < b.header.sequence; });
        uint32_t expected = 0;
        for (const ChunkView& c : chunks) {
            f.missingChunks += c.header.sequence > expected ? c.header.sequence - expected : 0;
            expected = c.header.sequence + 1;
        }
    }
}

// ---------------------------------------------------------------- tables

template <class T>
static bool take(std::string_view payload, T& out)
{
    if (payload.size() < sizeof(T))
        return false;
    std::memcpy(&out, payload.data(), sizeof(T));
    return true;
}

// Ids grow a table only as far as records can have made them: each has cost 16 bytes of the file at least.
static bool plausible(const NativeFile& f, uint32_t id) { return id <= f.mapping->size() / 16 + 128 && id <= kMaxId; }

static void tableRecord(NativeFile& f, const TableRecordHeader& h, std::string_view payload)
{
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
        if (f.functions.size() <= last)
            f.functions.resize(last + 1);
        for (uint32_t id = h.id; id <= last; id++)
            if (!f.functions[id].known)
                f.functions[id] = {r, true, id != h.id};
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
        f.meta.emplace_back(f.string(r.key), f.string(r.value));
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
    case TableType::Note: {
        NoteRecord r;
        if (!take(payload, r))
            break;
        f.notes.emplace_back(r, f.string(r.text));
        return;
    }
    case TableType::End:
        if (!take(payload, f.end))
            break;
        f.hasEnd = true;
        return;
    case TableType::Task: // read by later versions
    default:
        f.unknownTableRecords++;
        return;
    }
    f.badTableRecords++;
}

static void readTables(NativeFile& f)
{
    std::stable_sort(f.tableChunks.begin(), f.tableChunks.end(),
        [](const ChunkView& a, const ChunkView& b) { return a.header.sequence < b.header.sequence; });
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
                tableRecord(f, h, {payload, h.length});
            else
                f.badTableRecords++;
            at += (sizeof h + uint64_t(h.length) + 7) / 8 * 8;
        }
    }
}

Result<NativeFile> openNativeFile(const std::string& path)
{
    NativeFile f;
    f.path = path;
    auto mapping = Mapping::open(path);
    if (!mapping)
        return mapping.error();
    f.mapping = std::move(*mapping);
    if (Status s = readHeader(f); !s)
        return s.error();
    f.clock.setHeader(f.header);
    findChunks(f);
    readTables(f);
    f.clock.finish();
    return f;
}

} // namespace calltide::formats
