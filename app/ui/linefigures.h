// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside the lines of a source: time and number of calls of the functions that begin there, and of the calls
// that the chosen function makes from there. No widgets; any thread.
#pragma once
#include "ui/functioncalls.h"
#include "ui/sourceoutline.h"

namespace calltide::ui {

struct LineFigure
{
    struct Part
    {
        store::FunctionId function;
        uint64_t calls = 0;
        int64_t total = 0; // ns
    };
    int line = 0;
    uint64_t calls = 0;
    int64_t total = 0;
    bool definition = false; // parts begin here; else they are called from here
    bool byName = false; // the recording does not say from which line, but only here is one called by that name
    std::vector<Part> parts; // the longest first
};

// By line. `statistics` are of the whole file, `calls` those of the function whose call or name is chosen.
std::vector<LineFigure> lineFigures(const store::Trace& trace, store::StringId file, const SourceOutline& outline,
    const std::vector<store::FunctionStatistics>& statistics, const FunctionCalls& calls);

} // namespace calltide::ui
