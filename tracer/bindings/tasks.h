// SPDX-License-Identifier: Apache-2.0
// asyncio's tasks: which one runs, and when one becomes ready. An event loop written in Python runs everything through
// Handle._run and puts everything into its queue through BaseEventLoop._call_soon; what these are given tells the task.
// Of loops that are not written in Python (uvloop) only the coroutines that they run can be seen, not what becomes ready.
#pragma once
#include "bindings/frames.h"
#include "bindings/functions.h"

namespace calltide::bindings {

// Handle._run begins. `shown`: its entry is in the recording, so the task's part ends with it; else taskStops() ends it.
void taskRuns(PyCodeObject* code, CallFrame* frame, bool shown);
void taskStops();
// BaseEventLoop._call_soon begins.
void taskReady(PyCodeObject* code, CallFrame* frame);
// A coroutine begins or goes on: if a loop that is not written in Python runs it, so does its task. `shown` as above.
void taskSteps(PyCodeObject* code, CallFrame* frame, bool shown);
bool stepEnds(); // a coroutine gives way or ends, and it is such a loop that had run it

// A task of any kind, for the recording: its id, and what names it.
struct Task
{
    uint32_t id = 0;
    bool hasRun = false;
    PyObject* watch = nullptr; // weak reference
    format::TaskRecord record {};
};
inline constexpr uint32_t kNoTask = 1;
// The one of this object, described by `fill` (name, coroutine, parent) when it is new. Null: nothing is recorded any more.
Task* knownTask(PyObject* object, void (*fill)(PyObject*, format::TaskRecord&));
uint32_t taskNumber(PyObject* object);          // 0: not known
uint32_t coroutineNumber(PyObject* coroutine);  // of its function; 0: none

} // namespace calltide::bindings
