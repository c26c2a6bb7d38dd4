// SPDX-License-Identifier: Apache-2.0
// Other tools that watch the same program.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

#if PY_VERSION_HEX >= 0x030C0000
// While we watch calls. Twice is harmless.
void watchSetProfile(bool on);
#endif

} // namespace calltide::bindings
