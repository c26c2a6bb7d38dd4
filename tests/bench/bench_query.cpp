// SPDX-License-Identifier: GPL-3.0-or-later
#include "benches.h"
#include "measure.h"
#include "store/builder.h"
#include "store/query.h"
#include "store/statistics.h"
#include "tracesim.h"

using namespace calltide::store;

namespace bench {

namespace {

calltide::Result<TracePtr> madeUp(uint64_t slices)
{
    tracesim::Parameters p;
    p.slices = slices;
    TraceBuilder builder;
    std::vector<FunctionId> functions;
    for (const std::string& name : tracesim::makeNames(p.names, p.seed))
        functions.push_back(builder.addFunctionByTraceName(name, "FEE"));
    std::vector<TrackId> tracks;
    for (uint32_t process = 0; process < p.processes; process++) {
        const ProcessId id = builder.addProcess({});
        for (uint32_t thread = 0; thread < p.threads; thread++) {
            Track t;
            t.process = id;
            tracks.push_back(builder.addTrack(t));
        }
    }
    tracesim::run(p, [&](const tracesim::Slice& s) {
        builder.slices(tracks[s.process * p.threads + s.thread]).add(s.start, s.duration, functions[s.name]);
    });
    const Watch watch;
    auto trace = builder.finish();
    const double time = watch.time(), processor = watch.processor();
    std::printf(
        "build      %8.0f ms   %.1f M slices/s   (%.0f ms of processor time, %.1f M slices/s)\n", time * 1e3,
        double(slices) / time / 1e6, processor * 1e3, double(slices) / processor / 1e6);
    return trace;
}

} // namespace

bool frames(const Trace& trace)
{
    constexpr int kWidth = 1920, kRows = 56, kFrames = 2000;
    tracesim::Random random(7);
    const double full = double(std::max<int64_t>(trace.duration(), 1000));
    double length = full, begin = double(trace.begin());
    size_t top = 0;
    std::vector<double> times;
    std::vector<Run> runs;
    size_t most = 0;
    bool right = true;
    for (int i = 0; i < kFrames; i++) {
        const int what = int(random.below(5));
        if (i % 50 == 0) // somewhere else
            length = std::exp(std::log(2e4) + random.unit() * (std::log(full) - std::log(2e4)));
        const double anchor = random.unit(), factor = what < 2 ? 1 : what == 2 ? 0.8 : 1.25;
        begin += anchor * length * (1 - factor) + (what < 2 ? (anchor - 0.5) * 0.2 * length : 0);
        length = std::clamp(length * factor, std::min(2e4, full), full);
        begin = std::clamp(begin, double(trace.begin()), double(trace.begin()) + full - length);
        if (i % 50 == 0) {
            begin = double(trace.begin()) + random.unit() * (full - length);
            top = trace.rows().size() > kRows ? random.below(uint32_t(trace.rows().size() - kRows)) : 0;
        }
        const int64_t from = int64_t(begin), to = from + int64_t(length);
        runs.clear();
        const double started = cpu();
        for (size_t r = top; r < std::min(trace.rows().size(), top + kRows); r++) {
            const size_t before = runs.size();
            queryRow(trace, RowId(r), from, to, length / kWidth, runs);
            right &= runs.size() - before <= 2 * kWidth + 4;
        }
        times.push_back(cpu() - started);
        most = std::max(most, runs.size());
    }
    std::sort(times.begin(), times.end());
    std::printf(
        "frame      %8.3f ms p50   %.3f ms p99   %.3f ms worst   (%d rows, %d columns, at most %zu runs)\n",
        percentile(times, 0.5) * 1e3, percentile(times, 0.99) * 1e3, times.back() * 1e3, kRows, kWidth, most);
    if (!right)
        std::fprintf(stderr, "a row gave more than two runs a column\n");
    return right;
}

void scans(const Trace& trace)
{
    double begin = cpu();
    const auto statistics = functionStatistics(trace);
    std::printf("statistics %8.0f ms   %zu functions\n", (cpu() - begin) * 1e3, statistics.size());
    // To the first hit, of many calls and of the name that is called least.
    const auto first = [&](std::string_view name) {
        const double started = cpu();
        findSlice(trace, matchFunctions(trace, name), trace.begin(), true);
        return (cpu() - started) * 1e3;
    };
    const auto least = std::min_element(
        statistics.begin(), statistics.end(), [](const auto& a, const auto& b) { return a.calls < b.calls; });
    if (least != statistics.end())
        std::printf("first hit  %8.1f ms   %.1f ms of a rare name\n", first("load"), first(trace.functionName(least->function)));
    begin = cpu();
    const auto mask = matchFunctions(trace, "load");
    const uint64_t hits = countSlices(trace, mask);
    std::printf("search     %8.1f ms   %llu hits\n", (cpu() - begin) * 1e3, static_cast<unsigned long long>(hits));
}

bool query(uint64_t slices)
{
    std::printf("%llu slices\n", static_cast<unsigned long long>(slices));
    const auto trace = madeUp(slices);
    if (!trace)
        return false;
    std::printf(
        "memory     %8.1f B/slice   (%zu rows)\n",
        double((*trace)->memoryBytes()) / double(std::max<uint64_t>((*trace)->sliceCount(), 1)), (*trace)->rows().size());
    const bool right = frames(**trace);
    scans(**trace);
    return right;
}

} // namespace bench
