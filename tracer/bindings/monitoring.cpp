// SPDX-License-Identifier: Apache-2.0
// Python 3.12 and newer: sys.monitoring, with callbacks of a type of our own that is called without any argument tuple.
#include "bindings/adaptive.h"
#include "bindings/careful.h"
#include "bindings/events.h"
#include "bindings/foreign.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/watch.h"
#if PY_VERSION_HEX >= 0x030C0000
#include <cstring>
#include <frameobject.h>

namespace calltide::bindings {

namespace {

enum class Event { Start, Resume, Throw, Return, Yield, Unwind, CCall, CReturn, CRaise };

constexpr Entry entryOf(Event event)
{
    return event == Event::Throw ? Entry::Throw : event == Event::Resume ? Entry::Resume : Entry::Start;
}

CALLTIDE_COLD void enterPythonSlow(PyCodeObject* code, Event event)
{
    enterSlowly(code, PyEval_GetGlobals(), entryOf(event), PyEval_GetFrame);
}

CALLTIDE_COLD void enterCSlow(PyObject* callable, PyObject* self, const void* key)
{
    if (!attached(false))
        return;
    const Function* f = t_writer.hides() ? nullptr : functionOfCallable(callable, self, key);
    if (!t_writer.thread)
        return; // a finaliser that ran on the way has stopped the recording
    if (!f || f->ignored) {
        t_writer.enterHidden(true);
        return;
    }
    const Slot s = f->slot();
    t_writer.enterSlow(true, s.id, s.idLength);
}

CALLTIDE_COLD void leaveSlow(bool c, unsigned sub)
{
    if (attached(false))
        t_writer.leaveSlow(c, sub);
}

PyObject* g_disable = nullptr; // sys.monitoring.DISABLE

template <Event E> PyObject* onPythonCarefully(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    auto* code = reinterpret_cast<PyCodeObject*>(args[0]);
    bool kept = true;
    if constexpr (E == Event::Start || E == Event::Resume || E == Event::Throw) {
        kept = carefulEnter(code, PyEval_GetGlobals(), PyEval_GetFrame(), entryOf(E));
    } else if constexpr (E == Event::Return) {
        kept = carefulLeave(code, PyEval_GetGlobals(), 0, args[2]);
    } else {
        kept = carefulLeave(code, PyEval_GetGlobals(), E == Event::Yield ? format::kYield : format::kUnwind, nullptr);
    }
    constexpr bool atOnePlace = E != Event::Throw && E != Event::Unwind; // only these can be switched off
    return Py_NewRef(!kept && atOnePlace ? g_disable : Py_None);
}

template <Event E> PyObject* onCCarefully(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    const void* key = callableKey(args[2], args[3]);
    auto* caller = reinterpret_cast<PyCodeObject*>(args[0]);
    bool kept = true;
    if (key) {
        if constexpr (E == Event::CCall)
            kept = carefulEnterC(caller, args[2], args[3], key);
        else
            carefulLeaveC(caller, args[2], args[3], key, E == Event::CReturn ? 0 : format::kUnwindC);
    }
    return Py_NewRef(kept ? Py_None : g_disable);
}

// As the ways below, and looks how long each innermost call took.
template <Event E> PyObject* onPythonAdaptively(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    core::ThreadWriter& w = t_writer;
    auto* code = reinterpret_cast<PyCodeObject*>(args[0]);
    constexpr bool atOnePlace = E != Event::Throw && E != Event::Unwind;
    Slot& s = slotFor(code);
    const bool fast = s.key == code && w.fast() && !g_session.careful;
    bool kept = true;
    if constexpr (E == Event::Start || E == Event::Resume || E == Event::Throw) {
        if (CALLTIDE_LIKELY(fast && E != Event::Throw)) {
            if constexpr (E == Event::Start)
                w.enter<false>(s.id, s.idLength);
            else
                w.enter<false>(s.resumed, s.resumedLength);
        } else {
            kept = carefulEnter(code, PyEval_GetGlobals(), PyEval_GetFrame(), entryOf(E));
        }
        t_entry.set();
    } else {
        const bool innermost = t_entry.stands();
        const uint64_t entered = w.last;
        if (CALLTIDE_LIKELY(fast && w.leaveIsPlain<false>())) {
            if constexpr (E == Event::Return)
                w.leave<false>();
            else
                w.leaveRare<false>(E == Event::Yield ? format::kYield : format::kUnwind);
            kept = !dropIfShort(code, s, innermost, w.last - entered);
        } else {
            if constexpr (E == Event::Return)
                kept = carefulLeave(code, PyEval_GetGlobals(), 0, args[2]);
            else
                kept = carefulLeave(code, PyEval_GetGlobals(), E == Event::Yield ? format::kYield : format::kUnwind, nullptr);
            if (kept && t_writer.thread && s.key == code)
                kept = !dropIfShort(code, s, innermost, core::nowUnits() - entered);
        }
    }
    return Py_NewRef(!kept && atOnePlace ? g_disable : Py_None);
}

// A Python function calls another, and neither has been left out: those that are have no slot.
bool bothStay(PyCodeObject* caller, PyObject* callable)
{
    if (PyMethod_Check(callable))
        callable = PyMethod_GET_FUNCTION(callable);
    const PyObject* called = PyFunction_Check(callable) ? PyFunction_GET_CODE(callable) : nullptr;
    return called && slotFor(called).key == called && slotFor(caller).key == caller;
}

template <Event E> PyObject* onCAdaptively(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    core::ThreadWriter& w = t_writer;
    auto* code = reinterpret_cast<PyCodeObject*>(args[0]);
    const void* key = callableKey(args[2], args[3]);
    if (!key && (E != Event::CCall || bothStay(code, args[2])))
        Py_RETURN_NONE;
    Function* caller = judgedCode(code, PyEval_GetGlobals());
    if (caller->filtered)
        return Py_NewRef(E == Event::CCall ? g_disable : Py_None);
    uint8_t* site = siteOf(caller, code, args[1]);
    if constexpr (E == Event::CCall) {
        if (*site == kDroppedSite || (!key && w.thread && callsDropped(caller, site, args[2])))
            return Py_NewRef(g_disable);
        if (!key)
            Py_RETURN_NONE;
        const Slot& s = slotFor(key);
        bool kept = true;
        if (CALLTIDE_LIKELY(s.key == key && w.fast() && !g_session.careful))
            w.enter<true>(s.id, s.idLength);
        else
            kept = carefulEnterC(code, args[2], args[3], key);
        t_entry.set();
        return Py_NewRef(kept ? Py_None : g_disable);
    } else {
        if (!key || *site == kDroppedSite)
            Py_RETURN_NONE;
        const bool innermost = t_entry.stands();
        const uint64_t entered = w.last;
        constexpr unsigned sub = E == Event::CReturn ? 0u : unsigned(format::kUnwindC);
        if (CALLTIDE_LIKELY(w.fast() && w.leaveIsPlain<true>() && !g_session.careful)) {
            if constexpr (sub)
                w.leaveRare<true>(sub);
            else
                w.leave<true>();
        } else {
            carefulLeaveC(code, args[2], args[3], key, sub);
        }
        if (w.thread)
            dropSiteIfShort(caller, site, args[2], args[3], key, innermost, core::nowUnits() - entered);
        Py_RETURN_NONE;
    }
}

template <Event E> PyObject* onPython(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    core::ThreadWriter& w = t_writer;
    auto* code = reinterpret_cast<PyCodeObject*>(args[0]);
    if constexpr (E == Event::Start || E == Event::Resume) {
        const Slot& s = slotFor(code);
        if (CALLTIDE_LIKELY(s.key == code && w.fast())) {
            if constexpr (E == Event::Start)
                w.enter<false>(s.id, s.idLength);
            else
                w.enter<false>(s.resumed, s.resumedLength);
        } else {
            enterPythonSlow(code, E);
        }
    } else if constexpr (E == Event::Throw) {
        enterPythonSlow(code, E);
    } else if constexpr (E == Event::Return) {
        if (CALLTIDE_LIKELY(w.fast() && w.leaveIsPlain<false>()))
            w.leave<false>();
        else
            leaveSlow(false, 0);
    } else {
        constexpr unsigned sub = E == Event::Yield ? format::kYield : format::kUnwind;
        if (CALLTIDE_LIKELY(w.fast() && w.leaveIsPlain<false>()))
            w.leaveRare<false>(sub);
        else
            leaveSlow(false, sub);
    }
    Py_RETURN_NONE;
}

template <Event E> PyObject* onC(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    // args[3] is the call's first argument, or a stand-in of no use as one.
    const void* key = callableKey(args[2], E == Event::CCall ? args[3] : nullptr);
    if (!key)
        Py_RETURN_NONE;
    core::ThreadWriter& w = t_writer;
    if constexpr (E == Event::CCall) {
        const Slot& s = slotFor(key);
        if (CALLTIDE_LIKELY(s.key == key && w.fast()))
            w.enter<true>(s.id, s.idLength);
        else
            enterCSlow(args[2], args[3], key);
    } else if constexpr (E == Event::CReturn) {
        if (CALLTIDE_LIKELY(w.fast() && w.leaveIsPlain<true>()))
            w.leave<true>();
        else
            leaveSlow(true, 0);
    } else {
        if (CALLTIDE_LIKELY(w.fast() && w.leaveIsPlain<true>()))
            w.leaveRare<true>(format::kUnwindC);
        else
            leaveSlow(true, format::kUnwindC);
    }
    Py_RETURN_NONE;
}

// Where an exception is raised, not where it goes through: its traceback has the one frame then.
PyObject* onRaise(PyObject*, PyObject* const* args, size_t, PyObject*)
{
    if (triggersNeedRaises() && triggerRaise(reinterpret_cast<PyObject*>(Py_TYPE(args[2])), false) != Verdict::Go)
        Py_RETURN_NONE;
    if (g_session.options.logExceptions && t_writer.thread && t_writer.fast()) {
        PyObject* trace = PyException_GetTraceback(args[2]);
        if (!trace || !reinterpret_cast<PyTracebackObject*>(trace)->tb_next) {
            const auto* code = reinterpret_cast<PyCodeObject*>(args[0]);
            const bool leavesOut = g_session.careful || g_session.options.adaptive;
            if (!leavesOut || !judgedCode(const_cast<PyCodeObject*>(code), PyEval_GetGlobals())->filtered)
                logRaise(reinterpret_cast<PyObject*>(Py_TYPE(args[2])), args[2]);
        }
        Py_XDECREF(trace);
    }
    Py_RETURN_NONE;
}

// An exception of C++ (no memory) must not reach the interpreter: the event is lost, the program goes on.
template <vectorcallfunc F> PyObject* guarded(PyObject* self, PyObject* const* args, size_t n, PyObject* names)
{
    try {
        return F(self, args, n, names);
    } catch (...) {
        Py_RETURN_NONE;
    }
}

struct Callback
{
    PyObject_HEAD
    vectorcallfunc call;
};
void freeCallback(PyObject* object) { PyObject_Free(object); }
PyTypeObject g_callbackType = {PyVarObject_HEAD_INIT(nullptr, 0)};

struct Registration
{
    const char* event;
    vectorcallfunc call, careful, adaptive;
    bool c;        // only when C functions are wanted
    bool requested; // C_RETURN and C_RAISE come with CALL and must not be asked for
};
const Registration kRegistrations[] = {
    {"PY_START", guarded<onPython<Event::Start>>, guarded<onPythonCarefully<Event::Start>>, guarded<onPythonAdaptively<Event::Start>>, false, true},
    {"PY_RESUME", guarded<onPython<Event::Resume>>, guarded<onPythonCarefully<Event::Resume>>, guarded<onPythonAdaptively<Event::Resume>>, false, true},
    {"PY_THROW", guarded<onPython<Event::Throw>>, guarded<onPythonCarefully<Event::Throw>>, guarded<onPythonAdaptively<Event::Throw>>, false, true},
    {"PY_RETURN", guarded<onPython<Event::Return>>, guarded<onPythonCarefully<Event::Return>>, guarded<onPythonAdaptively<Event::Return>>, false, true},
    {"PY_YIELD", guarded<onPython<Event::Yield>>, guarded<onPythonCarefully<Event::Yield>>, guarded<onPythonAdaptively<Event::Yield>>, false, true},
    {"PY_UNWIND", guarded<onPython<Event::Unwind>>, guarded<onPythonCarefully<Event::Unwind>>, guarded<onPythonAdaptively<Event::Unwind>>, false, true},
    {"CALL", guarded<onC<Event::CCall>>, guarded<onCCarefully<Event::CCall>>, guarded<onCAdaptively<Event::CCall>>, true, true},
    {"C_RETURN", guarded<onC<Event::CReturn>>, guarded<onCCarefully<Event::CReturn>>, guarded<onCAdaptively<Event::CReturn>>, true, false},
    {"RAISE", guarded<onRaise>, guarded<onRaise>, guarded<onRaise>, false, true},
    {"C_RAISE", guarded<onC<Event::CRaise>>, guarded<onCCarefully<Event::CRaise>>, guarded<onCAdaptively<Event::CRaise>>, true, false},
};

int g_tool = -1;

bool discard(PyObject* result)
{
    if (!result)
        PyErr_Clear();
    Py_XDECREF(result);
    return result != nullptr;
}

bool initType()
{
    if (g_callbackType.tp_name)
        return true;
    g_callbackType.tp_name = "calltide.callback";
    g_callbackType.tp_basicsize = sizeof(Callback);
    g_callbackType.tp_dealloc = freeCallback;
    g_callbackType.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL;
    g_callbackType.tp_vectorcall_offset = offsetof(Callback, call);
    g_callbackType.tp_call = PyVectorcall_Call;
    return PyType_Ready(&g_callbackType) == 0;
}

long eventBit(PyObject* events, const char* name)
{
    PyObject* value = PyObject_GetAttrString(events, name);
    const long bit = value ? PyLong_AsLong(value) : 0;
    Py_XDECREF(value);
    return bit;
}

} // namespace

bool setHooks(std::string& error)
{
    PyObject* monitoring = PySys_GetObject("monitoring");
    PyObject* events = monitoring ? PyObject_GetAttrString(monitoring, "events") : nullptr;
    if (!events || !initType()) {
        PyErr_Clear();
        error = "this interpreter has no sys.monitoring";
        return false;
    }
    Py_XSETREF(g_disable, PyObject_GetAttrString(monitoring, "DISABLE"));
    g_tool = -1;
    for (const int id : {4, 3, 0, 5, 2}) { // 0 is for debuggers, 2 cProfile's; Hypothesis insists on 3
        if (discard(PyObject_CallMethod(monitoring, "use_tool_id", "is", id, "calltide"))) {
            g_tool = id;
            break;
        }
    }
    if (g_tool < 0) {
        Py_DECREF(events);
        error = "all tool ids of sys.monitoring are taken by other tools";
        return false;
    }
    long set = 0;
    for (const Registration& r : kRegistrations) {
        if (r.c && (g_session.options.pythonOnly || triggersArmed()))
            continue;
        if (std::strcmp(r.event, "RAISE") == 0 && !triggersNeedRaises() && (triggersArmed() || !g_session.options.logExceptions))
            continue;
        const long bit = eventBit(events, r.event);
        auto* callback = PyObject_New(Callback, &g_callbackType);
        callback->call = g_session.options.adaptive ? r.adaptive : g_session.careful ? r.careful : r.call;
        discard(PyObject_CallMethod(monitoring, "register_callback", "ilN", g_tool, bit, reinterpret_cast<PyObject*>(callback)));
        if (r.requested)
            set |= bit;
    }
    Py_DECREF(events);
    static bool disables = false;
    disables = disables || g_session.careful || g_session.options.adaptive;
    if (disables) // places that an earlier recording has switched off
        restartEvents();
    watchSetProfile(!g_session.options.pythonOnly);
    return discard(PyObject_CallMethod(monitoring, "set_events", "il", g_tool, set));
}

void restartEvents()
{
    if (PyObject* monitoring = PySys_GetObject("monitoring"))
        discard(PyObject_CallMethod(monitoring, "restart_events", nullptr));
}

void removeHooks(bool forget)
{
    g_session.hooked = false;
    watchSetProfile(false);
    PyObject* monitoring = PySys_GetObject("monitoring");
    if (g_tool < 0 || !monitoring)
        return;
    discard(PyObject_CallMethod(monitoring, "set_events", "ii", g_tool, 0));
    PyObject* events = forget ? PyObject_GetAttrString(monitoring, "events") : nullptr;
    for (const Registration& r : kRegistrations)
        if (events)
            discard(PyObject_CallMethod(monitoring, "register_callback", "ilO", g_tool, eventBit(events, r.event), Py_None));
    Py_XDECREF(events);
    PyErr_Clear();
    discard(PyObject_CallMethod(monitoring, "free_tool_id", "i", g_tool));
    g_tool = -1;
}

} // namespace calltide::bindings
#endif
