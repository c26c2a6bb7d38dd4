// SPDX-License-Identifier: Apache-2.0
// Systems on which attaching is not there yet (not tried anywhere).
#include "inject/inject.h"
#include "inject/processes.h"
#include "inject/procfs.h"

namespace calltide::inject {

namespace {

Problem problem(int pid)
{
    return {Why::NotSupported,
        "Process " + std::to_string(pid) + " cannot be attached: on this system that is not supported. Start the program from Calltide."};
}

} // namespace

Outcome run(const Request& request) { return {problem(request.pid)}; }
Problem check(int pid, bool) { return problem(pid); }
std::vector<Process> pythonProcesses(bool) { return {}; }
Process describe(int) { return {}; }
uint64_t startTicks(int) { return 0; }
int ownNumber(int pid) { return pid; }

} // namespace calltide::inject
