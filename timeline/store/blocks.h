// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of many millions that grow without being copied: blocks of whole large pages, the first of which begins small. What has been
// used can be given back block by block while the rest is still needed.
#pragma once
#include "store/bigmemory.h"
#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

namespace calltide::store {

template <class T> class Blocks
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    // Elements: a power of two, and of 24 bytes in 6 MiB.
    static constexpr size_t kBlock = BigMemory::kLarge / (sizeof(T) & ~(sizeof(T) - 1));

    Blocks() = default;
    Blocks(const Blocks& other)
    {
        for (size_t i = 0, n = other.size(); i < n; i++)
            push_back(other[i]);
    }
    Blocks(Blocks&& other) noexcept { swap(other); }
    Blocks& operator=(Blocks other) noexcept
    {
        swap(other);
        return *this;
    }
    ~Blocks() { clear(); }

    size_t size() const { return m_blocks.empty() ? 0 : (m_blocks.size() - 1) * kBlock + size_t(m_at - m_blocks.back()); }
    bool empty() const { return size() == 0; }
    T& operator[](size_t i) { return m_blocks[i / kBlock][i % kBlock]; }
    const T& operator[](size_t i) const { return m_blocks[i / kBlock][i % kBlock]; }
    void push_back(const T& value)
    {
        if (m_at == m_limit)
            grow();
        *m_at++ = value;
    }
    void clear()
    {
        for (size_t i = 0; i < m_blocks.size(); i++)
            give(m_blocks[i], i ? kBlock : m_first);
        m_blocks.clear();
        m_at = m_limit = nullptr;
        m_first = 0;
    }
    // The block that ends before element `i`, if one does, is not used any more; size() stays.
    void doneBefore(size_t i)
    {
        if (i && i % kBlock == 0)
            give(std::exchange(m_blocks[i / kBlock - 1], nullptr), kBlock);
    }

private:
    void swap(Blocks& other)
    {
        std::swap(m_blocks, other.m_blocks);
        std::swap(m_at, other.m_at);
        std::swap(m_limit, other.m_limit);
        std::swap(m_first, other.m_first);
    }
    static void give(T* block, size_t capacity)
    {
        if (block)
            BigMemory::give(block, capacity * sizeof(T));
    }
    void grow()
    {
        const bool small = m_blocks.size() == 1 && m_first < kBlock;
        const size_t capacity = small ? m_first * 2 : m_blocks.empty() ? 4 : kBlock;
        T* block = static_cast<T*>(BigMemory::take(capacity * sizeof(T)));
        m_at = block;
        if (small) {
            m_at = std::copy(m_blocks[0], m_blocks[0] + m_first, block);
            give(m_blocks[0], m_first);
            m_blocks[0] = block;
        } else {
            m_blocks.push_back(block);
        }
        if (m_blocks.size() == 1)
            m_first = capacity;
        m_limit = block + capacity;
    }

    std::vector<T*> m_blocks;
    T *m_at = nullptr, *m_limit = nullptr; // in the last block
    size_t m_first = 0; // capacity of the first block
};

} // namespace calltide::store
