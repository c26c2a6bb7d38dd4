// SPDX-License-Identifier: Apache-2.0
// What callables that are no Python functions are called. Runs nothing of the program's.
#pragma once
#include "bindings/functions.h"

namespace calltide::bindings {

// Of method-wrapper objects, whose layout has no public header but has not changed since Python 2.
struct MethodWrapper
{
    PyObject_HEAD
    PyObject* descriptor;
    PyObject* self;
};

extern PyTypeObject* g_methodWrapper;

struct Names
{
    std::string name, qualified, module;
    format::FunctionKind kind = format::FunctionKind::C;
};

// `self`: the first argument of the call where it is known, else null.
Names nameCallable(PyObject* callable, PyObject* self);

} // namespace calltide::bindings
