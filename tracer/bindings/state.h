// SPDX-License-Identifier: Apache-2.0
// What the parts of the module share. Everything here needs the interpreter's lock.
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "bindings/filter.h"
#include "core/recorder.h"
#include <string>
#include <utility>
#include <vector>

#define CALLTIDE_LIKELY(x) __builtin_expect(!!(x), 1)
#define CALLTIDE_UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace calltide::bindings {

// Initial-exec: one instruction to reach it, and small enough for the reserve that the loader keeps for such storage.
extern __thread core::ThreadWriter t_writer __attribute__((tls_model("initial-exec")));

struct Session
{
    core::Recorder* recorder = nullptr; // null: none, or the first event of a forked child is still to come
    core::Identity identity;
    bool hooked = false;
    Options options;
    Filter filter;
    bool alwaysCareful = false; // apart from triggers
    bool careful = false;       // an option needs a look at each call, see careful.h
    bool paused = false;        // a recording stands still
    uint64_t pausedAt = 0;      // units
    bool ending = false;        // it found no more space: it is to be stopped before the next event
    bool waitForMain = false;   // nothing of the start-up is recorded until the module __main__ begins
    bool followForks = false;
    int askedBy = 0;            // the process whose recording this is; 0: nobody's
    bool forked = false;        // this process is a fork whose recording has not begun
    uint32_t generation = 0;    // of the ids in the functions' records; a new one for each recording
    std::string childFolder;
    std::vector<std::string> ignored; // folders whose code is not recorded
    std::vector<std::pair<std::string, std::string>> meta;
};
extern Session g_session;

// Starts a recording into `path`; an empty string, or what went wrong. `atStartup`: the calls that run now in this
// thread, and what follows until the module __main__ begins, are not recorded.
std::string startSession(const std::string& path, bool atStartup);
// Takes the hooks off and seals; the end may follow. Harmless if nothing runs.
void stopSession(bool forget = false);
void closeSession(bool withEnd, int status);
// Takes the hooks off and ends what is open; and the other way round. Nothing happens if there is nothing to do.
void pauseSession();
void resumeSession();
// Before the first event of a forked process; false: not recorded (the hooks are off then).
bool continueInChild();
bool askerLives();
void installForkHandler();
// If this process was made by a raw clone(): does what the fork handler would have done.
void noticeFork();

// Set and removed by monitoring.cpp (3.12 and newer) or profile.cpp.
bool setHooks(std::string& error);
void restartEvents(); // of places that were switched off; 3.12 and newer
// forget: also takes the callbacks back, which the program's audit hooks see.
void removeHooks(bool forget = false);

// gc.callbacks: collections as slices of their own.
void watchCollector(bool on);
// What no hook tells, as the options say: collections, waits for the interpreter's lock.
void watchBesides(bool on);

// A Python string as UTF-8 with surrogates kept; empty on any other object. Never leaves an exception set.
std::string text(PyObject* object);

// An exception that is on its way is none of ours, and must not be lost.
class KeptException
{
public:
    KeptException() { PyErr_Fetch(&m_type, &m_value, &m_trace); }
    ~KeptException() { PyErr_Restore(m_type, m_value, m_trace); }

    KeptException(const KeptException&) = delete;
    KeptException& operator=(const KeptException&) = delete;

private:
    PyObject *m_type = nullptr, *m_value = nullptr, *m_trace = nullptr;
};

} // namespace calltide::bindings
