// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing an exporter, and the small ones.
#include "formats/exporters.h"
#include "formats/sampled.h"
#include "store/callfigures.h"
#include "store/stoppable.h"
#include <algorithm>

namespace calltide::formats {

using namespace store;

namespace {

const ExportFormatName kFormats[] = {
    {ExportFormat::Speedscope, "speedscope", ".speedscope.json", "speedscope"},
    {ExportFormat::Firefox, "firefox", ".firefox.json", "Firefox Profiler"},
    {ExportFormat::PerfettoJson, "json", ".json", "Perfetto JSON"},
    {ExportFormat::Perfetto, "pftrace", ".pftrace", "Perfetto trace"},
    {ExportFormat::Perfetto, "pftrace", ".perfetto-trace", "Perfetto trace"},
    {ExportFormat::Collapsed, "collapsed", ".collapsed", "Collapsed stacks"},
    {ExportFormat::Collapsed, "collapsed", ".folded", "Collapsed stacks"},
    {ExportFormat::Collapsed, "collapsed", ".txt", "Collapsed stacks"},
    {ExportFormat::Pstats, "pstats", ".pstats", "cProfile statistics"},
    {ExportFormat::Pstats, "pstats", ".prof", "cProfile statistics"},
    {ExportFormat::Csv, "csv", ".csv", "Table of functions"},
};

} // namespace

std::span<const ExportFormatName> exportFormats()
{
    return kFormats;
}

std::optional<ExportFormat> exportFormatOf(std::string_view path)
{
    for (const std::string_view packed : {".gz", ".zst"}) {
        if (path.ends_with(packed))
            path.remove_suffix(packed.size());
    }
    for (const ExportFormatName& f : kFormats) {
        if (path.ends_with(f.ending))
            return f.format;
    }
    return {};
}

bool Exporting::wants(TrackId track) const
{
    const auto& tracks = options.scope.tracks;
    return tracks.empty() || std::find(tracks.begin(), tracks.end(), track) != tracks.end();
}

bool Exporting::ofCalls(TrackId track) const
{
    // What tasks did is on their threads, too; their waiting is no time of calls.
    TrackKind kind = trace.track(track).kind;
    if (const TrackId parent = trace.track(track).parent; kind == TrackKind::Overflow && parent.valid())
        kind = trace.track(parent).kind;
    return wants(track) && (kind == TrackKind::Thread || kind == TrackKind::Overflow);
}

std::string trackName(const Trace& trace, TrackId id)
{
    const Track& t = trace.track(id);
    std::string name(trace.string(t.name));
    if (name.empty())
        name = "thread " + std::to_string(t.tid);
    if (t.kind == TrackKind::Gil && t.parent.valid() && trace.track(t.parent).kind == TrackKind::Thread)
        name += " of " + trackName(trace, t.parent);
    return name;
}

// Whether there is a call in the scope, if it is not everything anyway. Also true when the progress is cancelled meanwhile.
static bool anyCallIn(const Trace& trace, const Scope& scope, const Progress* progress)
{
    if (!scope.passes && scope.tracks.empty() && scope.from <= trace.begin() && scope.to >= trace.end())
        return true;
    for (const Row& row : trace.rows()) {
        const auto& tracks = scope.tracks;
        if (!tracks.empty() && std::find(tracks.begin(), tracks.end(), row.track) == tracks.end())
            continue;
        const auto [first, last] = trace.overlapping(trace.rowAt(row.track, row.depth), scope.from, scope.to);
        for (SliceIndex i = first; i < last; i++)
            if (!scope.passes || scope.passes(i) || stopsAt(i, progress))
                return true;
    }
    return false;
}

Status exportTrace(const Trace& trace, const std::string& path, ExportFormat format, const ExportOptions& options)
{
    if (!anyCallIn(trace, options.scope, options.progress))
        return Error{ErrorCode::NotFound, path + " was not written: there is no call in what is to be exported."};
    if (format == ExportFormat::PerfettoJson)
        return exportJson(trace, path, options);
    auto out = Output::create(path, packingOf(path));
    if (!out)
        return out.error();
    Exporting e(trace, options, **out);
    bool (*const write)(Exporting&) = format == ExportFormat::Speedscope ? writeSpeedscope
        : format == ExportFormat::Collapsed                             ? writeCollapsed
        : format == ExportFormat::Pstats                                ? writePstats
        : format == ExportFormat::Firefox                               ? writeFirefox
        : format == ExportFormat::Perfetto                              ? writePerfetto
                                                                        : writeCsv;
    if (!write(e) && !(*out)->failed())
        return Error{ErrorCode::Cancelled, {}};
    return (*out)->commit();
}

// Every call as its beginning and end: nothing is lost but arguments.
bool writeSpeedscope(Exporting& e)
{
    const Trace& t = e.trace;
    e.out.add("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"calltide\",\"name\":");
    e.out.addString(std::string_view(t.path()).substr(t.path().rfind('/') + 1));
    e.out.add(",\"shared\":{\"frames\":[");
    for (size_t f = 0; f < t.functions().size(); f++) {
        const Function& function = t.functions()[f];
        e.out.add(f ? ",\n{\"name\":" : "\n{\"name\":");
        e.out.addString(t.string(function.name));
        if (!t.string(function.file).empty()) {
            e.out.add(",\"file\":");
            e.out.addString(t.string(function.file));
        }
        if (function.line) {
            e.out.add(",\"line\":");
            e.out.addInteger(function.line);
        }
        e.out.add('}');
    }
    e.out.add("]},\"profiles\":[");
    bool firstProfile = true;
    for (size_t k = 0; k < t.tracks().size(); k++) {
        const TrackId id{k};
        if (!e.wants(id) || t.track(id).sliceCount == 0)
            continue;
        e.out.add(firstProfile ? "\n" : ",\n");
        firstProfile = false;
        e.out.add("{\"type\":\"evented\",\"unit\":\"nanoseconds\",\"name\":");
        const ProcessId process = t.track(id).process;
        std::string name = e.trackName(id);
        if (t.processes().size() > 1 && process.valid())
            name = "process " + std::to_string(t.process(process).pid) + ", " + name;
        e.out.addString(name);
        e.out.add(",\"startValue\":");
        e.out.addInteger(e.clip(t.begin()));
        e.out.add(",\"endValue\":");
        e.out.addInteger(e.clip(t.end()));
        e.out.add(",\"events\":[");
        bool first = true;
        const auto event = [&](char type, SliceIndex i, int64_t time) {
            e.out.add(first ? "\n{\"type\":\"" : ",\n{\"type\":\"");
            first = false;
            e.out.add(type);
            e.out.add("\",\"frame\":");
            e.out.addInteger(t.functionOf(i).v);
            e.out.add(",\"at\":");
            e.out.addInteger(e.clip(time));
            e.out.add('}');
        };
        e.walk(
            id,
            [&](SliceIndex i, uint32_t) {
                if (e.tick())
                    event('O', i, t.start(i));
            },
            [&](SliceIndex i, uint32_t) {
                if (!e.stopped())
                    event('C', i, t.end(i));
            });
        if (e.stopped())
            return false;
        e.out.add("]}");
    }
    e.out.add("]}\n");
    return true;
}

// Own times in nanoseconds, one line a path; processes and threads stand first as py-spy writes them.
bool writeCollapsed(Exporting& e)
{
    const Trace& t = e.trace;
    e.out.add("# unit: nanoseconds\n");
    std::vector<std::string> names;
    for (size_t f = 0; f < t.functions().size(); f++) {
        std::string name = traceName(t, FunctionId(f));
        for (char& c : name)
            c = c == ';' ? ':' : uint8_t(c) < 32 ? ' ' : c;
        names.push_back(std::move(name));
    }
    for (size_t k = 0; k < t.tracks().size(); k++) {
        const TrackId id{k};
        if (!e.ofCalls(id))
            continue;
        WeightTree tree;
        struct Open
        {
            uint32_t node;
            int64_t below;
        };
        std::vector<Open> open;
        e.walk(
            id,
            [&](SliceIndex i, uint32_t) {
                e.tick();
                open.push_back({tree.child(open.empty() ? WeightTree::kRoot : open.back().node, t.functionOf(i)), 0});
            },
            [&](SliceIndex i, uint32_t) {
                const int64_t length = e.clip(t.end(i)) - e.clip(t.start(i));
                tree.add(open.back().node, length - open.back().below);
                open.pop_back();
                if (!open.empty())
                    open.back().below += length;
            });
        if (e.stopped())
            return false;
        const Track& track = t.track(id);
        std::string head;
        if (track.process.valid()) {
            const Process& p = t.process(track.process);
            head = "process " + std::to_string(p.pid) + ":" + std::string(t.string(p.name)) + ";";
        }
        head += "thread (" + std::to_string(track.tid) + "): " + std::string(t.string(track.name));
        const size_t separator = head.find(";thread (");
        for (size_t i = 0; i < head.size(); i++)
            head[i] = uint8_t(head[i]) < 32 ? ' ' : head[i] == ';' && i != separator ? ':' : head[i];
        std::vector<uint32_t> path;
        for (uint32_t node = 1; node < tree.size(); node++) {
            if (tree.self(node) == 0)
                continue;
            path.clear();
            for (uint32_t n = node; n != WeightTree::kRoot; n = tree.parent(n))
                path.push_back(n);
            e.out.add(head);
            for (auto n = path.rbegin(); n != path.rend(); ++n) {
                e.out.add(';');
                e.out.add(names[tree.function(*n).v]);
            }
            e.out.add(' ');
            e.out.addInteger(tree.self(node));
            e.out.add('\n');
        }
    }
    return !e.stopped();
}

bool writeCsv(Exporting& e)
{
    const auto field = [&](std::string_view text) {
        const bool quoted = text.find_first_of(",\"\r\n") != text.npos;
        if (!quoted)
            return e.out.add(text);
        e.out.add('"');
        for (const char c : text) {
            if (c == '"')
                e.out.add('"');
            e.out.add(c);
        }
        e.out.add('"');
    };
    e.out.add("function,file,line,calls,total_ns,self_ns,mean_ns,min_ns,max_ns\n");
    for (const FunctionStatistics& s : functionStatistics(e.trace, e.options.scope, e.options.progress)) {
        const Function& f = e.trace.function(s.function);
        field(e.trace.string(f.name));
        e.out.add(',');
        field(e.trace.string(f.file));
        e.out.add(',');
        if (f.line)
            e.out.addInteger(f.line);
        const auto figure = [&](bool known, int64_t v) {
            e.out.add(',');
            if (known)
                e.out.addInteger(v);
        };
        figure(knowsCalls(s), int64_t(s.calls));
        figure(true, s.total);
        figure(true, s.self);
        figure(knowsMean(s), int64_t(s.mean() + 0.5));
        figure(knowsBounds(s), s.min);
        figure(knowsBounds(s), s.max);
        e.out.add('\n');
    }
    return !(e.options.progress && e.options.progress->cancelled());
}

} // namespace calltide::formats
