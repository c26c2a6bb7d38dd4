// SPDX-License-Identifier: GPL-3.0-or-later
// TargetField: the field for what is run, as the chosen kind of program wants it: a script, a module, a console script of
// the environment, tests, code or any command. GUI thread; looks for console scripts and tests in jobs.
#pragma once
#include "session/jobs.h"
#include "session/launchoptions.h"
#include <QStackedWidget>
#include <functional>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;

namespace calltide::ui {

class Appearance;
class TestPicker;

class TargetField : public QStackedWidget
{
    Q_OBJECT
public:
    explicit TargetField(const Appearance& appearance, QWidget* parent = nullptr);

    static QList<session::LaunchKind> kinds(); // in the order in which they are shown
    static QString kindName(session::LaunchKind kind);

    session::LaunchKind kind() const { return m_kind; }
    void setKind(session::LaunchKind kind);
    QString target() const; // as written
    void setTarget(session::LaunchKind kind, const QString& target); // empties the others
    QWidget* field() const; // the one to type into
    bool typesLines() const; // Enter is a new line there
    void setInterpreter(const QString& python); // whose console scripts are listed
    void setFolder(std::function<session::LaunchOptions()> where) { m_where = std::move(where); } // for the tests

Q_SIGNALS:
    void changed();
    void scriptChosen(); // the script's name is complete

private:
    QWidget* scriptPage();
    QWidget* testsPage();
    void browse();

    const Appearance& m_appearance;
    std::function<session::LaunchOptions()> m_where;
    session::LaunchKind m_kind = session::LaunchKind::Script;
    session::JobRunner m_tools;
    QString m_python;
    QLineEdit *m_script = nullptr, *m_module, *m_command, *m_tests = nullptr;
    QPlainTextEdit* m_code;
    QComboBox* m_tool;
    TestPicker* m_picker = nullptr;
};

} // namespace calltide::ui
