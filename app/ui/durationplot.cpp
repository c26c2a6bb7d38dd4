// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/durationplot.h"
#include "ui/appearance.h"
#include "ui/plot.h"
#include "ui/text.h"
#include <QMouseEvent>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

namespace calltide::ui {
namespace {
// Ticks at round durations, named as everywhere.
class DurationTicker : public QCPAxisTicker
{
public:
    bool logarithmic = false;

protected:
    double getTickStep(const QCPRange& range) override
    {
        if (!logarithmic)
            return QCPAxisTicker::getTickStep(range);
        return std::max(1.0, std::ceil(range.size() / tickCount())); // whole powers of ten
    }
    QVector<double> createTickVector(double step, const QCPRange& range) override
    {
        if (!logarithmic || range.size() > 1.5)
            return QCPAxisTicker::createTickVector(step, range);
        QVector<double> out; // less than two powers in sight: 1, 2, 5 of each
        for (double power = std::floor(range.lower); power <= range.upper; power += 1)
            for (const double part : {1.0, 2.0, 5.0})
                out.append(power + std::log10(part));
        return out;
    }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        const double ns = logarithmic ? std::pow(10, tick) : tick;
        return ns < 0 || ns > 9e18 ? QString() : formatDuration(int64_t(std::llround(ns)));
    }
};

class CountTicker : public QCPAxisTicker
{
public:
    bool time = false;

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        if (tick < 0 || tick != std::floor(tick))
            return {};
        return time ? formatDuration(int64_t(tick)) : formatNumber(uint64_t(tick));
    }
};
} // namespace

DurationPlot::DurationPlot(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_plot(new QCustomPlot)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_plot);
    m_plot->setMinimumSize(60, 70);
    m_plot->setAccessibleName(tr("How long the calls took"));
    m_plot->setInteraction(QCP::iRangeZoom);
    m_plot->axisRect()->setRangeZoom(Qt::Horizontal);
    m_plot->axisRect()->setMinimumMargins(QMargins(8, 8, 12, 4));
    m_plot->xAxis->setTicker(QSharedPointer<DurationTicker>::create());
    m_plot->yAxis->setTicker(QSharedPointer<CountTicker>::create());
    m_plot->yAxis->ticker()->setTickCount(3);
    m_bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
    m_bars->setWidthType(QCPBars::wtPlotCoords);
    m_chosen = new QCPItemRect(m_plot);
    m_chosen->setVisible(false);
    m_chosen->topLeft->setTypeX(QCPItemPosition::ptPlotCoords);
    m_chosen->topLeft->setTypeY(QCPItemPosition::ptAxisRectRatio);
    m_chosen->bottomRight->setTypeX(QCPItemPosition::ptPlotCoords);
    m_chosen->bottomRight->setTypeY(QCPItemPosition::ptAxisRectRatio);
    for (int i = 0; i < 3; ++i) {
        m_lines[i] = new QCPItemStraightLine(m_plot);
        m_names[i] = new QCPItemText(m_plot);
        m_names[i]->position->setTypeX(QCPItemPosition::ptPlotCoords);
        m_names[i]->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        m_names[i]->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        m_names[i]->setPadding(QMargins(3, 0, 3, 0));
        m_lines[i]->setVisible(false);
        m_names[i]->setVisible(false);
    }
    m_plot->installEventFilter(this);
    connect(&appearance, &Appearance::changed, this, &DurationPlot::restyle);
    restyle();
}

