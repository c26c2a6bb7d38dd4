// SPDX-License-Identifier: GPL-3.0-or-later
// (parent node, function) → node, open addressing; internal to ct_flame.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace calltide::flame {

class ChildIndex
{
public:
    ChildIndex() { resize(1024); }

    // The slot's value: a node, or 0 when it is new and to be set by the caller (0 is the root, never a child).
    uint32_t& at(uint32_t parent, uint32_t function)
    {
        if (2 * m_used >= m_keys.size())
            resize(m_keys.size() * 2);
        const uint64_t key = uint64_t(parent) << 32 | function;
        size_t slot = hash(key) & m_mask;
        while (m_values[slot] && m_keys[slot] != key)
            slot = (slot + 1) & m_mask;
        if (!m_values[slot]) {
            m_keys[slot] = key;
            ++m_used;
        }
        return m_values[slot];
    }

private:
    static uint64_t hash(uint64_t key)
    {
        key *= 0x9E3779B97F4A7C15ull;
        return key ^ key >> 32;
    }
    void resize(size_t size)
    {
        std::vector<uint64_t> keys(size);
        std::vector<uint32_t> values(size);
        m_mask = size - 1;
        for (size_t i = 0; i < m_keys.size(); ++i) {
            if (!m_values[i])
                continue;
            size_t slot = hash(m_keys[i]) & m_mask;
            while (values[slot])
                slot = (slot + 1) & m_mask;
            keys[slot] = m_keys[i];
            values[slot] = m_values[i];
        }
        m_keys.swap(keys);
        m_values.swap(values);
    }

    std::vector<uint64_t> m_keys;
    std::vector<uint32_t> m_values;
    size_t m_mask = 0, m_used = 0;
};

} // namespace calltide::flame
