// SPDX-License-Identifier: Apache-2.0
#include "bindings/values.h"
#include <cmath>
#include <cstdio>

namespace calltide::bindings {
namespace {

constexpr size_t kMostText = 200, kMostItems = 16; // characters of one text, items of one container
constexpr int kMostDepth = 4;

class Json
{
public:
    explicit Json(bool useRepr) : m_useRepr(useRepr) { }
    void value(PyObject* object, int depth = 0);
    void text(std::string_view text, size_t most = kMostText);
    void key(std::string_view name, bool first)
    {
        if (!first)
            out += ", ";
        text(name);
        out += ": ";
    }
    bool full() const { return out.size() > kMostOfValues - 400; } // room for one text and all closing brackets
    std::string out;

private:
    void number(PyObject* object);
    void real(double v);
    void sequence(PyObject* object, int depth);
    void dictionary(PyObject* object, int depth);
    void set(PyObject* object, int depth);
    void other(PyObject* object);
    bool item(size_t index);

    bool m_useRepr;
};

void Json::text(std::string_view text, size_t most)
{
    size_t end = text.size();
    if (end > most) {
        end = most;
        while (end && (uint8_t(text[end]) & 0xC0) == 0x80)
            end--; // not within a character
    }
    out += '"';
    for (const char c : text.substr(0, end)) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (uint8_t(c) < 0x20) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "\\u%04x", unsigned(c));
            out += hex;
        } else {
            out += c;
        }
    }
    if (end < text.size())
        out += "…";
    out += '"';
}

void Json::number(PyObject* object)
{
    int overflow = 0;
    const long long v = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow) {
        constexpr long long kExact = 1ll << 53; // what every reader of JSON keeps
        const std::string digits = std::to_string(v);
        out += v > kExact || v < -kExact ? '"' + digits + '"' : digits;
        return;
    }
    PyObject* hex = PyNumber_ToBase(object, 16); // linear; decimal digits are not
    text(hex ? bindings::text(hex) : "int", 60);
    Py_XDECREF(hex);
}

