// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a trace as Chrome/Perfetto JSON, with VizTracer's names and file_info. Any thread.
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/statistics.h"
#include "store/trace.h"

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

// A call's name as VizTracer forms it: "Shop.checkout (/app/shop.py:12)"; C functions "builtins.print".
std::string traceName(const store::Trace& trace, store::FunctionId function);

} // namespace calltide::formats
