// SPDX-License-Identifier: Apache-2.0
// Children that the environment does not reach (python -I, env -i, a shell script that starts one so) are attached to by a
// process of its own, calltide-follow, see inject/follow_linux.cpp. Here it is started, or told.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

// `program`: calltide-follow; `words`: its arguments up to ASKER. An empty program: no more.
void setFollower(std::string program, std::vector<std::string> words);

// A process of this command line is about to be started, or has been: if it or what it starts may be out of reach, it is
// looked after. arguments: a list or tuple of str or bytes, or null for something that is not known. Never fails, never
// leaves an exception set.
void followStarted(PyObject* arguments);

} // namespace calltide::bindings
