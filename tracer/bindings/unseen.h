// SPDX-License-Identifier: Apache-2.0
// Python code of ours that runs within the program must not show to its profilers, tracers and debuggers, nor to our hooks.
#pragma once
#include <Python.h>

namespace calltide::bindings {

// While it lives, this thread tells nobody of its calls and lines. With the interpreter's lock.
class Unseen
{
public:
    Unseen()
        : m_state(PyThreadState_Get())
    {
#if PY_VERSION_HEX >= 0x030B0000
        PyThreadState_EnterTracing(m_state);
#else
        m_state->tracing++;
#endif
    }
    ~Unseen()
    {
#if PY_VERSION_HEX >= 0x030B0000
        PyThreadState_LeaveTracing(m_state);
#else
        m_state->tracing--;
#endif
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    PyThreadState* m_state;
};

} // namespace calltide::bindings
