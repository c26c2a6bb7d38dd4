// SPDX-License-Identifier: Apache-2.0
#include "bindings/threads.h"
#include "bindings/greenlets.h"
#include "bindings/usage.h"
#include <cstring>
#include <frameobject.h>
#include <map>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace calltide::bindings {

__thread core::ThreadWriter t_writer;

namespace {

pthread_key_t g_key;
std::map<unsigned long, core::Thread*> g_parked; // by Python's ident

// At the thread's end, perhaps without the interpreter's lock: no Python here.
void threadEnds(void* writer)
{
    auto* w = static_cast<core::ThreadWriter*>(writer);
    if (w->thread && g_session.recorder && !core::forkedUnseen())
        g_session.recorder->endThread(w->thread);
    *w = core::ThreadWriter {};
}

PyObject* frameGlobals(PyFrameObject* frame) // new reference
{
#if PY_VERSION_HEX >= 0x030B0000
    return PyFrame_GetGlobals(frame);
#else
    return Py_XINCREF(frame->f_globals), frame->f_globals;
#endif
}

struct Stack
{
    std::vector<uint32_t> open, hidden;
    PyFrameObject* outermost = nullptr; // owned
    Stack() = default;
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;
    ~Stack() { Py_XDECREF(outermost); }
};

// The calls of a thread, outermost first. Ours at the end are hidden; so is everything if `hideAll`.
void collectStack(PyThreadState* state, bool skipNewest, bool hideAll, Stack& stack)
{
    std::vector<PyFrameObject*> frames;
    for (PyFrameObject* f = PyThreadState_GetFrame(state); f; f = PyFrame_GetBack(f))
        frames.push_back(f);
    const size_t from = skipNewest && !frames.empty() ? 1 : 0;
    bool ours = true;
    std::vector<uint32_t> ids;
    size_t hidden = 0;
    for (size_t i = from; i < frames.size(); i++) {
        if (hideAll) {
            hidden++;
            continue;
        }
        PyCodeObject* code = PyFrame_GetCode(frames[i]);
        PyObject* globals = frameGlobals(frames[i]);
        const bool left = (g_session.careful || g_session.options.adaptive) && judgedCode(code, globals)->filtered;
        const Function* f = left ? nullptr : functionOfCode(code, globals);
        ours = ours && (left || f->ignored);
        if (left) {
            // As if it were not there; its leave will not be seen either.
        } else if (ours)
            hidden++;
        else
            ids.push_back(f->id);
        Py_XDECREF(globals);
        Py_DECREF(code);
    }
    stack.open.assign(ids.rbegin(), ids.rend());
    stack.hidden.assign(hidden, 0);
    for (size_t i = 0; i < frames.size(); i++) {
        if (i + 1 == frames.size())
            stack.outermost = frames[i];
        else
            Py_DECREF(frames[i]);
    }
}

PyObject* activeThread(unsigned long ident) // borrowed: its threading.Thread, if there is one
{
    PyObject* threading = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");
    PyObject* active = threading && PyModule_Check(threading) ? PyDict_GetItemString(PyModule_GetDict(threading), "_active") : nullptr;
    if (!active || !PyDict_Check(active))
        return nullptr;
    PyObject* key = PyLong_FromUnsignedLong(ident);
    PyObject* thread = key ? PyDict_GetItem(active, key) : nullptr;
    Py_XDECREF(key);
    return thread;
}

// From the object's own dictionary: an attribute look-up could run code of the program.
std::string nameOf(PyObject* thread)
{
    PyObject* attributes = PyObject_GenericGetDict(thread, nullptr);
    if (!attributes) {
        PyErr_Clear();
        return {};
    }
    std::string result = text(PyDict_GetItemString(attributes, "_name"));
    Py_DECREF(attributes);
    return result;
}

#if PY_VERSION_HEX < 0x030B0000
uint64_t nativeIdOf(PyObject* thread) // 0: it does not say
{
    PyObject* attributes = PyObject_GenericGetDict(thread, nullptr);
    PyObject* id = attributes ? PyDict_GetItemString(attributes, "_native_id") : nullptr;
    const uint64_t number = id && PyLong_CheckExact(id) ? PyLong_AsUnsignedLongLong(id) : 0;
    const bool bad = PyErr_Occurred();
    PyErr_Clear();
    Py_XDECREF(attributes);
    return bad ? 0 : number;
}
#endif

// A new thread is not in the list of active ones at its first event, but its outermost call is Thread._bootstrap.
std::string nameFromBootstrap(CallFrame* outermost)
{
    if (!outermost)
        return {};
#if PY_VERSION_HEX >= 0x030C0000
    PyCodeObject* code = PyFrame_GetCode(outermost);
    Py_DECREF(code); // the frame keeps it
#else
    PyCodeObject* code = codeOf(outermost);
#endif
    PyObject* self = text(code->co_name) == "_bootstrap" ? argumentAt(code, outermost, 0) : nullptr;
    if (!self)
        return {};
    std::string result = nameOf(self);
    Py_DECREF(self);
    return result;
}

std::string nativeName(uint64_t nativeId)
{
    char own[32] = {}, process[32] = {};
    pthread_getname_np(pthread_self(), own, sizeof own);
    const std::string comm = "/proc/self/task/" + std::to_string(getpid()) + "/comm";
    if (FILE* f = std::fopen(comm.c_str(), "re")) {
        if (std::fgets(process, sizeof process, f))
            process[std::strcspn(process, "\n")] = 0;
        std::fclose(f);
    }
    if (own[0] && std::strcmp(own, process) != 0)
        return own;
    return "thread " + std::to_string(nativeId);
}

// The outermost calls of a new thread come before its profile function is set, by a breath: they begin, they do not run already.
bool justBegun(const Stack& stack)
{
    if (!stack.outermost || stack.open.size() > 2 || !stack.hidden.empty())
        return false;
    PyCodeObject* code = PyFrame_GetCode(stack.outermost);
    PyObject* globals = frameGlobals(stack.outermost);
    const bool begun = text(code->co_name) == "_bootstrap" && globals
        && text(PyDict_GetItemString(globals, "__name__")) == "threading";
    Py_XDECREF(globals);
    Py_DECREF(code);
    return begun;
}

core::Thread* add(PyThreadState* state, core::ThreadWriter* writer, Stack& stack, bool here)
{
    const unsigned long ident = state->thread_id;
    format::ThreadRecord record {};
    record.pythonIdent = ident;
#if PY_VERSION_HEX >= 0x030B0000
    record.nativeId = state->native_thread_id;
#else
    if (PyObject* thread = activeThread(ident))
        record.nativeId = nativeIdOf(thread);
#endif
    if (here)
        record.nativeId = uint64_t(syscall(SYS_gettid));
    const bool main = here ? record.nativeId == uint64_t(getpid()) : record.nativeId && record.nativeId == uint64_t(getpid());
    record.flags = main ? 1 : 0;
#if PY_VERSION_HEX >= 0x030C0000
    CallFrame* first = stack.outermost;
#else
    CallFrame* first = here && t_aside && !stack.outermost ? t_aside : stack.outermost ? callOf(stack.outermost) : nullptr;
#endif
    std::string name;
    if (PyObject* thread = activeThread(ident))
        name = nameOf(thread);
    if (name.empty())
        name = nameFromBootstrap(first);
    if (name.empty())
        name = main ? "MainThread"
            : here  ? nativeName(record.nativeId)
                    : "thread " + std::to_string(record.nativeId ? record.nativeId : uint64_t(ident));
    core::Recorder* recorder = g_session.recorder;
    if (!recorder)
        return nullptr;
    record.name = recorder->tables().string(name);
    core::Thread* t = recorder->addThread(writer, record);
    if (t)
        t->writer->open(stack.open, stack.hidden);
    return t;
}

} // namespace

