// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the recorder's module for one interpreter with the compiler of this machine: the recorder's sources come with the
// application. Beside the others where that can be written, else in the user's own folder.
#pragma once
#include "session/interpreter.h"
#include "store/progress.h"

namespace calltide::session {

// One that this version of the application knows how to record.
bool mayBeRecorded(const Interpreter& python);
// "its headers are missing (python3.12-dev, python3-devel)"; "" when nothing is missing.
QString whyNotBuilt(const Interpreter& python);
// A compiler, the interpreter's headers and the recorder's sources are there, and it is one that can be recorded.
bool canBuildTracer(const Interpreter& python);
// The module's path. Blocks for a minute or so; cancelling ends the compiler and leaves nothing behind.
Result<QString> buildTracer(const Interpreter& python, store::Progress& progress);

} // namespace calltide::session
