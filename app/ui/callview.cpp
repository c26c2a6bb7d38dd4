// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callview.h"
#include "store/callfigures.h"
#include "ui/appearance.h"
#include "ui/areasummary.h"
#include "ui/callfacts.h"
#include "ui/controls.h"
#include "ui/durationspark.h"
#include "ui/factrows.h"
#include "ui/instantpage.h"
#include "ui/sharestrip.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>

namespace calltide::ui {
namespace {
constexpr int kMostArguments = 40;
constexpr uint64_t kFewCalls = 10; // that many make a picture

QPixmap swatch(const QColor& color, double ratio)
{
    QPixmap pixmap(int(12 * ratio), int(12 * ratio));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(0, 0, 12, 12), 3, 3);
    return pixmap;
}
} // namespace

CallView::CallView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, CallFacts* facts,
    QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
    , m_state(state)
    , m_facts(facts)
    , m_pages(new QStackedWidget)
{
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);
    m_pages->addWidget(emptyState(appearance, QStringLiteral("details"), tr("No call selected"),
        tr("Click a call, or drag over the timeline to see the totals of a part.")));
    m_pages->addWidget(buildPage());
    m_pages->addWidget(buildAreaPage());
    m_instant = new InstantPage(appearance);
    m_pages->addWidget(scrolled(m_instant));
    connect(m_instant, &InstantPage::callRequested, this, &CallView::zoomRequested);
    connect(m_instant, &InstantPage::sourceRequested, this, &CallView::sourceRequested);
    connect(state, &render::ViewState::areaChanged, this, &CallView::refresh);
    connect(state, &render::ViewState::selectionChanged, this, &CallView::refresh);
    connect(facts, &CallFacts::changed, this, &CallView::showRank);
    connect(facts, &CallFacts::stale, this, qOverload<>(&QWidget::update)); // painted when seen, it asks again
    connect(&appearance, &Appearance::changed, this, [this] {
        m_shown = store::kNoSlice;
        refresh();
    });
    refresh();
}

QWidget* CallView::buildPage()
{
    auto* page = new QWidget;
    page->setProperty("panel", true);
    page->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(14, 10, 14, 8);
    column->setSpacing(4);

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    m_swatch = new QLabel;
    m_name = new ElidedLabel;
    m_name->setFont(uiFont(m_appearance, u"title", 600));
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* zoom = new IconButton(m_appearance, QStringLiteral("fit"), tr("Zoom to this call (F)"));
    auto* copy = new IconButton(m_appearance, QStringLiteral("copy"), tr("Copy everything shown here"));
    connect(zoom, &QToolButton::clicked, this, &CallView::zoomRequested);
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(shownText()); });
    head->addWidget(m_swatch);
    head->addWidget(m_name, 1);
    head->addWidget(zoom);
    head->addWidget(copy);
    column->addLayout(head);

    auto* where = new QHBoxLayout;
    where->setSpacing(4);
    m_place = new LinkLabel(Qt::ElideMiddle);
    m_where = new ElidedLabel;
    m_where->setProperty("muted", true);
    for (ElidedLabel* label : {static_cast<ElidedLabel*>(m_place), m_where}) {
        label->setFont(uiFont(m_appearance, u"small"));
        where->addWidget(label);
    }
    where->addStretch(1);
    connect(m_place, &LinkLabel::clicked, this, [this] {
        if (m_shown != store::kNoSlice)
            Q_EMIT sourceRequested(m_context->trace->functionOf(m_shown));
    });
    column->addLayout(where);
    column->addSpacing(4);

    auto* figures = new QHBoxLayout;
    figures->setSpacing(8);
    figures->addWidget(figureBox(m_appearance, tr("Duration"), m_duration), 1);
    figures->addWidget(figureBox(m_appearance, tr("Self"), m_self, &m_selfShare), 1);
    figures->addWidget(figureBox(m_appearance, tr("Calls inside"), m_inside), 1);
    column->addLayout(figures);
    column->addSpacing(4);
    m_strip = new ShareStrip(m_appearance);
    column->addWidget(m_strip);
    m_innerNames = new ElidedLabel;
    m_innerNames->setProperty("secondary", true);
    m_innerNames->setFont(uiFont(m_appearance, u"caption"));
    column->addWidget(m_innerNames);
    column->addSpacing(4);
    m_rank = new QWidget;
    m_rank->setObjectName(QStringLiteral("rank"));
    auto* rank = new QHBoxLayout(m_rank);
    rank->setContentsMargins(0, 0, 0, 0);
    rank->setSpacing(12);
    m_spark = new DurationSpark(m_appearance);
    m_slower = new ElidedLabel;
    auto* allCalls = new LinkLabel;
    allCalls->setFullText(tr("See all calls"));
    for (ElidedLabel* label : {m_slower, static_cast<ElidedLabel*>(allCalls)})
        label->setFont(uiFont(m_appearance, u"small"));
    connect(allCalls, &LinkLabel::clicked, this, &CallView::allCallsRequested);
    auto* said = new QVBoxLayout;
    said->setSpacing(2);
    said->addWidget(m_slower);
    said->addWidget(allCalls);
    rank->addWidget(m_spark);
    rank->addLayout(said, 1);
    m_rank->hide();
    column->addWidget(m_rank);
    column->addSpacing(4);
    m_rows = new FactRows(m_appearance);
    column->addWidget(m_rows);
    column->addStretch(1);

    return scrolled(page);
}

