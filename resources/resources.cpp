// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/resources.h"
#include <QtCore/qglobal.h>
#include <QtCore/qtresource.h>

namespace {
// A linker drops the registration of a static library's resources unless it is named (and the macro must stand
// outside any named namespace).
void init()
{
    Q_INIT_RESOURCE(calltide);
}
} // namespace

void calltide::initResources()
{
    init();
}
