// SPDX-License-Identifier: Apache-2.0
// Adaptive recordings (3.12 and newer): what turns out to be short is left out from then on, so that it costs nothing
// any more. Innermost calls go first; a function whose callees are all gone is innermost itself.
#pragma once
#include "bindings/functions.h"

namespace calltide::bindings {

inline constexpr unsigned kShortCalls = 64;          // in a row, by which a place is known to be short
inline constexpr int64_t kShortNs = 4000;

// Where the newest entry's record ended: whether anything was recorded since then.
struct EntryMark
{
    const uint8_t* at = nullptr;
    uint64_t last = 0;
    void set() { *this = {t_writer.at, t_writer.last}; }
    bool stands() const { return t_writer.at == at && t_writer.last == last && t_writer.thread && !t_writer.hides(); }
};
extern __thread EntryMark t_entry __attribute__((tls_model("initial-exec")));
extern uint64_t g_shortUnits;
void initAdaptive();

// A function's call has just been left. True: it is left out from now on, everywhere.
bool dropIfShort(PyCodeObject* code, Slot& slot, bool innermost, uint64_t units);

// A place in `caller` from which something is called: in a row short so often; kDroppedSite when it is left out.
inline constexpr uint8_t kDroppedSite = 255;
uint8_t* siteOf(Function* caller, PyCodeObject* code, PyObject* offset);
// A C call from there has just been left.
void dropSiteIfShort(Function* caller, uint8_t* site, PyObject* callable, PyObject* self, const void* key, bool innermost, uint64_t units);
// Before the call of a Python function from there: true if that is left out, and with it the place.
bool callsDropped(Function* caller, uint8_t* site, PyObject* callable);

} // namespace calltide::bindings
