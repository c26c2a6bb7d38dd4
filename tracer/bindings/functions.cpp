// SPDX-License-Identifier: Apache-2.0
#include "bindings/functions.h"
#include "bindings/foreign.h"
#include "bindings/greenlets.h"
#include "bindings/names.h"
#include "bindings/triggers.h"
#include <cstring>
#include <unordered_map>

namespace calltide::bindings {

using namespace calltide::format;

Slot g_slots[1u << kSlotBits];
const PyMethodDef* g_newDefinition = nullptr;
PyTypeObject* g_methodWrapper = nullptr;

// Up to 3.10 a thread ends without Thread._delete; the last it calls while it has a name is get_ident.
constexpr bool kNamesByIdent = PY_VERSION_HEX < 0x030B0000;

namespace {

#if PY_VERSION_HEX >= 0x030C0000
#define CT_GetExtra PyUnstable_Code_GetExtra
#define CT_SetExtra PyUnstable_Code_SetExtra
#define CT_RequestExtra PyUnstable_Eval_RequestCodeExtraIndex
#else
#define CT_GetExtra _PyCode_GetExtra
#define CT_SetExtra _PyCode_SetExtra
#define CT_RequestExtra _PyEval_RequestCodeExtraIndex
#endif

Py_ssize_t g_extra = -1;
std::unordered_map<const void*, Function*> g_callables;
std::vector<Function*> g_byId;
std::unordered_map<std::string, std::pair<uint32_t, uint32_t>> g_known; // what a record says -> event id, function number

void dropSlot(const void* key)
{
    Slot& s = slotFor(key);
    if (s.key == key)
        s = Slot {};
}

void forget(Function* f)
{
    for (const uint32_t id : {f->id, f->longId})
        if (id < g_byId.size() && g_byId[id] == f)
            g_byId[id] = nullptr;
    dropSlot(f->key);
    delete f;
}

// The code object dies; its address may be another's at once.
void codeFreed(void* extra)
{
    if (extra)
        forget(static_cast<Function*>(extra));
}

void remember(Function* f, uint32_t id)
{
    if (g_byId.size() <= id)
        g_byId.resize(id + 64);
    g_byId[id] = f;
}

// Gives the function its id of this recording; the same function made again (exec, a reload) gets the same one.
void announce(core::Recorder& r, Function* f, const FunctionRecord& record)
{
    f->generation = g_session.generation;
    f->record = record;
    f->sightings = 0;
    const std::string same(reinterpret_cast<const char*>(&record), sizeof record);
    if (const auto it = g_known.find(same); it != g_known.end()) {
        f->id = f->longId = it->second.first;
        f->record.function = it->second.second;
    } else {
        f->id = f->longId = r.takeId(f->pair);
        f->record.function = r.takeFunctionNumber();
        r.tables().function(f->id, f->record);
        if (!r.check())
            stopSession(); // without the record its id means nothing
        g_known.emplace(same, std::pair {f->id, f->record.function});
    }
    remember(f, f->id);
}

bool startsWithAny(const std::string& file)
{
    for (const std::string& folder : g_session.ignored)
        if (file.compare(0, folder.size(), folder) == 0)
            return true;
    return false;
}

// What the application has a running program execute, see calltide/_boot.py and inject/inject_linux.cpp.
bool bringsRequest(PyCodeObject* code)
{
    for (Py_ssize_t i = 0; code->co_names && i < PyTuple_GET_SIZE(code->co_names); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(code->co_names, i), "__calltide_boot__") == 0)
            return true;
    return false;
}

struct CodeNames
{
    std::string file, name, qualified, module;
};

CodeNames namesOfCode(PyCodeObject* code, PyObject* globals)
{
    CodeNames n;
    n.file = text(code->co_filename);
    n.name = text(code->co_name);
    n.qualified = qualifiedName(code);
    if (globals && PyDict_Check(globals))
        n.module = text(PyDict_GetItemString(globals, "__name__"));
    return n;
}

bool loopIsNotPython()
{
    return PyDict_GetItemString(PyImport_GetModuleDict(), "uvloop.loop") != nullptr;
}

Role roleOf(const CodeNames& n, int flags)
{
    const Options& o = g_session.options;
    if (n.name == (kNamesByIdent ? "_bootstrap_inner" : "_delete") && n.module == "threading")
        return Role::EndsThread;
    if (n.name == "_find_and_load" && n.file == "<frozen importlib._bootstrap>")
        return o.logImports ? Role::Import : Role::None;
    if (n.name == "_run" && n.module == "asyncio.events")
        return o.logAsync ? Role::TaskRuns : Role::None;
    if (n.name == "_call_soon" && n.module == "asyncio.base_events")
        return o.logAsync ? Role::TaskReady : Role::None;
    if ((n.name == "unrolled_run" || n.name == "spawn_impl") && n.module == "trio._core._run")
        return o.logAsync ? Role::TrioRuns : Role::None;
    if (n.name == "_bootstrap" && n.module == "multiprocessing.process")
        return Role::ProcessBegins;
    if (flags & CO_COROUTINE && o.logAsync && loopIsNotPython())
        return Role::TaskSteps;
    return Role::None;
}

void judge(Function* f, PyCodeObject* code, const CodeNames& n)
{
    f->judged = g_session.generation;
    noticeGreenlets(true);
#if PY_VERSION_HEX < 0x030C0000
    if (n.module == "cProfile" && g_session.hooked)
        watchProfilers(true); // it has just been imported
#endif
    f->ignored = f->userIgnored || startsWithAny(n.file) || (n.name == "<module>" && bringsRequest(code));
    f->role = roleOf(n, code->co_flags);
    f->filtered = !f->ignored && (!g_session.filter.keepsPython(n.file, n.name, n.qualified, n.module) || (g_session.options.logSparse && !f->marked));
    f->filtered = f->filtered || f->droppedIn == g_session.generation;
    f->wantsArguments = g_session.filter.wantsArguments(n.name, n.qualified, n.module);
    f->triggers = triggerMask(n.name, n.qualified, n.module);
}

void describeCode(Function* f, PyCodeObject* code, PyObject* globals)
{
    core::Recorder& recorder = *g_session.recorder; // never destroyed, even if it is stopped meanwhile
    core::Tables& tables = recorder.tables();
    const CodeNames n = namesOfCode(code, globals);
    FunctionRecord record {};
    const int flags = code->co_flags;
    const FunctionKind kind = flags & CO_ASYNC_GENERATOR ? FunctionKind::AsyncGenerator
        : flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE) ? FunctionKind::Coroutine
        : flags & CO_GENERATOR                           ? FunctionKind::Generator
        : n.name == "<module>"                           ? FunctionKind::Module
                                                         : FunctionKind::Python;
    f->pair = flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
    judge(f, code, n);
    record.kind = uint8_t(kind);
    record.flags = f->pair ? kHasResumedId : 0;
    record.name = tables.string(n.name);
    record.qualname = tables.string(n.qualified);
    record.file = tables.string(n.file);
    record.module = tables.string(n.module);
    record.line = code->co_firstlineno > 0 ? uint32_t(code->co_firstlineno) : 0;
    announce(recorder, f, record);
    if (!f->ignored)
        keepSource(n.file);
}

