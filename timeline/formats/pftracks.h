// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks and events of a Perfetto trace: from descriptors and marks to processes, threads, slices, counters and flows.
// Internal to the reader of .pftrace. One thread.
#pragma once
#include "store/builder.h"
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

namespace calltide::formats::pf {

inline constexpr int64_t kGreatestTime = int64_t(1) << 61;

struct Descriptor
{
    uint64_t parent = 0;
    std::string name;
    int64_t pid = -1, tid = -1; // -1: not said
    int32_t order = 0;
    bool isCounter = false, incremental = false;
    double multiplier = 1;
    std::string unit;
};

class Tracks
{
public:
    explicit Tracks(store::TraceBuilder& builder)
        : m_builder(builder)
    {
    }
    void describe(uint64_t uuid, Descriptor descriptor); // a later one adds to an earlier
    void nameProcess(int64_t pid, std::string_view name, std::string_view commandLine, int64_t parent);
    void nameThread(int64_t pid, int64_t tid, std::string_view name);
    bool isCounter(uint64_t uuid) const;

    store::TrackId track(uint64_t uuid);
    store::TrackId thread(int64_t pid, int64_t tid);
    store::TrackId async(int64_t pid, std::string_view name, const std::string& key); // a lane for each key

    void begin(store::TrackId track, int64_t time, store::FunctionId function, uint32_t arguments);
    void end(store::TrackId track, int64_t time, uint32_t arguments);
    // From now on the track is in this state, until the next one; no function: in none.
    void state(store::TrackId track, int64_t time, store::FunctionId function, uint32_t arguments);
    void complete(store::TrackId track, int64_t time, int64_t duration, store::FunctionId function, uint32_t arguments);
    void instant(store::TrackId track, int64_t time, std::string_view name, std::string_view arguments, bool ofProcess = false);
    void counter(uint64_t uuid, int64_t time, double value);
    void flow(uint64_t id, store::TrackId track, int64_t time, std::string_view name, bool terminates);

    void finish(); // pairs begins with ends, and flows

private:
    struct Mark
    {
        int64_t time;
        store::FunctionId function; // none: an end
        uint32_t extra;
    };
    struct FlowMark
    {
        int64_t time;
        store::TrackId track;
        store::StringId name;
        bool terminates;
    };
    struct Place // where a track belongs
    {
        int64_t pid = -1, tid = -1;
    };
    store::ProcessId process(int64_t pid); // -1: of no process
    Place placeOf(uint64_t uuid) const;
    void see(int64_t time) { m_last = std::max(m_last, time); }

    store::TraceBuilder& m_builder;
    std::unordered_map<uint64_t, Descriptor> m_descriptors;
    std::unordered_map<uint64_t, store::TrackId> m_tracks;
    std::unordered_map<uint64_t, double> m_sums; // of incremental counters
    std::map<int64_t, store::ProcessId> m_processes;
    std::map<std::pair<int64_t, int64_t>, store::TrackId> m_threads;
    std::map<std::string, store::TrackId> m_asyncs;
    std::map<int64_t, std::array<std::string, 2>> m_processNames; // name, command line
    std::map<int64_t, int64_t> m_parents;
    std::map<int64_t, std::string> m_threadNames; // by tid
    std::map<store::TrackId, std::vector<Mark>> m_marks;
    std::set<store::TrackId> m_inState;
    std::unordered_map<uint64_t, std::vector<FlowMark>> m_flows;
    int64_t m_last = INT64_MIN;
};

} // namespace calltide::formats::pf
