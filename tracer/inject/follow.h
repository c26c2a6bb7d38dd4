// SPDX-License-Identifier: Apache-2.0
// Children of a recorded program that its environment does not reach: which they are, and how they join its recording.
#pragma once
#include "inject/problem.h"
#include <string>
#include <vector>

namespace calltide::inject {

struct Joining
{
    std::string id;        // of the recording, hexadecimal
    std::string recording; // of the process that asked first
    std::string folder;    // of the children's recordings
    std::string package;   // the folder calltide
    std::string asker;     // the process whose end ends the recording; "0": none
    std::string options;   // as calltide.options.encode() gives them, hexadecimal
};

// Of all its threads. Empty where the system does not tell.
std::vector<int> childrenOf(int pid);

// command, environment: as /proc has them, each word ended by a zero byte; hook: the entry of PYTHONPATH by which the recorder
// comes in. Empty: it is reached; else why not, as in "started with -I".
std::string unreachedBecause(const std::string& command, const std::string& environment, const std::string& hook);

// Makes a running Python record itself as a child of `parent`, a recording. Blocks for up to 10 s. Fine also
// when its command line is not among those that are to be recorded.
Why join(const Joining& joining, int pid, const std::string& parent, const std::string& reason);

} // namespace calltide::inject
