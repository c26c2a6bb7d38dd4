// SPDX-License-Identifier: GPL-3.0-or-later
// Protocol buffers at the level of fields, without descriptions. Nothing recurses, nothing is read behind the end.
#pragma once
#include <bit>
#include <cstdint>
#include <string_view>

namespace calltide::formats {

// One field after another:  for (Proto p(bytes); p.next();) use(p.field, p.number or p.bytes);
class Proto
{
public:
    enum Wire : uint8_t
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5
    };
    explicit Proto(std::string_view message)
        : m_rest(message)
    {
    }
    bool next()
    {
        uint64_t tag = 0;
        if (m_rest.empty() || m_damaged || !varint(tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX)
            return stop();
        field = uint32_t(tag >> 3);
        wire = Wire(tag & 7);
        bytes = {};
        number = 0;
        switch (wire) {
        case Varint:
            return varint(number) || stop();
        case Fixed64:
            return fixed(8) || stop();
        case Fixed32:
            return fixed(4) || stop();
        case Bytes:
            if (!varint(number) || number > m_rest.size())
                return stop();
            bytes = m_rest.substr(0, size_t(number));
            m_rest.remove_prefix(size_t(number));
            return true;
        }
        return stop();
    }
    bool damaged() const { return m_damaged; } // after the end: it was no proper one

    uint32_t field = 0;
    Wire wire = Varint;
    uint64_t number = 0; // of all but Bytes
    std::string_view bytes;

    double asDouble() const { return std::bit_cast<double>(number); }
    int64_t asSigned() const { return int64_t(number); }

    // Numbers of a repeated field, packed or one by one.
    template <class F> void numbers(F use) const
    {
        if (wire != Bytes)
            return use(number);
        Proto p(bytes);
        uint64_t v = 0;
        while (!p.m_rest.empty() && p.varint(v))
            use(v);
    }
    template <class F> void fixed64s(F use) const
    {
        if (wire != Bytes)
            return use(number);
        Proto p(bytes);
        while (p.fixed(8))
            use(p.number);
    }

private:
    bool stop()
    {
        m_damaged = m_damaged || !m_rest.empty();
        m_rest = {};
        return false;
    }
    bool varint(uint64_t& out)
    {
        out = 0;
        for (unsigned shift = 0; shift < 70 && !m_rest.empty(); shift += 7) {
            const auto b = uint8_t(m_rest.front());
            m_rest.remove_prefix(1);
            if (shift < 64)
                out |= uint64_t(b & 0x7F) << shift;
            if (!(b & 0x80))
                return true;
        }
        m_damaged = true;
        return false;
    }
    bool fixed(size_t n)
    {
        if (m_rest.size() < n)
            return false;
        number = 0;
        for (size_t i = 0; i < n; i++)
            number |= uint64_t(uint8_t(m_rest[i])) << (8 * i);
        m_rest.remove_prefix(n);
        return true;
    }

    std::string_view m_rest;
    bool m_damaged = false;
};

} // namespace calltide::formats