Function* recordOfCode(PyCodeObject* code)
{
    void* extra = nullptr;
    CT_GetExtra(reinterpret_cast<PyObject*>(code), g_extra, &extra);
    auto* f = static_cast<Function*>(extra);
    if (!f) {
        f = new Function;
        f->key = code;
        if (CT_SetExtra(reinterpret_cast<PyObject*>(code), g_extra, f) < 0)
            PyErr_Clear();
    }
    return f;
}

PyObject* typeDied(PyObject* self, PyObject*)
{
    const void* key = PyLong_AsVoidPtr(self);
    if (const auto it = g_callables.find(key); it != g_callables.end()) {
        Py_CLEAR(it->second->keptAlive);
        forget(it->second);
        g_callables.erase(it);
    }
    Py_RETURN_NONE;
}
PyMethodDef g_typeDied = {"_type_died", typeDied, METH_O, nullptr};

// Forgets `key` when the class ends.
PyObject* watchClass(PyTypeObject* type, const void* key)
{
    PyObject* number = PyLong_FromVoidPtr(const_cast<void*>(key));
    PyObject* callback = number ? PyCFunction_New(&g_typeDied, number) : nullptr;
    PyObject* watch = callback ? PyWeakref_NewRef(reinterpret_cast<PyObject*>(type), callback) : nullptr;
    Py_XDECREF(number);
    Py_XDECREF(callback);
    if (!watch)
        PyErr_Clear();
    return watch;
}

