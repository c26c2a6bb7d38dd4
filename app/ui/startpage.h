// SPDX-License-Identifier: GPL-3.0-or-later
// StartPage: what is seen when nothing is open: what one can do, the recordings opened last, what was launched last, and how
// to move around. Tab goes through the parts, arrows move inside one, Enter does what a click does.
#pragma once
#include <QScrollArea>

class QGridLayout;
class QLabel;
class QLineEdit;

namespace calltide::session {
class LaunchStore;
struct LaunchOptions;
}

namespace calltide::ui {

class Actions;
class Appearance;
class RecentFiles;
class RunAgain;

class StartPage : public QScrollArea
{
    Q_OBJECT
public:
    StartPage(const Appearance& appearance, const Actions& actions, RecentFiles& recent, session::LaunchStore& launches,
        QWidget* parent = nullptr);
    void refresh(); // the recent recordings

Q_SIGNALS:
    void openRequested(const QString& path);
    void runRequested(const calltide::session::LaunchOptions& launch);
    void editRequested(const calltide::session::LaunchOptions& launch);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    QWidget* head();
    QWidget* side();
    QWidget* movingAround();
    void arrange();

    const Appearance& m_appearance;
    const Actions& m_actions;
    RecentFiles& m_recent;
    QWidget *m_column, *m_recentPart, *m_side;
    QGridLayout *m_cards, *m_files, *m_lower;
    QLineEdit* m_filter;
    RunAgain* m_again;
    QLabel *m_againTitle = nullptr, *m_aroundTitle = nullptr;
    QList<QWidget*> m_cardWidgets, m_fileWidgets;
    QLabel* m_none;
    int m_columns = 0;
};

} // namespace calltide::ui
