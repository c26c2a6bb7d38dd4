// SPDX-License-Identifier: Apache-2.0
#include "bindings/tasks.h"
#include "bindings/watch.h"
#include <cstring>
#include <frameobject.h>
#include <unordered_map>

namespace calltide::bindings {

namespace {

PyObject* newReference(PyObject* object) // also of null
{
    Py_XINCREF(object);
    return object;
}

struct Tasks
{
    uint32_t generation = 0, count = kNoTask;
    std::unordered_map<const void*, Task> known;
};
Tasks g_tasks;

// On whose account the loop runs a callback that is no task's step: the one that ran when it was put to the loop, or on whose
// account that was done. gather(), wait() and task groups wake who waits for them in such callbacks.
struct Causes
{
    uint32_t generation = 0;
    std::unordered_map<uint64_t, uint32_t> tasks; // by callback and arguments, while the loop has them
};
Causes g_causes;
thread_local uint32_t t_cause = 0;
constexpr size_t kMostCauses = 10'000; // those that are cancelled stay

PyObject* taskDied(PyObject* self, PyObject* watch)
{
    const auto it = g_tasks.known.find(PyLong_AsVoidPtr(self));
    if (it != g_tasks.known.end() && it->second.watch == watch) {
        Py_CLEAR(it->second.watch);
        g_tasks.known.erase(it);
    }
    Py_RETURN_NONE;
}
PyMethodDef g_taskDied = {"_task_died", taskDied, METH_O, nullptr};

PyObject* watchTask(PyObject* task)
{
    PyObject* number = PyLong_FromVoidPtr(task);
    PyObject* callback = number ? PyCFunction_New(&g_taskDied, number) : nullptr;
    PyObject* watch = callback ? PyWeakref_NewRef(task, callback) : nullptr;
    Py_XDECREF(number);
    Py_XDECREF(callback);
    return watch;
}

// The functions of the module _asyncio, or of the classes in it, are C and run nothing of the program's.
PyObject* asyncioModule()
{
    PyObject* module = PyDict_GetItemString(PyImport_GetModuleDict(), "_asyncio");
    return module && PyModule_Check(module) ? module : nullptr;
}

PyTypeObject* taskType()
{
    static PyTypeObject* type = nullptr; // the module is never unloaded
    if (!type)
        if (PyObject* module = asyncioModule()) {
            PyObject* found = PyDict_GetItemString(PyModule_GetDict(module), "Task");
            if (found && PyType_Check(found))
                type = reinterpret_cast<PyTypeObject*>(newReference(found));
        }
    return type;
}

bool named(PyTypeObject* type, const char* name)
{
    const char* dot = std::strrchr(type->tp_name, '.');
    return std::strcmp(dot ? dot + 1 : type->tp_name, name) == 0;
}

// The task that a callback of the loop would run, new reference; null: it does something else.
PyObject* taskOf(PyObject* callback)
{
    PyTypeObject* type = Py_TYPE(callback);
    if (type == &PyFunction_Type)
        return nullptr;
    PyObject* task = nullptr;
    if (PyCFunction_Check(callback)) {
        const auto* f = reinterpret_cast<PyCFunctionObject*>(callback);
        if (f->m_self && std::strcmp(f->m_ml->ml_name, "task_wakeup") == 0)
            task = newReference(f->m_self);
    } else if (type == &PyMethod_Type) { // tasks written in Python
        PyObject* function = PyMethod_GET_FUNCTION(callback);
        if (!PyFunction_Check(function))
            return nullptr;
        const std::string name = text(reinterpret_cast<PyFunctionObject*>(function)->func_name);
        if (name == "__step" || name == "__wakeup")
            return newReference(PyMethod_GET_SELF(callback));
        return nullptr;
    } else if (named(type, "TaskStepMethWrapper") || named(type, "TaskWakeupMethWrapper")) {
        task = PyObject_GetAttrString(callback, "__self__");
    }
    if (task && taskType() && PyType_IsSubtype(Py_TYPE(task), taskType()))
        return task;
    PyErr_Clear();
    Py_XDECREF(task);
    return nullptr;
}

// Without running code of the program: of a class of its own only what it inherits from asyncio's is asked.
PyObject* ask(PyObject* task, const char* method, const char* attribute)
{
    PyObject* result = nullptr;
    if (taskType() && PyType_IsSubtype(Py_TYPE(task), taskType())) {
        result = PyObject_CallMethod(reinterpret_cast<PyObject*>(taskType()), method, "O", task);
    } else if (PyObject* attributes = PyObject_GenericGetDict(task, nullptr)) {
        result = newReference(PyDict_GetItemString(attributes, attribute));
        Py_DECREF(attributes);
    }
    PyErr_Clear();
    return result;
}

uint32_t nameOf(PyObject* task)
{
    PyObject* name = ask(task, "get_name", "_name");
    const uint32_t id = g_session.recorder->tables().string(text(name));
    Py_XDECREF(name);
    return id;
}

uint32_t coroutineOf(PyObject* task)
{
    PyObject* coroutine = ask(task, "get_coro", "_coro");
    const uint32_t number = coroutineNumber(coroutine);
    Py_XDECREF(coroutine);
    return number;
}

PyObject* currentTask() // new reference, null: no loop runs, or no task in it
{
    PyObject* module = asyncioModule();
#if PY_VERSION_HEX >= 0x030C0000
    PyObject* task = module ? PyObject_CallMethod(module, "current_task", nullptr) : nullptr;
#else
    PyObject* loop = module ? PyObject_CallMethod(module, "_get_running_loop", nullptr) : nullptr;
    PyObject* running = loop ? PyDict_GetItemString(PyModule_GetDict(module), "_current_tasks") : nullptr;
    PyObject* task = newReference(running && PyDict_Check(running) ? PyDict_GetItem(running, loop) : nullptr);
    Py_XDECREF(loop);
#endif
    PyErr_Clear();
    if (task == Py_None)
        Py_CLEAR(task);
    return task;
}

void describe(PyObject* task, format::TaskRecord& record)
{
    record.name = nameOf(task);
    record.coroutine = coroutineOf(task);
    PyObject* parent = currentTask();
    record.parent = taskNumber(parent);
    Py_XDECREF(parent);
}

Task* known(PyObject* object) { return knownTask(object, describe); }

void runs(PyObject* object, bool shown)
{
    Task* task = known(object);
    if (!task)
        return;
    if (!task->hasRun) {
        task->hasRun = true;
        // Some set it only after the task has been made.
        if (const uint32_t name = nameOf(object); name != task->record.name) {
            task->record.name = name;
            g_session.recorder->tables().task(task->id, task->record);
        }
    }
    if (t_writer.thread)
        t_writer.task(task->id, shown);
}

// Not by a coroutine or generator that awaits it, nor by a loop that has said already whose step it is.
bool runByLoop(CallFrame* frame)
{
    constexpr int kSteps = CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_GENERATOR | CO_ASYNC_GENERATOR;
    PyCodeObject* caller = codeOfCaller(frame);
    const bool known = caller
        && (caller->co_flags & kSteps || (text(caller->co_name) == "_run" && text(caller->co_filename).ends_with("asyncio/events.py")));
    Py_XDECREF(caller);
    return !known;
}

PyObject* attributeOf(PyObject* handle, PyObject* name) { return handle && name ? PyObject_GenericGetAttr(handle, name) : nullptr; }

uint64_t causeKey(PyObject* callback, PyObject* arguments)
{
    return uintptr_t(callback) * 0x9E3779B97F4A7C15ull + uintptr_t(arguments);
}

void keepCause(PyObject* callback, PyObject* arguments)
{
    PyObject* running = currentTask();
    const uint32_t cause = running ? taskNumber(running) : t_cause;
    Py_XDECREF(running);
    if (g_causes.generation != g_session.generation || g_causes.tasks.size() >= kMostCauses)
        g_causes = {g_session.generation, {}};
    if (cause)
        g_causes.tasks[causeKey(callback, arguments)] = cause;
    else
        g_causes.tasks.erase(causeKey(callback, arguments));
}

void takeCause(PyObject* handle, PyObject* callback)
{
    static PyObject* name = PyUnicode_InternFromString("_args");
    PyObject* arguments = attributeOf(handle, name);
    const auto it = arguments && g_causes.generation == g_session.generation ? g_causes.tasks.find(causeKey(callback, arguments)) : g_causes.tasks.end();
    if (it != g_causes.tasks.end()) {
        t_cause = it->second;
        g_causes.tasks.erase(it);
    }
    Py_XDECREF(arguments);
}

} // namespace

uint32_t coroutineNumber(PyObject* coroutine)
{
    uint32_t number = 0;
    PyObject* code = coroutine && PyCoro_CheckExact(coroutine) ? PyObject_GetAttrString(coroutine, "cr_code") : nullptr;
    PyObject* frame = code ? PyObject_GetAttrString(coroutine, "cr_frame") : nullptr;
    if (frame && PyCode_Check(code) && PyFrame_Check(frame)) {
        PyObject* globals = PyObject_GetAttrString(frame, "f_globals");
        const Function* f = functionOfCode(reinterpret_cast<PyCodeObject*>(code), globals);
        number = f->record.function;
        Py_XDECREF(globals);
    }
    PyErr_Clear();
    Py_XDECREF(frame);
    Py_XDECREF(code);
    return number;
}

uint32_t taskNumber(PyObject* object)
{
    const auto it = g_tasks.known.find(object);
    return it == g_tasks.known.end() || g_tasks.generation != g_session.generation ? 0 : it->second.id;
}

Task* knownTask(PyObject* object, void (*fill)(PyObject*, format::TaskRecord&))
{
    if (g_tasks.generation != g_session.generation) {
        for (auto& [key, task] : g_tasks.known)
            Py_CLEAR(task.watch);
        g_tasks = {g_session.generation, kNoTask, {}};
    }
    if (const auto it = g_tasks.known.find(object); it != g_tasks.known.end())
        return &it->second;
    PyObject* watch = watchTask(object);
    if (!watch) {
        PyErr_Clear();
        return nullptr;
    }
    Task task;
    task.id = ++g_tasks.count;
    task.watch = watch;
    task.record.ident = uint64_t(uintptr_t(object));
    fill(object, task.record);
    if (!t_writer.thread || !g_session.recorder) {
        Py_DECREF(watch);
        return nullptr; // a finaliser that ran on the way has stopped the recording
    }
    g_session.recorder->tables().task(task.id, task.record);
    return &(g_tasks.known[object] = task);
}

void taskRuns(PyCodeObject* code, CallFrame* frame, bool shown)
{
    if (!shown && t_writer.hides())
        return;
    const KeptException kept;
    static PyObject* name = PyUnicode_InternFromString("_callback");
    PyObject* handle = argumentAt(code, frame, 0);
    PyObject* callback = attributeOf(handle, name);
    PyObject* object = callback ? taskOf(callback) : nullptr;
    t_cause = 0;
    if (object)
        runs(object, shown);
    else if (callback)
        takeCause(handle, callback);
    PyErr_Clear();
    Py_XDECREF(object);
    Py_XDECREF(callback);
    Py_XDECREF(handle);
}

void taskStops()
{
    if (t_writer.thread->pending.empty())
        t_writer.task(kNoTask, false);
}

void taskReady(PyCodeObject* code, CallFrame* frame)
{
    const KeptException kept;
    PyObject* callback = argumentAt(code, frame, 1);
    PyObject* object = callback ? taskOf(callback) : nullptr;
    const Task* task = object ? known(object) : nullptr;
    // Where short calls are left out, this would keep all around it.
    if (task && t_writer.thread && t_writer.thread->pending.empty()) {
        PyObject* running = t_cause ? currentTask() : nullptr;
        if (t_cause && !running)
            t_writer.mark(format::kTaskCause, t_cause);
        Py_XDECREF(running);
        t_writer.mark(format::kTaskReady, task->id);
    }
    PyObject* arguments = callback && !object ? argumentAt(code, frame, 2) : nullptr;
    if (arguments)
        keepCause(callback, arguments);
    PyErr_Clear();
    Py_XDECREF(arguments);
    Py_XDECREF(object);
    Py_XDECREF(callback);
}

void taskSteps(PyCodeObject* code, CallFrame* frame, bool shown)
{
    if (!shown && t_writer.hides())
        return;
    const KeptException kept;
    PyObject* task = runByLoop(frame) ? currentTask() : nullptr;
    PyObject* coroutine = task ? ask(task, "get_coro", "_coro") : nullptr;
    PyObject* own = coroutine && PyCoro_CheckExact(coroutine) ? PyObject_GetAttrString(coroutine, "cr_code") : nullptr;
    if (own == reinterpret_cast<PyObject*>(code))
        runs(task, shown);
    PyErr_Clear();
    Py_XDECREF(own);
    Py_XDECREF(coroutine);
    Py_XDECREF(task);
}

bool stepEnds()
{
    const KeptException kept;
#if PY_VERSION_HEX >= 0x030C0000
    return runByLoop(PyEval_GetFrame());
#else
    PyFrameObject* frame = PyEval_GetFrame();
    return runByLoop(t_aside ? t_aside : frame ? callOf(frame) : nullptr);
#endif
}

} // namespace calltide::bindings
