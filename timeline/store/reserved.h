// SPDX-License-Identifier: GPL-3.0-or-later
// Address space that becomes memory where it is written to: what grows in it never moves.
#pragma once
#include <cstddef>
#include <memory>

namespace calltide::store {

class ReservedMemory
{
public:
    // Null when the system grants none of that size.
    static std::unique_ptr<ReservedMemory> create(size_t bytes);
    ~ReservedMemory();
    ReservedMemory(const ReservedMemory&) = delete;
    ReservedMemory& operator=(const ReservedMemory&) = delete;
    void* data() const { return m_data; } // zeros at first

private:
    ReservedMemory(void* data, size_t size)
        : m_data(data)
        , m_size(size)
    {
    }
    void* m_data;
    size_t m_size;
};

// Room for up to `capacity()` elements; as many as the system grants, halving the wish until it does.
template <class T> class ReservedArray
{
public:
    ReservedArray(size_t wanted, size_t least)
    {
        for (m_capacity = wanted; m_capacity >= least; m_capacity /= 2)
            if ((m_memory = ReservedMemory::create(m_capacity * sizeof(T))))
                return;
        m_capacity = 0;
    }
    T* data() const { return m_memory ? static_cast<T*>(m_memory->data()) : nullptr; }
    T& operator[](size_t i) const { return data()[i]; }
    size_t capacity() const { return m_capacity; }

private:
    std::unique_ptr<ReservedMemory> m_memory;
    size_t m_capacity = 0;
};

} // namespace calltide::store
