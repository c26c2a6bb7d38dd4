// SPDX-License-Identifier: GPL-3.0-or-later
// Calls are written thread by thread in order of their start, parents first: readers that keep file order need no sort.
#include "formats/exporter.h"
#include "formats/exportjsonnames.h"
#include "store/mappedfile.h"
#include <algorithm>

namespace calltide::formats {

using namespace store;

namespace {

class Exporter
{
public:
    Exporter(const Trace& trace, const JsonExportOptions& options, Output& out)
        : m_trace(trace)
        , m_options(options)
        , m_out(out)
        , m_wanted(trace.tracks().size(), options.scope.tracks.empty())
        , m_names(trace)
    {
        for (const TrackId id : options.scope.tracks)
            m_wanted[id.v] = true;
    }

    bool run() // false: cancelled or failed
    {
        m_out.add("{\"traceEvents\":[");
        m_names.metadata(m_out, m_wanted, m_separator);
        for (size_t t = 0; t < m_trace.tracks().size(); t++) {
            const bool async = m_trace.tracks()[t].kind == TrackKind::Async;
            if (m_wanted[t] && !(async ? asyncTrack(TrackId(t)) : threadTrack(TrackId(t))))
                return false;
        }
        instants();
        counters();
        flows();
        m_out.add("\n],\"displayTimeUnit\":\"ns\",\"viztracer_metadata\":{\"version\":\"calltide\",\"overflow\":");
        m_out.add(m_trace.lost() ? "true" : "false");
        if (m_trace.wallClockOffset()) {
            m_out.add(",\"baseTimeNanoseconds\":");
            m_out.addInteger(*m_trace.wallClockOffset());
        }
        m_out.add('}');
        if (m_options.sources)
            m_names.fileInfo(m_out);
        m_out.add("}\n");
        return !m_out.failed();
    }

private:
    bool inside(int64_t from, int64_t to) const { return to >= m_options.scope.from && from <= m_options.scope.to; }
    bool passes(SliceIndex i) const { return !m_options.scope.passes || m_options.scope.passes(i); }
    void event()
    {
        m_out.add(m_separator);
        m_separator = ",\n";
    }

    // Calls fn for every slice of a track, parents before children, siblings by start. False: stop.
    template <class F> bool walk(TrackId id, F fn)
    {
        const Track& track = m_trace.track(id);
        if (track.rowCount == 0)
            return true;
        struct Level
        {
            SliceIndex next, end;
            int64_t until; // end of the slice last visited
        };
        std::vector<Level> levels(track.rowCount);
        for (uint32_t d = 0; d < track.rowCount; d++) {
            const Row& row = m_trace.row(m_trace.rowAt(id, d));
            levels[d] = {row.first, row.first + row.count, INT64_MIN};
        }
        uint32_t d = 0;
        for (uint64_t n = 0;;) {
            Level& level = levels[d];
            if (level.next < level.end && (d == 0 || m_trace.start(level.next) < levels[d - 1].until)) {
                const SliceIndex slice = level.next++;
                level.until = m_trace.end(slice);
                fn(slice, d);
                if ((++n & 0xFFFF) == 0 && !tick(0xFFFF))
                    return false;
                if (d + 1 < track.rowCount)
                    d++;
            } else if (d == 0) {
                break;
            } else {
                d--;
            }
        }
        for (d = 0; d < track.rowCount; d++) { // of no duration, at the very end of their parent
            for (; levels[d].next < levels[d].end; levels[d].next++)
                fn(levels[d].next, d);
        }
        return tick(track.sliceCount & 0xFFFF);
    }

    bool tick(uint64_t slices)
    {
        m_done += slices;
        m_passing.by(slices);
        if (m_options.progress) {
            m_options.progress->set(m_done, m_trace.sliceCount());
            if (m_options.progress->cancelled())
                return false;
        }
        return !m_out.failed();
    }

    void arguments(SliceIndex i)
    {
        const uint8_t flags = m_trace.flags(i);
        if (m_trace.extra(i)) {
            const std::string text = m_trace.arguments(i);
            if (!text.empty()) {
                m_out.add(",\"args\":");
                m_out.add(text);
                return;
            }
        }
        if (flags & (kAlreadyRunning | kStillRunning | kException)) {
            m_out.add(",\"args\":{");
            const char* comma = "";
            for (const auto& [flag, name] :
                 {std::pair<int, const char*>{kAlreadyRunning, "already_running"},
                  {kStillRunning, "still_running"},
                  {kException, "exception"}}) {
                if (!(flags & flag))
                    continue;
                m_out.add(comma);
                m_out.add('"');
                m_out.add(name);
                m_out.add("\":true");
                comma = ",";
            }
            m_out.add('}');
        }
    }

    bool threadTrack(TrackId id)
    {
        const std::string& ids = m_names.ids(id);
        return walk(id, [&](SliceIndex i, uint32_t) {
            int64_t from = m_trace.start(i), to = m_trace.end(i);
            if (!inside(from, to) || !passes(i))
                return;
            from = std::max(from, m_options.scope.from);
            to = std::min(to, m_options.scope.to);
            event();
            m_out.add("{\"ph\":\"X\"");
            m_out.add(ids);
            m_out.add(",\"ts\":");
            m_out.addMicroseconds(from);
            m_out.add(",\"dur\":");
            m_out.addMicroseconds(to - from);
            m_out.add(m_names.function(m_trace.functionOf(i)));
            arguments(i);
            m_out.add('}');
        });
    }

