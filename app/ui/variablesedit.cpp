// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/variablesedit.h"
#include "session/launchoptions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QGridLayout>
#include <QLineEdit>
#include <QRegularExpression>

namespace calltide::ui {
namespace {
bool isName(const QString& text)
{
    static const QRegularExpression name(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
    return name.match(text).hasMatch();
}
} // namespace

VariablesEdit::VariablesEdit(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(6);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(0, 2);
    m_grid->setColumnStretch(1, 3);
    addRow();
}

void VariablesEdit::addRow(const QString& name, const QString& value)
{
    Row row{new QLineEdit(name), new QLineEdit(value), new IconButton(m_appearance, QStringLiteral("close"), tr("Remove this variable"))};
    row.name->setPlaceholderText(QStringLiteral("NAME"));
    row.value->setPlaceholderText(tr("value"));
    row.name->setAccessibleName(tr("Name of the variable"));
    row.value->setAccessibleName(tr("Value of the variable"));
    setFocusProxy(row.name);
    for (QLineEdit* edit : {row.name, row.value}) {
        edit->setFont(monoFont(m_appearance, u"small"));
        connect(edit, &QLineEdit::textChanged, this, &VariablesEdit::edited);
    }
    connect(row.remove, &QToolButton::clicked, this, [this, edit = row.name] { removeRow(edit); });
    m_rows << row;
    arrange();
}

void VariablesEdit::removeRow(QLineEdit* name)
{
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].name != name || m_rows.size() == 1)
            continue;
        for (QWidget* widget : {static_cast<QWidget*>(m_rows[i].name), static_cast<QWidget*>(m_rows[i].value),
                 static_cast<QWidget*>(m_rows[i].remove)}) {
            widget->hide();
            widget->deleteLater(); // its own click is being handled
        }
        m_rows.removeAt(i);
        break;
    }
    arrange();
    edited();
}

void VariablesEdit::arrange()
{
    for (int i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        row.name->setObjectName(QStringLiteral("variableName%1").arg(i));
        row.value->setObjectName(QStringLiteral("variableValue%1").arg(i));
        m_grid->addWidget(row.name, i, 0);
        m_grid->addWidget(row.value, i, 1);
        m_grid->addWidget(row.remove, i, 2);
        row.remove->setVisible(i + 1 < m_rows.size()); // the last one is the empty one
    }
    setFocusProxy(m_rows.first().name);
    for (int i = 0; i + 1 < m_rows.size(); ++i) {
        setTabOrder(m_rows[i].name, m_rows[i].value);
        setTabOrder(m_rows[i].value, m_rows[i].remove);
        setTabOrder(m_rows[i].remove, m_rows[i + 1].name);
    }
    setTabOrder(m_rows.last().name, m_rows.last().value);
}

void VariablesEdit::edited()
{
    if (m_quiet)
        return;
    m_quiet = true;
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        const QString text = m_rows[i].name->text();
        if (!text.contains(u'='))
            continue;
        // One word stays as it is written; several are taken apart as a shell would.
        QStringList words = session::splitArguments(text);
        for (const QString& word : std::as_const(words))
            if (!word.contains(u'='))
                words = {text};
        m_rows[i].name->setText(words.value(0).section(u'=', 0, 0));
        m_rows[i].value->setText(words.value(0).section(u'=', 1));
        m_rows[i].value->setFocus();
        for (const QString& word : words.mid(1))
            addRow(word.section(u'=', 0, 0), word.section(u'=', 1));
    }
    if (!m_rows.last().name->text().isEmpty() || !m_rows.last().value->text().isEmpty())
        addRow();
    m_quiet = false;
    Q_EMIT changed();
}

QList<QPair<QString, QString>> VariablesEdit::variables() const
{
    QList<QPair<QString, QString>> out;
    for (const Row& row : m_rows)
        if (isName(row.name->text().trimmed()))
            out.append({row.name->text().trimmed(), row.value->text()});
    return out;
}

void VariablesEdit::setVariables(const QList<QPair<QString, QString>>& variables)
{
    if (variables == this->variables() && wrong().isEmpty())
        return;
    m_quiet = true;
    for (const Row& row : std::as_const(m_rows)) {
        delete row.name;
        delete row.value;
        delete row.remove;
    }
    m_rows.clear();
    for (const auto& [name, value] : variables)
        addRow(name, value);
    addRow();
    m_quiet = false;
    Q_EMIT changed();
}

QString VariablesEdit::wrong() const
{
    const QWidget* const field = wrongField();
    return field ? static_cast<const QLineEdit*>(field)->text().trimmed() : QString();
}

QWidget* VariablesEdit::wrongField() const
{
    for (const Row& row : m_rows)
        if (!isName(row.name->text().trimmed()) && !(row.name->text().trimmed().isEmpty() && row.value->text().isEmpty()))
            return row.name;
    return nullptr;
}

} // namespace calltide::ui
