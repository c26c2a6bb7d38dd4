// SPDX-License-Identifier: GPL-3.0-or-later
// What the actions of the main window do; how the window is made is in mainwindow.cpp.
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/attacher.h"
#include "ui/callview.h"
#include "ui/cheatsheet.h"
#include "ui/document.h"
#include "ui/exporter.h"
#include "ui/filterbar.h"
#include "ui/functionsview.h"
#include "ui/helpdialogs.h"
#include "ui/keys.h"
#include "ui/keyseditor.h"
#include "ui/launchsheet.h"
#include "ui/mainwindow.h"
#include "ui/mergesheet.h"
#include "ui/noticebar.h"
#include "ui/notesfile.h"
#include "ui/openeditor.h"
#include "ui/opener.h"
#include "ui/panels.h"
#include "ui/popupmenu.h"
#include "ui/headerbar.h"
#include "ui/recorder.h"
#include "ui/searchbox.h"
#include "ui/sourceview.h"
#include "ui/startpage.h"
#include "ui/text.h"
#include "widget/flameview.h"
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMouseEvent>
#include <QShortcut>
#include <QStandardPaths>
#include <QTabBar>

namespace calltide::ui {
namespace {
// The program "Try the sample" records: installed, or in the source folder when run from a build folder in it.
QString sampleProgram()
{
    const QDir bin(QCoreApplication::applicationDirPath());
    for (const char* place : {"../share/calltide/sample/shop.py", "../../resources/sample/shop.py"}) {
        const QFileInfo file(bin.filePath(QString::fromLatin1(place)));
        if (file.exists())
            return file.canonicalFilePath();
    }
    return {};
}
} // namespace

void MainWindow::on(ActionId id, std::function<void()> what)
{
    connect((*m_actions)[id], &QAction::triggered, this, std::move(what));
}

void MainWindow::onTimeline(ActionId id, void (timeline::TimelineView::*what)())
{
    on(id, [this, what] {
        if (Document* shown = document())
            (shown->timeline()->*what)();
    });
}

void MainWindow::connectDocument(Document& document)
{
    Document* const shown = &document;
    connect(document.notesFile(), &NotesFile::failed, this, &MainWindow::say);
    const auto showSource = [this, shown](store::FunctionId function) {
        Panel* source = (*m_panels)[Panels::Source];
        source->show();
        source->raise();
        shown->source()->showFunction(function);
    };
    connect(document.call(), &CallView::sourceRequested, this, showSource);
    if (const QStringList columns = m_settings.functionColumns(); !columns.isEmpty())
        document.functions()->setColumns(columns);
    connect(document.functions(), &FunctionsView::columnsChosen, this, [this](const QStringList& names) {
        m_settings.setFunctionColumns(names);
        for (const auto& other : m_documents)
            other->functions()->setColumns(names);
    });
    connect(document.source(), &SourceView::editorRequested, (*m_actions)[ActionId::OpenEditor], &QAction::trigger);
    connect(document.flame(), &flameview::FlameView::sourceRequested, this, showSource);
    connect(document.timeline(), &timeline::TimelineView::sourceRequested, this,
        [shown, showSource](store::SliceIndex slice) { showSource(shown->trace().functionOf(slice)); });
    connect(document.timeline(), &timeline::TimelineView::statisticsRequested, this,
        [this] { showPanel(Panels::Calls); }); // the click has selected the call
    connect(document.call(), &CallView::allCallsRequested, this, [this] { showPanel(Panels::Calls); });
    connect(document.call(), &CallView::zoomRequested, document.timeline(), &timeline::TimelineView::zoomToSelection);
    connect(document.timeline(), &timeline::TimelineView::contextMenuRequested, this,
        [this, shown, showSource](const QPoint& at, store::SliceIndex slice) {
            QMenu* menu = makePopupMenu(shown->timeline());
            if (slice != store::kNoSlice) {
                shown->state()->select(slice);
                const QString name = shown->context()->fullName(shown->trace().functionOf(slice)).left(kLongestShown);
                menu->addAction((*m_actions)[ActionId::FitSelection]);
                menu->addAction((*m_actions)[ActionId::Parent]);
                menu->addAction((*m_actions)[ActionId::Child]);
                menu->addSeparator();
                menu->addAction(m_appearance.icon(QStringLiteral("source")), tr("Show the source"), this,
                    [shown, showSource, slice] { showSource(shown->trace().functionOf(slice)); });
                menu->addAction(m_appearance.icon(QStringLiteral("search")), tr("Find all its calls"), this, [this, shown, name] {
                    m_header->search()->setText(name);
                    shown->state()->setSearchText(name);
                });
                menu->addAction((*m_actions)[ActionId::Copy]);
                menu->addSeparator();
            }
            menu->addAction((*m_actions)[ActionId::FitAll]);
            menu->popup(at);
        });
}

void MainWindow::connectActions()
{
    using enum ActionId;
    on(Open, [this] { openFiles(); });
    on(OpenMerged, [this] { chooseMerge(); });
    on(Reload, [this] {
        if (Document* shown = document()) {
            m_reloading = shown->path().contains(u'\n') ? shown->path() : QFileInfo(shown->path()).absoluteFilePath();
            open(m_reloading);
        }
    });
    on(ClearRecent, [this] {
        m_recent.clear();
        m_start->refresh();
    });
    on(Export, [this] { chooseExport(); });
    connectPictures();
    on(CloseTab, [this] { closeTab(m_tabs->currentIndex()); });
    on(NewTab, [this] { showStartPage(); });
    const auto stepTab = [this](int by) {
        if (const int count = m_tabs->count())
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + by + count) % count);
    };
    const std::pair<QKeySequence, int> tabKeys[] = {{Qt::CTRL | Qt::Key_Tab, 1}, {Qt::CTRL | Qt::SHIFT | Qt::Key_Tab, -1},
        {Qt::CTRL | Qt::Key_PageDown, 1}, {Qt::CTRL | Qt::Key_PageUp, -1}};
    for (const auto& [key, by] : tabKeys)
        connect(new QShortcut(key, this), &QShortcut::activated, this, [stepTab, by] { stepTab(by); });
    on(Quit, [this] { close(); });

    on(Copy, [this] {
        Document* shown = document();
        if (shown && shown->state()->highlighted().valid())
            QGuiApplication::clipboard()->setText(shown->context()->fullName(shown->state()->highlighted()));
    });
    on(OpenEditor, [this] {
        Document* shown = document();
        if (!shown || !shown->state()->highlighted().valid())
            return;
        const store::Function& function = shown->trace().function(shown->state()->highlighted());
        const QString wrong = openInEditor(fromTrace(shown->trace().string(function.file)), int(function.line));
        if (!wrong.isEmpty())
            say(wrong);
    });
    on(Find, [this] {
        m_header->search()->setFocus(Qt::ShortcutFocusReason);
        m_header->search()->selectAll();
    });
    on(FindNext, [this] { document()->state()->searchStep(true); });
    on(FindPrevious, [this] { document()->state()->searchStep(false); });
    on(Filter, [this] { m_filter->popUp(); });
    on(ClearSelection, [this] {
        if (Document* shown = document()) {
            shown->timeline()->escape();
        }
    });

    on(Launch, [this] { launch(); });
    on(LaunchAgain, [this] {
        m_panels->showConsole();
        m_recorder->launchAgain();
    });
    on(Attach, [this] {
        if (!m_recorder->isRunning())
            m_attacher->popUp();
    });
    on(Pause, [this] {
        if (m_attacher->isRunning())
            m_attacher->togglePause();
        else
            m_recorder->togglePause();
    });
    on(Snapshot, [this] {
        if (m_attacher->isRunning())
            m_attacher->takeSnapshot();
        else
            m_recorder->takeSnapshot();
    });
    on(Stop, [this] {
        if (m_attacher->isRunning())
            m_attacher->stop();
        else
            m_recorder->stop();
    });
    on(Sample, [this] { openSample(); });
    on(ActionId::Keys, [this] { (new CheatSheet(m_appearance, *m_actions, *m_keys, this))->show(); });
    on(EditKeys, [this] { editKeys(*this, m_appearance, *m_keys); });
    on(About, [this] { showAbout(*this, m_appearance); });
    connectPalette();
    connectKeeping();
}

