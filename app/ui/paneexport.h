// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and tables of a pane, for files and the clipboard. GUI thread.
#pragma once
#include <QByteArray>
#include <QImage>
#include <QWidget>

class QAbstractItemModel;
class QAbstractItemView;

namespace calltide::ui {

// What a model gives for a table in a file instead of what it shows: plain numbers (times in ns) and whole texts; for a
// header, the unit too. Models without it are taken as they are shown.
inline constexpr int kFileRole = Qt::UserRole + 100;

QByteArray csvOf(const QAbstractItemModel& model); // RFC 4180; children of rows follow their parents
QAbstractItemView* tableOf(const QWidget& pane); // the one that is seen in it; null: none
QImage pictureOf(QWidget& pane); // at twice the size
QByteArray svgOf(QWidget& pane);

} // namespace calltide::ui
