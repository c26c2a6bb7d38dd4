// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels.h"
#include "ui/appearance.h"
#include "ui/callsview.h"
#include "ui/callview.h"
#include "ui/controls.h"
#include "ui/document.h"
#include "ui/functionsview.h"
#include "ui/hitsview.h"
#include "ui/notesview.h"
#include "ui/popupmenu.h"
#include "ui/sourceview.h"
#include "widget/flameview.h"
#include <QApplication>
#include <QBoxLayout>
#include <QEvent>
#include <QMainWindow>
#include <QTabBar>
#include <QTimer>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr int kStateVersion = 4;
constexpr int kNarrowBelow = 1000; // px of window width

QTabBar* tabBarOf(QMainWindow& window, const Panel* panel)
{
    for (QTabBar* bar : window.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
        for (int i = 0; bar->isVisible() && i < bar->count(); ++i)
            if (bar->tabText(i) == panel->windowTitle())
                return bar;
    return nullptr;
}
} // namespace

Panels::Panels(QMainWindow& window, const Appearance& appearance)
    : QObject(&window)
    , m_window(window)
    , m_appearance(appearance)
{
    window.setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    window.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    window.setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    const auto make = [&](Which which, const char* name, const QString& title, const char* icon) {
        auto* panel
            = new Panel(appearance, QString::fromLatin1(name), title, QString::fromLatin1(icon), &window);
        m_panels[which] = panel;
        connect(panel, &QDockWidget::dockLocationChanged, this, &Panels::updateLater);
        connect(panel, &QDockWidget::topLevelChanged, this, &Panels::updateLater);
        connect(panel, &QDockWidget::visibilityChanged, this, &Panels::updateLater);
    };
    make(Source, "source", tr("Source"), "source");
    make(Call, "call", tr("Call"), "details");
    make(Recording, "recording", tr("Recording"), "record");
    make(Flame, "flame", tr("Flame graph"), "flame");
    make(Functions, "functions", tr("Functions"), "table");
    make(Calls, "calls", tr("Calls"), "histogram");
    make(Hits, "hits", tr("Hits"), "search");
    make(Notes, "notes", tr("Notes"), "note");
    make(Console, "console", tr("Console"), "console");
    connect(&appearance, &Appearance::changed, this, &Panels::updateLater);
    place();
    for (Panel* panel : m_panels)
        panel->hide();
}

void Panels::place()
{
    m_window.addDockWidget(Qt::RightDockWidgetArea, m_panels[Source]);
    m_window.splitDockWidget(m_panels[Source], m_panels[Call], Qt::Vertical);
    m_window.tabifyDockWidget(m_panels[Call], m_panels[Recording]);
    m_window.addDockWidget(Qt::BottomDockWidgetArea, m_panels[Flame]);
    m_window.tabifyDockWidget(m_panels[Flame], m_panels[Functions]);
    m_window.tabifyDockWidget(m_panels[Functions], m_panels[Calls]);
    m_window.tabifyDockWidget(m_panels[Calls], m_panels[Hits]);
    m_window.tabifyDockWidget(m_panels[Hits], m_panels[Notes]);
    m_window.tabifyDockWidget(m_panels[Notes], m_panels[Console]);
    for (Panel* panel : m_panels)
        panel->setFloating(false);
}

void Panels::addDocument(const Document& document)
{
    m_panels[Source]->addPage(document.source());
    m_panels[Call]->addPage(document.call());
    m_panels[Flame]->addPage(document.flame());
    m_panels[Functions]->addPage(document.functions());
    m_panels[Calls]->addPage(document.calls());
    m_panels[Hits]->addPage(document.hits());
    m_panels[Notes]->addPage(document.notes());
}

void Panels::showDocument(const Document* document)
{
    m_panels[Source]->showPage(document ? document->source() : nullptr);
    m_panels[Call]->showPage(document ? document->call() : nullptr);
    m_panels[Flame]->showPage(document ? document->flame() : nullptr);
    m_panels[Functions]->showPage(document ? document->functions() : nullptr);
    m_panels[Calls]->showPage(document ? document->calls() : nullptr);
    m_panels[Hits]->showPage(document ? document->hits() : nullptr);
    m_panels[Notes]->showPage(document ? document->notes() : nullptr);
    const bool had = m_document;
    m_document = document;
    m_panels[Recording]->showPage(document ? document->recording() : nullptr);
    if (had == bool(document)) {
        showRecording();
        return;
    }
    if (!document) {
        m_state = m_window.saveState(kStateVersion);
        for (Panel* panel : m_panels)
            panel->setVisible(panel == m_panels[Console] && m_console);
    } else if (m_state.isEmpty() || !m_window.restoreState(m_state, kStateVersion)) {
        setLayout(Layout::Default);
    }
    m_narrow = document && m_narrow;
    windowResized(m_window.width());
    showRecording();
    updateLater();
}

