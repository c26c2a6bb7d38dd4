// SPDX-License-Identifier: Apache-2.0
// The module's control functions. Events never come through here.
#include "bindings/adaptive.h"
#include "bindings/events.h"
#include "bindings/follower.h"
#include "bindings/functions.h"
#include "bindings/spawn.h"
#include "bindings/threads.h"
#include "bindings/triggers.h"
#include "bindings/unseen.h"
#include <cstdlib>
#include <cstring>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;

namespace calltide::bindings {

namespace {

core::Id toId(const std::string& bytes)
{
    core::Id id {};
    if (bytes.size() == id.size())
        std::memcpy(id.data(), bytes.data(), id.size());
    return id;
}
py::bytes fromId(const core::Id& id) { return py::bytes(reinterpret_cast<const char*>(id.data()), id.size()); }
bool isNull(const core::Id& id) { return id == core::Id {}; }

// The process's very end, when nothing of Python is left: only here the exit status is known.
// On 3.10 daemon threads that wait for the GIL then touch the interpreter, which is freed (fixed in 3.11): whatever takes time
// at the end makes the crash likelier, so nothing is done while there are any, and the status stays unknown.
bool g_leaveTheEnd = false;
#if defined(__GLIBC__)
void processEnds(int status, void*)
{
    if (!g_leaveTheEnd)
        closeSession(true, status & 0xFF);
}
#endif

constexpr bool kEndIsUnsafe = PY_VERSION_HEX >= 0x030A0000 && PY_VERSION_HEX < 0x030B0000;

bool othersRun()
{
    PyThreadState* first = firstThread();
    return first && threadAfter(first);
}

struct StartOptions
{
    std::string path, recordingId, parentId, childFolder;
    Options options;
    bool hideStack, untilExit;
    std::vector<std::string> ignored, library;
    std::vector<std::pair<std::string, std::string>> meta;
};

// As calltide.options.complete() gives them; what is missing keeps its default.
Options optionsFrom(const py::dict& given)
{
    Options o;
    const auto read = [&given](const char* name, auto& into) {
        if (given.contains(name))
            into = given[name].cast<std::remove_reference_t<decltype(into)>>();
    };
    const auto readPatterns = [&given](const char* name, std::vector<std::string>& into) {
        if (given.contains(name))
            for (const py::handle item : given[name])
                into.push_back(text(item.ptr()));
    };
    read("python_only", o.pythonOnly);
    read("log_func_args", o.logFuncArgs);
    read("log_func_retval", o.logFuncRetval);
    read("use_repr", o.useRepr);
    read("log_exceptions", o.logExceptions);
    read("log_async", o.logAsync);
    read("log_gc", o.logGc);
    read("log_gil", o.logGil);
    read("log_imports", o.logImports);
    read("log_memory", o.logMemory);
    read("log_call_line", o.logCallLine);
    read("log_sparse", o.logSparse);
    read("my_code_only", o.myCodeOnly);
    read("ignore_frozen", o.ignoreFrozen);
    read("max_depth", o.maxDepth);
    read("min_duration", o.minDuration);
    read("ring", o.ring);
    read("stop_when_full", o.stopWhenFull);
    read("adaptive", o.adaptive);
    readPatterns("args_of", o.argsOf);
    readPatterns("include_files", o.includeFiles);
    readPatterns("exclude_files", o.excludeFiles);
    readPatterns("include_children", o.includeChildren);
    readPatterns("exclude_children", o.excludeChildren);
    readPatterns("include_functions", o.includeFunctions);
    readPatterns("exclude_functions", o.excludeFunctions);
    readPatterns("start_when", o.startWhen);
    readPatterns("stop_when", o.stopWhen);
    return o;
}

void start(StartOptions o)
{
    if (g_session.hooked || g_session.paused)
        throw std::runtime_error("a recording is running already");
    closeSession(false, 0); // one that has ended by itself
    g_session.askedBy = 0;
    g_session.identity = {};
    g_session.identity.recording = toId(o.recordingId);
    if (isNull(g_session.identity.recording))
        g_session.identity.recording = core::randomId();
    g_session.identity.process = core::randomId();
    g_session.identity.parent = toId(o.parentId);
    g_session.identity.compat = (o.options.pythonOnly ? uint64_t(format::kPythonOnly) : 0)
        | (isNull(g_session.identity.parent) ? 0 : uint64_t(format::kIsChild));
    const bool wantsAdaptive = o.options.adaptive;
    if (PY_VERSION_HEX < 0x030C0000)
        o.options.adaptive = false; // no place can be switched off there
    g_session.identity.compat |= o.options.adaptive ? uint64_t(format::kAdaptive) : 0;
    g_session.options = std::move(o.options);
    if (const std::string error = g_session.filter.set(g_session.options, std::move(o.library)); !error.empty())
        throw std::runtime_error(error);
    const Options& chosen = g_session.options;
    if (const std::string error = setTriggers(chosen.startWhen, chosen.stopWhen); !error.empty())
        throw std::runtime_error(error);
    g_session.alwaysCareful = g_session.filter.active() || chosen.logSparse || chosen.maxDepth || chosen.minDuration || chosen.logCallLine
        || chosen.logFuncArgs
        || chosen.logFuncRetval;
    g_session.careful = g_session.alwaysCareful || triggersNeedCalls();
    g_session.followForks = !o.childFolder.empty();
    g_session.childFolder = std::move(o.childFolder);
    g_session.ignored = std::move(o.ignored);
    g_session.meta = std::move(o.meta);
    installForkHandler();
    if (const std::string error = startSession(o.path, o.hideStack); !error.empty())
        throw std::runtime_error(error);
    if (wantsAdaptive && !g_session.options.adaptive)
        g_session.recorder->tables().note(
            core::nowUnits(), "an adaptive recording needs Python 3.12 or newer: all calls are recorded", 0);
    int interpreters = 0;
    for (PyInterpreterState* i = PyInterpreterState_Head(); i; i = PyInterpreterState_Next(i))
        interpreters++;
    if (interpreters > 1)
        g_session.recorder->tables().note(
            core::nowUnits(), "the program has sub-interpreters (" + std::to_string(interpreters - 1) + "): what runs in them is not recorded", 0);
    if (PY_VERSION_HEX < 0x030C0000 && triggersOnRaises())
        g_session.recorder->tables().note(core::nowUnits(),
            "to wait for an exception before Python 3.12, Python functions only are recorded; seen are exceptions that leave the "
            "function in which they are raised", 0);
#if defined(__GLIBC__)
    static bool registered = false;
    if (o.untilExit && !registered)
        registered = on_exit(processEnds, nullptr) == 0;
#endif
}

// Its recording begins at once, and not with the first call that is seen, of which there may be none.
void beginInChild()
{
    noticeFork();
    if (g_session.forked && g_session.hooked && !g_session.paused && !triggersArmed())
        attached(false);
}

void stop(bool last)
{
    g_leaveTheEnd = last && kEndIsUnsafe && othersRun();
    stopSession(!last);
    if (!last)
        closeSession(false, 0);
}

} // namespace

} // namespace calltide::bindings

