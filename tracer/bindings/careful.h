// SPDX-License-Identifier: Apache-2.0
// The way of every event while an option needs a look at each call: filters, limits of depth and duration, arguments and
// results. The hooks choose once, when they are set; without such options this costs nothing.
#pragma once
#include "bindings/entry.h"
#include "bindings/frames.h"

namespace calltide::bindings {

// False: left out, for good; the hook may ask not to be called there again. An entry and its leave get the same answer.
bool carefulEnter(PyCodeObject* code, PyObject* globals, CallFrame* frame, Entry entry);
// sub: 0 or how it ended; result: of a plain return, else null.
bool carefulLeave(PyCodeObject* code, PyObject* globals, unsigned sub, PyObject* result);
// False: nothing called from here directly is recorded. `caller` may be null.
bool carefulEnterC(PyCodeObject* caller, PyObject* callable, PyObject* self, const void* key);
void carefulLeaveC(PyCodeObject* caller, PyObject* callable, PyObject* self, const void* key, unsigned sub);

} // namespace calltide::bindings
