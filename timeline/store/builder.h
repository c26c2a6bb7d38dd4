// SPDX-License-Identifier: GPL-3.0-or-later
// TraceBuilder: what a reader fills. Not thread safe, except that different threads may append to different
// SliceBuffers at the same time. finish() sorts, nests, lays out rows and builds the LOD (in parallel).
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/trace.h"
#include <deque>

namespace calltide::store {

// Slices of one track, in any order (exit order and entry order are the fast ones).
class SliceBuffer
{
public:
    struct Item
    {
        int64_t start, duration;
        uint32_t function, extra;
    };
    // How many are to come at most, roughly; costs address space only.
    void reserve(size_t count, bool depths)
    {
        m_items.reserve(count);
        if (depths)
            m_depths.reserve(count);
    }
    void add(int64_t start, int64_t duration, FunctionId function, uint32_t extra = 0)
    {
        m_items.push_back({start, duration, function.v, extra});
    }
    // For readers that know the depth (our own recordings): no nesting is worked out for such a buffer. All slices of
    // a buffer come by one of the two ways.
    void addAtDepth(uint32_t depth, int64_t start, int64_t duration, FunctionId function, uint32_t extra = 0)
    {
        m_items.push_back({start, duration, function.v, extra});
        m_depths.push_back(depth);
    }
    size_t size() const { return m_items.size(); }
    // What was added, and away with it: for those who hand it on themselves.
    const BigVector<Item>& items() const { return m_items; }
    const BigVector<uint32_t>& depths() const { return m_depths; }
    void clear()
    {
        m_items.clear();
        m_depths.clear();
    }

private:
    friend class TraceBuilder;
    BigVector<Item> m_items;
    BigVector<uint32_t> m_depths;
};

class TraceBuilder
{
public:
    TraceBuilder();
    ~TraceBuilder();

    void setFile(std::string path, std::string format, uint64_t size);
    void setWallClockOffset(int64_t ns);
    void addMetadata(std::string key, std::string value);
    void includeTime(int64_t from, int64_t to); // widens the trace's range beyond its slices

    StringId intern(std::string_view text);
    // The same (name, file, line, category) gives the same id. Works out Function::owner from file and kind.
    FunctionId addFunction(Function function);
    // Calls of it are not in the trace from `time` on: none at all, or those of one more place.
    void dropFunction(FunctionId id, int64_t time, bool everywhere);
    // Splits a name as VizTracer and others form it, "qualname (file:line)", and adds it.
    FunctionId addFunctionByTraceName(std::string_view name, std::string_view category);
    ProcessId addProcess(Process process);
    Process& process(ProcessId id);
    TrackId addTrack(Track track);
    Track& track(TrackId id);
    SliceBuffer& slices(TrackId track); // stays valid
    // A slice's extra word for given flags and arguments (JSON text, kept in memory) …
    uint32_t addExtra(uint8_t flags, std::string_view argumentsJson);
    // … or for arguments that stay in the file.
    uint32_t addExtraInFile(uint8_t flags, uint64_t offset, uint32_t length);
    void addInstant(Instant instant, std::string_view argumentsJson = {});
    void addCounterSample(ProcessId process, std::string_view name, std::string_view series, int64_t time, double value);
    void addFlow(Flow flow);
    void addSource(std::string_view file, std::string text);
    void addLost(Stretch stretch);
    // Counts one more of a problem, or `count`; the first five examples are kept.
    void problem(std::string_view kind, std::string_view text, Severity severity, int64_t offset = -1,
        std::string_view example = {}, uint64_t count = 1);

    // A trace of what is there so far, for a first picture while the rest is read. Costs by that much.
    TracePtr preview() const;
    // Empties the builder. Cancelled when the progress says so.
    Result<TracePtr> finish(Progress* progress = nullptr);

private:
    friend class GrowingTrace;
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::store