// On 3.11 a native thread that comes into Python puts its state into the list before it fills it, and without the interpreter's
// lock: nothing in it may be touched until then. It is a matter of microseconds and waits for nobody; but a fork may have come
// between, and the child has the state without its thread.
static PyThreadState* filled(PyThreadState* state)
{
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
    constexpr int kPatience = 10'000;
    for (int i = 0; state && !__atomic_load_n(&state->_initialized, __ATOMIC_ACQUIRE); i++) {
        if (i < kPatience)
            sched_yield();
        else
            state = PyThreadState_Next(state), i = 0;
    }
#endif
    return state;
}

PyThreadState* firstThread() { return filled(PyInterpreterState_ThreadHead(PyThreadState_Get()->interp)); }
PyThreadState* threadAfter(PyThreadState* state) { return filled(PyThreadState_Next(state)); }

void initThreads() { pthread_key_create(&g_key, threadEnds); }

bool attachThread(bool entering)
{
    noticeFork();
    if (g_session.forked && !continueInChild())
        return false;
    if (g_session.ending) {
        stopSession();
        return false;
    }
    if (!g_session.recorder || g_session.recorder->stopped()) {
        if (g_session.hooked)
            removeHooks();
        return false;
    }
    PyThreadState* state = PyThreadState_Get();
    pthread_setspecific(g_key, &t_writer);
    if (const auto it = g_parked.find(state->thread_id); it != g_parked.end()) {
        core::Thread* t = it->second;
        g_parked.erase(it);
        g_session.recorder->adopt(t, &t_writer);
        noticeGreenlets(entering);
        return true;
    }
    Stack stack;
    collectStack(state, entering && !t_aside, false, stack);
    std::vector<uint32_t> begun;
    if (justBegun(stack))
        begun.swap(stack.open);
    if (!add(state, &t_writer, stack, true))
        return false;
    for (const uint32_t id : begun) {
        const core::EncodedId bytes = core::encodeId(id);
        t_writer.enterSlow(false, bytes.bytes, bytes.length);
    }
    noticeGreenlets(entering);
    sampleUsage(t_writer);
    return true;
}

