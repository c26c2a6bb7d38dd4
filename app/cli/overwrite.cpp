// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/overwrite.h"
#include "cli/arguments.h"
#include <QFileInfo>
#include <cstdio>
#include <unistd.h>

namespace calltide::cli {

bool mayWrite(const QString& path, bool force)
{
    if (path == QLatin1String("-")) {
        fail(QStringLiteral("- is no name for this file; give another one, or ./- if it is to be called so."));
        return false;
    }
    const QFileInfo file(path);
    if (force || !file.exists() || !file.isFile()) // what is no file is refused by whoever writes
        return true;
    if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
        std::fprintf(stderr, "%s is there already. Write over it? [y/N] ", qPrintable(path));
        std::fflush(stderr);
        char answer[16] = {};
        if (std::fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
            return true;
        fail(path + QStringLiteral(" was left as it is."));
        return false;
    }
    fail(path + QStringLiteral(" is there already; choose another name, or write over it with --force."));
    return false;
}

} // namespace calltide::cli
