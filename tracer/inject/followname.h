// SPDX-License-Identifier: Apache-2.0
// Where calltide-follow listens, and what it is told there. A header of its own, so that the recorder, which asks there, links
// nothing of what attaches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace calltide::inject {

struct Asking // who asks, says the system
{
    uint64_t mark; // of the program that it runs
    int64_t asker; // by whose end its recording ends; 0: nobody's
};

// The one of this recording (hexadecimal); the address's length.
inline socklen_t followerAddress(const std::string& id, sockaddr_un& address)
{
    address = {};
    address.sun_family = AF_UNIX;
    const std::string name = ("calltide-follow-" + id).substr(0, sizeof address.sun_path - 1); // of no file: the first byte is zero
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    return socklen_t(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

// Of a program that runs, by its command line (as /proc has it).
inline uint64_t programMark(const std::string& command)
{
    uint64_t mark = 0xcbf29ce484222325u; // FNV-1a
    for (const char c : command)
        mark = (mark ^ (unsigned char)(c)) * 0x100000001b3u;
    return mark;
}
// Of what this process runs now: something else after exec().
inline uint64_t ownProgramMark()
{
    std::string command;
    char bytes[4096];
    if (const int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC); fd >= 0) {
        for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
            command.append(bytes, size_t(n));
        close(fd);
    }
    return programMark(command);
}

} // namespace calltide::inject
