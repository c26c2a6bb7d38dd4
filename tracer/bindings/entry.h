// SPDX-License-Identifier: Apache-2.0
// The slow way of a Python call's entry, the same for every hook: right in every state, and where a function is seen first.
#pragma once
#include "bindings/functions.h"
#include "bindings/threads.h"
#include "bindings/watch.h"

namespace calltide::bindings {

enum class Entry : uint8_t { Start, Resume, Throw };

inline void writeEntry(const Function& f, Entry entry)
{
    const Slot s = f.slot();
    if (entry == Entry::Throw)
        t_writer.throwSlow(s.resumed, s.resumedLength);
    else if (entry == Entry::Resume)
        t_writer.enterSlow(false, s.resumed, s.resumedLength);
    else
        t_writer.enterSlow(false, s.id, s.idLength);
}

// frameOf(): the frame, asked for only where it is looked at. False: nothing was written, nor is the call's end to be.
template <typename FrameOf> bool enterSlowly(PyCodeObject* code, PyObject* globals, Entry entry, FrameOf&& frameOf)
{
    if (!attached(true))
        return false;
    if (t_writer.hides() && !beginsProgram(code, globals)) {
        t_writer.enterHidden(false);
        return true;
    }
    const Function* f = functionOfCode(code, globals);
    if (f->role == Role::EndsThread)
        refreshThreadName();
    if (!t_writer.thread)
        return false; // a finaliser that ran on the way has stopped the recording
    if (f->ignored) {
        t_writer.enterHidden(false);
        return true;
    }
    writeEntry(*f, entry);
    if (CALLTIDE_UNLIKELY(f->watched(entry == Entry::Start)))
        watchedEnter(*f, code, frameOf(), !t_writer.hides());
    return true;
}

} // namespace calltide::bindings
