// SPDX-License-Identifier: GPL-3.0-or-later
// Debug annotations of Perfetto's track events as JSON text.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

namespace calltide::formats::pf {

using Interned = std::unordered_map<uint64_t, std::string_view>;

// Appends "name":value of one DebugAnnotation, after a comma when `json` does not end in an opening bracket. False: too
// deep or of a kind that has no JSON form; then its value is null.
bool appendAnnotation(std::string& json, std::string_view annotation, const Interned& names, const Interned& values, int depth = 0);

} // namespace calltide::formats::pf
