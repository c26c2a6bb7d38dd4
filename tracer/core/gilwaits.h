// SPDX-License-Identifier: Apache-2.0
// When a thread waited for the interpreter's lock (the GIL). No hook of CPython's tells it, but on every version a thread
// that finds the lock taken calls pthread_cond_timedwait(), and nothing else in the interpreter does. While a recording
// runs, that one entry in the interpreter's table of imported functions names a function of ours, which looks at the clock
// before and after; the entry is put back at the end. A thread that waits for nobody never comes here.
#pragma once
#include <cstdint>

namespace calltide::core {

struct GilWaits
{
    struct Wait
    {
        uint64_t from, to; // units
    };
    static constexpr uint32_t kMost = 512; // between two events of the thread; they come every 5 ms at most
    uint32_t count = 0, lost = 0;          // lost: for want of room
    Wait waits[kMost];
};
// Of this thread; null until it has waited once.
extern __thread GilWaits* t_gilWaits __attribute__((tls_model("initial-exec")));

// `inInterpreter`: the address of any of its functions. False: there is no such entry, and no wait is seen. With the
// interpreter's lock.
bool watchGil(bool on, const void* inInterpreter);

} // namespace calltide::core
