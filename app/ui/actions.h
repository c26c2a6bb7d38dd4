// SPDX-License-Identifier: GPL-3.0-or-later
// Every action of the application, once: its id, text, default shortcut and icon. Menus, buttons, the start page and
// the list of keys are made from this table.
#pragma once
#include <QKeySequence>
#include <QObject>
#include <span>
#include <vector>

class QAction;
class QWidget;

namespace calltide::ui {

class Appearance;

enum class ActionId : uint8_t {
    Open, OpenMerged, Reload, ClearRecent, Export, SavePicture, SaveFlame, CopyPicture, CopyFlame, SavePanel, CopyPanel, SaveTable, CopyTable, CloseTab, NewTab, Quit,
    Copy, Find, FindNext, FindPrevious, Filter, SelectAll, ClearSelection,
    ThemeSystem, ThemeLight, ThemeDark, ThemeContrast, RowsCompact, RowsNormal, RowsLarge, CollapseAll, ExpandAll,
    ColorFunction, ColorModule, ColorMyCode, ColorDuration, ColorBlind, MyCodeOnly,
    TimeFromStart, TimeWall, TimeUtc, TimeNanoseconds, TimeEpoch, AllFlows,
    TracksFilter, TrackPin, TrackHide, TracksHits, TracksBoth, TracksThreads, TracksTasks, TracksSwitch, TracksAll, TracksReset,
    ShowTimeline, ShowFlame, ShowSandwich, ShowFunctions, ShowHits, BottomDocks, RightDocks, ReducedMotion, FrameTime, KeepOpened, LayoutDefault, LayoutWide, LayoutNumbers, LayoutCode, FullScreen,
    Back, Forward, GoToTime, FitAll, FitSelection, ZoomIn, ZoomOut, PanLeft, PanRight, Parent, Child, Next, Previous, FlowNext, FlowPrevious, NextException, PreviousException, OpenEditor,
    AreaFromSelection, Mark, NoteSpan, NoteEdit, NoteDelete,
    Launch, LaunchAgain, Attach, Pause, Snapshot, Stop,
    Sample, Palette, Keys, EditKeys, About, Count
};

struct ActionSpec
{
    ActionId id;
    const char* name;     // stable, for settings and tests: "file.open"
    const char* text;     // to be translated
    const char* shortcut; // "" for none
    const char* icon;     // "" for none
    // A key that the timeline itself listens to while it is held (zoom and pan move as long as the key is down), shown
    // in the menu and the list of keys but not a shortcut of the window.
    const char* heldKey = "";
};

std::span<const ActionSpec> actionTable();
const ActionSpec& actionSpec(ActionId id);
// The key as written beside an action, before the user changed it; may be empty.
QString keyText(ActionId id);

class Actions : public QObject
{
    Q_OBJECT
public:
    // The actions become the widget's, so that their shortcuts work in its window.
    Actions(const Appearance& appearance, QWidget* owner);

    QAction* operator[](ActionId id) const { return m_actions[size_t(id)]; }
    QString keyText(ActionId id) const; // as it is now
    void updateIcons(const Appearance& appearance);

private:
    std::vector<QAction*> m_actions;
};

} // namespace calltide::ui
