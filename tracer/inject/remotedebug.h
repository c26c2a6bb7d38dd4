// SPDX-License-Identifier: Apache-2.0
// PEP 768: asks a Python 3.14 or newer, by three small writes for each thread, to run a script at its next safe point.
#pragma once
#include "inject/python.h"

namespace calltide::inject {

enum class Remote {
    Asked,
    SwitchedOff,
    Unknown, // not a version whose tables are known, or a pre-release
};

Remote remoteState(const Python& python); // Asked: it would listen
enum class Whom { Main, Others };
// Of those who are asked the first that comes by reads the script. No thread is to be asked twice.
Remote askRemotely(const Python& python, const std::string& script, Whom whom);
// Takes back what still waits. The script may only go away after this: a thread that does not find it complains on stderr.
void withdrawRemotely(const Python& python, const std::string& script);

} // namespace calltide::inject
