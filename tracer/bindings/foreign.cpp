// SPDX-License-Identifier: Apache-2.0
// sys.setprofile, and up to 3.11 cProfile, beside us.
#include "bindings/foreign.h"
#include "bindings/frameeval.h"

namespace calltide::bindings {

namespace {

PyMethodDef* g_definition = nullptr; // of sys.setprofile
PyCFunction g_original = nullptr;

#if PY_VERSION_HEX < 0x030C0000
bool beginsProfiler(const PyMethodDef* definition);
#else
constexpr bool beginsProfiler(const PyMethodDef*) { return false; }
#endif

// The call of sys.setprofile itself was under way when the program's profile function came, so the interpreter does not
// report its end, unless someone watches calls, as we do. A profiler that counts (profile.py) fails over an end without
// a beginning: that one event is kept from it.
bool isItsEnd(int what, PyObject* arg)
{
    return (what == PyTrace_C_RETURN || what == PyTrace_C_EXCEPTION) && arg && PyCFunction_Check(arg)
        && (reinterpret_cast<PyCFunctionObject*>(arg)->m_ml == g_definition || beginsProfiler(reinterpret_cast<PyCFunctionObject*>(arg)->m_ml));
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
// There is one place for a profile function: ours stays in it and calls the other, which is the interpreter's for a Python
// function, or a profiler's in C.
constexpr int kMostOthers = 4;
Py_tracefunc g_others[kMostOthers] = {};
Py_tracefunc g_ours = nullptr;
thread_local bool t_new = false; // the program's has just come
thread_local bool t_hadOurs = false; // where the frame hook runs, not every thread has

void afterSetProfile(PyThreadState* state, bool isNew);

template <int N> int both(PyObject* object, PyFrameObject* frame, int what, PyObject* arg)
{
    g_ours(nullptr, frame, what, arg);
    const bool isNew = t_new;
    t_new = false;
    if (isNew && isItsEnd(what, arg))
        return 0;
    const int result = g_others[N](object, frame, what, arg);
    t_hadOurs = true;
    if (result < 0) // it has raised and is removed
        afterSetProfile(PyThreadState_Get(), false);
    return result;
}
constexpr Py_tracefunc kBoth[kMostOthers] = {both<0>, both<1>, both<2>, both<3>};

// Of ours and another: which; -1 if it is neither.
int otherOf(Py_tracefunc function)
{
    for (int i = 0; i < kMostOthers; ++i)
        if (function == kBoth[i])
            return i;
    return -1;
}

// The function that calls ours and this one; null if there are too many.
Py_tracefunc bothOf(Py_tracefunc other)
{
    for (int i = 0; i < kMostOthers; ++i) {
        if (!g_others[i])
            g_others[i] = other;
        if (g_others[i] == other)
            return kBoth[i];
    }
    return nullptr;
}

bool isForeign(Py_tracefunc function) { return otherOf(function) >= 0; }

void use(PyThreadState* state, Py_tracefunc function)
{
    state->c_profilefunc = function;
    const bool on = function || state->c_tracefunc;
#if PY_VERSION_HEX >= 0x030A0000
    state->cframe->use_tracing = on ? 255 : 0;
#else
    state->use_tracing = on;
#endif
}

void afterSetProfile(PyThreadState* state, bool isNew)
{
    if (!g_session.hooked || !g_ours || (frameHookRuns() && !t_hadOurs))
        return;
    if (!state->c_profilefunc) {
        use(state, g_ours);
    } else if (isThreadHook(state->c_profileobj)) {
        if (t_hadOurs)
            PyEval_SetProfile(g_ours, nullptr); // it is there already
    } else if (Py_tracefunc function = isForeign(state->c_profilefunc) ? nullptr : bothOf(state->c_profilefunc)) {
        state->c_profilefunc = function;
        t_new = isNew;
    }
}

// cProfile comes and goes by these two, not by sys.setprofile.
struct ProfilerMethod
{
    const char* name;
    int flags;
    PyCFunction stand;
    PyMethodDef* definition = nullptr;
    PyCFunction original = nullptr;
};
PyObject* enableProfiler(PyObject* self, PyObject* arguments, PyObject* keywords);
PyObject* disableProfiler(PyObject* self, PyObject* nothing);
ProfilerMethod g_methods[] = {
    {"enable", METH_VARARGS | METH_KEYWORDS, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(enableProfiler))},
    {"disable", METH_NOARGS, disableProfiler},
};

bool beginsProfiler(const PyMethodDef* definition) { return definition == g_methods[0].definition; }

template <typename F> PyObject* aroundChange(F&& change)
{
    PyThreadState* state = PyThreadState_Get();
    const bool isNew = !isForeign(state->c_profilefunc);
    t_hadOurs = profiles(state);
    PyObject* result = change();
    if (result)
        afterSetProfile(state, isNew);
    return result;
}

PyObject* enableProfiler(PyObject* self, PyObject* arguments, PyObject* keywords)
{
    return aroundChange([=] {
        return reinterpret_cast<PyCFunctionWithKeywords>(reinterpret_cast<void (*)()>(g_methods[0].original))(self, arguments, keywords);
    });
}
PyObject* disableProfiler(PyObject* self, PyObject* nothing)
{
    return aroundChange([=] { return g_methods[1].original(self, nothing); });
}
#endif

PyObject* setProfile(PyObject* module, PyObject* argument)
{
#if PY_VERSION_HEX < 0x030C0000
    return aroundChange([=] { return g_original(module, argument); });
#else
    const bool isNew = !isForeign(PyThreadState_Get()->c_profilefunc);
    PyObject* result = g_original(module, argument);
    if (result)
        afterSetProfile(PyThreadState_Get(), isNew);
    return result;
#endif
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
void watchProfilers(bool on)
{
    PyObject* module = PyDict_GetItemString(PyImport_GetModuleDict(), "_lsprof"); // borrowed; only if the program has it
    PyObject* type = module && PyModule_Check(module) ? PyDict_GetItemString(PyModule_GetDict(module), "Profiler") : nullptr;
    for (ProfilerMethod& m : g_methods) {
        if (!m.definition && type && PyType_Check(type)) {
            PyObject* method = PyDict_GetItemString(reinterpret_cast<PyTypeObject*>(type)->tp_dict, m.name); // borrowed
            if (method && Py_TYPE(method) == &PyMethodDescr_Type
                && reinterpret_cast<PyMethodDescrObject*>(method)->d_method->ml_flags == m.flags) {
                m.definition = reinterpret_cast<PyMethodDescrObject*>(method)->d_method;
                m.original = m.definition->ml_meth;
            }
        }
        if (m.definition)
            m.definition->ml_meth = on ? m.stand : m.original;
    }
}

void profileThread(PyThreadState* state, Py_tracefunc ours)
{
    Py_tracefunc there = state->c_profilefunc;
    if (ours) {
        g_ours = ours;
        if (!there)
            use(state, ours);
        else if (Py_tracefunc function = there == ours || isForeign(there) ? nullptr : bothOf(there))
            state->c_profilefunc = function;
    } else if (const int other = otherOf(there); other >= 0) {
        state->c_profilefunc = g_others[other];
    } else if (there && there == g_ours) {
        use(state, nullptr);
    }
}

bool profiles(PyThreadState* state) { return state->c_profilefunc && (state->c_profilefunc == g_ours || isForeign(state->c_profilefunc)); }
#endif

} // namespace calltide::bindings
