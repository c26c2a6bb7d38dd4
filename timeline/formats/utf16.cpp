// SPDX-License-Identifier: GPL-3.0-or-later
// UTF-16 text, as redirection in PowerShell writes it, turned into UTF-8 on the way.
#include "formats/input.h"
#include <algorithm>
#include <cstring>
#include <vector>

namespace calltide::formats {

namespace {

class Utf16Input final : public Input
{
public:
    Utf16Input(std::unique_ptr<Input> wide, bool bigEndian)
        : m_wide(std::move(wide))
        , m_big(bigEndian)
        , m_buffer(256 << 10)
    {
    }

    Result<size_t> read(char* to, size_t size) override
    {
        size_t have = 0;
        while (have < size) {
            if (m_at < m_ready.size()) {
                const size_t n = std::min(size - have, m_ready.size() - m_at);
                std::memcpy(to + have, m_ready.data() + m_at, n);
                m_at += n;
                have += n;
                continue;
            }
            if (m_end)
                break;
            auto n = m_wide->read(m_buffer.data(), m_buffer.size());
            if (!n)
                return n;
            m_end = *n < m_buffer.size();
            m_ready.clear();
            m_at = 0;
            for (size_t i = 0; i + 1 < *n; i += 2)
                unit(uint16_t(uint8_t(m_buffer[i + m_big]) | uint8_t(m_buffer[i + !m_big]) << 8));
            if (m_end && m_high)
                append(0xFFFD);
        }
        return have;
    }
    uint64_t position() const override { return m_wide->position(); }
    uint64_t fileSize() const override { return m_wide->fileSize(); }
    bool compressed() const override { return true; }

private:
    void unit(uint16_t u)
    {
        if (m_high && u >= 0xDC00 && u < 0xE000) {
            append(0x10000 + ((uint32_t(m_high) - 0xD800) << 10) + (u - 0xDC00u));
            m_high = 0;
            return;
        }
        if (m_high)
            append(0xFFFD); // alone
        m_high = 0;
        if (u >= 0xD800 && u < 0xDC00)
            m_high = u;
        else
            append(u >= 0xDC00 && u < 0xE000 ? 0xFFFD : u);
    }
    void append(uint32_t c)
    {
        if (c < 0x80) {
            m_ready += char(c);
        } else if (c < 0x800) {
            m_ready += char(0xC0 | c >> 6);
            m_ready += char(0x80 | (c & 63));
        } else if (c < 0x10000) {
            m_ready += char(0xE0 | c >> 12);
            m_ready += char(0x80 | (c >> 6 & 63));
            m_ready += char(0x80 | (c & 63));
        } else {
            m_ready += char(0xF0 | c >> 18);
            m_ready += char(0x80 | (c >> 12 & 63));
            m_ready += char(0x80 | (c >> 6 & 63));
            m_ready += char(0x80 | (c & 63));
        }
    }

    std::unique_ptr<Input> m_wide;
    bool m_big;
    std::vector<char> m_buffer;
    std::string m_ready;
    size_t m_at = 0;
    uint16_t m_high = 0;
    bool m_end = false;
};

} // namespace

std::unique_ptr<Input> fromUtf16(std::unique_ptr<Input> wide, bool bigEndian)
{
    return std::make_unique<Utf16Input>(std::move(wide), bigEndian);
}

} // namespace calltide::formats
