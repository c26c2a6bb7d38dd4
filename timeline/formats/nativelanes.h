// SPDX-License-Identifier: GPL-3.0-or-later
// What the threads of one process have to show together, in lanes of its own: counters, garbage collections,
// imports, tasks; and below each thread where it waited for the GIL. Internal to ct_formats; after all threads have been decoded.
#pragma once
#include "formats/nativethread.h"

namespace calltide::formats {

struct ProcessThreads
{
    const NativeFile& file;
    store::ProcessId process;
    const std::vector<store::FunctionId>& functionOf; // by event id
    std::vector<std::pair<store::TrackId, ThreadResult*>> threads = {};
};

// Samples of one process's counters, as they are to be shown: bytes as MiB; of a sum its rate from one sample to the next.
// To be given in the order of time.
class CounterFeed
{
public:
    void add(
        store::TraceBuilder& builder, const NativeTables& tables, store::ProcessId process,
        const ThreadResult::Sample& sample);

private:
    std::map<uint32_t, std::pair<int64_t, double>> m_last; // of the sums, by counter: time, value
};

void addCounters(store::TraceBuilder& builder, const ProcessThreads& process);
void addCollections(store::TraceBuilder& builder, const ProcessThreads& process);
void addImports(store::TraceBuilder& builder, const ProcessThreads& process);
void addGilWaits(store::TraceBuilder& builder, const ProcessThreads& process);
// nativetasks.cpp
void addTasks(store::TraceBuilder& builder, const ProcessThreads& process);
// nativespawns.cpp: arrows from where a process was started, and a lane for those that have no recording of their own.
void addSpawns(store::TraceBuilder& builder, const std::vector<ProcessThreads>& processes);

// How many of the processes that this one started must have been recorded, as far as its own recording can tell.
uint64_t recordedChildren(const ProcessThreads& process);

} // namespace calltide::formats
