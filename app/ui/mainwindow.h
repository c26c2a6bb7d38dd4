// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: header, tabs, notices, the timeline of the chosen tab in the centre and the panels around it. Owns what the
// parts share and wires them; each part does its own work. GUI thread.
#pragma once
#include "formats/mergeoptions.h"
#include "session/jobs.h"
#include "session/launchstore.h"
#include "ui/actions.h"
#include "ui/recent.h"
#include "ui/taborder.h"
#include "ui/tracecontext.h"
#include "widget/timelineview.h"
#include <QHash>
#include <QPointer>
#include <QMainWindow>
#include <functional>
#include <memory>
#include <vector>

class QMenu;
class QStackedWidget;
class QTabBar;

namespace calltide::ui {

class Appearance;
class Attacher;
class ConsoleView;
class Document;
class DropFrame;
class Exporter;
class MergeSheet;
class FilterBar;
class HeaderBar;
class Keys;
class LaunchSheet;
class NoticeBar;
class Opener;
class Panels;
class Recorder;
class StartPage;
class Palette;
class Question;
class StatusLine;
struct PaletteEntry;

class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    MainWindow(Appearance& appearance, session::Settings& settings, timeline::Renderer renderer);
    ~MainWindow() override;

    void open(const QString& path);
    void openAll(const QStringList& paths); // a tab each, in their order
    void openMerged(const QStringList& paths, const formats::MergeOptions& merge); // several files as one timeline
    void savePicture(const QString& path, bool flame = false); // .png or .svg
    void savePane(QWidget& pane, const QString& path); // .png, .svg or its table as .csv
    Document* document() const;          // the shown one; null on the start page
    const Actions& actionTable() const { return *m_actions; }
    LaunchSheet* launchSheet();
    Attacher& attacher() const { return *m_attacher; }
    NoticeBar& notices() const { return *m_notices; }
    bool isBusy() const; // reads a file or runs a program

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void build();
    void connectActions();
    void connectViewActions();
    void connectParts();
    void connectPalette();
    std::vector<PaletteEntry> paletteEntries();
    void addToPalette(Document& shown, std::vector<PaletteEntry>& out);
    void on(ActionId id, std::function<void()> what);
    void onTimeline(ActionId id, void (timeline::TimelineView::*what)());

    Document* opened(const TraceContextPtr& context, const QString& path);
    void openedLive(Document& document, const QString& path);
    void connectKeeping();
    void partOpened(const TraceContextPtr& context, const QString& path);
    void loadEnded(const QString& path); // without the whole: what was seen of it goes
    Document* documentOf(const QString& path) const; // of an open tab; null: there is none
    void connectDocument(Document& document);
    void noteProblems(const Document& document);
    void showTab(int index);
    void closeTab(int index);
    void showStartPage();
    int tabOf(const Document* document) const;
    void updateActions();
    void updateTabRow();
    void fillRecent(QMenu& menu);
    void say(const QString& sentence); // an error, in the notice bar
    void launch();
    void run(const session::LaunchOptions& options);
    void runAgain(const session::LaunchOptions& options);
    void showPlace(const QString& path, int line); // of a traceback
    void openSample();
    void openFiles();
    void chooseMerge();
    void chooseExport();
    void choosePicture(bool flame);
    void connectPictures();
    void savePane(QWidget& pane, bool table); // asks where to
    void showPanel(int which);
    void showRows(layout::RowSize rows); // in menu and status line
    void setColors(layout::ColorMode mode, bool colorBlind);
    void setTimes(layout::TimeFormat format);
    void setMotion(Document& document);
    void showLook(); // of the shown recording, in the menus
    void setUpTimeline(timeline::TimelineView& view);
    void restoreWindow();
    QString folderFor(const QString& kept) const;

    Appearance& m_appearance;
    session::Settings& m_settings;
    timeline::Renderer m_renderer;
    RecentFiles m_recent;
    session::LaunchStore m_launches;
    Actions* m_actions;
    Keys* m_keys = nullptr;
    HeaderBar* m_header = nullptr;
    NoticeBar* m_notices = nullptr;
    FilterBar* m_filter = nullptr;
    QWidget *m_top = nullptr, *m_tabRow = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_start = nullptr;
    Panels* m_panels = nullptr;
    ConsoleView* m_console = nullptr;
    StatusLine* m_status = nullptr;
    Opener* m_opener = nullptr;
    Exporter* m_export = nullptr;
    MergeSheet* m_merge = nullptr; // made when it is first asked for
    Recorder* m_recorder = nullptr;
    Attacher* m_attacher = nullptr;
    LaunchSheet* m_sheet = nullptr; // made when first asked for
    Palette* m_palette = nullptr;
    DropFrame* m_drop = nullptr;
    std::vector<std::unique_ptr<Document>> m_documents;
    session::JobRunner m_pythonSearch; // for the sample
    QHash<QString, Document*> m_loading; // shown in part
    TabOrder m_order;
    QString m_reloading; // the path that takes the place of its tab
    layout::RowSize m_rows = layout::RowSize::Normal;
    layout::TimeFormat m_times = layout::TimeFormat::FromStart;
    bool m_closeWhenEnded = false;
    QPointer<Question> m_question; // whether to close
};

} // namespace calltide::ui
