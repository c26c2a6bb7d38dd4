// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/followchip.h"
#include "render/theme.h"
#include <QPainter>

namespace calltide::timeline {

namespace {
constexpr int kPad = 9, kDot = 8, kGap = 6, kHeight = 22;
}

FollowChip::FollowChip(QWidget* parent)
    : QAbstractButton(parent)
{
    setObjectName(QStringLiteral("followChip"));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::NoFocus); // End does the same
    setFollowing(true);
}

void FollowChip::setTheme(const render::Theme* theme)
{
    m_theme = theme;
    setFont(render::Theme::uiFont(12, 500));
    update();
}

void FollowChip::setFollowing(bool following)
{
    m_following = following;
    setText(following ? tr("Live · following") : tr("Follow the end (End)"));
    setToolTip(following ? tr("The timeline follows the end of the recording. Click, pan or zoom to stay here.")
                         : tr("Show the newest calls as they come (End)"));
    setAccessibleName(text());
    update();
}

QSize FollowChip::sizeHint() const
{
    return {2 * kPad + kDot + kGap + fontMetrics().horizontalAdvance(text()), kHeight};
}

void FollowChip::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor mark = m_following ? m_theme->color(u"state.recording") : m_theme->color(u"accent.default");
    const QColor fill = m_theme->color(isDown() || underMouse() ? u"bg.hover" : u"bg.panel");
    painter.setPen(QPen(mark, 1));
    painter.setBrush(fill);
    const QRectF box = QRectF(rect()).adjusted(.5, .5, -.5, -.5);
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mark);
    const double middle = height() / 2.0;
    if (m_following) {
        painter.drawEllipse(QRectF(kPad, middle - kDot / 2.0, kDot, kDot));
    } else { // an arrow to the end
        const double x = kPad, h = kDot / 2.0;
        painter.drawPolygon(QPolygonF({{x, middle - h}, {x + h + 1, middle}, {x, middle + h}}));
        painter.drawRect(QRectF(x + kDot - 2, middle - h, 2, kDot));
    }
    painter.setPen(m_theme->color(u"text.primary"));
    painter.drawText(rect().adjusted(kPad + kDot + kGap, 0, 0, 0), int(Qt::AlignVCenter) | int(Qt::AlignLeft), text());
}

void FollowChip::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void FollowChip::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace calltide::timeline
