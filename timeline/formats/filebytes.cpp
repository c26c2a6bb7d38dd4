// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/filebytes.h"
#include "formats/input.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

Result<std::unique_ptr<FileBytes>> FileBytes::open(const std::string& path)
{
    std::unique_ptr<FileBytes> f(new FileBytes);
    f->m_file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->m_file < 0)
        return systemError(path, "cannot be opened", errno);
    struct stat st = {};
    if (fstat(f->m_file, &st) != 0 || !S_ISREG(st.st_mode))
        return Error{ErrorCode::NotSupported, path + ": this is not a regular file."};
    const uint64_t size = uint64_t(st.st_size);
    if (!size)
        return f;
    void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return systemError(path, "needs more memory than there is", errno);
    f->m_data = static_cast<uint8_t*>(at);
    f->m_size = size;
    for (uint64_t from = 0; from < size;) {
        off_t data = lseek(f->m_file, off_t(from), SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break; // a hole up to the end
        if (data < 0)
            data = off_t(from); // this file system does not tell
        off_t hole = lseek(f->m_file, data, SEEK_HOLE);
        if (hole <= data)
            hole = off_t(size);
        from = std::min(uint64_t(hole), size);
        f->read(uint64_t(data), from);
        f->m_extents.emplace_back(uint64_t(data), from);
    }
    return f;
}

std::unique_ptr<FileBytes> FileBytes::of(std::string unpacked)
{
    std::unique_ptr<FileBytes> f(new FileBytes);
    f->m_unpacked = std::move(unpacked);
    f->m_data = reinterpret_cast<uint8_t*>(f->m_unpacked.data());
    f->m_size = f->m_unpacked.size();
    f->m_extents.emplace_back(0, f->m_size);
    return f;
}

FileBytes::~FileBytes()
{
    if (m_data && m_file >= 0)
        munmap(m_data, m_size);
    if (m_file >= 0)
        ::close(m_file);
}

void FileBytes::read(uint64_t from, uint64_t to)
{
    while (from < to) {
        const ssize_t n = pread(m_file, m_data + from, to - from, off_t(from));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break; // shorter than it was, or unreadable: zeros, as if it had not been written
        from += uint64_t(n);
    }
}

uint64_t FileBytes::nextData(uint64_t offset) const
{
    const auto it = std::upper_bound(
        m_extents.begin(), m_extents.end(), offset, [](uint64_t o, const auto& extent) { return o < extent.second; });
    return it == m_extents.end() ? m_size : std::max(offset, it->first);
}

void FileBytes::readAgain(uint64_t offset, uint64_t size)
{
    if (offset < m_size && m_file >= 0)
        read(offset, offset + std::min(size, m_size - offset));
}

bool FileBytes::unchanged(uint64_t offset, uint64_t size) const
{
    if (m_file < 0)
        return offset + size <= m_size;
    std::vector<uint8_t> now(size);
    return offset + size <= m_size && pread(m_file, now.data(), size, off_t(offset)) == ssize_t(size)
        && std::memcmp(now.data(), m_data + offset, size) == 0;
}

} // namespace calltide::formats
