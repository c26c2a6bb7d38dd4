// SPDX-License-Identifier: Apache-2.0
// Processes that the program starts, and how they end. With the interpreter's lock; nothing is recorded where nothing is.
#pragma once
#include "bindings/functions.h"

namespace calltide::bindings {

enum class Starts : int { Nothing, Process, Wait, Becomes, Shell };

// A stand-in for a function that starts processes (it returns the child's id, or 0 in the child), waits for them, or becomes
// another program or lets the shell start one.
// `mend`: see starter.cpp; `command`: which argument is the command line, -1: none.
PyObject* makeStarter(PyObject* original, PyObject* mend, Starts starts, int command);

// `begin`: units, before it was started.
void processStarted(PyObject* pid, PyObject* arguments, int command, uint64_t begin);
// result: of os.waitpid() and its likes.
void processEnded(PyObject* result);
// Whether an exec of this program can succeed at all: os.execvp() tries folder after folder. True if it cannot be told.
bool canBecome(PyObject* program);
// Before and after an exec, which returns only if it failed: a note says what the program became, or that it could not.
// True: it is noted. program, arguments: what execv() got.
bool noteBecomes(PyObject* program, PyObject* arguments);
void noteStays();

// Whether a process of this command line is to be recorded.
bool keepsChild(const Options& options, const std::string& command);

} // namespace calltide::bindings
