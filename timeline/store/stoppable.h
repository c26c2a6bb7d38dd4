// SPDX-License-Identifier: GPL-3.0-or-later
// Long loops and sorts that end within milliseconds when a progress is cancelled. Any thread.
#pragma once
#include "store/progress.h"
#include <algorithm>
#include <cstddef>

namespace calltide::store {

// Whether a loop is to end at its step `k` because the progress (may be null) is cancelled; looks only now and then.
inline bool stopsAt(size_t k, const Progress* progress)
{
    return (k & 0xFFFF) == 0xFFFF && progress && progress->cancelled();
}

// stable_sort() that ends early, false, when the progress (may be null) is cancelled.
template <class It, class Less> bool sortUnlessStopped(It begin, It end, Less less, const Progress* progress)
{
    struct Stopped
    {
    };
    size_t compared = 0;
    try {
        std::stable_sort(begin, end, [&](const auto& a, const auto& b) {
            if (stopsAt(compared++, progress))
                throw Stopped();
            return less(a, b);
        });
    } catch (const Stopped&) {
        return false;
    }
    return true;
}

} // namespace calltide::store
