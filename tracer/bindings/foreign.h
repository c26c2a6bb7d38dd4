// SPDX-License-Identifier: Apache-2.0
// Other tools that watch the same program.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

// While we watch calls. Twice is harmless.
void watchSetProfile(bool on);

#if PY_VERSION_HEX < 0x030C0000
// cProfile, as soon as the program has it.
void watchProfilers(bool on);
// Gives a thread our profile function, beside one that it has already. Null: takes ours away.
void profileThread(PyThreadState* state, Py_tracefunc ours);
// Whether ours is called in it.
bool profiles(PyThreadState* state);
// In profile.cpp: what threading calls in each new thread.
bool isThreadHook(PyObject* function);
#endif

} // namespace calltide::bindings
