// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats::json {

// Interned byte strings: open addressing, raw bytes as keys. With many names a look-up waits for memory, so one who has
// several at hand asks ahead for what they will need.
class Interner
{
public:
    Interner();
    static uint64_t hash(std::string_view text);
    uint32_t id(std::string_view text) { return id(text, hash(text)); }
    uint32_t id(std::string_view text, uint64_t hash);
    void fetchSlot(uint64_t hash) const { __builtin_prefetch(&m_slots[size_t(hash) & (m_slots.size() - 1)]); }
    void fetchText(uint64_t hash) const; // after a while
    std::string_view text(uint32_t id) const { return textAt(m_entries[id].place, m_entries[id].length); }
    size_t size() const { return m_entries.size(); }

private:
    struct Entry
    {
        uint32_t place, length; // place: of the text, in units of kUnit
    };
    struct Slot
    {
        uint32_t id; // 0 free, else 1 + id
        uint32_t tag; // upper half of the hash
        Entry entry;
    };
    static constexpr size_t kUnit = 8;
    std::string_view textAt(uint32_t place, uint32_t length) const { return {m_bytes.data() + place * kUnit, length}; }
    void grow();
    std::vector<Entry> m_entries;
    std::vector<Slot> m_slots;
    std::string m_bytes;
};

} // namespace calltide::formats::json
