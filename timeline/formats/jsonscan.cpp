// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonscan.h"
#include <algorithm>

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

// Digits at p with up to three behind a point, the form nearly all times have: the place behind them, else null.
const char* plainTime(const char* p, const char* end, int64_t& ns)
{
    const char* begin = p;
    int64_t v = 0;
    while (p < end && uint8_t(*p - '0') <= 9)
        v = v * 10 + (*p++ - '0');
    if (p == begin || p - begin > 15 || p >= end)
        return nullptr;
    int digits = 0;
    if (*p == '.') {
        for (p++; p < end && uint8_t(*p - '0') <= 9; p++) {
            if (++digits > 3)
                return nullptr;
            v = v * 10 + (*p - '0');
        }
        if (digits == 0)
            return nullptr;
    }
    if (p >= end || !endsNumber(*p))
        return nullptr;
    for (; digits < 3; digits++)
        v *= 10;
    ns = v;
    return p;
}

const char* plainInteger(const char* p, const char* end, int64_t& value)
{
    const char* begin = p;
    int64_t v = 0;
    while (p < end && uint8_t(*p - '0') <= 9)
        v = v * 10 + (*p++ - '0');
    if (p == begin || p - begin > 18 || p >= end || !endsNumber(*p))
        return nullptr;
    value = v;
    return p;
}

// The members nearly every event has, recognised by the four bytes behind the key's quote. Null: not one of them, or
// not in the plain form; the general way then takes it. p at the key's quote; the answer is behind the value.
const char* plainMember(const char* p, const char* end, RawEvent& e)
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

bool timeOf(std::string_view s, int64_t& out)
{
    const auto v = parseScaled(s);
    out = v.value_or(0);
    return v.has_value();
}

void fault(Batch& batch, Fault kind, uint64_t offset, std::string_view example)
{
    if (batch.faultCounts[size_t(kind)]++ < 5)
        batch.faults.push_back({kind, offset, std::string(example.substr(0, 160))});
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
    if (*p != ',')
        return false;
    p = skipSpace(p + 1, end);
    return true;
}

// Reads one event's members into `e`. Outcome as Scanner::event.
Outcome readMembers(const char*& at, const char* end, RawEvent& e, std::vector<std::string>* unknown)
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
        if (*p != '"')
            return Outcome::Bad;
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
        if (*p != ':')
            return Outcome::Bad;
        p++;
        if (p < end && uint8_t(*p) <= 32)
            p = skipSpace(p, end);
        const char* v = p;
        p = skipValue(v, end);
        if (!p)
            return Outcome::Cut;
        if (p == v)
            return Outcome::Bad;
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
        case key("id"):
            e.id = value;
            break;
        case key("id2"):
            e.id2 = value;
            break;
        case key("scope"):
            e.scope = value;
            break;
        case key("tdur"):
            e.tdur = value;
            break;
        case key("s"):
            e.instantScope = isString(value) && value.size() == 3 ? value[1] : 0;
            break;
        case key("bp"):
            e.bindEnclosing = value == "\"e\"";
            break;
        case key("bind_id"):
            e.bindId = value;
            break;
        case key("flow_in"):
            e.flowIn = isTrue(value);
            break;
        case key("flow_out"):
            e.flowOut = isTrue(value);
            break;
        default:
            if (unknown && unknown->size() < 32 && std::find(unknown->begin(), unknown->end(), name) == unknown->end())
                unknown->emplace_back(name);
        }
        if (!afterMember(p, end, at, outcome))
            return outcome;
    }
}

} // namespace

void Batch::clear()
{
    slices.clear();
    others.clear();
    flowSlices.clear();
    faults.clear();
    std::fill(std::begin(faultCounts), std::end(faultCounts), 0);
    events = 0;
}

std::pair<std::string_view, std::string_view> Scanner::function(uint32_t id) const
{
    return {m_names.text(m_functions[id].first), m_cats.text(m_functions[id].second)};
}

uint32_t Scanner::functionId(std::string_view name, std::string_view cat)
{
    if (!m_haveCat || cat != m_lastCatCopy) {
        m_lastCat = m_cats.id(cat);
        m_lastCatCopy = cat;
        m_haveCat = true;
    }
    const uint32_t n = m_names.id(name);
    if (n >= m_firstOfName.size()) { // a new name
        m_firstOfName.push_back(uint32_t(m_functions.size()));
        m_functions.push_back({n, m_lastCat});
        return m_firstOfName[n];
    }
    const uint32_t first = m_firstOfName[n];
    if (m_functions[first].second == m_lastCat)
        return first;
    const auto [it, added] = m_moreCategories.try_emplace(uint64_t(n) << 32 | m_lastCat, uint32_t(m_functions.size()));
    if (added)
        m_functions.push_back({n, m_lastCat});
    return it->second;
}

