// SPDX-License-Identifier: GPL-3.0-or-later
// The list of keys, made from the table of actions, and "About".
#pragma once

class QWidget;

namespace calltide::ui {

class Actions;
class Appearance;

void showKeys(QWidget& window, const Appearance& appearance, const Actions& actions);
void showAbout(QWidget& window, const Appearance& appearance);

} // namespace calltide::ui
