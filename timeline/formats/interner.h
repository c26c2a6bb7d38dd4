// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats::json {

// Interned byte strings: open addressing, raw bytes as keys.
class Interner
{
public:
    Interner();
    uint32_t id(std::string_view text);
    std::string_view text(uint32_t id) const { return {m_bytes.data() + m_entries[id].offset, m_entries[id].length}; }
    size_t size() const { return m_entries.size(); }

private:
    struct Entry
    {
        uint64_t hash, offset;
        uint32_t length;
    };
    void grow();
    std::vector<Entry> m_entries;
    std::vector<uint32_t> m_slots; // 0 free, else 1 + id
    std::string m_bytes;
};

} // namespace calltide::formats::json
