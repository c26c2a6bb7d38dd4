// SPDX-License-Identifier: Apache-2.0
#include "bindings/triggers.h"
#include "bindings/functions.h"
#include "bindings/threads.h"
#include <cstring>
#include <ctime>

namespace calltide::bindings {
namespace {

enum : uint8_t { kStarts = 1, kStops = 2, kTimed = 4 }; // a function's mask

struct Triggers
{
    std::vector<Condition> start, stop;
    bool armed = false, stopped = false;
    bool startBySignal = false;
    int64_t begin = 0; // ns, monotonic
};
Triggers g_triggers;

struct Running
{
    PyCodeObject* code;
    int64_t since;
};
thread_local std::vector<Running> t_running; // calls whose duration matters, outermost first

int64_t now()
{
    timespec t {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

bool has(const std::vector<Condition>& list, Condition::Kind kind)
{
    for (const Condition& c : list)
        if (c.kind == kind)
            return true;
    return false;
}

const std::vector<Condition>& current() { return g_triggers.armed ? g_triggers.start : g_triggers.stop; }
bool waiting() { return g_triggers.armed || (!g_triggers.stopped && !g_triggers.stop.empty()); }

bool matchesFunction(const Condition& c, const std::string& name, const std::string& qualified, const std::string& module)
{
    return c.pattern.empty() || c.compiled.matches(name) || c.compiled.matches(qualified)
        || (!module.empty() && c.compiled.matches(module + "." + qualified));
}

std::string parse(const std::string& text, std::vector<Condition>& into, bool& bySignal)
{
    const size_t colon = text.find(':');
    const std::string kind = text.substr(0, colon);
    std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    Condition c;
    c.text = text;
    if (kind == "signal") {
        bySignal = true;
        return {};
    }
    if (kind == "longer" || kind == "after") {
        c.kind = kind == "after" ? Condition::Kind::After : Condition::Kind::Longer;
        c.ns = std::strtoll(rest.c_str(), nullptr, 10);
        const size_t next = rest.find(':');
        rest = next == std::string::npos ? "" : rest.substr(next + 1);
    } else if (kind == "enter") {
        c.kind = Condition::Kind::Enter;
    } else if (kind == "raise") {
        c.kind = Condition::Kind::Raise;
    } else {
        return "unknown condition " + text;
    }
    c.pattern = rest;
    try {
        if (!rest.empty())
            c.compiled = Pattern(rest);
    } catch (const std::regex_error&) {
        return rest + " is not a regular expression";
    }
    into.push_back(std::move(c));
    return {};
}

void mark(const char* what, const std::string& why)
{
    if (t_writer.thread && g_session.recorder)
        t_writer.mark(format::kInstant, g_session.recorder->tables().name(std::string(what) + why, {}));
}

// The program has not begun: what the interpreter does at its start is nobody's condition.
bool startingUp(PyCodeObject* code, PyObject* globals)
{
    if (!g_session.waitForMain)
        return false;
    if (!globals || text(code->co_name) != "<module>" || text(PyDict_GetItemString(globals, "__name__")) != "__main__")
        return true;
    if (g_triggers.armed)
        g_session.waitForMain = false; // else beginsProgram() does it
    return false;
}

void chooseWay() { g_session.careful = g_session.alwaysCareful || triggersNeedCalls(); }

// `skipNewest`: the newest call is just beginning or ending and not open.
void start(const std::string& why, bool skipNewest)
{
    g_triggers.armed = false;
    if (g_session.hooked)
        removeHooks();
    chooseWay();
    if (g_session.forked && !continueInChild())
        return;
    if (!g_session.recorder)
        return;
    g_session.paused = false;
    g_session.waitForMain = false;
    openRunningThreads(false, skipNewest);
    mark("recording starts: ", why);
    std::string error;
    g_session.hooked = setHooks(error);
    watchBesides(g_session.hooked);
}

void stop(const std::string& why)
{
    g_triggers.stopped = true;
    if (g_session.hooked && attached(false))
        mark("recording stops: ", why);
    pauseSession();
    chooseWay();
}

void fire(const Condition& c, bool skipNewest)
{
    if (g_triggers.armed)
        start(c.text, skipNewest);
    else
        stop(c.text);
}

bool timePassed(bool skipNewest) // true: so something happened
{
    for (const Condition& c : current()) {
        if (c.kind == Condition::Kind::After && now() - g_triggers.begin >= c.ns) {
            fire(c, skipNewest);
            return true;
        }
    }
    return false;
}

bool nameMatches(const Condition& c, PyTypeObject* type)
{
    const char* name = type->tp_name ? type->tp_name : "";
    const char* dot = std::strrchr(name, '.');
    if (c.compiled.matches(dot ? dot + 1 : name) || c.compiled.matches(name))
        return true;
    const std::string module = type->tp_flags & Py_TPFLAGS_HEAPTYPE && type->tp_dict
        ? text(PyDict_GetItemString(type->tp_dict, "__module__"))
        : std::string();
    return !module.empty() && c.compiled.matches(module + "." + name);
}

uint8_t neededMask() { return g_triggers.armed ? kStarts : kStops; }

} // namespace

std::string wrongCondition(const std::vector<std::string>& startWhen, const std::vector<std::string>& stopWhen)
{
    std::vector<Condition> tried;
    bool bySignal = false;
    for (const bool starts : {true, false})
        for (const std::string& text : starts ? startWhen : stopWhen)
            if (const std::string error = parse(text, tried, bySignal); !error.empty())
                return (starts ? "start_when: " : "stop_when: ") + error;
    return {};
}

std::string setTriggers(const std::vector<std::string>& startWhen, const std::vector<std::string>& stopWhen)
{
    g_triggers = {};
    if (std::string error = wrongCondition(startWhen, stopWhen); !error.empty())
        return error;
    g_triggers.begin = now();
    bool stopBySignal = false;
    for (const std::string& text : startWhen)
        parse(text, g_triggers.start, g_triggers.startBySignal);
    for (const std::string& text : stopWhen)
        parse(text, g_triggers.stop, stopBySignal);
    g_triggers.armed = triggersWaitForStart();
    return {};
}

bool triggersWaitForStart() { return !g_triggers.start.empty() || g_triggers.startBySignal; }
bool triggersNeedCalls()
{
    if (g_triggers.armed)
        return true;
    for (const Condition& c : g_triggers.stop)
        if (!g_triggers.stopped && c.kind != Condition::Kind::Raise)
            return true;
    return false;
}
bool triggersNeedRaises() { return waiting() && has(current(), Condition::Kind::Raise); }
bool triggersOnRaises() { return has(g_triggers.start, Condition::Kind::Raise) || has(g_triggers.stop, Condition::Kind::Raise); }
bool triggersArmed() { return g_triggers.armed; }

uint8_t triggerMask(const std::string& name, const std::string& qualified, const std::string& module)
{
    uint8_t mask = 0;
    for (const bool starts : {true, false}) {
        for (const Condition& c : starts ? g_triggers.start : g_triggers.stop) {
            const bool timed = c.kind == Condition::Kind::Longer;
            if ((timed || c.kind == Condition::Kind::Enter) && matchesFunction(c, name, qualified, module))
                mask |= uint8_t((starts ? kStarts : kStops) | (timed ? kTimed : 0));
        }
    }
    return mask;
}

Verdict triggerEnter(PyCodeObject* code, PyObject* globals)
{
    const bool armed = g_triggers.armed;
    if (!waiting() || startingUp(code, globals))
        return armed ? Verdict::Skip : Verdict::Go;
    if (has(current(), Condition::Kind::After) && timePassed(true))
        return armed ? Verdict::Go : Verdict::Skip;
    const Function* f = judgedCode(code, globals);
    if (!f->ignored && f->triggers & neededMask()) {
        for (const Condition& c : current())
            if (c.kind == Condition::Kind::Enter
                && matchesFunction(c, text(code->co_name), qualifiedName(code), globals ? text(PyDict_GetItemString(globals, "__name__")) : "")) {
                fire(c, true);
                return armed ? Verdict::Go : Verdict::Skip;
            }
        if (f->triggers & kTimed)
            t_running.push_back({code, now()});
        return armed ? Verdict::Skip : Verdict::Go;
    }
    if (!armed)
        return Verdict::Go;
    // Up to 3.11 exceptions are seen where they leave a call.
    const bool everyCall = has(current(), Condition::Kind::After) || (PY_VERSION_HEX < 0x030C0000 && has(current(), Condition::Kind::Raise));
    return everyCall ? Verdict::Skip : Verdict::SkipPlace;
}

Verdict triggerLeave(PyCodeObject* code, PyObject* globals)
{
    if (!g_triggers.armed)
        return Verdict::Go;
    if (g_session.waitForMain)
        return Verdict::Skip;
    const Function* f = judgedCode(code, globals);
    if (!(f->triggers & kTimed))
        return has(current(), Condition::Kind::After) ? Verdict::Skip : Verdict::SkipPlace;
    triggerLeft(code, globals);
    return Verdict::Skip;
}

void triggerLeft(PyCodeObject* code, PyObject* globals)
{
    if (!waiting() || g_session.waitForMain)
        return;
    if (!g_triggers.armed && has(current(), Condition::Kind::After) && timePassed(true))
        return;
    size_t at = t_running.size();
    while (at && t_running[at - 1].code != code)
        at--;
    if (!at)
        return;
    const int64_t took = now() - t_running[at - 1].since;
    t_running.resize(at - 1);
    const Function* f = judgedCode(code, globals);
    if (!(f->triggers & neededMask()))
        return;
    for (const Condition& c : current()) {
        if (c.kind == Condition::Kind::Longer && took >= c.ns
            && matchesFunction(c, text(code->co_name), qualifiedName(code), globals ? text(PyDict_GetItemString(globals, "__name__")) : "")) {
            fire(c, true);
            return;
        }
    }
}

Verdict triggerRaise(PyObject* type, bool leaves)
{
    const bool armed = g_triggers.armed;
    if (!waiting() || g_session.waitForMain || !type || !PyExceptionClass_Check(type)
        || PyErr_GivenExceptionMatches(type, PyExc_StopIteration) || PyErr_GivenExceptionMatches(type, PyExc_StopAsyncIteration)
        || PyErr_GivenExceptionMatches(type, PyExc_GeneratorExit))
        return armed ? Verdict::Skip : Verdict::Go;
    PyObject* bases = reinterpret_cast<PyTypeObject*>(type)->tp_mro;
    for (const Condition& c : current()) {
        if (c.kind != Condition::Kind::Raise)
            continue;
        for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); ++i) {
            if (PyTuple_GET_ITEM(bases, i) == reinterpret_cast<PyObject*>(&PyBaseObject_Type)
                || !nameMatches(c, reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i))))
                continue;
            fire(c, leaves);
            return armed ? Verdict::Go : Verdict::Skip;
        }
    }
    return armed ? Verdict::Skip : Verdict::Go;
}

void fireTrigger(bool starts, const std::string& why)
{
    if (starts && g_triggers.armed)
        start(why, false);
    else if (!starts && !g_triggers.armed && !g_triggers.stopped)
        stop(why);
}

} // namespace calltide::bindings
