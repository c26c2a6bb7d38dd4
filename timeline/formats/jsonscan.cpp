// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonscan.h"
#include <algorithm>

namespace calltide::formats::json {

namespace {

constexpr size_t kGreatestText = size_t(16) << 20;

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

} // namespace

void Batch::clear()
{
    slices.clear();
    others.clear();
    linkedSlices.clear();
    faults.clear();
    std::fill(std::begin(faultCounts), std::end(faultCounts), 0);
    events = 0;
}

std::pair<std::string_view, std::string_view> Scanner::function(uint32_t id) const
{
    return {m_names.text(m_functions[id].first), m_cats.text(m_functions[id].second)};
}

uint32_t Scanner::categoryId(std::string_view cat)
{
    if (!m_haveCat || cat != m_lastCatCopy) {
        m_lastCat = m_cats.id(cat);
        m_lastCatCopy = cat;
        m_haveCat = true;
    }
    return m_lastCat;
}

uint32_t Scanner::functionId(uint32_t name, uint32_t cat)
{
    if (name == m_functions.size())
        m_functions.push_back({name, cat});
    if (m_functions[name].second == cat)
        return name;
    const auto [it, added] = m_moreCategories.try_emplace(uint64_t(name) << 32 | cat);
    if (added) {
        it->second = m_names.id('"' + std::to_string(m_functions.size())); // text has quotes only behind backslashes
        m_functions.push_back({name, cat});
    }
    return it->second;
}

void Scanner::resolve(Batch& batch)
{
    for (size_t i = 0; i < m_waitingCount; i++)
        m_names.fetchText(m_waiting[i].hash);
    Slice* slices = batch.slices.data() + (batch.slices.size() - m_waitingCount);
    for (size_t i = 0; i < m_waitingCount; i++)
        slices[i].function = functionId(m_names.id(m_waiting[i].name, m_waiting[i].hash), m_waiting[i].cat);
    m_waitingCount = 0;
}

uint32_t Scanner::trackId(const EventFields& e)
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

Outcome Scanner::event(const char*& p, const char* end, const char* data, uint64_t base, Batch& batch)
{
    if (m_anyRare)
        m_rare = {};
    m_anyRare = false;
    const RareFields& rare = m_rare;
    EventFields e;
    const char* begin = p;
    const Outcome outcome = readEvent(p, end, e, m_rare, m_anyRare, &batch.unknownKeys);
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
    if (std::max(e.name.size(), e.cat.size()) > kGreatestText) {
        fault(batch, Fault::LongText, offset, text);
        return Outcome::Event;
    }
    e.offset = offset;
    if (e.ph != 'X') {
        batch.others.push_back({e, rare});
        return Outcome::Event;
    }
    Slice s;
    if (e.hasTs) {
        s.start = e.tsNs;
    } else if (!timeOf(e.ts, s.start)) {
        fault(batch, Fault::BadTime, offset, text);
        return Outcome::Event;
    }
    if (e.hasDur)
        s.duration = e.durNs;
    else if (!timeOf(e.dur, s.duration) && !timeOf(rare.tdur, s.duration))
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
    s.track = trackId(e);
    if (m_anyRare && ((!rare.bindId.empty() && (rare.flowIn || rare.flowOut)) || rare.hasStack()))
        batch.linkedSlices.emplace_back(uint32_t(batch.slices.size()), RawEvent{e, rare});
    batch.slices.push_back(s);
    Waiting& waiting = m_waiting[m_waitingCount++];
    waiting = {e.name, Interner::hash(e.name), categoryId(e.cat)};
    m_names.fetchSlot(waiting.hash);
    if (m_waitingCount == kMostWaiting)
        resolve(batch);
    return Outcome::Event;
}

static const char* scanEvents(
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

const char* scanPiece(
    Scanner& scanner, Batch& batch, const char* p, const char* limit, const char* begin, const char* end, uint64_t base,
    bool last, bool& closed)
{
    const char* stop = scanEvents(scanner, batch, p, limit, begin, end, base, last, closed);
    scanner.resolve(batch);
    return stop;
}

} // namespace calltide::formats::json
