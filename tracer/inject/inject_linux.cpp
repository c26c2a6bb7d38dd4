// SPDX-License-Identifier: Apache-2.0
#include "inject/inject.h"
#include "inject/blocked.h"
#include "inject/hijack.h"
#include "inject/processes.h"
#include "inject/remotedebug.h"
#include "inject/stub.h"
#include <algorithm>
#include <chrono>
#include <thread>
#include <unistd.h>

namespace calltide::inject {

namespace {

using Clock = std::chrono::steady_clock;

std::string name(int pid) { return "Process " + std::to_string(pid); }

Problem checkProcess(int pid)
{
    const Status s = readStatus(pid);
    if (pid <= 0 || !s.exists)
        return {Why::NoProcess, "There is no process " + std::to_string(pid) + "."};
    if (pid == getpid())
        return {Why::NotPython, name(pid) + " is Calltide itself."};
    for (const unsigned uid : s.uids)
        if (uid != geteuid())
            return {Why::OtherUser, name(pid) + " belongs to user " + userName(uid) + ". Only your own processes can be attached."};
    if (s.state == 'Z' || s.state == 'X')
        return {Why::NoProcess, name(pid) + " has ended."};
    if (s.tracer) {
        std::string debugger = readWhole(procPath(s.tracer, "comm"));
        if (!debugger.empty() && debugger.back() == '\n')
            debugger.pop_back();
        return {Why::Suspended, "A debugger (" + (debugger.empty() ? "" : debugger + ", ") + "process " + std::to_string(s.tracer)
                + ") is attached to process " + std::to_string(pid) + ". Detach it first."};
    }
    if (s.state == 'T' || s.state == 't')
        return {Why::Suspended, name(pid) + " is suspended. Resume it first (kill -CONT " + std::to_string(pid) + ")."};
    // The recorder and the recording's folder must be where the program sees them.
    const std::string files = linkTarget(procPath(pid, "ns/mnt")), root = linkTarget(procPath(pid, "root"));
    if ((!files.empty() && files != linkTarget("/proc/self/ns/mnt")) || (!root.empty() && root != linkTarget("/proc/self/root")))
        return {Why::Elsewhere, name(pid) + " runs in a container, which has other files than Calltide. Run calltide inside the container."};
    return {};
}

bool freeThreaded(const Python& python)
{
    if (python.minor >= 14 && python.runtime)
        return python.memory.get<uint64_t>(python.runtime + 16).value_or(0) == 1;
    return python.images[python.home].name().find("3.13t") != std::string::npos;
}

Problem checkPython(const Python& python, bool evenIfSwitchedOff)
{
    const int pid = python.pid();
    if (freeThreaded(python))
        return {Why::NotSupported, name(pid) + " runs a free-threaded Python, which is not supported."};
#ifdef __GLIBC__
    if (usesMusl(python))
        return {Why::NotSupported, name(pid) + " uses the C library musl, for which there is no recorder here. Run it with a Python made for glibc."};
#endif
    if (isInitialized(python) == Up::No)
        return starting(pid);
    const Remote remote = remoteState(python);
    if (remote == Remote::SwitchedOff && !(evenIfSwitchedOff && hijackSupported()))
        return {Why::SwitchedOff, name(pid) + " has attaching switched off (PYTHON_DISABLE_REMOTE_DEBUG, -X disable-remote-debug or its build)."};
    if (remote != Remote::Asked && !hijackSupported())
        return hijack(python, {}, pid, Way::Either).problem; // its sentence
    return {};
}

// What the interpreter is to execute; PEP 768 reads the file by itself. No name is left in __main__, no file left open. By
// the name __calltide_boot__ in it the recorder knows this code as ours.
std::string codeFor(const std::string& script)
{
    return "try:\n exec(\"with open('" + script + "','rb')as __calltide_boot__:s=__calltide_boot__.read()\\nexec(compile(s,'" + script
        + "','exec'))\",{'__name__':'calltide'})\nexcept BaseException:\n try:__calltide_boot__\n except BaseException:pass";
}

bool plain(const std::string& path)
{
    return !path.empty() && path[0] == '/' && path.size() <= 110 && std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_' || c == '-';
    });
}

class Run
{
public:
    Run(const Request& request, const Python& python)
        : m_request(request)
        , m_python(python)
        , m_begin(Clock::now())
        , m_remote(remoteState(python) == Remote::Asked)
    {
    }

