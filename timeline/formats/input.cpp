// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/input.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

namespace {

class FileInput final : public Input
{
public:
    FileInput(std::string path, int fd, uint64_t size)
        : m_path(std::move(path))
        , m_fd(fd)
        , m_size(size)
    {
    }
    ~FileInput() override { ::close(m_fd); }

    Result<size_t> read(char* to, size_t size) override
    {
        size_t have = 0;
        while (have < size) {
            const ssize_t n = ::read(m_fd, to + have, size - have);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return systemError(m_path, "cannot be read", errno);
            if (n == 0)
                break;
            have += size_t(n);
        }
        m_position += have;
        return have;
    }
    std::shared_ptr<const store::MappedFile> mapped() override { return store::MappedFile::of(m_fd); }
    void usedUpTo(uint64_t position) override { m_position = position; }
    uint64_t position() const override { return m_position; }
    uint64_t fileSize() const override { return m_size; }

private:
    std::string m_path;
    int m_fd;
    uint64_t m_size, m_position = 0;
};

} // namespace

Error systemError(const std::string& path, const char* what, int number)
{
    const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::NotFound
        : number == EACCES || number == EPERM                    ? ErrorCode::NoPermission
                                                                 : ErrorCode::Io;
    if (number == ENOENT)
        return {code, path + ": there is no such file."};
    return {code, path + " " + what + ": " + std::strerror(number) + "."};
}

Error tooLarge(const std::string& path)
{
    return {ErrorCode::Damaged, path + " unpacks to far more than a trace would; unpack it yourself if you trust it."};
}

Result<std::unique_ptr<Input>> openInput(const std::string& path)
{
    // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return systemError(path, "cannot be opened", errno);
    struct stat st = {};
    if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        const bool folder = S_ISDIR(st.st_mode);
        ::close(fd);
        return Error{ErrorCode::Invalid, path + (folder ? " is a folder, not a file." : " is not a regular file.")};
    }
    if (st.st_size == 0) {
        ::close(fd);
        return Error{ErrorCode::Damaged, path + ": the file is empty."};
    }
#ifdef POSIX_FADV_SEQUENTIAL
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
    return std::unique_ptr<Input>(new FileInput(path, fd, uint64_t(st.st_size)));
}

Result<std::unique_ptr<Input>> openUnpacked(const std::string& path)
{
    auto probe = openInput(path);
    if (!probe)
        return probe;
    unsigned char head[2] = {};
    if (auto n = (*probe)->read(reinterpret_cast<char*>(head), 2); !n)
        return n.error();
    auto input = openInput(path);
    if (!input || head[0] != 0x1f || head[1] != 0x8b)
        return input;
    return gunzip(std::move(*input), path);
}

} // namespace calltide::formats
