// SPDX-License-Identifier: Apache-2.0
// Memory and processor time of the process, as counters of the thread that happens to look.
#pragma once
#include "bindings/state.h"

namespace calltide::bindings {

// For moments that come by often: every 10 ms at most. With the interpreter's lock; nothing happens where nothing is
// recorded, or if the option is off. At the time of the thread's newest record, so that it may be called within the
// making of another one.
void sampleUsage(core::ThreadWriter& writer);
// Now, whenever the last time was.
void sampleUsageNow(core::ThreadWriter& writer);

} // namespace calltide::bindings
