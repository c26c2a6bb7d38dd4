// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop application: everything main() does when no command of the command line was asked for. GUI thread.
#pragma once

namespace calltide::ui {

// Options: --renderer=gpu|raster|auto, --theme=system|light|dark|contrast; everything else names files to open. Returns
// the exit status.
int runGui(int& argc, char** argv);

} // namespace calltide::ui
