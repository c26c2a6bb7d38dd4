// SPDX-License-Identifier: GPL-3.0-or-later
// One program: the commands need no display, everything else is the window.
#include "cli/cli.h"
#include "ui/application.h"
#include <QCoreApplication>
#include <cstring>

int main(int argc, char** argv)
{
    if (calltide::cli::isCommand(argc, argv)) {
        // A picture needs fonts and images, but no display.
        if (std::strcmp(argv[1], "screenshot") == 0)
            return calltide::cli::run(argc, argv);
        QCoreApplication app(argc, argv);
        return calltide::cli::run(argc, argv);
    }
    return calltide::ui::runGui(argc, argv);
}
