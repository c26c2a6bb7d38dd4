// SPDX-License-Identifier: Apache-2.0
// Functions whose calls tell more than that they were called: imports, tasks, names of processes. They never get a place in
// the cache of ids, so that each of their calls comes by the slow way and by here.
#pragma once
#include "bindings/frames.h"
#include "bindings/functions.h"

namespace calltide::bindings {

// After the entry has been written, or not (`shown`: it is in the recording).
void watchedEnter(const Function& f, PyCodeObject* code, CallFrame* frame, bool shown);
// Only the careful way sees these; the other one leaves it to the end of the call.
void watchedLeave(const Function& f);

} // namespace calltide::bindings
