// SPDX-License-Identifier: Apache-2.0
// sys.setprofile beside us, on Python 3.12 and newer. The call of sys.setprofile itself was under way when the program's
// profile function came, so the interpreter does not report its end, unless someone watches calls, as we do. A profiler
// that counts (profile.py) fails over an end without a beginning: we keep that one event from it.
#include "bindings/foreign.h"
#if PY_VERSION_HEX >= 0x030C0000

namespace calltide::bindings {

namespace {

PyMethodDef* g_definition = nullptr; // of sys.setprofile
PyCFunction g_original = nullptr;
thread_local Py_tracefunc t_function = nullptr; // the program's, while ours stands in for it

int skipOne(PyObject* object, PyFrameObject* frame, int what, PyObject* arg)
{
    Py_tracefunc function = t_function;
    t_function = nullptr;
    PyThreadState_Get()->c_profilefunc = function;
    const bool end = (what == PyTrace_C_RETURN || what == PyTrace_C_EXCEPTION) && arg && PyCFunction_Check(arg)
        && reinterpret_cast<PyCFunctionObject*>(arg)->m_ml == g_definition;
    return end || !function ? 0 : function(object, frame, what, arg);
}

PyObject* setProfile(PyObject* module, PyObject* argument)
{
    PyObject* result = g_original(module, argument);
    PyThreadState* state = PyThreadState_Get();
    if (result && state->c_profilefunc && state->c_profilefunc != skipOne) {
        t_function = state->c_profilefunc;
        state->c_profilefunc = skipOne;
    }
    return result;
}

} // namespace

void watchSetProfile(bool on)
{
    PyObject* function = PySys_GetObject("setprofile"); // borrowed
    if (!g_definition && function && PyCFunction_CheckExact(function) && reinterpret_cast<PyCFunctionObject*>(function)->m_ml->ml_flags == METH_O) {
        g_definition = reinterpret_cast<PyCFunctionObject*>(function)->m_ml;
        g_original = g_definition->ml_meth;
    }
    if (g_definition)
        g_definition->ml_meth = on ? setProfile : g_original;
}

} // namespace calltide::bindings
#endif
