// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/sidecar.h"
#include "format/crc32c.h"
#include "formats/recordingfiles.h"
#include "store/cache.h"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sys/stat.h>
#include <vector>

namespace calltide::formats {

namespace fs = std::filesystem;

namespace {

constexpr size_t kEnds = 64 << 10; // bytes hashed at the head and at the tail
constexpr const char* kExtension = ".ctcache";
constexpr int kReaderVersion = 1; // grows when readers get more out of the same file

// "device inode size mtime hash" of one file; empty when it cannot be read.
std::string stateOf(const std::string& path)
{
    struct stat st = {};
    FILE* f = std::fopen(path.c_str(), "rb");
    if (!f)
        return {};
    std::string out;
    if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
        std::vector<char> bytes(kEnds);
        uint32_t hash = 0;
        const auto size = uint64_t(st.st_size);
        for (const uint64_t at : {uint64_t(0), size > kEnds ? size - kEnds : 0})
            if (fseeko(f, off_t(at), SEEK_SET) == 0)
                hash = format::crc32c(hash, bytes.data(), std::fread(bytes.data(), 1, kEnds, f));
        char line[160];
#ifdef __APPLE__
        const timespec time = st.st_mtimespec;
#else
        const timespec time = st.st_mtim;
#endif
        std::snprintf(line, sizeof line, "%llu %llu %llu %lld.%09ld %08x", static_cast<unsigned long long>(st.st_dev),
            static_cast<unsigned long long>(st.st_ino), static_cast<unsigned long long>(size),
            static_cast<long long>(time.tv_sec), time.tv_nsec, hash);
        out = line;
    }
    std::fclose(f);
    return out;
}

std::string keyOf(const std::string& path)
{
    std::string key = stateOf(path);
    if (key.empty())
        return key;
    key = std::to_string(kReaderVersion) + '\n' + path + '\n' + key;
    for (const std::string& child : childRecordings(path))
        key += '\n' + child + ' ' + stateOf(child);
    return key;
}

std::string fileFor(const std::string& path, const SidecarOptions& options)
{
    char name[32];
    std::snprintf(name, sizeof name, "%08x%08x", format::crc32c(0, path.data(), path.size()),
        format::crc32c(0x5bd1e995, path.data(), path.size()));
    return (fs::path(options.folder) / (std::string(name) + kExtension)).string();
}

} // namespace

store::TracePtr openSidecar(const std::string& path, const SidecarOptions& options)
{
    if (options.folder.empty())
        return nullptr;
    const std::string file = fileFor(path, options);
    std::error_code error;
    if (!fs::exists(file, error))
        return nullptr;
    const std::string key = keyOf(path);
    if (key.empty())
        return nullptr;
    auto trace = store::TraceCache::open(file, key);
    if (!trace) { // of another state, or damaged: of no use to anybody
        fs::remove(file, error);
        return nullptr;
    }
    fs::last_write_time(file, fs::file_time_type::clock::now(), error); // used just now
    return *trace;
}

Status keepSidecar(
    const store::Trace& trace, const std::string& path, const SidecarOptions& options, store::Progress* progress)
{
    if (options.folder.empty() || trace.isGrowing() || trace.sliceCount() < options.leastSlices
        || trace.memoryBytes() > options.mostBytes / 2)
        return Ok{};
    const std::string key = keyOf(path);
    if (key.empty() || fs::file_size(path) > trace.fileSize()) // it went on after it was read
        return Ok{};
    std::error_code error;
    fs::create_directories(options.folder, error);
    fs::permissions(options.folder, fs::perms::owner_all, error); // what was traced may be private
    const fs::space_info room = fs::space(options.folder, error);
    if (!error && room.available / 2 < trace.memoryBytes())
        return Ok{}; // a nearly full disk is not for this
    const Status written = store::TraceCache::write(trace, fileFor(path, options), key, progress);
    if (written)
        dropSidecars(options);
    return written;
}

void dropSidecars(const SidecarOptions& options)
{
    struct Kept
    {
        fs::file_time_type used;
        uint64_t size;
        fs::path path;
    };
    std::vector<Kept> all;
    uint64_t total = 0;
    std::error_code error;
    if (options.folder.empty())
        return;
    for (fs::directory_iterator it(options.folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code gone;
        const auto used = it->last_write_time(gone);
        const uint64_t size = it->file_size(gone);
        if (gone)
            continue;
        const bool left = it->path().extension() == ".tmp" && fs::file_time_type::clock::now() - used > std::chrono::hours(1);
        if (it->path().extension() != kExtension && !left)
            continue;
        all.push_back({left ? fs::file_time_type::min() : used, size, it->path()});
        total += left ? options.mostBytes + 1 : size; // of a program that died while writing: goes first
    }
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
    for (const Kept& k : all) {
        if (total <= options.mostBytes)
            break;
        total -= k.used == fs::file_time_type::min() ? options.mostBytes + 1 : k.size;
        fs::remove(k.path, error);
    }
}

} // namespace calltide::formats
