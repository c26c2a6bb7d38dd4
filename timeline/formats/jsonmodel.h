// SPDX-License-Identifier: GPL-3.0-or-later
// What the events of a Chrome trace mean: fills a TraceBuilder from batches of the scanner. One thread.
#pragma once
#include "formats/jsonscan.h"
#include "formats/jsonstacks.h"
#include "formats/v8samples.h"
#include "formats/keyed.h"
#include "store/builder.h"
#include "store/progress.h"
#include <map>

namespace calltide::formats::json {

class Model
{
public:
    // inMemory: the file cannot be gone back to (it was unpacked on the way), arguments are copied.
    Model(store::TraceBuilder& builder, bool inMemory, uint64_t fileBytes);

    // Names and threads of a batch of `scanner`; the scanner may then go on before the batch is taken.
    void learn(size_t scannerIndex, const Scanner& scanner, const Batch& batch);
    // Takes a batch; data and base as in scanPiece. The text must still be there.
    void take(size_t scannerIndex, const Batch& batch, const char* data, uint64_t base);
    // Another key of the top-level object with its whole value.
    void document(std::string_view key, std::string_view value);
    // Of more threads (or processes) than any program has, a made-up file's, the rest stands on one track.
    static constexpr size_t kMostThreads = 200'000;
    static bool wantsDocument(std::string_view key); // else the value need not be kept in memory
    // Pairs begins with ends, flows with flows. Stops when `progress` (may be null) is cancelled, as the builder then does.
    void finish(const store::Progress* progress);
    void giveUp(); // of what it was told, whose memory another thread gives back

    uint64_t events() const { return m_events; }
    uint64_t elements() const { return m_events + m_faulty; }

private:
    struct Arguments // where an event's arguments are: in the file, or in m_kept when it was unpacked on the way
    {
        uint64_t offset = 0;
        uint32_t length = 0;
        uint32_t stacks = 0; // the event's number there, which has its arguments as well; 0: none
        bool any() const { return length || stacks; }
    };
    struct Mark // B or E on a thread
    {
        int64_t time;
        store::FunctionId function;
        Arguments arguments;
        bool end, named;
    };
    struct AsyncMark
    {
        int64_t time;
        char kind; // b n e
        store::FunctionId function;
        store::StringId name;
        store::ProcessId process;
        Arguments arguments;
        std::string args; // of instants
    };
    struct FlowMark
    {
        int64_t time;
        char kind; // s t f
        store::TrackId track;
        store::StringId name;
    };
    struct Maps // from a scanner's ids to the builder's
    {
        std::vector<store::FunctionId> functions;
        std::vector<store::TrackId> tracks;
        size_t unknown = 0; // of both
    };

    void other(const RawEvent& e);
    void metadata(const RawEvent& e);
    void counter(const RawEvent& e, int64_t time);
    void instant(const RawEvent& e, int64_t time);
    void async(const RawEvent& e, int64_t time, char kind);
    void flow(const RawEvent& e, int64_t time, char kind, const std::string& key);
    void faults(const Batch& batch);
    bool goesOn() const; // false: cancelled
    void finishStacks();
    void finishAsync();
    void finishFlows();

    store::FunctionId functionFor(std::string_view rawName, std::string_view rawCat);
    store::ProcessId processFor(std::string_view pid);
    store::TrackId threadFor(std::string_view pid, std::string_view tid);
    int64_t numberFor(std::string_view token);
    Arguments keep(const RawEvent& e);
    uint32_t extraFor(Arguments arguments, uint8_t flags = 0);
    void see(int64_t time);
    void problem(std::string_view kind, std::string_view text, store::Severity severity, const RawEvent& e);

    store::TraceBuilder& m_builder;
    bool m_inMemory;
    const char* m_data = nullptr; // of the batch at hand
    uint64_t m_base = 0;
    uint64_t m_events = 0, m_faulty = 0, m_sourceBytes = 0;
    int64_t m_last = INT64_MIN; // latest time of anything
    std::vector<Maps> m_maps;
    Interner m_functionKeys; // raw name, NUL, raw category
    std::vector<store::FunctionId> m_functions; // by key
    std::map<std::string, int64_t, std::less<>> m_textIds; // pids and tids that are words
    std::map<int64_t, store::ProcessId> m_processes;
    std::map<std::pair<int64_t, int64_t>, store::TrackId> m_threads;
    store::ProcessId m_moreProcesses; // of those beyond kMostThreads; none: there are no more
    store::TrackId m_moreThreads;
    std::map<store::TrackId, std::vector<Mark>> m_marks;
    Keyed<AsyncMark> m_async;
    Keyed<FlowMark> m_flows;
    const store::Progress* m_progress = nullptr;
    std::string m_key;
    std::string m_kept;
    Stacks m_stacks;
    V8Samples m_v8;
};

} // namespace calltide::formats::json
