// SPDX-License-Identifier: GPL-3.0-or-later
// The small dialog "Go to a time".
#pragma once

namespace calltide::render {
class ViewState;
}
class QWidget;

namespace calltide::ui {

class Appearance;

// Asks for a time and centres the view there, as long as it was.
void askForTime(QWidget& window, const Appearance& appearance, render::ViewState& state);

} // namespace calltide::ui
