// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/interner.h"
#include <cstring>

namespace calltide::formats::json {

namespace {

uint64_t mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 m = static_cast<unsigned __int128>(a) * b;
    return uint64_t(m) ^ uint64_t(m >> 64);
}

uint64_t hashOf(std::string_view s)
{
    const char* p = s.data();
    size_t n = s.size();
    uint64_t h = n * 0x9E3779B97F4A7C15u, a = 0, b = 0;
    for (; n >= 16; p += 16, n -= 16) {
        std::memcpy(&a, p, 8);
        std::memcpy(&b, p + 8, 8);
        h = mix(a ^ 0xa0761d6478bd642fu, b ^ h);
    }
    if (n >= 8) {
        std::memcpy(&a, p, 8);
        std::memcpy(&b, p + n - 8, 8);
        return mix(a ^ 0xe7037ed1a0b428dbu, b ^ h);
    }
    a = 0;
    if (n > 0) // an empty view may be null, which memcpy must not see
        std::memcpy(&a, p, n);
    return mix(a ^ 0xe7037ed1a0b428dbu, h ^ 0x8ebc6af09c88c6e3u);
}

bool same(const char* a, const char* b, size_t n)
{
    uint64_t x = 0, y = 0;
    if (n < 8)
        return n == 0 || std::memcmp(a, b, n) == 0;
    for (size_t i = 0; i + 8 < n; i += 8) {
        std::memcpy(&x, a + i, 8);
        std::memcpy(&y, b + i, 8);
        if (x != y)
            return false;
    }
    std::memcpy(&x, a + n - 8, 8);
    std::memcpy(&y, b + n - 8, 8);
    return x == y;
}

} // namespace

Interner::Interner()
    : m_slots(1 << 12)
{
}

uint32_t Interner::id(std::string_view text)
{
    const uint64_t h = hashOf(text);
    const size_t mask = m_slots.size() - 1;
    size_t i = size_t(h) & mask;
    while (m_slots[i]) {
        const Entry& e = m_entries[m_slots[i] - 1];
        if (e.hash == h && e.length == text.size() && same(m_bytes.data() + e.offset, text.data(), text.size()))
            return m_slots[i] - 1;
        i = (i + 1) & mask;
    }
    m_entries.push_back({h, m_bytes.size(), uint32_t(text.size())});
    m_bytes.append(text);
    m_slots[i] = uint32_t(m_entries.size());
    if (m_entries.size() * 2 > m_slots.size())
        grow();
    return uint32_t(m_entries.size() - 1);
}

void Interner::grow()
{
    m_slots.assign(m_slots.size() * 2, 0);
    const size_t mask = m_slots.size() - 1;
    for (uint32_t k = 0; k < m_entries.size(); k++) {
        size_t i = size_t(m_entries[k].hash) & mask;
        while (m_slots[i])
            i = (i + 1) & mask;
        m_slots[i] = k + 1;
    }
}

} // namespace calltide::formats::json
