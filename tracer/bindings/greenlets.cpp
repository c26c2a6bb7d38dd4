// SPDX-License-Identifier: Apache-2.0
#include "bindings/greenlets.h"
#include "bindings/threads.h"
#include <algorithm>
#include <memory>
#include <unordered_map>

namespace calltide::bindings {

namespace {

struct Segment // of the calls that are open, outermost first
{
    PyObject* greenlet; // borrowed, to be compared only
    size_t from;        // its first call
};
struct Switches // of one thread
{
    uint32_t epoch = 0;
    bool passesOn = false; // a trace function of the program's runs, which may call an older one of ours
    std::vector<Segment> segments;
    std::unordered_map<PyObject*, std::vector<core::Suspended>> suspended; // their calls, which may be none
};
thread_local std::unique_ptr<Switches> t_switches;
uint32_t g_epoch = 1;
bool g_seen = false;

// The greenlet's own: nothing of the program's runs.
PyObject* parentOf(PyObject* greenlet) // borrowed: the child keeps it
{
    static PyObject* name = PyUnicode_InternFromString("parent");
    PyObject* parent = PyObject_GenericGetAttr(greenlet, name);
    PyErr_Clear();
    Py_XDECREF(parent);
    return parent == Py_None ? nullptr : parent;
}

std::vector<PyObject*> chainOf(PyObject* greenlet)
{
    constexpr size_t kMost = 1000;
    std::vector<PyObject*> chain;
    for (PyObject* g = greenlet; g && chain.size() < kMost; g = parentOf(g))
        chain.push_back(g);
    std::reverse(chain.begin(), chain.end());
    return chain;
}

// How many frames of Python there are from `frame` (stolen, may be null) outwards: a greenlet's own.
size_t framesFrom(PyFrameObject* frame)
{
    size_t frames = 0;
    while (frame) {
        frames++;
#if PY_VERSION_HEX >= 0x030B0000
        PyFrameObject* back = PyFrame_GetBack(frame);
#else
        PyFrameObject* back = frame->f_back;
        Py_XINCREF(back);
#endif
        Py_DECREF(frame);
        frame = back;
    }
    return frames;
}

PyFrameObject* frameOf(PyObject* greenlet) // of one that stands still; new reference, null if it has none
{
    static PyObject* name = PyUnicode_InternFromString("gr_frame");
    PyObject* frame = PyObject_GenericGetAttr(greenlet, name);
    PyErr_Clear();
    if (!frame || !PyFrame_Check(frame)) {
        Py_XDECREF(frame);
        return nullptr;
    }
    return reinterpret_cast<PyFrameObject*>(frame);
}

bool standsStill(PyObject* greenlet) // has begun and not ended
{
    PyFrameObject* frame = frameOf(greenlet);
    Py_XDECREF(frame);
    return frame != nullptr;
}

// Before anything is known: of what is open, the newest calls are the running greenlet's own, as many of Python's as it has
// `frames`, with the C functions that they call. What is further out is taken for its outermost parent's.
void begin(Switches& s, PyObject* running, size_t frames)
{
    s.segments.clear();
    s.suspended.clear();
    s.epoch = g_epoch;
    const uint32_t* calls = t_writer.thread->shadow.data() + 1;
    size_t from = t_writer.openCalls();
    while (from > 0 && frames > 0)
        frames -= !(calls[--from] & core::kShadowC);
    for (PyObject* g : chainOf(running))
        s.segments.push_back({g, s.segments.empty() ? 0 : from});
}

void change(Switches& s, PyObject* from, PyObject* to)
{
    if (s.epoch != g_epoch || s.segments.empty())
        begin(s, from, framesFrom(frameOf(from)));
    const std::vector<PyObject*> chain = chainOf(to);
    size_t same = 0;
    while (same < chain.size() && same < s.segments.size() && s.segments[same].greenlet == chain[same])
        same++;
    const size_t open = t_writer.openCalls(), keep = same < s.segments.size() ? std::min(s.segments[same].from, open) : open;
    std::vector<core::Suspended> next, taken;
    std::vector<Segment> segments(s.segments.begin(), s.segments.begin() + ptrdiff_t(same));
    bool known = same == chain.size();
    for (size_t i = same; i < chain.size(); i++) {
        segments.push_back({chain[i], keep + next.size()});
        const auto it = s.suspended.find(chain[i]);
        known = it != s.suspended.end();
        if (!known)
            continue;
        next.insert(next.end(), it->second.begin(), it->second.end());
        s.suspended.erase(it);
    }
    t_writer.giveWay(keep, taken, next);
    for (size_t i = same; i < s.segments.size(); i++) {
        const size_t first = std::min(std::max(s.segments[i].from, keep) - keep, taken.size());
        const size_t end = i + 1 < s.segments.size() ? std::min(std::max(s.segments[i + 1].from, keep) - keep, taken.size()) : taken.size();
        if (first < end || standsStill(s.segments[i].greenlet))
            s.suspended[s.segments[i].greenlet].assign(taken.begin() + ptrdiff_t(first), taken.begin() + ptrdiff_t(end));
    }
    s.segments = std::move(segments);
    if (!known && t_writer.thread && PyEval_GetFrame())
        openOwnStack(); // it ran before the recording began
}

// `before`: the trace function that was there, None if there was none.
PyObject* onSwitch(PyObject* before, PyObject* args)
{
    Switches* s = t_switches.get();
    const bool first = s && !s->passesOn;
    PyObject* pair = PyTuple_Check(args) && PyTuple_GET_SIZE(args) == 2 ? PyTuple_GET_ITEM(args, 1) : nullptr;
    if (first && pair && PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2) {
        const KeptException kept;
        try {
            if (t_writer.thread && g_session.recorder && g_session.hooked && !g_session.paused && !core::forkedUnseen())
                change(*s, PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1));
            else
                s->epoch = 0;
        } catch (...) { // no memory: it is not known any more
            s->epoch = 0;
        }
    }
    if (before == Py_None)
        Py_RETURN_NONE;
    if (first)
        s->passesOn = true;
    PyObject* result = PyObject_Call(before, args, nullptr);
    if (first && t_switches.get() == s)
        s->passesOn = false;
    return result;
}
PyMethodDef g_definition = {"calltide_switch", onSwitch, METH_VARARGS, nullptr};
bool isOurs(PyObject* function) { return PyCFunction_Check(function) && PyCFunction_GET_FUNCTION(function) == onSwitch; }

PyObject* greenletModule() // borrowed; null: it has not been imported
{
    PyObject* modules = PyImport_GetModuleDict();
    PyObject* module = modules ? PyDict_GetItemString(modules, "greenlet._greenlet") : nullptr;
    PyErr_Clear();
    return module && PyModule_Check(module) ? module : nullptr;
}

// What a function of the module answers; new reference, or null. Never leaves an exception set.
PyObject* called(PyObject* module, const char* name, PyObject* argument = nullptr)
{
    PyObject* function = module ? PyObject_GetAttrString(module, name) : nullptr;
    PyObject* result = function ? PyObject_CallFunctionObjArgs(function, argument, nullptr) : nullptr;
    Py_XDECREF(function);
    PyErr_Clear();
    return result;
}

} // namespace

