// SPDX-License-Identifier: Apache-2.0
// LEB128, minimal, of values ≥ 1: no byte of an encoded value is zero, so a record is complete when its bytes are.
#pragma once
#include <cstdint>
#include <cstring>

namespace calltide::format {

// Bytes of `v` (1 ≤ v < 2^56) in one word, first byte lowest; their number in `length`.
inline uint64_t lebWord(uint64_t v, unsigned& length)
{
    uint64_t word = 0;
    unsigned n = 0;
    while (v >= 0x80) {
        word |= ((v & 0x7f) | 0x80) << (8 * n++);
        v >>= 7;
    }
    word |= v << (8 * n++);
    length = n;
    return word;
}

// Appends to `out` (room for 9 bytes); returns the number of bytes.
inline unsigned lebPut(unsigned char* out, uint64_t v)
{
    unsigned n = 0;
    while (v >= 0x80) {
        out[n++] = (unsigned char)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (unsigned char)v;
    return n;
}

enum class LebResult : uint8_t { Ok, NotWritten, Bad };

// Reads at most `maxBytes` from [at, end). NotWritten: a zero byte, or the end, stands where one is needed.
inline LebResult lebGet(const unsigned char*& at, const unsigned char* end, unsigned maxBytes, uint64_t& value)
{
    const unsigned char* p = at;
    uint64_t v = 0;
    for (unsigned n = 0;; n++) {
        if (p == end || *p == 0)
            return LebResult::NotWritten;
        if (n == maxBytes)
            return LebResult::Bad;
        v |= uint64_t(*p & 0x7f) << (7 * n);
        if (!(*p++ & 0x80))
            break;
    }
    at = p;
    value = v;
    return LebResult::Ok;
}

// For payloads of extended records, where zero bytes are allowed: plain LEB128, values from 0.
inline bool lebGetAny(const unsigned char*& at, const unsigned char* end, uint64_t& value)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (at == end)
            return false;
        const unsigned char b = *at++;
        v |= uint64_t(b & 0x7f) << shift;
        if (!(b & 0x80)) {
            value = v;
            return true;
        }
    }
    return false;
}

} // namespace calltide::format
