// SPDX-License-Identifier: Apache-2.0
#include "bindings/follower.h"
#include "format/outofreach.h"
#include "inject/followname.h"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace calltide::bindings {

namespace {

std::string g_program;
std::vector<std::string> g_words;

constexpr size_t kStack = 64 << 10;

struct Launch
{
    const char* program;
    char** argv;
    char** environment;
    char* stack; // of the second
};

// Both share the program's memory until the second has become calltide-follow; the program stands still so long.
int second(void* data)
{
    const auto* launch = static_cast<const Launch*>(data);
    // Nothing of the program's may be held open by it, and no key pressed in the terminal is meant for it.
    setsid();
    const int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0)
#endif
        for (int fd = 3; fd < 4096; fd++)
            close(fd);
    if (chdir("/") == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        execve(launch->program, launch->argv, launch->environment);
    }
    _exit(127);
}

// Only there to go: so its child is nobody's here, and neither wait() nor SIGCHLD tells the program of it.
int first(void* data)
{
    clone(second, static_cast<const Launch*>(data)->stack + kStack, CLONE_VM | CLONE_VFORK, data);
    _exit(0);
}

void launch()
{
    int reaper = 0;
    if (getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &reaper) == 0 && reaper))
        return; // orphans come to this very process
    const std::string pid = std::to_string(getpid()), mark = std::to_string(inject::ownProgramMark());
    std::vector<char*> argv{g_program.data()};
    for (std::string& word : g_words)
        argv.push_back(word.data());
    argv.push_back(const_cast<char*>(pid.c_str()));
    argv.push_back(const_cast<char*>(mark.c_str()));
    argv.push_back(nullptr);
    std::string runtime;
    if (const char* folder = getenv("XDG_RUNTIME_DIR"))
        runtime = std::string("XDG_RUNTIME_DIR=") + folder;
    char* environment[] = {runtime.empty() ? nullptr : runtime.data(), nullptr};
    void* stacks = mmap(nullptr, 2 * kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stacks == MAP_FAILED)
        return;
    Launch launch{g_program.c_str(), argv.data(), environment, static_cast<char*>(stacks) + kStack};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int child = clone(first, static_cast<char*>(stacks) + kStack, CLONE_VM | CLONE_VFORK, &launch);
    if (child > 0)
        while (waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) { }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    munmap(stacks, 2 * kStack);
}

// False: nobody listens.
bool tell()
{
    sockaddr_un address {};
    const socklen_t length = inject::followerAddress(g_words[0], address);
    const int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const inject::Asking asking {inject::ownProgramMark(), std::atoll(g_words.back().c_str())};
    const bool told = s >= 0
        && (sendto(s, &asking, sizeof asking, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&address), length) == sizeof asking || errno != ECONNREFUSED);
    if (s >= 0)
        close(s);
    return told;
}

std::string wordAt(PyObject* items, Py_ssize_t i)
{
    PyObject* item = PySequence_Fast_GET_ITEM(items, i);
    return PyBytes_Check(item) ? std::string(PyBytes_AS_STRING(item), size_t(PyBytes_GET_SIZE(item))) : text(item);
}

// A Python that reads its environment starts the recorder itself.
bool comesByItself(PyObject* arguments)
{
    if (!arguments || !(PyList_Check(arguments) || PyTuple_Check(arguments)) || PySequence_Fast_GET_SIZE(arguments) == 0)
        return false;
    std::vector<std::string> words;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(arguments); i++)
        words.push_back(wordAt(arguments, i));
    return format::namedPython(words[0]) && !format::shutOffBy(words);
}

} // namespace

void setFollower(std::string program, std::vector<std::string> words)
{
    g_program = std::move(program);
    g_words = std::move(words);
}

void followStarted(PyObject* arguments)
{
    if (g_program.empty() || g_words.empty() || comesByItself(arguments))
        return;
    const int before = errno;
    if (!tell())
        launch();
    errno = before;
}

} // namespace calltide::bindings
