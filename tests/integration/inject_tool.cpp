// SPDX-License-Identifier: GPL-3.0-or-later
// inject_tool PID SCRIPT ANSWER [--die STEP] [--timeout MS]: makes a running Python run a script, which has to make the file
// ANSWER. Prints how, and the longest stop in µs; or the problem, with exit status 1.
// inject_tool --list: pid and version of each Python of this user.
#include "inject/hijack.h"
#include "inject/inject.h"
#include "inject/processes.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

using namespace calltide::inject;

int main(int argc, char** argv)
{
    if (argc == 2 && !std::strcmp(argv[1], "--list")) {
        for (const Process& p : pythonProcesses())
            std::printf("%d %s\n", p.pid, p.python.c_str());
        return 0;
    }
    if (argc < 4)
        return 2;
    Request request;
    request.pid = std::atoi(argv[1]);
    request.script = argv[2];
    request.answered = [answer = argv[3]] { return access(answer, F_OK) == 0; };
    for (int i = 4; i + 1 < argc; i += 2) {
        if (!std::strcmp(argv[i], "--die"))
            g_dieAtStep = std::atoi(argv[i + 1]);
        else if (!std::strcmp(argv[i], "--timeout"))
            request.timeoutMs = std::atoi(argv[i + 1]);
    }
    const Outcome outcome = run(request);
    if (outcome.problem) {
        std::printf("%d %s\n", int(outcome.problem.why), outcome.problem.sentence.c_str());
        return 1;
    }
    std::printf("%s, %lld us, %d\n", outcome.how, (long long)(outcome.pausedNs / 1000), outcome.stops);
    return 0;
}
