// SPDX-License-Identifier: Apache-2.0
#include "bindings/frameeval.h"
#if PY_VERSION_HEX < 0x030C0000
#include "bindings/careful.h"
#include "bindings/events.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/watch.h"
#include <cxxabi.h>
#include <pthread.h>

namespace calltide::bindings {

namespace {

_PyFrameEvalFunction g_previous = nullptr; // what was there before us
uint32_t g_epoch = 0;                      // a new one whenever the hook is set; 0: it is not
uint32_t g_epochs = 0;
bool g_buried = false; // another tool's hook lies over ours and may call it

// A call is handled the fast way only above this address of the C stack: below it there is not enough left.
__thread uintptr_t t_floor __attribute__((tls_model("initial-exec")));
__thread uint32_t t_within __attribute__((tls_model("initial-exec"))); // the epoch of a call that watches its profile events

constexpr uintptr_t kNowhere = UINTPTR_MAX;

// While we handle an event: what Python code runs then, by us, is not the program's.
class Handling
{
public:
    explicit Handling(CallFrame* frame)
    {
        t_floor = kNowhere;
        t_aside = frame;
    }
    ~Handling()
    {
        t_floor = m_floor;
        t_aside = m_aside;
    }
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;
    uintptr_t floor() const { return m_floor; }
    static bool now() { return t_floor == kNowhere; }

private:
    uintptr_t m_floor = t_floor;
    CallFrame* m_aside = t_aside;
};

// Half of the stack is the program's for C code. Each call of Python takes some of the other half while the hook is there,
// on 3.11 much more than without it; a recursion that is allowed to be so deep goes on with the profile hook.
uintptr_t findFloor()
{
    pthread_attr_t attributes;
    void* low = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return kNowhere - 1;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return uintptr_t(low) + size / 2;
}

#if PY_VERSION_HEX >= 0x030A0000
CALLTIDE_HOT bool traces(const PyThreadState* state) { return state->cframe->use_tracing; }
void setTraces(PyThreadState* state, bool on) { state->cframe->use_tracing = on ? 255 : 0; }
#else
CALLTIDE_HOT bool traces(const PyThreadState* state) { return state->use_tracing; }
void setTraces(PyThreadState* state, bool on) { state->use_tracing = on; }
#endif

// The interpreter calls profile functions here: ours, for the calls that ran already, or another tool's. Ours has nothing
// to be told within, so that all of this runs at full speed.
CALLTIDE_COLD PyObject* runTraced(PyThreadState* state, CallFrame* frame, int throwing)
{
    const uint32_t before = t_within;
    const bool onlyOurs = state->c_profilefunc == onProfileEvent && !state->c_tracefunc;
    t_within = g_epoch;
    if (onlyOurs)
        setTraces(state, false);
    PyObject* result = g_previous(state, frame, throwing);
    if (onlyOurs)
        setTraces(state, state->c_profilefunc || state->c_tracefunc);
    t_within = before;
    return result;
}

// Up to 3.10 no function of Python tells that a thread ends, so its name is looked at when the outermost but one does.
#if PY_VERSION_HEX < 0x030B0000
const PyCodeObject* g_threadBody = nullptr;
CALLTIDE_HOT bool isThreadBody(const PyCodeObject* code) { return code == g_threadBody; }
#else
CALLTIDE_HOT constexpr bool isThreadBody(const PyCodeObject*) { return false; }
#endif

void nameThread(PyCodeObject* code, CallFrame* frame)
{
    if (PyObject* thread = argumentAt(code, frame, 0)) {
        refreshThreadName(thread);
        Py_DECREF(thread);
    }
}

// False: the call is not recorded, nor is its end.
template <bool Careful> CALLTIDE_COLD bool enterGuarded(PyThreadState* state, CallFrame* frame, PyCodeObject* code, int throwing)
{
    if (state->tracing || Handling::now())
        return false;
    if (!t_floor)
        t_floor = findFloor();
    const Handling handling(frame);
    const KeptException kept; // one that is thrown into a generator
    try {
        if (uintptr_t(__builtin_frame_address(0)) < handling.floor()) {
            recordByProfile();
            return false;
        }
#if PY_VERSION_HEX < 0x030B0000
        if (judgedCode(code, globalsOf(frame))->role == Role::EndsThread)
            g_threadBody = code;
#endif
        const Entry entry = throwing ? Entry::Throw : isGenerator(code) && resumes(frame) ? Entry::Resume : Entry::Start;
        return Careful ? carefulEnter(code, globalsOf(frame), frame, entry)
                       : enterSlowly(code, globalsOf(frame), entry, [frame] { return frame; });
    } catch (abi::__forced_unwind&) {
        throw; // the thread is ended while it waits for the interpreter's lock
    } catch (...) {
        return false; // of C++ (no memory): must not reach the interpreter
    }
}

// An exception leaves the frame in which it was raised: the traceback has no other. False: the recording has begun or stopped
// with that, without the call.
bool noteRaise(PyCodeObject* code, PyObject* globals, PyObject* type, PyObject* value, PyObject* trace)
{
    if (!type || !trace || reinterpret_cast<PyTracebackObject*>(trace)->tb_next)
        return true;
    if (triggersNeedRaises()) {
        const bool armed = triggersArmed();
        if ((triggerRaise(type, true) == Verdict::Go) == armed)
            return false;
    }
    if (triggersArmed() || !g_session.options.logExceptions || (g_session.careful && judgedCode(code, globals)->filtered))
        return true;
    logRaise(type, value);
    return true;
}

template <bool Careful>
CALLTIDE_COLD void leaveSlowly(CallFrame* frame, PyCodeObject* code, PyObject* result, unsigned sub, const PyObject* thrown)
{
    const Handling handling(frame);
    PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
    if (!result)
        PyErr_Fetch(&type, &value, &trace);
    try {
        if (isThreadBody(code))
            nameThread(code, frame);
        // In a fork that has just been seen, what is open was looked up without this call.
        const bool known = triggersArmed() || (t_writer.thread && !core::forkedUnseen());
        if (!known) {
            attached(false);
        } else if (triggersArmed() || attached(false)) {
            PyObject* globals = globalsOf(frame);
            const bool leaves = result || (thrown && value == thrown) || noteRaise(code, globals, type, value, trace);
            if (leaves && Careful)
                carefulLeave(code, globals, sub, sub ? nullptr : result);
            else if (leaves && t_writer.thread)
                t_writer.leaveSlow(false, sub);
        }
    } catch (abi::__forced_unwind&) {
        throw;
    } catch (...) {
    }
    if (!result)
        PyErr_Restore(type, value, trace);
}

// Nothing here may have to be undone, nor be caught: a daemon thread that waits for the interpreter's lock when the
// program ends is ended within, through this function.
template <bool Careful> PyObject* evaluate(PyThreadState* state, CallFrame* frame, int throwing)
{
    PyCodeObject* code = codeOf(frame);
    const bool generator = isGenerator(code);
    if (CALLTIDE_UNLIKELY(!g_epoch))
        return g_previous(state, frame, throwing);
#if PY_VERSION_HEX >= 0x030B0000
    if (generator && frame->owner != FRAME_OWNED_BY_GENERATOR)
        return g_previous(state, frame, throwing); // only makes the generator
#endif
    core::ThreadWriter& w = t_writer;
    const PyObject* thrown = throwing ? state->curexc_value : nullptr;
    const Slot& s = slotFor(code);
    const bool plain = !Careful && s.key == code && uintptr_t(__builtin_frame_address(0)) > t_floor && !throwing && !state->tracing;
    if (CALLTIDE_LIKELY(plain && w.fast())) {
        if (generator && resumes(frame))
            w.enter<false>(s.resumed, s.resumedLength);
        else
            w.enter<false>(s.id, s.idLength);
    } else if (!enterGuarded<Careful>(state, frame, code, throwing)) {
        return g_previous(state, frame, throwing);
    }
    const uint32_t epoch = g_epoch;
    PyObject* result = CALLTIDE_UNLIKELY(traces(state)) ? runTraced(state, frame, throwing) : g_previous(state, frame, throwing);
    if (CALLTIDE_UNLIKELY(epoch != g_epoch || !epoch))
        return result; // recorded by other means, or not at all
    const unsigned sub = !result ? unsigned(format::kUnwind) : generator && suspended(frame) ? unsigned(format::kYield) : 0;
    if (CALLTIDE_UNLIKELY(Careful || !result || isThreadBody(code) || !w.fast() || !w.leaveIsPlain<false>()))
        leaveSlowly<Careful>(frame, code, result, sub, thrown);
    else if (sub)
        w.leaveRare<false>(sub);
    else
        w.leave<false>();
    return result;
}

_PyFrameEvalFunction ours() { return g_session.careful ? evaluate<true> : evaluate<false>; }
bool isOurs(_PyFrameEvalFunction function) { return function == evaluate<true> || function == evaluate<false>; }

} // namespace

bool setFrameHook()
{
    PyInterpreterState* interpreter = PyInterpreterState_Get();
    const _PyFrameEvalFunction there = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    if (!isOurs(there)) {
        if (g_buried)
            return false; // ours may still be called by the one that is there
        g_previous = there;
    }
    g_buried = false;
    _PyInterpreterState_SetEvalFrameFunc(interpreter, ours());
    g_epoch = ++g_epochs;
    return true;
}

void removeFrameHook()
{
    if (!g_epoch)
        return;
    g_epoch = 0;
    PyInterpreterState* interpreter = PyInterpreterState_Get();
    if (isOurs(_PyInterpreterState_GetEvalFrameFunc(interpreter)))
        _PyInterpreterState_SetEvalFrameFunc(interpreter, g_previous);
    else
        g_buried = true; // it lets everything pass from now on
}

bool frameHookRuns() { return g_epoch != 0; }
bool frameHookKnows() { return g_epoch && t_within == g_epoch; }

} // namespace calltide::bindings
#endif
