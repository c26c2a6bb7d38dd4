// SPDX-License-Identifier: Apache-2.0
// calltide-follow: attaches to children of a recorded program that its environment does not reach: Pythons started with -I,
// -E or -S, or with an environment of their own. Started by the recorder when such a child may come, see
// bindings/follower.cpp; one for all processes of a recording. It looks at the descendants of those that have asked, and ends
// when nothing is left to be looked at. It reads /proc, and touches a process only to attach to it.
// calltide-follow ID RECORDING FOLDER PACKAGE OPTIONS ASKER PID MARK: the recording's id in hexadecimal, the recording of the
// process that asks, where children's recordings go, the folder of the Python package, the options, hexadecimal, by whose end
// the recording ends (0: nobody's), and who asks, with the mark of the program it runs.
#include "format/outofreach.h"
#include "inject/exchange.h"
#include "inject/follow.h"
#include "inject/followname.h"
#include "inject/inject.h"
#include "inject/processes.h"
#include "inject/procfs.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace calltide::inject {

namespace {

constexpr int kSoonMs = 8, kCalmMs = 40; // between two looks: while a process is new or starts up, and else
constexpr int64_t kNewNs = 300'000'000;
constexpr int64_t kLoadingNs = 1'000'000'000;
constexpr int kAttempts = 5; // to attach to one
constexpr int64_t kIdleNs = 2'000'000'000; // after so long without a process to look at it ends

int64_t nowNs()
{
    timespec t {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

struct Watched
{
    uint64_t start = 0;  // ticks; tells it from a later process with the same number
    int parent = 0;
    int64_t seen = 0;    // when it became what it is, by exec
    std::string exe, command;
    int attempts = 0;
    bool settled = false; // nothing to be done, until it becomes another program
};

class Follower
{
public:
    Follower(int socket, Joining joining)
        : m_socket(socket)
        , m_joining(std::move(joining))
    {
    }

    void run(int first, uint64_t mark)
    {
        addAsker(first, mark);
        int64_t idleSince = nowNs();
        for (;;) {
            const int64_t begin = nowNs();
            const bool soon = look();
            const int64_t end = nowNs();
            if (m_open || m_joins)
                idleSince = end;
            else if ((m_processes.empty() || end - idleSince > kIdleNs) && !hear(0))
                return;
            // At most a hundredth of the time, whatever there is to look at.
            hear(int(std::max<int64_t>(soon ? kSoonMs : kCalmMs, (end - begin) * (soon ? 10 : 100) / 1'000'000)));
        }
    }

private:
    // Processes that ask, by what the system says of the sender. True: there was one.
    bool hear(int waitMs)
    {
        bool any = false;
        pollfd poll {m_socket, POLLIN, 0};
        while (::poll(&poll, 1, any ? 0 : waitMs) > 0) {
            Asking asking {};
            char control[CMSG_SPACE(sizeof(ucred))];
            iovec piece {&asking, sizeof asking};
            msghdr message {};
            message.msg_iov = &piece;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            const ssize_t size = recvmsg(m_socket, &message, MSG_DONTWAIT);
            if (size < 0)
                break;
            const cmsghdr* header = CMSG_FIRSTHDR(&message);
            if (size != sizeof asking || !header || header->cmsg_type != SCM_CREDENTIALS)
                continue;
            ucred sender;
            std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
            if (sender.uid == geteuid() && sender.pid > 0) {
                addAsker(sender.pid, asking.mark);
                m_joining.asker = std::to_string(asking.asker); // another one, when the recording was let go since
                any = true;
            }
        }
        return any;
    }

    // It is recorded, and about to start one. Not to be joined itself while it runs what it ran then, not even when its
    // recording has just ended: that of an attached program is not in the environment it was started with.
    void addAsker(int pid, uint64_t mark)
    {
        add(pid, 0);
        const auto it = m_processes.find(pid);
        if (it == m_processes.end())
            return;
        it->second.seen = nowNs();
        std::string exe = linkTarget(procPath(pid, "exe")), command = readWhole(procPath(pid, "cmdline"));
        if (programMark(command) != mark)
            return; // it was about to run another
        it->second.exe = std::move(exe);
        it->second.command = std::move(command);
        it->second.settled = true;
    }

    void add(int pid, int parent)
    {
        const uint64_t start = startTicks(pid);
        if (!start || pid == getpid())
            return;
        Watched& w = m_processes[pid];
        if (w.start != start) {
            w = {};
            w.start = start;
            w.parent = parent;
            w.seen = nowNs();
        }
    }

    // True: the next look should come soon.
    bool look()
    {
        std::vector<int> pids;
        for (const auto& [pid, w] : m_processes)
            pids.push_back(pid);
        for (size_t i = 0; i < pids.size(); i++) { // grows
            for (const int child : childrenOf(pids[i])) {
                const bool isNew = !m_processes.count(child);
                add(child, pids[i]);
                if (isNew && m_processes.count(child))
                    pids.push_back(child);
            }
        }
        {
            const std::lock_guard lock(m_mutex);
            for (const int pid : m_again)
                if (const auto it = m_processes.find(pid); it != m_processes.end())
                    it->second.settled = it->second.attempts >= kAttempts;
            m_again.clear();
        }
        bool soon = false;
        const int64_t now = nowNs();
        m_open = 0;
        for (auto it = m_processes.begin(); it != m_processes.end();) {
            const Status status = readStatus(it->first);
            if (!status.exists || status.state == 'Z' || startTicks(it->first) != it->second.start) {
                it = m_processes.erase(it);
                continue;
            }
            soon = consider(it->first, it->second) || now - it->second.seen < kNewNs || soon;
            m_open += !it->second.settled;
            ++it;
        }
        return soon;
    }

    // True: it is a Python that is not recorded yet but may be soon.
    bool consider(int pid, Watched& w)
    {
        std::string exe = linkTarget(procPath(pid, "exe")), command = readWhole(procPath(pid, "cmdline"));
        if (exe != w.exe || command != w.command) {
            w.settled = false;
            w.attempts = 0;
            w.seen = nowNs();
            w.exe = std::move(exe);
            w.command = std::move(command);
        }
        if (w.settled || !format::namedPython(w.exe))
            return false;
        const std::string reason = unreachedBecause(w.command, readWhole(procPath(pid, "environ")), m_joining.package + "/_hook");
        const Process process = reason.empty() ? Process {} : describe(pid);
        if (reason.empty() || !process.recording.empty()) {
            w.settled = true;
            return false;
        }
        // It may be said to be all kinds of things while it is just loaded.
        if (process.problem && nowNs() - w.seen < kLoadingNs)
            return true;
        w.settled = true;
        if (!process.problem) {
            w.attempts++;
            m_joins++;
            std::thread([this, joining = m_joining, pid, parent = recordingAbove(w), reason, attempt = w.attempts] {
                if (join(joining, pid, parent, reason) != Why::Fine) {
                    // It may have been in the middle of its own imports.
                    std::this_thread::sleep_for(std::chrono::milliseconds(10 << attempt));
                    const std::lock_guard lock(m_mutex);
                    m_again.push_back(pid);
                }
                m_joins--;
            }).detach();
        }
        return false;
    }

    // The recording of the nearest process above it that has one.
    std::string recordingAbove(const Watched& w) const
    {
        for (int pid = w.parent, steps = 0; pid > 1 && steps < 50; steps++) {
            if (const Process p = describe(pid); !p.recording.empty())
                return p.recording;
            pid = readStatus(pid).parent;
        }
        return m_joining.recording;
    }

    int m_socket;
    Joining m_joining;
    std::map<int, Watched> m_processes;
    size_t m_open = 0; // processes that may have to be attached to some time
    std::atomic<int> m_joins = 0;
    std::mutex m_mutex; // of what follows
    std::vector<int> m_again; // were just starting
};

// One for each recording: the name is free again when its holder ends, in whatever way. -1: somebody else has it.
int claim(const std::string& id)
{
    sockaddr_un address {};
    const socklen_t length = followerAddress(id, address);
    const int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) || bind(s, reinterpret_cast<sockaddr*>(&address), length))
        return -1;
    return s;
}

} // namespace

} // namespace calltide::inject

int main(int argc, char** argv)
{
    using namespace calltide::inject;
    if (argc != 9)
        return 2;
    const int socket = claim(argv[1]);
    if (socket < 0)
        return 0;
    Joining joining;
    joining.id = argv[1];
    joining.recording = argv[2];
    joining.folder = argv[3];
    joining.package = argv[4];
    joining.options = argv[5];
    joining.asker = argv[6];
    Follower(socket, joining).run(std::atoi(argv[7]), std::strtoull(argv[8], nullptr, 10));
    return 0;
}
