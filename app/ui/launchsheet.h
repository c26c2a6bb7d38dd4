// SPDX-License-Identifier: GPL-3.0-or-later
// LaunchSheet: what to run and how to record it, as a sheet over the dimmed window. Says what is wrong below the field it
// is about. GUI thread; interpreters are looked for in jobs.
#pragma once
#include "session/jobs.h"
#include "session/launchoptions.h"
#include <QPointer>
#include <QWidget>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QRadioButton;
class QStackedWidget;

namespace calltide::session {
class Settings;
}

namespace calltide::ui {

class Appearance;
class InterpreterBox;
class Segments;

class LaunchSheet : public QWidget
{
    Q_OBJECT
public:
    LaunchSheet(const Appearance& appearance, session::Settings& settings, QWidget* window);

    void popUp(); // with what was run last
    session::LaunchOptions options() const;
    void setOptions(const session::LaunchOptions& options);
    bool isReady() const; // interpreters are known

Q_SIGNALS:
    void launchRequested(const calltide::session::LaunchOptions& options);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool event(QEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    struct Row // a field, and the line below it that says what is wrong
    {
        QWidget *field = nullptr, *label = nullptr, *error = nullptr;
        QLabel* errorText = nullptr;
    };
    QWidget* buildForm();
    QWidget* buildRecord();
    QWidget* buildSide();
    QWidget* buildFoot();
    Row addRow(QFormLayout& form, const QString& label, QWidget* field, const QString& name);
    QWidget* pathField(QLineEdit*& edit, const QString& tip, bool folder);
    void kindChanged();
    void changed(); // the command line shown beside
    void launch();
    bool check(); // marks what is wrong; false when something is
    void setError(Row& row, const QString& sentence);
    void place();
    void save();
    void load();
    QList<QPair<QString, QString>> environment(QString* wrong) const;

    const Appearance& m_appearance;
    session::Settings& m_settings;
    session::JobRunner m_check;
    QPointer<QWidget> m_focusBefore;
    QWidget *m_sheet, *m_side = nullptr;
    Segments* m_kind = nullptr;
    QStackedWidget* m_targets = nullptr;
    QLineEdit *m_script = nullptr, *m_module = nullptr, *m_command = nullptr, *m_arguments = nullptr, *m_folder = nullptr,
              *m_variables = nullptr, *m_output = nullptr;
    QPlainTextEdit* m_code = nullptr;
    InterpreterBox* m_python = nullptr;
    QRadioButton *m_everything = nullptr, *m_pythonOnly = nullptr;
    QCheckBox* m_children = nullptr;
    QLabel *m_commandLine = nullptr, *m_problem = nullptr;
    QPushButton* m_launch = nullptr;
    Row m_targetRow, m_argumentsRow, m_pythonRow, m_folderRow, m_variablesRow, m_outputRow;
};

} // namespace calltide::ui
