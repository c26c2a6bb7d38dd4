// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

namespace calltide::cli {

int screenshot(const QStringList&)
{
    return fail(QStringLiteral("screenshot is not built into this version."));
}

} // namespace calltide::cli
