// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/calltidestyle.h"
#include <QPainter>
#include <QPushButton>
#include <QStyleFactory>
#include <QStyleOption>
#include <cmath>

namespace calltide::ui {

CalltideStyle::CalltideStyle(const render::Theme& theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    , m_focus(theme.color(u"border.focus"))
    , m_muted(theme.color(u"text.muted"))
    , m_accent(theme.color(u"accent.default"))
    , m_onAccent(theme.color(u"text.on_accent"))
    , m_strong(theme.color(u"border.strong"))
    , m_field(theme.color(u"bg.field"))
    , m_window(theme.color(u"bg.window"))
    , m_line(theme.color(u"border.default"))
    , m_disabled(theme.color(u"text.disabled"))
    , m_separator(int(std::lround(theme.number(u"stroke.sash_hit"))) - 1)
    , m_icon(int(std::lround(theme.number(u"size.icon_small"))))
{
}

int CalltideStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_ToolBarIconSize:
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return m_icon;
    case PM_DockWidgetSeparatorExtent:
        return m_separator; // wide to grab; only one pixel of it is seen
    case PM_DockWidgetFrameWidth:
    case PM_DefaultFrameWidth:
    case PM_TabBarBaseOverlap:
    case PM_TabBarBaseHeight:
        return 0;
    case PM_SplitterWidth:
    case PM_MenuPanelWidth:
        return 1;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int CalltideStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* result) const
{
    switch (hint) {
    case SH_UnderlineShortcut:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons: // the style's own pictures are in no theme's colours
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 350;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 1;
    case SH_Menu_SubMenuPopupDelay:
        return 120;
    case SH_TabBar_ElideMode:
        return Qt::ElideMiddle;
    default:
        return QProxyStyle::styleHint(hint, option, widget, result);
    }
}

void CalltideStyle::drawCheckBox(const QStyleOption* option, QPainter* painter) const
{
    const QRectF r = option->rect;
    const bool on = option->state & State_On, enabled = option->state & State_Enabled;
    const QColor edge = !enabled ? m_disabled : on ? m_accent : m_strong;
    painter->setPen(QPen(edge, 1.5));
    painter->setBrush(on ? edge : m_field);
    painter->drawRoundedRect(r.adjusted(1, 1, -1, -1), 4, 4);
    if (on) {
        painter->setPen(QPen(m_onAccent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(QPolygonF({r.topLeft() + QPointF(4.3, 8.4), r.topLeft() + QPointF(7, 11),
            r.topLeft() + QPointF(11.8, 5.4)}));
    }
}

void CalltideStyle::drawRadioButton(const QStyleOption* option, QPainter* painter) const
{
    const QRectF r = QRectF(option->rect).adjusted(1, 1, -1, -1);
    const bool on = option->state & State_On, enabled = option->state & State_Enabled;
    const QColor edge = !enabled ? m_disabled : on ? m_accent : m_strong;
    painter->setPen(QPen(edge, 1.5));
    painter->setBrush(on ? edge : m_field);
    painter->drawEllipse(r);
    if (on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_onAccent);
        painter->drawEllipse(r.center(), r.width() / 5, r.width() / 5);
    }
}

void CalltideStyle::drawArrow(PrimitiveElement element, const QStyleOption* option, QPainter* painter) const
{
    const QPointF c = QRectF(option->rect).center();
    const bool enabled = option->state & State_Enabled;
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(enabled ? m_muted : m_disabled, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (element == PE_IndicatorArrowRight)
        painter->drawPolyline(QPolygonF({c + QPointF(-2, -3.5), c + QPointF(2, 0), c + QPointF(-2, 3.5)}));
    else if (element == PE_IndicatorArrowUp)
        painter->drawPolyline(QPolygonF({c + QPointF(-3.5, 2), c + QPointF(0, -2), c + QPointF(3.5, 2)}));
    else
        painter->drawPolyline(QPolygonF({c + QPointF(-3.5, -2), c + QPointF(0, 2), c + QPointF(3.5, -2)}));
}

void CalltideStyle::drawSeparator(const QStyleOption* option, QPainter* painter) const
{
    const QRect r = option->rect;
    painter->fillRect(r, m_window);
    const QColor line = option->state & State_MouseOver ? m_accent : m_line;
    if (r.height() > r.width())
        painter->fillRect(r.center().x(), r.top(), 1, r.height(), line);
    else
        painter->fillRect(r.left(), r.center().y(), r.width(), 1, line);
}

void CalltideStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    switch (element) {
    case PE_FrameFocusRect: {
        // A button's is its own edge; that of a primary one is set by the style sheet.
        const auto* button = qobject_cast<const QPushButton*>(widget);
        if (button && button->property("primary").toBool())
            break;
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(m_focus, 2));
        painter->drawRoundedRect(QRectF(button ? button->rect() : option->rect).adjusted(1, 1, -1, -1), 4, 4);
        break;
    }
    case PE_IndicatorCheckBox:
        drawCheckBox(option, painter);
        break;
    case PE_IndicatorRadioButton:
        drawRadioButton(option, painter);
        break;
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            drawArrow(option->state & State_Open ? PE_IndicatorArrowDown : PE_IndicatorArrowRight, option, painter);
        break;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowRight:
        drawArrow(element, option, painter);
        break;
    case PE_IndicatorDockWidgetResizeHandle:
        drawSeparator(option, painter);
        break;
    case PE_FrameTabBarBase:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
        break;
    default:
        painter->restore();
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    painter->restore();
}

} // namespace calltide::ui
