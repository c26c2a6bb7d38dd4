// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a name and a value, as the Call panel shows what is known of a call or an exception. GUI thread.
#pragma once
#include "ui/controls.h"
#include <QStringList>

class QGridLayout;

namespace calltide::ui {

class Appearance;

class FactRows : public QWidget
{
    Q_OBJECT
public:
    explicit FactRows(const Appearance& appearance, QWidget* parent = nullptr);

    void clear(); // before rows are added anew; links that were clicked go with it
    void add(const QString& name, const QString& value, bool mono = true); // the value can be selected and copied
    LinkLabel* addLink(const QString& name, const QString& value, Qt::TextElideMode elide = Qt::ElideRight);
    const QStringList& lines() const { return m_lines; } // "Time\t8.32 ms", each value whole

private:
    void place(const QString& name, ElidedLabel* value);

    const Appearance& m_appearance;
    QGridLayout* m_grid = nullptr;
    QStringList m_lines;
};

} // namespace calltide::ui