void noticeGreenlets(bool entering)
{
    const KeptException kept;
    PyObject* module = greenletModule();
    PyObject* before = called(module, "gettrace");
    if (!before || (t_switches && isOurs(before))) {
        Py_XDECREF(before);
        return;
    }
    PyObject* ours = PyCFunction_New(&g_definition, before);
    Py_DECREF(before);
    PyObject* replaced = ours ? called(module, "settrace", ours) : nullptr;
    Py_XDECREF(ours);
    if (!replaced) {
        PyErr_Clear();
        return;
    }
    Py_DECREF(replaced);
    if (!t_switches)
        t_switches = std::make_unique<Switches>();
    t_switches->epoch = 0; // where the program has put its own there meanwhile, switches have not been seen
    g_seen = true;
    PyObject* current = called(module, "getcurrent");
    if (current && t_writer.thread) {
        PyFrameObject* frame = PyEval_GetFrame();
        Py_XINCREF(frame);
        const size_t frames = framesFrom(frame);
        begin(*t_switches, current, frames - (entering && frames > 0));
    }
    Py_XDECREF(current);
}

bool greenletsSeen() { return g_seen; }

void forgetGreenlets() { g_epoch++; }

void leaveGreenlets()
{
    if (!t_switches)
        return;
    const KeptException kept;
    PyObject* module = greenletModule();
    PyObject* now = called(module, "gettrace");
    if (now && isOurs(now))
        Py_XDECREF(called(module, "settrace", PyCFunction_GET_SELF(now)));
    Py_XDECREF(now);
    t_switches.reset();
}

} // namespace calltide::bindings
