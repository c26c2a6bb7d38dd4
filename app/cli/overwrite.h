// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>

namespace calltide::cli {

// Whether a command may write to `path`: nothing is there, --force was given, or the user at the terminal said so. Else it
// says what to do, and the command ends with 1.
bool mayWrite(const QString& path, bool force);

} // namespace calltide::cli
