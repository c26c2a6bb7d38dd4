// SPDX-License-Identifier: GPL-3.0-or-later
// Several traces as one: on one time axis, every process of every file for itself. Any thread.
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/trace.h"
#include <string>
#include <vector>

namespace calltide::formats {

struct MergePart
{
    std::string name; // of the file, shown with its processes
    store::TracePtr trace;
};
// Times are put together by the clocks that the files record (nanoseconds since the epoch). A file that does not say
// begins where the earliest of the others does; this is said in the problems (Info).
Result<store::TracePtr> merge(
    const std::vector<MergePart>& parts, const std::string& path, const std::vector<std::string>& leftOut = {},
    store::Progress* progress = nullptr);

} // namespace calltide::formats
