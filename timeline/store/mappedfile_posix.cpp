// SPDX-License-Identifier: GPL-3.0-or-later
// Linux and macOS.
#include "store/mappedfile.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::store {

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return nullptr;
    std::shared_ptr<MappedFile> f;
    struct stat st = {};
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        void* at = mmap(nullptr, size_t(st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) {
            f.reset(new MappedFile);
            f->m_data = static_cast<const uint8_t*>(at);
            f->m_size = size_t(st.st_size);
        }
    }
    ::close(fd);
    return f;
}

MappedFile::~MappedFile()
{
    if (m_data)
        munmap(const_cast<uint8_t*>(m_data), m_size);
}

} // namespace calltide::store
