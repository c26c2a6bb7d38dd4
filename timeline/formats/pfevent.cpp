// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pfevent.h"
#include "formats/proto.h"
#include <algorithm>

namespace calltide::formats::pf {

using namespace store;

struct Events::Legacy
{
    uint64_t name = 0, phase = 0, id = 0, bind = 0, direction = 0, scope = 0;
    int64_t duration = 0, pid = -1, tid = -1;
    std::string_view idScope;
    bool there = false, hasId = false, local = false;
};

struct Events::Event
{
    uint64_t type = 0, nameId = 0;
    std::string_view name;
    std::string category, arguments;
    std::optional<uint64_t> uuid;
    std::optional<double> value;
    std::optional<int64_t> older; // time
    Sequence::Location location;
    Legacy legacy;
    std::vector<uint64_t> flows, ends, counterTracks;
    std::vector<double> counters, reals;
    bool whole = true;
    TrackId track;
    int64_t pid = -1;
};

namespace {

enum Type
{
    Begin = 1,
    End,
    InstantType,
    Counter,
    State
};

std::string_view textOf(const Interned& in, uint64_t id)
{
    const auto it = in.find(id);
    return it == in.end() ? std::string_view() : it->second;
}

} // namespace

Events::Legacy Events::legacyOf(std::string_view message)
{
    Legacy l;
    l.there = true;
    for (Proto p(message); p.next();) {
        switch (p.field) {
        case 1:
            l.name = p.number;
            break;
        case 2:
            l.phase = p.number;
            break;
        case 3:
            l.duration = timesThousand(p.number);
            break;
        case 6:
        case 10:
        case 11:
            l.id = p.number;
            l.hasId = true;
            l.local = p.field == 10;
            break;
        case 7:
            l.idScope = p.bytes;
            break;
        case 8:
            l.bind = p.number;
            break;
        case 13:
            l.direction = p.number;
            break;
        case 14:
            l.scope = p.number;
            break;
        case 18:
            l.pid = int32_t(p.number);
            break;
        case 19:
            l.tid = int32_t(p.number);
            break;
        default:
            break;
        }
    }
    return l;
}

void Events::parse(const EventPacket& packet, Sequence& s, Event& e)
{
    e.counterTracks = s.counterTracks;
    const auto addCategory = [&](std::string_view text) { e.category += (e.category.empty() ? "" : ",") + std::string(text); };
    Proto p(packet.message);
    while (p.next()) {
        switch (p.field) {
        case 1: // the older times, in microseconds after the one before
            e.older = s.threadTime = std::clamp(s.threadTime + std::clamp<int64_t>(p.asSigned(), -(int64_t(1) << 40), int64_t(1) << 40) * 1000,
                -kGreatestTime, kGreatestTime);
            break;
        case 16:
            e.older = timesThousand(p.number);
            break;
        case 3:
            p.numbers([&](uint64_t id) { addCategory(textOf(s.categories, id)); });
            break;
        case 22:
            addCategory(p.bytes);
            break;
        case 4:
            if (e.arguments.empty())
                e.arguments = "{";
            e.whole = appendAnnotation(e.arguments, p.bytes, s.argumentNames, s.argumentTexts) && e.whole;
            break;
        case 6:
            e.legacy = legacyOf(p.bytes);
            break;
        case 9:
            e.type = p.number;
            break;
        case 10:
            e.nameId = p.number;
            break;
        case 11:
            e.uuid = p.number;
            break;
        case 23:
            e.name = p.bytes;
            break;
        case 30:
            e.value = double(p.asSigned());
            break;
        case 44:
            e.value = p.asDouble();
            break;
        case 12:
            p.numbers([&](uint64_t v) { e.counters.push_back(double(int64_t(v))); });
            break;
        case 46:
            p.fixed64s([&](uint64_t v) { e.reals.push_back(std::bit_cast<double>(v)); });
            break;
        case 31:
            e.counterTracks.clear();
            p.numbers([&](uint64_t v) { e.counterTracks.push_back(v); });
            break;
        case 33: {
            for (Proto l(p.bytes); l.next();) {
                if (l.field == 2)
                    e.location.file = l.bytes;
                else if (l.field == 4)
                    e.location.line = uint32_t(std::min<uint64_t>(l.number, INT32_MAX));
            }
            break;
        }
        case 34:
            if (const auto it = s.locations.find(p.number); it != s.locations.end())
                e.location = it->second;
            break;
        case 36:
        case 47:
            p.field == 47 ? p.fixed64s([&](uint64_t v) { e.flows.push_back(v); }) : p.numbers([&](uint64_t v) { e.flows.push_back(v); });
            break;
        case 42:
        case 48:
            p.field == 48 ? p.fixed64s([&](uint64_t v) { e.ends.push_back(v); }) : p.numbers([&](uint64_t v) { e.ends.push_back(v); });
            break;
        default:
            break;
        }
    }
    if (p.damaged())
        m_builder.problem("pftrace.damaged", "Damaged packets were read as far as they go.", Severity::DataLoss, packet.offset);
    if (e.nameId == 0)
        e.nameId = e.legacy.name;
    if (e.name.empty() && e.nameId)
        e.name = textOf(s.names, e.nameId);
    if (e.arguments == "{")
        e.arguments.clear();
    if (!e.arguments.empty())
        e.arguments += "}";
    if (!e.whole)
        m_builder.problem("pftrace.argument", "Arguments that are messages or too deep have no value.", Severity::Warning, packet.offset);
}

FunctionId Events::function(const Event& e)
{
    if (e.location.file.empty())
        return m_builder.addFunctionByTraceName(e.name, e.category);
    Function f;
    f.name = m_builder.intern(e.name);
    f.file = m_builder.intern(e.location.file);
    f.line = e.location.line;
    f.category = m_builder.intern(e.category);
    f.kind = e.location.file.ends_with(".py") ? FunctionKind::Python : FunctionKind::Other;
    return m_builder.addFunction(f);
}

bool Events::resolveTrack(Event& e, const Sequence& s)
{
    if (e.legacy.pid >= 0 || e.legacy.tid >= 0) {
        e.pid = e.legacy.pid >= 0 ? e.legacy.pid : s.thread ? s.thread->first : 0;
        e.track = m_tracks.thread(e.pid, e.legacy.tid >= 0 ? e.legacy.tid : e.pid);
    } else if (e.uuid || s.defaultTrack) {
        const uint64_t uuid = e.uuid ? *e.uuid : s.defaultTrack;
        e.uuid = uuid;
        if (e.type == Counter)
            return true;
        e.track = m_tracks.track(uuid);
        e.pid = m_builder.process(m_builder.track(e.track).process).pid;
    } else if (s.thread) {
        e.pid = s.thread->first;
        e.track = m_tracks.thread(s.thread->first, s.thread->second);
    } else {
        e.uuid = 0;
        e.track = m_tracks.track(0);
    }
    return true;
}

void Events::read(const EventPacket& packet, Sequence& s)
{
    Event e;
    parse(packet, s, e);
    const auto time = packet.time ? m_clocks.traceTime(*packet.time, packet.clock, s) : e.older;
    if (!time && !packet.time) {
        m_builder.problem("pftrace.time", "Events without a time were left out.", Severity::DataLoss, packet.offset, e.name);
        return;
    }
    if (!time)
        m_builder.problem("pftrace.clock", "Events of clocks that are not described stand at their own time.", Severity::Warning,
            packet.offset);
    if (s.lost)
        m_builder.problem("pftrace.names", "Names may be missing or wrong where packets were lost.", Severity::DataLoss, packet.offset);
    const int64_t at = time.value_or(timeOf(packet.time.value_or(0)));
    resolveTrack(e, s);
    const size_t extras = std::min(e.counterTracks.size(), e.counters.size());
    for (size_t i = 0; i < extras; i++)
        m_tracks.counter(e.counterTracks[i], at, e.counters[i]);
    for (size_t i = 0; i < std::min(s.realCounterTracks.size(), e.reals.size()); i++)
        m_tracks.counter(s.realCounterTracks[i], at, e.reals[i]);
    switch (e.type) {
    case Begin:
        m_tracks.begin(e.track, at, function(e), m_builder.addExtra(0, e.arguments));
        break;
    case End:
        m_tracks.end(e.track, at, m_builder.addExtra(0, e.arguments));
        break;
    case InstantType:
        m_tracks.instant(e.track, at, e.name, e.arguments);
        break;
    case State:
        m_tracks.state(e.track, at, e.name.empty() ? FunctionId() : function(e), m_builder.addExtra(0, e.arguments));
        break;
    case Counter:
        if (e.uuid && e.value)
            m_tracks.counter(*e.uuid, at, *e.value);
        else
            m_builder.problem("pftrace.counter", "Counter values without a track or a value were left out.", Severity::DataLoss,
                packet.offset, e.name);
        return;
    default:
        if (!e.legacy.there) {
            m_builder.problem("pftrace.type", "Track events of an unknown kind were left out.", Severity::DataLoss, packet.offset, e.name);
            return;
        }
        byPhase(e, at, packet.offset);
    }
    for (const uint64_t id : e.flows)
        m_tracks.flow(id, e.track, at, e.name, false);
    for (const uint64_t id : e.ends)
        m_tracks.flow(id, e.track, at, e.name, true);
    if (e.legacy.bind && e.legacy.direction)
        m_tracks.flow(e.legacy.bind, e.track, at, e.name, e.legacy.direction == 1);
}

void Events::byPhase(const Event& e, int64_t time, int64_t offset)
{
    const Legacy& l = e.legacy;
    const uint32_t extra = m_builder.addExtra(0, e.arguments);
    switch (l.phase) {
    case 'X':
        m_tracks.complete(e.track, time, l.duration, function(e), extra);
        return;
    case 'B':
        m_tracks.begin(e.track, time, function(e), extra);
        return;
    case 'E':
        m_tracks.end(e.track, time, extra);
        return;
    case 'i':
    case 'I':
    case 'R':
        m_tracks.instant(e.track, time, e.name, e.arguments, l.scope == 1 || l.scope == 2);
        return;
    case 's':
    case 't':
    case 'f':
        m_tracks.flow(l.hasId ? l.id : l.bind, e.track, time, e.name, l.phase == 'f');
        return;
    case 'b':
    case 'S':
    case 'e':
    case 'F':
    case 'n':
    case 'T':
    case 'p': {
        std::string key = std::string(l.idScope) + '\0' + e.category + '\0' + std::to_string(l.id);
        if (l.local)
            key += '\0' + std::to_string(e.pid);
        const TrackId lane = m_tracks.async(e.pid, e.name, key);
        if (l.phase == 'b' || l.phase == 'S')
            m_tracks.begin(lane, time, function(e), extra);
        else if (l.phase == 'e' || l.phase == 'F')
            m_tracks.end(lane, time, extra);
        else
            m_tracks.instant(lane, time, e.name, e.arguments);
        return;
    }
    default:
        m_builder.problem("pftrace.phase." + std::to_string(l.phase), "Events of an old kind were left out.", Severity::Warning,
            offset, e.name);
    }
}

} // namespace calltide::formats::pf
