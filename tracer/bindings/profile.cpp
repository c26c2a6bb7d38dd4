// SPDX-License-Identifier: Apache-2.0
// Python 3.9 to 3.11: the C profile hook, on every thread.
#include "bindings/careful.h"
#include "bindings/foreign.h"
#include "bindings/frameeval.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/unseen.h"
#include "bindings/watch.h"
#if PY_VERSION_HEX < 0x030C0000
#include "core/importtable.h"
#include <cxxabi.h>
#include <pthread.h>

namespace calltide::bindings {

namespace {

const PyMethodDef* g_startThread = nullptr; // _thread.start_new_thread

PyCodeObject* frameCode(PyFrameObject* frame) { return codeOf(callOf(frame)); } // borrowed, as the next
PyObject* frameGlobals(PyFrameObject* frame) { return globalsOf(callOf(frame)); }

bool resumed(PyFrameObject* frame, PyCodeObject* code) { return isGenerator(code) && resumes(callOf(frame)); }

// Of a frame that is being left.
bool yields(PyFrameObject* frame, PyCodeObject* code)
{
    constexpr int kYieldValue = 86;
    if (!isGenerator(code))
        return false;
#if PY_VERSION_HEX >= 0x030B0000
    const int at = _PyInterpreterFrame_LASTI(callOf(frame));
    return at >= 0 && reinterpret_cast<const unsigned char*>(code->co_code_adaptive)[at * 2] == kYieldValue;
#else
    constexpr int kYieldFrom = 72;
    const int at = PY_VERSION_HEX >= 0x030A0000 ? frame->f_lasti : frame->f_lasti / 2;
    if (frame->f_lasti < 0)
        return false;
    const auto opcodeAt = [code](int n) { return reinterpret_cast<const unsigned char*>(PyBytes_AS_STRING(code->co_code))[n * 2]; };
    // While it delegates, a frame stands before its YIELD_FROM, which runs again at each resume.
    return opcodeAt(at) == kYieldValue || opcodeAt(at) == kYieldFrom || opcodeAt(at + 1) == kYieldFrom;
#endif
}

CALLTIDE_COLD void enterPythonSlow(PyFrameObject* frame, PyCodeObject* code, bool again)
{
    enterSlowly(code, frameGlobals(frame), again ? Entry::Resume : Entry::Start, [frame] { return callOf(frame); });
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

template <bool WithC> void onEvent(PyFrameObject* frame, int what, PyObject* arg)
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
        if (CALLTIDE_UNLIKELY(reinterpret_cast<PyCFunctionObject*>(arg)->m_ml == g_startThread))
            noticeThreads();
        break;
    case PyTrace_C_EXCEPTION:
        if (WithC)
            leaveC(format::kUnwindC);
        break;
    }
}

void onEventCarefully(PyFrameObject* frame, int what, PyObject* arg)
{
    PyCodeObject* code = frameCode(frame);
    const bool withC = !g_session.options.pythonOnly;
    switch (what) {
    case PyTrace_CALL:
        carefulEnter(code, frameGlobals(frame), callOf(frame), resumed(frame, code) ? Entry::Resume : Entry::Start);
        break;
    case PyTrace_RETURN: {
        const bool gives = arg && yields(frame, code);
        carefulLeave(code, frameGlobals(frame), !arg ? unsigned(format::kUnwind) : gives ? unsigned(format::kYield) : 0, gives ? nullptr : arg);
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
        if (reinterpret_cast<PyCFunctionObject*>(arg)->m_ml == g_startThread)
            noticeThreads();
        break;
    }
}

void onEvent(PyFrameObject* frame, int what, PyObject* arg)
{
    if (frameHookRuns() && (what != PyTrace_RETURN || frameHookKnows() || t_aside))
        return; // only the ends of calls that ran already when that hook came
    if (CALLTIDE_UNLIKELY(g_session.careful))
        onEventCarefully(frame, what, arg);
    else if (g_session.options.pythonOnly)
        onEvent<false>(frame, what, arg);
    else
        onEvent<true>(frame, what, arg);
}

// The profile function of new threads, as Python sees it: gives its place to ours at the first event.
PyObject* takeThread(PyObject*, PyObject*)
{
    if (g_session.hooked)
        PyEval_SetProfile(onProfileEvent, nullptr); // in place of itself
    Py_RETURN_NONE;
}
PyMethodDef g_takeThread = {"calltide_thread", takeThread, METH_VARARGS, nullptr};
PyObject* g_before = nullptr; // the program's own threading.setprofile

void profileEveryThread(Py_tracefunc function)
{
    for (PyThreadState* s = firstThread(); s; s = threadAfter(s))
        profileThread(s, function);
}

// A native thread gets its state of the interpreter's when it calls into it, and loses it on its way out. Where the state is
// made the interpreter notes it as the thread's, by the only call of this function that it makes; so the thread is recorded
// from its first call on. Without the interpreter's lock: nobody else knows the state yet.
int noteState(pthread_key_t key, const void* value)
{
    const int result = pthread_setspecific(key, value);
    if (result != 0 || !value || !g_session.hooked || frameHookRuns())
        return result;
    PyThreadState* state = PyGILState_GetThisThreadState();
    if (state == value && !state->c_profilefunc)
        profileThread(state, onProfileEvent);
    return result;
}
core::ImportEntry g_noteState {"pthread_setspecific"};

void findThreadStart()
{
    PyObject* module = PyImport_ImportModule("_thread");
    PyObject* function = module ? PyObject_GetAttrString(module, "start_new_thread") : nullptr;
    if (function && PyCFunction_Check(function))
        g_startThread = reinterpret_cast<PyCFunctionObject*>(function)->m_ml;
    PyErr_Clear();
    Py_XDECREF(function);
    Py_XDECREF(module);
}

void setThreadingHook(PyObject* hook)
{
    const Unseen unseen;
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

int onProfileEvent(PyObject*, PyFrameObject* frame, int what, PyObject* arg)
{
    try {
        onEvent(frame, what, arg);
    } catch (abi::__forced_unwind&) {
        throw; // the thread is ended while it waits for the interpreter's lock
    } catch (...) {
        // Of C++ (no memory): must not reach the interpreter. The event is lost, the program goes on.
    }
    return 0;
}

void recordByProfile()
{
    if (PyObject* threading = PyImport_ImportModule("threading")) {
        g_before = PyObject_GetAttrString(threading, "_profile_hook");
        Py_DECREF(threading);
    }
    PyErr_Clear();
    if (PyObject* hook = PyCFunction_New(&g_takeThread, nullptr)) {
        setThreadingHook(hook);
        Py_DECREF(hook);
    }
    PyErr_Clear();
    findThreadStart();
    removeFrameHook();
    g_session.hooked = true;
    profileEveryThread(onProfileEvent);
    g_noteState.lend(reinterpret_cast<const void*>(&PyEval_RestoreThread), reinterpret_cast<void*>(noteState));
    watchSetProfile(true);
    watchProfilers(true);
}

// A thread that has just been started has no event yet, and native threads that call into Python announce themselves to nobody
// where noteState() is not: those that are there and not ours yet are.
void noticeThreads()
{
    if (!g_session.hooked || frameHookRuns())
        return;
    for (PyThreadState* s = firstThread(); s; s = threadAfter(s))
        if (!s->c_profilefunc)
            profileThread(s, onProfileEvent);
}

bool setHooks(std::string&)
{
    if (!g_session.options.pythonOnly || !setFrameHook()) {
        recordByProfile();
        return true;
    }
    g_session.hooked = true;
    // Calls of ours only, if all is hidden; nobody asks when they end.
    if (!triggersArmed() && !(t_writer.thread && t_writer.thread->hidesAll))
        profileEveryThread(onProfileEvent);
    watchSetProfile(true);
    watchProfilers(true);
    return true;
}

void removeHooks(bool)
{
    g_session.hooked = false;
    watchSetProfile(false);
    watchProfilers(false);
    const bool byProfile = !frameHookRuns();
    removeFrameHook();
    g_noteState.giveBack();
    if (byProfile && g_session.recorder && !profiles(PyThreadState_Get()))
        g_session.recorder->tables().note(core::nowUnits(),
            "the program set a profile function of its own: later calls of that thread are missing", format::kLossForeignHook);
    profileEveryThread(nullptr);
    if (!byProfile)
        return;
    setThreadingHook(g_before ? g_before : Py_None);
    Py_CLEAR(g_before);
}

} // namespace calltide::bindings
#endif
