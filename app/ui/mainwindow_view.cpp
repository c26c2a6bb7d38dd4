// SPDX-License-Identifier: GPL-3.0-or-later
// The main window's actions that change how something is shown.
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/document.h"
#include "ui/functionsview.h"
#include "ui/gototime.h"
#include "ui/headerbar.h"
#include "ui/hitsview.h"
#include "ui/keys.h"
#include "ui/mainwindow.h"
#include "ui/panels.h"
#include "ui/searchbox.h"
#include "ui/statusline.h"
#include "widget/flameview.h"
#include <QAction>
#include <QTableView>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr std::pair<ActionId, Appearance::Choice> kThemes[] = {
    {ActionId::ThemeSystem, Appearance::Choice::System},
    {ActionId::ThemeLight, Appearance::Choice::Light},
    {ActionId::ThemeDark, Appearance::Choice::Dark},
    {ActionId::ThemeContrast, Appearance::Choice::HighContrast},
};
constexpr std::pair<ActionId, layout::RowSize> kRows[] = {
    {ActionId::RowsCompact, layout::RowSize::Compact},
    {ActionId::RowsNormal, layout::RowSize::Normal},
    {ActionId::RowsLarge, layout::RowSize::Large},
};

constexpr std::pair<ActionId, layout::ColorMode> kColors[] = {
    {ActionId::ColorFunction, layout::ColorMode::Function},
    {ActionId::ColorModule, layout::ColorMode::Module},
    {ActionId::ColorMyCode, layout::ColorMode::MyCode},
    {ActionId::ColorDuration, layout::ColorMode::Duration},
};
constexpr const char* kColorNames[] = {"function", "module", "my_code", "duration"}; // in the settings
constexpr std::pair<ActionId, layout::TimeFormat> kTimes[] = {
    {ActionId::TimeFromStart, layout::TimeFormat::FromStart},
    {ActionId::TimeWall, layout::TimeFormat::WallClock},
    {ActionId::TimeUtc, layout::TimeFormat::Utc},
    {ActionId::TimeNanoseconds, layout::TimeFormat::Nanoseconds},
    {ActionId::TimeEpoch, layout::TimeFormat::Epoch},
};
constexpr std::pair<ActionId, layout::TrackSide> kSides[] = {
    {ActionId::TracksBoth, layout::TrackSide::Both},
    {ActionId::TracksThreads, layout::TrackSide::Threads},
    {ActionId::TracksTasks, layout::TrackSide::Tasks},
};
constexpr const char* kTimeNames[] = {"start", "wall", "utc", "ns", "epoch"};

template <size_t N> int indexOf(const char* const (&names)[N], const QString& name)
{
    for (size_t i = 0; i < N; ++i)
        if (name == QLatin1String(names[i]))
            return int(i);
    return 0;
}
} // namespace

