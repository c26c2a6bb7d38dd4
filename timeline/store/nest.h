// SPDX-License-Identifier: GPL-3.0-or-later
// Works out the depth of slices that come without one. Internal to ct_store.
#pragma once
#include "store/slicebuffer.h"
#include "store/stoppable.h"

namespace calltide::store {

inline constexpr uint32_t kOverlaps = 0xFFFFFFFF; // depth of what is neither inside nor outside of a slice before it

struct Nesting
{
    std::vector<uint64_t> order; // items by start, parents first; empty: the items' own order is that already
    bool anyOverlap = false;
};

// Sets the depths, not all of them when the progress (may be null) is cancelled. Durations may be changed by 1 ns where
// rounding made a child outlive its parent or neighbours touch.
Nesting nest(SliceItems& items, const Progress* progress);

// For what does not nest at all: the lowest lane that is free as its depth, so that no two slices of a lane overlap.
void lanes(SliceItems& itemsByStart, const Progress* progress);

} // namespace calltide::store
