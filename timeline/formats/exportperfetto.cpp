// SPDX-License-Identifier: GPL-3.0-or-later
// Perfetto's protobuf trace: one sequence, interned names and categories, a track for each thread, counter and group of
// async spans. Times are whole nanoseconds, as everywhere here; a trace that begins before 0 is moved to begin there.
#include "formats/exporters.h"
#include "formats/jsontext.h"
#include <bit>
#include <map>
#include <unordered_map>

namespace calltide::formats {

using namespace store;

namespace {

class Message
{
public:
    void number(uint32_t field, uint64_t v)
    {
        varint(uint64_t(field) << 3);
        varint(v);
    }
    void fixed64(uint32_t field, uint64_t v)
    {
        varint(uint64_t(field) << 3 | 1);
        for (int i = 0; i < 8; i++)
            m_bytes += char(v >> (8 * i));
    }
    void real(uint32_t field, double v) { fixed64(field, std::bit_cast<uint64_t>(v)); }
    void bytes(uint32_t field, std::string_view v)
    {
        varint(uint64_t(field) << 3 | 2);
        varint(v.size());
        m_bytes += v;
    }
    void text(uint32_t field, std::string_view v) { bytes(field, cleanUtf8(v)); }
    void message(uint32_t field, const Message& m) { bytes(field, m.m_bytes); }
    const std::string& data() const { return m_bytes; }
    bool empty() const { return m_bytes.empty(); }
    void clear() { m_bytes.clear(); }

private:
    void varint(uint64_t v)
    {
        for (; v >= 0x80; v >>= 7)
            m_bytes += char(v | 0x80);
        m_bytes += char(v);
    }
    std::string m_bytes;
};

enum EventType
{
    Begin = 1,
    End,
    InstantEvent,
    CounterEvent
};

class PerfettoWriter
{
public:
    explicit PerfettoWriter(Exporting& e)
        : m_e(e)
        , m_trace(e.trace)
        , m_shift(e.trace.begin() < 0 ? -e.trace.begin() : 0)
    {
    }

    bool run()
    {
        begin();
        processes();
        flows();
        for (size_t k = 0; k < m_trace.tracks().size(); k++) {
            const TrackId id{k};
            if (m_e.wants(id) && !track(id))
                return false;
        }
        instants();
        counters();
        return !m_e.stopped();
    }

private:
    static constexpr uint64_t kProcessTracks = 1, kTracks = 1'000'000, kCounters = 2'000'000'000;

    void packet(Message& p)
    {
        p.number(10, 1); // sequence
        Message whole;
        whole.message(1, p);
        m_e.out.add(whole.data());
    }

    void begin()
    {
        Message p;
        p.number(13, 1); // state cleared
        if (m_trace.wallClockOffset()) {
            const int64_t at = m_trace.begin() + m_shift, real = m_trace.begin() + *m_trace.wallClockOffset();
            Message snapshot;
            for (const auto& [clock, time] : {std::pair<uint64_t, int64_t>{6, at}, {1, real}}) {
                Message c;
                c.number(1, clock);
                c.number(2, uint64_t(std::max<int64_t>(time, 0)));
                snapshot.message(1, c);
            }
            snapshot.number(2, 6);
            p.message(6, snapshot);
        }
        packet(p);
    }

    void processes()
    {
        std::map<int64_t, int> seen;
        for (size_t i = 0; i < m_trace.processes().size(); i++) {
            const Process& process = m_trace.processes()[i];
            int64_t pid = process.pid;
            while (seen[pid]++) // reused pids need numbers of their own in the file
                pid += 10'000'000;
            m_pids.push_back(pid);
            Message p, d, descriptor;
            descriptor.number(1, uint64_t(pid));
            if (const auto command = m_trace.string(process.commandLine); !command.empty())
                descriptor.text(2, command);
            if (const auto name = m_trace.string(process.name); !name.empty())
                descriptor.text(6, name);
            d.number(1, kProcessTracks + i);
            d.message(3, descriptor);
            p.message(60, d);
            packet(p);
        }
    }

