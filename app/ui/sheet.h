// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet over the dimmed window: takes the keyboard while it is open and gives it back. GUI thread.
#pragma once
#include <QPointer>
#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace calltide::ui {

class Appearance;

class Sheet : public QWidget
{
    Q_OBJECT
public:
    // `size`: the token of its greatest size, "size.dialog.attach".
    Sheet(const Appearance& appearance, const QString& title, const QString& size, QWidget* window);

protected:
    virtual void confirm() = 0; // Return was pressed
    virtual void placed(int) { } // its width, after each change of the window's size
    virtual QSize greatest() const; // smaller in a smaller window
    void appear();
    void addToHead(QWidget* widget); // before the button that closes
    QVBoxLayout* column() const { return m_column; } // below the head
    // The bar at the bottom; the caller fills it.
    QWidget* addFoot();
    // A bar with Cancel and a button that confirms.
    QPushButton* addFoot(const QString& confirmText);

    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override; // Esc: hides it
    void hideEvent(QHideEvent* event) override;
    bool event(QEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;
    bool focusNextPrevChild(bool next) override;

    const Appearance& m_appearance;

private:
    void place();

    QString m_size;
    QPointer<QWidget> m_focusBefore;
    QWidget* m_sheet;
    QVBoxLayout* m_column;
    QHBoxLayout* m_head;
};

} // namespace calltide::ui
