// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativefile.h"
#include "format/notecodes.h"
#include "store/builder.h"
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <utility>

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

// Whether an option stands there with anything but its empty value.
bool optionGiven(std::string_view json, const char* name)
{
    const std::string key = '"' + std::string(name) + "\": ";
    const size_t at = json.find(key);
    const std::string_view value = at == std::string_view::npos ? std::string_view("false") : json.substr(at + key.size());
    return !value.starts_with("false") && !value.starts_with("[]") && !value.starts_with("0");
}

std::string sizeWords(uint64_t bytes)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.6g MB", double(bytes) / (1 << 20));
    return text;
}

std::string durationWords(uint64_t ns)
{
    constexpr std::pair<uint64_t, const char*> kUnits[] = {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1000, "µs"}, {1, "ns"}};
    const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits) - 1, [ns](const auto& u) { return ns >= u.first; });
    char text[40];
    std::snprintf(text, sizeof text, "%.6g %s", double(ns) / double(unit->first), unit->second);
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
    if (least)
        out += "; calls of " + durationWords(least) + " and more";
    constexpr std::pair<const char*, const char*> kFilters[] = {{"my_code_only", "my code only"}, {"ignore_frozen", "no frozen modules"},
        {"log_sparse", "only marked functions"}, {"include_files", "only some files"}, {"exclude_files", "without some files"},
        {"include_functions", "only some functions"}, {"exclude_functions", "without some functions"},
        {"start_when", "from a condition on"}, {"stop_when", "up to a condition"}};
    for (const auto& [name, words] : kFilters)
        if (optionGiven(options, name))
            out += std::string("; ") + words;
    return out;
}

void addNotes(store::TraceBuilder& out, const NativeTables& f, size_t from)
{
    // Those of the first process need no name: it is the recording's.
    std::string who;
    if (f.header.compat & format::kIsChild) {
        const std::string_view name = f.metaValue("process_name");
        who = cutText(name.empty() ? "python" : name, 200) + " (" + std::to_string(f.header.pid) + "): ";
    }
    for (size_t i = from; i < f.notes.size(); i++) {
        if (f.notes[i].first.code == format::kNoteBecomes) // told when the end is known
            continue;
        const std::string text = cutText(f.notes[i].second);
        std::string kind = "recording.note: " + text; // what differs in its numbers alone is said once, and counted
        std::erase_if(kind, [](unsigned char c) { return c >= '0' && c <= '9'; });
        out.problem(kind, who + text, store::Severity::Warning);
    }
}

} // namespace calltide::formats
