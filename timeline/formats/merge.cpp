// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/merge.h"
#include "store/builder.h"
#include "store/statistics.h"
#include <algorithm>
#include <optional>

namespace calltide::formats {

using namespace store;

namespace {

class Merger
{
public:
    Merger(TraceBuilder& builder, const MergePart& part, int64_t offset, Progress* progress)
        : m_builder(builder)
        , m_part(part)
        , m_trace(*part.trace)
        , m_offset(offset)
        , m_progress(progress)
    {
    }

    bool run() // false: cancelled
    {
        for (const Process& p : m_trace.processes()) {
            Process copy = p;
            const std::string name(m_trace.string(p.name));
            copy.name = m_builder.intern(name.empty() ? m_part.name : name + " (" + m_part.name + ")");
            copy.commandLine = text(p.commandLine);
            copy.python = text(p.python);
            copy.parent = {};
            copy.begin = copy.end = 0;
            m_processes.push_back(m_builder.addProcess(copy));
        }
        for (size_t i = 0; i < m_processes.size(); i++) {
            if (const ProcessId parent = m_trace.processes()[i].parent; parent.valid() && parent.v < m_processes.size())
                m_builder.process(m_processes[i]).parent = m_processes[parent.v];
        }
        for (const Function& f : m_trace.functions()) {
            Function copy = f;
            for (StringId Function::*s : {&Function::name, &Function::file, &Function::module, &Function::category})
                copy.*s = text(f.*s);
            m_functions.push_back(m_builder.addFunction(copy));
        }
        for (size_t t = 0; t < m_trace.tracks().size(); t++)
            track(TrackId(t));
        for (size_t t = 0; t < m_trace.tracks().size(); t++) {
            const TrackId parent = m_trace.tracks()[t].parent;
            if (parent.valid() && parent.v < m_tracks.size())
                m_builder.track(m_tracks[t]).parent = m_tracks[parent.v];
            if (!slices(TrackId(t)))
                return false;
        }
        rest();
        return true;
    }

private:
    StringId text(StringId id) { return m_builder.intern(m_trace.string(id)); }
    TrackId mapped(TrackId id) const { return id.valid() && id.v < m_tracks.size() ? m_tracks[id.v] : TrackId(); }
    ProcessId mapped(ProcessId id) const { return id.valid() && id.v < m_processes.size() ? m_processes[id.v] : ProcessId(); }

    void track(TrackId id)
    {
        Track copy;
        const Track& from = m_trace.track(id);
        copy.kind = from.kind;
        copy.process = mapped(from.process);
        copy.tid = from.tid;
        copy.name = text(from.name);
        copy.sortIndex = from.sortIndex;
        m_tracks.push_back(m_builder.addTrack(copy));
    }

    bool slices(TrackId id)
    {
        const Track& from = m_trace.track(id);
        SliceBuffer& to = m_builder.slices(m_tracks[id.v]);
        for (uint32_t d = 0; d < from.rowCount; d++) {
            const Row& row = m_trace.row(m_trace.rowAt(id, d));
            for (SliceIndex i = row.first; i < row.first + row.count; i++) {
                if ((i & 0xFFFF) == 0 && m_progress && m_progress->cancelled())
                    return false;
                uint32_t extra = m_trace.flags(i);
                if (m_trace.extra(i))
                    extra = m_builder.addExtra(m_trace.flags(i), m_trace.arguments(i));
                to.addAtDepth(d, m_trace.start(i) + m_offset, m_trace.duration(i), m_functions[m_trace.functionOf(i).v], extra);
            }
        }
        return true;
    }

    void rest()
    {
        for (const Instant& i : m_trace.instants()) {
            Instant copy = i;
            copy.time += m_offset;
            copy.name = text(i.name);
            copy.track = mapped(i.track);
            copy.process = mapped(i.process);
            copy.arguments = 0;
            m_builder.addInstant(copy, m_trace.arguments(i));
        }
        for (const CounterTrack& c : m_trace.counters()) {
            const std::string name(m_trace.string(c.name)), series(m_trace.string(c.series));
            for (size_t k = 0; k < c.times.size(); k++)
                m_builder.addCounterSample(mapped(c.process), name, series, c.times[k] + m_offset, c.values[k]);
        }
        for (const Flow& f : m_trace.flows()) {
            Flow copy = f;
            copy.from += m_offset;
            copy.to += m_offset;
            copy.fromTrack = mapped(f.fromTrack);
            copy.toTrack = mapped(f.toTrack);
            copy.name = text(f.name);
            m_builder.addFlow(copy);
        }
        for (const Source& s : m_trace.sources())
            m_builder.addSource(m_trace.string(s.file), s.text);
        for (const Stretch& s : m_trace.lostStretches()) {
            Stretch copy = s;
            copy.track = mapped(s.track);
            copy.begin += m_offset;
            copy.end += m_offset;
            m_builder.addLost(copy);
        }
        for (const auto& [key, value] : m_trace.metadata())
            m_builder.addMetadata(m_part.name + ": " + key, value);
        for (const Problem& p : m_trace.problems()) {
            const std::string in = m_part.name + ": " + p.text;
            uint64_t left = p.count;
            for (const auto& [offset, example] : p.examples) {
                m_builder.problem(p.kind + "@" + m_part.name, in, p.severity, offset, example);
                left -= left > 0;
            }
            if (left)
                m_builder.problem(p.kind + "@" + m_part.name, in, p.severity, -1, {}, left);
        }
        m_builder.includeTime(m_trace.begin() + m_offset, m_trace.end() + m_offset);
    }

