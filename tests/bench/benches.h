// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of `bench`. Each prints figures for people and says whether what must hold on any machine did.
#pragma once
#include "store/trace.h"
#include <cstdint>

namespace bench {

bool query(uint64_t slices); // of a made-up trace
bool open(const char* file);
bool first(const char* file); // when its first picture is there
bool cache(const char* file); // opened from its kept form
bool parsers(const char* file); // well-known JSON parsers on the same file
bool limits(const char* file); // what time and memory it takes, and to be cancelled

// Frames along a path of zooms and pans; statistics and search where they are asked for.
bool frames(const calltide::store::Trace& trace);
void scans(const calltide::store::Trace& trace);

} // namespace bench
