// SPDX-License-Identifier: GPL-3.0-or-later
// Several traces as one: on one time axis, every process of every file for itself. Any thread.
#pragma once
#include "formats/mergeoptions.h"
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
// A file without a clock, where clocks are asked for, is said in the problems (Info); one without the marker is an error.
Result<store::TracePtr> merge(
    const std::vector<MergePart>& parts, const std::string& path, const std::vector<std::string>& leftOut = {},
    store::Progress* progress = nullptr, const MergeOptions& options = {});

} // namespace calltide::formats
