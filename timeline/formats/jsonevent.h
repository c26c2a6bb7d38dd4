// SPDX-License-Identifier: GPL-3.0-or-later
// One event of a Chrome trace from text: its fields as they stand there, strings without quotes but still escaped, values
// whole. Views point into the text. Any thread.
#pragma once
#include "formats/jsontext.h"
#include <vector>

namespace calltide::formats::json {

struct EventFields // what nearly all events have
{
    std::string_view name, cat;
    std::string_view ts, dur, pid, tid, args; // values, "" = not there
    bool hasTs = false, hasDur = false, hasPid = false, hasTid = false;
    char ph = 0;
    // The plain forms, read on the way: microseconds as ns, and whole numbers. Not set where the views have to tell.
    int64_t tsNs, durNs, pidNumber, tidNumber;
    uint64_t offset; // of the event's '{' in the (unpacked) file; the scanner sets it
};

struct RareFields // setting all of them for every event would cost
{
    std::string_view tdur, id, id2, scope, bindId; // values
    std::string_view sf, stack, endSf, endStack; // where it was, and where it ended: by number, or as a list of names
    char instantScope = 0; // "s"
    bool bindEnclosing = false; // "bp": "e"
    bool flowIn = false, flowOut = false;
    bool hasStack() const { return !sf.empty() || !stack.empty() || !endSf.empty() || !endStack.empty(); }
};

struct RawEvent : EventFields, RareFields
{
};

enum class Outcome
{
    Event,
    Cut,
    Bad
};

// p at '{' of an event; on Event p is behind its '}', on Bad where it went wrong. `anyRare`: something was put into
// `rare`. `unknown` (may be null) gets the names of fields that nothing is done with.
Outcome readEvent(
    const char*& p, const char* end, EventFields& e, RareFields& rare, bool& anyRare, std::vector<std::string>* unknown);

// Where the next event that looks like one begins at or behind `from`: '}' ',' '{' … with a phase. Null: none, or it was
// not found by looking through the text a few times.
const char* guessEvent(const char* from, const char* begin, const char* end);

} // namespace calltide::formats::json