PYBIND11_MODULE(_tracer, m)
{
    using namespace calltide::bindings;
    initFunctions();
    initThreads();
    calltide::core::initClock();
    initAdaptive();
    m.doc() = "Calltide's recorder; use the calltide package.";
    m.def(
        "start",
        [](std::string path, std::string recordingId, std::string parentId, std::string childFolder, py::dict options,
            bool hideStack, bool untilExit, std::vector<std::string> ignored, std::vector<std::string> library,
            std::vector<std::pair<std::string, std::string>> meta) {
            start({std::move(path), std::move(recordingId), std::move(parentId), std::move(childFolder), optionsFrom(options), hideStack,
                untilExit, std::move(ignored), std::move(library), std::move(meta)});
        },
        py::kw_only(), py::arg("path"), py::arg("recording_id"), py::arg("parent_id"), py::arg("child_folder"),
        py::arg("options"), py::arg("hide_stack"), py::arg("until_exit"), py::arg("ignored"), py::arg("library"), py::arg("meta"));
    m.def("stop", [](bool last) { stop(last); }, py::arg("last") = false,
        "Stops the recording. last: the process ends, and its exit status will be added.");
    m.def("active", [] { return g_session.hooked; });
    m.def("recording_id", [] { return fromId(g_session.identity.recording); });
    m.def("process_id", [] { return fromId(g_session.identity.process); });
    m.def("starter", [](py::object original, py::object mend, int starts, int command) {
        return py::reinterpret_steal<py::object>(makeStarter(original.ptr(), mend.ptr(), Starts(starts), command));
    });
    m.def("unseen", [](py::object function, bool inChild) {
        return py::cpp_function([function, inChild] {
            {
                const Unseen unseen;
                function();
            }
            if (inChild)
                beginInChild();
        });
    }, py::arg("function"), py::arg("in_child") = false,
        "A function without arguments that calls this one, and no other tool sees it. in_child: for a child that was forked.");
    m.def("keeps_child", [](py::dict options, std::string command) { return keepsChild(optionsFrom(options), command); });
    m.def("wrong", [](py::dict options) {
        const Options o = optionsFrom(options);
        const std::string pattern = wrongPattern(o);
        return py::bytes(pattern.empty() ? wrongCondition(o.startWhen, o.stopWhen) : pattern);
    }, "What start() would refuse of these options, as a sentence; empty: nothing.");
    m.def("follower", [](std::string program, std::vector<std::string> words) { setFollower(std::move(program), std::move(words)); },
        "Children out of reach are attached to by this program; \"\": they are not.");
    m.def("note", [](std::string text) {
        if (g_session.recorder)
            g_session.recorder->tables().note(calltide::core::nowUnits(), text, 0);
    });
    m.def("pause", [] { pauseSession(); });
    m.def("resume", [] { resumeSession(); });
    m.def("paused", [] { return g_session.paused; });
    m.def("trigger", [](bool start, std::string why) { fireTrigger(start, why); }, py::arg("start"), py::arg("why"));
    m.def("waiting", [] { return triggersArmed(); }, "The recording begins later, see start_when.");
    m.def("instant", [](py::object name, py::object arguments) { logInstant(name.ptr(), arguments.ptr()); });
    m.def("counter", [](py::object name, py::object series, double value) { logCounter(name.ptr(), series.ptr(), value); });
    m.def("enter", [](py::object name, py::object file, uint32_t line) { enterEvent(name.ptr(), file.ptr(), line); });
    m.def("leave", [] { leaveEvent(); });
    m.def("call", [](py::object function, py::tuple arguments, py::dict keywords) {
        PyObject* result = callVisibly(function.ptr(), arguments.ptr(), keywords.ptr());
        if (!result)
            throw py::error_already_set();
        return py::reinterpret_steal<py::object>(result);
    });
    m.def("ignore", [](py::object code) { markCode(code.ptr(), CodeMark::Ignored); });
    m.def("watch", [](int pid) { g_session.askedBy = pid; },
        "The recording ends by itself when this process is gone; 0: it does not.");
    m.def("asked_by", [] { return g_session.askedBy; });
    m.def("watching", [] { return g_session.askedBy == 0 || askerLives(); });
    m.def("mark_sparse", [](py::object code) { markCode(code.ptr(), CodeMark::Sparse); });
    m.def("keep_source", [](std::string file, std::string text) { keepGivenSource(file, text); });
}
