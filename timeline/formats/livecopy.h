// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of recordings that are being written meanwhile: each is readable without a fault, as of one moment for each of
// its threads. Errors are sentences; any thread.
#pragma once
#include "store/result.h"
#include <string>

namespace calltide::formats {

// The first process's recording and those of its children, into the folder beside it. What stands there is replaced. A child that has
// just begun may be missing.
Status copyRecording(const std::string& from, const std::string& to);
// A ring's space is used again and again: who writes it must be made to pause before it is copied.
bool isRing(const std::string& path);

} // namespace calltide::formats
