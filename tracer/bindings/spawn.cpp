// SPDX-License-Identifier: Apache-2.0
#include "bindings/spawn.h"
#include "format/notecodes.h"
#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>

namespace calltide::bindings {

namespace {

constexpr size_t kMostCommand = 2000;

bool recordsHere() { return t_writer.thread && g_session.recorder && g_session.hooked && !t_writer.thread->hidesAll; }

std::string word(PyObject* item) { return PyBytes_Check(item) ? std::string(PyBytes_AS_STRING(item), size_t(PyBytes_GET_SIZE(item))) : text(item); }

// Of a list or tuple of str or bytes; what is something else (a PathLike) is left out.
std::string commandLine(PyObject* items)
{
    std::string line;
    if (!items || !(PyList_Check(items) || PyTuple_Check(items)))
        return line;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items) && line.size() < kMostCommand; i++) {
        PyObject* item = PySequence_Fast_GET_ITEM(items, i);
        if (i)
            line += ' ';
        line += word(item);
    }
    return line.size() < kMostCommand ? line : line.substr(0, kMostCommand) + "…";
}

void put(unsigned sub, uint64_t now, std::initializer_list<uint64_t> numbers)
{
    uint8_t payload[40];
    unsigned n = 0;
    for (const uint64_t v : numbers)
        n += format::lebPut(payload + n, v);
    t_writer.extended(sub, now, payload, n);
}

} // namespace

void processStarted(PyObject* result, PyObject* arguments, int command, uint64_t begin)
{
    const long pid = PyLong_Check(result)                                          ? PyLong_AsLong(result)
        : PyTuple_Check(result) && PyTuple_GET_SIZE(result) > 0                    ? PyLong_AsLong(PyTuple_GET_ITEM(result, 0)) // forkpty
                                                                                   : 0;
    if (pid < 0)
        PyErr_Clear();
    if (pid <= 0 || !recordsHere())
        return;
    uint32_t line = 0;
    if (command >= 0 && command < PyTuple_GET_SIZE(arguments))
        line = g_session.recorder->tables().string(commandLine(PyTuple_GET_ITEM(arguments, command)));
    const uint64_t now = core::nowUnits();
    put(format::kSpawn, now, {uint64_t(pid), line, now > begin ? now - begin : 0});
}

void processEnded(PyObject* result)
{
    if (!recordsHere() || !PyTuple_Check(result) || PyTuple_GET_SIZE(result) < 2)
        return; // waitid() gives another kind of thing, and None
    const long pid = PyLong_AsLong(PyTuple_GET_ITEM(result, 0)), status = PyLong_AsLong(PyTuple_GET_ITEM(result, 1));
    PyErr_Clear();
    const int s = int(status);
    if (pid > 0 && (WIFEXITED(s) || WIFSIGNALED(s)))
        put(format::kChildEnd, core::nowUnits(), {uint64_t(pid), uint64_t(WIFEXITED(s) ? WEXITSTATUS(s) : 128 + WTERMSIG(s))});
}

bool canBecome(PyObject* program)
{
    if (!PyUnicode_Check(program) && !PyBytes_Check(program))
        return true;
    const int before = errno; // the program's
    const bool there = access(word(program).c_str(), X_OK) == 0;
    errno = before;
    return there;
}

bool noteBecomes(PyObject* program, PyObject* arguments)
{
    noticeFork();
    if (!g_session.recorder || g_session.forked || !(g_session.hooked || g_session.paused) || !(PyUnicode_Check(program) || PyBytes_Check(program)))
        return false;
    const std::string line = commandLine(arguments);
    if (!line.empty())
        g_session.recorder->tables().note(core::nowUnits(), "became another program: " + line, format::kNoteBecomes);
    return !line.empty();
}

void noteStays()
{
    if (g_session.recorder && !g_session.forked)
        g_session.recorder->tables().note(core::nowUnits(), "the program could not become another one, and went on", 0);
}

bool keepsChild(const Options& options, const std::string& command)
{
    try {
        Patterns include, exclude;
        include.set(options.includeChildren);
        exclude.set(options.excludeChildren);
        return (include.empty() || include.matchText(command)) && !exclude.matchText(command);
    } catch (const std::regex_error&) {
        return true; // the first process has refused it already
    }
}

} // namespace calltide::bindings
