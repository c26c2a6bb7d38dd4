// SPDX-License-Identifier: Apache-2.0
// Python 3.9 to 3.11: the C profile hook, on every thread.
#include "bindings/careful.h"
#include "bindings/foreign.h"
#include "bindings/threads.h"
#include "bindings/watch.h"
#if PY_VERSION_HEX < 0x030C0000
#include <frameobject.h>

namespace calltide::bindings {

namespace {

// Opcodes: the second only up to 3.10, the third only in 3.11.
constexpr int kYieldValue = 86;
#if PY_VERSION_HEX < 0x030B0000
constexpr int kYieldFrom = 72;
#else
constexpr int kResume = 151;
#endif

PyObject* frameGlobals(PyFrameObject* frame) // borrowed
{
#if PY_VERSION_HEX >= 0x030B0000
    PyObject* globals = PyFrame_GetGlobals(frame);
    Py_DECREF(globals); // the frame keeps it
    return globals;
#else
    return frame->f_globals;
#endif
}

PyCodeObject* frameCode(PyFrameObject* frame) // borrowed
{
    PyCodeObject* code = PyFrame_GetCode(frame);
    Py_DECREF(code);
    return code;
}

// Where a frame stands, in instructions; -1: not begun.
int instruction(PyFrameObject* frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    const int at = PyFrame_GetLasti(frame);
    return at < 0 ? -1 : at / 2;
#elif PY_VERSION_HEX >= 0x030A0000
    return frame->f_lasti;
#else
    return frame->f_lasti < 0 ? -1 : frame->f_lasti / 2;
#endif
}

int opcodeAt(PyCodeObject* code, int at)
{
#if PY_VERSION_HEX >= 0x030B0000
    return reinterpret_cast<const unsigned char*>(code->co_code_adaptive)[at * 2];
#else
    return reinterpret_cast<const unsigned char*>(PyBytes_AS_STRING(code->co_code))[at * 2];
#endif
}

#if PY_VERSION_HEX >= 0x030B0000
int argumentAt(PyCodeObject* code, int at)
{
    return reinterpret_cast<const unsigned char*>(code->co_code_adaptive)[at * 2 + 1];
}
#endif

bool isGenerator(PyCodeObject* code) { return code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR); }

bool resumed(PyFrameObject* frame, PyCodeObject* code)
{
    if (!isGenerator(code))
        return false;
    const int at = instruction(frame);
    if (at < 0)
        return false;
#if PY_VERSION_HEX >= 0x030B0000
    // The entry is reported at RESUME, whose argument is 0 only at the start; a throw() at the yield itself.
    const int op = opcodeAt(code, at);
    return op == kYieldValue || (op == kResume && argumentAt(code, at) != 0);
#else
    return true;
#endif
}

bool yields(PyFrameObject* frame, PyCodeObject* code)
{
    if (!isGenerator(code))
        return false;
    const int at = instruction(frame);
    if (at < 0)
        return false;
    const int op = opcodeAt(code, at);
#if PY_VERSION_HEX >= 0x030B0000
    return op == kYieldValue;
#else
    // While it delegates, a frame stands before its YIELD_FROM, which runs again at each resume.
    return op == kYieldValue || op == kYieldFrom || opcodeAt(code, at + 1) == kYieldFrom;
#endif
}

CALLTIDE_COLD void enterPythonSlow(PyFrameObject* frame, PyCodeObject* code, bool again)
{
    if (!attached(true))
        return;
    if (t_writer.hides() && !beginsProgram(code, frameGlobals(frame))) {
        t_writer.enterHidden(false);
        return;
    }
    const Function* f = functionOfCode(code, frameGlobals(frame));
    if (f->role == Role::EndsThread)
        refreshThreadName();
    if (!t_writer.thread)
        return; // a finaliser that ran on the way has stopped the recording
    if (f->ignored) {
        t_writer.enterHidden(false);
        return;
    }
    const Slot s = f->slot();
    if (again)
        t_writer.enterSlow(false, s.resumed, s.resumedLength);
    else
        t_writer.enterSlow(false, s.id, s.idLength);
    if (CALLTIDE_UNLIKELY(f->role > Role::EndsThread && !again))
        watchedEnter(*f, code, frame, !t_writer.hides());
}

CALLTIDE_COLD void enterCSlow([[maybe_unused]] PyFrameObject* frame, PyObject* callable, const void* key)
{
    if (!attached(false))
        return;
    const Function* f = t_writer.hides() ? nullptr : functionOfCallable(callable, nullptr, key);
    if (!t_writer.thread)
        return; // a finaliser that ran on the way has stopped the recording
    if (!f || f->ignored) {
        t_writer.enterHidden(true);
        return;
    }
#if PY_VERSION_HEX < 0x030B0000
    if (f->role == Role::EndsThread && text(frameCode(frame)->co_name) == "_bootstrap_inner")
        refreshThreadName();
#endif
    const Slot s = f->slot();
    t_writer.enterSlow(true, s.id, s.idLength);
}

CALLTIDE_COLD void leaveSlow(bool c, unsigned sub)
{
    if (attached(false))
        t_writer.leaveSlow(c, sub);
}

CALLTIDE_HOT void leaveC(unsigned sub)
{
    if (CALLTIDE_UNLIKELY(!t_writer.fast() || !t_writer.leaveIsPlain<true>()))
        leaveSlow(true, sub);
    else if (sub)
        t_writer.leaveRare<true>(sub);
    else
        t_writer.leave<true>();
}

template <bool WithC> int onEvent(PyObject*, PyFrameObject* frame, int what, PyObject* arg)
{
    core::ThreadWriter& w = t_writer;
    switch (what) {
    case PyTrace_CALL: {
        PyCodeObject* code = frameCode(frame);
        const bool again = resumed(frame, code);
        const Slot& s = slotFor(code);
        if (CALLTIDE_UNLIKELY(s.key != code || !w.fast()))
            enterPythonSlow(frame, code, again);
        else if (again)
            w.enter<false>(s.resumed, s.resumedLength);
        else
            w.enter<false>(s.id, s.idLength);
        break;
    }
    case PyTrace_RETURN: {
        const unsigned sub = !arg ? unsigned(format::kUnwind) : yields(frame, frameCode(frame)) ? unsigned(format::kYield) : 0;
        if (CALLTIDE_UNLIKELY(!w.fast() || !w.leaveIsPlain<false>()))
            leaveSlow(false, sub);
        else if (sub)
            w.leaveRare<false>(sub);
        else
            w.leave<false>();
        break;
    }
    case PyTrace_C_CALL:
        if (WithC) {
            const void* key = builtinKey(arg);
            const Slot& s = slotFor(key);
            if (CALLTIDE_LIKELY(s.key == key && w.fast()))
                w.enter<true>(s.id, s.idLength);
            else
                enterCSlow(frame, arg, key);
        }
        break;
    case PyTrace_C_RETURN:
        if (WithC)
            leaveC(0);
        break;
    case PyTrace_C_EXCEPTION:
        if (WithC)
            leaveC(format::kUnwindC);
        break;
    }
    return 0;
}

void onEventCarefully(PyFrameObject* frame, int what, PyObject* arg)
{
    PyCodeObject* code = frameCode(frame);
    const bool withC = !g_session.options.pythonOnly;
    switch (what) {
    case PyTrace_CALL:
        carefulEnter(code, frameGlobals(frame), frame, resumed(frame, code) ? Entry::Resume : Entry::Start);
        break;
    case PyTrace_RETURN: {
        const bool gives = arg && yields(frame, code);
        carefulLeave(code, !arg ? unsigned(format::kUnwind) : gives ? unsigned(format::kYield) : 0, gives ? nullptr : arg);
        break;
    }
    case PyTrace_C_CALL:
        if (withC)
            carefulEnterC(code, arg, nullptr, builtinKey(arg));
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        if (withC)
            carefulLeaveC(code, arg, nullptr, builtinKey(arg), what == PyTrace_C_RETURN ? 0 : unsigned(format::kUnwindC));
        break;
    }
}

// An exception of C++ (no memory) must not reach the interpreter: the event is lost, the program goes on.
int guarded(PyObject* self, PyFrameObject* frame, int what, PyObject* arg)
{
    try {
        if (CALLTIDE_UNLIKELY(g_session.careful)) {
            onEventCarefully(frame, what, arg);
            return 0;
        }
        return g_session.options.pythonOnly ? onEvent<false>(self, frame, what, arg) : onEvent<true>(self, frame, what, arg);
    } catch (...) {
        return 0;
    }
}

// The profile function of new threads, as Python sees it: gives its place to ours at the first event.
PyObject* takeThread(PyObject*, PyObject*)
{
    if (g_session.hooked)
        PyEval_SetProfile(guarded, nullptr); // in place of itself
    Py_RETURN_NONE;
}
PyMethodDef g_takeThread = {"calltide_thread", takeThread, METH_VARARGS, nullptr};
PyObject* g_before = nullptr; // the program's own threading.setprofile

void profileEveryThread(Py_tracefunc function)
{
    PyThreadState* self = PyThreadState_Get();
    for (PyThreadState* s = PyInterpreterState_ThreadHead(self->interp); s; s = PyThreadState_Next(s))
        profileThread(s, function);
}

void setThreadingHook(PyObject* hook)
{
    PyObject* threading = PyImport_ImportModule("threading");
    PyObject* done = threading ? PyObject_CallMethod(threading, "setprofile", "O", hook) : nullptr;
    if (!done)
        PyErr_Clear();
    Py_XDECREF(done);
    Py_XDECREF(threading);
}

} // namespace

