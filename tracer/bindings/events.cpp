// SPDX-License-Identifier: Apache-2.0
#include "bindings/events.h"
#include "bindings/functions.h"
#include "bindings/threads.h"
#include "bindings/values.h"
#include <cstring>
#include <map>
#include <tuple>

namespace calltide::bindings {
namespace {

constexpr size_t kMostMessage = 200;

// The writer as the program's own calls have it: ours, in which we are, are put aside.
class Aside
{
public:
    Aside()
    {
        if (g_session.hooked && g_session.recorder && attached(false))
            m_good = t_writer.lift(m_entries);
    }
    ~Aside()
    {
        if (m_good && m_generation == g_session.generation)
            t_writer.lower(m_entries);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    explicit operator bool() const { return m_good && t_writer.thread; }

private:
    std::vector<uint32_t> m_entries;
    uint32_t m_generation = g_session.generation;
    bool m_good = false;
};

std::string cut(std::string text)
{
    if (text.size() <= kMostMessage)
        return text;
    size_t n = kMostMessage;
    while (n && (uint8_t(text[n]) & 0xC0) == 0x80)
        n--; // not within a character
    return text.substr(0, n) + "…";
}

struct EventIds
{
    uint32_t generation = 0;
    std::map<std::tuple<std::string, std::string, uint32_t>, uint32_t> ids;
};
EventIds g_events;

} // namespace

void logInstant(PyObject* name, PyObject* arguments)
{
    const Aside aside;
    if (!aside)
        return;
    const std::string json = arguments == Py_None ? std::string() : objectOf(arguments, g_session.options.useRepr);
    t_writer.mark(format::kInstant, g_session.recorder->tables().name(cut(text(name)), {}));
    if (!json.empty() && t_writer.thread)
        t_writer.extended(format::kArguments, t_writer.last, json.data(), uint32_t(json.size()));
}

void logCounter(PyObject* name, PyObject* series, double value)
{
    const Aside aside;
    if (!aside)
        return;
    const uint32_t id = g_session.recorder->tables().counter(cut(text(name)), cut(text(series)));
    uint8_t payload[16];
    const unsigned n = format::lebPut(payload, id);
    std::memcpy(payload + n, &value, sizeof value);
    t_writer.extended(format::kCounter, core::nowUnits(), payload, n + unsigned(sizeof value));
}

// As a C function has it: whatever is left open in it by a generator that gives way is closed with the call around it.
void enterEvent(PyObject* name, PyObject* file, uint32_t line)
{
    const Aside aside;
    if (!aside)
        return;
    if (g_events.generation != g_session.generation)
        g_events = {g_session.generation, {}};
    core::Recorder& recorder = *g_session.recorder;
    const auto key = std::tuple(cut(text(name)), text(file), line);
    const auto [it, isNew] = g_events.ids.try_emplace(key, 0);
    if (isNew) {
        core::Tables& tables = recorder.tables();
        format::FunctionRecord record {};
        record.kind = uint8_t(format::FunctionKind::Event);
        record.function = recorder.takeFunctionNumber();
        record.name = record.qualname = tables.string(std::get<0>(key));
        record.file = tables.string(std::get<1>(key));
        record.line = line;
        it->second = recorder.takeId(false);
        tables.function(it->second, record);
        if (!recorder.check())
            return;
    }
    const core::EncodedId id = core::encodeId(it->second);
    t_writer.enterSlow(true, id.bytes, id.length);
}

void leaveEvent()
{
    const Aside aside;
    if (aside)
        t_writer.leaveSlow(true, 0);
}

PyObject* callVisibly(PyObject* function, PyObject* arguments, PyObject* keywords)
{
    const Aside aside;
    return PyObject_Call(function, arguments, keywords);
}

void logRaise(PyObject* type, PyObject* value)
{
    if (!t_writer.thread || t_writer.hides() || !g_session.recorder || !PyExceptionClass_Check(type))
        return;
    if (PyErr_GivenExceptionMatches(type, PyExc_StopIteration) || PyErr_GivenExceptionMatches(type, PyExc_StopAsyncIteration)
        || PyErr_GivenExceptionMatches(type, PyExc_GeneratorExit))
        return; // the way in which loops end
    const char* typeName = reinterpret_cast<PyTypeObject*>(type)->tp_name;
    // What it says of itself would be its own code; its arguments are what it mostly says.
    PyObject* arguments = value && PyExceptionInstance_Check(value) ? reinterpret_cast<PyBaseExceptionObject*>(value)->args : value;
    const auto shown = [](PyObject* one) { return PyUnicode_CheckExact(one) ? text(one) : valueOf(one, false); };
    std::string message;
    if (arguments && PyTuple_CheckExact(arguments)) {
        const Py_ssize_t n = PyTuple_GET_SIZE(arguments);
        for (Py_ssize_t i = 0; i < n && i < 3; ++i)
            message += (i ? ", " : "") + shown(PyTuple_GET_ITEM(arguments, i));
    } else if (arguments && arguments != Py_None && arguments == value) {
        message = shown(arguments); // not made an instance yet
    }
    if (!t_writer.thread || !g_session.recorder)
        return;
    t_writer.mark(format::kRaise, g_session.recorder->tables().name(typeName ? typeName : "?", "exception"));
    message = cut(std::move(message));
    if (!message.empty() && t_writer.thread)
        t_writer.extended(format::kText, t_writer.last, message.data(), uint32_t(message.size()));
}

} // namespace calltide::bindings
