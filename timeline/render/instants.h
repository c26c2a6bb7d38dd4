// SPDX-License-Identifier: GPL-3.0-or-later
// The words of exceptions and events, and the search for them. Any thread.
#pragma once
#include "store/owncode.h"
#include "store/progress.h"
#include "store/trace.h"
#include <QString>
#include <functional>
#include <string_view>
#include <vector>

namespace calltide::render {

QString instantMessage(const store::Trace& trace, const store::Instant& instant); // empty: none is known
QString instantTitle(const store::Trace& trace, const store::Instant& instant); // "ValueError: bad k 7"

// The exceptions whose title matches, as indices into Trace::instants(); of `own`, when there is one, those that it
// shows. None when `matches` is null. When cancelled, those found until then.
std::vector<uint32_t> matchingExceptions(const store::Trace& trace, const store::OwnCode* own,
    const std::function<bool(std::string_view)>& matches, store::Progress* progress = nullptr);

} // namespace calltide::render
