// SPDX-License-Identifier: Apache-2.0
// trio's tasks, by an instrument of its own kind (trio.abc.Instrument) that each of its runs is given when it begins to be
// seen. Nothing of trio is imported; where the program does not use it, nothing happens.
#pragma once
#include "bindings/frames.h"
#include "bindings/functions.h"

namespace calltide::bindings {

// A function of trio's begins whose first argument is the runner.
void trioRuns(PyCodeObject* code, CallFrame* frame);
// Runs that go on are left alone again.
void leaveTrio();

} // namespace calltide::bindings
