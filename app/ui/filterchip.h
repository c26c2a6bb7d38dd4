// SPDX-License-Identifier: GPL-3.0-or-later
// FilterChip: one term of the filter: a click switches it off and on, the cross takes it out. GUI thread.
#pragma once
#include <QWidget>

class QToolButton;

namespace calltide::ui {

class Appearance;

class FilterChip : public QWidget
{
    Q_OBJECT
public:
    FilterChip(const Appearance& appearance, const QString& term, bool on, QWidget* parent = nullptr);
    const QString& term() const { return m_term; }
    bool isOn() const;

Q_SIGNALS:
    void switched();
    void removed();

private:
    void showState(); // in the tooltip and for those who listen

    QString m_term;
    QToolButton* m_switch;
};

} // namespace calltide::ui
