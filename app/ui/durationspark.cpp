// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/durationspark.h"
#include "ui/appearance.h"
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace calltide::ui {
namespace {
constexpr QSize kSize(150, 34);
constexpr double kMarker = 7; // px, width of the triangle
constexpr double kWidestBar = 10;
}

DurationSpark::DurationSpark(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    setFixedSize(kSize);
    connect(&appearance, &Appearance::changed, this, qOverload<>(&QWidget::update));
}

void DurationSpark::setCalls(const FunctionCalls& calls, int64_t marked)
{
    const auto& bins = calls.durations;
    size_t from = 0, to = bins.size();
    while (from < to && bins[from] == 0)
        ++from;
    while (to > from && bins[to - 1] == 0)
        --to;
    const size_t at = FunctionCalls::binOf(marked);
    from = std::min(from, at);
    to = std::max(to, at + 1);
    m_marked = at - from;
    m_bars.assign(to - from, 0);
    const uint64_t most = std::max<uint64_t>(*std::max_element(bins.begin(), bins.end()), 1);
    for (size_t i = from; i < to; ++i) // the root: what is rare is seen, too
        m_bars[i - from] = std::sqrt(double(bins[i]) / double(most));
    update();
}

void DurationSpark::paintEvent(QPaintEvent*)
{
    if (m_bars.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double step = std::min(double(width()) / double(m_bars.size()), kWidestBar), floor = height() - 1;
    const double tallest = floor - kMarker - 2;
    QColor color = m_appearance.color(u"accent.default"), rest = color;
    rest.setAlphaF(.55f);
    for (size_t i = 0; i < m_bars.size(); ++i) {
        const double h = m_bars[i] > 0 ? std::max(1.0, m_bars[i] * tallest) : 0;
        painter.fillRect(QRectF(double(i) * step, floor - h, std::max(1.0, step - 1), h), i == m_marked ? color : rest);
    }
    painter.fillRect(QRectF(0, floor, width(), 1), m_appearance.color(u"border.default"));
    const double x = (double(m_marked) + .5) * step, top = std::max(0.0, floor - m_bars[m_marked] * tallest - kMarker - 2);
    QPainterPath triangle;
    triangle.moveTo(x - kMarker / 2, top);
    triangle.lineTo(x + kMarker / 2, top);
    triangle.lineTo(x, top + kMarker - 1);
    painter.fillPath(triangle, m_appearance.color(u"text.primary"));
}

} // namespace calltide::ui