void CallView::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    m_facts->need();
}

void CallView::showRank()
{
    const FunctionCalls& calls = m_facts->calls();
    const bool known = calls.position > 0 && calls.calls > 1 && calls.slice == m_shown
        && !(m_context->trace->flags(m_shown) & store::kSummed); // what single calls took is not known
    m_rank->setVisible(known);
    if (!known)
        return;
    m_spark->setVisible(calls.calls >= kFewCalls);
    m_spark->setCalls(calls, m_context->trace->duration(calls.slice));
    m_slower->setFullText(calls.faster + 1 == calls.calls ? tr("The slowest of %1 calls").arg(formatNumber(calls.calls))
            : calls.faster > calls.calls - calls.calls / 200 // it would read as 100 %
            ? tr("Among the slowest of %1 calls").arg(formatNumber(calls.calls))
            : tr("Slower than %1 of %2 calls").arg(formatPercent(double(calls.faster) / double(calls.calls)), formatNumber(calls.calls)));
}

void CallView::setContext(TraceContextPtr context)
{
    m_context = std::move(context);
    if (m_shown == store::kNoSlice)
        return;
    m_shown = m_state->selected(); // the same call, perhaps at another place
    if (m_job.running() || m_shown == store::kNoSlice) {
        m_shown = store::kNoSlice;
        refresh();
    }
}

void CallView::refreshOpen()
{
    if (!m_open && m_context->trace->isGrowing())
        return;
    m_shown = store::kNoSlice;
    refresh();
}

void CallView::refresh()
{
    const store::SliceIndex slice = m_state->selected();
    if (m_state->area() && (slice == store::kNoSlice || m_state->isAreaNewest())) {
        m_job.cancel();
        m_shown = store::kNoSlice;
        showArea();
        return;
    }
    if (const uint32_t instant = m_state->selectedInstant(); instant != render::ViewState::kNoInstant) {
        m_job.cancel();
        m_shown = store::kNoSlice;
        m_instant->show(*m_context, instant, m_state->callOf(instant));
        m_lines = m_instant->lines();
        m_pages->setCurrentIndex(3);
        return;
    }
    if (slice == m_shown && slice != store::kNoSlice)
        return;
    m_job.cancel();
    m_shown = slice;
    if (slice == store::kNoSlice) {
        m_lines.clear();
        m_pages->setCurrentIndex(0);
        return;
    }
    if (isQuick(*m_context, slice)) {
        show(callDetails(*m_context, slice));
        return;
    }
    m_job.start([context = m_context, slice](store::Progress&) { return callDetails(*context, slice); },
        [this](const CallDetails& details) { show(details); });
}

QWidget* CallView::buildAreaPage()
{
    auto* page = new QWidget;
    page->setProperty("panel", true);
    page->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(8);
    QLabel* title = plainLabel(tr("Selected part"));
    title->setFont(uiFont(m_appearance, u"title", 600));
    column->addWidget(title);
    m_area = new QLabel;
    m_area->setObjectName(QStringLiteral("areaFigures"));
    m_area->setTextFormat(Qt::PlainText);
    m_area->setWordWrap(true);
    m_area->setFont(uiFont(m_appearance, u"small"));
    m_area->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_area);
    column->addStretch(1);
    return page;
}

void CallView::showArea()
{
    const store::Trace& trace = *m_context->trace;
    const render::Area& area = *m_state->area();
    const AreaSummary sum = summaryOf(trace, {area.range.from, area.range.to, area.tracks, {}});
    m_lines = {tr("%1 long").arg(formatDuration(area.range.length())),
        tr("From %1 to %2").arg(formatTime(area.range.from - trace.begin()), formatTime(area.range.to - trace.begin())),
        QStringLiteral("%1 · %2").arg(formatCount(sum.calls, tr("%1 call"), tr("%1 calls")),
            formatCount(sum.tracks, tr("on %1 track"), tr("on %1 tracks"))),
        tr("%1 in calls, all tracks together").arg(formatDuration(sum.busy))};
    if (sum.clipped)
        m_lines << formatCount(sum.clipped, tr("%1 call reaches over an edge: only what lies inside is counted."),
            tr("%1 calls reach over an edge: only what lies inside is counted."));
    m_area->setText(m_lines.join(u'\n'));
    m_pages->setCurrentIndex(2);
}

