// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/attacher.h"
#include "ui/consoleview.h"
#include "ui/controls.h"
#include "ui/document.h"
#include "ui/dropframe.h"
#include "ui/exporter.h"
#include "ui/filterbar.h"
#include "ui/headerbar.h"
#include "ui/keys.h"
#include "ui/launchsheet.h"
#include "ui/menus.h"
#include "ui/noticebar.h"
#include "ui/opener.h"
#include "ui/panels.h"
#include "ui/question.h"
#include "ui/recorder.h"
#include "ui/searchbox.h"
#include "ui/startpage.h"
#include "ui/statusline.h"
#include "ui/text.h"
#include <QAction>
#include <QBoxLayout>
#include <QCloseEvent>
#include <QDir>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <algorithm>

namespace calltide::ui {
namespace {
QString droppedFile(const QMimeData* data)
{
    if (data)
        for (const QUrl& url : data->urls())
            if (url.isLocalFile())
                return url.toLocalFile();
    return {};
}
} // namespace

MainWindow::MainWindow(Appearance& appearance, session::Settings& settings, timeline::Renderer renderer)
    : m_appearance(appearance)
    , m_settings(settings)
    , m_renderer(renderer)
    , m_recent(settings, appearance)
    , m_launches(settings.folder() + QStringLiteral("/launches.json"))
    , m_actions(new Actions(appearance, this))
    , m_keys(new Keys(*m_actions, settings, this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("Calltide"));
    setAcceptDrops(true);
    setMinimumSize(480, 320);
    build();
    connectParts();
    connectActions();
    connectViewActions();
    restoreWindow();
    updateTabRow();
    showTab(-1);
}

MainWindow::~MainWindow()
{
    // Views point to states, states to nothing: the documents go first, while the panels still stand.
    m_header->search()->setState(nullptr);
    m_tabs->disconnect(this);
    m_documents.clear();
}

void MainWindow::build()
{
    m_top = new QWidget;
    auto* column = new QVBoxLayout(m_top);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header = new HeaderBar(m_appearance, *m_actions);
    column->addWidget(m_header);

    m_tabRow = new QWidget;
    m_tabRow->setObjectName(QStringLiteral("tabRow"));
    m_tabRow->setAttribute(Qt::WA_StyledBackground);
    m_tabRow->setFixedHeight(m_appearance.px(u"size.tab_row"));
    auto* row = new QHBoxLayout(m_tabRow);
    row->setContentsMargins(4, 0, 4, 0);
    row->setSpacing(4);
    m_tabs = new QTabBar;
    m_tabs->setObjectName(QStringLiteral("files"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setDocumentMode(true);
    m_tabs->setMovable(true);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setMinimumWidth(60);
    m_tabs->setAccessibleName(tr("Open recordings"));
    row->addWidget(m_tabs);
    auto* plus = new IconButton(m_appearance, QStringLiteral("plus"), tr("Start page (Ctrl+N)"));
    connect(plus, &QToolButton::clicked, (*m_actions)[ActionId::NewTab], &QAction::trigger);
    row->addWidget(plus);
    row->addStretch(1);
    column->addWidget(m_tabRow);
    m_notices = new NoticeBar(m_appearance);
    column->addWidget(m_notices);
    m_filter = new FilterBar(m_appearance);
    column->addWidget(m_filter);
    setMenuWidget(m_top);

    m_start = new StartPage(m_appearance, *m_actions, m_recent, m_launches);
    m_pages = new QStackedWidget;
    m_pages->setMinimumSize(200, 120);
    m_pages->addWidget(m_start);
    setCentralWidget(m_pages);

    m_panels = new Panels(*this, m_appearance);
    m_console = new ConsoleView(m_appearance, *m_actions);
    Panel* console = (*m_panels)[Panels::Console];
    console->addPage(m_console);
    console->showPage(m_console);
    m_status = new StatusLine(*statusBar(), m_appearance, *m_actions);
    m_opener = new Opener(m_appearance, *m_notices, this);
    m_export = new Exporter(m_appearance, *m_notices, this);
    m_recorder = new Recorder(*m_console, *m_header, *m_notices, this);
    m_attacher = new Attacher(m_appearance, *m_header, *m_notices, this);
    m_drop = new DropFrame(m_appearance, this);

    const Menus menus = fillMenuBar(*m_header->menuBar(), *m_actions, *m_panels);
    connect(menus.recent, &QMenu::aboutToShow, this, [this, menu = menus.recent] { fillRecent(*menu); });
}

void MainWindow::connectParts()
{
    connect(&m_appearance, &Appearance::changed, this, [this] { m_actions->updateIcons(m_appearance); });
    connect(m_tabs, &QTabBar::currentChanged, this, &MainWindow::showTab);
    connect(m_tabs, &QTabBar::tabBarDoubleClicked, this, [this](int index) {
        if (index < 0)
            showStartPage();
    });
    m_tabs->installEventFilter(this);
    connect(m_start, &StartPage::openRequested, this, &MainWindow::open);
    connect(m_start, &StartPage::runRequested, this, &MainWindow::runAgain);
    connect(m_start, &StartPage::editRequested, this, [this](const session::LaunchOptions& launch) {
        if (!m_recorder->isRunning())
            launchSheet()->popUp(launch);
    });
    connect(m_opener, &Opener::opened, this, &MainWindow::opened);
    connect(m_opener, &Opener::partOpened, this, &MainWindow::partOpened);
    connect(m_opener, &Opener::cancelled, this, &MainWindow::loadEnded);
    connect(m_opener, &Opener::openedLive, this,
        [this](const TraceContextPtr& context, const QString& path, const std::shared_ptr<session::LiveFollower>& follower) {
            Document* document = opened(context, path);
            document->follow(follower);
            openedLive(*document, path);
        });
    connect(m_recorder, &Recorder::recording, m_opener, &Opener::follow);
    connect(m_attacher, &Attacher::recording, m_opener, &Opener::follow);
    connect(m_opener, &Opener::failed, this, [this](const QString& path, const QString& sentence) {
        if (m_reloading == path)
            m_reloading.clear();
        loadEnded(path);
        say(sentence);
    });
    connect(m_export, &Exporter::failed, this, &MainWindow::say);
    connect(m_export, &Exporter::started, this,
        [this](const QString& path) { m_settings.setExportFolder(QFileInfo(path).path()); });
    connect(m_export, &Exporter::finished, this, [this](const QString& path) {
        Notice notice;
        notice.icon = QStringLiteral("ok");
        notice.text = tr("%1 is written, %2.").arg(shortPath(path), formatBytes(uint64_t(QFileInfo(path).size())));
        m_notices->add(std::move(notice));
    });
    connect(m_recorder, &Recorder::recorded, this, [this](const QString& path) {
        if (!m_opener->programEnded(path))
            open(path);
        if (m_closeWhenEnded)
            close();
    });
    connect(m_recorder, &Recorder::failed, this, [this](const QString& sentence) {
        m_opener->programEnded(m_recorder->recordingPath());
        say(sentence);
        if (m_closeWhenEnded)
            close();
    });
    connect(m_console, &ConsoleView::linkActivated, this, &MainWindow::showPlace);
    connect(m_recorder, &Recorder::snapshotTaken, this, [this](const QString& path) {
        Notice notice;
        notice.icon = QStringLiteral("snapshot");
        notice.text = tr("%1 is written.").arg(shortPath(path));
        notice.actionText = tr("Open");
        notice.action = [this, path] { open(path); };
        m_notices->add(std::move(notice));
    });
    connect(m_recorder, &Recorder::consoleAsked, m_panels, &Panels::showConsole);
    connect(m_recorder, &Recorder::runningChanged, this, &MainWindow::updateActions);
    connect(m_attacher, &Attacher::recorded, this, [this](const QString& path) {
        if (!m_opener->programEnded(path))
            open(path);
    });
    connect(m_attacher, &Attacher::openRequested, this, &MainWindow::open);
    connect(m_attacher, &Attacher::failed, this, &MainWindow::say);
    connect(m_attacher, &Attacher::runningChanged, this, &MainWindow::updateActions);
    connect(m_header->search(), &SearchBox::left, this, [this] {
        if (Document* shown = document())
            shown->timeline()->setFocus();
    });
    connect(m_filter, &FilterBar::left, this, [this] {
        if (Document* shown = document())
            shown->timeline()->setFocus();
    });
    connect(m_status, &StatusLine::problemsClicked, this, [this] {
        if (Document* shown = document()) {
            m_notices->removeOwned(shown);
            noteProblems(*shown);
        }
    });
}

Document* MainWindow::document() const
{
    const int index = m_tabs->currentIndex();
    return index < 0 ? nullptr : m_tabs->tabData(index).value<Document*>();
}

int MainWindow::tabOf(const Document* document) const
{
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->tabData(i).value<Document*>() == document)
            return i;
    return -1;
}

void MainWindow::showTab(int index)
{
    Document* shown = index < 0 ? nullptr : m_tabs->tabData(index).value<Document*>();
    m_pages->setCurrentWidget(shown ? static_cast<QWidget*>(shown->timeline()) : m_start);
    m_panels->showDocument(shown);
    m_header->search()->setState(shown ? shown->state() : nullptr);
    m_filter->setState(shown ? shown->state() : nullptr);
    m_notices->setOwner(shown);
    m_status->showDocument(shown);
    setWindowTitle(shown ? tr("%1 – Calltide").arg(shown->title()) : QStringLiteral("Calltide"));
    setWindowFilePath(shown ? shown->path().section(u'\n', 0, 0) : QString());
    updateTabRow();
    updateActions();
    if (!shown)
        m_start->setFocus();
}

void MainWindow::showStartPage()
{
    int index = tabOf(nullptr);
    if (index < 0 && m_tabs->count()) {
        index = m_tabs->addTab(m_appearance.icon(QStringLiteral("plus")), tr("Start"));
        m_tabs->setTabData(index, QVariant::fromValue<Document*>(nullptr));
        auto* cross = new IconButton(m_appearance, QStringLiteral("close"), tr("Close the start page"));
        setStyleProperty(cross, "small", true);
        connect(cross, &QToolButton::clicked, this, [this] { closeTab(tabOf(nullptr)); });
        m_tabs->setTabButton(index, QTabBar::RightSide, cross);
    }
    m_start->refresh();
    m_tabs->setCurrentIndex(index);
    showTab(index);
}

void MainWindow::updateTabRow()
{
    m_tabRow->setVisible(m_tabs->count() > 0);
}

void MainWindow::say(const QString& sentence)
{
    Notice notice;
    notice.kind = Notice::Kind::Danger;
    notice.icon = QStringLiteral("error");
    notice.text = sentence;
    m_notices->add(std::move(notice));
}

bool MainWindow::isBusy() const
{
    return m_opener->isOpening() || m_recorder->isRunning() || m_attacher->isRunning()
        || std::any_of(m_documents.begin(), m_documents.end(), [](const auto& d) { return d->isLive(); });
}

void MainWindow::restoreWindow()
{
    if (!restoreGeometry(m_settings.windowState(QStringLiteral("geometry"))))
        resize(m_appearance.px(u"size.window_default.0"), m_appearance.px(u"size.window_default.1"));
    m_panels->restoreState(m_settings.windowState(QStringLiteral("panels")));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_recorder->isRunning()) {
        event->ignore();
        if (!m_closeWhenEnded && (!m_question || m_question->isHidden()))
            m_question = new Question(m_appearance, tr("Stop the recording?"),
                tr("%1 was launched from this window and ends with it. What is recorded so far is kept.").arg(m_recorder->programName()),
                {tr("Cancel"), tr("Stop and keep")}, 1,
                [this](int answer) {
                    if (!answer)
                        return;
                    m_closeWhenEnded = m_recorder->isRunning();
                    if (m_closeWhenEnded)
                        m_recorder->stop();
                    else
                        close();
                },
                this);
        return;
    }
    if (!m_attacher->confirmClose()) {
        event->ignore();
        return;
    }
    m_settings.setWindowState(QStringLiteral("geometry"), saveGeometry());
    m_settings.setWindowState(QStringLiteral("panels"), m_panels->saveState());
    m_settings.sync();
    event->accept();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_panels->windowResized(width());
}

// "/" and "?" are where they are on every keyboard, whatever has the focus.
void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->text() == u"/" && document())
        (*m_actions)[ActionId::Find]->trigger();
    else
        QMainWindow::keyPressEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const QString file = droppedFile(event->mimeData());
    if (file.isEmpty())
        return;
    event->acceptProposedAction();
    m_drop->popUp(tr("Open %1").arg(QFileInfo(file).fileName()));
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_drop->hide();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_drop->hide();
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    openAll(paths);
    event->acceptProposedAction();
}

} // namespace calltide::ui
