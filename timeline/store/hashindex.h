// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of things by the hash of what they are; the things themselves lie elsewhere. Eight bytes a place, and no memory
// of its own for each thing, because there may be millions.
#pragma once
#include "store/bigvector.h"
#include <bit>
#include <cstddef>
#include <cstdint>

namespace calltide::store {

class HashIndex
{
public:
    static constexpr uint32_t kNone = 0xFFFFFFFF;

    template <class Same> uint32_t find(uint64_t hash, Same&& same) const // same(id): it is what is looked for
    {
        if (m_slots.empty())
            return kNone;
        for (size_t i = place(hash); m_slots[i].number; i = (i + 1) & (m_slots.size() - 1))
            if (m_slots[i].hash == uint32_t(hash) && same(m_slots[i].number - 1))
                return m_slots[i].number - 1;
        return kNone;
    }
    void add(uint64_t hash, uint32_t id)
    {
        if (++m_count * 4 > m_slots.size() * 3)
            grow();
        put({uint32_t(hash), id + 1});
    }

private:
    struct Slot
    {
        uint32_t hash = 0, number = 0; // number: 1 + id; 0: free
    };
    // By the upper bits: all keep their order when the places become twice as many, so that grow() goes straight through
    // both tables instead of jumping about.
    size_t place(uint64_t hash) const { return uint32_t(hash) * 0x7F4A7C15u >> m_shift; }
    void put(Slot slot)
    {
        size_t i = place(slot.hash);
        while (m_slots[i].number)
            i = (i + 1) & (m_slots.size() - 1);
        m_slots[i] = slot;
    }
    void grow()
    {
        const BigVector<Slot> old = std::move(m_slots);
        m_slots = BigVector<Slot>();
        m_slots.assign(old.empty() ? 64 : old.size() * 2, {});
        m_shift = 32 - std::countr_zero(m_slots.size());
        for (const Slot& s : old)
            if (s.number)
                put(s);
    }
    BigVector<Slot> m_slots;
    size_t m_count = 0;
    int m_shift = 0;
};

} // namespace calltide::store