void Panels::recordingChanged(const Document& document)
{
    if (QWidget* page = document.recording())
        m_panels[Recording]->addPage(page);
    if (&document != m_document)
        return;
    m_panels[Recording]->showPage(document.recording());
    showRecording();
}

// There only while the shown recording goes on, then in front of the call's facts; unless the right panels are away.
void Panels::showRecording()
{
    const bool goesOn = m_document && m_document->recording();
    if (goesOn == !m_panels[Recording]->isHidden())
        return;
    const bool wanted = goesOn && !(m_panels[Source]->isHidden() && m_panels[Call]->isHidden());
    m_panels[Recording]->setVisible(wanted);
    if (wanted)
        m_panels[Recording]->raise();
    else if (!m_panels[Call]->isHidden())
        m_panels[Call]->raise();
    updateLater();
}

void Panels::setLayout(Layout layout)
{
    m_layout = layout;
    m_narrow = false;
    place();
    // A low window shows the timeline; a narrow one has all its panels below, so they stay.
    const bool low = m_window.height() < 640 && m_window.width() >= kNarrowBelow;
    for (int i = 0; i < Count; ++i)
        m_panels[size_t(i)]->setVisible((i != Recording || (m_document && m_document->recording())) && layout != Layout::Wide && (isRight(Which(i)) || !low || layout != Layout::Default));
    m_panels[layout == Layout::Numbers ? Functions : Flame]->raise();
    windowResized(m_window.width());
    // Sizes are honoured only once the docks stand in the layout.
    QTimer::singleShot(0, this, &Panels::resizeAll);
}

void Panels::resizeAll()
{
    const int width = m_window.width(), height = m_window.height();
    const double right = m_layout == Layout::Code ? .45 : .26, bottom = m_layout == Layout::Numbers ? .5 : .24;
    if (!m_narrow) {
        m_window.resizeDocks({m_panels[Source]}, {std::clamp(int(width * right), 240, m_layout == Layout::Code ? width : 720)},
            Qt::Horizontal);
        m_window.resizeDocks({m_panels[Source], m_panels[Call]}, {52, 48}, Qt::Vertical);
    }
    m_window.resizeDocks({m_panels[Flame]}, {std::max(140, int(height * bottom))}, Qt::Vertical);
    updateTitles();
}

void Panels::toggle(bool right)
{
    bool any = false;
    for (int i = 0; i < Count; ++i)
        any = any || (isRight(Which(i)) == right && !m_panels[size_t(i)]->isHidden());
    for (int i = 0; i < Count; ++i)
        if (isRight(Which(i)) == right)
            m_panels[size_t(i)]->setVisible(!any && (i != Recording || (m_document && m_document->recording())));
    if (!any && !right)
        m_panels[Flame]->raise();
}

void Panels::showConsole()
{
    m_console = true;
    m_panels[Console]->show();
    m_panels[Console]->raise();
    if (!m_document)
        m_window.resizeDocks({m_panels[Console]}, {std::max(140, m_window.height() * 30 / 100)}, Qt::Vertical);
}

void Panels::windowResized(int width)
{
    if (m_document)
        setNarrow(width < kNarrowBelow);
}

// In a narrow window the right panels become tabs of the bottom ones.
void Panels::setNarrow(bool narrow)
{
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    const bool sourceHidden = m_panels[Source]->isHidden(), callHidden = m_panels[Call]->isHidden();
    if (narrow) {
        m_window.tabifyDockWidget(m_panels[Console], m_panels[Source]);
        m_window.tabifyDockWidget(m_panels[Source], m_panels[Call]);
        m_window.tabifyDockWidget(m_panels[Call], m_panels[Recording]);
    } else {
        m_window.addDockWidget(Qt::RightDockWidgetArea, m_panels[Source]);
        m_window.splitDockWidget(m_panels[Source], m_panels[Call], Qt::Vertical);
        m_window.tabifyDockWidget(m_panels[Call], m_panels[Recording]);
    }
    m_panels[Source]->setVisible(!sourceHidden);
    m_panels[Call]->setVisible(!callHidden);
    showRecording();
    if (narrow && !m_panels[Flame]->isHidden())
        m_panels[Flame]->raise();
    QTimer::singleShot(0, this, &Panels::resizeAll);
}

QByteArray Panels::saveState() const
{
    return m_document ? m_window.saveState(kStateVersion) : m_state;
}

bool Panels::restoreState(const QByteArray& state)
{
    if (state.isEmpty())
        return false;
    if (!m_document) { // used when the first recording is shown
        m_state = state;
        return true;
    }
    return m_window.restoreState(state, kStateVersion);
}

