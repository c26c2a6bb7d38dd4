// SPDX-License-Identifier: GPL-3.0-or-later
// StartPage: what is seen when nothing is open: what one can do, the recordings opened last, and how to move around.
#pragma once
#include <QScrollArea>

class QGridLayout;
class QLabel;
class QLineEdit;

namespace calltide::ui {

class Actions;
class Appearance;
class RecentFiles;

class StartPage : public QScrollArea
{
    Q_OBJECT
public:
    StartPage(const Appearance& appearance, const Actions& actions, RecentFiles& recent, QWidget* parent = nullptr);
    void refresh(); // the recent recordings

Q_SIGNALS:
    void openRequested(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* head();
    QWidget* movingAround();
    void arrange();

    const Appearance& m_appearance;
    const Actions& m_actions;
    RecentFiles& m_recent;
    QWidget *m_column, *m_recentPart, *m_side;
    QGridLayout *m_cards, *m_files, *m_lower;
    QLineEdit* m_filter;
    QList<QWidget*> m_cardWidgets, m_fileWidgets;
    QLabel* m_none;
    int m_columns = 0;
};

} // namespace calltide::ui
