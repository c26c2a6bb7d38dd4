// SPDX-License-Identifier: GPL-3.0-or-later
// Fonts and the system's light/dark choice.
#include "render/theme.h"
#include <QCoreApplication>
#include <QDir>
#include <QFontDatabase>
#include <QGuiApplication>
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#include <QStyleHints>
#endif

namespace calltide::render {
namespace {
// A portable package brings the fonts beside the program; a distribution's package depends on them.
void loadBundledFonts()
{
    static bool done = false;
    if (done || !qGuiApp)
        return;
    done = true;
    const QDir dir(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/calltide/fonts"));
    for (const QString& file : dir.entryList({QStringLiteral("*.ttf"), QStringLiteral("*.otf")}, QDir::Files))
        QFontDatabase::addApplicationFont(dir.filePath(file));
}

QFont makeFont(const QStringList& families, double px, int weight)
{
    loadBundledFonts();
    QFont font;
    font.setFamilies(families);
    font.setPointSizeF(px * 0.75); // points, so that the desktop's larger text setting works
    font.setWeight(QFont::Weight(weight));
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}
} // namespace

QFont Theme::uiFont(double px, int weight)
{
    return makeFont({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")}, px, weight);
}

QFont Theme::monoFont(double px, int weight)
{
    QFont font = makeFont(
        {QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono"), QStringLiteral("DejaVu Sans Mono")}, px,
        weight);
    font.setStyleHint(QFont::Monospace);
    return font;
}

ThemeKind Theme::systemKind()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    switch (QGuiApplication::styleHints()->colorScheme()) {
    case Qt::ColorScheme::Dark:
        return ThemeKind::Dark;
    case Qt::ColorScheme::Light:
        return ThemeKind::Light;
    case Qt::ColorScheme::Unknown:
        break;
    }
#endif
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness()
        ? ThemeKind::Dark
        : ThemeKind::Light;
}

} // namespace calltide::render