    SliceIndex next(TrackId id, int64_t time) const
    {
        if (!m_trace.track(id).rowCount)
            return kNoSlice;
        const auto [first, last] = m_trace.overlapping(m_trace.rowAt(id, 0), time, INT64_MAX);
        return first < last ? first : kNoSlice;
    }

    // Flows hang on calls there: on the innermost one that runs at the time.
    void flows()
    {
        uint64_t id = 0;
        for (const Flow& f : m_trace.flows()) {
            id++;
            if (!f.fromTrack.valid() || !f.toTrack.valid() || !m_e.wants(f.fromTrack) || !m_e.wants(f.toTrack))
                continue;
            const SliceIndex from = innermost(f.fromTrack, f.from);
            SliceIndex to = innermost(f.toTrack, f.to);
            if (to == kNoSlice) // where a process begins: the first call after it
                to = next(f.toTrack, f.to);
            if (from == kNoSlice || to == kNoSlice)
                continue;
            m_flows[from].push_back({id, false});
            m_flows[to].push_back({id, true});
        }
    }
    SliceIndex innermost(TrackId id, int64_t time) const
    {
        SliceIndex found = kNoSlice;
        for (uint32_t d = 0; d < m_trace.track(id).rowCount; d++) {
            const SliceIndex s = m_trace.sliceAt(m_trace.rowAt(id, d), time);
            if (s == kNoSlice)
                break;
            found = s;
        }
        return found;
    }

    uint64_t describe(TrackId id)
    {
        const Track& track = m_trace.track(id);
        const uint64_t uuid = kTracks + id.v;
        Message p, d;
        d.number(1, uuid);
        const bool process = track.process.valid();
        if (process)
            d.number(5, kProcessTracks + track.process.v);
        if (track.kind == TrackKind::Thread && process) {
            int64_t tid = track.tid;
            while (!m_tids.insert({{m_pids[track.process.v], tid}, true}).second)
                tid += 10'000'000;
            Message thread;
            thread.number(1, uint64_t(m_pids[track.process.v]));
            thread.number(2, uint64_t(tid));
            if (const auto name = m_trace.string(track.name); !name.empty())
                thread.text(5, name);
            d.message(4, thread);
        } else {
            d.text(2, track.kind == TrackKind::Overflow ? m_e.trackName(id) + " (overlapping)" : m_e.trackName(id));
        }
        p.message(60, d);
        packet(p);
        return uuid;
    }

    uint64_t internedName(FunctionId f, Message& interned)
    {
        const auto [it, added] = m_names.try_emplace(f.v, m_names.size() + 1);
        if (added) {
            Message name;
            name.number(1, it->second);
            name.text(2, traceName(m_trace, f));
            interned.message(2, name);
        }
        return it->second;
    }
    uint64_t internedCategory(FunctionId f, Message& interned)
    {
        const Function& function = m_trace.function(f);
        std::string category(m_trace.string(function.category));
        if (category.empty() && function.kind != FunctionKind::Other)
            category = "FEE"; // as VizTracer marks calls; C functions are told apart by it
        if (category.empty())
            return 0;
        const auto [it, added] = m_categories.try_emplace(category, m_categories.size() + 1);
        if (added) {
            Message c;
            c.number(1, it->second);
            c.text(2, category);
            interned.message(1, c);
        }
        return it->second;
    }

    static void arguments(Message& event, std::string_view json)
    {
        if (!json.starts_with('{'))
            return;
        for (json::Cursor c(json); c.next();) {
            Message a;
            a.text(10, json::unescape(c.key));
            const auto integer = c.value.find_first_not_of("-0123456789") == c.value.npos ? json::parseInteger(c.value) : std::nullopt;
            if (json::isString(c.value))
                a.text(6, json::textOf(c.value));
            else if (integer)
                a.number(4, uint64_t(*integer));
            else if (c.value == "true" || c.value == "false")
                a.number(2, c.value == "true");
            else if (const auto real = json::parseDouble(c.value))
                a.real(5, *real);
            else
                a.text(9, c.value);
            event.message(4, a);
        }
    }

