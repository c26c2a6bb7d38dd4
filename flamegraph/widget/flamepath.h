// SPDX-License-Identifier: GPL-3.0-or-later
// A node named by the functions on the way to it, so that it is found again in another tree.
#pragma once
#include "layout/calltree.h"
#include <vector>

namespace calltide::flameview {

using FlamePath = std::vector<store::FunctionId>; // from below the root on; empty: the root

FlamePath pathOf(const flame::CallTree& tree, uint32_t node);
// 0 when the tree has no such path.
uint32_t findPath(const flame::CallTree& tree, const FlamePath& path);
// Of a call, top down. Empty for none.
FlamePath pathOf(const store::Trace& trace, store::SliceIndex slice);

} // namespace calltide::flameview
