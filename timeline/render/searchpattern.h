// SPDX-License-Identifier: GPL-3.0-or-later
// What is searched for, as text or as a regular expression, and the functions that match it.
#pragma once
#include "store/trace.h"
#include <QString>
#include <functional>
#include <string_view>
#include <vector>

namespace calltide::render {

struct SearchPattern
{
    QString text;
    bool regex = false, matchCase = false;
    friend bool operator==(const SearchPattern&, const SearchPattern&) = default;
};

// What is wrong with a regular expression, in a sentence; empty: nothing.
QString errorOf(const SearchPattern& pattern);
// One entry a FunctionId: its name or file matches. All false for an empty text or a wrong expression. Any thread.
std::vector<bool> matchingFunctions(const store::Trace& trace, const SearchPattern& pattern);

// Whether a text (UTF-8) matches; null for an empty text or a wrong expression. Any thread.
std::function<bool(std::string_view)> textMatcher(const SearchPattern& pattern);

} // namespace calltide::render
