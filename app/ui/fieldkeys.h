// SPDX-License-Identifier: GPL-3.0-or-later
// Keys that a text field and the window both know.
#pragma once

class QLineEdit;

namespace calltide::ui {

// Ctrl with a letter is the window's, as from everywhere else, where it edits no text: X11 has Ctrl+E for the end of the
// line. Sheets, the palette and dialogs go on keeping all keys to themselves.
void leaveWindowKeys(QLineEdit& field);

} // namespace calltide::ui
