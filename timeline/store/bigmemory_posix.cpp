// SPDX-License-Identifier: GPL-3.0-or-later
// Linux and macOS. (Windows has VirtualAlloc.)
#include "store/bigmemory.h"
#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace calltide::store {

static size_t rounded(size_t bytes)
{
    return (bytes + BigMemory::kLarge - 1) & ~(BigMemory::kLarge - 1);
}

void* BigMemory::take(size_t bytes)
{
    if (bytes < kLarge)
        return ::operator new(bytes);
    // Begins and ends where a large page does: what is asked for too much goes back.
    const size_t size = rounded(bytes);
    void* at = mmap(nullptr, size + kLarge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        throw std::bad_alloc();
    char* const from = static_cast<char*>(at);
    char* const begin = reinterpret_cast<char*>(rounded(reinterpret_cast<uintptr_t>(from)));
    if (begin != from)
        munmap(from, size_t(begin - from));
    if (const size_t rest = size_t(from + size + kLarge - (begin + size)))
        munmap(begin + size, rest);
#ifdef MADV_HUGEPAGE
    madvise(begin, size, MADV_HUGEPAGE);
#endif
    return begin;
}

void BigMemory::give(void* memory, size_t bytes)
{
    if (bytes < kLarge)
        ::operator delete(memory);
    else
        munmap(memory, rounded(bytes));
}

} // namespace calltide::store
