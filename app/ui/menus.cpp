// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/menus.h"
#include "ui/actions.h"
#include "ui/panels.h"
#include <QActionGroup>
#include <QCoreApplication>
#include <QMenuBar>

namespace calltide::ui {
namespace {
QString text(const char* source)
{
    return QCoreApplication::translate("calltide::ui::Menus", source);
}

void addAll(QMenu& menu, const Actions& actions, std::initializer_list<ActionId> ids)
{
    for (ActionId id : ids)
        menu.addAction(actions[id]);
}

void addChoice(QMenu& menu, const Actions& actions, std::initializer_list<ActionId> ids)
{
    auto* group = new QActionGroup(&menu);
    for (ActionId id : ids) {
        actions[id]->setCheckable(true);
        group->addAction(actions[id]);
        menu.addAction(actions[id]);
    }
}
} // namespace

Menus fillMenuBar(QMenuBar& bar, const Actions& actions, const Panels& panels)
{
    using enum ActionId;
    Menus out;
    QMenu& file = *bar.addMenu(text("&File"));
    addAll(file, actions, {Open, OpenMerged});
    out.recent = file.addMenu(text("Open recent"));
    actions[KeepOpened]->setCheckable(true);
    addAll(file, actions, {Reload, KeepOpened});
    file.addSeparator();
    addAll(file, actions, {Export});
    addAll(*file.addMenu(text("Pictures and tables")), actions,
        {SavePicture, CopyPicture, SaveFlame, CopyFlame, SavePanel, CopyPanel, SaveTable, CopyTable});
    file.addSeparator();
    addAll(file, actions, {NewTab, CloseTab, Quit});

    QMenu& edit = *bar.addMenu(text("&Edit"));
    addAll(edit, actions, {Copy});
    edit.addSeparator();
    addAll(edit, actions, {Find, FindNext, FindPrevious, Filter});
    edit.addSeparator();
    addAll(edit, actions, {AreaFromSelection, SelectAll, ClearSelection});
    edit.addSeparator();
    addAll(edit, actions, {Mark, NoteSpan, NoteEdit, NoteDelete});

    QMenu& view = *bar.addMenu(text("&View"));
    addChoice(*view.addMenu(text("Theme")), actions, {ThemeSystem, ThemeLight, ThemeDark, ThemeContrast});
    addChoice(*view.addMenu(text("Row height")), actions, {RowsCompact, RowsNormal, RowsLarge});
    QMenu& colors = *view.addMenu(text("Colours"));
    addChoice(colors, actions, {ColorFunction, ColorModule, ColorMyCode, ColorDuration});
    colors.addSeparator();
    actions[ColorBlind]->setCheckable(true);
    addAll(colors, actions, {ColorBlind});
    actions[MyCodeOnly]->setCheckable(true);
    addAll(view, actions, {MyCodeOnly});
    addChoice(*view.addMenu(text("Times")), actions, {TimeFromStart, TimeWall, TimeUtc, TimeNanoseconds, TimeEpoch});
    QMenu& tracks = *view.addMenu(text("Tracks"));
    addAll(tracks, actions, {TracksFilter});
    actions[TracksHits]->setCheckable(true);
    addAll(tracks, actions, {TracksHits});
    tracks.addSeparator();
    addChoice(tracks, actions, {TracksBoth, TracksThreads, TracksTasks});
    addAll(tracks, actions, {TracksSwitch});
    tracks.addSeparator();
    addAll(tracks, actions, {TrackPin, TrackHide, TracksAll, TracksReset});
    tracks.addSeparator();
    addAll(tracks, actions, {CollapseAll, ExpandAll});
    addAll(*view.addMenu(text("Layout")), actions, {LayoutDefault, LayoutWide, LayoutNumbers, LayoutCode});
    view.addSeparator();
    for (Panel* panel : panels.all())
        view.addAction(panel->toggleViewAction());
    view.addSeparator();
    addAll(view, actions, {BottomDocks, RightDocks});
    view.addSeparator();
    actions[AllFlows]->setCheckable(true);
    addAll(view, actions, {AllFlows});
    actions[FrameTime]->setCheckable(true);
    actions[FullScreen]->setCheckable(true);
    actions[ReducedMotion]->setCheckable(true);
    addAll(view, actions, {ReducedMotion, FrameTime, FullScreen});

    QMenu& go = *bar.addMenu(text("&Go"));
    addAll(go, actions, {Back, Forward});
    go.addSeparator();
    addAll(go, actions, {ShowTimeline, ShowFlame, ShowSandwich, ShowFunctions, ShowHits});
    go.addSeparator();
    addAll(go, actions, {GoToTime, FitAll, FitSelection, ZoomIn, ZoomOut, PanLeft, PanRight});
    go.addSeparator();
    addAll(go, actions, {Parent, Child, Next, Previous, FlowNext, FlowPrevious});
    go.addSeparator();
    addAll(go, actions, {NextException, PreviousException});
    go.addSeparator();
    addAll(go, actions, {OpenEditor});

    addAll(*bar.addMenu(text("&Record")), actions, {Launch, LaunchAgain, Attach, Pause, Snapshot, Stop});
    QMenu& help = *bar.addMenu(text("&Help"));
    addAll(help, actions, {Palette, Keys, EditKeys, Sample});
    help.addSeparator();
    addAll(help, actions, {About});
    return out;
}

} // namespace calltide::ui
