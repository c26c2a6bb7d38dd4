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

} // namespace

uint64_t Interner::hash(std::string_view s)
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

static bool same(const char* a, const char* b, size_t n)
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

Interner::Interner()
    : m_slots(1 << 12)
{
}

uint32_t Interner::id(std::string_view text, uint64_t h)
{
    const size_t mask = m_slots.size() - 1;
    const auto tag = uint32_t(h >> 32);
    size_t i = size_t(h) & mask;
    for (; m_slots[i].id; i = (i + 1) & mask) {
        const Slot& s = m_slots[i];
        if (s.tag == tag && s.entry.length == text.size()
            && same(m_bytes.data() + s.entry.place * kUnit, text.data(), text.size()))
            return s.id - 1;
    }
    m_bytes.resize((m_bytes.size() + kUnit - 1) / kUnit * kUnit);
    const Entry entry{uint32_t(m_bytes.size() / kUnit), uint32_t(text.size())};
    m_entries.push_back(entry);
    m_bytes.append(text);
    m_slots[i] = {uint32_t(m_entries.size()), tag, entry};
    if (m_entries.size() * 2 > m_slots.size())
        grow();
    return uint32_t(m_entries.size() - 1);
}

void Interner::fetchText(uint64_t h) const
{
    const Slot& s = m_slots[size_t(h) & (m_slots.size() - 1)];
    const char* text = m_bytes.data() + s.entry.place * kUnit;
    __builtin_prefetch(text);
    __builtin_prefetch(text + 64);
}

void Interner::grow()
{
    m_slots.assign(m_slots.size() * 2, {});
    const size_t mask = m_slots.size() - 1;
    for (uint32_t k = 0; k < m_entries.size(); k++) {
        const uint64_t h = hash(text(k));
        size_t i = size_t(h) & mask;
        while (m_slots[i].id)
            i = (i + 1) & mask;
        m_slots[i] = {k + 1, uint32_t(h >> 32), m_entries[k]};
    }
}

} // namespace calltide::formats::json