    void asyncMark(char phase, TrackId id, int64_t time, SliceIndex i)
    {
        event();
        m_out.add("{\"ph\":\"");
        m_out.add(phase);
        m_out.add('"');
        m_out.add(m_names.ids(id));
        m_out.add(",\"id\":");
        m_out.addInteger(m_asyncId);
        m_out.add(",\"ts\":");
        m_out.addMicroseconds(time);
        m_out.add(m_names.function(m_trace.functionOf(i)));
        if (phase == 'b')
            arguments(i);
        m_out.add('}');
    }

    bool asyncTrack(TrackId id)
    {
        std::vector<std::pair<SliceIndex, uint32_t>> open; // and its depth
        const auto closeTo = [&](uint32_t depth) {
            for (; !open.empty() && open.back().second >= depth; open.pop_back())
                asyncMark('e', id, std::min(m_trace.end(open.back().first), m_options.scope.to), open.back().first);
        };
        const bool whole = walk(id, [&](SliceIndex i, uint32_t depth) {
            if (!inside(m_trace.start(i), m_trace.end(i)) || !passes(i))
                return;
            closeTo(depth);
            m_asyncId += open.empty();
            asyncMark('b', id, std::max(m_trace.start(i), m_options.scope.from), i);
            open.emplace_back(i, depth);
        });
        closeTo(0);
        return whole;
    }

    void instants()
    {
        for (const Instant& i : m_trace.instants()) {
            if (!inside(i.time, i.time) || (i.track.valid() && !m_wanted[i.track.v]))
                continue;
            event();
            m_out.add(i.exception ? "{\"ph\":\"i\",\"cat\":\"exception\"" : "{\"ph\":\"i\"");
            if (i.track.valid()) {
                m_out.add(m_names.ids(i.track));
            } else {
                m_out.add(",\"pid\":");
                m_out.addInteger(m_names.pidOf(i.process));
            }
            m_out.add(",\"ts\":");
            m_out.addMicroseconds(i.time);
            m_out.add(",\"s\":\"");
            m_out.add(i.track.valid() ? 't' : i.process.valid() ? 'p' : 'g');
            m_out.add("\",\"name\":");
            m_out.addString(m_trace.string(i.name));
            if (const std::string text = m_trace.arguments(i); !text.empty()) {
                m_out.add(",\"args\":");
                m_out.add(text);
            }
            m_out.add('}');
        }
    }

    void counters()
    {
        for (const CounterTrack& c : m_trace.counters()) {
            const std::string pid = std::to_string(m_names.pidOf(c.process));
            std::string head = "{\"ph\":\"C\",\"pid\":" + pid + ",\"tid\":" + pid + ",\"name\":";
            appendJsonString(head, m_trace.string(c.name));
            head += ",\"ts\":";
            std::string series = ",\"args\":{";
            appendJsonString(series, m_trace.string(c.series).empty() ? "value" : m_trace.string(c.series));
            series += ':';
            for (size_t k = 0; k < c.times.size(); k++) {
                if (!inside(c.times[k], c.times[k]))
                    continue;
                event();
                m_out.add(head);
                m_out.addMicroseconds(c.times[k]);
                m_out.add(series);
                m_out.addDouble(c.values[k]);
                m_out.add("}}");
            }
        }
    }

    // Whether a call that is written runs at the time: arrows hang on calls.
    bool callAt(TrackId track, int64_t time) const
    {
        for (uint32_t d = 0; d < m_trace.track(track).rowCount; d++) {
            const SliceIndex s = m_trace.sliceAt(m_trace.rowAt(track, d), time);
            if (s == kNoSlice)
                return false;
            if (!m_options.scope.passes || m_options.scope.passes(s))
                return true;
        }
        return false;
    }
    void flows()
    {
        uint64_t id = 0;
        for (const Flow& f : m_trace.flows()) {
            id++;
            if (!f.fromTrack.valid() || !f.toTrack.valid() || !m_wanted[f.fromTrack.v] || !m_wanted[f.toTrack.v]
                || !inside(f.from, f.from) || !inside(f.to, f.to))
                continue;
            // One that ends in no call, as where a process begins, is bound to the next one; else it would not be drawn.
            const bool inCall = callAt(f.toTrack, f.to);
            if (m_options.scope.passes && (!inCall || !callAt(f.fromTrack, f.from)))
                continue;
            for (const bool start : {true, false}) {
                event();
                m_out.add(start ? "{\"ph\":\"s\"" : inCall ? "{\"ph\":\"f\",\"bp\":\"e\"" : "{\"ph\":\"f\"");
                m_out.add(m_names.ids(start ? f.fromTrack : f.toTrack));
                m_out.add(",\"id\":");
                m_out.addInteger(int64_t(id));
                m_out.add(",\"ts\":");
                m_out.addMicroseconds(start ? f.from : f.to);
                m_out.add(",\"cat\":\"flow\",\"name\":");
                m_out.addString(m_trace.string(f.name));
                m_out.add('}');
            }
        }
    }

    const Trace& m_trace;
    const JsonExportOptions& m_options;
    Output& m_out;
    std::vector<bool> m_wanted;
    JsonNames m_names;
    uint64_t m_done = 0;
    Passing m_passing;
    int64_t m_asyncId = 0;
    const char* m_separator = "\n"; // before the next event
};

} // namespace

Status exportJson(const Trace& trace, const std::string& path, const JsonExportOptions& options)
{
    auto out = Output::create(path, packingOf(path));
    if (!out)
        return out.error();
    const bool whole = Exporter(trace, options, **out).run();
    if (!whole && !(*out)->failed())
        return Error{ErrorCode::Cancelled, {}};
    return (*out)->commit();
}

} // namespace calltide::formats
