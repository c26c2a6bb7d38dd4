// SPDX-License-Identifier: Apache-2.0
// The frame of a call, as the hooks of each version have it, and what it tells of the call.
#pragma once
#include "bindings/state.h"
#include <frameobject.h>
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_frame.h>
#endif

namespace calltide::bindings {

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
using CallFrame = _PyInterpreterFrame; // a frame object may be made only once the frame has begun to run
#else
using CallFrame = PyFrameObject;
#endif

// An argument of a call that has just begun or begins; new reference, null if it cannot be had. `index`: among all
// variables that are arguments, *args and **kwargs last.
PyObject* argumentAt(PyCodeObject* code, CallFrame* frame, int index);
int countArguments(PyCodeObject* code);
// Where the frame that called this one stands; 0: nobody did, or it is not known.
int lineOfCaller(CallFrame* frame);
PyCodeObject* codeOfCaller(CallFrame* frame); // new reference; null where nobody called it

// The frame that the frame evaluation hook (3.9 to 3.11) is about to run or has just left: it is not in the thread's stack.
// Null while anything else is handled.
extern __thread CallFrame* t_aside __attribute__((tls_model("initial-exec")));

#if PY_VERSION_HEX < 0x030C0000
inline constexpr int kGeneratorFlags = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
inline bool isGenerator(const PyCodeObject* code) { return code->co_flags & kGeneratorFlags; }

inline CallFrame* callOf(PyFrameObject* frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    return frame->f_frame;
#else
    return frame;
#endif
}
inline PyCodeObject* codeOf(CallFrame* frame) { return frame->f_code; } // borrowed, as the next
inline PyObject* globalsOf(CallFrame* frame) { return frame->f_globals; }

// Of a generator's frame that is about to run, or has just begun to: it goes on after a yield.
inline bool resumes(CallFrame* frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    return _PyInterpreterFrame_LASTI(frame) > frame->f_code->_co_firsttraceable; // which is the first RESUME
#else
    return frame->f_lasti >= 0;
#endif
}

// Of a generator's frame that the interpreter has just left: it will go on.
inline bool suspended(CallFrame* frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    return frame->owner == FRAME_OWNED_BY_GENERATOR && _PyFrame_GetGenerator(frame)->gi_frame_state == FRAME_SUSPENDED;
#elif PY_VERSION_HEX >= 0x030A0000
    return frame->f_state == FRAME_SUSPENDED;
#else
    return frame->f_stacktop != nullptr;
#endif
}
#endif

} // namespace calltide::bindings