// Whether large files are kept ready: the setting, and what follows from it.
void MainWindow::connectKeeping()
{
    using enum ActionId;
    const auto keep = [this] {
        formats::SidecarOptions sidecar;
        const QString folder = QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/opened");
        sidecar.folder = QFile::encodeName(folder).toStdString();
        if (!m_settings.keepOpened()) {
            sidecar.mostBytes = 0;
            formats::dropSidecars(sidecar);
            sidecar.folder.clear();
        }
        m_opener->setSidecar(sidecar);
    };
    (*m_actions)[KeepOpened]->setChecked(m_settings.keepOpened());
    keep();
    on(KeepOpened, [this, keep] {
        m_settings.setKeepOpened((*m_actions)[KeepOpened]->isChecked());
        keep();
    });
}

void MainWindow::updateActions()
{
    using enum ActionId;
    const Document* shown = document();
    const auto enable = [this](std::initializer_list<ActionId> ids, bool on) {
        for (ActionId id : ids)
            (*m_actions)[id]->setEnabled(on);
    };
    enable({MyCodeOnly, TracksFilter, TrackPin, TrackHide, TracksHits, TracksAll, TracksReset, GoToTime, AllFlows, Mark, CopyPicture},
        shown);
    enable({NoteSpan, AreaFromSelection}, shown && shown->state()->selectionRange());
    enable({NoteEdit, NoteDelete}, shown && shown->state()->selectedNote() != render::ViewState::kNoNote);
    enable({Reload, Export, SavePicture, SaveFlame, CopyFlame, ShowTimeline, ShowFlame, ShowSandwich, ShowFunctions, ShowHits, Find, Filter, FindNext, FindPrevious, SelectAll, ClearSelection, CollapseAll, ExpandAll,
               BottomDocks, RightDocks, LayoutDefault, LayoutWide, LayoutNumbers, LayoutCode, FitAll, ZoomIn, ZoomOut,
               PanLeft, PanRight},
        shown);
    enable({SavePanel, CopyPanel, SaveTable, CopyTable}, shown);
    showLook();
    enable({CloseTab}, m_tabs->count());
    enable({NewTab}, m_tabs->count());
    const bool selected = shown && shown->state()->selected() != store::kNoSlice;
    enable({Parent, Child, Next, Previous, FlowNext, FlowPrevious}, selected);
    const bool instant = shown && shown->state()->selectedInstant() != render::ViewState::kNoInstant;
    enable({FitSelection}, selected || instant || (shown && shown->state()->area()));
    enable({NextException, PreviousException}, shown && !shown->trace().instants().empty());
    enable({OpenEditor, Copy}, shown && shown->state()->highlighted().valid());
    enable({Back}, shown && shown->state()->canGoBack());
    enable({Forward}, shown && shown->state()->canGoForward());
    const bool running = m_recorder->isRunning() || m_attacher->isRunning();
    enable({Launch, Attach, Sample}, !running);
    enable({Pause, Snapshot}, m_attacher->mayPause() || m_recorder->mayPause());
    const bool paused = m_attacher->isPaused() || m_recorder->isPaused();
    (*m_actions)[Pause]->setProperty("goesOn", paused); // before the text, whose change is told
    (*m_actions)[Pause]->setText(paused ? tr("Go on recording") : tr("Pause recording"));
    enable({LaunchAgain}, !running && m_recorder->canLaunchAgain());
    enable({Stop}, running);
}

