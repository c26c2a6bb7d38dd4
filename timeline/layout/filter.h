// SPDX-License-Identifier: GPL-3.0-or-later
// CallFilter: which calls are shown plainly; all others are veiled or left out. Pure value.
#pragma once
#include "store/ids.h"
#include <cstdint>
#include <memory>
#include <vector>

namespace calltide::layout {

struct CallFilter
{
    std::vector<bool> functions; // by FunctionId; empty: all
    std::vector<bool> tracks; // by TrackId; empty: all
    int64_t least = 0, most = INT64_MAX; // ns a call may last, both included
    // By SliceIndex, for what only the call itself tells (its arguments); null: all. Merged runs are not looked up.
    std::shared_ptr<const std::vector<bool>> calls;
    bool hides = false; // what does not pass is left out, not veiled

    bool passes(store::FunctionId f) const { return functions.empty() || (f.v < functions.size() && functions[f.v]); }
    bool passes(store::TrackId t) const { return tracks.empty() || (t.v < tracks.size() && tracks[t.v]); }
    bool passes(store::FunctionId f, int64_t duration) const
    {
        return passes(f) && duration >= least && duration <= most;
    }
    bool passesItself(store::SliceIndex i) const { return !calls || (i < calls->size() && (*calls)[i]); }
    friend bool operator==(const CallFilter&, const CallFilter&) = default;
};

} // namespace calltide::layout
