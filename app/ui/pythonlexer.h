// SPDX-License-Identifier: GPL-3.0-or-later
// QScintilla's editor in the theme's colours.
#pragma once

class QsciScintilla;

namespace calltide::ui {

class Appearance;

// Sets fonts, margins and colours for reading Python; call again when the theme changes.
void styleEditor(QsciScintilla& editor, const Appearance& appearance);

inline constexpr int kCurrentLineMarker = 8; // a marker number of ours

} // namespace calltide::ui
