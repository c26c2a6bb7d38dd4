// SPDX-License-Identifier: GPL-3.0-or-later
// Opening trace files: the format is found by content, never by the file's name. Any thread.
#pragma once
#include "formats/mergeoptions.h"
#include "store/progress.h"
#include "store/result.h"
#include "store/trace.h"
#include <functional>
#include <string>
#include <vector>

namespace calltide::formats {

class Input;

struct OpenOptions
{
    store::Progress* progress = nullptr; // may cancel
    int threads = 0;                     // 0: as many as the machine has
    bool followChildren = true;          // open NAME.calltide.d/ with NAME.calltide
    MergeOptions merge; // of several files
    // Asked when a packed file turns out to unpack to far more than a trace would, with the bytes so far; may wait. On
    // open()'s thread or one of its helpers. None: it is refused.
    std::function<bool(uint64_t unpacked)> goOn;
    // Gets the first part of a large file soon, and a few larger ones while the rest is read; on the reading thread.
    std::function<void(store::TracePtr)> preview;
};

enum class Format : uint8_t {
    Unknown,
    Calltide,
    ChromeJson,
    Gzip,
    Zstd,
    Zip,
    Tar,
    Utf16,
    Speedscope,
    Collapsed,
    Pstats,
    CpuProfile,
    Firefox,
    Pprof,
    Perfetto,
    PerfScript,
};

// Looks at the first bytes only; `whole`: there are no more.
Format sniff(std::string_view head, bool whole = false);

// Opens one file. The error's message names the file and the reason.
Result<store::TracePtr> open(const std::string& path, const OpenOptions& options = {});

// Opens several files as one timeline, see merge.h. One that cannot be opened is an error for all.
Result<store::TracePtr> open(const std::vector<std::string>& paths, const OpenOptions& options = {});

// The two large readers behind it; those of smaller formats are in readers.h.
Result<store::TracePtr> readNative(const std::string& path, const OpenOptions& options);
Result<store::TracePtr> readJson(const std::string& path, const OpenOptions& options);
// From bytes that are unpacked already; `path` is for messages and, where the input is the file itself, for arguments.
Result<store::TracePtr> readJson(Input& input, const std::string& path, const OpenOptions& options);

} // namespace calltide::formats
