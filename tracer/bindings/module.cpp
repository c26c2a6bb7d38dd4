// SPDX-License-Identifier: Apache-2.0
// The module's control functions. Events never come through here.
#include "bindings/functions.h"
#include "bindings/threads.h"
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
#if defined(__GLIBC__)
void processEnds(int status, void*) { closeSession(true, status & 0xFF); }
#endif

struct StartOptions
{
    std::string path, recordingId, parentId, childFolder;
    bool pythonOnly, hideStack, untilExit;
    std::vector<std::string> ignored;
    std::vector<std::pair<std::string, std::string>> meta;
};

void start(StartOptions o)
{
    if (g_session.hooked || g_session.recorder)
        throw std::runtime_error("a recording is running already");
    g_session.identity = {};
    g_session.identity.recording = toId(o.recordingId);
    if (isNull(g_session.identity.recording))
        g_session.identity.recording = core::randomId();
    g_session.identity.process = core::randomId();
    g_session.identity.parent = toId(o.parentId);
    g_session.identity.compat = (o.pythonOnly ? uint64_t(format::kPythonOnly) : 0)
        | (isNull(g_session.identity.parent) ? 0 : uint64_t(format::kIsChild));
    g_session.pythonOnly = o.pythonOnly;
    g_session.followForks = !o.childFolder.empty();
    g_session.childFolder = std::move(o.childFolder);
    g_session.ignored = std::move(o.ignored);
    g_session.meta = std::move(o.meta);
    installForkHandler();
    if (const std::string error = startSession(o.path, o.hideStack); !error.empty())
        throw std::runtime_error(error);
#if defined(__GLIBC__)
    static bool registered = false;
    if (o.untilExit && !registered)
        registered = on_exit(processEnds, nullptr) == 0;
#endif
}

void stop(bool last)
{
    stopSession();
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
    m.doc() = "Calltide's recorder; use the calltide package.";
    m.def(
        "start",
        [](std::string path, std::string recordingId, std::string parentId, std::string childFolder, bool pythonOnly,
            bool hideStack, bool untilExit, std::vector<std::string> ignored,
            std::vector<std::pair<std::string, std::string>> meta) {
            start({std::move(path), std::move(recordingId), std::move(parentId), std::move(childFolder), pythonOnly, hideStack,
                untilExit, std::move(ignored), std::move(meta)});
        },
        py::kw_only(), py::arg("path"), py::arg("recording_id"), py::arg("parent_id"), py::arg("child_folder"),
        py::arg("python_only"), py::arg("hide_stack"), py::arg("until_exit"), py::arg("ignored"), py::arg("meta"));
    m.def("stop", [](bool last) { stop(last); }, py::arg("last") = false,
        "Stops the recording. last: the process ends, and its exit status will be added.");
    m.def("active", [] { return g_session.hooked; });
    m.def("recording_id", [] { return fromId(g_session.identity.recording); });
    m.def("process_id", [] { return fromId(g_session.identity.process); });
    m.def("starter", [](py::object original, py::object mend) {
        return py::reinterpret_steal<py::object>(makeStarter(original.ptr(), mend.ptr()));
    });
    m.def("keep_source", [](std::string file, std::string text) { keepGivenSource(file, text); });
}
