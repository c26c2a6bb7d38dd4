// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsontext.h"
#include <charconv>
#include <cmath>
#include <limits>

namespace calltide::formats::json {

const char* skipValue(const char* p, const char* end)
{
    p = skipSpace(p, end);
    if (p >= end)
        return nullptr;
    if (*p == '"') {
        p = stringEnd(p + 1, end);
        return p ? p + 1 : nullptr;
    }
    if (*p == '{' || *p == '[') {
        constexpr ptrdiff_t kStretch = 4 << 20; // between two looks at whether to stop
        uint64_t depth = 0;
        for (const char* look = p + std::min(kStretch, end - p); p < end;) {
            if (p >= look) {
                if (Stop::asked())
                    return nullptr;
                look = p + std::min(kStretch, end - p);
            }
            const char c = *p;
            if (c == '"') {
                p = stringEnd(p + 1, end);
                if (!p)
                    return nullptr;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                if (--depth == 0)
                    return p + 1;
            }
            p++;
        }
        return nullptr;
    }
    while (p < end && *p != ',' && *p != '}' && *p != ']' && *p != ':' && uint8_t(*p) > 32)
        p++;
    return p < end ? p : nullptr;
}

namespace {

void appendUtf8(std::string& out, uint32_t c)
{
    if (c < 0x80) {
        out += char(c);
    } else if (c < 0x800) {
        out += char(0xC0 | c >> 6);
        out += char(0x80 | (c & 63));
    } else if (c < 0x10000) {
        out += char(0xE0 | c >> 12);
        out += char(0x80 | (c >> 6 & 63));
        out += char(0x80 | (c & 63));
    } else {
        out += char(0xF0 | c >> 18);
        out += char(0x80 | (c >> 12 & 63));
        out += char(0x80 | (c >> 6 & 63));
        out += char(0x80 | (c & 63));
    }
}

std::optional<uint32_t> hex4(std::string_view s, size_t at)
{
    uint32_t v = 0;
    if (at + 4 > s.size())
        return {};
    const auto r = std::from_chars(s.data() + at, s.data() + at + 4, v, 16);
    if (r.ptr != s.data() + at + 4)
        return {};
    return v;
}

struct Decimal
{
    bool negative = false;
    uint64_t mantissa = 0; // 19 digits fit
    int exponent = 0; // value = mantissa * 10^exponent
    bool inexact = false; // digits were left out
};

std::optional<Decimal> parseDecimal(std::string_view s)
{
    Decimal d;
    size_t i = 0;
    if (i < s.size() && (s[i] == '-' || s[i] == '+'))
        d.negative = s[i++] == '-';
    bool any = false, point = false;
    for (; i < s.size(); i++) {
        if (s[i] == '.' && !point) {
            point = true;
            continue;
        }
        const uint8_t digit = uint8_t(s[i] - '0');
        if (digit > 9)
            break;
        any = true;
        if (d.mantissa < 1'000'000'000'000'000'000u) {
            d.mantissa = d.mantissa * 10 + digit;
            d.exponent -= point;
        } else {
            d.inexact = true;
            d.exponent += !point;
        }
    }
    if (!any)
        return {};
    if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
        int e = 0;
        const size_t from = i + 1 + (i + 1 < s.size() && s[i + 1] == '+');
        const auto r = std::from_chars(s.data() + from, s.data() + s.size(), e);
        if (r.ec == std::errc::result_out_of_range)
            return {};
        if (r.ptr == s.data() + from || std::abs(e) > 10000)
            return {};
        d.exponent += e;
        i = size_t(r.ptr - s.data());
    }
    return i == s.size() ? std::optional(d) : std::nullopt;
}

std::string_view numberText(std::string_view token)
{
    if (isString(token))
        token = token.substr(1, token.size() - 2);
    while (!token.empty() && uint8_t(token.front()) <= 32)
        token.remove_prefix(1);
    while (!token.empty() && uint8_t(token.back()) <= 32)
        token.remove_suffix(1);
    return token;
}

} // namespace

