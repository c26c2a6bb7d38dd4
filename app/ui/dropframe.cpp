// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dropframe.h"
#include "ui/appearance.h"
#include <QPainter>

namespace calltide::ui {

DropFrame::DropFrame(const Appearance& appearance, QWidget* window)
    : QWidget(window)
    , m_appearance(appearance)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropFrame::popUp(const QString& text)
{
    m_text = text;
    setGeometry(parentWidget()->rect());
    show();
    raise();
}

void DropFrame::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_appearance.color(u"accent.default"), 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
    painter.setFont(uiFont(m_appearance, u"title", 600));
    QRectF box = painter.fontMetrics().boundingRect(m_text).adjusted(-16, -10, 16, 10);
    box.moveCenter(QRectF(rect()).center());
    painter.setBrush(m_appearance.color(u"accent.default"));
    painter.drawRoundedRect(box, 8, 8);
    painter.setPen(m_appearance.color(u"text.on_accent"));
    painter.drawText(box, Qt::AlignCenter, m_text);
}

} // namespace calltide::ui
