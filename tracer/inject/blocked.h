// SPDX-License-Identifier: Apache-2.0
// In which system call a thread waits, and whether Python may be entered there.
#pragma once
#include <cstdint>

namespace calltide::inject {

struct Python;

struct SystemCall
{
    long number = -1; // -1: none, the thread runs
    uint64_t arguments[2] = {};
};

SystemCall systemCallOf(int pid, int thread);

// Whether a thread that waits in this call holds no lock of the C library, and so may be made to run Python in between.
// Never true in calls of malloc and of the loader, nor while it waits for the GIL itself.
bool mayEnterPython(const Python& python, const SystemCall& call, bool mainThread);

} // namespace calltide::inject
