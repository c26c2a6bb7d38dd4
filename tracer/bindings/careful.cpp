// SPDX-License-Identifier: Apache-2.0
#include "bindings/careful.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/values.h"
#include "bindings/watch.h"

namespace calltide::bindings {

namespace {

// {"call_line":14} and the arguments: details of one call are one object.
std::string withLine(int line, const std::string& arguments)
{
    std::string json = "{\"call_line\":" + std::to_string(line);
    return arguments.size() > 2 ? json + "," + arguments.substr(1) : json + "}";
}

} // namespace

bool carefulEnter(PyCodeObject* code, PyObject* globals, CallFrame* frame, Entry entry)
{
    if (const Verdict verdict = triggerEnter(code, globals); CALLTIDE_UNLIKELY(verdict != Verdict::Go))
        return verdict == Verdict::Skip;
    if (!attached(true))
        return true;
    if (t_writer.hides())
        beginsProgram(code, globals); // also if it is not to be recorded itself
    Function* f = judgedCode(code, globals);
    if (f->role == Role::EndsThread)
        refreshThreadName();
    const bool watched = f->watched(entry == Entry::Start);
    if (f->filtered) {
        if (watched)
            watchedEnter(*f, code, frame, false);
        return watched;
    }
    if (!t_writer.thread)
        return true; // a finaliser that ran on the way has stopped the recording
    if (t_writer.hides()) {
        t_writer.enterHidden(false);
        if (watched)
            watchedEnter(*f, code, frame, false);
        return true;
    }
    f = functionOfCode(code, globals);
    if (!t_writer.thread)
        return true;
    if (f->ignored) {
        t_writer.enterHidden(false);
        return true;
    }
    writeEntry(*f, entry);
    if (watched)
        watchedEnter(*f, code, frame, !t_writer.hides());
    if (entry != Entry::Start)
        return true;
    std::string json;
    if (f->wantsArguments && g_session.options.logFuncArgs)
        json = argumentsOf(frame, code, g_session.options.useRepr);
    if (g_session.options.logCallLine)
        if (const int line = lineOfCaller(frame); line > 0)
            json = withLine(line, json);
    if (!json.empty() && t_writer.thread)
        t_writer.arguments(json);
    return true;
}

static bool leave(PyCodeObject* code, PyObject* globals, unsigned sub, PyObject* result)
{
    if (!attached(false))
        return true;
    const Function* f = judgedCode(code, globals);
    const bool watched = f->watched(sub != format::kYield);
    if (watched)
        watchedLeave(*f);
    if (f->filtered)
        return watched;
    if (!t_writer.thread)
        return true;
    if (result && sub == 0 && f->wantsArguments && g_session.options.logFuncRetval && !t_writer.hides()) {
        const std::string json = valueOf(result, g_session.options.useRepr);
        if (t_writer.thread)
            t_writer.leaveSlow(false, sub, &json);
        return true;
    }
    t_writer.leaveSlow(false, sub);
    return true;
}

bool carefulLeave(PyCodeObject* code, PyObject* globals, unsigned sub, PyObject* result)
{
    if (const Verdict verdict = triggerLeave(code, globals); CALLTIDE_UNLIKELY(verdict != Verdict::Go))
        return verdict == Verdict::Skip;
    const bool kept = leave(code, globals, sub, result);
    triggerLeft(code, globals);
    return kept;
}

bool carefulEnterC(PyCodeObject* caller, PyObject* callable, PyObject* self, const void* key)
{
    if (triggersArmed())
        return true;
    if (!attached(false))
        return true;
    if (caller && judgedCode(caller, PyEval_GetGlobals())->filtered)
        return false;
    if (g_session.filter.filtersC() && judgedCallable(callable, self, key)->filtered)
        return true; // another function may be called from here next time
    if (!t_writer.thread)
        return true;
    const Function* f = t_writer.hides() ? nullptr : functionOfCallable(callable, self, key);
    if (!t_writer.thread)
        return true;
    if (!f || f->ignored) {
        t_writer.enterHidden(true);
        return true;
    }
    const Slot s = f->slot();
    t_writer.enterSlow(true, s.id, s.idLength);
    if (PyFrameObject* frame = g_session.options.logCallLine ? PyEval_GetFrame() : nullptr)
        t_writer.arguments(withLine(PyFrame_GetLineNumber(frame), {}));
    return true;
}

void carefulLeaveC(PyCodeObject* caller, PyObject* callable, PyObject* self, const void* key, unsigned sub)
{
    if (triggersArmed() || !attached(false) || (caller && judgedCode(caller, PyEval_GetGlobals())->filtered))
        return;
    if (g_session.filter.filtersC() && judgedCallable(callable, self, key)->filtered)
        return;
    if (t_writer.thread)
        t_writer.leaveSlow(true, sub);
}

} // namespace calltide::bindings
