// SPDX-License-Identifier: Apache-2.0
#include "bindings/trio.h"
#include "bindings/tasks.h"
#include "bindings/watch.h"
#include <iterator>
#include <vector>

namespace calltide::bindings {

namespace {

// The attributes that are asked for are the objects' own: nothing of the program's runs.
PyObject* attribute(PyObject* object, const char* name) // new reference, null if there is none
{
    PyObject* key = object ? PyUnicode_InternFromString(name) : nullptr;
    PyObject* value = key ? PyObject_GenericGetAttr(object, key) : nullptr;
    PyErr_Clear();
    Py_XDECREF(key);
    return value;
}

void describe(PyObject* task, format::TaskRecord& record)
{
    PyObject *name = attribute(task, "name"), *coroutine = attribute(task, "coro");
    PyObject* nursery = attribute(task, "_parent_nursery");
    PyObject* parent = attribute(nursery, "_parent_task");
    record.name = g_session.recorder->tables().string(text(name));
    record.coroutine = coroutineNumber(coroutine);
    record.parent = parent ? taskNumber(parent) : 0;
    for (PyObject* object : {name, coroutine, nursery, parent})
        Py_XDECREF(object);
}

Task* recorded(PyObject* task)
{
    const bool records = t_writer.thread && g_session.recorder && g_session.hooked && !g_session.paused && !t_writer.thread->hidesAll
        && t_writer.thread->pending.empty();
    return records ? knownTask(task, describe) : nullptr;
}

PyObject* spawned(PyObject*, PyObject* task)
{
    const KeptException kept;
    recorded(task);
    Py_RETURN_NONE;
}

PyObject* scheduled(PyObject*, PyObject* task)
{
    const KeptException kept;
    if (const Task* t = recorded(task); t && t_writer.thread)
        t_writer.mark(format::kTaskReady, t->id);
    Py_RETURN_NONE;
}

PyObject* stepBegins(PyObject*, PyObject* task)
{
    const KeptException kept;
    if (const Task* t = recorded(task); t && t_writer.thread)
        t_writer.task(t->id, false);
    Py_RETURN_NONE;
}

PyObject* stepEnds(PyObject*, PyObject*)
{
    if (t_writer.thread && g_session.recorder && g_session.hooked && t_writer.thread->pending.empty())
        t_writer.task(kNoTask, false);
    Py_RETURN_NONE;
}

PyMethodDef g_hooks[] = {
    {"task_spawned", spawned, METH_O, nullptr},
    {"task_scheduled", scheduled, METH_O, nullptr},
    {"before_task_step", stepBegins, METH_O, nullptr},
    {"after_task_step", stepEnds, METH_O, nullptr},
};

// A module, as this can be hashed and has attributes.
PyObject* instrument()
{
    static PyObject* one = nullptr;
    if (!one && (one = PyModule_New("calltide"))) {
        for (PyMethodDef& hook : g_hooks) {
            PyObject* function = PyCFunction_New(&hook, nullptr);
            if (!function || PyObject_SetAttrString(one, hook.ml_name, function) < 0)
                PyErr_Clear();
            Py_XDECREF(function);
        }
    }
    PyErr_Clear();
    return one;
}

// Instruments by the name of what they are told; of runs that have ours.
std::vector<PyObject*> g_runs;

// Since 0.23 the dictionary is within a UserDict; before, it was one itself.
PyObject* hooksOf(PyObject* instruments)
{
    PyObject* data = attribute(instruments, "data");
    if (data && PyDict_Check(data))
        return data;
    Py_XDECREF(data);
    if (!instruments || !PyDict_Check(instruments))
        return nullptr;
    Py_INCREF(instruments);
    return instruments;
}

// trio calls instruments by a function in Python, which nobody would call without us.
void hideCaller(PyObject* instruments)
{
    PyObject* call = PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(instruments)), "call");
    if (call && PyFunction_Check(call))
        markCode(PyFunction_GET_CODE(call), CodeMark::Ignored);
    PyErr_Clear();
    Py_XDECREF(call);
}

bool put(PyObject* hooks)
{
    PyObject* ours = instrument();
    for (const PyMethodDef& hook : g_hooks) {
        PyObject* known = ours ? PyDict_GetItemString(hooks, hook.ml_name) : nullptr;
        PyObject* inner = known ? known : PyDict_New();
        Py_XINCREF(known);
        const bool good = ours && inner && PyDict_Check(inner) && PyDict_SetItem(inner, ours, Py_None) == 0
            && (known || PyDict_SetItemString(hooks, hook.ml_name, inner) == 0);
        Py_XDECREF(inner);
        if (!good)
            return PyErr_Clear(), false;
    }
    return true;
}

void forgetEnded()
{
    std::erase_if(g_runs, [](PyObject* hooks) {
        const bool ended = Py_REFCNT(hooks) == 1;
        if (ended)
            Py_DECREF(hooks);
        return ended;
    });
}

} // namespace

void trioRuns(PyCodeObject* code, CallFrame* frame)
{
    const KeptException kept;
    PyObject* runner = argumentAt(code, frame, 0);
    PyObject* instruments = attribute(runner, "instruments");
    PyObject* hooks = hooksOf(instruments);
    PyObject* first = hooks ? PyDict_GetItemString(hooks, g_hooks[0].ml_name) : nullptr;
    const bool has = first && instrument() && PyDict_Check(first) && PyDict_Contains(first, instrument()) == 1;
    if (hooks && !has) {
        forgetEnded();
        PyObject* others = PyDict_GetItemString(hooks, "_all");
        if (others && PyDict_Check(others) && PyDict_GET_SIZE(others) == 0) // else the program's own would be hidden, too
            hideCaller(instruments);
        put(hooks);
        Py_INCREF(hooks);
        g_runs.push_back(hooks);
    }
    PyErr_Clear();
    Py_XDECREF(hooks);
    Py_XDECREF(instruments);
    Py_XDECREF(runner);
}

void leaveTrio()
{
    // What is emptied stays in the dictionary: trio may be about to look into it.
    for (PyObject* hooks : g_runs) {
        for (const PyMethodDef& hook : g_hooks) {
            PyObject* inner = PyDict_GetItemString(hooks, hook.ml_name);
            if (inner && PyDict_Check(inner) && PyDict_Contains(inner, instrument()) == 1)
                PyDict_DelItem(inner, instrument());
        }
        Py_DECREF(hooks);
    }
    g_runs.clear();
    PyErr_Clear();
}

} // namespace calltide::bindings
