// SPDX-License-Identifier: Apache-2.0
// Programs that use greenlets (gevent, SQLAlchemy's asyncio): several stacks take turns in one thread. The greenlet module's
// own trace function tells of each switch; then the calls of the one give way in the recording and those of the other go
// on, so that all nests as it ran. A greenlet's calls stand on those of its parent, which waits for it. Nothing of the
// module is imported; where a program does not use it, nothing happens.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

// The module may be there by now, or the program may have put a trace function of its own in the place of ours: watches this
// thread, if it is not watched yet. The other function is called by ours. At the first sight of a function.
// `entering`: the newest frame is not among the open calls yet.
void noticeGreenlets(bool entering);
// Whether any thread has been watched: calls may stand still that are on no writer's stack.
bool greenletsSeen();
// What is known of stacks that stand still is forgotten: a recording begins or pauses.
void forgetGreenlets();
// Gives this thread's trace function back.
void leaveGreenlets();

} // namespace calltide::bindings
