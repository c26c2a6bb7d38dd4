// SPDX-License-Identifier: GPL-3.0-or-later
// Menus beside the pointer or a button: shown without an event loop of their own, as what is under them may go while
// they are open (a reload replaces a tab's views).
#pragma once
#include <QMenu>

namespace calltide::ui {

// Empty, to be filled and shown with popup(). Goes when it closes, or with `parent`: that is the widget whose members
// and data its actions use.
inline QMenu* makePopupMenu(QWidget* parent)
{
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    return menu;
}

} // namespace calltide::ui
