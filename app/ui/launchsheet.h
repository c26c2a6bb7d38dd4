// SPDX-License-Identifier: GPL-3.0-or-later
// LaunchSheet: what to run and how to record it, as a sheet over the dimmed window. Says what is wrong below the field it
// is about. GUI thread; interpreters are looked for in jobs.
#pragma once
#include "session/jobs.h"
#include "session/launchoptions.h"
#include "ui/sheet.h"

class QFormLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;

namespace calltide::session {
class LaunchStore;
class Settings;
}

namespace calltide::ui {

class Appearance;
class ConfigurationBar;
class CostPanel;
class InterpreterBox;
class RecordChoice;
class Segments;
class TargetField;
class VariablesEdit;

class LaunchSheet : public Sheet
{
    Q_OBJECT
public:
    LaunchSheet(const Appearance& appearance, session::Settings& settings, session::LaunchStore& store, QWidget* window);

    void popUp(); // with what was run last
    void popUp(const session::LaunchOptions& options);
    session::LaunchOptions options() const;
    void setOptions(const session::LaunchOptions& options);
    bool isReady() const; // interpreters are known
    ConfigurationBar& configurations() const { return *m_configurations; }

Q_SIGNALS:
    void launchRequested(const calltide::session::LaunchOptions& options);

protected:
    void confirm() override;
    void placed(int width) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Row // a field, and the line below it that says what is wrong
    {
        QWidget *field = nullptr, *label = nullptr, *error = nullptr;
        QLabel* errorText = nullptr;
    };
    QWidget* buildForm();
    QWidget* buildSide();
    void buildFoot();
    Row addRow(QFormLayout& form, const QString& label, QWidget* field, const QString& name);
    QWidget* folderField();
    void kindChanged();
    void changed(); // the command line shown beside
    void launch();
    bool check(); // marks what is wrong; false when something is
    void setError(Row& row, const QString& sentence);
    void fillRecipes(QMenu& menu);
    void projectChanged(); // what was used there last comes back
    QString folder() const; // where the program will run

    session::Settings& m_settings;
    session::LaunchStore& m_store;
    session::JobRunner m_check;
    QWidget* m_side = nullptr;
    ConfigurationBar* m_configurations = nullptr;
    Segments* m_kind = nullptr;
    TargetField* m_target = nullptr;
    QLineEdit *m_arguments = nullptr, *m_folder = nullptr, *m_output = nullptr;
    VariablesEdit* m_variables = nullptr;
    InterpreterBox* m_python = nullptr;
    RecordChoice* m_record = nullptr;
    CostPanel* m_cost = nullptr;
    QLabel *m_commandLine = nullptr, *m_problem = nullptr;
    QPushButton *m_launch = nullptr, *m_build = nullptr;
    QString m_project; // whose last launch the fields hold
    Row m_targetRow, m_argumentsRow, m_pythonRow, m_folderRow, m_variablesRow, m_outputRow;
};

} // namespace calltide::ui
