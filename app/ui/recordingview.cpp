// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recordingview.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/document.h"
#include "ui/recordingparts.h"
#include "ui/text.h"
#include <QAction>
#include <QBoxLayout>
#include <QGridLayout>
#include <QPushButton>
#include <QScrollArea>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr int kFiguresEveryMs = 500, kHottestEveryMs = 1000;
constexpr int64_t kHottestNs = 5'000'000'000;
constexpr double kHottestCalls = 250'000; // so that counting them costs some ms
constexpr int kMostProcesses = 12;
} // namespace

RecordingView::RecordingView(const Appearance& appearance, const Actions& actions, Document& document)
    : m_appearance(appearance)
    , m_document(document)
{
    build(actions);
    connect(m_document.state(), &render::ViewState::followingChanged, this, &RecordingView::updateFollow);
    connect(m_follow, &QPushButton::clicked, this, [this] { m_document.state()->setFollowing(!m_document.state()->isFollowing()); });
    connect(m_hottest, &HottestList::chosen, this, [this](store::FunctionId function) { m_document.state()->highlight(function); });
    updateFollow();
    m_sinceFigures.start();
    showProcesses();
}

void RecordingView::build(const Actions& actions)
{
    auto* page = new QWidget;
    page->setProperty("panel", true);
    page->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 10, 0, 8);
    column->setSpacing(8);
    auto* upper = new QVBoxLayout;
    upper->setContentsMargins(14, 0, 14, 0);
    upper->setSpacing(8);
    column->addLayout(upper);

    auto* figures = new QHBoxLayout;
    figures->setSpacing(8);
    figures->addWidget(figureBox(m_appearance, tr("Calls a second"), m_rate), 1);
    figures->addWidget(figureBox(m_appearance, tr("File"), m_bytes), 1);
    figures->addWidget(figureBox(m_appearance, tr("Lost"), m_lost), 1);
    upper->addLayout(figures);
    m_plot = new RatePlot(m_appearance);
    m_plot->setToolTip(tr("Calls a second, the last minute"));
    upper->addWidget(m_plot);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    QAction* snapshot = actions[ActionId::Snapshot];
    m_snapshot = new QPushButton(m_appearance.icon(QStringLiteral("snapshot")), u' ' + tr("Snapshot"));
    m_snapshot->setToolTip(snapshot->text());
    m_snapshot->setEnabled(snapshot->isEnabled());
    connect(m_snapshot, &QPushButton::clicked, snapshot, &QAction::trigger);
    connect(snapshot, &QAction::changed, m_snapshot, [this, snapshot] { m_snapshot->setEnabled(snapshot->isEnabled()); });
    m_follow = new QPushButton(m_appearance.icon(QStringLiteral("follow")), u' ' + tr("Follow the end"));
    m_follow->setCheckable(true);
    m_follow->setToolTip(tr("Keep the newest calls in sight (End)"));
    for (QPushButton* button : {m_snapshot, m_follow})
        buttons->addWidget(button);
    buttons->addStretch(1);
    upper->addLayout(buttons);

    const auto heading = [this](const QString& text) {
        QLabel* label = plainLabel(text, "secondary");
        label->setFont(uiFont(m_appearance, u"caption", 600));
        return label;
    };
    m_hottestHead = new ElidedLabel;
    m_hottestHead->setProperty("secondary", true);
    m_hottestHead->setFont(uiFont(m_appearance, u"caption", 600));
    m_hottestHead->setFullText(tr("Hottest now"));
    m_hottestHead->setContentsMargins(14, 4, 14, 0);
    column->addWidget(m_hottestHead);
    m_hottest = new HottestList(m_appearance);
    column->addWidget(m_hottest);

    auto* lower = new QVBoxLayout;
    lower->setContentsMargins(14, 4, 14, 0);
    lower->setSpacing(6);
    column->addLayout(lower);
    lower->addWidget(heading(tr("Processes")));
    m_processes = new QGridLayout;
    m_processes->setHorizontalSpacing(8);
    m_processes->setVerticalSpacing(4);
    m_processes->setColumnStretch(1, 1);
    lower->addLayout(m_processes);
    lower->addSpacing(4);
    lower->addWidget(heading(tr("How it is recorded")));
    m_how = new ElidedLabel;
    m_how->setFont(uiFont(m_appearance, u"small"));
    lower->addWidget(m_how);
    column->addStretch(1);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scrolled(page));
}

void RecordingView::setSteered(bool steered)
{
    m_snapshot->setVisible(steered);
}

void RecordingView::updateFollow()
{
    m_follow->setChecked(m_document.state()->isFollowing());
}

