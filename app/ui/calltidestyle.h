// SPDX-License-Identifier: GPL-3.0-or-later
// CalltideStyle: Fusion with what a style sheet cannot say: metrics, focus ring, check marks, tree arrows, separators.
#pragma once
#include "render/theme.h"
#include <QProxyStyle>

namespace calltide::ui {

class CalltideStyle : public QProxyStyle
{
    Q_OBJECT
public:
    explicit CalltideStyle(const render::Theme& theme); // copies the colours it needs
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(
        StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* result) const override;
    void drawPrimitive(
        PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override;

private:
    void drawCheckBox(const QStyleOption* option, QPainter* painter) const;
    void drawRadioButton(const QStyleOption* option, QPainter* painter) const;
    void drawArrow(PrimitiveElement element, const QStyleOption* option, QPainter* painter) const;
    void drawSeparator(const QStyleOption* option, QPainter* painter) const;

    QColor m_focus, m_muted, m_accent, m_onAccent, m_strong, m_field, m_window, m_line, m_disabled;
    int m_separator, m_icon;
};

} // namespace calltide::ui
