// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind the readers, on a trace that any bytes became: nesting, drawing levels, statistics, search, texts,
// exports.
#pragma once
#include "store/trace.h"

namespace fuzz {

void check(bool holds, const char* what); // ends the program

// `seed` decides which exports are made: one or none of them.
void use(const calltide::store::Trace& trace, uint32_t seed);

} // namespace fuzz
