// SPDX-License-Identifier: GPL-3.0-or-later
// VariablesEdit: environment variables as a table of names and values; the last row is always empty and becomes a new
// variable. "NAME=value" pasted into a name is taken apart. Fields: "variableName0", "variableValue0". GUI thread.
#pragma once
#include <QPair>
#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace calltide::ui {

class Appearance;
class IconButton;

class VariablesEdit : public QWidget
{
    Q_OBJECT
public:
    explicit VariablesEdit(const Appearance& appearance, QWidget* parent = nullptr);

    QList<QPair<QString, QString>> variables() const; // rows with a good name
    void setVariables(const QList<QPair<QString, QString>>& variables);
    QString wrong() const; // the first name that is none, else ""
    QWidget* wrongField() const;

Q_SIGNALS:
    void changed();

private:
    struct Row
    {
        QLineEdit *name, *value;
        IconButton* remove;
    };
    void addRow(const QString& name = {}, const QString& value = {});
    void removeRow(QLineEdit* name);
    void arrange();
    void edited();

    const Appearance& m_appearance;
    QGridLayout* m_grid;
    QList<Row> m_rows;
    bool m_quiet = false;
};

} // namespace calltide::ui
