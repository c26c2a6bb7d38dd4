// SPDX-License-Identifier: Apache-2.0
// Why something was not done, in a word for programs and a sentence for people.
#pragma once
#include <cstdint>
#include <string>

namespace calltide::inject {

enum class Why : uint8_t {
    Fine,
    NotSupported, // this system, this processor, this interpreter
    NoProcess,    // it never was, or has ended
    OtherUser,
    Elsewhere, // in a container: other files than ours
    Suspended, // or traced by a debugger
    NotPermitted,
    NotPython,
    Starting, // or ending: there is no interpreter to talk to
    SwitchedOff, // 3.14+: the program does not want it; Request::evenIfSwitchedOff
    Busy,        // it did not come to a point where it could have listened
    Cancelled,
    Failed,
};

struct Problem
{
    Why why = Why::Fine;
    std::string sentence; // UTF-8; names the process and what to do
    explicit operator bool() const { return why != Why::Fine; }
};

} // namespace calltide::inject
