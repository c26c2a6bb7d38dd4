// SPDX-License-Identifier: Apache-2.0
// Threads of the program: their first event, names, open calls and end.
#pragma once
#include "bindings/frames.h"
#include "bindings/functions.h"

namespace calltide::bindings {

// Makes this thread's writer ready; false: nothing is recorded (any more). `entering`: the newest frame is that of the
// very event being handled, so it is not open yet.
bool attachThread(bool entering);
CALLTIDE_HOT bool attached(bool entering)
{
    return CALLTIDE_LIKELY(t_writer.thread != nullptr && !g_session.ending && !core::forkedUnseen()) || attachThread(entering);
}

// For an entry while calls are hidden: true when it must be recorded all the same, because the program begins with it.
bool beginsProgram(PyCodeObject* code, PyObject* globals);

// The threads' states, one after the other. With the interpreter's lock.
PyThreadState* firstThread();
PyThreadState* threadAfter(PyThreadState* state);
// Opens what runs in every thread at this moment; this thread is attached, the others wait for their first event.
// `skipNewest`: but for the newest call of this thread.
void openRunningThreads(bool hideOwnStack, bool skipNewest = false);
// After a pause: the calls that run now in each thread.
void openThreadsAgain();
// Of this thread, which has nothing open so far.
void openOwnStack();
void parkThreads();
// Of every thread that was parked: nothing is known from `since` (units) to now.
void markPause(uint64_t since);
// The name may have changed. `object`: its threading.Thread, if it is not in the list of active ones any more.
void refreshThreadName(PyObject* object = nullptr);
// With the profile hook (3.9 to 3.11): takes up threads that have appeared since. Elsewhere they announce themselves.
void noticeThreads();
void forgetParkedThreads();
void initThreads();

} // namespace calltide::bindings