void CallView::show(const CallDetails& details)
{
    const store::Trace& trace = *m_context->trace;
    const store::SliceIndex slice = details.slice;
    m_open = trace.isGrowing() && (trace.flags(slice) & store::kStillRunning);
    const store::FunctionId function = trace.functionOf(slice);
    const store::TrackId track = trace.trackOf(slice);
    const int64_t duration = trace.duration(slice);
    const double whole = std::max<double>(1, double(duration));

    m_swatch->setPixmap(swatch(m_context->color(function, m_appearance), devicePixelRatioF()));
    m_name->setFullText(m_context->name(function));
    const QString place = m_context->place(function);
    const QString thread = m_context->threadName(track), process = m_context->processName(trace.track(track).process);
    m_place->setFullText(place);
    m_place->setVisible(!place.isEmpty());
    m_where->setFullText((place.isEmpty() ? QString() : QStringLiteral("· ")) + thread
        + (process.isEmpty() ? QString() : QStringLiteral(" · ") + process));
    m_duration->setText(formatDuration(duration));
    m_duration->setToolTip(formatExact(duration));
    m_self->setText(formatDuration(details.self));
    m_self->setToolTip(formatExact(details.self));
    m_selfShare->setText(formatPercent(double(details.self) / whole));
    m_inside->setText(formatNumber(details.callsInside));

    std::vector<ShareStrip::Part> parts;
    QStringList names;
    for (const InnerShare& inner : details.inner) {
        parts.push_back({double(inner.total) / whole, m_context->color(inner.function, m_appearance)});
        if (names.size() < 3)
            names << QStringLiteral("%1 %2").arg(
                m_context->name(inner.function), formatPercent(double(inner.total) / whole));
    }
    m_strip->setParts(std::move(parts));
    m_innerNames->setFullText(names.isEmpty() ? tr("Calls nothing") : names.join(QStringLiteral(" · ")));

    m_lines = {m_name->fullText(), (place + u' ' + m_where->fullText()).trimmed(),
        tr("Duration") + u'\t' + formatExact(duration), tr("Self") + u'\t' + formatExact(details.self),
        tr("Calls inside") + u'\t' + formatNumber(details.callsInside)};

    m_rows->clear();
    for (const QString& state : details.states)
        m_rows->add(tr("State"), state, false);
    if (!details.raised.isEmpty())
        m_rows->add(tr("Raised"), details.raised);
    m_rows->add(tr("Start"), formatTime(trace.start(slice) - trace.begin()));
    m_rows->add(tr("End"), formatTime(trace.end(slice) - trace.begin()));
    m_rows->add(tr("Depth"), formatNumber(trace.depthOf(slice)));
    if (const store::SliceIndex parent = trace.parent(slice); parent != store::kNoSlice) {
        LinkLabel* link = m_rows->addLink(tr("Called by"), m_context->name(trace.functionOf(parent)));
        link->setObjectName(QStringLiteral("calledBy"));
        connect(link, &LinkLabel::clicked, this, [this, parent] { m_state->selectAndReveal(parent); });
    }
    if (details.gilWait > 0)
        m_rows->add(tr("GIL waits"), QStringLiteral("%1 (%2)").arg(formatDuration(details.gilWait), formatPercent(double(details.gilWait) / whole)));
    if (details.callLine > 0)
        m_rows->add(tr("From line"), formatNumber(uint64_t(details.callLine)));
    int shown = 0;
    for (const auto& [name, value] : details.arguments) {
        if (shown == kMostArguments) {
            m_rows->add(QString(), tr("… and %1 more").arg(details.arguments.size() - shown), false);
            break;
        }
        m_rows->add(shown++ ? QString() : tr("Arguments"), name.isEmpty() ? value : QStringLiteral("%1 = %2").arg(name, value));
    }
    if (!details.returned.isEmpty())
        m_rows->add(tr("Returned"), details.returned);
    m_lines << m_rows->lines();
    m_pages->setCurrentIndex(1);
    showRank();
}

QString CallView::shownText() const
{
    return m_lines.join(u'\n');
}

} // namespace calltide::ui
