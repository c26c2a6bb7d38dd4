// SPDX-License-Identifier: GPL-3.0-or-later
// What the minimap shows of a whole trace, in kMinimapColumns equal parts of its time. The first function reads merged
// runs and takes a few ms; the others read every slice once: beyond some millions, call them in a job. Any thread.
#pragma once
#include "store/hits.h"
#include <cstdint>
#include <vector>

namespace calltide::layout {

inline constexpr int kMinimapColumns = 2048;

// 0..1 for each part: how much runs there, all threads and depths together, as a share of the fullest part. (Whether
// anything runs says little: a script's first call lasts from its beginning to its end.)
std::vector<float> minimapProfile(const store::Trace& trace);

// The parts in which a hit begins, ascending.
// `instants`: hits, too; indices into Trace::instants().
std::vector<uint16_t> hitColumns(
    const store::Trace& trace, const store::HitSet& hits, const std::vector<uint32_t>& instants = {});
// The parts in which a call is left by an exception, ascending.
std::vector<uint16_t> exceptionColumns(const store::Trace& trace);

} // namespace calltide::layout
