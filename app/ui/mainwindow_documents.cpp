// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: recordings come into its tabs, in parts or still growing, and go again.
#include "ui/appearance.h"
#include "ui/attacher.h"
#include "ui/controls.h"
#include "ui/document.h"
#include "ui/filterbar.h"
#include "ui/headerbar.h"
#include "ui/mainwindow.h"
#include "ui/noticebar.h"
#include "ui/opener.h"
#include "ui/panels.h"
#include "ui/recorder.h"
#include "ui/recordingview.h"
#include "ui/searchbox.h"
#include "ui/startpage.h"
#include "ui/statusline.h"
#include "ui/text.h"
#include "widget/flameview.h"
#include <QElapsedTimer>
#include <QFileInfo>
#include <QStackedWidget>
#include <QTabBar>
#include <algorithm>

namespace calltide::ui {

void MainWindow::open(const QString& path)
{
    openAll({path});
}

void MainWindow::openAll(const QStringList& paths)
{
    m_order.ask(paths);
    for (const QString& path : paths) {
        if (Document* shown = documentOf(path); shown && shown->isLive()) {
            m_tabs->setCurrentIndex(tabOf(shown));
            m_reloading.clear();
        } else {
            m_opener->open(path);
        }
    }
}

void MainWindow::openMerged(const QStringList& paths, const formats::MergeOptions& merge)
{
    m_opener->open(paths, merge);
}

Document* MainWindow::documentOf(const QString& path) const
{
    for (const auto& document : m_documents)
        if (QFileInfo(document->path()) == QFileInfo(path))
            return document.get();
    return nullptr;
}

// A recording that goes on: its tab says so until it ends.
void MainWindow::openedLive(Document& opened, const QString& path)
{
    Document* const live = &opened;
    const auto showTitle = [this, live](bool recording) {
        const int tab = tabOf(live);
        m_tabs->setTabText(tab, recording ? tr("%1 — recording").arg(live->title()) : live->title());
        m_tabs->setTabIcon(tab, recording ? m_appearance.theme().icon(QStringLiteral("record"), m_appearance.color(u"state.recording"))
                                          : m_appearance.icon(QStringLiteral("recording")));
    };
    showTitle(true);
    auto* view = new RecordingView(m_appearance, *m_actions, *live);
    const QString ours[] = {m_recorder->recordingPath(), m_attacher->recordingPath()};
    view->setSteered(std::any_of(std::begin(ours), std::end(ours), [&](const QString& p) { return !p.isEmpty() && QFileInfo(p) == QFileInfo(path); }));
    live->setRecording(view);
    m_panels->recordingChanged(*live);
    connect(live, &Document::looked, view, &RecordingView::look);
    const auto over = [this, live] {
        live->setRecording(nullptr);
        m_panels->recordingChanged(*live);
    };
    connect(live, &Document::looked, this, [this, live, since = QElapsedTimer()]() mutable {
        if (document() != live || (since.isValid() && since.elapsed() < 250))
            return;
        since.start();
        m_status->showDocument(live);
    });
    connect(live, &Document::failed, this, &MainWindow::say);
    connect(live, &Document::ended, this, [this, live, path, showTitle, over] {
        showTitle(false);
        over();
        m_recent.add(*live->context(), path);
        m_start->refresh();
        noteProblems(*live);
        if (document() == live)
            m_status->showDocument(live);
        updateActions();
    });
}

void MainWindow::partOpened(const TraceContextPtr& context, const QString& path)
{
    if (m_reloading == path)
        return; // what is shown is better than a part
    if (Document* shown = m_loading.value(path)) {
        shown->load(context);
        return;
    }
    Document* made = opened(context, path);
    m_loading.insert(path, made);
    m_tabs->setTabText(tabOf(made), tr("%1 — reading").arg(made->title()));
    connect(made, &QObject::destroyed, this, [this, path] { // closed before it was there: no more of it is wanted
        if (m_loading.remove(path))
            m_opener->cancel(path);
    });
}

void MainWindow::loadEnded(const QString& path)
{
    if (Document* shown = m_loading.take(path))
        closeTab(tabOf(shown));
}

Document* MainWindow::opened(const TraceContextPtr& context, const QString& path)
{
    if (Document* shown = m_loading.take(path)) {
        shown->load(context);
        m_tabs->setTabText(tabOf(shown), shown->title());
        m_recent.add(*context, path);
        m_start->refresh();
        if (document() == shown)
            m_status->showDocument(shown);
        m_notices->removeOwned(shown);
        noteProblems(*shown);
        updateActions();
        return shown;
    }
    auto made = std::make_unique<Document>(context, m_appearance, m_renderer);
    Document* document = made.get();
    setUpTimeline(*document->timeline());
    if (!document->hasRowSize())
        document->setRowSize(m_rows, false);
    setMotion(*document);
    connect(document->timeline(), &timeline::TimelineView::arrangementChanged, this, &MainWindow::updateActions);
    connect(document->timeline(), &timeline::TimelineView::frameDrawn, m_status, &StatusLine::setFrameTime);
    connect(document->state(), &render::ViewState::rangeChanged, this, &MainWindow::updateActions);
    connect(document->state(), &render::ViewState::selectionChanged, this, &MainWindow::updateActions);
    connect(document->state(), &render::ViewState::areaChanged, this, &MainWindow::updateActions);
    connect(document->state(), &render::ViewState::notesChanged, this, &MainWindow::updateActions);
    connect(document->state(), &render::ViewState::myCodeChanged, this, &MainWindow::updateActions);
    m_pages->addWidget(document->timeline());
    m_panels->addDocument(*document);
    connectDocument(*document);
    // Several files together are none that could be opened again by a name; one that grows is kept at its end.
    if (!path.contains(u'\n') && !context->trace->isGrowing())
        m_recent.add(*context, path);
    m_start->refresh();

    // A reloaded file takes its tab's place and keeps the shown part; the start page's tab gives way to a new one.
    int index = -1;
    for (const auto& other : m_documents) {
        if (m_reloading == path && (other->path() == path || QFileInfo(other->path()) == QFileInfo(path))) {
            index = tabOf(other.get());
            document->state()->setRange(other->state()->range());
            break;
        }
    }
    const bool replaces = index >= 0;
    if (index < 0)
        index = tabOf(nullptr);
    m_documents.push_back(std::move(made));
    const QVariant data = QVariant::fromValue(document);
    const TabOrder::Place place = m_order.take(path);
    document->setProperty("asked", place.number);
    const auto numberAt = [this](int tab) {
        const auto* d = m_tabs->tabData(tab).value<Document*>();
        return d ? d->property("asked").toInt() : 0;
    };
    int at = index >= 0 ? index + 1 : m_tabs->count();
    for (int tab = 0; index < 0 && place.number && tab < m_tabs->count(); ++tab)
        if (numberAt(tab) > place.number)
            at = std::min(at, tab);
    m_tabs->insertTab(at, m_appearance.icon(QStringLiteral("recording")), document->title());
    m_tabs->setTabData(at, data);
    m_tabs->setTabToolTip(at, document->path().toHtmlEscaped());
    auto* cross = new IconButton(m_appearance, QStringLiteral("close"), tr("Close %1").arg(document->title()));
    setStyleProperty(cross, "small", true);
    connect(cross, &QToolButton::clicked, this, [this, document] { closeTab(tabOf(document)); });
    m_tabs->setTabButton(at, QTabBar::RightSide, cross);
    if (index >= 0)
        closeTab(index);
    if (replaces)
        m_reloading.clear();
    const bool shown = replaces || place.comesBefore(numberAt(m_tabs->currentIndex()));
    if (shown)
        m_tabs->setCurrentIndex(tabOf(document));
    showTab(m_tabs->currentIndex());
    if (!context->trace->isGrowing())
        noteProblems(*document);
    if (shown)
        document->timeline()->setFocus();
    return document;
}

// What could not be read is said, never passed over.
void MainWindow::noteProblems(const Document& document)
{
    const store::Trace& trace = document.trace();
    QStringList sentences;
    bool lost = trace.lost() > 0;
    for (const store::Problem& problem : trace.problems()) {
        if (problem.severity == store::Severity::Info && problem.kind != "recording.no_end" && problem.kind != "recording.became")
            continue; // how a program ended is worth knowing
        lost = lost || problem.severity == store::Severity::DataLoss;
        QString text = labelText(problem.text);
        while (text.endsWith(u'.'))
            text.chop(1);
        const bool named = problem.kind.starts_with("recording.note: ") && !text.startsWith(QLatin1String("recording "));
        if (!named && !text.isEmpty()) // a child's note begins with its name
            text[0] = text[0].toUpper();
        sentences << (problem.count > 1 ? tr("%1 (%2 times)").arg(text, formatNumber(problem.count)) : text);
    }
    for (const auto& [key, value] : trace.metadata()) {
        if (key == "axis") // of profiles whose axis is no time
            sentences.prepend(tr("The axis shows %1").arg(labelText(value)));
    }
    if (trace.lost())
        sentences.prepend(tr("%1 events were lost while recording").arg(formatNumber(trace.lost())));
    if (sentences.isEmpty() && trace.sliceCount())
        return;
    Notice notice;
    notice.owner = &document;
    notice.kind = lost ? Notice::Kind::Warning : Notice::Kind::Info;
    notice.icon = QStringLiteral("exception");
    notice.text = sentences.isEmpty() ? tr("This recording has no calls.") : sentences.join(QStringLiteral(". ")) + u'.';
    m_notices->add(std::move(notice));
}

void MainWindow::closeTab(int index)
{
    if (index < 0 || index >= m_tabs->count())
        return;
    auto* document = m_tabs->tabData(index).value<Document*>();
    const bool shown = index == m_tabs->currentIndex();
    m_tabs->removeTab(index);
    if (document) {
        m_notices->removeOwned(document);
        if (m_header->search())
            m_header->search()->setState(nullptr);
        m_filter->setState(nullptr);
        std::erase_if(m_documents, [document](const auto& d) { return d.get() == document; });
    }
    showTab(m_tabs->currentIndex());
    if (Document* next = this->document(); next && shown) // or a button of the header bar would get it
        next->timeline()->setFocus();
}

} // namespace calltide::ui