bool endsSomeTime(PyTypeObject* type) { return type->tp_flags & Py_TPFLAGS_HEAPTYPE; }

// A key must not become another's address. Classes are watched, not kept: a program may count on their end.
PyObject* guardKey(PyObject* callable, PyObject* self, const void* key)
{
    auto* object = static_cast<PyObject*>(const_cast<void*>(key));
    if (key == callable || key == Py_TYPE(callable)) {
        if (!PyType_Check(object) || !endsSomeTime(reinterpret_cast<PyTypeObject*>(object)))
            return Py_INCREF(object), object;
        return watchClass(reinterpret_cast<PyTypeObject*>(object), key);
    }
    if (PyCFunction_Check(callable)) { // a binding library may have made the definition for this one function
        self = reinterpret_cast<PyCFunctionObject*>(callable)->m_self;
        if (!self || PyCapsule_CheckExact(self))
            return Py_INCREF(callable), callable;
    }
    if (uintptr_t(key) & 1) { // from methodKey()
        const bool isNew = PyCFunction_Check(callable) && reinterpret_cast<PyCFunctionObject*>(callable)->m_ml == g_newDefinition;
        PyTypeObject* type = isNew ? reinterpret_cast<PyTypeObject*>(self) : Py_TYPE(self);
        return endsSomeTime(type) ? watchClass(type, key) : nullptr;
    }
    if (Py_TYPE(callable) == g_methodWrapper)
        return Py_INCREF(object), object;
    return nullptr;
}

} // namespace

Slot Function::slot() const
{
    const core::EncodedId one = core::encodeId(id), two = core::encodeId(pair ? id + 1 : id);
    return {key, one.bytes, two.bytes, uint16_t(one.length), uint16_t(two.length), 0};
}

std::string qualifiedName(PyCodeObject* code)
{
#if PY_VERSION_HEX >= 0x030B0000
    return text(code->co_qualname);
#else
    return text(code->co_name);
#endif
}

std::string text(PyObject* object)
{
    if (!object || !PyUnicode_Check(object))
        return {};
    Py_ssize_t n = 0;
    if (const char* s = PyUnicode_AsUTF8AndSize(object, &n))
        return std::string(s, size_t(n));
    PyErr_Clear();
    PyObject* bytes = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
    if (!bytes) {
        PyErr_Clear();
        return {};
    }
    std::string result(PyBytes_AS_STRING(bytes), size_t(PyBytes_GET_SIZE(bytes)));
    Py_DECREF(bytes);
    return result;
}

void initFunctions()
{
    if (g_extra < 0)
        g_extra = CT_RequestExtra(codeFreed);
    if (PyObject* any = PyObject_GetAttrString(reinterpret_cast<PyObject*>(&PyBaseObject_Type), "__new__")) {
        if (PyCFunction_Check(any))
            g_newDefinition = reinterpret_cast<PyCFunctionObject*>(any)->m_ml;
        Py_DECREF(any);
    }
    // Newer headers do not name the type.
    if (PyObject* wrapper = PyObject_GetAttrString(Py_None, "__str__")) {
        g_methodWrapper = Py_TYPE(wrapper);
        Py_DECREF(wrapper);
    }
}

void markCode(PyObject* code, CodeMark mark)
{
    if (!PyCode_Check(code))
        return;
    Function* f = recordOfCode(reinterpret_cast<PyCodeObject*>(code));
    (mark == CodeMark::Ignored ? f->userIgnored : f->marked) = true;
    f->generation = f->judged = 0; // to be looked at again
    dropSlot(code);
}

Function* judgedCode(PyCodeObject* code, PyObject* globals)
{
    Function* f = recordOfCode(code);
    if (f->judged != g_session.generation)
        judge(f, code, namesOfCode(code, globals));
    return f;
}

