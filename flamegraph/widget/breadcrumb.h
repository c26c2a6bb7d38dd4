// SPDX-License-Identifier: GPL-3.0-or-later
// Breadcrumb: "All › handle_request ×", shown while the flame graph is zoomed. Inner header of ct_flameview.
#pragma once
#include <QStringList>
#include <QWidget>

class QHBoxLayout;

namespace calltide::flameview {

class Breadcrumb : public QWidget
{
    Q_OBJECT
public:
    explicit Breadcrumb(QWidget* parent = nullptr);
    void setNames(const QStringList& names); // of the zooms, oldest first; hidden when there are none

Q_SIGNALS:
    void chosen(int count); // keep that many zooms

private:
    void addPart(const QString& text, const QString& tip, int count);
    QHBoxLayout* m_row;
};

} // namespace calltide::flameview
