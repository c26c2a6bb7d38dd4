// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pfsequence.h"
#include "formats/proto.h"
#include <algorithm>

namespace calltide::formats::pf {

int64_t timeOf(uint64_t ns)
{
    return int64_t(std::min(ns, uint64_t(kGreatestTime)));
}

int64_t timesThousand(uint64_t microseconds)
{
    return int64_t(std::min(microseconds, uint64_t(kGreatestTime) / 1000)) * 1000;
}

void Sequence::clear()
{
    for (Interned* table : {&names, &categories, &argumentNames, &argumentTexts})
        table->clear();
    locations.clear();
    defaultClock = defaultTrack = 0;
    counterTracks.clear();
    realCounterTracks.clear();
    lost = false;
}

void Sequence::defaults(std::string_view message)
{
    counterTracks.clear();
    realCounterTracks.clear();
    for (Proto p(message); p.next();) {
        if (p.field == 58)
            defaultClock = p.number;
        if (p.field != 11)
            continue;
        for (Proto e(p.bytes); e.next();) {
            if (e.field == 11)
                defaultTrack = e.number;
            else if (e.field == 31)
                e.numbers([&](uint64_t v) { counterTracks.push_back(v); });
            else if (e.field == 45)
                e.numbers([&](uint64_t v) { realCounterTracks.push_back(v); });
        }
    }
}

void Sequence::intern(std::string_view message)
{
    for (Proto p(message); p.next();) {
        if (p.wire != Proto::Bytes)
            continue;
        uint64_t id = 0;
        Location location;
        std::string_view text;
        for (Proto f(p.bytes); f.next();) {
            if (f.field == 1)
                id = f.number;
            else if (f.field == 2)
                text = location.file = f.bytes;
            else if (f.field == 3)
                location.function = f.bytes;
            else if (f.field == 4)
                location.line = uint32_t(std::min<uint64_t>(f.number, INT32_MAX));
        }
        switch (p.field) {
        case 1:
            categories[id] = text;
            break;
        case 2:
            names[id] = text;
            break;
        case 3:
            argumentNames[id] = text;
            break;
        case 4:
            locations[id] = location;
            break;
        case 29:
            argumentTexts[id] = text;
            break;
        default:
            break;
        }
    }
}

std::map<uint64_t, int64_t> Clocks::timesOf(std::string_view message)
{
    std::map<uint64_t, int64_t> at;
    for (Proto p(message); p.next();) {
        if (p.field != 1)
            continue;
        uint64_t id = 0, time = 0;
        for (Proto c(p.bytes); c.next();) {
            if (c.field == 1)
                id = c.number;
            else if (c.field == 2)
                time = c.number;
        }
        at[id] = timeOf(time);
    }
    return at;
}

void Clocks::snapshot(std::string_view message)
{
    for (Proto p(message); p.next();) {
        if (p.field == 2 && p.number)
            m_traceClock = p.number;
    }
    const auto at = timesOf(message);
    const auto trace = at.find(m_traceClock);
    if (trace == at.end())
        return;
    for (const auto& [id, time] : at) {
        if (id < kFirstOwnClock || id > kLastOwnClock)
            m_pairs[id].push_back({time, trace->second});
    }
    if (const auto real = at.find(1); real != at.end())
        m_wallOffset = real->second - trace->second;
}

void Clocks::ownClocks(std::string_view message, Sequence& s) const
{
    const auto at = timesOf(message);
    const auto trace = at.find(m_traceClock);
    for (Proto p(message); p.next();) {
        if (p.field != 1)
            continue;
        uint64_t id = 0, time = 0, incremental = 0, unit = 1;
        for (Proto c(p.bytes); c.next();) {
            if (c.field == 1)
                id = c.number;
            else if (c.field == 2)
                time = c.number;
            else if (c.field == 3)
                incremental = c.number;
            else if (c.field == 4)
                unit = c.number;
        }
        if (id < kFirstOwnClock || id > kLastOwnClock)
            continue;
        Sequence::Clock clock;
        clock.incremental = incremental != 0;
        clock.unit = int64_t(std::clamp<uint64_t>(unit, 1, 1'000'000'000));
        clock.last = int64_t(std::min(time, uint64_t(kGreatestTime / clock.unit))) * clock.unit;
        clock.offset = trace == at.end() ? 0 : trace->second - clock.last;
        s.clocks[id] = clock;
    }
}

std::optional<int64_t> Clocks::traceTime(uint64_t value, uint64_t clock, Sequence& s) const
{
    if (!clock)
        clock = s.defaultClock;
    if (clock >= kFirstOwnClock && clock <= kLastOwnClock) {
        const auto it = s.clocks.find(clock);
        if (it == s.clocks.end())
            return {};
        Sequence::Clock& c = it->second;
        const int64_t scaled = int64_t(std::min(value, uint64_t(kGreatestTime / c.unit))) * c.unit;
        const int64_t own = c.incremental ? c.last = std::min(kGreatestTime, c.last + scaled) : scaled;
        return std::clamp(own + c.offset, -kGreatestTime, kGreatestTime);
    }
    const int64_t time = timeOf(value);
    if (!clock || clock == m_traceClock)
        return time;
    const auto pairs = m_pairs.find(clock);
    if (pairs == m_pairs.end())
        return {};
    const Pair* best = &pairs->second.front();
    for (const Pair& pair : pairs->second) {
        if (pair.at <= time)
            best = &pair;
    }
    return std::clamp(time - best->at + best->trace, -kGreatestTime, kGreatestTime);
}

} // namespace calltide::formats::pf
