// SPDX-License-Identifier: Apache-2.0
// What the program itself adds to its recording: instants, counters and slices of its own; and exceptions, where they
// are raised. With the interpreter's lock; nothing happens if nothing is recorded here.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

// arguments: None, a dictionary, or any value.
void logInstant(PyObject* name, PyObject* arguments);
void logCounter(PyObject* name, PyObject* series, double value);
// A slice until leaveEvent(), inside the call that runs.
void enterEvent(PyObject* name, PyObject* file, uint32_t line);
void leaveEvent();
// Calls a function of the program from within ours, so that it is recorded all the same. As PyObject_Call().
PyObject* callVisibly(PyObject* function, PyObject* arguments, PyObject* keywords);
// An exception that has just been raised, with its type and the beginning of its text.
void logRaise(PyObject* type, PyObject* value);

} // namespace calltide::bindings