void DurationPlot::restyle()
{
    const QColor text = m_appearance.color(u"text.muted"), line = m_appearance.color(u"border.default"),
                 grid = m_appearance.color(u"border.subtle"), accent = m_appearance.color(u"accent.default");
    m_plot->setBackground(m_appearance.color(u"bg.panel"));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickLabelFont(monoFont(m_appearance, u"caption"));
        axis->setTickLabelColor(text);
        axis->setBasePen(QPen(line));
        axis->setTickPen(QPen(line));
        axis->setSubTicks(false);
        axis->grid()->setPen(QPen(grid));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_bars->setPen(Qt::NoPen);
    m_bars->setBrush(accent);
    QColor area = m_appearance.color(u"selection.area_edge");
    m_chosen->setPen(QPen(area));
    area.setAlpha(40);
    m_chosen->setBrush(area);
    const QColor colors[] = {m_appearance.color(u"text.secondary"), m_appearance.color(u"text.secondary"),
        m_appearance.color(u"state.warn")};
    for (int i = 0; i < 3; ++i) {
        m_lines[i]->setPen(QPen(colors[i], i == 2 ? 1.5 : 1, i == 2 ? Qt::SolidLine : Qt::DashLine));
        m_names[i]->setColor(colors[i]);
        m_names[i]->setFont(uiFont(m_appearance, u"caption"));
        m_names[i]->setBrush(m_appearance.color(u"bg.panel"));
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DurationPlot::setData(const CallsData& data, bool logarithmic, bool byTime)
{
    m_histogram = makeHistogram(data, logarithmic);
    m_any = !data.calls.empty();
    m_p50 = data.percentile(.5);
    m_p95 = data.percentile(.95);
    static_cast<DurationTicker*>(m_plot->xAxis->ticker().data())->logarithmic = logarithmic;
    static_cast<CountTicker*>(m_plot->yAxis->ticker().data())->time = byTime;
    QVector<double> keys, values;
    for (size_t i = 0; i < m_histogram.counts.size(); ++i) {
        keys.append(m_histogram.from + (double(i) + .5) * m_histogram.width);
        values.append(byTime ? double(m_histogram.times[i]) : double(m_histogram.counts[i]));
    }
    m_bars->setWidth(m_histogram.width * .92);
    m_bars->setData(keys, values, true);
    showAll();
}

void DurationPlot::showAll()
{
    const double end = m_histogram.from + m_histogram.width * double(std::max<size_t>(m_histogram.counts.size(), 1));
    // Wide enough that the three digits of its labels differ.
    const double least = m_histogram.logarithmic ? 0.3 : end * .06;
    const double margin = std::max((end - m_histogram.from) * .02, (least - (end - m_histogram.from)) / 2);
    m_plot->xAxis->setRange(m_histogram.from - margin, end + margin);
    double highest = 1;
    for (const QCPBarsData& bar : *m_bars->data())
        highest = std::max(highest, bar.value);
    m_plot->yAxis->setRange(0, highest * 1.08);
    placeLines();
    placeRange();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DurationPlot::placeLines()
{
    placeLine(0, m_any ? std::optional(m_p50) : std::nullopt, QStringLiteral("p50"));
    placeLine(1, m_any ? std::optional(m_p95) : std::nullopt, QStringLiteral("p95"));
    placeLine(2, m_any ? m_marked : std::nullopt, tr("this call"));
}

void DurationPlot::placeLine(int which, std::optional<int64_t> duration, const QString& text)
{
    m_lines[which]->setVisible(duration.has_value());
    m_names[which]->setVisible(duration.has_value());
    if (!duration)
        return;
    const double x = m_histogram.key(*duration);
    m_lines[which]->point1->setCoords(x, 0);
    m_lines[which]->point2->setCoords(x, 1);
    // Each at its own height, so that names of near lines do not cover each other; to the left of the line at the end.
    const bool atEnd = m_plot->xAxis->range().upper - x < m_plot->xAxis->range().size() * .12;
    m_names[which]->setPositionAlignment((atEnd ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
    // In a low plot there is room for one name only: this call's.
    constexpr double kNameHeight = 17; // px
    const double each = std::max(.14, kNameHeight / std::max(1, m_plot->axisRect()->height()));
    const bool low = each * 3 > 1.1;
    m_names[which]->setVisible(!low || which == 2);
    m_names[which]->position->setCoords(x, .02 + (low ? 0 : each * which));
    m_names[which]->setText(text);
}

void DurationPlot::setMarked(std::optional<int64_t> duration)
{
    m_marked = duration;
    placeLine(2, m_any ? m_marked : std::nullopt, tr("this call"));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DurationPlot::setRange(std::optional<Range> range)
{
    m_range = range;
    placeRange();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DurationPlot::placeRange()
{
    m_chosen->setVisible(m_range.has_value());
    if (!m_range)
        return;
    m_chosen->topLeft->setCoords(m_histogram.key(m_range->first), 0);
    m_chosen->bottomRight->setCoords(m_histogram.key(m_range->second), 1);
}

int64_t DurationPlot::durationAt(double x) const
{
    const double key = m_plot->xAxis->pixelToCoord(x);
    const double ns = m_histogram.logarithmic ? std::pow(10, std::clamp(key, 0.0, 18.9)) : std::clamp(key, 0.0, 9e18);
    return int64_t(std::llround(ns));
}

double DurationPlot::xOf(int64_t duration) const
{
    return m_plot->xAxis->coordToPixel(m_histogram.key(duration));
}

bool DurationPlot::eventFilter(QObject* object, QEvent* event)
{
    if (object != m_plot || !m_any)
        return QWidget::eventFilter(object, event);
    auto* mouse = static_cast<QMouseEvent*>(event);
    switch (event->type()) {
    case QEvent::Resize: // when it knows its new height
        QTimer::singleShot(0, this, [this] {
            placeLines();
            m_plot->replot(QCustomPlot::rpQueuedReplot);
        });
        break;
    case QEvent::MouseButtonPress:
        if (mouse->button() == Qt::LeftButton)
            m_pressed = mouse->position().x();
        break;
    case QEvent::MouseMove:
        if (m_pressed && std::abs(mouse->position().x() - *m_pressed) >= 4) {
            const int64_t a = durationAt(*m_pressed), b = durationAt(mouse->position().x());
            setRange(Range{std::min(a, b), std::max(a, b)});
        }
        break;
    case QEvent::MouseButtonRelease: {
        const auto from = std::exchange(m_pressed, std::nullopt);
        if (!from || mouse->button() != Qt::LeftButton)
            break;
        if (std::abs(mouse->position().x() - *from) < 4)
            setRange(std::nullopt);
        Q_EMIT rangeChosen();
        break;
    }
    case QEvent::MouseButtonDblClick:
        setRange(std::nullopt);
        showAll();
        Q_EMIT rangeChosen();
        return true;
    default:
        break;
    }
    return QWidget::eventFilter(object, event);
}

} // namespace calltide::ui
