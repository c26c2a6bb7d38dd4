// SPDX-License-Identifier: Apache-2.0
// The options of a recording, as calltide/options.py describes them. Read only while a recording runs.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace calltide::bindings {

struct Options
{
    bool pythonOnly = false;
    bool logFuncArgs = false, logFuncRetval = false, useRepr = false;
    std::vector<std::string> argsOf; // patterns; empty: all functions
    bool logExceptions = true, logAsync = true, logGc = true, logGil = true, logImports = true, logMemory = true, logCallLine = false;
    std::vector<std::string> includeFiles, excludeFiles, includeFunctions, excludeFunctions; // patterns
    bool logSparse = false; // only marked functions
    std::vector<std::string> includeChildren, excludeChildren; // patterns of command lines
    bool myCodeOnly = false, ignoreFrozen = false;
    uint32_t maxDepth = 0; // calls; 0: all
    int64_t minDuration = 0; // ns
    uint64_t ring = 0, stopWhenFull = 0; // bytes of the file; 0: no limit
    bool adaptive = false;
    std::vector<std::string> startWhen, stopWhen; // conditions, see triggers.h
};

} // namespace calltide::bindings
