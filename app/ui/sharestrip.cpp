// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sharestrip.h"
#include "ui/appearance.h"
#include <QPainter>
#include <QPainterPath>

namespace calltide::ui {

ShareStrip::ShareStrip(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    setFixedHeight(8);
}

void ShareStrip::setParts(std::vector<Part> parts)
{
    m_parts = std::move(parts);
    update();
}

void ShareStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addRoundedRect(QRectF(rect()), 2, 2);
    painter.setClipPath(shape);
    painter.fillRect(rect(), m_appearance.color(u"bg.sunken"));
    double x = 0;
    for (const Part& part : m_parts) {
        const double w = part.share * width();
        if (w >= 1.5)
            painter.fillRect(QRectF(x, 0, w - 1, height()), part.color);
        else if (w >= 0.5)
            painter.fillRect(QRectF(x, 0, w, height()), part.color);
        x += w;
    }
}

} // namespace calltide::ui
