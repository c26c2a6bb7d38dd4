// SPDX-License-Identifier: GPL-3.0-or-later
// Trace: one opened recording or trace file, in columns. Built by TraceBuilder, then immutable: it is handed around as
// shared_ptr<const Trace> and may be read from any thread without locks. Of a recording that goes on, GrowingTrace makes
// one Trace after the other, which share what has not changed.
//
// Time is int64 nanoseconds on the trace's own axis (CLOCK_MONOTONIC for recordings, the file's ts for JSON).
// Slices are stored by row = (track, depth). The slices of a row do not overlap and are sorted by start, so depth and
// parent need no storage: depth is the row's, the parent is found by binary search in the row above.
#pragma once
#include "store/bigvector.h"
#include "store/cow.h"
#include "store/ids.h"
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace calltide::store {

enum class FunctionKind : uint8_t { Python, C, Other }; // Other: any name of a foreign trace
enum class CodeOwner : uint8_t { User, StandardLibrary, SitePackages, C };

// A function is a (name, file, line, category) seen in the trace; slices refer to it.
struct Function
{
    StringId name;     // qualified name without place: "Shop.checkout", "builtins.print"
    StringId file;     // as recorded, may be empty
    StringId module;   // may be empty
    StringId category; // "cat" of a JSON event; "" for our own recordings
    uint32_t line = 0; // first line, 1-based; 0 = unknown
    FunctionKind kind = FunctionKind::Other;
    CodeOwner owner = CodeOwner::User;
    bool coroutine = false;
    bool generator = false;
    // Of an adaptive recording: from this time on its calls were left out, because they were short; everywhere, or where
    // they are made at so many places.
    int64_t droppedFrom = 0;
    uint32_t droppedPlaces = 0;
    bool droppedEverywhere = false;
    bool dropped() const { return droppedEverywhere || droppedPlaces != 0; }
};

enum class TrackKind : uint8_t {
    Thread,
    Task,     // asyncio task: where it ran, waited, was ready; parent = the thread it runs on
    Async,    // async spans of a JSON file
    Overflow, // slices that overlap others of their thread without nesting: an own lane, never dropped
    Counter,
    Gc,
    Imports, // of modules, nested as they import each other
    Gil,     // where its thread (parent) waited for the interpreter's lock
};

// What happened on such a track is on the threads' tracks, too: counted once, by theirs.
constexpr bool repeatsThreads(TrackKind kind)
{
    return kind == TrackKind::Task || kind == TrackKind::Imports || kind == TrackKind::Gil;
}

struct Track
{
    TrackKind kind = TrackKind::Thread;
    ProcessId process;
    TrackId parent;        // the thread, for Overflow, Task and Gil; else none
    int64_t tid = 0;       // the system's id, for show only
    StringId name;         // "MainThread"; may be empty
    int32_t sortIndex = 0; // thread_sort_index of a JSON file
    RowId firstRow;        // rows of a track are consecutive, depth 0 first
    uint32_t rowCount = 0; // = greatest depth + 1; 0 = no slices
    uint64_t sliceCount = 0;
    int64_t begin = 0, end = 0; // of its slices; 0, 0 when it has none
    int64_t busy = 0;           // ns covered by slices of depth 0
};

struct Process
{
    int64_t pid = 0;
    int64_t parentPid = 0;
    ProcessId parent; // when it is in the trace as well
    StringId name;    // script or program name
    StringId commandLine;
    StringId python; // "3.12.1"; may be empty
    int64_t begin = 0, end = 0;
    std::optional<int> exitStatus;
    int32_t sortIndex = 0;
    uint64_t lost = 0; // events known to be lost
};

struct Row
{
    TrackId track;
    uint32_t depth = 0;
    SliceIndex first = 0;
    uint64_t count = 0;
};

// Flags of a slice, kept in its `extra` word (values below 256 are flags alone; see SliceExtra).
enum SliceFlag : uint8_t {
    kAlreadyRunning = 1, // had begun before the recording: open left edge
    kStillRunning = 2,   // had not ended: open right edge
    kException = 4,      // left by an exception
    kYielded = 8,        // a generator or coroutine gave way here and goes on in a later slice
    kResumed = 16,       // goes on from an earlier slice
    kWaiting = 32,       // of a task: it waits here, nothing runs …
    kReady = 64,         // … or could go on, but something else runs
};

// What more is known about a slice. `extra` in the columns is flags when < 256, else 256 + index into the table.
struct SliceExtra
{
    uint8_t flags = 0;
    uint8_t source = 0;     // 0: text below; 1: re-read from the trace's file at [offset, offset + length)
    uint32_t length = 0;    // bytes of the event's JSON text
    uint64_t offset = 0;    // in the (decompressed) file, or in Trace::argumentText
};

struct Instant
{
    int64_t time = 0;
    StringId name;
    TrackId track;        // of the thread; none: process-wide or global
    ProcessId process;    // none: global
    uint32_t arguments = 0; // 0 none, else 1 + index into the extras table
    bool exception = false; // raised here; the name is its type
};

struct CounterTrack // one series of one counter
{
    ProcessId process;
    StringId name;   // "Memory"
    StringId series; // "rss"; may be empty
    std::vector<int64_t> times;
    std::vector<double> values;
};

struct Flow
{
    int64_t from = 0, to = 0; // times
    TrackId fromTrack, toTrack;
    StringId name;
};

struct Source
{
    StringId file;
    std::string text; // as recorded, UTF-8 where the file was
};

enum class Severity : uint8_t { Info, Warning, DataLoss };

// What a reader could not use, counted by kind.
struct Problem
{
    std::string kind; // stable key, e.g. "json.event_without_phase"
    std::string text; // for people: "events without a phase were left out"
    Severity severity = Severity::Warning;
    uint64_t count = 0;
    std::vector<std::pair<int64_t, std::string>> examples; // byte offset or -1, excerpt; the first five
};

struct Stretch // events lost or dropped in a thread between two times
{
    TrackId track;
    int64_t begin = 0, end = 0;
    uint64_t count = 0; // 0 = unknown
    std::string reason;
};

// Merged runs for drawing, see lod.h: level k joins slices shorter than 2^k ns that lie in one 2^k ns bucket.
struct LodLevel
{
    int shift = 0; // k
    std::span<const int64_t> start;
    std::span<const uint32_t> duration; // in units of 2^max(0, k-16) ns
    std::span<const uint32_t> function; // of the longest slice in the run
    std::span<const uint32_t> first;    // index in the row of the run's first slice; count by the next run's first
    std::span<const uint8_t> busy;      // share of the run that is covered, 0..255
};
struct LodSpan
{
    uint64_t first = 0;   // in the level
    uint64_t covered = 0; // slices of the row that the runs stand for: all of them, but in a row that still grows
    uint32_t count = 0;
    bool built = false;
};

class TraceBuilder;
class GrowingTrace;
class TraceCache;

class Trace
{
public:
    // --- the file
    const std::string& path() const { return m_path; }
    const std::string& format() const { return m_format; } // "Calltide recording", "Chrome JSON", …
    uint64_t fileSize() const { return m_fileSize; }
    int64_t begin() const { return m_begin; } // first and last time of anything in the trace
    int64_t end() const { return m_end; }
    int64_t duration() const { return m_end - m_begin; }
    // Add to a time to get nanoseconds since the epoch; none when the file does not say.
    std::optional<int64_t> wallClockOffset() const { return m_wallOffset; }
    uint64_t lost() const { return m_lost; }
    const std::vector<std::pair<std::string, std::string>>& metadata() const { return m_metadata; }

    // --- tables
    std::string_view string(StringId id) const
    {
        return id.v < m_stringSpans->size()
            ? std::string_view(*m_stringPool).substr((*m_stringSpans)[id.v].first, (*m_stringSpans)[id.v].second)
            : std::string_view();
    }
    size_t stringCount() const { return m_stringSpans->size(); }
    const std::vector<Function>& functions() const { return *m_functions; }
    const Function& function(FunctionId id) const { return (*m_functions)[id.v]; }
    std::string_view functionName(FunctionId id) const { return string(function(id).name); }
    const std::vector<Process>& processes() const { return m_processes; }
    const std::vector<Track>& tracks() const { return m_tracks; }
    const Track& track(TrackId id) const { return m_tracks[id.v]; }
    const Process& process(ProcessId id) const { return m_processes[id.v]; }
    const std::vector<Row>& rows() const { return m_rows; }
    const Row& row(RowId id) const { return m_rows[id.v]; }
    RowId rowAt(TrackId track, uint32_t depth) const { return RowId(m_tracks[track.v].firstRow.v + depth); }

    // --- slices
    // A slice's index is its place in the columns: rows lie there one after the other, of a trace that grows with gaps
    // between them, so go through rows and never from 0 to sliceCount().
    uint64_t sliceCount() const { return m_sliceCount; }
    bool contains(SliceIndex i) const; // whether there is such a slice
    bool isGrowing() const { return m_growing; } // a state of a recording that goes on, or of a file still being read
    int64_t start(SliceIndex i) const { return m_start[i]; }
    int64_t duration(SliceIndex i) const // ns
    {
        const uint32_t d = shared(m_duration[i]);
        return d != kLongDuration ? int64_t(d) : longDuration(i);
    }
    int64_t end(SliceIndex i) const { return start(i) + duration(i); }
    FunctionId functionOf(SliceIndex i) const { return FunctionId(m_function[i]); }
    uint8_t flags(SliceIndex i) const
    {
        const uint32_t e = shared(m_extra[i]);
        return e < 256 ? uint8_t(e) : m_extras[e - 256].flags;
    }
    // Null when nothing more is known than the columns say.
    const SliceExtra* extra(SliceIndex i) const
    {
        const uint32_t e = shared(m_extra[i]);
        return e < 256 ? nullptr : &m_extras[e - 256];
    }
    const SliceExtra& extraAt(uint32_t index) const { return m_extras[index]; }
    // Soon duration() and flags() of this slice will be wanted.
    void prefetch(SliceIndex i) const
    {
        __builtin_prefetch(&m_duration[i]);
        __builtin_prefetch(&m_extra[i]);
    }
    RowId rowOf(SliceIndex i) const;
    TrackId trackOf(SliceIndex i) const { return m_rows[rowOf(i).v].track; }
    uint32_t depthOf(SliceIndex i) const { return m_rows[rowOf(i).v].depth; }
    SliceIndex parent(SliceIndex i) const;                                // kNoSlice at depth 0
    std::pair<SliceIndex, SliceIndex> children(SliceIndex i) const;       // [first, last) in the row below
    std::pair<SliceIndex, SliceIndex> overlapping(RowId row, int64_t from, int64_t to) const; // [first, last)
    SliceIndex sliceAt(RowId row, int64_t time) const;                    // kNoSlice in a gap
    int64_t selfTime(SliceIndex i) const;                                 // duration without the children's
    uint64_t callsInside(SliceIndex i) const;                             // all slices below it
    // The event's arguments as JSON text ("" when none); reads the file when the text is not kept in memory.
    std::string arguments(SliceIndex i) const;
    std::string arguments(const Instant&) const;

    // --- the rest
    const std::vector<Instant>& instants() const { return *m_instants; } // by time
    const std::vector<CounterTrack>& counters() const { return *m_counters; }
    const std::vector<Flow>& flows() const { return *m_flows; }
    const std::vector<Stretch>& lostStretches() const { return *m_lostStretches; }
    const std::vector<Problem>& problems() const { return *m_problems; }
    const std::vector<Source>& sources() const { return *m_sources; }
    const Source* sourceOf(StringId file) const; // null when it is not in the trace

    // --- drawing
    std::span<const LodLevel> lodLevels() const { return m_lod; }
    const LodSpan& lodSpan(RowId row, size_t level) const { return m_lodSpans[row.v * m_lod.size() + level]; }

    // Raw columns for scans over everything (statistics, search), one element a slice; row by row, see sliceCount().
    std::span<const int64_t> startColumn() const { return m_start; }
    std::span<const uint32_t> functionColumn() const { return m_function; }
    std::span<const int64_t> startsOf(const Row& row) const { return m_start.subspan(row.first, row.count); }
    std::span<const uint32_t> functionsOf(const Row& row) const { return m_function.subspan(row.first, row.count); }
    size_t memoryBytes() const; // of the columns and LOD

    static constexpr uint32_t kLongDuration = 0xFFFFFFFF; // 4.29 s and longer stand in a side table

private:
    friend class TraceBuilder;
    friend class GrowingTrace;
    friend class TraceCache;
    Trace(const Trace&) = default;
    int64_t longDuration(SliceIndex i) const;
    // The last slice of a growing row gets its duration and flags when it ends, while others may read it.
    static uint32_t shared(const uint32_t& word)
    {
        return std::atomic_ref(const_cast<uint32_t&>(word)).load(std::memory_order_relaxed);
    }

    std::string m_path, m_format;
    uint64_t m_fileSize = 0;
    int64_t m_begin = 0, m_end = 0;
    std::optional<int64_t> m_wallOffset;
    uint64_t m_lost = 0;
    std::vector<std::pair<std::string, std::string>> m_metadata;

    // Tables, shared between the states of a trace that grows.
    Cow<std::string> m_stringPool;
    Cow<std::vector<std::pair<uint64_t, uint32_t>>> m_stringSpans;
    Cow<std::vector<Function>> m_functions;
    std::vector<Process> m_processes;
    std::vector<Track> m_tracks;
    std::vector<Row> m_rows;
    std::shared_ptr<const std::vector<uint32_t>> m_rowOrder; // rows by `first`; null: they stand so

    // Columns; `m_memory` keeps what they lie in.
    std::shared_ptr<const void> m_memory;
    uint64_t m_sliceCount = 0;
    bool m_growing = false;
    std::span<const int64_t> m_start;
    std::span<const uint32_t> m_duration, m_function, m_extra;
    std::vector<std::pair<SliceIndex, int64_t>> m_longDurations; // sorted by slice
    std::span<const SliceExtra> m_extras;
    std::string_view m_argumentText;

    Cow<std::vector<Instant>> m_instants;
    Cow<std::vector<CounterTrack>> m_counters;
    Cow<std::vector<Flow>> m_flows;
    Cow<std::vector<Stretch>> m_lostStretches;
    Cow<std::vector<Problem>> m_problems;
    Cow<std::vector<Source>> m_sources;
    Cow<std::unordered_map<StringId, size_t>> m_sourceByFile;

    std::vector<LodLevel> m_lod;
    std::vector<LodSpan> m_lodSpans; // rows × levels

public:
    Trace() = default;
};

using TracePtr = std::shared_ptr<const Trace>;

} // namespace calltide::store
