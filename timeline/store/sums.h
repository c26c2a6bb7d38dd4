// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of times (ns) and of counts. A damaged file may say centuries for each of its calls: a sum ends at the last there is.
#pragma once
#include <cstdint>

namespace calltide::store {

inline void addSaturated(int64_t& sum, int64_t value)
{
    if (__builtin_add_overflow(sum, value, &sum))
        sum = value < 0 ? INT64_MIN : INT64_MAX;
}

} // namespace calltide::store
