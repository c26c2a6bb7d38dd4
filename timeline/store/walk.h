// SPDX-License-Identifier: GPL-3.0-or-later
// Visits the calls of one track in the order of time as a tree, without recursion: enter(slice, depth) before its
// children, leave(slice, depth) after them. Calls that touch [from, to) only. A call whose caller is missing (damaged
// input) is visited on its own where its row brings it up.
#pragma once
#include "store/mappedfile.h"
#include "store/trace.h"

namespace calltide::store {

template <class Enter, class Leave>
void walkTrack(const Trace& trace, TrackId id, int64_t from, int64_t to, Enter&& enter, Leave&& leave)
{
    const Track& track = trace.track(id);
    if (!track.rowCount)
        return;
    struct Cursor
    {
        SliceIndex at, end;
    };
    std::vector<Cursor> cursors(track.rowCount);
    for (uint32_t d = 0; d < track.rowCount; d++) {
        const auto [first, last] = trace.overlapping(trace.rowAt(id, d), from, to);
        cursors[d] = {first, last};
    }
    std::vector<SliceIndex> stack; // depth = index, because a call without a caller is never pushed
    Passing passing;
    auto lone = [&](SliceIndex s, uint32_t depth) {
        enter(s, depth);
        leave(s, depth);
    };
    auto push = [&](uint32_t depth) {
        const SliceIndex s = cursors[depth].at++;
        if (depth + 1 < track.rowCount) { // what lies before it one row down has no caller
            Cursor& below = cursors[depth + 1];
            while (below.at < below.end && trace.start(below.at) < trace.start(s))
                lone(below.at++, depth + 1);
        }
        enter(s, depth);
        stack.push_back(s);
        passing.by(1);
    };
    for (;;) {
        if (stack.empty()) {
            if (cursors[0].at == cursors[0].end)
                break;
            push(0);
            continue;
        }
        const SliceIndex top = stack.back();
        const uint32_t below = uint32_t(stack.size());
        if (below < track.rowCount && cursors[below].at < cursors[below].end) {
            const int64_t s = trace.start(cursors[below].at);
            if (s < trace.end(top) || (s == trace.start(top) && trace.end(cursors[below].at) == s)) {
                push(below);
                continue;
            }
        }
        stack.pop_back();
        leave(top, uint32_t(stack.size()));
    }
    for (uint32_t d = 1; d < track.rowCount; d++)
        while (cursors[d].at < cursors[d].end)
            lone(cursors[d].at++, d);
}

} // namespace calltide::store