bool isThreadHook(PyObject* function)
{
    return PyCFunction_Check(function) && reinterpret_cast<PyCFunctionObject*>(function)->m_ml == &g_takeThread;
}

bool setHooks(std::string& error)
{
    PyObject* hook = PyCFunction_New(&g_takeThread, nullptr);
    if (!hook) {
        PyErr_Clear();
        error = "no memory for the hook";
        return false;
    }
    if (PyObject* threading = PyImport_ImportModule("threading")) {
        g_before = PyObject_GetAttrString(threading, "_profile_hook");
        Py_DECREF(threading);
    }
    PyErr_Clear();
    setThreadingHook(hook);
    Py_DECREF(hook);
    g_session.hooked = true;
    profileEveryThread(guarded);
    watchSetProfile(true);
    return true;
}

void removeHooks(bool)
{
    g_session.hooked = false;
    watchSetProfile(false);
    if (g_session.recorder && !profiles(PyThreadState_Get()))
        g_session.recorder->tables().note(core::nowUnits(),
            "the program set a profile function of its own: later calls of that thread are missing", format::kLossForeignHook);
    profileEveryThread(nullptr);
    setThreadingHook(g_before ? g_before : Py_None);
    Py_CLEAR(g_before);
}

} // namespace calltide::bindings
#endif
