// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sourcegutter.h"
#include "ui/appearance.h"
#include "ui/qsci.h"
#include "ui/text.h"
#include <QCoreApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace calltide::ui {
namespace {
constexpr int kStripe = 3, kPad = 4;
constexpr int kCallsFrom = 330, kTimeFrom = 240; // px of panel width
constexpr double kLeastHeat = 0.25, kBarAlpha = 0.26;
constexpr size_t kMostInTip = 5;

// At most eight characters: "16.7 ms", "4.2 min".
QString columnTime(int64_t ns)
{
    const double minutes = double(ns) / 60e9;
    if (minutes < 1.7)
        return formatDuration(ns);
    return minutes < 60 ? QStringLiteral("%1 min").arg(minutes, 0, 'f', minutes < 10 ? 1 : 0)
                        : QStringLiteral("%1 h").arg(minutes / 60, 0, 'f', 1);
}
} // namespace

SourceGutter::SourceGutter(const Appearance& appearance, QsciScintilla* editor, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_editor(editor)
{
    setAccessibleName(tr("Time and calls of each line"));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(editor->verticalScrollBar(), &QScrollBar::valueChanged, this, repaint);
    connect(editor, &QsciScintillaBase::SCN_ZOOM, this, repaint);
    connect(editor, &QsciScintillaBase::SCN_UPDATEUI, this, repaint);
    connect(&appearance, &Appearance::changed, this, repaint);
    fitInto(0);
}

void SourceGutter::setFigures(TraceContextPtr context, std::vector<LineFigure> figures)
{
    m_context = std::move(context);
    m_figures = std::move(figures);
    m_largest = 1;
    for (const LineFigure& figure : m_figures)
        m_largest = std::max(m_largest, figure.total);
    update();
}

void SourceGutter::setMarkedLine(int line)
{
    m_marked = line;
    update();
}

void SourceGutter::fitInto(int width)
{
    const QFontMetrics metrics(monoFont(m_appearance, u"caption"));
    m_timeWidth = width >= kTimeFrom ? metrics.horizontalAdvance(QStringLiteral("99.9 min")) + 2 * kPad : 0;
    m_callsWidth = width >= kCallsFrom ? metrics.horizontalAdvance(QStringLiteral("999 k×")) + kPad : 0;
    setFixedWidth(kStripe + m_timeWidth + m_callsWidth);
}

QRect SourceGutter::lineRect(int line) const
{
    const int height = m_editor->textHeight(0);
    return {0, (line - 1 - m_editor->firstVisibleLine()) * height, width(), height};
}

int SourceGutter::lineAt(int y) const
{
    return y / std::max(1, m_editor->textHeight(0)) + m_editor->firstVisibleLine() + 1;
}

const LineFigure* SourceGutter::figureAt(int line) const
{
    const auto it = std::partition_point(
        m_figures.begin(), m_figures.end(), [line](const LineFigure& f) { return f.line < line; });
    return it != m_figures.end() && it->line == line ? &*it : nullptr;
}

void SourceGutter::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.fillRect(event->rect(), m_appearance.color(u"bg.panel"));
    if (m_marked > 0)
        painter.fillRect(lineRect(m_marked), m_appearance.color(u"syntax.current_line"));
    painter.setFont(monoFont(m_appearance, u"caption"));
    const QColor hot = m_appearance.color(u"syntax.heat");
    const auto first = std::partition_point(m_figures.begin(), m_figures.end(),
        [from = lineAt(0)](const LineFigure& f) { return f.line < from; });
    for (auto it = first; it != m_figures.end(); ++it) {
        const QRect row = lineRect(it->line);
        if (row.top() >= height())
            break;
        const double share = double(it->total) / double(m_largest);
        QColor color = hot;
        color.setAlphaF(float(kLeastHeat + (1 - kLeastHeat) * std::sqrt(share)));
        painter.fillRect(QRect(0, row.top(), kStripe, row.height()), color);
        if (m_timeWidth > 0) {
            color.setAlphaF(float(kBarAlpha));
            const double w = double(m_timeWidth - kPad) * share;
            const double right = kStripe + m_timeWidth;
            painter.fillRect(QRectF(right - w, row.top() + 2, w, row.height() - 4), color);
            painter.setPen(m_appearance.color(u"text.primary"));
            painter.drawText(QRect(kStripe, row.top(), m_timeWidth - kPad, row.height()),
                Qt::AlignRight | Qt::AlignVCenter, columnTime(it->total));
        }
        if (m_callsWidth > 0) {
            painter.setPen(m_appearance.color(u"text.secondary"));
            painter.drawText(QRect(kStripe + m_timeWidth, row.top(), m_callsWidth, row.height()),
                Qt::AlignRight | Qt::AlignVCenter, it->calls ? formatShort(double(it->calls)) + QChar(u'×') : QString()); // 0: not known
        }
    }
}

QString SourceGutter::tipFor(int line) const
{
    const LineFigure* figure = figureAt(line);
    if (!figure)
        return {};
    QStringList lines;
    for (size_t i = 0; i < std::min(figure->parts.size(), kMostInTip); ++i) {
        const LineFigure::Part& part = figure->parts[i];
        lines << QStringLiteral("<b>%1</b> · %2 · %3")
                     .arg(m_context->name(part.function).toHtmlEscaped(), part.calls ? formatCount(part.calls, tr("%1 call"), tr("%1 calls")) : tr("calls not known"),
                         formatDuration(part.total));
    }
    if (figure->parts.size() > kMostInTip)
        lines << tr("… and %1 more").arg(figure->parts.size() - kMostInTip);
    lines.prepend(figure->definition ? tr("Begins here:") : tr("Called from here:"));
    if (figure->byName)
        lines << tr("Found by name: the recording does not say from which line.");
    return lines.join(QStringLiteral("<br>"));
}

bool SourceGutter::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int line = lineAt(help->pos().y());
    QToolTip::showText(help->globalPos(), tipFor(line), this, lineRect(line));
    return true;
}

void SourceGutter::mouseReleaseEvent(QMouseEvent* event)
{
    if (const LineFigure* figure = figureAt(lineAt(event->position().toPoint().y())); figure && event->button() == Qt::LeftButton)
        Q_EMIT functionClicked(figure->parts.front().function);
}

void SourceGutter::wheelEvent(QWheelEvent* event)
{
    QCoreApplication::sendEvent(m_editor->verticalScrollBar(), event);
}

} // namespace calltide::ui
