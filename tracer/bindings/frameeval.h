// SPDX-License-Identifier: Apache-2.0
// Python 3.9 to 3.11: the frame evaluation hook (PEP 523), the way of recordings of Python functions only. It costs a
// fraction of the profile hook and sees every thread. Calls that run already when it is set do not pass through it: their
// threads keep the profile hook, which the interpreter looks at only while it runs those calls themselves.
#pragma once
#include "bindings/state.h"

#if PY_VERSION_HEX < 0x030C0000
namespace calltide::bindings {

// False: it cannot be had. Another tool's hook that is there is called by ours.
bool setFrameHook();
void removeFrameHook();
bool frameHookRuns();
// Within a call of this thread that the hook has seen; what a profile hook is told then is known already.
bool frameHookKnows();

// In profile.cpp. Its profile function:
int onProfileEvent(PyObject*, PyFrameObject* frame, int what, PyObject* arg);
// Goes on with the profile hook, in all threads; nothing is lost or recorded twice.
void recordByProfile();

} // namespace calltide::bindings
#endif
