// SPDX-License-Identifier: Apache-2.0
#include "bindings/greenlets.h"
#include "bindings/spawn.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/trio.h"
#include "bindings/usage.h"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::bindings {

Session g_session;

namespace {

void onBlock(core::Recorder& recorder, uint32_t id)
{
    promote(recorder, id);
    refreshThreadName();
    noticeGreenlets(false);
#if PY_VERSION_HEX < 0x030C0000
    noticeThreads();
#endif
    if (g_session.askedBy && !askerLives())
        recorder.abandon("the process that asked for it is gone");
    sampleUsage(t_writer);
}

void onFail() { g_session.ending = true; }

// In the child, before any Python code of it: the mappings are gone there, so the writer must not be used again.
// descriptors: the child has its own copies of them, as after fork(); a raw clone() may share them.
void enterChild(bool descriptors)
{
    t_writer = core::ThreadWriter {};
    forgetParkedThreads();
    core::markProcess();
    if (!g_session.recorder)
        return;
    if (descriptors) {
        const int before = errno; // the program's
        g_session.recorder->leaveToParent();
        errno = before;
    }
    g_session.recorder = nullptr; // its locks may be held by threads that do not exist here
    g_session.forked = true;
    g_session.identity.parent = g_session.identity.process;
    g_session.identity.process = core::randomId();
}

std::string metaValue(const std::string& key)
{
    for (const auto& [k, value] : g_session.meta)
        if (k == key)
            return value;
    return {};
}

void afterForkInChild() { enterChild(true); }

// Until it says itself what it is.
void nameFork()
{
    for (auto& [key, value] : g_session.meta)
        if (key == "process_name" && !value.ends_with(" (fork)"))
            value += " (fork)";
}

std::string begin(const std::string& path)
{
    core::Recorder::Options options;
    options.path = path;
    options.identity = g_session.identity;
    options.onBlock = onBlock;
    options.onFail = onFail;
    if (const uint64_t bytes = g_session.options.stopWhenFull)
        options.limit = {format::Mode::StopWhenFull, bytes};
    if (const uint64_t bytes = g_session.options.ring)
        options.limit = {format::Mode::Ring, bytes};
    options.minDuration = g_session.options.minDuration;
    if (const uint32_t depth = g_session.options.maxDepth)
        options.maxDepth = std::min(options.maxDepth, depth);
    std::string error;
    std::unique_ptr<core::Recorder> recorder = core::Recorder::create(options, error);
    if (!recorder)
        return error;
    g_session.recorder = recorder.release(); // see recorder.h: never destroyed
    g_session.ending = false;
    forgetIds();
    forgetGreenlets();
    for (const auto& [key, value] : g_session.meta)
        g_session.recorder->tables().meta(key, value);
    return {};
}

} // namespace

bool askerLives()
{
    const int before = errno; // the program's
    const bool lives = kill(g_session.askedBy, 0) == 0 || errno != ESRCH;
    errno = before;
    return lives;
}

void watchBesides(bool on)
{
    watchCollector(on && g_session.options.logGc);
    core::watchGil(on && g_session.options.logGil, reinterpret_cast<const void*>(&PyEval_RestoreThread));
}

void installForkHandler()
{
    static bool done = false;
    if (!done) {
        core::markProcess();
        pthread_atfork(nullptr, nullptr, afterForkInChild);
    }
    done = true;
}

void noticeFork()
{
    if (core::forkedUnseen())
        enterChild(false);
}

std::string startSession(const std::string& path, bool atStartup)
{
    if (std::string error = begin(path); !error.empty())
        return error;
    g_session.waitForMain = atStartup;
    if (!triggersArmed())
        openRunningThreads(atStartup);
    std::string error;
    if (!setHooks(error)) {
        closeSession(false, 0);
        unlink(path.c_str());
        return error;
    }
    g_session.hooked = true;
    watchBesides(!triggersArmed());
    sampleUsageNow(t_writer);
    return {};
}

bool continueInChild()
{
    g_session.forked = false;
    g_session.waitForMain = false;
    if (!g_session.followForks || !keepsChild(g_session.options, metaValue("command"))) {
        removeHooks();
        watchBesides(false);
        return false;
    }
    nameFork();
    if (mkdir(g_session.childFolder.c_str(), 0700) == 0)
        chmod(g_session.childFolder.c_str(), 0700); // whatever the program's umask is
    char name[64];
    const core::Id& id = g_session.identity.process;
    std::snprintf(name, sizeof name, "/p%d-%02x%02x%02x%02x.calltide", int(getpid()), id[0], id[1], id[2], id[3]);
    g_session.identity.compat |= format::kIsChild;
    const std::string path = g_session.childFolder + name;
    const std::string error = begin(path);
    if (error.empty()) {
#if PY_VERSION_HEX >= 0x030C0000
        if (g_session.options.adaptive)
            restartEvents(); // what its parent has left out
#endif
        return true;
    }
    const auto isFor = [&](int number) { return error.find(std::strerror(number)) != std::string::npos; };
    if (isFor(ENOSPC) || isFor(EDQUOT) || isFor(EFBIG)) { // else it is the program's doing: it deleted the folder, …
        const std::string said = "calltide: process " + std::to_string(getpid()) + " is not recorded: " + error + " (" + path + ")\n";
        if (write(STDERR_FILENO, said.data(), said.size()) < 0) {
            // Nobody is there to read it.
        }
    }
    removeHooks();
    watchBesides(false);
    return false;
}

void pauseSession()
{
    noticeFork();
    if (!g_session.hooked || !g_session.recorder || g_session.forked)
        return;
    removeHooks(true);
    watchBesides(false);
    parkThreads();
    forgetGreenlets();
    g_session.pausedAt = core::nowUnits();
    g_session.paused = true;
}

void resumeSession()
{
    noticeFork();
    if (!g_session.paused || !g_session.recorder)
        return;
    g_session.paused = false;
    markPause(g_session.pausedAt);
    openThreadsAgain();
    std::string error;
    g_session.hooked = setHooks(error);
    watchBesides(g_session.hooked);
}

void stopSession(bool forget)
{
    noticeFork();
    if (g_session.paused && g_session.recorder)
        markPause(g_session.pausedAt);
    g_session.paused = false;
    if (g_session.hooked)
        removeHooks(forget);
    g_session.hooked = false;
    g_session.forked = false;
    g_session.ending = false;
    watchBesides(false);
    if (forget) {
        leaveTrio();
        leaveGreenlets();
    }
    if (!g_session.recorder)
        return;
    refreshThreadName();
    sampleUsageNow(t_writer);
    if (triggersArmed())
        g_session.recorder->tables().note(core::nowUnits(), "nothing was recorded: what the recording waited for (start_when) never came", 0);
    g_session.recorder->stop();
    t_writer = core::ThreadWriter {};
    forgetParkedThreads();
}

void closeSession(bool withEnd, int status)
{
    noticeFork();
    core::Recorder* r = g_session.recorder;
    if (!r)
        return;
    r->stop();
    if (withEnd)
        r->writeEnd(status, true);
    r->close();
    g_session.recorder = nullptr;
}

} // namespace calltide::bindings
