// SPDX-License-Identifier: GPL-3.0-or-later
// Files kept beside the traces that were opened, in a folder of the user's cache, so that a large one opens at once the
// next time. A kept file belongs to one state of its trace: device, inode, size, time of change, a hash of head and tail,
// and the same of the children's files. Nothing depends on it: what is missing, old or damaged is left aside. Any thread.
#pragma once
#include "formats/reader.h"
#include <string>

namespace calltide::formats {

struct SidecarOptions
{
    std::string folder; // empty: nothing is kept
    uint64_t mostBytes = uint64_t(8) << 30; // of all kept files together; the one used longest ago goes first
    uint64_t leastSlices = 1'000'000; // smaller traces open quickly without
};

// As it was kept; null: it was not, or the file has changed since.
store::TracePtr openSidecar(const std::string& path, const SidecarOptions& options);
// Keeps a trace just opened from `path`, unless it is small or grew meanwhile; then drops what is too much. Takes about as
// long as writing that many bytes: call it from a background thread.
Status keepSidecar(
    const store::Trace& trace, const std::string& path, const SidecarOptions& options, store::Progress* progress = nullptr);
void dropSidecars(const SidecarOptions& options); // down to mostBytes; all of them when that is 0

} // namespace calltide::formats
