// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/optionsform.h"
#include "ui/appearance.h"
#include "ui/conditionedit.h"
#include "ui/controls.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLineEdit>
#include <QSignalBlocker>

namespace calltide::ui {
namespace {
using session::OptionKind;
using session::RecorderOption;

QString words(const char* source)
{
    return *source ? QCoreApplication::translate("calltide::session::RecorderOptions", source) : QString();
}
} // namespace

OptionsForm::OptionsForm(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(7);
    for (int group = 0; group <= int(session::OptionGroup::Processes); ++group)
        addGroup(*column, session::OptionGroup(group));
}

void OptionsForm::addGroup(QVBoxLayout& column, session::OptionGroup group)
{
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const RecorderOption& option : session::recorderOptions()) {
        if (option.group != group)
            continue;
        Field field;
        field.option = &option;
        const QString name = QStringLiteral("option-") + QLatin1String(option.name);
        if (option.kind == OptionKind::Flag) {
            field.box = new QCheckBox(words(option.label));
            field.box->setObjectName(name);
            field.box->setToolTip(words(option.hint));
            connect(field.box, &QCheckBox::toggled, this, &OptionsForm::changed);
            grid->addWidget(field.box, row++, 0, 1, 2);
        } else if (option.kind == OptionKind::Condition) {
            const bool starts = qstrcmp(option.name, "start-when") == 0;
            field.condition = new ConditionEdit(m_appearance, starts ? tr("the program begins") : tr("when the program ends"), name);
            addError(field, name);
            connect(field.condition, &ConditionEdit::changed, this, &OptionsForm::changed);
            grid->addWidget(plainLabel(words(option.label)), row, 0);
            grid->addWidget(field.condition, row++, 1);
            grid->addWidget(field.error, row++, 1);
        } else {
            QLabel* label = plainLabel(words(option.label));
            field.edit = new QLineEdit;
            field.edit->setObjectName(name);
            field.edit->setAccessibleName(label->text());
            field.edit->setPlaceholderText(words(option.hint));
            field.edit->setFont(monoFont(m_appearance, u"small"));
            label->setBuddy(field.edit);
            addError(field, name);
            const qsizetype index = m_fields.size();
            connect(field.edit, &QLineEdit::textChanged, this, &OptionsForm::changed);
            connect(field.edit, &QLineEdit::editingFinished, this, [this, index] { mark(m_fields[index]); });
            grid->addWidget(label, row, 0);
            grid->addWidget(field.edit, row++, 1);
            grid->addWidget(field.error, row++, 1);
        }
        m_fields << field;
    }
    if (!row) {
        delete grid;
        return;
    }
    QLabel* title = plainLabel(words(session::groupLabel(group)), "secondary");
    title->setFont(uiFont(m_appearance, u"small", 600));
    if (group != session::OptionGroup::Recorded)
        column.addSpacing(8);
    column.addWidget(title);
    column.addLayout(grid);
}

void OptionsForm::addError(Field& field, const QString& name)
{
    field.error = plainLabel(QString(), "danger");
    field.error->setFont(uiFont(m_appearance, u"small"));
    field.error->setWordWrap(true);
    field.error->setObjectName(name + QStringLiteral("Error"));
    field.error->hide();
}

session::OptionValues OptionsForm::values() const
{
    session::OptionValues out;
    for (const Field& field : m_fields) {
        const QString name = QLatin1String(field.option->name);
        if (field.box && field.box->isChecked() != bool(*field.option->negated))
            out[name] = field.box->isChecked() ? QStringLiteral("1") : QStringLiteral("0");
        else if (field.condition && !field.condition->text().isEmpty())
            out[name] = field.condition->text();
        else if (field.edit && !field.edit->text().trimmed().isEmpty())
            out[name] = field.edit->text().trimmed();
    }
    return out;
}

void OptionsForm::setValues(const session::OptionValues& values)
{
    {
        const QSignalBlocker quiet(this);
        for (Field& field : m_fields) {
            const QString value = values.value(QLatin1String(field.option->name));
            if (field.box)
                field.box->setChecked(value.isEmpty() ? bool(*field.option->negated) : value != u"0");
            else if (field.condition)
                field.condition->setText(value);
            else if (field.edit->text() != value)
                field.edit->setText(value);
            if (field.error)
                mark(field);
        }
    }
    Q_EMIT changed();
}

bool OptionsForm::mark(Field& field)
{
    QLineEdit* const edit = field.condition ? field.condition->field() : field.edit;
    const QString problem = session::valueProblem(field.option->kind, field.condition ? field.condition->text() : edit->text());
    field.error->setText(problem);
    field.error->setVisible(!problem.isEmpty());
    setStyleProperty(edit, "wrong", !problem.isEmpty());
    return problem.isEmpty();
}

QWidget* OptionsForm::check()
{
    QWidget* first = nullptr;
    for (Field& field : m_fields)
        if (field.error && !mark(field) && !first)
            first = field.condition ? field.condition->field() : field.edit;
    return first;
}

} // namespace calltide::ui
