// SPDX-License-Identifier: GPL-3.0-or-later
// The command line: everything the program does without a window. Errors are one line on stderr and exit status 1,
// wrong usage is 2.
#pragma once

namespace calltide::cli {

// Whether these arguments ask for a command (record, export, …, --help, --version) and not for the window.
bool isCommand(int argc, char** argv);
// Runs it; the exit status. `record` does not return when the program could be started.
int run(int argc, char** argv);

} // namespace calltide::cli
