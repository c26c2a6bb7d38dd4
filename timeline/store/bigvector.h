// SPDX-License-Identifier: GPL-3.0-or-later
// A vector for columns of many megabytes: elements added by resize() are not set, because whoever resizes fills them,
// and touching fresh memory costs more than what is written there.
#pragma once
#include "store/bigmemory.h"
#include <memory>
#include <utility>
#include <vector>

namespace calltide::store {

template <class T> struct UnsetAllocator : std::allocator<T>
{
    UnsetAllocator() = default;
    template <class U> UnsetAllocator(const UnsetAllocator<U>&) { }
    template <class U> struct rebind
    {
        using other = UnsetAllocator<U>;
    };
    T* allocate(size_t n) { return static_cast<T*>(BigMemory::take(n * sizeof(T))); }
    void deallocate(T* p, size_t n) { BigMemory::give(p, n * sizeof(T)); }
    template <class U> void construct(U* p) { ::new (static_cast<void*>(p)) U; }
    template <class U, class... A> void construct(U* p, A&&... a)
    {
        ::new (static_cast<void*>(p)) U(std::forward<A>(a)...);
    }
};

template <class T> using BigVector = std::vector<T, UnsetAllocator<T>>;

} // namespace calltide::store
