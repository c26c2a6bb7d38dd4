// SPDX-License-Identifier: GPL-3.0-or-later
// How the times of several files are put on one axis. Any thread.
#pragma once
#include "store/result.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats {

struct MergeOptions
{
    enum class Align : uint8_t {
        Clock,  // by the clocks that the files record; one that does not say begins where the earliest of the others does
        Start,  // all begin together
        Marker, // the first event or call whose name contains `marker` happened at the same time in all
    };
    Align align = Align::Clock;
    std::string marker;
    std::vector<int64_t> offsets; // ns that each file is moved by after that; 0 for those without

    friend bool operator==(const MergeOptions&, const MergeOptions&) = default;
};

// "clock", "start" or "marker:TEXT".
Result<MergeOptions> parseAlign(std::string_view text);

} // namespace calltide::formats
