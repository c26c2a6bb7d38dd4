// SPDX-License-Identifier: Apache-2.0
// Where calltide-follow listens. A header of its own, so that the recorder, which asks there, links nothing of what attaches.
#pragma once
#include <cstddef>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace calltide::inject {

// The one of this recording (hexadecimal); the address's length.
inline socklen_t followerAddress(const std::string& id, sockaddr_un& address)
{
    address = {};
    address.sun_family = AF_UNIX;
    const std::string name = ("calltide-follow-" + id).substr(0, sizeof address.sun_path - 1); // of no file: the first byte is zero
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    return socklen_t(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

} // namespace calltide::inject
