// SPDX-License-Identifier: GPL-3.0-or-later
// Note: a flag at a time or a span with a text, put there by the user. Pure value.
#pragma once
#include <cstdint>
#include <string>

namespace calltide::layout {

struct Note
{
    static constexpr uint8_t kColors = 5; // Style::note

    int64_t from = 0, to = 0; // ns on the trace's axis; to == from: a flag
    std::string text; // UTF-8; may be empty
    uint8_t color = 0;

    bool isFlag() const { return to <= from; }
    friend bool operator==(const Note&, const Note&) = default;
};

} // namespace calltide::layout
