// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/areasummary.h"
#include <algorithm>

namespace calltide::ui {

AreaSummary summaryOf(const store::Trace& trace, const store::Scope& area)
{
    AreaSummary out;
    std::vector<bool> seen(trace.tracks().size()), counted(trace.tracks().size());
    for (const store::TrackId track : store::countedTracks(trace, area.tracks))
        counted[track.v] = true;
    for (uint32_t r = 0; r < trace.rows().size(); ++r) {
        const store::Row& row = trace.row(store::RowId(r));
        if (!counted[row.track.v])
            continue;
        const auto [first, last] = trace.overlapping(store::RowId(r), area.from, area.to);
        if (first >= last)
            continue;
        out.tracks += !seen[row.track.v];
        seen[row.track.v] = true;
        out.calls += last - first;
        // The calls of a row do not overlap: only its first one can begin before, and only its last one end after.
        const bool before = trace.start(first) < area.from, after = trace.end(last - 1) > area.to;
        out.clipped += last - first == 1 ? uint64_t(before || after) : uint64_t(before) + uint64_t(after);
        if (row.depth == 0)
            for (store::SliceIndex i = first; i < last; ++i)
                out.busy += std::min(trace.end(i), area.to) - std::max(trace.start(i), area.from);
    }
    return out;
}

} // namespace calltide::ui
