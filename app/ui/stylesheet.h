// SPDX-License-Identifier: GPL-3.0-or-later
// The application's style sheet: only what a palette cannot say.
#pragma once
#include "render/theme.h"
#include <QString>

namespace calltide::ui {

QString styleSheet(const render::Theme& theme);

} // namespace calltide::ui
