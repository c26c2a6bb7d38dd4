// SPDX-License-Identifier: Apache-2.0
#include "bindings/watch.h"
#include "bindings/tasks.h"
#include "bindings/threads.h"
#include "bindings/trio.h"
#include "bindings/values.h"
#include <unordered_map>

namespace calltide::bindings {

namespace {

// Imports that run, seen the careful way: when each began and of what. By thread.
struct Import
{
    uint64_t begin;
    uint32_t name;
};
std::unordered_map<const core::Thread*, std::vector<Import>> g_imports;
uint32_t g_importsOf = 0; // generation

void importBegins(PyCodeObject* code, CallFrame* frame)
{
    PyObject* name = argumentAt(code, frame, 0);
    const std::string module = text(name);
    if (!t_writer.thread || !g_session.recorder) {
    } else if (!g_session.careful) {
        if (!module.empty()) {
            const std::string json = "{\"import\": " + valueOf(name, false) + "}";
            t_writer.arguments(json);
        }
    } else {
        if (g_importsOf != g_session.generation)
            g_imports.clear();
        g_importsOf = g_session.generation;
        g_imports[t_writer.thread].push_back({core::nowUnits(), g_session.recorder->tables().name(module, "import")});
    }
    Py_XDECREF(name);
}

void importEnds()
{
    const auto it = g_importsOf == g_session.generation ? g_imports.find(t_writer.thread) : g_imports.end();
    if (it == g_imports.end())
        return;
    const Import import = it->second.back();
    it->second.pop_back();
    if (it->second.empty())
        g_imports.erase(it);
    const uint64_t now = core::nowUnits(), took = now - import.begin;
    if (took < t_writer.thread->leastUnits)
        return;
    uint8_t payload[16];
    unsigned n = format::lebPut(payload, import.name);
    n += format::lebPut(payload + n, took);
    t_writer.extended(format::kImport, now, payload, n);
}

// multiprocessing calls it in each of its children, forked or not.
void processBegins(PyCodeObject* code, CallFrame* frame)
{
    PyObject* process = argumentAt(code, frame, 0);
    PyObject* attributes = process ? PyObject_GenericGetDict(process, nullptr) : nullptr;
    const std::string name = attributes ? text(PyDict_GetItemString(attributes, "_name")) : std::string();
    PyErr_Clear();
    if (!name.empty() && g_session.recorder)
        g_session.recorder->tables().meta("process_name", name);
    Py_XDECREF(attributes);
    Py_XDECREF(process);
}

} // namespace

void watchedEnter(const Function& f, PyCodeObject* code, CallFrame* frame, bool shown)
{
    if (!t_writer.thread || t_writer.thread->hidesAll)
        return;
    switch (f.role) {
    case Role::None:
    case Role::EndsThread:
        break;
    case Role::Import:
        if (shown || g_session.careful)
            importBegins(code, frame);
        break;
    case Role::TaskRuns:
        taskRuns(code, frame, shown);
        break;
    case Role::TaskReady:
        taskReady(code, frame);
        break;
    case Role::TrioRuns:
        trioRuns(code, frame);
        break;
    case Role::ProcessBegins:
        processBegins(code, frame);
        break;
    case Role::TaskSteps:
        taskSteps(code, frame, shown);
        break;
    }
}

void watchedLeave(const Function& f)
{
    if (!t_writer.thread || t_writer.thread->hidesAll)
        return;
    if (f.role == Role::Import)
        importEnds();
    else if (f.filtered && !t_writer.hides() && (f.role == Role::TaskRuns || (f.role == Role::TaskSteps && stepEnds())))
        taskStops();
}

} // namespace calltide::bindings
