// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/cache_p.h"
#include "format/crc32c.h"
#include "store/mappedfile.h"
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <random>
#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

namespace calltide::store {

using format::crc32c;

struct TraceCache::Writer
{
    FILE* file;
    Progress* progress;
    uint64_t at = 0, total = 1;
    std::vector<uint32_t> blocks; // CRCs of the kCacheBlock pieces written so far
    uint32_t crc = 0;
    bool failed = false;

    void write(const void* data, size_t size)
    {
        const auto* p = static_cast<const uint8_t*>(data);
        while (size) {
            const size_t n = std::min<size_t>(size, kCacheBlock - at % kCacheBlock);
            failed = failed || std::fwrite(p, 1, n, file) != n || (progress && progress->cancelled());
            crc = crc32c(crc, p, n);
            p += n;
            size -= n;
            at += n;
            if (at % kCacheBlock == 0) {
                blocks.push_back(crc);
                crc = 0;
                if (progress)
                    progress->set(at, total);
            }
        }
    }
    void pad(uint64_t to)
    {
        static const std::array<char, 4096> zeros{};
        while (at % to)
            write(zeros.data(), std::min<uint64_t>(zeros.size(), to - at % to));
    }
    template <class T> void column(std::span<const T> all, CacheBytes& tables)
    {
        pad(kCacheAlign);
        tables.put(at);
        tables.put(uint64_t(all.size()));
        write(all.data(), all.size_bytes());
    }
};

struct TraceCache::Reader
{
    std::shared_ptr<const MappedFile> file;
    CacheTables tables;
    uint64_t end; // of the columns

