// SPDX-License-Identifier: GPL-3.0-or-later
// The header's search field: finds functions by name or file in the shown recording, counts hits while typing, plain
// or as a regular expression; walks them by Enter and Shift+Enter; Esc clears, a second Esc leaves.
#pragma once
#include <QLineEdit>
#include <QPointer>

class QLabel;
class QToolButton;

namespace calltide::render {
class ViewState;
}

namespace calltide::ui {

class Appearance;

class SearchBox : public QLineEdit
{
    Q_OBJECT
public:
    explicit SearchBox(const Appearance& appearance, QWidget* parent = nullptr);
    void setState(render::ViewState* state); // null: nothing is open

Q_SIGNALS:
    void tableRequested(); // Alt+Enter: all hits as a table
    void left(); // the keyboard belongs to the timeline again

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void showCount();
    void find(); // what the field and its toggles say
    QToolButton* toggle(const QString& text, const QString& tip);

    QPointer<render::ViewState> m_state;
    QLabel* m_count;
    QLabel* m_key;
    QToolButton *m_regex, *m_case;
};

} // namespace calltide::ui
