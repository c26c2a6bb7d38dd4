// SPDX-License-Identifier: GPL-3.0-or-later
// A time or a duration as a person writes it.
#pragma once
#include "store/trace.h"
#include <QString>
#include <optional>

namespace calltide::ui {

// "250 ms", "1.5s", "300us", "40 ns", "1:02.5", "2 min", "0.25" (seconds); spaces and thin spaces are ignored. ns.
std::optional<int64_t> parseDuration(const QString& text);
// Where that is in the trace: a duration from its begin, "14:03:22.450" by the clock (`zone`: ns east of UTC), "-10ms"
// or "+1s" from `now`. On the trace's axis; may lie outside the trace.
std::optional<int64_t> parseTime(const QString& text, const store::Trace& trace, int64_t now, int64_t zone);

} // namespace calltide::ui
