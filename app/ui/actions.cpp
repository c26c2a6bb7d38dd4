// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions.h"
#include "ui/appearance.h"
#include <QAction>
#include <QCoreApplication>
#include <QWidget>
#include <iterator>

namespace calltide::ui {
namespace {
#define T(text) QT_TRANSLATE_NOOP("calltide::ui::Actions", text)
constexpr ActionSpec kTable[] = {
    {ActionId::Open, "file.open", T("Open…"), "Ctrl+O", "open"},
    {ActionId::OpenMerged, "file.open_merged", T("Open as one timeline…"), "Ctrl+Shift+O", "group"},
    {ActionId::Reload, "file.reload", T("Reload"), "F5", "reload"},
    {ActionId::ClearRecent, "file.clear_recent", T("Forget the recent recordings"), "", ""},
    {ActionId::Export, "file.export", T("Export…"), "Ctrl+E", "export"},
    {ActionId::SavePicture, "file.save_picture", T("Save picture…"), "Ctrl+Shift+E", "save"},
    {ActionId::SaveFlame, "file.save_flame", T("Save flame graph…"), "", "flame"},
    {ActionId::CopyPicture, "file.copy_picture", T("Copy picture"), "Ctrl+Shift+C", "copy"},
    {ActionId::CopyFlame, "file.copy_flame", T("Copy picture of the flame graph"), "", ""},
    {ActionId::SavePanel, "file.save_panel", T("Save picture of the panel…"), "", ""},
    {ActionId::CopyPanel, "file.copy_panel", T("Copy picture of the panel"), "", ""},
    {ActionId::SaveTable, "file.save_table", T("Save table as CSV…"), "", "table"},
    {ActionId::CopyTable, "file.copy_table", T("Copy table as CSV"), "", ""},
    {ActionId::CloseTab, "file.close_tab", T("Close tab"), "Ctrl+W", "close"},
    {ActionId::NewTab, "file.new_tab", T("Start page"), "Ctrl+N", "plus"},
    {ActionId::Quit, "file.quit", T("Quit"), "Ctrl+Q", ""},
    {ActionId::Copy, "edit.copy", T("Copy the call's name"), "Ctrl+C", "copy"},
    {ActionId::Find, "edit.find", T("Find a function, file, argument or exception"), "Ctrl+F", "search"},
    {ActionId::FindNext, "edit.find_next", T("Next hit"), "F3", "down"},
    {ActionId::FindPrevious, "edit.find_previous", T("Previous hit"), "Shift+F3", "up"},
    {ActionId::Filter, "edit.filter", T("Filter the calls"), "Ctrl+Shift+F", "filter"},
    {ActionId::SelectAll, "edit.select_all", T("Select the whole recording"), "Ctrl+A", "area"},
    {ActionId::ClearSelection, "edit.clear_selection", T("Select nothing"), "Esc", ""},
    {ActionId::ThemeSystem, "view.theme_system", T("System"), "", ""},
    {ActionId::ThemeLight, "view.theme_light", T("Light"), "", ""},
    {ActionId::ThemeDark, "view.theme_dark", T("Dark"), "", ""},
    {ActionId::ThemeContrast, "view.theme_contrast", T("High contrast"), "", ""},
    {ActionId::RowsCompact, "view.rows_compact", T("Compact"), "", ""},
    {ActionId::RowsNormal, "view.rows_normal", T("Normal"), "", ""},
    {ActionId::RowsLarge, "view.rows_large", T("Large"), "", ""},
    {ActionId::CollapseAll, "view.collapse_all", T("Collapse all processes"), "", ""},
    {ActionId::ExpandAll, "view.expand_all", T("Expand all processes"), "", ""},
    {ActionId::ColorFunction, "view.color_function", T("Function"), "", ""},
    {ActionId::ColorModule, "view.color_module", T("Module"), "", ""},
    {ActionId::ColorMyCode, "view.color_my_code", T("My code"), "", "my_code"},
    {ActionId::ColorDuration, "view.color_duration", T("Duration"), "", ""},
    {ActionId::ColorBlind, "view.colour_blind", T("Colours for the colour-blind"), "", ""},
    {ActionId::MyCodeOnly, "view.my_code_only", T("My code only"), "L", "my_code"},
    {ActionId::TimeFromStart, "view.time_from_start", T("From the start"), "", ""},
    {ActionId::TimeWall, "view.time_wall", T("Wall clock"), "", ""},
    {ActionId::TimeUtc, "view.time_utc", T("UTC"), "", ""},
    {ActionId::TimeNanoseconds, "view.time_ns", T("Nanoseconds from the start"), "", ""},
    {ActionId::TimeEpoch, "view.time_epoch", T("Seconds since 1970"), "", ""},
    {ActionId::AllFlows, "view.all_flows", T("Arrows of all calls"), "", ""},
    {ActionId::TracksFilter, "tracks.filter", T("Filter the tracks…"), "Ctrl+P", "filter"},
    {ActionId::TrackPin, "tracks.pin", T("Pin the track to the top, or unpin it"), "P", "pin"},
    {ActionId::TrackHide, "tracks.hide", T("Hide the track"), "H", "hide"},
    {ActionId::TracksHits, "tracks.only_hits", T("Only tracks with hits"), "", "search"},
    {ActionId::TracksBoth, "tracks.both", T("Threads and tasks"), "", "timeline"},
    {ActionId::TracksThreads, "tracks.threads", T("Threads only"), "", "thread"},
    {ActionId::TracksTasks, "tracks.tasks", T("Tasks only"), "", "task"},
    {ActionId::TracksSwitch, "tracks.switch", T("Threads or tasks"), "T", ""},
    {ActionId::TracksAll, "tracks.show_all", T("Show all tracks"), "Shift+H", "eye"},
    {ActionId::TracksReset, "tracks.reset", T("Tracks as recorded"), "", "undo"},
    {ActionId::ShowTimeline, "view.timeline", T("Go to the timeline"), "1", "timeline"},
    {ActionId::ShowFlame, "view.flame", T("Go to the flame graph"), "2", "flame"},
    {ActionId::ShowSandwich, "view.sandwich", T("Go to the sandwich"), "3", "sandwich"},
    {ActionId::ShowFunctions, "view.functions", T("Go to the functions"), "4", "table"},
    {ActionId::ShowHits, "view.hits", T("Go to the hits of the search"), "5", "search"},
    {ActionId::BottomDocks, "view.bottom_docks", T("Bottom panels"), "Q", "layout"},
    {ActionId::RightDocks, "view.right_docks", T("Right panels"), "Shift+Q", ""},
    {ActionId::ReducedMotion, "view.reduced_motion", T("Less motion"), "", ""},
    {ActionId::FrameTime, "view.frame_time", T("Frame time"), "", "clock"},
    {ActionId::KeepOpened, "file.keep_opened", T("Keep large files ready to open again"), "", "bolt"},
    {ActionId::LayoutDefault, "view.layout_default", T("Default"), "", ""},
    {ActionId::LayoutWide, "view.layout_wide", T("Wide"), "", ""},
    {ActionId::LayoutNumbers, "view.layout_numbers", T("Numbers"), "", ""},
    {ActionId::LayoutCode, "view.layout_code", T("Code"), "", ""},
    {ActionId::FullScreen, "view.full_screen", T("Full screen"), "F11", "fullscreen"},
    {ActionId::Back, "go.back", T("Back"), "Alt+Left", "back"},
    {ActionId::Forward, "go.forward", T("Forward"), "Alt+Right", "forward"},
    {ActionId::GoToTime, "go.time", T("Go to a time…"), "Ctrl+G", "go_to"},
    {ActionId::FitAll, "go.fit_all", T("Whole recording"), "Home", "fit"},
    {ActionId::FitSelection, "go.fit_selection", T("Zoom to the selection"), "F", "area"},
    {ActionId::ZoomIn, "go.zoom_in", T("Zoom in"), "", "zoom_in", "W"},
    {ActionId::ZoomOut, "go.zoom_out", T("Zoom out"), "", "zoom_out", "S"},
    {ActionId::PanLeft, "go.left", T("Move left"), "", "", "A"},
    {ActionId::PanRight, "go.right", T("Move right"), "", "", "D"},
    {ActionId::Parent, "go.parent", T("Caller"), "", "", "↑"},
    {ActionId::Child, "go.child", T("Longest call inside"), "", "", "↓"},
    {ActionId::Next, "go.next", T("Next call in the row"), "", "", "→"},
    {ActionId::Previous, "go.previous", T("Previous call in the row"), "", "", "←"},
    {ActionId::FlowNext, "go.flow_next", T("Along the arrow"), "]", ""},
    {ActionId::FlowPrevious, "go.flow_previous", T("Back along the arrow"), "[", ""},
    {ActionId::NextException, "go.next_exception", T("Next exception"), "", "exception"},
    {ActionId::PreviousException, "go.previous_exception", T("Previous exception"), "", ""},
    {ActionId::OpenEditor, "go.editor", T("Open in the editor"), "Ctrl+Return", "editor"},
    {ActionId::AreaFromSelection, "note.area", T("Select the call's time"), "R", "area"},
    {ActionId::Mark, "note.mark", T("Mark the call's time, or drop a flag"), "M", "flag"},
    {ActionId::NoteSpan, "note.span", T("Note for the selected time"), "Shift+M", "note"},
    {ActionId::NoteEdit, "note.edit", T("Edit the note"), "F2", "editor"},
    {ActionId::NoteDelete, "note.delete", T("Delete the note"), "", "trash"},
    {ActionId::Launch, "record.launch", T("Launch…"), "Ctrl+L", "launch"},
    {ActionId::LaunchAgain, "record.again", T("Run again"), "Ctrl+R", "rerun"},
    {ActionId::Attach, "record.attach", T("Attach…"), "Ctrl+Shift+L", "attach"},
    {ActionId::Pause, "record.pause", T("Pause recording"), "Ctrl+Shift+.", "pause"},
    {ActionId::Snapshot, "record.snapshot", T("Snapshot"), "", "snapshot"},
    {ActionId::Stop, "record.stop", T("Stop"), "Ctrl+.", "stop"},
    {ActionId::Sample, "help.sample", T("Open the sample"), "", "flame"},
    {ActionId::Palette, "tools.palette", T("Find a command…"), "Ctrl+Shift+P", "command"},
    {ActionId::Keys, "help.keys", T("Keys and mouse"), "?", "keyboard"},
    {ActionId::EditKeys, "tools.keys", T("Change keys…"), "", "keyboard"},
    {ActionId::About, "help.about", T("About Calltide"), "", ""},
};
#undef T
static_assert(std::size(kTable) == size_t(ActionId::Count));
} // namespace

std::span<const ActionSpec> actionTable()
{
    return kTable;
}

const ActionSpec& actionSpec(ActionId id)
{
    return kTable[size_t(id)];
}

QString keyText(ActionId id)
{
    const ActionSpec& spec = actionSpec(id);
    if (*spec.heldKey)
        return QString::fromUtf8(spec.heldKey);
    return QKeySequence(QString::fromUtf8(spec.shortcut)).toString(QKeySequence::NativeText);
}

Actions::Actions(const Appearance& appearance, QWidget* owner)
    : QObject(owner)
{
    for (const ActionSpec& spec : kTable) {
        auto* action = new QAction(this);
        QString text = QCoreApplication::translate("calltide::ui::Actions", spec.text);
        if (*spec.heldKey)
            text += u'\t' + QString::fromUtf8(spec.heldKey); // a menu shows what follows a tab where shortcuts stand
        action->setText(text);
        action->setObjectName(QString::fromUtf8(spec.name));
        if (*spec.shortcut)
            action->setShortcut(QKeySequence(QString::fromUtf8(spec.shortcut)));
        owner->addAction(action);
        m_actions.push_back(action);
    }
    updateIcons(appearance);
}

QString Actions::keyText(ActionId id) const
{
    return *actionSpec(id).heldKey ? ui::keyText(id) : (*this)[id]->shortcut().toString(QKeySequence::NativeText);
}

void Actions::updateIcons(const Appearance& appearance)
{
    for (const ActionSpec& spec : kTable)
        if (*spec.icon)
            m_actions[size_t(spec.id)]->setIcon(appearance.icon(QString::fromUtf8(spec.icon)));
}

} // namespace calltide::ui
