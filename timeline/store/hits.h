// SPDX-License-Identifier: GPL-3.0-or-later
// Walking the slices of a set of functions. Their order is that of their starts; of several that start together, the
// order of the store, so that none is passed over. Any thread.
#pragma once
#include "store/trace.h"

namespace calltide::store {

// `mask` has one entry a FunctionId. The first hit that starts at or after `time`, or the last one that starts before it.
SliceIndex hitFrom(const Trace& trace, const std::vector<bool>& mask, int64_t time, bool forward);
// The hit next to `slice`, which need not be one; kNoSlice at the end.
SliceIndex hitBeside(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice, bool forward);
// How many hits stand before `slice` in this order: O(slices).
uint64_t hitsBefore(const Trace& trace, const std::vector<bool>& mask, SliceIndex slice);

// By TrackId: whether any of its calls is a hit. Stops at a track's first one.
std::vector<bool> tracksWithHits(const Trace& trace, const std::vector<bool>& mask);

} // namespace calltide::store
