// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/resources.h"
#include <QtGlobal>

// A linker drops the registration of a static library's resources unless it is named, and the macro must stand outside
// any namespace.
static void registerCalltideResources()
{
    Q_INIT_RESOURCE(calltide);
}

void calltide::initResources()
{
    registerCalltideResources();
}
