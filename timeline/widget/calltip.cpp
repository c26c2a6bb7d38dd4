// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/calltip.h"
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainter>
#include <QScreen>
#include <cmath>

namespace calltide::timeline {

namespace {

constexpr int kPadX = 12, kPadY = 9, kLineGap = 5, kNumberGap = 14, kSwatch = 10, kSwatchGap = 7, kRadius = 6;
constexpr int kWidest = 520, kFromPointer = 16, kFromSlice = 6;

struct Fonts
{
    QFont title, place, number, word;
};

Fonts fonts()
{
    return {
        render::Theme::uiFont(12.5, 600), render::Theme::uiFont(11.5), render::Theme::uiFont(12, 600),
        render::Theme::uiFont(12)};
}

} // namespace

QString TipText::plain() const
{
    QStringList lines{title};
    if (!place.isEmpty())
        lines += place;
    QStringList parts;
    for (const auto& [value, word] : numbers)
        parts += value + QLatin1Char(' ') + word;
    if (!parts.isEmpty())
        lines += parts.join(QStringLiteral(", "));
    return (lines + notes).join(QLatin1Char('\n'));
}

CallTip::CallTip(QWidget* parent)
    : QWidget(
        parent, Qt::ToolTip | Qt::FramelessWindowHint | Qt::NoDropShadowWindowHint | Qt::WindowTransparentForInput)
{
    setAttribute(Qt::WA_TranslucentBackground);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    setObjectName(QStringLiteral("calltip"));
}

void CallTip::setTheme(const render::Theme* theme)
{
    m_theme = theme;
    update();
}

QSize CallTip::wanted() const
{
    const Fonts f = fonts();
    double width
        = QFontMetricsF(f.title).horizontalAdvance(m_text.title) + (m_text.swatch.isValid() ? kSwatch + kSwatchGap : 0);
    double height = QFontMetricsF(f.title).height();
    const auto line = [&](const QFont& font, double w) {
        width = std::max(width, w);
        height += kLineGap + QFontMetricsF(font).height();
    };
    if (!m_text.place.isEmpty())
        line(f.place, QFontMetricsF(f.place).horizontalAdvance(m_text.place));
    if (!m_text.numbers.isEmpty()) {
        double w = -kNumberGap;
        for (const auto& [value, word] : m_text.numbers)
            w += kNumberGap + QFontMetricsF(f.number).horizontalAdvance(value) + 4
                + QFontMetricsF(f.word).horizontalAdvance(word);
        line(f.number, w);
    }
    for (const QString& note : m_text.notes)
        line(f.place, QFontMetricsF(f.place).horizontalAdvance(note));
    return {std::min(kWidest, int(std::ceil(width)) + 2 * kPadX), int(std::ceil(height)) + 2 * kPadY};
}

void CallTip::showAt(const TipText& text, const QPoint& pointer, const QRect& avoid)
{
    m_text = text;
    const QSize size = wanted();
    const QScreen* screen = QGuiApplication::screenAt(pointer);
    const QRect room = (screen ? screen : QGuiApplication::primaryScreen())->availableGeometry();
    int x = pointer.x() + kFromPointer;
    if (x + size.width() > room.right())
        x = pointer.x() - kFromPointer - size.width();
    const int below = std::max(pointer.y() + kFromPointer, avoid.isValid() ? avoid.bottom() + kFromSlice : 0);
    int y = below;
    if (y + size.height() > room.bottom())
        y = std::min(pointer.y(), avoid.isValid() ? avoid.top() : pointer.y()) - kFromSlice - size.height();
    setGeometry(QRect(QPoint(std::max(x, room.left()), std::max(y, room.top())), size));
    update();
    show();
}

void CallTip::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    const Fonts f = fonts();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(m_theme->color(u"bg.tooltip"));
    p.drawRoundedRect(rect(), kRadius, kRadius);
    const QColor text = m_theme->color(u"text.tooltip");
    QColor quiet = text;
    quiet.setAlphaF(0.72f);
    double y = kPadY;
    const double room = width() - 2 * kPadX;
    const auto draw
        = [&](const QFont& font, const QColor& color, double x, const QString& s, double w, Qt::TextElideMode mode) {
              const QFontMetricsF metrics(font);
              p.setFont(font);
              p.setPen(color);
              p.drawText(QPointF(x, y + metrics.ascent()), metrics.elidedText(s, mode, w + 1));
          };
    double x = kPadX;
    if (m_text.swatch.isValid()) {
        p.setBrush(m_text.swatch);
        p.drawRoundedRect(QRectF(x, y + (QFontMetricsF(f.title).height() - kSwatch) / 2, kSwatch, kSwatch), 2, 2);
        x += kSwatch + kSwatchGap;
    }
    draw(f.title, text, x, m_text.title, width() - kPadX - x, Qt::ElideRight);
    y += QFontMetricsF(f.title).height() + kLineGap;
    if (!m_text.place.isEmpty()) {
        draw(f.place, quiet, kPadX, m_text.place, room, Qt::ElideMiddle);
        y += QFontMetricsF(f.place).height() + kLineGap;
    }
    if (!m_text.numbers.isEmpty()) {
        x = kPadX;
        for (const auto& [value, word] : m_text.numbers) {
            draw(f.number, text, x, value, room, Qt::ElideRight);
            x += QFontMetricsF(f.number).horizontalAdvance(value) + 4;
            draw(f.word, quiet, x, word, room, Qt::ElideRight);
            x += QFontMetricsF(f.word).horizontalAdvance(word) + kNumberGap;
        }
        y += QFontMetricsF(f.number).height() + kLineGap;
    }
    for (const QString& note : m_text.notes) {
        draw(f.place, quiet, kPadX, note, room, Qt::ElideRight);
        y += QFontMetricsF(f.place).height() + kLineGap;
    }
}

} // namespace calltide::timeline
