// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the merged runs that drawing reads instead of slices when it is zoomed out. Internal to ct_store.
#pragma once
#include "store/trace.h"

namespace calltide::store {

inline constexpr int kLodFirstShift = 8, kLodStep = 2, kLodLastShift = 46;
inline constexpr size_t kLodLevels = (kLodLastShift - kLodFirstShift) / kLodStep + 1;
inline constexpr uint64_t kLodShare = 8; // a level exists for a row when it has at most 1/8 of the row's slices

struct RowLod // levels of one row; an empty one is not built
{
    std::vector<LodLevel> levels;
};

// Of a row whose slices stand in their columns. Rows with few slices get no levels.
RowLod buildRowLod(const Trace& trace, const Row& row);

} // namespace calltide::store
