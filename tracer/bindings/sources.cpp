// SPDX-License-Identifier: Apache-2.0
// Source texts are taken when a file's first function is seen: later it may have changed.
#include "bindings/functions.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

namespace calltide::bindings {

namespace {
constexpr off_t kMaxFile = 4 << 20;
constexpr uint64_t kMaxAll = 256u << 20;
std::unordered_set<std::string> g_seen;
uint64_t g_bytes = 0;
} // namespace

void forgetSources()
{
    g_seen.clear();
    g_bytes = 0;
}

void keepSource(const std::string& file)
{
    if (!g_session.recorder || file.empty() || file[0] == '<' || file.find('\0') != std::string::npos || !g_seen.insert(file).second)
        return;
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return;
    struct stat st {};
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return;
    }
    format::SourceRecord record {};
    record.size = uint64_t(st.st_size);
    record.mtime = int64_t(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec;
    record.inode = st.st_ino;
    std::string text;
    if (st.st_size <= kMaxFile && g_bytes + uint64_t(st.st_size) <= kMaxAll) {
        text.resize(size_t(st.st_size));
        size_t have = 0;
        while (have < text.size()) {
            const ssize_t n = read(fd, text.data() + have, text.size() - have);
            if (n <= 0)
                break;
            have += size_t(n);
        }
        text.resize(have);
        g_bytes += have;
    }
    close(fd);
    core::Tables& tables = g_session.recorder->tables();
    tables.source(tables.string(file), record, text.size() == size_t(st.st_size) ? &text : nullptr);
}

void keepGivenSource(const std::string& file, const std::string& text)
{
    if (!g_session.recorder || !g_seen.insert(file).second)
        return;
    core::Tables& tables = g_session.recorder->tables();
    format::SourceRecord record {};
    record.size = text.size();
    tables.source(tables.string(file), record, &text);
}

} // namespace calltide::bindings
