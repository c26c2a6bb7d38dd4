// SPDX-License-Identifier: GPL-3.0-or-later
// "About".
#pragma once

class QWidget;

namespace calltide::ui {

class Appearance;

void showAbout(QWidget& window, const Appearance& appearance);

} // namespace calltide::ui
