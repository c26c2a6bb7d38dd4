// SPDX-License-Identifier: GPL-3.0-or-later
// Turns the event chunks of one thread into slices. Internal to ct_formats; one per thread, on any thread.
#pragma once
#include "formats/nativefile.h"
#include "store/builder.h"
#include <functional>

namespace calltide::formats {

struct ThreadResult // what does not go into the slice buffer at once
{
    struct NamedInstant
    {
        int64_t time;
        std::string name, arguments;
        bool exception = false;
    };
    struct Collection
    {
        int64_t start, end;
        uint64_t generation, collected;
    };
    struct Sample
    {
        uint32_t counter;
        int64_t time;
        double value;
    };
    struct Spawn
    {
        int64_t begin, time; // asked for, done
        uint64_t pid;
        uint32_t command; // string id
    };
    struct ChildEnd
    {
        int64_t time;
        uint64_t pid;
        int status;
    };
    struct Loss
    {
        int64_t begin, end;
        uint64_t count;
        std::string reason;
    };
    struct Import
    {
        int64_t start, end;
        std::string module;
        uint8_t flags;
    };
    struct GilWait
    {
        int64_t start, end;
        uint64_t lost; // how many more are not known
    };
    struct TaskRun // a part of a task
    {
        int64_t start, end;
        uint32_t task;
        store::FunctionId awaited; // what it waits in afterwards; none: not known
        bool waits;                // and does not end with it
        uint8_t flags;
    };
    struct TaskReady
    {
        int64_t time;
        uint32_t task, waker; // the task that ran then, or on whose account a callback did; 0: none
    };
    std::vector<NamedInstant> instants;
    std::vector<Collection> collections;
    std::vector<Sample> samples;
    std::vector<Spawn> spawns;
    std::vector<ChildEnd> childEnds;
    std::vector<Loss> losses;
    std::vector<Import> imports;
    std::vector<GilWait> gilWaits;
    std::vector<TaskRun> runs;
    std::vector<TaskReady> readies;
    format::Damage damage;
    uint64_t unknownIds = 0, repaired = 0, unknownRecords = 0;
    uint64_t beforeEdge = 0; // calls left out
    int64_t begin = INT64_MAX, end = INT64_MIN; // first and last record
};

// LossReason bits as a few words, for the timeline.
std::string lossWords(uint64_t reasons);
// Text from a program, as a JSON string.
std::string jsonQuoted(std::string_view text);

// Entry open at the end of a thread's chunks; closed by closeOpenCalls once the end of the recording is known.
struct OpenCall
{
    OpenCall(int64_t start, uint32_t id, uint8_t flags, uint32_t more = 0)
        : start(start)
        , id(id)
        , flags(flags)
        , more(more)
    {
    }
    int64_t start;
    uint32_t id; // event id; 0: not known, not shown
    uint8_t flags;
    uint32_t arguments = 0; // 0: none, else 1 + place in the decoder's list
    uint32_t more; // levels like this one below it, of which nothing is known either
};

class ThreadDecoder
{
public:
    // `functionOf`: by event id; shared, read only.
    ThreadDecoder(
        const NativeTables& file, const std::vector<store::FunctionId>& functionOf, store::FunctionId unknown,
        store::SliceBuffer& out);

    // What ended before `ns` is left out, what ran then begins there. Call it before decode().
    void beginAt(int64_t ns) { m_edge = ns; }
    int64_t edge() const { return m_edge; } // INT64_MIN: none
    // `goOn` is told of each chunk's bytes; false: stop.
    void decode(const std::vector<format::ChunkView>& chunks, const std::function<bool(uint64_t)>& goOn);
    // Ends what is still open at `end`; the calls are marked as still running, unless the thread ended by itself.
    void closeOpenCalls(int64_t end, bool stillRunning);
    ThreadResult& result() { return m_result; }
    // For files that are still written: what is open now, outermost first, and functions as the decoder names them.
    const std::vector<OpenCall>& openCalls() const { return m_stack; }
    store::FunctionId functionOf(uint32_t id) const
    {
        return id < m_functionOf.size() && m_functionOf[id].valid() ? m_functionOf[id] : m_unknown;
    }
    void clockChanged() { m_piece = nullptr; }
    int64_t lastTime() const { return m_last; } // of the newest record; INT64_MIN: there was none
    void begin(int32_t depth) { m_depthOffset = depth; }

