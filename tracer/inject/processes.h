// SPDX-License-Identifier: Apache-2.0
// The running Pythons of this user. Reads only; any thread; about 1 ms for each Python.
#pragma once
#include "inject/problem.h"
#include <vector>

namespace calltide::inject {

struct Process
{
    int pid = 0, parent = 0;
    std::string python;               // "3.12.1"; "3.10" where only that is known
    std::vector<std::string> command; // as the program was started; bytes of the system, not checked
    int64_t startedNs = 0;            // since 1970
    int64_t cpuNs = 0;                // used so far, all threads
    uint64_t memory = 0;              // bytes resident
    int threads = 0;
    std::string folder;    // in which it works; empty: not known
    std::string recording; // the file it is being recorded into; empty: none
    Problem problem;       // why it cannot be attached
};

// Sorted by pid, without this process. Those that the system does not let us look into, and those of other users, if they are
// wanted too, go by their names. Cheap tests only: Process::problem is filled by describe() and by check().
std::vector<Process> pythonProcesses(bool ofOthersToo = false);
// One of them with its problem, also when it is no Python or another user's. pid is 0 if there is no such process.
Process describe(int pid);
// What distinguishes this process from a later one with the same number; 0: there is none.
uint64_t startTicks(int pid);

} // namespace calltide::inject