void MainWindow::connectViewActions()
{
    using enum ActionId;
    using timeline::TimelineView;
    for (const auto& [id, choice] : kThemes)
        on(id, [this, choice = choice] {
            m_appearance.setChoice(choice);
            m_settings.setTheme(Appearance::name(choice));
        });
    for (const auto& [id, rows] : kRows)
        on(id, [this, rows = rows] {
            m_rows = rows; // of recordings that are opened later, too
            if (Document* shown = document())
                shown->setRowSize(rows);
            showRows(rows);
        });
    for (const auto& [id, mode] : kColors)
        on(id, [this, mode = mode] { setColors(mode, m_appearance.colorBlind()); });
    on(ColorBlind, [this] { setColors(m_appearance.colorMode(), (*m_actions)[ColorBlind]->isChecked()); });
    on(MyCodeOnly, [this] {
        if (Document* shown = document())
            shown->state()->setMyCodeOnly((*m_actions)[MyCodeOnly]->isChecked());
    });
    for (const auto& [id, format] : kTimes)
        on(id, [this, format = format] { setTimes(format); });
    on(AllFlows, [this] {
        for (const auto& document : m_documents)
            document->timeline()->setAllFlows((*m_actions)[AllFlows]->isChecked());
    });
    onTimeline(TracksFilter, &TimelineView::focusTrackFilter);
    onTimeline(TrackPin, &TimelineView::pinTrack);
    onTimeline(TrackHide, &TimelineView::hideTrack);
    onTimeline(TracksAll, &TimelineView::showAllTracks);
    onTimeline(TracksReset, &TimelineView::resetTracks);
    on(TracksHits, [this] {
        if (Document* shown = document())
            shown->timeline()->setOnlyHits((*m_actions)[TracksHits]->isChecked());
    });
    for (const auto& [id, side] : kSides)
        on(id, [this, side = side] { document()->timeline()->setTrackSide(side); });
    on(TracksSwitch, [this] { // tasks, threads, tasks …; both is where it begins
        timeline::TimelineView* view = document()->timeline();
        view->setTrackSide(
            view->arrangement().side == layout::TrackSide::Tasks ? layout::TrackSide::Threads : layout::TrackSide::Tasks);
    });
    on(ReducedMotion, [this] {
        m_settings.setAnimations(!(*m_actions)[ReducedMotion]->isChecked());
        for (const auto& document : m_documents)
            setMotion(*document);
    });
    (*m_actions)[ReducedMotion]->setChecked(!m_settings.animations());
    onTimeline(SelectAll, &TimelineView::selectEverything);
    onTimeline(AreaFromSelection, &TimelineView::areaFromSelection);
    onTimeline(Mark, &TimelineView::mark);
    onTimeline(NoteSpan, &TimelineView::addSpanNote);
    onTimeline(NoteEdit, &TimelineView::editNote);
    onTimeline(NoteDelete, &TimelineView::deleteNote);
    onTimeline(FlowNext, &TimelineView::followFlow);
    onTimeline(FlowPrevious, &TimelineView::followFlowBack);
    on(GoToTime, [this] {
        if (Document* shown = document())
            askForTime(*this, m_appearance, *shown->state());
    });
    onTimeline(CollapseAll, &TimelineView::collapseAll);
    onTimeline(ExpandAll, &TimelineView::expandAll);
    connect(m_keys, &ui::Keys::changed, this, [this] {
        for (const auto& document : m_documents)
            document->timeline()->setGestures(m_keys->gestures());
    });
    on(ShowTimeline, [this] {
        if (Document* shown = document())
            shown->timeline()->setFocus();
    });
    for (const auto& [id, order] :
        {std::pair(ShowFlame, flameview::Order::TopDown), {ShowSandwich, flameview::Order::Sandwich}})
        on(id, [this, order = order] {
            if (Document* shown = document()) {
                showPanel(Panels::Flame);
                shown->flame()->setOrder(order);
                shown->flame()->setFocus();
            }
        });
    on(ShowFunctions, [this] {
        if (Document* shown = document()) {
            showPanel(Panels::Functions);
            shown->functions()->table()->setFocus();
        }
    });
    on(ShowHits, [this] {
        if (Document* shown = document()) {
            showPanel(Panels::Hits);
            shown->hits()->table()->setFocus();
        }
    });
    connect(m_header->search(), &SearchBox::tableRequested, (*m_actions)[ShowHits], &QAction::trigger);
    on(BottomDocks, [this] { m_panels->toggle(false); });
    on(RightDocks, [this] { m_panels->toggle(true); });
    on(FrameTime, [this] {
        m_status->setFrameTimeShown((*m_actions)[FrameTime]->isChecked());
        for (const auto& document : m_documents)
            document->timeline()->setFrameTimeShown((*m_actions)[FrameTime]->isChecked());
    });
    on(LayoutDefault, [this] { m_panels->setLayout(Panels::Layout::Default); });
    on(LayoutWide, [this] { m_panels->setLayout(Panels::Layout::Wide); });
    on(LayoutNumbers, [this] { m_panels->setLayout(Panels::Layout::Numbers); });
    on(LayoutCode, [this] { m_panels->setLayout(Panels::Layout::Code); });
    on(FullScreen, [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    on(Back, [this] { document()->state()->goBack(); });
    on(Forward, [this] { document()->state()->goForward(); });
    onTimeline(FitAll, &TimelineView::fitAll);
    onTimeline(FitSelection, &TimelineView::zoomToSelection);
    onTimeline(ZoomIn, &TimelineView::zoomIn);
    onTimeline(ZoomOut, &TimelineView::zoomOut);
    onTimeline(PanLeft, &TimelineView::panLeft);
    onTimeline(PanRight, &TimelineView::panRight);
    onTimeline(Parent, &TimelineView::selectParent);
    onTimeline(Child, &TimelineView::selectChild);
    onTimeline(Next, &TimelineView::selectNext);
    onTimeline(Previous, &TimelineView::selectPrevious);
    on(NextException, [this] { document()->state()->exceptionStep(true); });
    on(PreviousException, [this] { document()->state()->exceptionStep(false); });

    for (const auto& [id, choice] : kThemes)
        (*m_actions)[id]->setChecked(choice == m_appearance.choice());
    showRows(m_rows);
    setColors(kColors[indexOf(kColorNames, m_settings.colorMode())].second, m_settings.colorBlind());
    setTimes(kTimes[indexOf(kTimeNames, m_settings.timeFormat())].second);
}

void MainWindow::setColors(layout::ColorMode mode, bool colorBlind)
{
    m_appearance.setColors(mode, colorBlind);
    m_settings.setColorMode(QLatin1String(kColorNames[size_t(mode)]));
    m_settings.setColorBlind(colorBlind);
    (*m_actions)[ActionId::ColorBlind]->setChecked(colorBlind);
    for (const auto& [id, m] : kColors) {
        (*m_actions)[id]->setChecked(m == mode);
        if (m == mode)
            m_status->setColors((*m_actions)[id]->text().toLower());
    }
}

// By the setting, or because the desktop asks for it.
void MainWindow::setMotion(Document& document)
{
    const bool reduced = !m_settings.animations() || render::Theme::systemWantsLessMotion();
    document.timeline()->setReducedMotion(reduced);
    document.flame()->setReducedMotion(reduced);
}

void MainWindow::showLook()
{
    const Document* shown = document();
    const layout::TrackSide side = shown ? shown->timeline()->arrangement().side : layout::TrackSide::Both;
    (*m_actions)[ActionId::MyCodeOnly]->setChecked(shown && shown->state()->isMyCodeOnly());
    (*m_actions)[ActionId::TracksHits]->setChecked(shown && shown->timeline()->onlyHits());
    showRows(shown ? shown->timeline()->rowSize() : m_rows);
    const bool tasks = shown
        && std::any_of(shown->trace().tracks().begin(), shown->trace().tracks().end(),
            [](const store::Track& track) { return track.kind == store::TrackKind::Task; });
    for (const auto& [id, s] : kSides) {
        (*m_actions)[id]->setChecked(s == side);
        (*m_actions)[id]->setEnabled(tasks);
    }
    (*m_actions)[ActionId::TracksSwitch]->setEnabled(tasks);
}

void MainWindow::showPanel(int which)
{
    Panel* panel = (*m_panels)[Panels::Which(which)];
    panel->show();
    panel->raise();
}

void MainWindow::setTimes(layout::TimeFormat format)
{
    m_times = format;
    m_settings.setTimeFormat(QLatin1String(kTimeNames[size_t(format)]));
    for (const auto& document : m_documents)
        document->timeline()->setTimeFormat(format);
    for (const auto& [id, f] : kTimes)
        (*m_actions)[id]->setChecked(f == format);
}

// What is chosen for all recordings, for one that was just opened.
void MainWindow::setUpTimeline(timeline::TimelineView& view)
{
    view.setOwnShortcuts(false);
    view.setGestures(m_keys->gestures());
    view.setTimeFormat(m_times);
    view.setAllFlows((*m_actions)[ActionId::AllFlows]->isChecked());
    view.setFrameTimeShown((*m_actions)[ActionId::FrameTime]->isChecked());
}

void MainWindow::showRows(layout::RowSize rows)
{
    for (const auto& [id, size] : kRows) {
        (*m_actions)[id]->setChecked(size == rows);
        if (size == rows)
            m_status->setRows((*m_actions)[id]->text().toLower());
    }
}

} // namespace calltide::ui
