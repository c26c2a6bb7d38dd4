// SPDX-License-Identifier: GPL-3.0-or-later
// Panels: the docks of the window: which there are, where they stand, their layouts and what happens when the window is
// narrow. GUI thread.
#pragma once
#include "ui/panel.h"
#include <QObject>
#include <array>

class QMainWindow;
class QTabBar;
class QToolButton;

namespace calltide::ui {

class Appearance;
class Document;

class Panels : public QObject
{
    Q_OBJECT
public:
    enum Which { Source, Call, Recording, Flame, Functions, Calls, Hits, Notes, Console, Count };
    enum class Layout { Default, Wide, Numbers, Code };

    Panels(QMainWindow& window, const Appearance& appearance);

    Panel* operator[](Which which) const { return m_panels[which]; }
    const std::array<Panel*, Count>& all() const { return m_panels; }

    void addDocument(const Document& document);
    void recordingChanged(const Document& document); // it has a view of how it goes on, or none any more
    void showDocument(const Document* document); // null: the panels are hidden but for a console in use

    void setLayout(Layout layout);
    void toggle(bool right); // the bottom panels, or the right ones
    void showConsole();
    QWidget* currentPane() const; // with the focus, else the one in front at the bottom, else at the right; null: none
    void windowResized(int width);
    QByteArray saveState() const;              // of the window with a recording shown
    bool restoreState(const QByteArray& state); // false: not ours; nothing was changed

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    static bool isRight(Which which) { return which == Source || which == Call || which == Recording; }
    void place();        // all docks at their default places
    void resizeAll();    // default sizes for the window as it is
    void setNarrow(bool narrow);
    void showRecording();
    void updateTitles(); // tabs or title rows, icons, tools of tab rows
    void updateLater();
    void placeTools(QTabBar* bar);

    QMainWindow& m_window;
    const Appearance& m_appearance;
    std::array<Panel*, Count> m_panels;
    const Document* m_document = nullptr;
    bool m_narrow = false, m_pending = false, m_placed = false, m_console = false;
    Layout m_layout = Layout::Default;
    QByteArray m_state; // while the start page is shown
};

} // namespace calltide::ui
