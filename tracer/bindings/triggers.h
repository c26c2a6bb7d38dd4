// SPDX-License-Identifier: Apache-2.0
// Conditions on which a recording starts or stops: a function is entered, a call has lasted long, an exception is raised,
// some time has passed; a signal comes through fire(). They are looked at on the careful way only, see careful.h: a
// recording without them pays nothing. With the interpreter's lock.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

struct Condition
{
    enum class Kind : uint8_t { Enter, Longer, Raise, After } kind = Kind::Enter;
    int64_t ns = 0; // Longer, After
    std::string pattern; // of functions, or of exception types; empty: all
    std::string text; // as it was written, for the mark in the recording
    Pattern compiled {"*"};
};

// As calltide.options normalises them: "enter:PATTERN", "longer:20ns[:PATTERN]", "raise:TYPE", "after:20ns"; "signal:10" is
// left to Python. Empty, or what is wrong.
std::string wrongCondition(const std::vector<std::string>& startWhen, const std::vector<std::string>& stopWhen);
std::string setTriggers(const std::vector<std::string>& startWhen, const std::vector<std::string>& stopWhen);
bool triggersWaitForStart(); // the recording is to begin later
bool triggersNeedCalls(); // the careful way is needed now
bool triggersNeedRaises();
bool triggersOnRaises(); // at any time
bool triggersArmed(); // the recording has not begun yet; only triggers look at what happens

// For a function's record, when it is judged: which conditions may concern it.
uint8_t triggerMask(const std::string& name, const std::string& qualified, const std::string& module);

enum class Verdict : uint8_t {
    Go,        // recorded as usual
    Skip,      // not recorded
    SkipPlace, // nor will anything here be; the hook may ask not to be called again
};
Verdict triggerEnter(PyCodeObject* code, PyObject* globals);
Verdict triggerLeave(PyCodeObject* code, PyObject* globals); // before it is recorded
void triggerLeft(PyCodeObject* code, PyObject* globals);     // afterwards
Verdict triggerRaise(PyObject* type, bool leaves); // leaves: the call in which it was raised is over
// From outside: a signal. Starts a recording that waits, stops one that runs; what is asked and not possible is let pass.
void fireTrigger(bool start, const std::string& why);

} // namespace calltide::bindings
