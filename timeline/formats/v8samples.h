// SPDX-License-Identifier: GPL-3.0-or-later
// V8's CPU profiles within a Chrome trace, as DevTools records them: an event "Profile" for each thread, then "ProfileChunk"
// events with new nodes, samples and the times between them. They become a track of samples beside their thread.
#pragma once
#include "formats/jsonevent.h"
#include "formats/sampled.h"
#include <map>
#include <string>
#include <vector>

namespace calltide::formats {

// A node's "callFrame"; none for (root) and (idle), in which nothing ran.
store::FunctionId v8Function(store::TraceBuilder& builder, std::string_view callFrame);

class V8Samples
{
public:
    V8Samples(store::TraceBuilder& builder, uint64_t fileBytes)
        : m_builder(builder)
        , m_budget(fileBytes)
    {
    }
    static bool isPart(const json::RawEvent& e) { return e.name == "Profile" || e.name == "ProfileChunk"; }
    void add(const json::RawEvent& e, int64_t time, store::TrackId thread); // keeps its arguments until finish()
    void finish();

private:
    struct Chunk
    {
        int64_t time;
        uint64_t offset;
        std::string arguments;
    };
    struct Profile
    {
        store::TrackId thread;
        bool announced = false; // by a "Profile", whose thread counts
        int64_t start = 0;
        std::vector<Chunk> chunks;
    };
    void show(Profile& profile);

    store::TraceBuilder& m_builder;
    FrameBudget m_budget;
    std::map<std::string, Profile> m_profiles; // by pid and id
};

} // namespace calltide::formats
