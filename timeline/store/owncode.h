// SPDX-License-Identifier: GPL-3.0-or-later
// OwnCode: a trace without the calls of libraries. The user's own calls stand one below the other, at the depth that
// own callers give them, and what libraries did in between counts to their caller. Lanes that are not calls of a thread
// (tasks, async spans, garbage, imports) stay as they are. Tables, and the ids of tracks, functions and processes, are
// those of the whole trace; rows and slices are others. Immutable; any thread.
#pragma once
#include "store/bigvector.h"
#include "store/progress.h"
#include "store/trace.h"

namespace calltide::store {

// Written by the user: neither the standard library, nor a package, nor a C function.
inline bool isOwn(const Function& function)
{
    return function.owner == CodeOwner::User && function.kind != FunctionKind::C;
}

class OwnCode
{
public:
    // One walk over all calls. Null when cancelled. The whole trace must not grow any more.
    static std::shared_ptr<const OwnCode> make(TracePtr whole, Progress* progress = nullptr);

    const TracePtr& trace() const { return m_trace; }
    const TracePtr& whole() const { return m_whole; }
    // The call in the whole trace; kNoSlice stays so.
    SliceIndex inWhole(SliceIndex shown) const { return shown < m_origin.size() ? m_origin[shown] : kNoSlice; }
    // The call of the whole trace, or the nearest own one that it was made in; kNoSlice: there is none.
    SliceIndex shown(SliceIndex whole) const;
    // By index into Trace::instants(): exceptions raised in calls that are left out.
    const std::vector<bool>& foreignExceptions() const { return m_foreignExceptions; }

private:
    bool keeps(SliceIndex whole, TrackId track) const;

    TracePtr m_whole, m_trace;
    BigVector<SliceIndex> m_origin; // by slice
    std::vector<bool> m_foreignExceptions;
};

} // namespace calltide::store
