// SPDX-License-Identifier: GPL-3.0-or-later
// Panel: a dock that looks like one selected tab when it is alone and leaves its title to the tab row when it is not.
#pragma once
#include <QDockWidget>

class QStackedWidget;

namespace calltide::ui {

class Appearance;

class Panel : public QDockWidget
{
    Q_OBJECT
public:
    Panel(const Appearance& appearance, const QString& name, const QString& title, const QString& icon, QWidget* parent);

    const QString& iconName() const { return m_icon; }
    // The body is a stack: one page for each open recording.
    void addPage(QWidget* page);
    void removePage(QWidget* page);
    void showPage(QWidget* page); // null: nothing
    // Its own title row, or none because a tab names it.
    void setTitleShown(bool shown);
    void fillMenu(class QMenu& menu);
    void fillExportMenu(class QMenu& menu); // pictures and tables of what is shown
    QWidget* currentPage() const; // null: nothing is shown

Q_SIGNALS:
    void savePictureRequested(QWidget* page);
    void copyPictureRequested(QWidget* page);
    void saveTableRequested(QWidget* page);
    void copyTableRequested(QWidget* page);

private:
    const Appearance& m_appearance;
    QString m_icon;
    QStackedWidget* m_pages;
    QWidget *m_title, *m_noTitle;
};

} // namespace calltide::ui
