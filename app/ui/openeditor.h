// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a file of the traced program at a line in the user's editor: the command in CALLTIDE_EDITOR (%f file, %l line),
// else the first known editor that is installed, else what the desktop opens such files with. GUI thread.
#pragma once
#include <QString>
#include <QStringList>

namespace calltide::ui {

// Program and arguments; empty: none that is known.
QStringList editorCommand(const QString& file, int line);
// An empty string when it went well, else a sentence.
QString openInEditor(const QString& file, int line);

} // namespace calltide::ui
