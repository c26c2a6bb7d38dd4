// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/choicecard.h"
#include "ui/appearance.h"
#include <QPainter>

namespace calltide::ui {

ChoiceCard::ChoiceCard(const Appearance& appearance, const QString& title, const QString& text)
    : QRadioButton(title)
    , m_appearance(appearance)
    , m_text(text)
{
    setAccessibleDescription(text);
    setFixedHeight(52);
    setMinimumWidth(120);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void ChoiceCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool on = isChecked();
    const QColor accent = m_appearance.color(u"accent.default");
    painter.setPen(QPen(on ? accent : m_appearance.color(hasFocus() ? u"border.focus" : u"border.default"), on ? 2 : 1));
    painter.setBrush(m_appearance.color(on ? u"accent.soft" : underMouse() && isEnabled() ? u"bg.hover" : u"bg.panel"));
    const double radius = m_appearance.theme().number(u"radius.card"), inset = on ? 1 : .5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), radius, radius);
    const QRectF dot(12.5, 11.5, 15, 15);
    painter.setPen(QPen(on ? accent : m_appearance.color(u"border.strong"), 1.5));
    painter.setBrush(on ? accent : m_appearance.color(u"bg.field"));
    painter.drawEllipse(dot);
    if (on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_appearance.color(u"text.on_accent"));
        painter.drawEllipse(dot.center(), 3, 3);
    }
    painter.setPen(m_appearance.color(isEnabled() ? u"text.primary" : u"text.disabled"));
    painter.setFont(uiFont(m_appearance, u"body", 500));
    painter.drawText(QRect(38, 8, width() - 44, 20), Qt::AlignVCenter, text());
    painter.setPen(m_appearance.color(isEnabled() && on ? u"accent.soft_text" : u"text.muted"));
    painter.setFont(uiFont(m_appearance, u"caption"));
    painter.drawText(QRect(38, 27, width() - 44, 18), Qt::AlignVCenter,
        painter.fontMetrics().elidedText(m_text, Qt::ElideRight, width() - 44));
}

} // namespace calltide::ui
