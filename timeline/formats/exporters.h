// SPDX-License-Identifier: GPL-3.0-or-later
// Inside of the exporters: each writes a whole document and says false when it was cancelled or the disk is full.
#pragma once
#include "formats/exporter.h"
#include "formats/output.h"
#include "store/walk.h"
#include <algorithm>

namespace calltide::formats {

// "MainThread", "thread 42", "GIL waits of MainThread": in other viewers a lane does not stand below its thread.
std::string trackName(const store::Trace& trace, store::TrackId id);

class Exporting
{
public:
    Exporting(const store::Trace& t, const ExportOptions& o, Output& to)
        : trace(t)
        , options(o)
        , out(to)
    {
    }
    const store::Trace& trace;
    const ExportOptions& options;
    Output& out;

    // store::walkTrack over the calls in the scope.
    template <class Enter, class Leave> void walk(store::TrackId track, Enter&& enter, Leave&& leave)
    {
        const auto& passes = options.scope.passes;
        store::walkTrack(
            trace, track, options.scope.from, options.scope.to,
            [&](store::SliceIndex i, uint32_t depth) {
                if (!passes || passes(i))
                    enter(i, depth);
            },
            [&](store::SliceIndex i, uint32_t depth) {
                if (!passes || passes(i))
                    leave(i, depth);
            });
    }
    bool wants(store::TrackId track) const;
    bool ofCalls(store::TrackId track) const; // a thread or its overflow lane: counted in call trees
    bool inside(int64_t time) const { return time >= options.scope.from && time <= options.scope.to; }
    int64_t clip(int64_t time) const { return std::min(std::max(time, options.scope.from), options.scope.to); }
    // Now and then; false: stop.
    bool tick(uint64_t slices = 1)
    {
        m_done += slices;
        if ((m_done & 0xFFF) != 0)
            return !m_stopped;
        if (options.progress)
            options.progress->set(m_done, trace.sliceCount());
        m_stopped = out.failed() || (options.progress && options.progress->cancelled());
        return !m_stopped;
    }
    bool stopped() const { return m_stopped; }
    std::string trackName(store::TrackId id) const { return formats::trackName(trace, id); }

private:
    uint64_t m_done = 0;
    bool m_stopped = false;
};

bool writeSpeedscope(Exporting& e);
bool writeCollapsed(Exporting& e);
bool writePstats(Exporting& e);
bool writeFirefox(Exporting& e);
bool writePerfetto(Exporting& e);
bool writeCsv(Exporting& e);

} // namespace calltide::formats
