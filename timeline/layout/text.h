// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and times as people read them: three figures, thin space (U+2009) between groups of three, real minus sign.
// All text is UTF-8. No locale: digits and the point are the same everywhere.
#pragma once
#include "layout/drawlist.h"
#include <cstdint>
#include <string>
#include <string_view>

namespace calltide::layout {

inline constexpr std::string_view kThinSpace = "\u2009";
inline constexpr std::string_view kMinus = "\u2212";
inline constexpr std::string_view kEllipsis = "\u2026";
inline constexpr std::string_view kDot = " \u00B7 "; // between parts of a line

std::string formatCount(int64_t n); // "1 284 116"
std::string formatDuration(int64_t ns); // "8.32 ms", "412 ns", "2 h 11 min"
std::string formatExactDuration(int64_t ns); // all digits: "8.320 114 ms"
std::string formatShare(double share); // 0..1: "26 %", "3.1 %", "< 0.1 %"
std::string formatBytes(uint64_t bytes); // "41.8 MB"
std::string formatValue(double value); // a counter's: four figures, grouped
// A time as seconds with `decimals` (0..9) digits behind the point, grouped in threes: "4.221 861".
std::string formatSeconds(int64_t ns, int decimals);

// Byte length of the longest prefix of whole code points of `text` with at most `points` code points.
size_t prefixOfPoints(std::string_view text, size_t points);
size_t countPoints(std::string_view text);
// One line of plain text: control characters become spaces, broken UTF-8 becomes U+FFFD, at most 1000 bytes.
std::string plainLine(std::string_view text);

bool isPath(std::string_view name); // a file's or a URL's, not "GET /users"
// Where the last part of a qualified name begins; 0 for any other text, like "<method x of a.B object>".
size_t lastPart(std::string_view name);
// What of a slice's name fits `width`: the whole name, the part after the last dot, that part cut with … (never below
// three letters), or nothing. A path is cut in its middle.
std::string fitName(std::string_view name, float width, const TextMeasure& measure, FontRole role);
std::string elideRight(std::string_view text, float width, const TextMeasure& measure, FontRole role);
std::string elideMiddle(std::string_view text, float width, const TextMeasure& measure, FontRole role); // for paths

} // namespace calltide::layout
