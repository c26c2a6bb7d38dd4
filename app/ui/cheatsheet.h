// SPDX-License-Identifier: GPL-3.0-or-later
// All keys and what the mouse does, by theme, in as many columns as there is room for; made from the actions as they are
// now. Any click and Esc close it. GUI thread.
#pragma once
#include <QDialog>
#include <vector>

class QLineEdit;
class QScrollArea;

namespace calltide::ui {

class Actions;
class Appearance;
class Keys;

class CheatSheet : public QDialog
{
    Q_OBJECT
public:
    CheatSheet(const Appearance& appearance, const Actions& actions, const Keys& keys, QWidget* window);
    int columns() const { return m_columns; }
    QStringList shownTexts() const; // what each key does, as far as the search lets it through

protected:
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    struct Line
    {
        QString key, text;
    };
    struct Group
    {
        QString title;
        std::vector<Line> lines;
    };
    void collect(const Actions& actions, const Keys& keys);
    void fill();

    const Appearance& m_appearance;
    std::vector<Group> m_groups;
    QLineEdit* m_field;
    QScrollArea* m_scroll;
    int m_columns = 0;
};

} // namespace calltide::ui
