// SPDX-License-Identifier: GPL-3.0-or-later
// HeaderBar: logo, menus, search, view history and the main action, in one row. Narrow windows fold the menus into one
// button and leave the texts out.
#pragma once
#include <QWidget>

class QLabel;
class QMenuBar;
class QPushButton;
class QToolButton;

namespace calltide::ui {

class Actions;
class Appearance;
class SearchBox;

class HeaderBar : public QWidget
{
    Q_OBJECT
public:
    HeaderBar(const Appearance& appearance, const Actions& actions, QWidget* parent = nullptr);
    QMenuBar* menuBar() const { return m_menus; }
    SearchBox* search() const { return m_search; }
    // While a program runs, Launch gives way to a chip and Stop, whose text says what the next click does.
    void setRunning(bool running, const QString& chip = {}, const QString& stopText = {});
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void fold();

    const Appearance& m_appearance;
    const Actions& m_actions;
    QMenuBar* m_menus;
    QToolButton* m_menuButton;
    SearchBox* m_search;
    QPushButton *m_attach, *m_launch, *m_pause, *m_stop;
    QLabel* m_chip;
    QString m_stopText;
    bool m_running = false;
};

// The mark of the program: three rows of strokes, the middle one a wave.
class Logo : public QWidget
{
    Q_OBJECT
public:
    Logo(const Appearance& appearance, int px, QWidget* parent = nullptr);
    static void draw(QPainter& painter, const QRectF& rect, const Appearance& appearance);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
};

} // namespace calltide::ui
