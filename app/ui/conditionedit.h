// SPDX-License-Identifier: GPL-3.0-or-later
// ConditionEdit: when a recording starts or stops, as a choice of plain words and what belongs to it. GUI thread.
#pragma once
#include <QWidget>

class QComboBox;
class QLineEdit;

namespace calltide::ui {

class Appearance;

class ConditionEdit : public QWidget
{
    Q_OBJECT
public:
    // `none`: the words for no condition.
    ConditionEdit(const Appearance& appearance, const QString& none, const QString& name, QWidget* parent = nullptr);

    QString text() const; // as on the command line, several between semicolons; "" for none
    void setText(const QString& text);
    QLineEdit* field() const { return m_value; }

Q_SIGNALS:
    void changed();

private:
    void showFields();

    QComboBox* m_kind;
    QLineEdit *m_value, *m_pattern;
};

} // namespace calltide::ui