void Json::real(double v)
{
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", v);
    double back = 0;
    char shorter[40];
    std::snprintf(shorter, sizeof shorter, "%.15g", v);
    std::sscanf(shorter, "%lf", &back);
    const char* best = back == v ? shorter : digits;
    if (std::isfinite(v))
        out += best;
    else
        text(std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf");
}

// True if another item fits; else says that there are more.
bool Json::item(size_t index)
{
    if (index)
        out += ", ";
    if (index < kMostItems && !full())
        return true;
    out += "\"…\"";
    return false;
}

void Json::sequence(PyObject* object, int depth)
{
    const bool list = PyList_CheckExact(object);
    out += list ? "[" : "{\"__tuple__\": [";
    for (Py_ssize_t i = 0; i < (list ? PyList_GET_SIZE(object) : PyTuple_GET_SIZE(object)); ++i) {
        if (!item(size_t(i)))
            break;
        PyObject* entry = list ? PyList_GET_ITEM(object, i) : PyTuple_GET_ITEM(object, i);
        Py_XINCREF(entry);
        value(entry, depth + 1);
        Py_XDECREF(entry);
    }
    out += list ? "]" : "]}";
}

// With keys that are no texts: {"__dict__": [[1, "one"], …]}.
void Json::dictionary(PyObject* object, int depth)
{
    PyObject *name = nullptr, *entry = nullptr;
    Py_ssize_t at = 0;
    size_t n = 0;
    bool texts = true;
    for (; texts && n < kMostItems && PyDict_Next(object, &at, &name, &entry); n++)
        texts = PyUnicode_CheckExact(name);
    at = Py_ssize_t(n = 0);
    out += texts ? "{" : "{\"__dict__\": [";
    while (PyDict_Next(object, &at, &name, &entry)) {
        if (!texts && !item(n))
            break;
        if (texts && (n >= kMostItems || full())) {
            key("…", n == 0);
            text("…");
            break;
        }
        Py_INCREF(name);
        Py_INCREF(entry);
        if (texts) {
            key(bindings::text(name), n == 0);
        } else {
            out += '[';
            value(name, depth + 2);
            out += ", ";
        }
        value(entry, depth + 1);
        if (!texts)
            out += ']';
        n++;
        Py_DECREF(name);
        Py_DECREF(entry);
    }
    out += texts ? "}" : "]}";
}

void Json::set(PyObject* object, int depth)
{
    PyObject* iterator = PyObject_GetIter(object);
    if (!iterator)
        return other(object);
    size_t n = 0;
    out += "{\"__set__\": [";
    while (PyObject* entry = PyIter_Next(iterator)) {
        const bool more = item(n++);
        if (more)
            value(entry, depth + 1);
        Py_DECREF(entry);
        if (!more)
            break;
    }
    out += "]}";
    Py_DECREF(iterator);
}

void Json::other(PyObject* object)
{
    if (m_useRepr) {
        if (PyObject* shown = PyObject_Repr(object)) {
            text(bindings::text(shown), 4 * kMostText);
            Py_DECREF(shown);
            return;
        }
        PyErr_Clear();
    }
    PyTypeObject* type = Py_TYPE(object);
    std::string name = type->tp_name ? type->tp_name : "?";
    if (PyType_Check(object)) {
        const auto* cls = reinterpret_cast<PyTypeObject*>(object);
        text(std::string("<class ") + (cls->tp_name ? cls->tp_name : "?") + ">");
    } else if (PyFunction_Check(object)) {
        text("<function " + bindings::text(reinterpret_cast<PyFunctionObject*>(object)->func_qualname) + ">");
    } else {
        text("<" + name + ">");
    }
}

void Json::value(PyObject* object, int depth)
{
    if (!object)
        out += "null";
    else if (object == Py_None)
        out += "null";
    else if (PyBool_Check(object))
        out += object == Py_True ? "true" : "false";
    else if (PyLong_CheckExact(object))
        number(object);
    else if (PyFloat_CheckExact(object))
        real(PyFloat_AS_DOUBLE(object));
    else if (PyUnicode_CheckExact(object)) {
        // Only the beginning is made UTF-8: a text may be megabytes long.
        constexpr Py_ssize_t kSome = Py_ssize_t(kMostText) + 1;
        PyObject* part = PyUnicode_GetLength(object) > kSome ? PyUnicode_Substring(object, 0, kSome) : nullptr;
        text(bindings::text(part ? part : object));
        Py_XDECREF(part);
    } else if (PyBytes_CheckExact(object)) {
        std::string shown = "b'";
        const size_t size = std::min<size_t>(size_t(PyBytes_GET_SIZE(object)), 48);
        for (size_t i = 0; i < size; ++i) {
            const auto c = uint8_t(PyBytes_AS_STRING(object)[i]);
            char hex[8];
            std::snprintf(hex, sizeof hex, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", unsigned(c));
            shown += hex;
        }
        text(shown + (size < size_t(PyBytes_GET_SIZE(object)) ? "…'" : "'"), 4 * kMostText);
    } else if (depth >= kMostDepth)
        other(object);
    else if (PyList_CheckExact(object) || PyTuple_CheckExact(object))
        sequence(object, depth);
    else if (PyDict_CheckExact(object))
        dictionary(object, depth);
    else if (Py_TYPE(object) == &PySet_Type || Py_TYPE(object) == &PyFrozenSet_Type)
        set(object, depth);
    else
        other(object);
    if (PyErr_Occurred())
        PyErr_Clear();
}

PyObject* variableNames(PyCodeObject* code) // new reference
{
#if PY_VERSION_HEX >= 0x030B0000
    return PyCode_GetVarnames(code);
#else
    return Py_XINCREF(code->co_varnames), code->co_varnames;
#endif
}

} // namespace

std::string valueOf(PyObject* value, bool useRepr)
{
    const KeptException kept;
    Json json(useRepr);
    json.value(value);
    return json.out;
}

std::string objectOf(PyObject* value, bool useRepr)
{
    const KeptException kept;
    Json json(useRepr);
    if (PyDict_CheckExact(value)) {
        json.value(value);
        return json.out;
    }
    json.out = "{\"value\": ";
    json.value(value);
    return json.out + "}";
}

std::string argumentsOf(CallFrame* frame, PyCodeObject* code, bool useRepr)
{
    const int count = countArguments(code);
    if (!count || !frame)
        return {};
    const KeptException kept;
    PyObject* names = variableNames(code);
    Json json(useRepr);
    json.out = "{";
    for (int i = 0; names && i < count && i < PyTuple_GET_SIZE(names); ++i) {
        if (json.full()) {
            json.key("…", i == 0);
            json.text("…");
            break;
        }
        PyObject* value = argumentAt(code, frame, i);
        json.key(text(PyTuple_GET_ITEM(names, i)), i == 0);
        json.value(value);
        Py_XDECREF(value);
    }
    Py_XDECREF(names);
    PyErr_Clear();
    return json.out + "}";
}

} // namespace calltide::bindings