QString MainWindow::folderFor(const QString& kept) const
{
    if (QFileInfo(kept).isDir())
        return kept;
    if (const Document* shown = document())
        return QFileInfo(shown->path().section(u'\n', 0, 0)).path();
    return QDir::homePath();
}

void MainWindow::openFiles()
{
    const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open recordings"), folderFor(m_settings.lastFolder()),
        tr("Recordings and traces (*.calltide *.json *.gz *.zst *.zip *.tar *.pftrace *.perfetto-trace *.speedscope *.prof "
           "*.pstats *.cpuprofile *.pprof *.pb *.collapsed *.folded *.txt);;All files (*)"));
    if (!paths.isEmpty())
        m_settings.setLastFolder(QFileInfo(paths.last()).path());
    openAll(paths);
}

void MainWindow::chooseMerge()
{
    if (!m_merge) {
        m_merge = new MergeSheet(m_appearance, this);
        connect(m_merge, &MergeSheet::mergeRequested, this, &MainWindow::openMerged);
    }
    QStringList paths;
    for (int i = 0; i < m_tabs->count(); ++i)
        if (const auto* document = m_tabs->tabData(i).value<Document*>(); document && !document->path().contains(u'\n'))
            paths << document->path();
    m_merge->popUp(paths, folderFor(m_settings.lastFolder()));
}