    // Sink of decodeChunk
    void enter(uint64_t time, uint32_t id);
    void leave(uint64_t time, unsigned kind);
    void rare(uint64_t time, unsigned sub, uint32_t operand);
    void extended(uint64_t time, unsigned sub, const uint8_t* payload, uint32_t size);
    void resync(uint64_t time, int32_t depth);
    int32_t recordedDepth() const { return int32_t(levels() + m_depthOffset); }

private:
    int64_t ns(uint64_t units)
    {
        if (units >= m_pieceEnd || !m_piece)
            m_piece = &m_file.clock.pieceAt(units, m_pieceEnd);
        return m_last = std::max(m_last, ClockMap::apply(*m_piece, units));
    }
    int64_t levels() const { return int64_t(m_stack.size()) + m_more; }
    // A chunk that does not go on from the one before: all that was open is not known any more, until STACK names it.
    void startAgain(const format::ChunkHeader& chunk, const char* reason);
    void pushUnknown(int64_t count);
    void stackRecord(const uint8_t* at, const uint8_t* end);
    int64_t before(uint64_t time, uint64_t units); // the time that long before a record; advances to it
    std::string& argumentsOfLast(); // open call
    bool isC(uint32_t id) const { return m_file.traits(id) & kCFunction; }
    void close(int64_t now, uint8_t flags);
    void leaveKind(uint64_t time, bool c, uint8_t flags);
    void open(int64_t now, uint32_t id, uint8_t flags);
    void addWithArguments(uint32_t depth, const OpenCall& call, int64_t end, store::FunctionId function, uint8_t flags);
    void beginRun(int64_t now, uint32_t task);
    void noteLeave(uint32_t id, uint8_t flags); // within a part of a task
    void endRun(int64_t now);

    const NativeTables& m_file;
    const std::vector<store::FunctionId>& m_functionOf;
    store::FunctionId m_unknown;
    store::SliceBuffer& m_out;
    std::vector<OpenCall> m_stack;
    std::vector<std::string> m_arguments; // of open calls, the last one's at the end
    int64_t m_depthOffset = 0; // recorder's depth − our stack's, after repairs
    int64_t m_more = 0; // sum of OpenCall::more
    int64_t m_unnamed = 0; // levels of a chunk that starts again, which STACK may name; 0: none
    int64_t m_edge = INT64_MIN;
    uint64_t m_bytes = 0; // of the thread's chunks
    const ClockMap::Piece* m_piece = nullptr;
    uint64_t m_pieceEnd = 0;
    int64_t m_last = INT64_MIN;
    int64_t m_collectionBegin = -1;
    uint64_t m_generation = 0;
    bool m_instantWasLast = false;
    // The part of a task that runs, up to the end of the call that is the m_runDepth-th.
    ThreadResult::TaskRun m_run{};
    uint32_t m_cause = 0; // of the next that becomes ready; 0: none
    size_t m_runDepth = 0;
    bool m_inTrio = false; // so are all coroutines that have given way
    bool m_yields = false; // the newest event was a coroutine that gave way
    ThreadResult m_result;
};

// What nearly every record needs

inline void ThreadDecoder::open(int64_t now, uint32_t id, uint8_t flags)
{
    m_result.begin = std::min(m_result.begin, now);
    if (m_stack.size() >= format::kMaxDepth) { // a damaged file only; Python itself ends long before
        m_result.repaired++;
        m_depthOffset++;
        return;
    }
    m_stack.emplace_back(now, id, flags);
    m_instantWasLast = false;
    m_yields = false;
}

inline void ThreadDecoder::close(int64_t now, uint8_t flags)
{
    OpenCall& call = m_stack.back();
    m_instantWasLast = false;
    if (call.more) {
        call.more--;
        m_more--;
        return;
    }
    if (call.id && now <= m_edge) {
        m_result.beforeEdge++;
    } else if (call.id) {
        if (call.start < m_edge) {
            call.start = m_edge;
            call.flags |= store::kAlreadyRunning;
        }
        const bool known = call.id < m_functionOf.size() && m_functionOf[call.id].valid();
        m_result.unknownIds += !known;
        const store::FunctionId function = known ? m_functionOf[call.id] : m_unknown;
        const uint32_t depth = uint32_t(levels() - 1);
        const uint8_t all = uint8_t(call.flags | flags);
        if (!call.arguments)
            m_out.addAtDepth(depth, call.start, now - call.start, function, all);
        else
            addWithArguments(depth, call, now, function, all);
        if (m_run.task)
            noteLeave(call.id, all);
    }
    if (call.arguments)
        m_arguments.pop_back();
    m_stack.pop_back();
    if (m_run.task && m_stack.size() < m_runDepth)
        endRun(now);
}

inline void ThreadDecoder::enter(uint64_t time, uint32_t id)
{
    open(ns(time), id, m_file.traits(id) & kResumedFunction ? store::kResumed : 0);
}

inline void ThreadDecoder::leave(uint64_t time, unsigned kind)
{
    if (!m_stack.empty() && m_stack.back().id && isC(m_stack.back().id) == (kind == format::kLeaveC))
        close(ns(time), 0); // as nearly all
    else
        leaveKind(time, kind == format::kLeaveC, 0);
}

// A function and a garbage collection as the store has them; strings go to `out`.
store::Function storeFunction(const NativeTables& tables, const format::FunctionRecord& record, store::TraceBuilder& out);
store::FunctionId collectionFunction(store::TraceBuilder& out, uint64_t generation);
// Where a thread waited for the interpreter's lock.
store::FunctionId gilFunction(store::TraceBuilder& out);
store::Track gilTrack(store::TraceBuilder& out, store::ProcessId process, store::TrackId thread);

} // namespace calltide::formats