void RecordingView::look(const formats::LiveState& state)
{
    m_state = state;
    m_state.trace.reset(); // the document has it
    const qint64 ms = m_sinceFigures.elapsed();
    if (ms < kFiguresEveryMs)
        return;
    if (m_callsBefore)
        m_perSecond = double(state.calls - std::min(state.calls, m_callsBefore)) * 1000 / double(ms);
    m_callsBefore = state.calls;
    m_sinceFigures.start();
    m_plot->add(m_perSecond);
    if (!isSeen(this))
        return;
    showFigures();
    showProcesses();
    if (!m_sinceHottest.isValid() || m_sinceHottest.elapsed() >= kHottestEveryMs)
        countHottest();
}

void RecordingView::showFigures()
{
    m_rate->setText(formatShort(m_perSecond));
    m_bytes->setText(formatBytes(m_state.bytes));
    m_lost->setText(formatNumber(m_state.lost));
    if (m_lost->property("warn").toBool() != (m_state.lost > 0))
        setStyleProperty(m_lost, "warn", m_state.lost > 0);
}

void RecordingView::showProcesses()
{
    const store::Trace& trace = m_document.trace();
    const auto& processes = trace.processes();
    std::vector<int> threads(processes.size());
    for (const store::Track& track : trace.tracks())
        if (track.kind == store::TrackKind::Thread && track.process.valid())
            threads[track.process.v]++;
    // Children below their parents, in the order of their starts.
    QStringList lines;
    const auto add = [&](auto& self, size_t at, int depth) -> void {
        const store::Process& p = processes[at];
        lines << QString(depth * 3, u' ') + m_document.context()->processName(store::ProcessId(at)).section(u' ', 0, -2) + u'\t'
                + QString::number(p.pid) + u' ' + formatCount(uint64_t(threads[at]), tr("%1 thread"), tr("%1 threads"));
        for (size_t i = 0; i < processes.size() && depth < 16; i++)
            if (processes[i].parent.valid() && processes[i].parent.v == at)
                self(self, i, depth + 1);
    };
    for (size_t i = 0; i < processes.size() && lines.size() <= kMostProcesses; i++)
        if (!processes[i].parent.valid())
            add(add, i, 0);
    if (lines.size() > kMostProcesses) {
        const auto more = uint64_t(processes.size() - kMostProcesses);
        lines = lines.mid(0, kMostProcesses) << tr("and %1").arg(formatCount(more, tr("%1 more"), tr("%1 more")));
    }
    for (const auto& [key, value] : trace.metadata())
        if (key == "mode")
            m_how->setFullText(labelText(value));
    if (lines == m_shownProcesses)
        return;
    m_shownProcesses = lines;
    while (QLayoutItem* item = m_processes->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (int row = 0; row < lines.size(); row++) {
        const QString name = lines[row].section(u'\t', 0, 0);
        auto* label = new ElidedLabel;
        label->setFont(uiFont(m_appearance, u"small"));
        label->setFullText(name.trimmed());
        label->setContentsMargins(int(name.size() - name.trimmed().size()) * 5, 0, 0, 0);
        m_processes->addWidget(label, row, 1);
        QLabel* right = plainLabel(lines[row].section(u'\t', 1), "muted");
        right->setFont(monoFont(m_appearance, u"caption"));
        m_processes->addWidget(right, row, 2, Qt::AlignRight);
    }
}

void RecordingView::countHottest()
{
    if (m_job.running())
        return;
    m_sinceHottest.start();
    const double seconds = std::clamp(kHottestCalls / std::max(1., m_perSecond), 0.1, double(kHottestNs) / 1e9);
    m_hottestHead->setFullText(tr("Hottest now · the last %1 s").arg(seconds, 0, 'g', 2));
    m_job.start(
        [context = m_document.context(), from = m_document.trace().end() - int64_t(seconds * 1e9)](store::Progress& progress) {
            store::Scope scope;
            scope.from = from;
            auto all = store::functionStatistics(*context->trace, scope, &progress);
            std::erase_if(all, [](const auto& s) { return s.self <= 0; });
            all.resize(std::min<size_t>(all.size(), HottestList::kRows));
            return std::pair(context, std::move(all));
        },
        [this](auto found) { m_hottest->setRows(found.first, std::move(found.second)); });
}

QString RecordingView::shownText() const
{
    return QStringLiteral("%1 · %2 · %3\n%4").arg(m_rate->text(), m_bytes->text(), m_lost->text(), m_shownProcesses.join(u'\n'));
}

} // namespace calltide::ui
