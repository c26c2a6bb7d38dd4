// SPDX-License-Identifier: Apache-2.0
// A note's code besides the reasons of losses (LossReason in format.h).
#pragma once
#include <cstdint>

namespace calltide::format {

// The process is about to become another program, which the text names; it holds if it is the last note and no end follows.
inline constexpr uint32_t kNoteBecomes = 64;

} // namespace calltide::format
