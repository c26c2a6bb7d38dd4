// SPDX-License-Identifier: Apache-2.0
// Stands in for a C function that starts processes or waits for them: lets Python code of ours mend the arguments, calls
// the function, and looks at what it returned. Not a Python function, so that no frame of ours shows in a traceback.
#include "bindings/follower.h"
#include "bindings/spawn.h"
#include "bindings/unseen.h"
#include <cstddef>
#include <frameobject.h>

namespace calltide::bindings {

namespace {

struct Starter
{
    PyObject_HEAD
    PyObject* original;
    PyObject* mend; // (arguments, keywords or None) -> (arguments, keywords); None: they stay
    int command;    // Starts: which argument is the command line; -1: none
    Starts starts;
    PyObject* weak;
};

// The interpreter tells the function of sys.setprofile() only of functions that it calls itself: here it is us.
bool tellProfiler(int what, PyObject* function)
{
    PyThreadState* state = PyThreadState_Get();
    PyFrameObject* frame = PyEval_GetFrame();
    if (!state->c_profilefunc || state->tracing || !frame)
        return true;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    state->tracing++;
    const bool good = state->c_profilefunc(state->c_profileobj, frame, what, function) == 0;
    state->tracing--;
    if (good)
        PyErr_Restore(type, value, trace);
    return good;
}

// The arguments and keywords as Python code of ours wants them: (arguments, keywords), null if they are to stay as they are,
// or null with an error if a handler of the program has raised one on the way.
PyObject* mended(PyObject* mend, PyObject* arguments, PyObject* keywords)
{
    if (mend == Py_None)
        return nullptr;
    const Unseen unseen;
    PyObject* result = PyObject_CallFunctionObjArgs(mend, arguments, keywords ? keywords : Py_None, nullptr);
    if (!result) // the function itself will complain about what it was given
        for (PyObject* error : {PyExc_TypeError, PyExc_ValueError, PyExc_AttributeError, PyExc_LookupError})
            if (PyErr_Occurred() && PyErr_ExceptionMatches(error))
                PyErr_Clear();
    return result;
}

PyObject* call(PyObject* object, PyObject* arguments, PyObject* keywords)
{
    const auto* self = reinterpret_cast<Starter*>(object);
    const uint64_t begin = core::nowUnits();
    PyObject* ours = mended(self->mend, arguments, keywords);
    if (!ours && PyErr_Occurred())
        return nullptr;
    PyObject *newArguments = nullptr, *newKeywords = nullptr;
    if (!ours || !PyArg_ParseTuple(ours, "O!O", &PyTuple_Type, &newArguments, &newKeywords)) {
        PyErr_Clear();
        newArguments = arguments;
        newKeywords = keywords ? keywords : Py_None;
    }
    PyObject* commandLine = self->command >= 0 && self->command < PyTuple_GET_SIZE(arguments) ? PyTuple_GET_ITEM(arguments, self->command) : nullptr;
    const bool becomes = self->starts == Starts::Becomes && commandLine && canBecome(PyTuple_GET_ITEM(arguments, 0));
    if (becomes || self->starts == Starts::Shell)
        followStarted(commandLine);
    const bool noted = becomes && noteBecomes(PyTuple_GET_ITEM(arguments, 0), commandLine);
    PyObject* result = nullptr;
    if (tellProfiler(PyTrace_C_CALL, self->original)) {
        result = PyObject_Call(self->original, newArguments, newKeywords == Py_None ? nullptr : newKeywords);
        if (!tellProfiler(result ? PyTrace_C_RETURN : PyTrace_C_EXCEPTION, self->original))
            Py_CLEAR(result);
    }
    if (noted)
        noteStays();
    if (result && self->starts == Starts::Process && self->command >= 0)
        followStarted(commandLine);
    if (result && self->starts == Starts::Process)
        processStarted(result, arguments, self->command, begin);
    else if (result && self->starts == Starts::Wait)
        processEnded(result);
    Py_XDECREF(ours);
    return result;
}

// A function is pickled by its name, under which another object than ours is found: pickled is the original, wrapped into
// something that gives it back.
PyObject* reduce(PyObject* object, PyObject*)
{
    PyObject* builtins = PyImport_ImportModule("builtins");
    PyObject* giveBack = builtins ? PyObject_GetAttrString(builtins, "max") : nullptr; // of one
    Py_XDECREF(builtins);
    return giveBack ? Py_BuildValue("N((O))", giveBack, startedFunction(object)) : nullptr;
}

PyMethodDef g_reduce = {"__reduce_ex__", reduce, METH_VARARGS, nullptr};

PyObject* attribute(PyObject* object, PyObject* name)
{
    if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, g_reduce.ml_name) == 0)
        return PyCFunction_New(&g_reduce, object);
    return PyObject_GetAttr(reinterpret_cast<Starter*>(object)->original, name);
}

PyObject* represent(PyObject* object) { return PyObject_Repr(reinterpret_cast<Starter*>(object)->original); }

// Found in sets that hold what it stands for, such as os.supports_fd.
Py_hash_t hash(PyObject* object) { return PyObject_Hash(reinterpret_cast<Starter*>(object)->original); }

PyObject* compare(PyObject* one, PyObject* two, int operation)
{
    return PyObject_RichCompare(startedFunction(one), startedFunction(two), operation);
}

void destroy(PyObject* object)
{
    if (reinterpret_cast<Starter*>(object)->weak)
        PyObject_ClearWeakRefs(object);
    Py_XDECREF(reinterpret_cast<Starter*>(object)->original);
    Py_XDECREF(reinterpret_cast<Starter*>(object)->mend);
    PyObject_Free(object);
}

PyTypeObject g_type = {PyVarObject_HEAD_INIT(nullptr, 0)};

} // namespace

PyObject* makeStarter(PyObject* original, PyObject* mend, Starts starts, int command)
{
    if (!g_type.tp_name) {
        g_type.tp_name = "builtin_function_or_method";
        g_type.tp_basicsize = sizeof(Starter);
        g_type.tp_dealloc = destroy;
        g_type.tp_weaklistoffset = offsetof(Starter, weak);
        g_type.tp_flags = Py_TPFLAGS_DEFAULT;
        g_type.tp_call = call;
        g_type.tp_getattro = attribute;
        g_type.tp_repr = represent;
        g_type.tp_hash = hash;
        g_type.tp_richcompare = compare;
        if (PyType_Ready(&g_type) < 0)
            return nullptr;
    }
    auto* self = PyObject_New(Starter, &g_type);
    if (!self)
        return nullptr;
    Py_INCREF(original);
    Py_INCREF(mend);
    self->weak = nullptr;
    self->original = original;
    self->mend = mend;
    self->starts = starts;
    self->command = command;
    return reinterpret_cast<PyObject*>(self);
}

PyObject* startedFunction(PyObject* callable)
{
    return Py_TYPE(callable) == &g_type ? reinterpret_cast<Starter*>(callable)->original : callable;
}

} // namespace calltide::bindings
