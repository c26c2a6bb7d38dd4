// SPDX-License-Identifier: GPL-3.0-or-later
// TraceBuilder: what a reader fills. Not thread safe, except that different threads may append to different
// SliceBuffers at the same time. finish() sorts, nests, lays out rows and builds the LOD (in parallel).
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/slicebuffer.h"
#include "store/trace.h"
#include <functional>

namespace calltide::store {

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
    // For readers that can give the slices of a track twice, the same ones in the same order, with their depths: those
    // added from now on are counted only, and finish() calls `again` to have them added once more, straight into their
    // places. On any thread, also of several tracks at once. Half the memory and time of keeping them meanwhile.
    void countSlices(TrackId track, std::function<void()> again);
    // A slice's extra word for given flags and arguments (JSON text, kept in memory) …
    uint32_t addExtra(uint8_t flags, std::string_view argumentsJson);
    // … or for arguments that stay in the file.
    uint32_t addExtraInFile(uint8_t flags, uint64_t offset, uint32_t length);
    // … or for text that comes later, and that several may share.
    struct TextPlace
    {
        uint64_t offset = 0;
        uint32_t length = 0;
    };
    uint32_t addExtraLater(uint8_t flags);
    TextPlace addText(std::string_view argumentsJson);
    void setText(uint32_t extra, TextPlace text);
    void addInstant(Instant instant, std::string_view argumentsJson = {});
    void addCounterSample(ProcessId process, std::string_view name, std::string_view series, int64_t time, double value);
    void addFlow(Flow flow);
    void addSource(std::string_view file, std::string text);
    void addLost(Stretch stretch);
    // Counts one more of a problem, or `count`; the first five examples are kept.
    void problem(std::string_view kind, std::string_view text, Severity severity, int64_t offset = -1,
        std::string_view example = {}, uint64_t count = 1);

    // A trace of what is there so far, for a first picture while the rest is read, without what was only counted. Costs
    // by that much.
    TracePtr preview() const;
    // Empties the builder. Cancelled when the progress says so.
    Result<TracePtr> finish(Progress* progress = nullptr);

    class OwnCalls; // owncode.cpp

private:
    friend class GrowingTrace;
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::store
