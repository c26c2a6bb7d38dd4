// SPDX-License-Identifier: GPL-3.0-or-later
// What the system says about the process that writes a recording. Internal to ct_formats.
#pragma once
#include "format/format.h"
#include <cstdint>

namespace calltide::formats {

// False only when it is certain that the process of this header runs no longer on this machine.
bool mayRun(const format::FileHeader& header);
// Whether the file was made on this machine since it was started, so that its times are those of our clock.
bool isThisBoot(const format::FileHeader& header);
int64_t monotonicNow(); // ns

} // namespace calltide::formats
