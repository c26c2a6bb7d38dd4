// SPDX-License-Identifier: GPL-3.0-or-later
// UTF-8 of untrusted text, code point by code point. Inner header of ct_render.
#pragma once
#include <cstdint>
#include <string_view>

namespace calltide::render {

// The code point at `i`, which moves behind it (by at least one byte). Malformed bytes are U+FFFD, one a byte.
inline char32_t nextCodePoint(std::string_view text, size_t& i)
{
    const auto byte = [&](size_t at) { return at < text.size() ? uint8_t(text[at]) : uint8_t(0); };
    const uint8_t lead = byte(i);
    const int more = lead < 0x80      ? 0
        : lead >= 0xC2 && lead < 0xE0 ? 1
        : (lead & 0xF0) == 0xE0       ? 2
        : lead >= 0xF0 && lead < 0xF5 ? 3
                                      : -1;
    if (more < 0) {
        ++i;
        return 0xFFFD;
    }
    char32_t c = more == 0 ? lead : lead & (0x3F >> more);
    for (int k = 1; k <= more; ++k) {
        const uint8_t next = byte(i + size_t(k));
        if ((next & 0xC0) != 0x80) {
            ++i;
            return 0xFFFD;
        }
        c = c << 6 | (next & 0x3F);
    }
    const bool bad
        = (more == 2 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) || (more == 3 && (c < 0x10000 || c > 0x10FFFF));
    if (bad) {
        ++i;
        return 0xFFFD;
    }
    i += size_t(more) + 1;
    return c;
}

// What is shown for it: control, direction and other invisible characters must not change how text around them looks.
inline char32_t printable(char32_t c)
{
    const bool hidden = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F)
        || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
    return hidden ? 0xFFFD : c;
}

} // namespace calltide::render
