// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a file exactly as the window does.
#pragma once
#include "formats/reader.h"
#include <QString>

namespace calltide::cli {

Result<store::TracePtr> load(const QString& path);
QString spanText(int64_t ns); // "8.32 ms"

} // namespace calltide::cli
