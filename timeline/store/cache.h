// SPDX-License-Identifier: GPL-3.0-or-later
// TraceCache: traces as files that are mapped instead of built. Opening one costs by its tables, not by its calls, and
// only the parts that are looked at come into memory. Whoever keeps the files says what they belong to (`key`); a file
// of another key, version or machine, or a damaged one, is not opened. Any thread.
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/trace.h"
#include <string>

namespace calltide::store {

class TraceCache
{
public:
    // Writes beside `path` and renames at the end. Refused for a trace that still grows.
    static Status write(const Trace& trace, const std::string& path, const std::string& key, Progress* progress = nullptr);
    static Result<TracePtr> open(const std::string& path, const std::string& key);

private:
    struct Writer;
    struct Reader;
};

} // namespace calltide::store
