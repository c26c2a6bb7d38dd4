// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/launchsheet.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/interpreterbox.h"
#include "ui/text.h"
#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QStackedWidget>

namespace calltide::ui {
namespace {
using session::LaunchKind;
using session::LaunchOptions;
} // namespace

void LaunchSheet::popUp()
{
    m_focusBefore = QApplication::focusWidget();
    load();
    m_python->search(m_folder->text(), m_settings.addedInterpreters());
    place();
    show();
    raise();
    for (Row* row : {&m_targetRow, &m_argumentsRow, &m_pythonRow, &m_folderRow, &m_variablesRow, &m_outputRow})
        setError(*row, {});
    m_problem->clear();
    QWidget* field = m_targets->currentWidget();
    if (QWidget* edit = field->findChild<QLineEdit*>())
        field = edit;
    field->setFocus();
    if (auto* edit = qobject_cast<QLineEdit*>(field))
        edit->selectAll(); // typing replaces what was launched last
}

bool LaunchSheet::isReady() const
{
    return !m_python->isSearching();
}

LaunchOptions LaunchSheet::options() const
{
    LaunchOptions out;
    out.kind = LaunchKind(m_kind->current());
    const QString home = QDir::homePath();
    const auto path = [&home](const QString& text) {
        const QString trimmed = text.trimmed();
        return trimmed == u"~" || trimmed.startsWith(u"~/") ? home + trimmed.mid(1) : trimmed;
    };
    switch (out.kind) {
    case LaunchKind::Script:
        out.target = path(m_script->text());
        break;
    case LaunchKind::Module:
        out.target = m_module->text().trimmed();
        break;
    case LaunchKind::Code:
        out.target = m_code->toPlainText();
        break;
    case LaunchKind::Command:
        out.target = path(m_command->text());
        break;
    }
    out.arguments = session::splitArguments(m_arguments->text());
    if (out.kind != LaunchKind::Command)
        out.interpreter = m_python->path();
    out.workingDirectory = path(m_folder->text());
    // A script runs where it stands unless told otherwise: a program started from a desktop has no folder of its own.
    if (out.workingDirectory.isEmpty() && out.kind == LaunchKind::Script && QFileInfo(out.target).isAbsolute())
        out.workingDirectory = QFileInfo(out.target).path();
    out.environment = environment(nullptr);
    out.tracer.cFunctions = m_everything->isChecked();
    out.tracer.children = m_children->isChecked();
    out.output = path(m_output->text());
    return out;
}

void LaunchSheet::setOptions(const LaunchOptions& options)
{
    m_kind->setCurrent(int(options.kind));
    m_script->setText(options.kind == LaunchKind::Script ? options.target : QString());
    m_module->setText(options.kind == LaunchKind::Module ? options.target : QString());
    m_code->setPlainText(options.kind == LaunchKind::Code ? options.target : QString());
    m_command->setText(options.kind == LaunchKind::Command ? options.target : QString());
    m_arguments->setText(session::joinArguments(options.arguments));
    m_folder->setText(options.workingDirectory);
    QStringList variables;
    for (const auto& [name, value] : options.environment)
        variables << name + u'=' + value;
    m_variables->setText(session::joinArguments(variables));
    (options.tracer.cFunctions ? m_everything : m_pythonOnly)->setChecked(true);
    m_children->setChecked(options.tracer.children);
    m_output->setText(options.output);
    m_python->choose(options.interpreter);
    kindChanged();
}

void LaunchSheet::load()
{
    LaunchOptions options;
    options.kind = LaunchKind(std::clamp(m_settings.launchKind(), 0, 3));
    options.target = m_settings.launchTarget();
    options.arguments = session::splitArguments(m_settings.launchArguments());
    options.workingDirectory = m_settings.launchFolder();
    for (const QString& variable : m_settings.launchEnvironment())
        options.environment.append({variable.section(u'=', 0, 0), variable.section(u'=', 1)});
    options.tracer.cFunctions = m_settings.launchCFunctions();
    options.tracer.children = m_settings.launchChildren();
    options.output = m_settings.launchOutput();
    options.interpreter = m_settings.launchInterpreter();
    setOptions(options);
}

void LaunchSheet::save()
{
    const LaunchOptions options = this->options();
    m_settings.setLaunchKind(int(options.kind));
    m_settings.setLaunchTarget(options.target);
    m_settings.setLaunchArguments(m_arguments->text());
    m_settings.setLaunchFolder(m_folder->text().trimmed());
    QStringList variables;
    for (const auto& [name, value] : options.environment)
        variables << name + u'=' + value;
    m_settings.setLaunchEnvironment(variables);
    m_settings.setLaunchCFunctions(options.tracer.cFunctions);
    m_settings.setLaunchChildren(options.tracer.children);
    m_settings.setLaunchOutput(options.output);
    m_settings.setLaunchInterpreter(m_python->path());
    m_settings.setAddedInterpreters(m_python->added());
}

QList<QPair<QString, QString>> LaunchSheet::environment(QString* wrong) const
{
    static const QRegularExpression name(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
    QList<QPair<QString, QString>> out;
    for (const QString& word : session::splitArguments(m_variables->text())) {
        const QString key = word.section(u'=', 0, 0);
        if (!word.contains(u'=') || !name.match(key).hasMatch()) {
            if (wrong)
                *wrong = word;
            continue;
        }
        out.append({key, word.section(u'=', 1)});
    }
    return out;
}

void LaunchSheet::kindChanged()
{
    const auto kind = LaunchKind(m_kind->current());
    m_targets->setCurrentIndex(int(kind));
    m_targets->setFixedHeight(kind == LaunchKind::Code ? 84 : 28);
    const QString names[] = {tr("Script"), tr("Module"), tr("Code"), tr("Command")};
    static_cast<QLabel*>(m_targetRow.label)->setText(names[int(kind)]);
    // A command brings its own interpreter.
    m_pythonRow.field->setVisible(kind != LaunchKind::Command);
    m_pythonRow.label->setVisible(kind != LaunchKind::Command);
    for (Row* row : {&m_targetRow, &m_pythonRow})
        setError(*row, {});
    changed();
}

void LaunchSheet::changed()
{
    const LaunchOptions now = options();
    m_commandLine->setText(now.target.isEmpty() ? QStringLiteral("calltide record …") : session::shellLine(now));
    const QString folder = now.workingDirectory.isEmpty() ? QDir::currentPath() : now.workingDirectory;
    m_folder->setPlaceholderText(shortPath(folder));
    m_output->setPlaceholderText(now.target.isEmpty() ? tr("a new name in the program's folder")
                                                      : session::defaultRecordingName(now, folder));
}

void LaunchSheet::setError(Row& row, const QString& sentence)
{
    row.errorText->setText(sentence);
    row.error->setVisible(!sentence.isEmpty());
    setStyleProperty(row.field, "wrong", !sentence.isEmpty());
    for (QWidget* inner : row.field->findChildren<QWidget*>())
        if (qobject_cast<QLineEdit*>(inner) || qobject_cast<QPlainTextEdit*>(inner))
            setStyleProperty(inner, "wrong", !sentence.isEmpty());
}

// What can be said without starting anything; the rest is checked in a job by commandLineFor().
bool LaunchSheet::check()
{
    const LaunchOptions now = options();
    QString target, folder, variables, python, output, wrong;
    const QFileInfo script(QDir(now.workingDirectory.isEmpty() ? QDir::currentPath() : now.workingDirectory), now.target);
    if (now.target.trimmed().isEmpty()) {
        const QString sentences[] = {tr("Choose the script to run."), tr("Name the module to run, like http.server."),
            tr("Write the code to run."), tr("Name the program to run, like flask.")};
        target = sentences[int(now.kind)];
    } else if (now.kind == LaunchKind::Script && !script.exists()) {
        target = tr("%1 does not exist. Choose another script.").arg(now.target);
    } else if (now.kind == LaunchKind::Script && script.isDir() && !QFileInfo::exists(script.filePath() + QStringLiteral("/__main__.py"))) {
        target = tr("%1 is a folder without __main__.py. Choose a script.").arg(now.target);
    }
    if (!now.workingDirectory.isEmpty() && !QFileInfo(now.workingDirectory).isDir())
        folder = tr("%1 is not a folder. Choose another.").arg(now.workingDirectory);
    environment(&wrong);
    if (!wrong.isEmpty())
        variables = tr("%1 is not a variable. Write NAME=value, with spaces between.").arg(wrong);
    if (now.kind != LaunchKind::Command)
        python = m_python->problem();
    if (!now.output.isEmpty()) {
        const QFileInfo info(QDir(now.workingDirectory.isEmpty() ? QDir::currentPath() : now.workingDirectory), now.output);
        const QFileInfo parent(info.path());
        if (!parent.isDir())
            output = tr("The folder %1 does not exist.").arg(parent.filePath());
        else if (!parent.isWritable())
            output = tr("Nothing can be written into %1. Choose another folder.").arg(parent.filePath());
    }
    const std::pair<Row*, QString> all[] = {{&m_targetRow, target}, {&m_argumentsRow, QString()}, {&m_pythonRow, python},
        {&m_folderRow, folder}, {&m_variablesRow, variables}, {&m_outputRow, output}};
    bool good = true;
    for (const auto& [row, sentence] : all) {
        setError(*row, sentence);
        if (good && !sentence.isEmpty()) {
            good = false;
            QWidget* edit = row->field;
            if (row == &m_targetRow)
                edit = m_targets->currentWidget();
            if (QWidget* inner = edit->findChild<QLineEdit*>())
                edit = inner;
            edit->setFocus();
        }
    }
    return good;
}

void LaunchSheet::launch()
{
    m_problem->clear();
    if (!check())
        return;
    m_launch->setEnabled(false);
    const LaunchOptions wanted = options();
    m_check.start([wanted](store::Progress&) { return session::commandLineFor(wanted); },
        [this, wanted](const Result<session::CommandLine>& line) {
            m_launch->setEnabled(true);
            if (!line) {
                m_problem->setText(QString::fromStdString(line.error().message));
                return;
            }
            save();
            hide();
            Q_EMIT launchRequested(wanted);
        });
}

void LaunchSheet::place()
{
    const QSize window = parentWidget()->size();
    setGeometry(QRect(QPoint(), window));
    const int width = std::min(m_appearance.px(u"size.dialog.launch.0"), window.width() - 24);
    const int height = std::min(m_appearance.px(u"size.dialog.launch.1"), window.height() - 24);
    m_sheet->setGeometry((window.width() - width) / 2, (window.height() - height) / 2, width, height);
    m_side->setVisible(width >= 860);
}

void LaunchSheet::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), m_appearance.color(u"bg.overlay"));
}

