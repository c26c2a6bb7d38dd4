// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativefile.h"
#include <charconv>
#include <cstdio>

namespace calltide::formats {

namespace {

// A number in the recorder's own JSON of its options; 0 if it is not there.
uint64_t optionNumber(std::string_view json, const std::string& name)
{
    const size_t at = json.find('"' + name + "\": ");
    uint64_t value = 0;
    if (at != std::string_view::npos)
        std::from_chars(json.data() + at + name.size() + 4, json.data() + json.size(), value);
    return value;
}

std::string sizeWords(uint64_t bytes)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.6g MB", double(bytes) / (1 << 20));
    return text;
}

} // namespace

std::string modeWords(const NativeTables& f)
{
    const std::string_view options = f.metaValue("options");
    const auto has = [&](format::CompatBit bit) { return (f.header.compat & bit) != 0; };
    std::string out = has(format::kAdaptive) ? "adaptive: functions that turn out to be short are left out" : "exact";
    if (has(format::kPythonOnly))
        out += "; Python functions only";
    const uint64_t ring = optionNumber(options, "ring"), full = optionNumber(options, "stop_when_full"),
                   deep = optionNumber(options, "max_depth"), least = optionNumber(options, "min_duration");
    if (f.header.mode == uint8_t(format::Mode::Ring))
        out += "; the newest" + (ring ? ' ' + sizeWords(ring) : " part") + " of each process";
    if (f.header.mode == uint8_t(format::Mode::StopWhenFull))
        out += "; up to" + (full ? ' ' + sizeWords(full) : " a limit") + " of each process";
    if (deep)
        out += "; " + std::to_string(deep) + " calls deep";
    if (least) {
        char text[40];
        std::snprintf(text, sizeof text, "; calls of %.6g µs and more", double(least) / 1000);
        out += text;
    }
    return out;
}

} // namespace calltide::formats