void Panels::updateLater()
{
    if (std::exchange(m_pending, true))
        return;
    QTimer::singleShot(0, this, [this] {
        m_pending = false;
        updateTitles();
    });
}

void Panels::updateTitles()
{
    for (Panel* panel : m_panels) {
        const auto beside = m_window.tabifiedDockWidgets(panel);
        const bool tabbed = !panel->isFloating()
            && std::any_of(beside.begin(), beside.end(), [](const QDockWidget* d) { return !d->isHidden() && !d->isFloating(); });
        panel->setTitleShown(!tabbed);
    }
    // The window makes the tab rows itself, with texts only.
    for (QTabBar* bar : m_window.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        bar->setDrawBase(false);
        bar->setExpanding(false);
        bar->setElideMode(Qt::ElideNone);
        for (int i = 0; i < bar->count(); ++i)
            for (const Panel* panel : m_panels)
                if (bar->tabText(i) == panel->windowTitle())
                    bar->setTabIcon(i, m_appearance.icon(panel->iconName()));
        if (!bar->property("calltideWatched").toBool()) {
            bar->setProperty("calltideWatched", true);
            // Moving tabs by mouse ends Qt 6.4 with a null pointer when the panels change meanwhile, as at a reload.
            bar->setMovable(false);
            bar->installEventFilter(this);
        }
        placeTools(bar);
    }
}

// Menu and close at the right end of a row of tabs: the window offers no place for them, so they lie over it.
void Panels::placeTools(QTabBar* bar)
{
    auto* tools = bar->property("calltideTools").value<QWidget*>();
    if (!tools) {
        tools = new QWidget(&m_window);
        bar->setProperty("calltideTools", QVariant::fromValue(tools));
        connect(bar, &QObject::destroyed, tools, &QWidget::deleteLater);
        const auto current = [this, bar]() -> Panel* {
            for (Panel* panel : m_panels)
                if (bar->currentIndex() >= 0 && bar->tabText(bar->currentIndex()) == panel->windowTitle())
                    return panel;
            return nullptr;
        };
        auto* more = new IconButton(m_appearance, QStringLiteral("more"), tr("Panel menu"));
        auto* close = new IconButton(m_appearance, QStringLiteral("close"), tr("Hide these panels (Q)"));
        connect(more, &QToolButton::clicked, this, [current, more] {
            if (Panel* panel = current()) {
                QMenu* menu = makePopupMenu(panel->currentPage() ? panel->currentPage() : panel);
                panel->fillMenu(*menu);
                menu->popup(more->mapToGlobal(QPoint(0, more->height())));
            }
        });
        connect(close, &QToolButton::clicked, this, [this, bar] {
            for (Panel* panel : m_panels)
                if (tabBarOf(m_window, panel) == bar)
                    panel->hide();
        });
        auto* row = new QHBoxLayout(tools);
        row->setContentsMargins(0, 0, 6, 0);
        row->setSpacing(2);
        for (QToolButton* button : {static_cast<QToolButton*>(more), static_cast<QToolButton*>(close)}) {
            setStyleProperty(button, "small", true);
            row->addWidget(button);
        }
    }
    const QSize size(tools->sizeHint().width(), bar->height());
    // Right end of the dock area the row belongs to: the row itself may be narrower.
    int right = bar->geometry().right() + 1;
    for (const Panel* panel : m_panels)
        if (tabBarOf(m_window, panel) == bar && !panel->isHidden() && !panel->isFloating())
            right = std::max(right, panel->geometry().right() + 1);
    const int tabsEnd = bar->count() ? bar->x() + bar->tabRect(bar->count() - 1).right() : 0;
    tools->setGeometry(QRect(QPoint(right - size.width(), bar->y()), size));
    tools->setVisible(bar->isVisible() && tabsEnd + size.width() < right);
    tools->raise();
}

QWidget* Panels::currentPane() const
{
    for (Panel* panel : m_panels)
        if (const QWidget* focus = QApplication::focusWidget(); focus && panel->isAncestorOf(focus))
            return panel->currentPage();
    for (const bool right : {false, true})
        for (int i = 0; i < Count; ++i)
            if (Panel* panel = m_panels[i]; isRight(Which(i)) == right && panel->currentPage()
                && !panel->visibleRegion().isEmpty())
                return panel->currentPage();
    return nullptr;
}

bool Panels::eventFilter(QObject* object, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Move:
    case QEvent::Show:
    case QEvent::Hide:
        updateLater();
        break;
    default:
        break;
    }
    return QObject::eventFilter(object, event);
}

} // namespace calltide::ui
