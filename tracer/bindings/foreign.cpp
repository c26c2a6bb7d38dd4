// SPDX-License-Identifier: Apache-2.0
// sys.setprofile beside us.
#include "bindings/foreign.h"
#include "bindings/frameeval.h"

namespace calltide::bindings {

namespace {

PyMethodDef* g_definition = nullptr; // of sys.setprofile
PyCFunction g_original = nullptr;

// The call of sys.setprofile itself was under way when the program's profile function came, so the interpreter does not
// report its end, unless someone watches calls, as we do. A profiler that counts (profile.py) fails over an end without
// a beginning: that one event is kept from it.
bool isItsEnd(int what, PyObject* arg)
{
    return (what == PyTrace_C_RETURN || what == PyTrace_C_EXCEPTION) && arg && PyCFunction_Check(arg)
        && reinterpret_cast<PyCFunctionObject*>(arg)->m_ml == g_definition;
}

#if PY_VERSION_HEX >= 0x030C0000
thread_local Py_tracefunc t_function = nullptr; // the program's, while skipOne stands in for it

int skipOne(PyObject* object, PyFrameObject* frame, int what, PyObject* arg)
{
    Py_tracefunc function = t_function;
    t_function = nullptr;
    PyThreadState_Get()->c_profilefunc = function;
    return isItsEnd(what, arg) || !function ? 0 : function(object, frame, what, arg);
}

bool isForeign(Py_tracefunc function) { return function != nullptr; }

void afterSetProfile(PyThreadState* state, bool isNew)
{
    if (isNew && state->c_profilefunc) {
        t_function = state->c_profilefunc;
        state->c_profilefunc = skipOne;
    }
}
#else
// There is one place for a profile function: ours stays in it and calls the program's.
Py_tracefunc g_interpreters = nullptr; // the interpreter's, which calls a Python function
Py_tracefunc g_ours = nullptr;
thread_local bool t_new = false; // the program's has just come
thread_local bool t_hadOurs = false; // where the frame hook runs, not every thread has

void afterSetProfile(PyThreadState* state, bool isNew);

int both(PyObject* object, PyFrameObject* frame, int what, PyObject* arg)
{
    g_ours(nullptr, frame, what, arg);
    const bool isNew = t_new;
    t_new = false;
    if (isNew && isItsEnd(what, arg))
        return 0;
    const int result = g_interpreters(object, frame, what, arg);
    t_hadOurs = true;
    if (result < 0) // it has raised and is removed
        afterSetProfile(PyThreadState_Get(), false);
    return result;
}

bool isForeign(Py_tracefunc function) { return function == both; }

void afterSetProfile(PyThreadState* state, bool isNew)
{
    if (!g_session.hooked || !g_ours || (frameHookRuns() && !t_hadOurs))
        return;
    if (!state->c_profilefunc) {
        state->c_profilefunc = g_ours;
#if PY_VERSION_HEX >= 0x030A0000
        state->cframe->use_tracing = 255;
#else
        state->use_tracing = 1;
#endif
    } else if (!isThreadHook(state->c_profileobj)) {
        g_interpreters = state->c_profilefunc;
        state->c_profilefunc = both;
        t_new = isNew;
    }
}
#endif

PyObject* setProfile(PyObject* module, PyObject* argument)
{
    const bool isNew = !isForeign(PyThreadState_Get()->c_profilefunc);
#if PY_VERSION_HEX < 0x030C0000
    t_hadOurs = profiles(PyThreadState_Get());
#endif
    PyObject* result = g_original(module, argument);
    if (result)
        afterSetProfile(PyThreadState_Get(), isNew);
    return result;
}

} // namespace

void watchSetProfile(bool on)
{
    PyObject* function = PySys_GetObject("setprofile"); // borrowed
    if (!g_definition && function && PyCFunction_CheckExact(function)
        && reinterpret_cast<PyCFunctionObject*>(function)->m_ml->ml_flags == METH_O) {
        g_definition = reinterpret_cast<PyCFunctionObject*>(function)->m_ml;
        g_original = g_definition->ml_meth;
    }
    if (g_definition)
        g_definition->ml_meth = on ? setProfile : g_original;
}

#if PY_VERSION_HEX < 0x030C0000
void profileThread(PyThreadState* state, Py_tracefunc ours)
{
    Py_tracefunc there = state->c_profilefunc;
    if (ours) {
        g_ours = ours;
        if (there && there == g_interpreters)
            state->c_profilefunc = both;
        else if (!there && _PyEval_SetProfile(state, ours, nullptr) < 0)
            PyErr_Clear();
    } else if (there == both) {
        state->c_profilefunc = g_interpreters;
    } else if (there == g_ours && _PyEval_SetProfile(state, nullptr, nullptr) < 0) {
        PyErr_Clear();
    }
}

bool profiles(PyThreadState* state) { return state->c_profilefunc && (state->c_profilefunc == g_ours || state->c_profilefunc == both); }
#endif

} // namespace calltide::bindings
