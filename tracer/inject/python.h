// SPDX-License-Identifier: Apache-2.0
// The interpreter in another process: where its functions are, which version it is, whether it is up.
#pragma once
#include "inject/image.h"
#include "inject/problem.h"
#include <memory>

namespace calltide::inject {

struct Python
{
    explicit Python(int pid) : memory(pid) { }

    Memory memory;
    std::vector<Image> images;
    size_t home = 0;             // index of the image with the interpreter
    uint64_t errnoFunction = 0;  // __errno_location
    uint64_t runtime = 0, runtimeEnd = 0; // _PyRuntime, which holds the GIL
    int major = 0, minor = 0;
    std::string version; // "3.12.1", or "3.10" where the rest is not known

    int pid() const { return memory.pid(); }
    uint64_t symbol(const char* name) const; // 0: not there
    const Symbol* find(const char* name) const;
};

Problem starting(int pid); // or ending
// A C library for which a recorder that was built with another one is of no use.
bool usesMusl(const Python& python);

// Why the system does not let this process read or stop that one: its settings, or rights that the program has.
Problem notPermitted(int pid);

// Null with a problem (NoProcess, NotPermitted, NotPython, NotSupported) when there is none to be found. `namedOnly`: looks only into
// files that are called python or libpython, which is fast and finds all but programs with an interpreter built in.
std::unique_ptr<Python> findPython(int pid, Problem& problem, bool namedOnly = false);

enum class Up { No, Yes, Unknown };
// Must be known from outside: nothing may be called in a process that still loads its libraries.
Up isInitialized(const Python& python);

} // namespace calltide::inject
