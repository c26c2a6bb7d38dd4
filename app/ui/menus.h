// SPDX-License-Identifier: GPL-3.0-or-later
// The menu bar, made from the table of actions.
#pragma once

class QMenu;
class QMenuBar;

namespace calltide::ui {

class Actions;
class Panels;

struct Menus
{
    QMenu* recent = nullptr; // filled when it opens
};

Menus fillMenuBar(QMenuBar& bar, const Actions& actions, const Panels& panels);

} // namespace calltide::ui
