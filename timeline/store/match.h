// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the things of one trace again in a later one of the same recording: of a state while it grew in the next state,
// or in the final trace, whose rows and numbers may be others. Both must live as long.
#pragma once
#include "store/trace.h"

namespace calltide::store {

class TraceMatch
{
public:
    TraceMatch(const Trace& from, const Trace& to);
    // Both grow from one source: tracks, processes and functions kept their numbers.
    bool sameIds() const { return m_same; }
    // What is not there any more is none.
    ProcessId process(ProcessId id) const;
    TrackId track(TrackId id) const;
    FunctionId function(FunctionId id) const;
    SliceIndex slice(SliceIndex slice) const;

private:
    const Trace &m_from, &m_to;
    bool m_same;
    std::vector<ProcessId> m_processes;
    std::vector<TrackId> m_tracks;
};

} // namespace calltide::store