void LaunchSheet::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        m_check.cancel();
        m_launch->setEnabled(true);
        hide();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !m_code->hasFocus()) {
        launch();
    }
    event->accept(); // nothing reaches the window below
}

// The keyboard goes back to where it was: a hidden field would go on taking keys and shortcuts.
void LaunchSheet::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    QWidget* const next = m_focusBefore && m_focusBefore->isVisible() ? m_focusBefore.data() : parentWidget();
    next->setFocus();
}

bool LaunchSheet::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && isVisible()) { // the window's shortcuts rest while the sheet is open
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

bool LaunchSheet::eventFilter(QObject* object, QEvent* event)
{
    if (object == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(object, event);
}

// Tab stays in the sheet.
bool LaunchSheet::focusNextPrevChild(bool next)
{
    if (!isVisible())
        return QWidget::focusNextPrevChild(next);
    QWidget* const start = QApplication::focusWidget();
    QWidget* at = start ? start : m_sheet;
    do {
        at = next ? at->nextInFocusChain() : at->previousInFocusChain();
        if (isAncestorOf(at) && at->isVisible() && at->isEnabled() && at->focusPolicy() & Qt::TabFocus) {
            at->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return true;
        }
    } while (at != start && at);
    return false;
}

} // namespace calltide::ui
