// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/launchsheet.h"
#include "session/launchstore.h"
#include "session/settings.h"
#include "session/tools.h"
#include "ui/appearance.h"
#include "ui/configurationbar.h"
#include "ui/controls.h"
#include "ui/costpanel.h"
#include "ui/interpreterbox.h"
#include "ui/recordchoice.h"
#include "ui/targetfield.h"
#include "ui/text.h"
#include "ui/variablesedit.h"
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>

namespace calltide::ui {
namespace {
using session::LaunchKind;
using session::LaunchOptions;

QString withHome(const QString& text)
{
    const QString trimmed = text.trimmed();
    return trimmed == u"~" || trimmed.startsWith(u"~/") ? QDir::homePath() + trimmed.mid(1) : trimmed;
}
} // namespace

void LaunchSheet::popUp()
{
    LaunchOptions last;
    if (!m_store.recent().isEmpty())
        last = m_store.recent().first().options;
    else
        last.workingDirectory = m_settings.launchFolder();
    popUp(last);
}

void LaunchSheet::popUp(const LaunchOptions& options)
{
    m_configurations->choose(QString());
    setOptions(options);
    appear();
    for (Row* row : {&m_targetRow, &m_argumentsRow, &m_pythonRow, &m_folderRow, &m_variablesRow, &m_outputRow})
        setError(*row, {});
    m_problem->clear();
    QWidget* const field = m_target->field();
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
    out.kind = m_target->kind();
    out.target = out.kind == LaunchKind::Script || out.kind == LaunchKind::Command ? withHome(m_target->target()) : m_target->target();
    out.arguments = session::splitArguments(m_arguments->text());
    if (out.kind != LaunchKind::Command)
        out.interpreter = m_python->path();
    out.workingDirectory = folder();
    out.environment = m_variables->variables();
    out.tracer = m_record->options();
    out.output = withHome(m_output->text());
    return out;
}

// A script runs where it stands unless told otherwise: a program started from a desktop has no folder of its own.
QString LaunchSheet::folder() const
{
    const QString written = withHome(m_folder->text());
    if (written.isEmpty() && m_target->kind() == LaunchKind::Script)
        if (const QFileInfo script(withHome(m_target->target())); script.isAbsolute())
            return script.path();
    return written;
}

void LaunchSheet::setOptions(const LaunchOptions& options)
{
    m_kind->setCurrent(int(TargetField::kinds().indexOf(options.kind)));
    m_target->setTarget(options.kind, options.target);
    m_arguments->setText(session::joinArguments(options.arguments));
    const QFileInfo script(options.target);
    const bool ownFolder = options.kind == LaunchKind::Script && script.isAbsolute() && script.path() == options.workingDirectory;
    m_folder->setText(ownFolder ? QString() : options.workingDirectory);
    m_variables->setVariables(options.environment);
    m_record->setOptions(options.tracer);
    m_output->setText(options.output);
    m_python->choose(options.interpreter);
    m_project = session::projectFolder(folder());
    m_python->search(folder(), m_settings.addedInterpreters());
    kindChanged();
}

void LaunchSheet::projectChanged()
{
    m_python->search(folder(), m_python->added()); // a virtual environment beside the program
    const QString project = session::projectFolder(folder());
    if (project == m_project)
        return;
    m_project = project;
    if (const auto last = m_store.lastIn(project)) {
        m_python->choose(last->interpreter);
        m_variables->setVariables(last->environment);
        m_record->setOptions(last->tracer);
        changed();
    }
}

void LaunchSheet::fillRecipes(QMenu& menu)
{
    menu.clear();
    for (const session::Recipe& recipe : session::recipes(folder())) {
        menu.addAction(QCoreApplication::translate("calltide::session::Recipes", recipe.label), this, [this, recipe] {
            m_kind->setCurrent(int(TargetField::kinds().indexOf(recipe.kind)));
            m_target->setTarget(recipe.kind, recipe.target);
            m_arguments->setText(session::joinArguments(recipe.arguments));
            m_arguments->setFocus();
        });
    }
}

void LaunchSheet::kindChanged()
{
    const LaunchKind kind = TargetField::kinds()[m_kind->current()];
    // What is not a script has no place of its own: it goes on where the script stood.
    if (const QString before = folder(); kind != LaunchKind::Script && m_folder->text().isEmpty() && !before.isEmpty())
        m_folder->setText(before);
    m_target->setKind(kind);
    static_cast<QLabel*>(m_targetRow.label)->setText(TargetField::kindName(kind));
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
    const bool named = !now.target.isEmpty() || now.kind == LaunchKind::Tests;
    m_cost->reset();
    m_commandLine->setText(named ? session::shellLine(now) : QStringLiteral("calltide record …"));
    const QString folder = now.workingDirectory.isEmpty() ? QDir::currentPath() : now.workingDirectory;
    m_folder->setPlaceholderText(shortPath(folder));
    m_output->setPlaceholderText(named ? session::defaultRecordingName(now, folder) : tr("a new name in the program's folder"));
}

void LaunchSheet::setError(Row& row, const QString& sentence)
{
    row.errorText->setText(sentence);
    row.error->setVisible(!sentence.isEmpty());
    setStyleProperty(row.field, "wrong", !sentence.isEmpty());
    // Once something is changed, what was said is no longer about what stands there.
    const auto ends = [this, &row] { setError(row, {}); };
    const auto once = Qt::ConnectionType(Qt::AutoConnection | Qt::SingleShotConnection);
    auto edits = row.field->findChildren<QLineEdit*>();
    if (auto* edit = qobject_cast<QLineEdit*>(row.field))
        edits << edit;
    for (QLineEdit* edit : edits) {
        setStyleProperty(edit, "wrong", !sentence.isEmpty());
        if (!sentence.isEmpty())
            connect(edit, &QLineEdit::textChanged, this, ends, once);
    }
    for (auto* edit : row.field->findChildren<QPlainTextEdit*>()) {
        setStyleProperty(edit, "wrong", !sentence.isEmpty());
        if (!sentence.isEmpty())
            connect(edit, &QPlainTextEdit::textChanged, this, ends, once);
    }
}

// What can be said without starting anything; the rest is checked in a job by commandLineFor().
bool LaunchSheet::check()
{
    const LaunchOptions now = options();
    QString target, folder, variables, python, output;
    const QFileInfo script(QDir(now.workingDirectory.isEmpty() ? QDir::currentPath() : now.workingDirectory), now.target);
    if (now.target.trimmed().isEmpty() && now.kind != LaunchKind::Tests) {
        const QString sentences[] = {tr("Choose the script to run."), tr("Name the module to run, like http.server."),
            tr("Write the code to run."), tr("Name the program to run, like flask."), tr("Choose the tool to run, like flask.")};
        target = sentences[int(now.kind)];
    } else if (now.kind == LaunchKind::Script && !script.exists()) {
        target = tr("%1 does not exist. Choose another script.").arg(now.target);
    } else if (now.kind == LaunchKind::Script && script.isDir() && !QFileInfo::exists(script.filePath() + QStringLiteral("/__main__.py"))) {
        target = tr("%1 is a folder without __main__.py. Choose a script.").arg(now.target);
    }
    if (!now.workingDirectory.isEmpty() && !QFileInfo(now.workingDirectory).isDir())
        folder = tr("%1 is not a folder. Choose another.").arg(now.workingDirectory);
    if (m_variables->wrongField())
        variables = m_variables->wrong().isEmpty() ? tr("A value has no name.")
                                                   : tr("%1 is not a variable's name. Write letters, digits and _.").arg(m_variables->wrong());
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
                edit = m_target->field();
            else if (row == &m_variablesRow)
                edit = m_variables->wrongField();
            else if (QWidget* inner = edit->findChild<QLineEdit*>())
                edit = inner;
            edit->setFocus();
        }
    }
    if (!m_record->check() && good)
        good = false;
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
            m_store.noteLaunch(wanted);
            m_settings.setAddedInterpreters(m_python->added());
            hide();
            Q_EMIT launchRequested(wanted);
        });
}

void LaunchSheet::placed(int width)
{
    m_side->setVisible(width >= 860);
}

void LaunchSheet::confirm()
{
    if (!m_target->typesLines())
        launch();
}

// However it was closed: what is being checked is no longer wanted.
void LaunchSheet::hideEvent(QHideEvent* event)
{
    m_check.cancel();
    m_launch->setEnabled(true);
    m_cost->stop();
    Sheet::hideEvent(event);
}

} // namespace calltide::ui
