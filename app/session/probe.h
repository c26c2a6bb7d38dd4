// SPDX-License-Identifier: GPL-3.0-or-later
// What recording will cost, from a short run: the program runs for two seconds with its recorder and is ended then. How much
// of that time the recorder took is known from what it wrote and from what writing that costs in this interpreter, measured
// with a small program first. Functions block; call them from a job.
#pragma once
#include "session/launchoptions.h"
#include "store/progress.h"

namespace calltide::session {

struct ProbeResult
{
    double slowdown = 1; // 1.6: takes 1.6 times as long
    double bytesPerSecond = 0; // of the recording, all processes
    double seconds = 0; // that the program ran
    bool ended = false; // by itself, before the time was over
    int exitStatus = 0; // if so
};

// The error is one sentence. Cancelling ends the program at once. Nothing stays behind.
Result<ProbeResult> probe(const LaunchOptions& options, store::Progress& progress, int milliseconds = 2000);

} // namespace calltide::session