uint32_t Scanner::trackId(const RawEvent& e)
{
    Recent* recent = nullptr;
    if (e.hasPid && e.hasTid) {
        recent = &m_recent[(uint64_t(e.pidNumber) * 31 + uint64_t(e.tidNumber)) * 0x9E3779B97F4A7C15u >> 58];
        if (recent->track != UINT32_MAX && recent->pid == e.pidNumber && recent->tid == e.tidNumber)
            return recent->track;
    }
    m_key.assign(e.pid);
    m_key += '\0';
    m_key += e.tid;
    const uint32_t id = m_trackKeys.id(m_key);
    if (id >= m_tracks.size())
        m_tracks.emplace_back(e.pid, e.tid);
    if (recent)
        *recent = {e.pidNumber, e.tidNumber, id};
    return id;
}

Outcome Scanner::probe(const char*& p, const char* end, bool& hasPhase)
{
    RawEvent e;
    const Outcome outcome = readMembers(p, end, e, nullptr);
    hasPhase = e.ph != 0;
    return outcome;
}

Outcome Scanner::event(const char*& p, const char* end, const char* data, uint64_t base, Batch& batch)
{
    RawEvent e;
    const char* begin = p;
    const Outcome outcome = readMembers(p, end, e, &batch.unknownKeys);
    if (outcome != Outcome::Event)
        return outcome;
    const uint64_t offset = base + uint64_t(begin - data);
    const std::string_view text(begin, size_t(p - begin));
    if (!e.ph) {
        if (text.size() > 2 && skipSpace(begin + 1, p) != p - 1) // "{}" is written by some tools at the end
            fault(batch, Fault::NoPhase, offset, text);
        return Outcome::Event;
    }
    batch.events++;
    e.offset = offset;
    if (e.ph != 'X') {
        batch.others.push_back(e);
        return Outcome::Event;
    }
    Slice s;
    s.start = e.tsNs;
    s.duration = e.durNs;
    if (!e.hasTs && !timeOf(e.ts, s.start)) {
        fault(batch, Fault::BadTime, offset, text);
        return Outcome::Event;
    }
    if (!e.hasDur && !timeOf(e.dur, s.duration) && !timeOf(e.tdur, s.duration))
        fault(batch, Fault::NoDuration, offset, text);
    if (s.duration < 0) {
        fault(batch, Fault::NegativeDuration, offset, text);
        s.duration = 0;
    }
    if (s.start > 0 && s.duration > INT64_MAX - s.start) {
        fault(batch, Fault::BadTime, offset, text);
        return Outcome::Event;
    }
    s.argsOffset = e.args.empty() ? 0 : base + uint64_t(e.args.data() - data);
    s.argsLength = uint32_t(std::min<size_t>(e.args.size(), UINT32_MAX));
    s.function = functionId(e.name, e.cat);
    s.track = trackId(e);
    if (!e.bindId.empty() && (e.flowIn || e.flowOut))
        batch.flowSlices.emplace_back(uint32_t(batch.slices.size()), e);
    batch.slices.push_back(s);
    return Outcome::Event;
}

const char* guessEvent(const char* from, const char* begin, const char* end)
{
    // Looks back a little: the '}' and ',' before an event that starts exactly at `from`.
    const char* p = from - begin > 64 ? from - 64 : begin;
    while ((p = static_cast<const char*>(std::memchr(p, '}', size_t(end - p))))) {
        const char* q = skipSpace(p + 1, end);
        p++;
        if (q >= end || *q != ',')
            continue;
        q = skipSpace(q + 1, end);
        if (q >= end || *q != '{' || q < from)
            continue;
        const char* after = q;
        bool hasPhase = false;
        if (Scanner::probe(after, end, hasPhase) == Outcome::Event && hasPhase)
            return q;
    }
    return nullptr;
}

const char* scanPiece(
    Scanner& scanner, Batch& batch, const char* p, const char* limit, const char* begin, const char* end, uint64_t base,
    bool last, bool& closed)
{
    closed = false;
    for (;;) {
        while (p < end && (uint8_t(*p) <= 32 || *p == ',')) // a missing comma harms nobody
            p++;
        if (p >= limit || p >= end)
            return p;
        if (*p == ']') {
            closed = true;
            return p;
        }
        const char* from = p;
        if (*p == '{') {
            const Outcome outcome = scanner.event(p, end, begin, base, batch);
            if (outcome == Outcome::Event)
                continue;
            if (outcome == Outcome::Cut && !last)
                return from;
        } else if (const char* after = skipValue(p, end); after && after != p && *p != '}' && *p != ':') {
            fault(batch, Fault::NotAnEvent, base + uint64_t(from - begin), {from, size_t(after - from)});
            p = after;
            continue;
        } else if (!after && !last) {
            return from;
        }
        // Damaged. An event that is cut off by the file's end is the caller's to report.
        const char* next = guessEvent(from + 1, from, end);
        if (!next)
            return from;
        fault(
            batch, Fault::Syntax, base + uint64_t(from - begin), {from, size_t(std::min<ptrdiff_t>(next - from, 160))});
        p = next;
    }
}

} // namespace calltide::formats::json
