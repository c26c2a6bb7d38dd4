// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/minimap.h"
#include "store/mappedfile.h"
#include "store/query.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace calltide::layout {

namespace {

constexpr uint32_t kDeepest = 48; // rows of a track that count
constexpr size_t kMostRows = 400; // rows that are read at all; the busiest tracks come first

double nsPerColumn(const store::Trace& trace)
{
    return double(std::max<int64_t>(trace.duration(), 1)) / kMinimapColumns;
}

template <class TimeOf>
std::vector<uint16_t> columnsOf(const store::Trace& trace, TimeOf timeOf, const std::vector<uint32_t>& instants = {})
{
    std::array<bool, kMinimapColumns> seen{};
    const double perColumn = nsPerColumn(trace);
    const auto see = [&](int64_t time) {
        const double column = double(time - trace.begin()) / perColumn;
        seen[size_t(std::clamp(column, 0.0, double(kMinimapColumns - 1)))] = true;
    };
    for (const uint32_t i : instants)
        see(trace.instants()[i].time);
    store::Passing passing;
    for (const store::Row& row : trace.rows())
        for (uint64_t i = row.first; i < row.first + row.count; ++i, passing.by(1))
            if (const auto time = timeOf(i); time != INT64_MIN)
                see(time);
    std::vector<uint16_t> columns;
    for (size_t i = 0; i < seen.size(); ++i)
        if (seen[i])
            columns.push_back(uint16_t(i));
    return columns;
}

} // namespace

std::vector<float> minimapProfile(const store::Trace& trace)
{
    std::vector<float> columns(kMinimapColumns, 0.f);
    std::vector<store::TrackId> tracks;
    for (uint32_t i = 0; i < trace.tracks().size(); ++i) {
        const auto kind = trace.tracks()[i].kind;
        if (trace.tracks()[i].rowCount > 0 && kind != store::TrackKind::Gc && kind != store::TrackKind::Async
            && !store::repeatsThreads(kind))
            tracks.push_back(store::TrackId(i));
    }
    std::stable_sort(
        tracks.begin(), tracks.end(), [&](auto a, auto b) { return trace.track(a).busy > trace.track(b).busy; });
    const double perColumn = nsPerColumn(trace);
    std::vector<store::Run> runs;
    size_t rows = 0;
    for (const auto track : tracks) {
        for (uint32_t depth = 0; depth < std::min(trace.track(track).rowCount, kDeepest) && rows < kMostRows;
             ++depth, ++rows) {
            runs.clear();
            store::queryRow(trace, trace.rowAt(track, depth), trace.begin(), trace.end(), perColumn, runs);
            for (const auto& run : runs) {
                const double a = std::max(0.0, double(run.start - trace.begin()) / perColumn);
                const double b = std::min(double(kMinimapColumns), double(run.end - trace.begin()) / perColumn);
                for (auto c = size_t(a); c < kMinimapColumns && double(c) < b; ++c)
                    columns[c] += float((std::min(b, double(c + 1)) - std::max(a, double(c))) * double(run.busy));
            }
        }
    }
    const float most = *std::max_element(columns.begin(), columns.end());
    if (most > 0)
        for (float& c : columns)
            c /= most;
    return columns;
}

std::vector<uint16_t> hitColumns(
    const store::Trace& trace, const store::HitSet& hits, const std::vector<uint32_t>& instants)
{
    return columnsOf(
        trace, [&](uint64_t i) { return hits.contains(i) ? trace.start(i) : INT64_MIN; }, instants);
}

std::vector<uint16_t> exceptionColumns(const store::Trace& trace)
{
    return columnsOf(trace, [&](uint64_t i) { return trace.flags(i) & store::kException ? trace.end(i) : INT64_MIN; });
}

} // namespace calltide::layout
