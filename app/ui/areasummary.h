// SPDX-License-Identifier: GPL-3.0-or-later
// What lies in a selected area, in numbers. Two binary searches a row; any thread.
#pragma once
#include "store/statistics.h"

namespace calltide::ui {

struct AreaSummary
{
    uint64_t tracks = 0; // with calls in the area
    uint64_t calls = 0;
    uint64_t clipped = 0; // of these, those that begin before the area or end after it
    int64_t busy = 0; // ns of outermost calls inside, all tracks together
};
AreaSummary summaryOf(const store::Trace& trace, const store::Scope& area);

} // namespace calltide::ui