std::string unescape(std::string_view s)
{
    std::string out;
    out.reserve(s.size());
    for (size_t i = 0; i < s.size(); i++) {
        if (s[i] != '\\' || i + 1 >= s.size()) {
            out += s[i];
            continue;
        }
        const char c = s[++i];
        switch (c) {
        case 'n':
            out += '\n';
            break;
        case 't':
            out += '\t';
            break;
        case 'r':
            out += '\r';
            break;
        case 'b':
            out += '\b';
            break;
        case 'f':
            out += '\f';
            break;
        case 'u': {
            auto code = hex4(s, i + 1);
            if (!code) {
                out += "\\u";
                break;
            }
            i += 4;
            if (*code >= 0xD800 && *code < 0xDC00 && i + 2 < s.size() && s[i + 1] == '\\' && s[i + 2] == 'u') {
                const auto low = hex4(s, i + 3);
                if (low && *low >= 0xDC00 && *low < 0xE000) {
                    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
                    i += 6;
                }
            }
            appendUtf8(out, *code >= 0xD800 && *code < 0xE000 ? 0xFFFD : *code);
            break;
        }
        default:
            out += c;
            break;
        }
    }
    return out;
}

std::optional<int64_t> parseScaled(std::string_view token, int digits)
{
    auto d = parseDecimal(numberText(token));
    if (!d)
        return {};
    int e = d->exponent + digits;
    uint64_t v = d->mantissa;
    if (v == 0)
        return 0;
    for (; e > 0; e--) {
        if (v > uint64_t(std::numeric_limits<int64_t>::max()) / 10)
            return {};
        v *= 10;
    }
    if (e < 0) {
        uint64_t last = 0; // the most significant digit that is cut off decides
        for (; e < 0 && v > 0; e++) {
            last = v % 10;
            v /= 10;
        }
        v += e == 0 && last >= 5;
    }
    if (v > uint64_t(std::numeric_limits<int64_t>::max()))
        return {};
    return d->negative ? -int64_t(v) : int64_t(v);
}

std::optional<int64_t> parseInteger(std::string_view token)
{
    return parseScaled(token, 0);
}

std::optional<double> parseDouble(std::string_view token)
{
    const std::string_view s = numberText(token);
    double v = 0;
    const size_t plus = !s.empty() && s.front() == '+';
    const auto r = std::from_chars(s.data() + plus, s.data() + s.size(), v);
    if (r.ec != std::errc() || r.ptr != s.data() + s.size() || !std::isfinite(v))
        return {};
    return v;
}

std::string textOf(std::string_view token)
{
    return isString(token) ? unescape(token.substr(1, token.size() - 2)) : std::string(token);
}

Cursor::Cursor(std::string_view text, bool partial)
    : m_p(text.data())
    , m_end(text.data() + text.size())
    , m_partial(partial)
{
    m_p = skipSpace(m_p, m_end);
    if (m_p < m_end && (*m_p == '{' || *m_p == '['))
        m_close = *m_p++ == '{' ? '}' : ']';
}

bool Cursor::next()
{
    if (!m_close)
        return false;
    if ((++m_steps & 0xFFF) == 0 && Stop::asked()) {
        m_close = 0;
        return false;
    }
    while (m_p < m_end && (uint8_t(*m_p) <= 32 || *m_p == ','))
        m_p++;
    if (m_p >= m_end || *m_p == m_close) {
        m_complete = m_p < m_end;
        m_close = 0;
        return false;
    }
    if (m_close == '}') {
        const char* close = *m_p == '"' ? stringEnd(m_p + 1, m_end) : nullptr;
        if (!close) {
            m_close = 0;
            return false;
        }
        key = {m_p + 1, size_t(close - m_p - 1)};
        m_p = skipSpace(close + 1, m_end);
        if (m_p >= m_end || *m_p != ':') {
            m_close = 0;
            return false;
        }
        m_p = skipSpace(m_p + 1, m_end);
    }
    const char* close = skipValue(m_p, m_end);
    if (!close && m_partial && m_p < m_end && (*m_p == '{' || *m_p == '[')) {
        value = {m_p, size_t(m_end - m_p)};
        m_close = 0;
        return true;
    }
    if (!close || close == m_p) {
        m_close = 0;
        return false;
    }
    value = {m_p, size_t(close - m_p)};
    m_p = close;
    return true;
}

std::string_view member(std::string_view object, std::string_view key)
{
    for (Cursor c(object); c.next();) {
        if (c.key == key)
            return c.value;
    }
    return {};
}

} // namespace calltide::formats::json