    void event(EventType type, uint64_t uuid, int64_t time, SliceIndex i)
    {
        Message p, e, interned;
        p.number(8, uint64_t(m_e.clip(time) + m_shift));
        p.number(13, 2);
        e.number(9, type);
        e.number(11, uuid);
        if (type == Begin) {
            const FunctionId f = m_trace.functionOf(i);
            e.number(10, internedName(f, interned));
            if (const uint64_t category = internedCategory(f, interned))
                e.number(3, category);
            if (m_trace.extra(i))
                arguments(e, m_trace.arguments(i));
            if (const auto flow = m_flows.find(i); flow != m_flows.end()) {
                for (const auto& [id, ends] : flow->second)
                    e.fixed64(ends ? 48 : 47, id);
            }
            if (!interned.empty())
                p.message(12, interned);
        }
        p.message(11, e);
        packet(p);
    }

    bool track(TrackId id)
    {
        if (m_trace.track(id).sliceCount == 0)
            return true;
        const uint64_t uuid = describe(id);
        m_e.walk(
            id,
            [&](SliceIndex i, uint32_t) {
                if (m_e.tick())
                    event(Begin, uuid, m_trace.start(i), i);
            },
            [&](SliceIndex i, uint32_t) {
                if (!m_e.stopped())
                    event(End, uuid, m_trace.end(i), i);
            });
        return !m_e.stopped();
    }

    void instants()
    {
        for (const Instant& i : m_trace.instants()) {
            if (!m_e.inside(i.time) || (i.track.valid() && !m_e.wants(i.track)))
                continue;
            uint64_t uuid = 0;
            if (i.track.valid())
                uuid = m_trace.track(i.track).sliceCount ? kTracks + i.track.v : describe(i.track);
            else if (i.process.valid())
                uuid = kProcessTracks + i.process.v;
            Message p, e;
            p.number(8, uint64_t(i.time + m_shift));
            p.number(13, 2);
            e.number(9, InstantEvent);
            e.number(11, uuid);
            e.text(23, m_trace.string(i.name));
            arguments(e, m_trace.arguments(i));
            p.message(11, e);
            packet(p);
        }
    }

    void counters()
    {
        for (size_t k = 0; k < m_trace.counters().size(); k++) {
            const CounterTrack& c = m_trace.counters()[k];
            Message p, d, counter;
            d.number(1, kCounters + k);
            if (c.process.valid())
                d.number(5, kProcessTracks + c.process.v);
            d.text(2, m_trace.string(c.name));
            if (const auto series = m_trace.string(c.series); !series.empty())
                counter.text(6, series);
            d.message(8, counter);
            p.message(60, d);
            packet(p);
            for (size_t i = 0; i < c.times.size(); i++) {
                if (!m_e.inside(c.times[i]))
                    continue;
                Message sample, e;
                sample.number(8, uint64_t(c.times[i] + m_shift));
                e.number(9, CounterEvent);
                e.number(11, kCounters + k);
                e.real(44, c.values[i]);
                sample.message(11, e);
                packet(sample);
            }
        }
    }

    Exporting& m_e;
    const Trace& m_trace;
    int64_t m_shift;
    std::vector<int64_t> m_pids;
    std::map<std::pair<int64_t, int64_t>, bool> m_tids;
    std::unordered_map<SliceIndex, std::vector<std::pair<uint64_t, bool>>> m_flows;
    std::unordered_map<uint32_t, uint64_t> m_names;
    std::map<std::string, uint64_t> m_categories;
};

} // namespace

bool writePerfetto(Exporting& e)
{
    return PerfettoWriter(e).run();
}

} // namespace calltide::formats
