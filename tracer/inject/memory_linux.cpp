// SPDX-License-Identifier: Apache-2.0
#include "inject/memory.h"
#include <cerrno>
#include <sys/uio.h>

namespace calltide::inject {

bool Memory::read(uint64_t address, void* into, size_t size) const
{
    const iovec here {into, size}, there {reinterpret_cast<void*>(address), size};
    const ssize_t n = process_vm_readv(m_pid, &here, 1, &there, 1, 0);
    if (n >= 0 && size_t(n) != size)
        errno = EFAULT;
    return n >= 0 && size_t(n) == size;
}

bool Memory::write(uint64_t address, const void* from, size_t size) const
{
    const iovec here {const_cast<void*>(from), size}, there {reinterpret_cast<void*>(address), size};
    const ssize_t n = process_vm_writev(m_pid, &here, 1, &there, 1, 0);
    if (n >= 0 && size_t(n) != size)
        errno = EFAULT;
    return n >= 0 && size_t(n) == size;
}

} // namespace calltide::inject
