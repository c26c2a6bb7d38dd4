// SPDX-License-Identifier: Apache-2.0
// Stands in for a C function that starts processes: lets Python code of ours mend the arguments, then calls the function.
// Not a Python function, so that no frame of ours shows in a traceback.
#include "bindings/functions.h"

namespace calltide::bindings {

namespace {

struct Starter
{
    PyObject_HEAD
    PyObject* original;
    PyObject* mend; // (arguments, keywords or None) -> (arguments, keywords)
};

PyObject* call(PyObject* object, PyObject* arguments, PyObject* keywords)
{
    const auto* self = reinterpret_cast<Starter*>(object);
    PyObject* mended = PyObject_CallFunctionObjArgs(self->mend, arguments, keywords ? keywords : Py_None, nullptr);
    PyObject *newArguments = nullptr, *newKeywords = nullptr;
    if (!mended || !PyArg_ParseTuple(mended, "O!O", &PyTuple_Type, &newArguments, &newKeywords)) {
        PyErr_Clear(); // the function itself will complain about what it was given
        newArguments = arguments;
        newKeywords = keywords;
    }
    PyObject* result = PyObject_Call(self->original, newArguments, newKeywords == Py_None ? nullptr : newKeywords);
    Py_XDECREF(mended);
    return result;
}

PyObject* attribute(PyObject* object, PyObject* name)
{
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
    Py_XDECREF(reinterpret_cast<Starter*>(object)->original);
    Py_XDECREF(reinterpret_cast<Starter*>(object)->mend);
    PyObject_Free(object);
}

PyTypeObject g_type = {PyVarObject_HEAD_INIT(nullptr, 0)};

} // namespace

PyObject* makeStarter(PyObject* original, PyObject* mend)
{
    if (!g_type.tp_name) {
        g_type.tp_name = "builtin_function_or_method";
        g_type.tp_basicsize = sizeof(Starter);
        g_type.tp_dealloc = destroy;
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
    self->original = original;
    self->mend = mend;
    return reinterpret_cast<PyObject*>(self);
}

PyObject* startedFunction(PyObject* callable)
{
    return Py_TYPE(callable) == &g_type ? reinterpret_cast<Starter*>(callable)->original : callable;
}

} // namespace calltide::bindings
