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

// The last 64, 32 … bytes are taken as a whole, with some that were taken before: names of about the same length then go
// the same way, which the processor foretells.
uint64_t Interner::hash(std::string_view s)
{
    const char* p = s.data();
    const size_t n = s.size();
    const auto at = [](const char* q) {
        uint64_t v;
        std::memcpy(&v, q, 8);
        return v;
    };
    const auto four = [&](const char* q) { // 32 bytes
        return mix(at(q) ^ 0xa0761d6478bd642fu, at(q + 8) ^ 0xe7037ed1a0b428dbu)
            ^ mix(at(q + 16) ^ 0x8ebc6af09c88c6e3u, at(q + 24) ^ 0x589965cc75374cc3u);
    };
    uint64_t h = n * 0x9E3779B97F4A7C15u;
    if (n >= 64) {
        for (size_t i = 0; i + 64 < n; i += 64)
            h = mix(h ^ four(p + i), 0x1d8e4e27c47d124fu ^ four(p + i + 32));
        return mix(h ^ four(p + n - 64), 0x1d8e4e27c47d124fu ^ four(p + n - 32));
    }
    if (n >= 32)
        return mix(h ^ four(p), 0x1d8e4e27c47d124fu ^ four(p + n - 32));
    if (n >= 16)
        return mix(mix(h ^ at(p), 0xa0761d6478bd642fu ^ at(p + 8)) ^ at(p + n - 16), 0xe7037ed1a0b428dbu ^ at(p + n - 8));
    if (n >= 8)
        return mix(h ^ at(p), 0xe7037ed1a0b428dbu ^ at(p + n - 8));
    uint64_t a = 0;
    if (n > 0) // an empty view may be null, which memcpy must not see
        std::memcpy(&a, p, n);
    return mix(a ^ 0xe7037ed1a0b428dbu, h ^ 0x8ebc6af09c88c6e3u);
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
            && textAt(s.entry.place, s.entry.length) == text)
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
