// SPDX-License-Identifier: GPL-3.0-or-later
// Linux and macOS. (Windows has VirtualAlloc with MEM_RESERVE, and commits page by page.)
#include "store/reserved.h"
#include <sys/mman.h>

namespace calltide::store {

std::unique_ptr<ReservedMemory> ReservedMemory::create(size_t bytes)
{
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return nullptr;
#ifdef MADV_DONTDUMP
    madvise(at, bytes, MADV_DONTDUMP); // a crash report would walk through all of it
#endif
    return std::unique_ptr<ReservedMemory>(new ReservedMemory(at, bytes));
}

ReservedMemory::~ReservedMemory()
{
    munmap(m_data, m_size);
}

} // namespace calltide::store