    template <class T> std::span<const T> column()
    {
        const auto at = tables.get<uint64_t>(), count = tables.get<uint64_t>();
        if (at > end || at % alignof(T) || count > (end - at) / sizeof(T)) {
            tables.fail();
            return {};
        }
        return {reinterpret_cast<const T*>(file->data() + at), size_t(count)};
    }
};

static Status failure(const std::string& path)
{
    return Error{ErrorCode::Io, path + " cannot be written: " + std::strerror(errno ? errno : EIO) + ".", -1};
}

Status TraceCache::write(const Trace& t, const std::string& path, const std::string& key, Progress* progress)
{
    if (t.m_growing || t.m_rowOrder)
        return Error{ErrorCode::Invalid, "A recording that goes on is not kept.", -1};
    const std::string temporary = path + "." + std::to_string(std::random_device()()) + ".tmp";
    errno = 0;
    FILE* file = std::fopen(temporary.c_str(), "wbxe");
    if (!file)
        return failure(path);
    Writer w{file, progress};
    w.total = t.memoryBytes() + 1;
    CacheBytes b;
    b.text(key);
    const std::array<char, kCacheHead> head{};
    w.write(head.data(), head.size()); // its place
    w.column(t.m_start, b);
    w.column(t.m_duration, b);
    w.column(t.m_function, b);
    w.column(t.m_extra, b);
    w.column(t.m_extras, b);
    w.column(std::span(t.m_argumentText.data(), t.m_argumentText.size()), b);
    w.column(std::span<const LodSpan>(t.m_lodSpans), b);
    b.put(uint64_t(t.m_lod.size()));
    for (const LodLevel& l : t.m_lod) {
        b.put(l.shift);
        w.column(l.start, b);
        w.column(l.duration, b);
        w.column(l.function, b);
        w.column(l.first, b);
        w.column(l.busy, b);
    }
    w.pad(kCacheBlock); // the last block has a CRC too
    for (const std::string* s : {&t.m_path, &t.m_format})
        b.text(*s);
    b.put(t.m_fileSize);
    b.put(t.m_begin);
    b.put(t.m_end);
    b.put(uint8_t(t.m_wallOffset.has_value()));
    b.put(t.m_wallOffset.value_or(0));
    b.put(t.m_lost);
    b.put(t.m_sliceCount);
    b.put(uint64_t(t.m_metadata.size()));
    for (const auto& [k, v] : t.m_metadata) {
        b.text(k);
        b.text(v);
    }
    b.text(*t.m_stringPool);
    b.put(uint64_t(t.m_stringSpans->size()));
    for (const auto& [at, size] : *t.m_stringSpans) {
        b.put(at);
        b.put(size);
    }
    b.list(*t.m_functions);
    b.list(t.m_processes);
    b.list(t.m_tracks);
    b.list(t.m_rows);
    b.put(uint64_t(t.m_longDurations.size()));
    for (const auto& [slice, duration] : t.m_longDurations) {
        b.put(slice);
        b.put(duration);
    }
    b.list(*t.m_instants);
    b.list(*t.m_flows);
    b.put(uint64_t(t.m_counters->size()));
    for (const CounterTrack& c : *t.m_counters) {
        b.put(c.process);
        b.put(c.name);
        b.put(c.series);
        b.list(c.times);
        b.list(c.values);
    }
    b.put(uint64_t(t.m_lostStretches->size()));
    for (const Stretch& s : *t.m_lostStretches) {
        b.put(s.track);
        b.put(s.begin);
        b.put(s.end);
        b.put(s.count);
        b.text(s.reason);
    }
    b.put(uint64_t(t.m_problems->size()));
    for (const Problem& p : *t.m_problems) {
        b.text(p.kind);
        b.text(p.text);
        b.put(p.severity);
        b.put(p.count);
        b.put(uint64_t(p.examples.size()));
        for (const auto& [offset, text] : p.examples) {
            b.put(offset);
            b.text(text);
        }
    }
    b.put(uint64_t(t.m_sources->size()));
    for (const Source& s : *t.m_sources) {
        b.put(s.file);
        b.text(s.text);
    }
    b.list(w.blocks);

    CacheHeader h{};
    std::memcpy(h.magic, kCacheMagic, sizeof h.magic);
    h.layout = kCacheLayout;
    h.tablesAt = w.at;
    h.tablesSize = b.bytes().size();
    h.fileSize = h.tablesAt + h.tablesSize;
    h.tablesCrc = crc32c(0, b.bytes().data(), b.bytes().size());
    h.headerCrc = crc32c(0, &h, offsetof(CacheHeader, headerCrc));
    w.failed = w.failed || std::fwrite(b.bytes().data(), 1, b.bytes().size(), file) != b.bytes().size()
        || std::fflush(file) != 0;
#ifndef _WIN32
    // On the disk before the header that vouches for it: after a power cut there is the whole file or none.
    w.failed = w.failed || ::fdatasync(::fileno(file)) != 0;
#endif
    w.failed = w.failed || std::fseek(file, 0, SEEK_SET) != 0 || std::fwrite(&h, sizeof h, 1, file) != 1;
    const bool closed = std::fclose(file) == 0;
    if (w.failed || !closed || std::rename(temporary.c_str(), path.c_str()) != 0) {
        const Status status = progress && progress->cancelled()
            ? Status(Error{ErrorCode::Cancelled, "It was stopped.", -1})
            : failure(path);
        std::remove(temporary.c_str());
        return status;
    }
    return Ok{};
}

Result<TracePtr> TraceCache::open(const std::string& path, const std::string& key)
{
    const Error unusable{ErrorCode::Damaged, path + " is of another version, or damaged.", -1};
    const auto file = MappedFile::open(path);
    if (!file)
        return Error{ErrorCode::NotFound, path + " is not there.", -1};
    CacheHeader h;
    if (file->size() < kCacheHead)
        return unusable;
    std::memcpy(&h, file->data(), sizeof h);
    if (std::memcmp(h.magic, kCacheMagic, sizeof h.magic) != 0 || h.layout != kCacheLayout
        || h.headerCrc != crc32c(0, &h, offsetof(CacheHeader, headerCrc)) || h.fileSize != file->size()
        || h.tablesAt > h.fileSize || h.tablesSize != h.fileSize - h.tablesAt || h.tablesAt % kCacheBlock
        || h.tablesCrc != crc32c(0, file->data() + h.tablesAt, h.tablesSize))
        return unusable;
    Reader r{file, CacheTables(file->data() + h.tablesAt, h.tablesSize), h.tablesAt};
    CacheTables& in = r.tables;
    if (in.text() != key)
        return Error{ErrorCode::NotFound, path + " belongs to another state of the file.", -1};
    const auto t = std::make_shared<Trace>();
    t->m_start = r.column<int64_t>();
    t->m_duration = r.column<uint32_t>();
    t->m_function = r.column<uint32_t>();
    t->m_extra = r.column<uint32_t>();
    t->m_extras = r.column<SliceExtra>();
    const auto text = r.column<char>();
    t->m_argumentText = {text.data(), text.size()};
    const auto spans = r.column<LodSpan>();
    t->m_lodSpans.assign(spans.begin(), spans.end());
    for (uint64_t n = in.count(64); n > 0; n--) {
        LodLevel l;
        l.shift = in.get<int>();
        l.start = r.column<int64_t>();
        l.duration = r.column<uint32_t>();
        l.function = r.column<uint32_t>();
        l.first = r.column<uint32_t>();
        l.busy = r.column<uint8_t>();
        t->m_lod.push_back(l);
    }
    t->m_path = in.text();
    t->m_format = in.text();
    t->m_fileSize = in.get<uint64_t>();
    t->m_begin = in.get<int64_t>();
    t->m_end = in.get<int64_t>();
    const bool wall = in.get<uint8_t>();
    const auto offset = in.get<int64_t>();
    if (wall)
        t->m_wallOffset = offset;
    t->m_lost = in.get<uint64_t>();
    t->m_sliceCount = in.get<uint64_t>();
    for (uint64_t n = in.count(16); n > 0; n--) {
        std::string k = in.text();
        t->m_metadata.emplace_back(std::move(k), in.text());
    }
    t->m_stringPool.write() = in.text();
    auto& strings = t->m_stringSpans.write();
    for (uint64_t n = in.count(12); n > 0; n--) {
        const auto at = in.get<uint64_t>();
        strings.emplace_back(at, in.get<uint32_t>());
    }
    in.list(t->m_functions.write());
    in.list(t->m_processes);
    in.list(t->m_tracks);
    in.list(t->m_rows);
    for (uint64_t n = in.count(16); n > 0; n--) {
        const auto slice = in.get<SliceIndex>();
        t->m_longDurations.emplace_back(slice, in.get<int64_t>());
    }
    in.list(t->m_instants.write());
    in.list(t->m_flows.write());
    for (uint64_t n = in.count(28); n > 0; n--) {
        CounterTrack c;
        c.process = in.get<ProcessId>();
        c.name = in.get<StringId>();
        c.series = in.get<StringId>();
        in.list(c.times);
        in.list(c.values);
        t->m_counters.write().push_back(std::move(c));
    }
    for (uint64_t n = in.count(36); n > 0; n--) {
        Stretch s;
        s.track = in.get<TrackId>();
        s.begin = in.get<int64_t>();
        s.end = in.get<int64_t>();
        s.count = in.get<uint64_t>();
        s.reason = in.text();
        t->m_lostStretches.write().push_back(std::move(s));
    }
    for (uint64_t n = in.count(33); n > 0; n--) {
        Problem p;
        p.kind = in.text();
        p.text = in.text();
        p.severity = in.get<Severity>();
        p.count = in.get<uint64_t>();
        for (uint64_t k = in.count(16); k > 0; k--) {
            const auto at = in.get<int64_t>();
            p.examples.emplace_back(at, in.text());
        }
        t->m_problems.write().push_back(std::move(p));
    }
    for (uint64_t n = in.count(12); n > 0; n--) {
        Source s;
        s.file = in.get<StringId>();
        s.text = in.text();
        t->m_sourceByFile.write().try_emplace(s.file, t->m_sources->size());
        t->m_sources.write().push_back(std::move(s));
    }
    std::vector<uint32_t> blocks;
    in.list(blocks);
    const uint64_t count = t->m_sliceCount;
    bool good = !in.failed() && t->m_start.size() == count && t->m_duration.size() == count
        && t->m_function.size() == count && t->m_extra.size() == count
        && t->m_lodSpans.size() == t->m_rows.size() * t->m_lod.size() && blocks.size() == h.tablesAt / kCacheBlock;
    for (const Row& row : t->m_rows)
        good = good && row.first <= count && row.count <= count - row.first;
    for (const auto& [at, size] : *t->m_stringSpans)
        good = good && at <= t->m_stringPool->size() && size <= t->m_stringPool->size() - at;
    if (!good)
        return unusable;
    // Of the columns some blocks are checked, never all: that would read the whole file.
    std::vector<size_t> look{1, blocks.size() - 1};
    std::minstd_rand random(uint32_t(h.fileSize));
    for (int i = 0; i < 6; i++)
        look.push_back(random() % blocks.size());
    for (const size_t i : look)
        if (i > 0 && i < blocks.size() && crc32c(0, file->data() + i * kCacheBlock, kCacheBlock) != blocks[i])
            return unusable;
    // The first block holds the header, which was not there yet when the CRC was made.
    std::vector<uint8_t> first(file->data(), file->data() + kCacheBlock);
    std::fill(first.begin(), first.begin() + ptrdiff_t(kCacheHead), uint8_t(0));
    if (crc32c(0, first.data(), first.size()) != blocks[0])
        return unusable;
    t->m_memory = file;
    return TracePtr(t);
}

} // namespace calltide::store