bool beginsProgram(PyCodeObject* code, PyObject* globals)
{
    if (!g_session.waitForMain || !globals || text(code->co_name) != "<module>"
        || text(PyDict_GetItemString(globals, "__name__")) != "__main__")
        return false;
    g_session.waitForMain = false;
    t_writer.reveal();
    return true;
}

void openRunningThreads(bool hideOwnStack, bool skipNewest)
{
    PyThreadState* self = PyThreadState_Get();
    pthread_setspecific(g_key, &t_writer);
    {
        Stack stack;
        collectStack(self, skipNewest && !t_aside, hideOwnStack, stack);
        if (add(self, &t_writer, stack, true) && hideOwnStack)
            t_writer.hideAll();
    }
    std::vector<PyThreadState*> others;
    for (PyThreadState* s = firstThread(); s; s = threadAfter(s))
        if (s != self && s->thread_id && s->thread_id != self->thread_id)
            others.push_back(s);
    for (PyThreadState* s : others) {
        Stack stack;
        collectStack(s, false, false, stack);
        if (core::Thread* t = add(s, nullptr, stack, false))
            g_parked[s->thread_id] = t;
    }
}

void openOwnStack()
{
    Stack stack;
    collectStack(PyThreadState_Get(), false, t_writer.hides(), stack);
    t_writer.open(stack.open, stack.hidden);
#if PY_VERSION_HEX >= 0x030C0000
    if (!stack.open.empty())
        restartEvents(); // they were in no thread when the events were switched on: their ends would not be told
#endif
}

void parkThreads()
{
    g_session.recorder->parkAll([](core::Thread* t) { g_parked[(unsigned long)t->record.pythonIdent] = t; });
}

void markPause(uint64_t since)
{
    const uint64_t now = core::nowUnits();
    uint8_t payload[16] = {0, format::kLossPaused};
    const unsigned n = 2 + format::lebPut(payload + 2, now > since ? now - since : 0);
    for (const auto& [ident, thread] : g_parked)
        thread->parked.extended(format::kLost, now, payload, n);
}

void openThreadsAgain()
{
    PyThreadState* self = PyThreadState_Get();
    for (PyThreadState* s = firstThread(); s; s = threadAfter(s)) {
        const auto it = g_parked.find(s->thread_id);
        if (it == g_parked.end())
            continue; // new since then: announces itself
        Stack stack;
        collectStack(s, false, false, stack);
        it->second->parked.open(stack.open, stack.hidden);
        if (s == self) {
            g_session.recorder->adopt(it->second, &t_writer);
            g_parked.erase(it);
        }
    }
}

void forgetParkedThreads() { g_parked.clear(); }

void refreshThreadName(PyObject* object)
{
    core::Thread* t = t_writer.thread;
    if (!t || !g_session.recorder)
        return;
    if (PyObject* thread = object ? object : activeThread((unsigned long)t->record.pythonIdent))
        if (const std::string name = nameOf(thread); !name.empty())
            g_session.recorder->rename(t, g_session.recorder->tables().string(name));
}

} // namespace calltide::bindings
