// SPDX-License-Identifier: GPL-3.0-or-later
// Theme: the design tokens (resources/tokens.json) as colours, sizes, fonts and icons. No other file names a colour or
// a size. GUI thread, except that `style()` may be copied anywhere.
#pragma once
#include "layout/style.h"
#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPalette>
#include <QString>
#include <memory>

namespace calltide::render {

enum class ThemeKind : uint8_t
{
    Light,
    Dark,
    HighContrast
};

class Theme
{
public:
    // `colorBlind`: 12 slice colours that can be told apart without red and green, instead of 24.
    explicit Theme(
        ThemeKind kind = ThemeKind::Dark, layout::ColorMode colors = layout::ColorMode::Function, bool colorBlind = false);
    ~Theme();
    Theme(const Theme&) = delete;
    Theme& operator=(const Theme&) = delete;

    ThemeKind kind() const;
    // "bg.panel", "text.muted", "accent.default", "timeline.gc", "syntax.keyword" … An unknown name is a bug: magenta.
    QColor color(QStringView token) const;
    // "size.header_bar", "space.3", "radius.control", "motion.zoom" …; -1 when unknown.
    double number(QStringView token) const;
    const layout::Style& style() const; // for the layouts
    layout::Style style(layout::RowSize rows) const;
    QPalette palette() const;

    // Inter and JetBrains Mono (bundled or installed), with Noto/DejaVu as fallback. `px` in device independent pixels.
    static QFont uiFont(double px, int weight = 400);
    static QFont monoFont(double px, int weight = 400);
    // An icon of resources/icons in text.secondary (normal), text.primary (hover/active), text.disabled.
    QIcon icon(const QString& name) const;
    QIcon icon(const QString& name, const QColor& color) const;
    QPixmap iconPixmap(const QString& name, const QColor& color, int px, double devicePixelRatio) const;

    // The system's choice: portal setting, else the palette's lightness.
    static ThemeKind systemKind();
    static bool systemWantsLessMotion(); // by the same portal; false where it cannot be asked. Asked once.

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::render
