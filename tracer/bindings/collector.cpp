// SPDX-License-Identifier: Apache-2.0
#include "bindings/threads.h"
#include "bindings/usage.h"
#include <cstring>

namespace calltide::bindings {

namespace {

uint64_t number(PyObject* info, const char* key)
{
    PyObject* value = PyDict_Check(info) ? PyDict_GetItemString(info, key) : nullptr;
    const long n = value ? PyLong_AsLong(value) : 0;
    if (n < 0)
        PyErr_Clear();
    return n < 0 ? 0 : uint64_t(n);
}

unsigned put(unsigned char* out, uint64_t v) // payload numbers may be zero
{
    unsigned n = 0;
    while (v >= 0x80) {
        out[n++] = (unsigned char)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (unsigned char)v;
    return n;
}

PyObject* onCollection(PyObject*, PyObject* args)
{
    const char* phase = nullptr;
    PyObject* info = nullptr;
    if (!PyArg_ParseTuple(args, "sO", &phase, &info)) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    // Only in a thread that is recorded already, and not within what is hidden.
    if (!t_writer.thread || !t_writer.fast() || !g_session.hooked)
        Py_RETURN_NONE;
    // With a least duration a collection is written when it has ended, and only if it took that long: written at its
    // start it would keep every short call around it.
    static uint64_t begun = 0, generation = 0;
    const uint64_t now = core::nowUnits(), least = t_writer.thread->leastUnits;
    if (least && std::strcmp(phase, "start") == 0) {
        begun = now;
        generation = number(info, "generation");
        Py_RETURN_NONE;
    }
    if (least && now - begun < least)
        Py_RETURN_NONE;
    if (least) {
        unsigned char first[10];
        t_writer.extended(format::kGcBegin, begun, first, put(first, generation));
    }
    unsigned char payload[40];
    unsigned n = put(payload, number(info, "generation"));
    const bool begins = std::strcmp(phase, "start") == 0;
    if (!begins) {
        n += put(payload + n, number(info, "collected"));
        n += put(payload + n, number(info, "uncollectable"));
    }
    t_writer.extended(begins ? format::kGcBegin : format::kGcEnd, core::nowUnits(), payload, n);
    if (!begins)
        sampleUsage(t_writer);
    Py_RETURN_NONE;
}

PyMethodDef g_definition = {"calltide_collector", onCollection, METH_VARARGS, nullptr};
PyObject* g_callback = nullptr;

} // namespace

void watchCollector(bool on)
{
    if (on == (g_callback != nullptr))
        return;
    PyObject* gc = PyImport_ImportModule("gc");
    PyObject* callbacks = gc ? PyObject_GetAttrString(gc, "callbacks") : nullptr;
    if (callbacks && PyList_Check(callbacks)) {
        if (on) {
            g_callback = PyCFunction_New(&g_definition, nullptr);
            if (g_callback)
                PyList_Append(callbacks, g_callback);
        } else {
            const Py_ssize_t at = PySequence_Index(callbacks, g_callback);
            if (at >= 0)
                PySequence_DelItem(callbacks, at);
            Py_CLEAR(g_callback);
        }
    }
    PyErr_Clear();
    Py_XDECREF(callbacks);
    Py_XDECREF(gc);
}

} // namespace calltide::bindings
