// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativelanes.h"

namespace calltide::formats {

using namespace store;

void CounterFeed::add(TraceBuilder& builder, const NativeTables& tables, ProcessId process, const ThreadResult::Sample& sample)
{
    const auto it = tables.counters.find(sample.counter);
    if (it == tables.counters.end())
        return;
    const format::CounterRecord& r = it->second;
    const std::string_view name = tables.string(r.name), unit = tables.string(r.unit);
    std::string series(tables.string(r.series));
    if (!(r.flags & format::kCounterIsSum)) {
        const bool bytes = unit == "B";
        if (bytes)
            series += series.empty() ? "MiB" : ", MiB";
        builder.addCounterSample(process, name, series, sample.time, bytes ? sample.value / (1 << 20) : sample.value);
        return;
    }
    const auto [last, isNew] = m_last.try_emplace(sample.counter, sample.time, sample.value);
    const double seconds = double(sample.time - last->second.first) / 1e9;
    if (isNew || seconds <= 0)
        return;
    const bool time = unit == "s";
    series += series.empty() ? "" : ", ";
    series += time ? "% of a core" : "a second";
    builder.addCounterSample(
        process, name, series, last->second.first, (sample.value - last->second.second) / seconds * (time ? 100 : 1));
    last->second = {sample.time, sample.value};
}

void addCounters(TraceBuilder& builder, const ProcessThreads& process)
{
    std::vector<ThreadResult::Sample> all; // all threads of a process may have looked at the same counter
    for (const auto& [track, result] : process.threads)
        all.insert(all.end(), result->samples.begin(), result->samples.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    CounterFeed feed;
    for (const auto& sample : all)
        feed.add(builder, process.file, process.process, sample);
}

void addCollections(TraceBuilder& builder, const ProcessThreads& process)
{
    std::vector<ThreadResult::Collection> all;
    for (const auto& [track, result] : process.threads)
        all.insert(all.end(), result->collections.begin(), result->collections.end());
    if (all.empty())
        return;
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    Track t;
    t.kind = TrackKind::Gc;
    t.process = process.process;
    t.name = builder.intern("Garbage collection");
    const TrackId lane = builder.addTrack(t);
    for (const auto& c : all) {
        const std::string json
            = "{\"generation\":" + std::to_string(c.generation) + ",\"collected\":" + std::to_string(c.collected) + "}";
        builder.slices(lane).add(c.start, c.end - c.start, collectionFunction(builder, c.generation), builder.addExtra(0, json));
    }
}

void addImports(TraceBuilder& builder, const ProcessThreads& process)
{
    const NativeFile& f = process.file;
    std::vector<const ThreadResult::Import*> all;
    for (const auto& [track, result] : process.threads)
        for (const auto& i : result->imports)
            all.push_back(&i);
    if (all.empty())
        return;
    // A module's own code says in which file it is.
    std::map<std::string_view, const format::FunctionRecord*> bodies;
    for (const NativeFunction& known : f.functions)
        if (known.known && known.record.kind == uint8_t(format::FunctionKind::Module))
            bodies.emplace(f.string(known.record.module), &known.record);
    Track t;
    t.kind = TrackKind::Imports;
    t.process = process.process;
    t.name = builder.intern("Imports");
    const TrackId lane = builder.addTrack(t);
    for (const auto* i : all) {
        Function function;
        function.name = builder.intern(i->module);
        function.category = builder.intern("import");
        if (const auto body = bodies.find(i->module); body != bodies.end()) {
            function.file = builder.intern(f.string(body->second->file));
            function.line = body->second->line;
        }
        builder.slices(lane).add(i->start, i->end - i->start, builder.addFunction(function), i->flags);
    }
}

void addGilWaits(TraceBuilder& builder, const ProcessThreads& process)
{
    for (const auto& [thread, result] : process.threads) {
        if (result->gilWaits.empty())
            continue;
        const FunctionId function = gilFunction(builder);
        const TrackId lane = builder.addTrack(gilTrack(builder, process.process, thread));
        for (const auto& w : result->gilWaits) {
            const std::string lost = "{\"further waits, not kept\":" + std::to_string(w.lost) + "}";
            builder.slices(lane).add(w.start, w.end - w.start, function, w.lost ? builder.addExtra(0, lost) : 0);
        }
    }
}

} // namespace calltide::formats
