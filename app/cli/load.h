// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a file exactly as the window does.
#pragma once
#include "cli/arguments.h"
#include "formats/reader.h"
#include <QStringList>
#include <utility>

namespace calltide::cli {

Result<store::TracePtr> load(const QString& path);
Result<store::TracePtr> load(const QStringList& paths, const formats::MergeOptions& merge = {}, store::Progress* progress = nullptr); // several become one timeline
// --align and --offset of commands that take several files; the error is one of usage.
Result<formats::MergeOptions> mergeOptions(const Arguments& arguments);
// "10us..0.5s", in ns from the trace's beginning.
Result<std::pair<int64_t, int64_t>> parseRange(const QString& text);
QString spanText(int64_t ns); // "8.32 ms"

} // namespace calltide::cli
