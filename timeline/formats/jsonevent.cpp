// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonevent.h"
#include <algorithm>
#include <bit>

namespace calltide::formats::json {

namespace {

constexpr uint64_t key(std::string_view s)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.size() && i < 8; i++)
        v |= uint64_t(uint8_t(s[i])) << (8 * i);
    return v;
}

uint64_t keyOf(std::string_view s)
{
    uint64_t v = 0;
    std::memcpy(&v, s.data(), std::min<size_t>(s.size(), 8));
    return s.size() > 8 ? ~uint64_t(0) : v; // the only longer keys known are compared as text
}

bool isTrue(std::string_view v)
{
    return v == "true" || v == "1";
}

constexpr uint32_t key4(const char (&s)[5])
{
    return uint32_t(uint8_t(s[0])) | uint32_t(uint8_t(s[1])) << 8 | uint32_t(uint8_t(s[2])) << 16
        | uint32_t(uint8_t(s[3])) << 24;
}

bool endsNumber(char c)
{
    return c == ',' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Eight letters at p: how many of them are digits, up to the first that is none, and their number.
inline int leadingDigits(const char* p, uint64_t& value)
{
    uint64_t w;
    std::memcpy(&w, p, 8);
    w ^= 0x3030303030303030u; // a digit becomes its value, all else 10 or more
    const uint64_t others = ((w + 0x7676767676767676u) | w) & 0x8080808080808080u;
    const int n = others ? std::countr_zero(others) / 8 : 8;
    w = n ? w << (64 - 8 * n) : 0; // zeros before them; then joined by twos, fours, eights
    w = (w * 10 + (w >> 8)) & 0x00FF00FF00FF00FFu;
    w = (w * 100 + (w >> 16)) & 0x0000FFFF0000FFFFu;
    value = (w * 10'000 + (w >> 32)) & 0xFFFFFFFFu;
    return n;
}

// Digits at p with up to three behind a point, the form nearly all times have: the place behind them, else null.
const char* plainTime(const char* p, const char* end, int64_t& ns)
{
    const char* begin = p;
    uint64_t v = 0;
    if (end - p >= 24) {
        p += leadingDigits(p, v);
        if (p[0] == '.' && p > begin) {
            uint32_t three;
            std::memcpy(&three, p + 1, 4);
            three ^= 0x303030u;
            if ((((three + 0x767676u) | three) & 0x808080u) == 0 && endsNumber(char(three >> 24))) {
                ns = int64_t(v * 1000 + (three & 0xFF) * 100 + (three >> 8 & 0xFF) * 10 + (three >> 16 & 0xFF));
                return p + 4;
            }
        }
    }
    while (p < end && uint8_t(*p - '0') <= 9)
        v = v * 10 + uint8_t(*p++ - '0'); // may wrap: of more digits than fit it is not used
    if (p == begin || p - begin > 15 || p >= end)
        return nullptr;
    int digits = 0;
    if (*p == '.') {
        for (p++; p < end && uint8_t(*p - '0') <= 9; p++) {
            if (++digits > 3)
                return nullptr;
            v = v * 10 + uint8_t(*p - '0');
        }
        if (digits == 0)
            return nullptr;
    }
    if (p >= end || !endsNumber(*p))
        return nullptr;
    for (; digits < 3; digits++)
        v *= 10;
    ns = int64_t(v);
    return p;
}

const char* plainInteger(const char* p, const char* end, int64_t& value)
{
    const char* begin = p;
    uint64_t v = 0;
    while (p < end && uint8_t(*p - '0') <= 9)
        v = v * 10 + uint8_t(*p++ - '0');
    if (p == begin || p - begin > 18 || p >= end || !endsNumber(*p))
        return nullptr;
    value = int64_t(v);
    return p;
}

// The members nearly every event has, recognised by the four bytes behind the key's quote. Null: not one of them, or
// not in the plain form; the general way then takes it. p at the key's quote; the answer is behind the value.
const char* plainMember(const char* p, const char* end, EventFields& e)
{
    if (end - p < 24)
        return nullptr;
    uint32_t k;
    std::memcpy(&k, p + 1, 4);
    const char* v = p + 5;
    const auto colon = [&](int skip) { // past what is left of the key, the colon and one blank
        v += skip;
        if (*v != ':')
            return false;
        v += v[1] == ' ' ? 2 : 1;
        return true;
    };
    const auto text = [&](std::string_view& to) -> const char* {
        if (*v != '"')
            return nullptr;
        const char* close = stringEnd(v + 1, end);
        if (!close)
            return nullptr;
        to = {v + 1, size_t(close - v - 1)};
        return close + 1;
    };
    const auto number = [&](auto read, std::string_view& token, int64_t& value, bool& has) -> const char* {
        const char* after = read(v, end, value);
        if (after) {
            token = {v, size_t(after - v)};
            has = true;
        }
        return after;
    };
    switch (k) {
    case key4("ts\":"):
        return colon(-1) ? number(plainTime, e.ts, e.tsNs, e.hasTs) : nullptr;
    case key4("dur\""):
        return colon(0) ? number(plainTime, e.dur, e.durNs, e.hasDur) : nullptr;
    case key4("pid\""):
        return colon(0) ? number(plainInteger, e.pid, e.pidNumber, e.hasPid) : nullptr;
    case key4("tid\""):
        return colon(0) ? number(plainInteger, e.tid, e.tidNumber, e.hasTid) : nullptr;
    case key4("cat\""):
        return colon(0) ? text(e.cat) : nullptr;
    case key4("name"):
        return *v == '"' && colon(1) ? text(e.name) : nullptr;
    case key4("ph\":"):
        if (!colon(-1) || v[0] != '"' || v[1] == '"' || v[1] == '\\' || v[2] != '"')
            return nullptr;
        e.ph = v[1];
        return v + 3;
    default:
        return nullptr;
    }
}

// Behind a member's value: true when another follows, p then at its quote. False: the event ended, as `outcome` says.
bool afterMember(const char*& p, const char* end, const char*& at, Outcome& outcome)
{
    p = skipSpace(p, end);
    outcome = Outcome::Cut;
    if (p >= end)
        return false;
    if (*p == '}') {
        at = p + 1;
        outcome = Outcome::Event;
        return false;
    }
    outcome = Outcome::Bad;
    if (*p != ',') {
        at = p;
        return false;
    }
    p = skipSpace(p + 1, end);
    return true;
}

// Members that few events have. False: not one of them.
bool rareMember(std::string_view name, std::string_view value, RareFields& rare)
{
    switch (keyOf(name)) {
    case key("id"):
        rare.id = value;
        return true;
    case key("id2"):
        rare.id2 = value;
        return true;
    case key("scope"):
        rare.scope = value;
        return true;
    case key("tdur"):
        rare.tdur = value;
        return true;
    case key("s"):
        rare.instantScope = isString(value) && value.size() == 3 ? value[1] : 0;
        return true;
    case key("bp"):
        rare.bindEnclosing = value == "\"e\"";
        return true;
    case key("bind_id"):
        rare.bindId = value;
        return true;
    case key("flow_in"):
        rare.flowIn = isTrue(value);
        return true;
    case key("flow_out"):
        rare.flowOut = isTrue(value);
        return true;
    case key("sf"):
        rare.sf = value;
        return true;
    case key("stack"):
        rare.stack = value;
        return true;
    case key("esf"):
        rare.endSf = value;
        return true;
    case key("estack"):
        rare.endStack = value;
        return true;
    default:
        return false;
    }
}

} // namespace

Outcome readEvent(
    const char*& at, const char* end, EventFields& e, RareFields& rare, bool& anyRare, std::vector<std::string>* unknown)
{
    Outcome outcome = Outcome::Cut;
    const char* p = skipSpace(at + 1, end);
    if (p < end && *p == '}') {
        at = p + 1;
        return Outcome::Event;
    }
    for (;;) {
        if (p >= end)
            return Outcome::Cut;
        if (*p != '"') {
            at = p;
            return Outcome::Bad;
        }
        if (const char* after = plainMember(p, end, e)) {
            p = after;
            if (*p == ',' && p + 1 < end && p[1] == '"') {
                p++;
                continue;
            }
            if (!afterMember(p, end, at, outcome))
                return outcome;
            continue;
        }
        const char* k = p + 1;
        const char* close = stringEnd(k, end);
        if (!close)
            return Outcome::Cut;
        const std::string_view name(k, size_t(close - k));
        p = close + 1;
        if (p < end && *p != ':')
            p = skipSpace(p, end);
        if (p >= end)
            return Outcome::Cut;
        if (*p != ':') {
            at = p;
            return Outcome::Bad;
        }
        p++;
        if (p < end && uint8_t(*p) <= 32)
            p = skipSpace(p, end);
        const char* v = p;
        p = skipValue(v, end);
        if (!p)
            return Outcome::Cut;
        if (p == v) {
            at = p;
            return Outcome::Bad;
        }
        const std::string_view value(v, size_t(p - v));
        const auto inner = [&] { return isString(value) ? value.substr(1, value.size() - 2) : value; };
        switch (keyOf(name)) {
        case key("name"):
            e.name = inner();
            break;
        case key("ph"):
            e.ph = isString(value) && value.size() == 3 ? value[1] : 0;
            break;
        case key("ts"):
            e.ts = value;
            break;
        case key("dur"):
            e.dur = value;
            break;
        case key("pid"):
            e.pid = value;
            break;
        case key("tid"):
            e.tid = value;
            break;
        case key("cat"):
            e.cat = value == "null" ? std::string_view() : inner();
            break;
        case key("args"):
            e.args = value == "null" || value == "{}" ? std::string_view() : value;
            break;
        default:
            if (rareMember(name, value, rare))
                anyRare = true;
            else if (unknown && unknown->size() < 32 && std::find(unknown->begin(), unknown->end(), name) == unknown->end())
                unknown->emplace_back(name);
        }
        if (!afterMember(p, end, at, outcome))
            return outcome;
    }
}

const char* guessEvent(const char* from, const char* begin, const char* end)
{
    size_t steps = 0, budget = size_t(end - from) * 8; // events within events within … would else be read again and again
    // Looks back a little: the '}' and ',' before an event that starts exactly at `from`.
    const char* p = from - begin > 64 ? from - 64 : begin;
    while ((p = static_cast<const char*>(std::memchr(p, '}', size_t(end - p))))) {
        if ((++steps & 0xFFFF) == 0 && Stop::asked())
            return nullptr;
        const char* q = skipSpace(p + 1, end);
        p++;
        if (q >= end || *q != ',')
            continue;
        q = skipSpace(q + 1, end);
        if (q >= end || *q != '{' || q < from)
            continue;
        const char* after = q;
        EventFields e;
        RareFields rare;
        bool anyRare = false;
        const Outcome outcome = readEvent(after, end, e, rare, anyRare, nullptr);
        if (outcome == Outcome::Event && e.ph)
            return q;
        const size_t seen = size_t((outcome == Outcome::Cut ? end : after) - q);
        if (seen > budget || Stop::asked())
            return nullptr;
        budget -= seen;
    }
    return nullptr;
}

} // namespace calltide::formats::json
