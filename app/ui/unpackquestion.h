// SPDX-License-Identifier: GPL-3.0-or-later
// A packed file that unpacks to far more than a trace would: whether to go on is for the user to say.
#pragma once
#include <QString>
#include <atomic>
#include <memory>

class QWidget;

namespace calltide::ui {

using UnpackAnswer = std::shared_ptr<std::atomic<int>>; // 0: none yet, 1: go on, 2: stop

// Asks in a box over `window`, without waiting. It goes away with the answer's other owner. GUI thread.
void askToUnpack(QWidget* window, const QString& title, uint64_t unpacked, const UnpackAnswer& answer);

} // namespace calltide::ui
