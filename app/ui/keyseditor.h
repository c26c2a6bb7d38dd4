// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog in which presets are chosen and keys are changed.
#pragma once
class QWidget;

namespace calltide::ui {

class Appearance;
class Keys;

void editKeys(QWidget& window, const Appearance& appearance, Keys& keys);

} // namespace calltide::ui
