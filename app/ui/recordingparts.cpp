// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recordingparts.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr size_t kValues = 120;
constexpr int kRowHeight = 26, kCallsWidth = 66, kSelfWidth = 84;
}

RatePlot::RatePlot(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    setFixedHeight(52);
}

void RatePlot::add(double perSecond)
{
    m_values.push_back(perSecond);
    if (m_values.size() > kValues)
        m_values.pop_front();
    update();
}

void RatePlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double bottom = height() - 1;
    painter.fillRect(QRectF(0, bottom, width(), 1), m_appearance.color(u"border.subtle"));
    if (m_values.size() < 2)
        return;
    const double most = std::max(1., *std::max_element(m_values.begin(), m_values.end()));
    const double step = double(width()) / (kValues - 1);
    double x = width() - step * double(m_values.size() - 1);
    QPainterPath line;
    for (size_t i = 0; i < m_values.size(); i++, x += step) {
        const QPointF at(x, bottom - 1 - m_values[i] / most * (bottom - 5));
        i ? line.lineTo(at) : line.moveTo(at);
    }
    QPainterPath area = line;
    area.lineTo(width(), bottom);
    area.lineTo(line.elementAt(0).x, bottom);
    QColor fill = m_appearance.color(u"accent.default");
    painter.setPen(QPen(fill, 1.5));
    painter.drawPath(line);
    fill.setAlphaF(.16f);
    painter.fillPath(area, fill);
}

HottestList::HottestList(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    setFixedHeight(kRows * kRowHeight);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Hottest functions now"));
}

QSize HottestList::sizeHint() const
{
    return {240, kRows * kRowHeight};
}

void HottestList::setRows(const TraceContextPtr& context, std::vector<store::FunctionStatistics> rows)
{
    m_context = context;
    m_rows = std::move(rows);
    m_row = std::clamp(m_row, 0, std::max(0, int(m_rows.size()) - 1));
    setAccessibleDescription(names().join(QStringLiteral(", ")));
    update();
}

QStringList HottestList::names() const
{
    QStringList out;
    for (const auto& row : m_rows)
        out << m_context->name(row.function);
    return out;
}

void HottestList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont names = uiFont(m_appearance, u"small"), numbers = monoFont(m_appearance, u"small");
    for (int i = 0; i < int(m_rows.size()); i++) {
        const auto& row = m_rows[size_t(i)];
        const QRect r(0, i * kRowHeight, width(), kRowHeight);
        if (i == m_hovered)
            painter.fillRect(r, m_appearance.color(u"bg.hover"));
        painter.fillRect(QRect(r.left(), r.bottom(), r.width(), 1), m_appearance.color(u"border.subtle"));
        const QRect self(r.right() - kSelfWidth - 8, r.top(), kSelfWidth, r.height());
        const double share = double(row.self) / double(std::max<int64_t>(1, m_rows[0].self));
        QColor bar = m_appearance.color(u"accent.default");
        bar.setAlphaF(.16f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(bar);
        painter.drawRoundedRect(QRectF(self.right() + 4 - (self.width() - 4) * share, r.top() + 4, (self.width() - 4) * share, r.height() - 8), 2, 2);
        painter.setBrush(m_context->color(row.function, m_appearance));
        painter.drawRoundedRect(QRectF(r.left() + 12, r.top() + (r.height() - 9) / 2., 9, 9), 2, 2);
        painter.setPen(m_appearance.color(u"text.primary"));
        painter.setFont(numbers);
        painter.drawText(self, Qt::AlignRight | Qt::AlignVCenter, formatDuration(row.self));
        const QRect calls(self.left() - kCallsWidth - 4, r.top(), kCallsWidth, r.height());
        painter.setPen(m_appearance.color(u"text.secondary"));
        painter.drawText(calls, Qt::AlignRight | Qt::AlignVCenter, formatShort(double(row.calls)));
        const QRect name(r.left() + 28, r.top(), std::max(20, calls.left() - r.left() - 34), r.height());
        painter.setPen(m_appearance.color(u"text.primary"));
        painter.setFont(names);
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_context->name(row.function), Qt::ElideRight, name.width()));
        if (i == m_row && hasFocus()) {
            painter.setPen(QPen(m_appearance.color(u"border.focus"), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(r).adjusted(1, 1, -1, -1), 4, 4);
        }
    }
}

int HottestList::rowAt(int y) const
{
    const int row = y / kRowHeight;
    return y >= 0 && row < int(m_rows.size()) ? row : -1;
}

void HottestList::choose(int row)
{
    if (row < 0 || row >= int(m_rows.size()))
        return;
    m_row = row;
    update();
    Q_EMIT chosen(m_rows[size_t(row)].function);
}

void HottestList::mouseMoveEvent(QMouseEvent* event)
{
    m_hovered = rowAt(int(event->position().y()));
    setToolTip(m_hovered < 0 ? QString() : m_context->place(m_rows[size_t(m_hovered)].function).toHtmlEscaped());
    update();
}

void HottestList::leaveEvent(QEvent*)
{
    m_hovered = -1;
    update();
}

void HottestList::mousePressEvent(QMouseEvent* event)
{
    choose(rowAt(int(event->position().y())));
}

void HottestList::keyPressEvent(QKeyEvent* event)
{
    const int last = int(m_rows.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Up: m_row = std::max(0, m_row - 1); break;
    case Qt::Key_Down: m_row = std::clamp(m_row + 1, 0, std::max(0, last)); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: choose(m_row); break;
    default: QWidget::keyPressEvent(event); return;
    }
    update();
}

} // namespace calltide::ui
