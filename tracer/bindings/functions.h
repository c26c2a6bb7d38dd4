// SPDX-License-Identifier: Apache-2.0
// From code objects and C callables to ids. The cache in front holds the ids' bytes as the stream wants them.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

struct Slot
{
    const void* key;
    uint32_t id, resumed;              // encoded
    uint16_t idLength, resumedLength;
    uint32_t shortCalls; // in a row, of an adaptive recording
};
inline constexpr unsigned kSlotBits = 12;
extern Slot g_slots[1u << kSlotBits];

CALLTIDE_HOT Slot& slotFor(const void* key)
{
    return g_slots[(uint64_t(uintptr_t(key)) * 0x9E3779B97F4A7C15ull) >> (64 - kSlotBits)];
}

// A function that is looked at, see watch.h: of the standard library, or a coroutine of a loop that is not written in Python.
enum class Role : uint8_t { None, EndsThread, Import, TaskRuns, TaskReady, TrioRuns, ProcessBegins, TaskSteps };

// What is known of one function; lives as long as its code object or callable.
struct Function
{
    const void* key = nullptr;
    uint32_t generation = 0;
    uint32_t id = 0, longId = 0; // the id in use (short when promoted) and the first one
    bool pair = false;           // id + 1: resumed
    bool ignored = false;        // ours
    uint32_t judged = 0;         // generation for which the next three hold
    bool filtered = false;       // left out by the user's filters
    bool userIgnored = false, marked = false; // by @ignore_function and @log_sparse
    bool wantsArguments = true;  // of those that are recorded
    uint8_t triggers = 0;        // which conditions of triggers.h may concern it
    Role role = Role::None;      // EndsThread: called by a thread at its end, time to look at its name again
    uint32_t sightings = 0;
    std::vector<uint8_t> sites;  // adaptive.h: by instruction, of the generation that follows
    uint32_t sitesOf = 0, droppedIn = 0;
    PyObject* keptAlive = nullptr;
    calltide::format::FunctionRecord record {};
    Slot slot() const;
    // Whether its entries and leaves are looked at. `begins`: the call does not go on from before; or ends, and for good.
    bool watched(bool begins) const { return role > Role::EndsThread && (begins || role == Role::TaskSteps); }
};

std::string qualifiedName(PyCodeObject* code); // its bare name before 3.11
// Whether it is left out, without giving it an id: for careful.cpp.
Function* judgedCode(PyCodeObject* code, PyObject* globals);
Function* judgedCallable(PyObject* callable, PyObject* self, const void* key);
enum class CodeMark : uint8_t { Ignored, Sparse };
// For good, also in recordings to come. Other objects than code are let pass.
void markCode(PyObject* code, CodeMark mark);
// Slow; caches the result where it may be cached. `globals` may be null.
Function* functionOfCode(PyCodeObject* code, PyObject* globals);
// `key` from callableKey() with the same `self`.
Function* functionOfCallable(PyObject* callable, PyObject* self, const void* key);

// What identifies a C callable; null for Python functions and methods, which announce themselves.
const void* rareCallableKey(PyObject* callable);
// A method is named after the class of the object that it is called on, while one definition serves that class and all
// that inherit it: both make the key. It is odd, so that it is never the address of anything.
CALLTIDE_HOT const void* methodKey(const void* definition, PyTypeObject* type)
{
    return reinterpret_cast<const void*>((uintptr_t(definition) + uintptr_t(type) * 0x9E3779B97F4A7C15ull) | 1);
}
// All classes share one definition of __new__, bound to the class that has it.
extern const PyMethodDef* g_newDefinition;
CALLTIDE_HOT const void* builtinKey(PyObject* callable)
{
    const auto* f = reinterpret_cast<PyCFunctionObject*>(callable);
    if (f->m_ml == g_newDefinition)
        return methodKey(f->m_ml, reinterpret_cast<PyTypeObject*>(f->m_self));
    return !f->m_self || Py_TYPE(f->m_self) == &PyModule_Type ? f->m_ml : methodKey(f->m_ml, Py_TYPE(f->m_self));
}
// `self`: the first argument of the call where it is known, else null.
CALLTIDE_HOT const void* callableKey(PyObject* callable, PyObject* self)
{
    PyTypeObject* type = Py_TYPE(callable);
    if (type == &PyFunction_Type)
        return nullptr;
    if (type == &PyCFunction_Type)
        return builtinKey(callable);
    if (type == &PyMethodDescr_Type) {
        const void* definition = reinterpret_cast<PyMethodDescrObject*>(callable)->d_method;
        return self ? methodKey(definition, Py_TYPE(self)) : definition;
    }
    if (type == &PyType_Type)
        return callable;
    if (type == &PyMethod_Type && Py_TYPE(PyMethod_GET_FUNCTION(callable)) == &PyFunction_Type)
        return nullptr;
    return rareCallableKey(callable);
}

// What a stand-in stands for, see starter.cpp; of anything else the same.
PyObject* startedFunction(PyObject* callable);

void initFunctions();
// A new recording begins: all ids are void.
void forgetIds();
// Called at block switches: the second sighting of a hot function gives it a short id.
void promote(core::Recorder& recorder, uint32_t id);

// Keeps the text of a file that code comes from, once per recording.
void keepSource(const std::string& file);
void keepGivenSource(const std::string& file, const std::string& text);
void forgetSources();

} // namespace calltide::bindings
