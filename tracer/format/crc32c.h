// SPDX-License-Identifier: Apache-2.0
// CRC32C (Castagnoli), by the processor's instruction where the build has it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace calltide::format {

// Continues from `seed` (0 for a fresh one): crc32c(crc32c(0, a), b) == crc32c(0, a + b).
inline uint32_t crc32c(uint32_t seed, const void* data, size_t size)
{
    const unsigned char* p = static_cast<const unsigned char*>(data);
#if defined(__SSE4_2__)
    uint64_t c = uint32_t(~seed);
    for (; size >= 8; p += 8, size -= 8) {
        uint64_t v;
        std::memcpy(&v, p, 8);
        c = _mm_crc32_u64(c, v);
    }
    for (; size; p++, size--)
        c = _mm_crc32_u8(uint32_t(c), *p);
    return ~uint32_t(c);
#else
    static const std::array<uint32_t, 256> table = [] {
        std::array<uint32_t, 256> t{};
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int k = 0; k < 8; k++)
                c = (c >> 1) ^ (c & 1 ? 0x82F63B78u : 0);
            t[i] = c;
        }
        return t;
    }();
    uint32_t c = ~seed;
    for (; size; p++, size--)
        c = (c >> 8) ^ table[(c ^ *p) & 0xff];
    return ~c;
#endif
}

// 0 means "not there" in our headers.
inline uint32_t crcNonZero(uint32_t crc) { return crc ? crc : 1; }

} // namespace calltide::format