Function* functionOfCode(PyCodeObject* code, PyObject* globals)
{
    Function* f = recordOfCode(code);
    if (f->generation != g_session.generation)
        describeCode(f, code, globals);
    if (!f->ignored && f->role == Role::None)
        slotFor(code) = f->slot();
    return f;
}

const void* rareCallableKey(PyObject* callable)
{
    callable = startedFunction(callable);
    PyTypeObject* type = Py_TYPE(callable);
    if (type == &PyMethod_Type) {
        callable = PyMethod_GET_FUNCTION(callable);
        type = Py_TYPE(callable);
    }
    if (type == &PyFunction_Type)
        return nullptr;
    if (PyCFunction_Check(callable))
        return builtinKey(callable);
    if (type == &PyMethodDescr_Type || type == &PyClassMethodDescr_Type)
        return reinterpret_cast<PyMethodDescrObject*>(callable)->d_method;
    if (type == g_methodWrapper)
        return reinterpret_cast<MethodWrapper*>(callable)->descriptor;
    if (type == &PyWrapperDescr_Type || PyType_Check(callable))
        return callable;
    return type;
}

// What the package itself calls, and its classes, such as log_event.
static bool isOurs(const std::string& module) { return module.rfind("calltide._tracer", 0) == 0 || module == "calltide.events" || module == "calltide.tracer"; }

static Function* recordOfCallable(PyObject* callable, PyObject* self, const void* key)
{
    Function*& f = g_callables[key];
    if (!f) {
        f = new Function;
        f->key = key;
        if (Py_TYPE(callable) == &PyMethod_Type)
            callable = PyMethod_GET_FUNCTION(callable);
        f->keptAlive = guardKey(callable, self, key);
    }
    return f;
}

Function* judgedCallable(PyObject* callable, PyObject* self, const void* key)
{
    callable = startedFunction(callable);
    Function* f = recordOfCallable(callable, self, key);
    if (f->judged != g_session.generation) {
        const Names n = nameCallable(callable, self);
        f->judged = g_session.generation;
        noticeGreenlets(false);
        f->filtered = !isOurs(n.module) && !g_session.filter.keepsC(n.name, n.qualified, n.module);
    }
    return f;
}

Function* functionOfCallable(PyObject* callable, PyObject* self, const void* key)
{
    callable = startedFunction(callable);
    Function* found = recordOfCallable(callable, self, key);
    if (found->generation != g_session.generation) {
        core::Recorder& recorder = *g_session.recorder;
        core::Tables& tables = recorder.tables();
        const Names n = nameCallable(callable, self);
        FunctionRecord record {};
        record.kind = uint8_t(n.kind);
        record.name = tables.string(n.name);
        record.qualname = tables.string(n.qualified);
        record.module = tables.string(n.module);
        noticeGreenlets(false);
        found->ignored = isOurs(n.module);
        found->role = n.qualified == "_thread.get_ident" ? Role::EndsThread : Role::None;
        announce(recorder, found, record);
    }
    if (!found->ignored && !(kNamesByIdent && found->role == Role::EndsThread))
        slotFor(key) = found->slot();
    return found;
}

void forgetIds()
{
    g_session.generation++;
    std::memset(g_slots, 0, sizeof g_slots);
    g_byId.clear();
    g_known.clear();
    forgetSources();
}

void promote(core::Recorder& recorder, uint32_t id)
{
    if (id < kFirstLongId)
        return;
    Function* f = id < g_byId.size() ? g_byId[id] : nullptr;
    if (!f && id - 1 < g_byId.size())
        f = g_byId[id - 1]; // resumed
    if (!f || f->generation != g_session.generation || f->id < kFirstLongId || ++f->sightings < 2)
        return;
    const uint32_t shortId = recorder.takeShortId(f->pair);
    if (!shortId)
        return;
    recorder.tables().function(shortId, f->record);
    if (!recorder.check())
        return;
    f->id = shortId;
    remember(f, shortId);
    Slot& s = slotFor(f->key);
    if (s.key == f->key)
        s = f->slot();
}

} // namespace calltide::bindings
