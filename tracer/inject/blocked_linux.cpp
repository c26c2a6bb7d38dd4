// SPDX-License-Identifier: Apache-2.0
#include "inject/blocked.h"
#include "inject/python.h"
#include <cstdio>
#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace calltide::inject {

SystemCall systemCallOf(int pid, int thread)
{
    SystemCall call;
    const std::string path = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) + "/syscall";
    const std::string text = readWhole(path); // "running", or "number argument argument …"
    long long number = -1;
    unsigned long long a = 0, b = 0;
    if (std::sscanf(text.c_str(), "%lld %llx %llx", &number, &a, &b) == 3) {
        call.number = long(number);
        call.arguments[0] = a;
        call.arguments[1] = b;
    }
    return call;
}

bool mayEnterPython(const Python& python, const SystemCall& call, bool mainThread)
{
    switch (call.number) {
#if defined(SYS_select)
    case SYS_select:
    case SYS_poll:
    case SYS_epoll_wait:
    case SYS_pause:
#endif
#if defined(SYS_epoll_pwait2)
    case SYS_epoll_pwait2:
#endif
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_pselect6:
    case SYS_ppoll:
    case SYS_epoll_pwait:
    case SYS_wait4:
    case SYS_waitid:
    case SYS_rt_sigtimedwait:
    case SYS_rt_sigsuspend:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg: return true;
    case SYS_futex: {
        // Semaphores and condition variables wait so; the C library's own locks, malloc's among them, by FUTEX_WAIT.
        // A condition variable in _PyRuntime is the GIL's: to wait for it again from within would never end.
        const bool gil = call.arguments[0] >= python.runtime && call.arguments[0] < python.runtimeEnd;
        return mainThread && (call.arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && !gil && python.runtime;
    }
    case SYS_read:
    case SYS_readv:
    case SYS_write:
    case SYS_writev: {
        const std::string fd = "/proc/" + std::to_string(python.pid()) + "/fd/" + std::to_string(call.arguments[0]), file = linkTarget(fd);
        for (const char* kind : {"pipe:", "socket:", "/dev/pts", "/dev/tty", "anon_inode:"})
            if (file.rfind(kind, 0) == 0)
                return true;
        struct stat st = {};
        return stat(fd.c_str(), &st) == 0 && S_ISFIFO(st.st_mode); // a pipe that has a name
    }
    default: return false;
    }
}

} // namespace calltide::inject