    Outcome run()
    {
        if (m_remote)
            askRemotely(m_python, m_request.script, Whom::Main);
        m_outcome.how = "PEP 768";
        loop();
        if (m_remote)
            withdrawRemotely(m_python, m_request.script);
        return m_outcome;
    }

private:
    int elapsedMs() const { return int(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - m_begin).count()); }

    void fail(Why why, const std::string& sentence) { m_outcome.problem = {why, name(m_request.pid) + sentence}; }

    // Returns when it is done, or m_outcome.problem says why not.
    void loop()
    {
        const uint64_t start = startTicks(m_request.pid);
        int step = 0, nextLookMs = m_remote ? 30 : 0;
        while (!m_request.answered()) {
            if (!start || startTicks(m_request.pid) != start)
                return fail(Why::NoProcess, " has ended.");
            if (m_request.cancelled && m_request.cancelled())
                return fail(Why::Cancelled, " was not waited for.");
            if (elapsedMs() > m_request.timeoutMs)
                return gaveUp();
            if (elapsedMs() >= nextLookMs) {
                look(step++);
                if (m_outcome.problem)
                    return;
                nextLookMs = elapsedMs() + (step < 10 ? 100 : 1000);
            }
            if (refusedInside())
                return;
            std::this_thread::sleep_for(std::chrono::microseconds(elapsedMs() < 20 ? 100 : 2000));
        }
    }

    // Nobody came: is it stuck, was it stopped meanwhile, or is it just busy?
    void gaveUp()
    {
        const Status now = readStatus(m_request.pid);
        if (const Problem problem = checkProcess(m_request.pid))
            m_outcome.problem = problem;
        else if (now.state == 'D')
            m_outcome.problem = stuck(m_request.pid);
        else
            fail(Why::Busy, " did not react: it is in a long call of a C function, or in a sub-interpreter. Try again, or wait longer.");
    }

    void look(int step)
    {
        const int pid = m_request.pid;
        if (m_request.begun && m_request.begun())
            return;
        // Nothing can be done there but wait: for a disk, that may be for ever.
        if (readStatus(pid).state != 'D')
            m_stuckSinceMs = -1;
        else if (m_stuckSinceMs < 0)
            m_stuckSinceMs = elapsedMs();
        else if (elapsedMs() - m_stuckSinceMs > 3000)
            return gaveUp();
        if (m_remote && step == 1) {
            askRemotely(m_python, m_request.script, Whom::Others);
            m_outcome.lateReaders = true;
        }
        if (!hijackSupported())
            return;
        const bool waits = mayEnterPython(m_python, systemCallOf(pid, pid), true);
        if (!m_remote && step == 0)
            attempt(pid, Way::Either);
        else if (waits && m_atOnce < 3)
            attempt(pid, Way::AtOnceOnly);
        else if (!waits && !m_remote && step >= 10 && m_atOnce < 3)
            attemptElsewhere();
    }

    // The main thread is hopeless: another one that waits. Never in a futex, see blocked.h.
    void attemptElsewhere()
    {
        for (const int thread : numbersIn(procPath(m_request.pid, "task")))
            if (thread != m_request.pid && mayEnterPython(m_python, systemCallOf(m_request.pid, thread), false))
                return attempt(thread, Way::AtOnceOnly);
    }

    void attempt(int thread, Way way)
    {
        const Hijack h = hijack(m_python, codeFor(m_request.script), thread, way);
        m_outcome.pausedNs = std::max(m_outcome.pausedNs, h.pausedNs);
        m_outcome.stops += h.stops;
        if (h.slot) {
            m_slot = h.slot;
            m_atOnce += h.atOnce;
            m_outcome.lateReaders = m_remote;
            m_outcome.how = h.atOnce ? "at once" : "queued";
        }
        // A second look may fail where the first request still stands.
        if (h.problem && !m_remote && !m_slot)
            m_outcome.problem = h.problem;
    }

    bool refusedInside()
    {
        if (!m_slot)
            return false;
        const auto state = SlotState(m_python.memory.get<uint32_t>(m_slot).value_or(0));
        if (state == SlotState::NotInitialized || state == SlotState::Finalizing)
            fail(Why::Starting, state == SlotState::Finalizing ? " is ending." : " is just starting. Try again in a moment.");
        else if (state == SlotState::QueueFull)
            fail(Why::Busy, " still has other requests to do. Try again in a moment.");
        else if (state != SlotState::Done)
            m_doneMs = -1;
        else if (m_doneMs < 0)
            m_doneMs = elapsedMs();
        else if (elapsedMs() - m_doneMs > 2000 && !m_request.answered() && !(m_request.begun && m_request.begun()))
            fail(Why::Failed, " did not take the request. Try again.");
        return bool(m_outcome.problem);
    }

    const Request& m_request;
    const Python& m_python;
    Clock::time_point m_begin;
    bool m_remote;
    Outcome m_outcome;
    uint64_t m_slot = 0;
    int m_atOnce = 0, m_doneMs = -1, m_stuckSinceMs = -1;
};

} // namespace

Problem check(int pid, bool evenIfSwitchedOff)
{
    Problem problem = checkProcess(pid);
    if (problem)
        return problem;
    const auto python = findPython(pid, problem);
    return python ? checkPython(*python, evenIfSwitchedOff) : problem;
}

Outcome run(const Request& request)
{
    Outcome outcome;
    if (!plain(request.script)) {
        outcome.problem = {Why::Failed, "The script " + request.script + " must have a short and plain path."};
        return outcome;
    }
    outcome.problem = checkProcess(request.pid);
    if (outcome.problem)
        return outcome;
    const auto python = findPython(request.pid, outcome.problem);
    if (!python)
        return outcome;
    outcome.problem = checkPython(*python, request.evenIfSwitchedOff);
    return outcome.problem ? outcome : Run(request, *python).run();
}

} // namespace calltide::inject
