// SPDX-License-Identifier: Apache-2.0
#include "bindings/adaptive.h"
#include "bindings/greenlets.h"

namespace calltide::bindings {

__thread EntryMark t_entry;
uint64_t g_shortUnits = 0;

namespace {

// No entry of it may be open anywhere, or its leave would be taken for another's.
bool isOpen(const Function* f, bool callsC)
{
    uint32_t ids[4];
    size_t n = 0;
    for (const uint32_t id : {f->id, f->longId}) {
        ids[n++] = core::encodeId(id).bytes;
        ids[n++] = core::encodeId(f->pair ? id + 1 : id).bytes;
    }
    return greenletsSeen() || g_session.recorder->isOpen({ids, n}, callsC);
}

void dropSite(Function* caller, uint8_t* site, uint32_t id)
{
    *site = kDroppedSite;
    g_session.recorder->tables().dropped(core::nowUnits(), id, caller->id);
}

} // namespace

void initAdaptive() { g_shortUnits = uint64_t(((unsigned __int128)(kShortNs) << 32) / core::g_clock.nsPerUnit); }

bool dropIfShort(PyCodeObject* code, Slot& slot, bool innermost, uint64_t units)
{
    if (!innermost || units > g_shortUnits) {
        slot.shortCalls = 0;
        return false;
    }
    if (++slot.shortCalls < kShortCalls)
        return false;
    slot.shortCalls = 0;
    // The steps of a coroutine are short, and are what shows how its task went on.
    if (code->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_ASYNC_GENERATOR))
        return false;
    Function* f = judgedCode(code, nullptr);
    if (f->generation != g_session.generation || f->ignored || isOpen(f, false))
        return false;
    f->filtered = true; // as if the user had left it out
    f->droppedIn = g_session.generation;
    g_session.recorder->tables().dropped(core::nowUnits(), f->id, 0);
    slot = Slot {};
    return true;
}

uint8_t* siteOf(Function* caller, PyCodeObject* code, PyObject* offset)
{
    const long at = PyLong_AsLong(offset) / 2;
    const auto most = size_t(Py_SIZE(code));
    static uint8_t none;
    if (at < 0 || size_t(at) >= most)
        return none = 0, &none;
    if (caller->sitesOf != g_session.generation || caller->sites.size() != most) {
        caller->sites.assign(most, 0);
        caller->sitesOf = g_session.generation;
    }
    return &caller->sites[size_t(at)];
}

void dropSiteIfShort(Function* caller, uint8_t* site, PyObject* callable, PyObject* self, const void* key, bool innermost, uint64_t units)
{
    if (!innermost || units > g_shortUnits) {
        *site = 0;
        return;
    }
    if (++*site < kShortCalls)
        return;
    *site = 0;
    if (caller->generation != g_session.generation || isOpen(caller, true))
        return;
    const Function* f = functionOfCallable(callable, self, key);
    if (!f->ignored && t_writer.thread)
        dropSite(caller, site, f->id);
}

bool callsDropped(Function* caller, uint8_t* site, PyObject* callable)
{
    if (PyMethod_Check(callable))
        callable = PyMethod_GET_FUNCTION(callable);
    if (!PyFunction_Check(callable))
        return false;
    auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(callable));
    if (slotFor(code).key == code)
        return false; // those that are left out have no slot
    const Function* f = judgedCode(code, PyFunction_GET_GLOBALS(callable));
    if (!f->filtered || f->generation != g_session.generation || caller->generation != g_session.generation)
        return false;
    // By the user's wish, or as the function has turned out short: only this one has an id. In one place mostly the
    // same is called; that a C function would not be seen there is said.
    if (isOpen(caller, true))
        return false;
    dropSite(caller, site, f->id);
    return true;
}

} // namespace calltide::bindings
