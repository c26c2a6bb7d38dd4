// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonscan.h"
#include <algorithm>

namespace calltide::formats::json {

namespace {

uint64_t mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 m = static_cast<unsigned __int128>(a) * b;
    return uint64_t(m) ^ uint64_t(m >> 64);
}

uint64_t hashOf(std::string_view s)
{
    const char* p = s.data();
    size_t n = s.size();
    uint64_t h = n * 0x9E3779B97F4A7C15u, a = 0, b = 0;
    for (; n >= 16; p += 16, n -= 16) {
        std::memcpy(&a, p, 8);
        std::memcpy(&b, p + 8, 8);
        h = mix(a ^ 0xa0761d6478bd642fu, b ^ h);
    }
    if (n >= 8) {
        std::memcpy(&a, p, 8);
        std::memcpy(&b, p + n - 8, 8);
        return mix(a ^ 0xe7037ed1a0b428dbu, b ^ h);
    }
    a = 0;
    std::memcpy(&a, p, n);
    return mix(a ^ 0xe7037ed1a0b428dbu, h ^ 0x8ebc6af09c88c6e3u);
}

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

// Decimal microseconds with at most three digits behind the point, the form nearly all files have.
bool fastTime(std::string_view s, int64_t& out)
{
    if (s.empty() || s.size() > 17)
        return false;
    int64_t v = 0;
    size_t i = 0;
    for (; i < s.size(); i++) {
        const uint8_t d = uint8_t(s[i] - '0');
        if (d > 9)
            break;
        v = v * 10 + d;
    }
    if (i == 0)
        return false;
    if (i == s.size()) {
        out = v * 1000;
        return true;
    }
    if (s[i] != '.' || s.size() - i > 4)
        return false;
    int digits = 0;
    for (i++; i < s.size(); i++, digits++) {
        const uint8_t d = uint8_t(s[i] - '0');
        if (d > 9)
            return false;
        v = v * 10 + d;
    }
    for (; digits < 3; digits++)
        v *= 10;
    out = v;
    return true;
}

bool timeOf(std::string_view s, int64_t& out)
{
    if (fastTime(s, out))
        return true;
    const auto v = parseScaled(s);
    out = v.value_or(0);
    return v.has_value();
}

void fault(Batch& batch, Fault kind, uint64_t offset, std::string_view example)
{
    if (batch.faultCounts[size_t(kind)]++ < 5)
        batch.faults.push_back({kind, offset, std::string(example.substr(0, 160))});
}

// Reads one event's members into `e`. Outcome as Scanner::event.
Outcome readMembers(const char*& at, const char* end, RawEvent& e, std::vector<std::string>* unknown)
{
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
        if (p < end && uint8_t(*p) <= 32)
            p = skipSpace(p, end);
        if (p >= end)
            return Outcome::Cut;
        if (*p == '}') {
            at = p + 1;
            return Outcome::Event;
        }
        if (*p != ',')
            return Outcome::Bad;
        p++;
        if (p < end && uint8_t(*p) <= 32)
            p = skipSpace(p, end);
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

Interner::Interner()
    : m_slots(1 << 12)
{
}

uint32_t Interner::id(std::string_view text)
{
    const uint64_t h = hashOf(text);
    const size_t mask = m_slots.size() - 1;
    size_t i = size_t(h) & mask;
    while (m_slots[i]) {
        const Entry& e = m_entries[m_slots[i] - 1];
        if (e.hash == h && e.length == text.size()
            && std::memcmp(m_bytes.data() + e.offset, text.data(), text.size()) == 0)
            return m_slots[i] - 1;
        i = (i + 1) & mask;
    }
    m_entries.push_back({h, m_bytes.size(), uint32_t(text.size())});
    m_bytes.append(text);
    m_slots[i] = uint32_t(m_entries.size());
    if (m_entries.size() * 2 > m_slots.size())
        grow();
    return uint32_t(m_entries.size() - 1);
}

void Interner::grow()
{
    m_slots.assign(m_slots.size() * 2, 0);
    const size_t mask = m_slots.size() - 1;
    for (uint32_t k = 0; k < m_entries.size(); k++) {
        size_t i = size_t(m_entries[k].hash) & mask;
        while (m_slots[i])
            i = (i + 1) & mask;
        m_slots[i] = k + 1;
    }
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

uint32_t Scanner::trackId(std::string_view pid, std::string_view tid)
{
    if (!m_tracks.empty() && m_tracks[m_lastTrack].first == pid && m_tracks[m_lastTrack].second == tid)
        return m_lastTrack;
    m_key.assign(pid);
    m_key += '\0';
    m_key += tid;
    const uint32_t id = m_trackKeys.id(m_key);
    if (id >= m_tracks.size())
        m_tracks.emplace_back(pid, tid);
    return m_lastTrack = id;
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
    if (!timeOf(e.ts, s.start)) {
        fault(batch, Fault::BadTime, offset, text);
        return Outcome::Event;
    }
    if (!timeOf(e.dur, s.duration) && !timeOf(e.tdur, s.duration))
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
    s.track = trackId(e.pid, e.tid);
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
