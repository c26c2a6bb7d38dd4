// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a trace in the formats of other tools. Any thread.
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/statistics.h"
#include "store/trace.h"
#include <optional>
#include <span>

namespace calltide::formats {

struct JsonExportOptions
{
    store::Scope scope;            // default: everything
    bool sources = true;           // file_info with the recorded source text
    store::Progress* progress = nullptr;
};

// Writes to a temporary name beside `path` and renames at the end: a failed or cancelled export leaves nothing. A name
// that ends in ".gz" is compressed. Mode 0600 when new.
Status exportJson(const store::Trace& trace, const std::string& path, const JsonExportOptions& options = {});

enum class ExportFormat : uint8_t { PerfettoJson, Perfetto, Speedscope, Collapsed, Pstats, Firefox, Csv };
struct ExportFormatName
{
    ExportFormat format;
    const char* name;   // for --format
    const char* ending; // with its dot; the first that fits a file's name is taken
    const char* title;  // for people
};
std::span<const ExportFormatName> exportFormats();
// By the ending of a file's name, before .gz or .zst; nothing: none fits.
std::optional<ExportFormat> exportFormatOf(std::string_view path);

using ExportOptions = JsonExportOptions;
// As exportJson, in any format; .gz and .zst at the end of the name are packed.
Status exportTrace(const store::Trace& trace, const std::string& path, ExportFormat format, const ExportOptions& options = {});

// A call's name as VizTracer forms it: "Shop.checkout (/app/shop.py:12)"; C functions "builtins.print".
std::string traceName(const store::Trace& trace, store::FunctionId function);

} // namespace calltide::formats
