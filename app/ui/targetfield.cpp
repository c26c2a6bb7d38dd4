// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/targetfield.h"
#include "session/tools.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/testpicker.h"
#include <QAbstractItemView>
#include <QBoxLayout>
#include <QComboBox>
#include <QCompleter>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>

namespace calltide::ui {
using session::LaunchKind;

QList<LaunchKind> TargetField::kinds()
{
    return {LaunchKind::Script, LaunchKind::Module, LaunchKind::Tool, LaunchKind::Tests, LaunchKind::Code, LaunchKind::Command};
}

QString TargetField::kindName(LaunchKind kind)
{
    switch (kind) {
    case LaunchKind::Script:
        return tr("Script");
    case LaunchKind::Module:
        return tr("Module");
    case LaunchKind::Code:
        return tr("Code");
    case LaunchKind::Command:
        return tr("Command");
    case LaunchKind::Tool:
        return tr("Tool");
    case LaunchKind::Tests:
        return tr("Tests");
    }
    return {};
}

TargetField::TargetField(const Appearance& appearance, QWidget* parent)
    : QStackedWidget(parent)
    , m_appearance(appearance)
    , m_module(new QLineEdit)
    , m_command(new QLineEdit)
    , m_code(new QPlainTextEdit)
    , m_tool(new ComboBox)
{
    m_module->setPlaceholderText(QStringLiteral("package.module"));
    m_command->setPlaceholderText(tr("a program, like flask or python3"));
    m_code->setProperty("field", true);
    m_code->setTabChangesFocus(true);
    m_tool->setEditable(true);
    m_tool->setInsertPolicy(QComboBox::NoInsert);
    m_tool->lineEdit()->setPlaceholderText(tr("a console script of this Python"));
    m_tool->completer()->setFilterMode(Qt::MatchContains);
    m_tool->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_tool->completer()->popup()->setProperty("popup", true);
    for (QWidget* page : {scriptPage(), static_cast<QWidget*>(m_module), static_cast<QWidget*>(m_tool), testsPage(),
             static_cast<QWidget*>(m_code), static_cast<QWidget*>(m_command)})
        addWidget(page); // in the order of kinds()
    const std::pair<QWidget*, const char*> names[] = {{m_script, "script"}, {m_module, "module"}, {m_tool, "tool"},
        {m_tests, "tests"}, {m_code, "code"}, {m_command, "command"}};
    for (const auto& [widget, name] : names) {
        widget->setObjectName(QString::fromLatin1(name));
        widget->setFont(monoFont(appearance, u"small"));
    }
    for (QLineEdit* edit : {m_script, m_module, m_command, m_tests})
        connect(edit, &QLineEdit::textChanged, this, &TargetField::changed);
    connect(m_code, &QPlainTextEdit::textChanged, this, &TargetField::changed);
    connect(m_tool, &QComboBox::editTextChanged, this, &TargetField::changed);
    connect(m_script, &QLineEdit::editingFinished, this, &TargetField::scriptChosen);
    setKind(LaunchKind::Script);
}

QWidget* TargetField::scriptPage()
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_script = new QLineEdit;
    row->addWidget(m_script, 1);
    auto* button = new IconButton(m_appearance, QStringLiteral("folder"), tr("Choose a script"));
    connect(button, &QToolButton::clicked, this, &TargetField::browse);
    row->addWidget(button);
    return box;
}

void TargetField::browse()
{
    const QString folder = m_where ? m_where().workingDirectory : QString();
    const QString path = QFileDialog::getOpenFileName(window(), tr("Choose a script"),
        m_script->text().isEmpty() ? folder : m_script->text(),
        tr("Python files (*.py *.pyw *.pyz);;All files (*)"));
    if (!path.isEmpty()) {
        m_script->setText(path);
        Q_EMIT scriptChosen();
    }
}

QWidget* TargetField::testsPage()
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_tests = new QLineEdit;
    m_tests->setPlaceholderText(tr("all tests; or files, folders, test_orders.py::test_paid"));
    row->addWidget(m_tests, 1);
    auto* button = new QPushButton(tr("Choose…"));
    button->setObjectName(QStringLiteral("chooseTests"));
    connect(button, &QPushButton::clicked, this, [this] {
        if (!m_picker) {
            m_picker = new TestPicker(m_appearance, this);
            connect(m_picker, &TestPicker::chosen, this, [this](const QStringList& ids) {
                m_tests->setText(session::joinArguments(ids));
                m_tests->setFocus();
            });
        }
        if (m_where)
            m_picker->popUp(m_where(), m_tests);
    });
    row->addWidget(button);
    return box;
}

void TargetField::setKind(LaunchKind kind)
{
    m_kind = kind;
    setCurrentIndex(int(kinds().indexOf(kind)));
    setFixedHeight(kind == LaunchKind::Code ? 84 : 28);
    Q_EMIT changed();
}

QString TargetField::target() const
{
    switch (m_kind) {
    case LaunchKind::Script:
        return m_script->text().trimmed();
    case LaunchKind::Module:
        return m_module->text().trimmed();
    case LaunchKind::Code:
        return m_code->toPlainText();
    case LaunchKind::Command:
        return m_command->text().trimmed();
    case LaunchKind::Tool:
        return m_tool->currentText().trimmed();
    case LaunchKind::Tests:
        return m_tests->text().trimmed();
    }
    return {};
}

void TargetField::setTarget(LaunchKind kind, const QString& target)
{
    const auto of = [&](LaunchKind one) { return kind == one ? target : QString(); };
    m_script->setText(of(LaunchKind::Script));
    m_module->setText(of(LaunchKind::Module));
    m_command->setText(of(LaunchKind::Command));
    m_tests->setText(of(LaunchKind::Tests));
    m_tool->setEditText(of(LaunchKind::Tool));
    m_code->setPlainText(of(LaunchKind::Code));
    setKind(kind);
}

QWidget* TargetField::field() const
{
    QWidget* const fields[] = {m_script, m_module, m_tool->lineEdit(), m_tests, m_code, m_command};
    return fields[currentIndex()];
}

bool TargetField::typesLines() const
{
    return m_code->hasFocus();
}

void TargetField::setInterpreter(const QString& python)
{
    if (python == m_python || python.isEmpty())
        return;
    m_python = python;
    m_tools.start([python](store::Progress&) { return session::consoleScripts(python); },
        [this](const QStringList& names) {
            const QSignalBlocker quiet(m_tool);
            const QString text = m_tool->currentText();
            m_tool->clear();
            m_tool->addItems(names);
            m_tool->setCurrentIndex(-1);
            m_tool->setEditText(text);
        });
}

} // namespace calltide::ui