void MainWindow::chooseExport()
{
    if (Document* shown = document())
        m_export->ask(*shown->state(), shown->path(), folderFor(m_settings.exportFolder()));
}

LaunchSheet* MainWindow::launchSheet()
{
    if (!m_sheet) {
        m_sheet = new LaunchSheet(m_appearance, m_settings, m_launches, this);
        connect(m_sheet, &LaunchSheet::launchRequested, this, &MainWindow::run);
    }
    return m_sheet;
}

void MainWindow::run(const session::LaunchOptions& options)
{
    if (m_recorder->isRunning())
        return;
    m_panels->showConsole();
    m_recorder->launch(options);
}

void MainWindow::runAgain(const session::LaunchOptions& options)
{
    // A name given by hand would be overwritten; a free one is found instead.
    session::LaunchOptions wanted = options;
    if (!wanted.output.isEmpty() && QFileInfo::exists(QDir(wanted.workingDirectory).absoluteFilePath(wanted.output)))
        wanted.output.clear();
    m_launches.noteLaunch(options);
    run(wanted);
}

void MainWindow::launch()
{
    if (!m_recorder->isRunning())
        launchSheet()->popUp();
}

void MainWindow::showPlace(const QString& path, int line)
{
    const QString file = QDir(m_recorder->workingDirectory()).absoluteFilePath(path);
    if (Document* shown = document(); shown && shown->source()->showPlace(file, line)) {
        Panel* source = (*m_panels)[Panels::Source];
        source->show();
        source->raise();
    } else if (!QFileInfo::exists(file) || !QDesktopServices::openUrl(QUrl::fromLocalFile(file))) {
        say(tr("%1 cannot be shown: it is neither in a recording that is open nor on this disk.").arg(shortPath(file)));
    }
}

void MainWindow::openSample()
{
    session::LaunchOptions options;
    options.target = sampleProgram();
    if (options.target.isEmpty()) {
        say(tr("The sample program is not part of this installation."));
        return;
    }
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::CacheLocation));
    folder.mkpath(QStringLiteral("."));
    options.workingDirectory = folder.path();
    options.output = folder.filePath(QStringLiteral("sample.calltide"));
    m_panels->showConsole();
    // Any Python that can be recorded will do; when there is none, the usual one says why.
    m_pythonSearch.start(
        [](store::Progress&) {
            for (const session::Interpreter& python : session::findInterpreters())
                if (python.usable())
                    return python.path;
            return QString();
        },
        [this, options](const QString& python) {
            session::LaunchOptions wanted = options;
            wanted.interpreter = python;
            m_recorder->launch(wanted);
        });
}

void MainWindow::fillRecent(QMenu& menu)
{
    menu.clear();
    for (const QString& path : m_recent.paths()) {
        QAction* action = menu.addAction(shortPath(path).replace(u'&', QStringLiteral("&&")), this, [this, path] { open(path); });
        action->setEnabled(QFileInfo::exists(path));
    }
    if (menu.isEmpty())
        menu.addAction(tr("Nothing was opened yet"))->setEnabled(false);
    menu.addSeparator();
    menu.addAction((*m_actions)[ActionId::ClearRecent]);
}

// A middle click closes its tab.
bool MainWindow::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_tabs && event->type() == QEvent::MouseButtonRelease) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::MiddleButton) {
            closeTab(m_tabs->tabAt(mouse->position().toPoint()));
            return true;
        }
    }
    return QMainWindow::eventFilter(object, event);
}

} // namespace calltide::ui
