// SPDX-License-Identifier: Apache-2.0
// Makes a running Python read and run a script: 3.14 and newer by PEP 768, which stops nothing; else, on x86-64 Linux, by
// stopping one thread for about 0.15 ms. The program is never harmed, also if this process dies at any moment.
// Blocking: call from a job. Any thread; several calls for one process must follow each other.
#pragma once
#include "inject/problem.h"
#include <functional>

namespace calltide::inject {

struct Request
{
    int pid = 0;
    // Absolute, at most 110 bytes, of letters, digits and "/._-" only; must stay there until run() returns. It may be read
    // more than once: of those who read it, the first has to claim the work (O_EXCL) and the others have to do nothing.
    std::string script;
    bool evenIfSwitchedOff = false;      // 3.14+: by ptrace although the program forbids remote debugging
    int timeoutMs = 30'000;              // the longest call of a C function that holds the interpreter's lock counts in
    std::function<bool()> answered;      // has the script done its work? Asked every few ms
    std::function<bool()> begun = {};     // somebody has claimed the work: nobody else is asked then
    std::function<bool()> cancelled = {}; // no more interest
};

struct Outcome
{
    Problem problem;
    const char* how = "";   // "PEP 768", "queued", "at once"
    int64_t pausedNs = 0;   // the longest stop of a thread; 0: none
    int stops = 0;
    // Another thread may be about to open the script, and would complain on the program's standard error if it were gone:
    // let it stay for some tenths of a second.
    bool lateReaders = false;
};

// After a problem nothing of the request is left behind, but a script that was queued may still be read: see Request.
Outcome run(const Request& request);

// Everything that can be known without touching the process: whose it is, whether it is a Python, and whether that listens.
Problem check(int pid, bool evenIfSwitchedOff = false);

} // namespace calltide::inject
