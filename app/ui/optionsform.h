// SPDX-License-Identifier: GPL-3.0-or-later
// OptionsForm: every option of the recorder as a field, made from session/recorderoptions.h. Names of the fields:
// "option-max-depth". GUI thread.
#pragma once
#include "session/recorderoptions.h"
#include <QHash>
#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace calltide::ui {

class Appearance;
class ConditionEdit;

class OptionsForm : public QWidget
{
    Q_OBJECT
public:
    explicit OptionsForm(const Appearance& appearance, QWidget* parent = nullptr);

    session::OptionValues values() const; // what differs from the defaults
    void setValues(const session::OptionValues& values);
    QWidget* check(); // marks wrong fields; the first of them, null when all are good

Q_SIGNALS:
    void changed();

private:
    struct Field
    {
        const session::RecorderOption* option = nullptr;
        QCheckBox* box = nullptr; // flags
        ConditionEdit* condition = nullptr;
        QLineEdit* edit = nullptr; // all others
        QLabel* error = nullptr;
    };
    void addGroup(QVBoxLayout& column, session::OptionGroup group);
    void addError(Field& field, const QString& name);
    bool mark(Field& field);

    const Appearance& m_appearance;
    QList<Field> m_fields;
};

} // namespace calltide::ui