    TraceBuilder& m_builder;
    const MergePart& m_part;
    const Trace& m_trace;
    int64_t m_offset;
    Progress* m_progress;
    std::vector<ProcessId> m_processes;
    std::vector<TrackId> m_tracks;
    std::vector<FunctionId> m_functions;
};

constexpr int64_t kGreatest = int64_t(1) << 61;

// What to add to each part's times.
std::vector<int64_t> align(const std::vector<MergePart>& parts, TraceBuilder& builder)
{
    std::vector<int64_t> offsets(parts.size(), 0);
    const auto known = [](const MergePart& p) { return p.trace->wallClockOffset(); };
    const auto first = std::find_if(parts.begin(), parts.end(), known);
    int64_t begin = INT64_MAX;
    for (size_t i = 0; i < parts.size(); i++) {
        const Trace& t = *parts[i].trace;
        if (first == parts.end() || !t.wallClockOffset())
            continue;
        offsets[i] = std::clamp(*t.wallClockOffset() - *first->trace->wallClockOffset(), -kGreatest, kGreatest);
        begin = std::min(begin, t.begin() + offsets[i]);
    }
    if (begin == INT64_MAX)
        begin = parts.front().trace->begin();
    else
        builder.setWallClockOffset(*first->trace->wallClockOffset());
    for (size_t i = 0; i < parts.size(); i++) {
        if (known(parts[i]))
            continue;
        offsets[i] = begin - parts[i].trace->begin();
        if (parts.size() > 1 && (i > 0 || first != parts.end()))
            builder.problem("merge.no_clock", "Files that do not say when they were recorded begin with the first event of the others.",
                Severity::Info, -1, parts[i].name);
    }
    return offsets;
}

// When the first event or call whose name contains the text happened, on the trace's own axis.
std::optional<int64_t> findMarker(const Trace& trace, const std::string& text)
{
    std::optional<int64_t> first;
    const auto take = [&](int64_t time) { first = first ? std::min(*first, time) : time; };
    for (const Instant& i : trace.instants())
        if (trace.string(i.name).find(text) != std::string_view::npos)
            take(i.time);
    std::vector<bool> mask(trace.functions().size());
    for (size_t f = 0; f < mask.size(); f++)
        mask[f] = trace.string(trace.functions()[f].name).find(text) != std::string_view::npos;
    if (std::find(mask.begin(), mask.end(), true) != mask.end())
        if (const SliceIndex i = findSlice(trace, mask, INT64_MIN, true); i != kNoSlice)
            take(trace.start(i));
    return first;
}

// The times at which all files are at the same moment.
Result<std::vector<int64_t>> alignMoments(const std::vector<MergePart>& parts, const MergeOptions& options, TraceBuilder& builder)
{
    if (options.align == MergeOptions::Align::Clock)
        return align(parts, builder);
    std::vector<int64_t> offsets;
    int64_t there = 0;
    for (const MergePart& p : parts) {
        std::optional<int64_t> moment = p.trace->begin();
        if (options.align == MergeOptions::Align::Marker)
            moment = findMarker(*p.trace, options.marker);
        if (!moment)
            return Error{ErrorCode::NotFound, p.name + ": no event or call there has \"" + options.marker + "\" in its name."};
        if (offsets.empty())
            there = *moment;
        offsets.push_back(there - *moment);
    }
    if (const auto& clock = parts.front().trace->wallClockOffset())
        builder.setWallClockOffset(*clock);
    return offsets;
}

} // namespace

Result<MergeOptions> parseAlign(std::string_view text)
{
    constexpr std::string_view marker = "marker:";
    MergeOptions out;
    if (text == "clock")
        return out;
    out.align = text == "start" ? MergeOptions::Align::Start : MergeOptions::Align::Marker;
    if (text == "start")
        return out;
    if (text.starts_with(marker) && text.size() > marker.size()) {
        out.marker = text.substr(marker.size());
        return out;
    }
    return Error{ErrorCode::Invalid, "--align is clock, start or marker:NAME, not " + std::string(text) + "."};
}

Result<TracePtr> merge(
    const std::vector<MergePart>& parts, const std::string& path, const std::vector<std::string>& leftOut, Progress* progress, const MergeOptions& options)
{
    TraceBuilder builder;
    uint64_t size = 0;
    std::string formats;
    for (const MergePart& p : parts) {
        size += p.trace->fileSize();
        if (formats.find(p.trace->format()) == formats.npos)
            formats += (formats.empty() ? "" : ", ") + p.trace->format();
    }
    builder.setFile(path, std::to_string(parts.size()) + " files: " + formats, size);
    const auto offsets = alignMoments(parts, options, builder);
    if (!offsets)
        return offsets.error();
    for (size_t i = 0; i < parts.size(); i++) {
        const int64_t moved = i < options.offsets.size() ? std::clamp(options.offsets[i], -kGreatest, kGreatest) : 0;
        if (!Merger(builder, parts[i], (*offsets)[i] + moved, progress).run())
            return Error{ErrorCode::Cancelled, "Opening was stopped."};
    }
    for (const std::string& reason : leftOut)
        builder.problem("archive.left_out", "Files in the archive that are no traces were left out.", Severity::Warning, -1, reason);
    return builder.finish(progress);
}

} // namespace calltide::formats
