// SPDX-License-Identifier: GPL-3.0-or-later
// Works out the depth of slices that come without one. Internal to ct_store.
#pragma once
#include "store/bigvector.h"
#include <cstdint>

namespace calltide::store {

struct NestItem
{
    int64_t start, duration;
};

inline constexpr uint32_t kOverlaps = 0xFFFFFFFF; // neither inside nor outside of a slice before it

struct Nesting
{
    BigVector<uint32_t> depth; // one an item, in the order of the items; kOverlaps where it does not nest
    std::vector<uint64_t> order; // items by start, parents first; empty: the items' own order is that already
    bool anyOverlap = false;
};

// Durations may be changed by 1 ns where rounding made a child outlive its parent or neighbours touch.
Nesting nest(BigVector<NestItem>& items);

// For what does not nest at all: the lowest lane that is free, so that no two slices of a lane overlap.
BigVector<uint32_t> lanes(const BigVector<NestItem>& itemsByStart);

} // namespace calltide::store
