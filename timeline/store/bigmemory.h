// SPDX-License-Identifier: GPL-3.0-or-later
// Memory for columns of many megabytes. Large pieces come straight from the system, in large pages where it has them,
// because fresh memory costs more than the work on it, and go back to it at once. Any thread.
#pragma once
#include <cstddef>

namespace calltide::store {

class BigMemory
{
public:
    static void* take(size_t bytes); // not set; throws std::bad_alloc
    static void give(void* memory, size_t bytes);
    static constexpr size_t kLarge = size_t(2) << 20; // and more come from the system
};

} // namespace calltide::store
