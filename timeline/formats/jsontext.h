// SPDX-License-Identifier: GPL-3.0-or-later
// JSON text at its lowest: where strings and values end, numbers, escapes. Nothing recurses, nothing is read at or
// behind `end`. Null means: not complete before `end`.
#pragma once
#include "store/progress.h"
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace calltide::formats::json {

inline const char* skipSpace(const char* p, const char* end)
{
    while (p < end && uint8_t(*p) <= 32)
        p++;
    return p;
}

// p is behind the opening quote; the answer is the closing quote.
inline const char* stringEnd(const char* p, const char* end)
{
#if defined(__SSE2__)
    // Which of 16 bytes are quotes or backslashes.
    const auto marks = [](const char* at) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        return uint64_t(uint32_t(_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))))));
    };
    if (end - p >= 80) { // most texts but names end here
        if (const uint64_t first = marks(p)) {
            p += __builtin_ctzll(first);
            if (*p == '"')
                return p;
            p += 2;
        } else {
            p += 16;
        }
    }
    // 64 at a time: how many steps a name takes should be easy to foretell.
    while (end - p >= 64) {
        const uint64_t all = marks(p) | marks(p + 16) << 16 | marks(p + 32) << 32 | marks(p + 48) << 48;
        if (!all) {
            p += 64;
            continue;
        }
        p += __builtin_ctzll(all);
        if (*p == '"')
            return p;
        p += 2;
    }
#endif
    while (p < end) {
        if (*p == '"')
            return p;
        p += *p == '\\' ? 2 : 1;
    }
    return nullptr;
}

// While one lives, what this thread reads of JSON ends early once the progress is cancelled, as if the text did: there are
// values and lists of gigabytes. Null: nothing cancels.
class Stop
{
public:
    explicit Stop(const store::Progress* progress) : m_before(std::exchange(s_progress, progress)) { }
    ~Stop() { s_progress = m_before; }
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;
    static bool asked() { return s_progress && s_progress->cancelled(); }

private:
    const store::Progress* m_before;
    static inline thread_local const store::Progress* s_progress = nullptr;
};

// Behind the value that starts at p. A bare word or number ends at a comma, bracket or space, so it is complete only
// when one of these follows.
const char* skipValue(const char* p, const char* end);

// The text of a string without its quotes, escapes resolved. Lone surrogates become U+FFFD; nothing fails.
std::string unescape(std::string_view raw);

// A number of microseconds (or what `toNs` says a unit is: 10^digits nanoseconds) as nanoseconds, exactly, rounded
// half up beyond 1 ns; a string that holds a number counts as one. Null, NaN, Infinity and out of range give nothing.
std::optional<int64_t> parseScaled(std::string_view token, int digits = 3);
std::optional<int64_t> parseInteger(std::string_view token);
std::optional<double> parseDouble(std::string_view token);

// A value's text: of a string what is between the quotes, unescaped; else the text itself.
std::string textOf(std::string_view token);
inline bool isString(std::string_view token)
{
    return token.size() >= 2 && token.front() == '"';
}

// Members of an object or elements of an array, one after another:
//   for (Cursor c(text); c.next();) use(c.key, c.value);
class Cursor
{
public:
    // partial: a last object or list that is cut off is given as far as it goes.
    explicit Cursor(std::string_view text, bool partial = false);
    bool next();
    bool complete() const { return m_complete; } // false while running, and after the end when it was cut off

    std::string_view key; // raw, between its quotes; empty in arrays
    std::string_view value; // a whole value

private:
    const char *m_p, *m_end;
    uint32_t m_steps = 0;
    char m_close = 0;
    bool m_complete = false, m_partial = false;
};

std::string_view member(std::string_view object, std::string_view key); // empty when it is not there

} // namespace calltide::formats::json
