// SPDX-License-Identifier: Apache-2.0
// Makes a running Python execute a line of code by stopping one of its threads for a moment. Setting that thread's
// registers is the one step that commits; before it nothing has happened, after it the process needs nobody.
#pragma once
#include "inject/python.h"

namespace calltide::inject {

enum class Way {
    Either,     // at once when the thread waits in a harmless system call, else queued for the interpreter's safe point
    AtOnceOnly, // NothingDone when the thread does not wait so
};

struct Hijack
{
    Problem problem;
    bool nothingDone = false; // AtOnceOnly, and the thread was busy
    bool atOnce = false;
    uint64_t slot = 0; // where its state can be read from then on
    int64_t pausedNs = 0;
    int stops = 0;
};

bool hijackSupported();
Problem stuck(int pid); // nothing can reach it before its call of the system returns
// `code`: at most 390 bytes, must never raise and be harmless when it is run twice. `thread`: the process's id for its main
// thread.
Hijack hijack(const Python& python, const std::string& code, int thread, Way way);

// For the tests: the process kills itself at this step of the next hijack; 0: never. 1 stopped, 2 memory written, 3
// registers set, 4 released.
extern int g_dieAtStep;

} // namespace calltide::inject
