// SPDX-License-Identifier: GPL-3.0-or-later
// A packed file that unpacks to far more than a trace would: whether to go on is for the user to say.
#pragma once
#include <QString>
#include <atomic>
#include <memory>

class QWidget;

namespace calltide::ui {

class Appearance;

using UnpackAnswer = std::shared_ptr<std::atomic<int>>; // 0: none yet, 1: go on, 2: stop

// Asks over `window`, without waiting. The question goes away with the answer's other owner. GUI thread.
void askToUnpack(const Appearance& appearance, const QString& title, uint64_t unpacked, const UnpackAnswer& answer, QWidget* window);

} // namespace calltide::ui
