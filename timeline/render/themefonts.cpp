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
#ifdef CALLTIDE_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#endif
#include <optional>

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

// A number of the desktop portal's settings. Nothing when there is no portal or it does not know the setting.
std::optional<uint> portalSetting(const char* group, const char* key)
{
#ifdef CALLTIDE_DBUS
    constexpr int kPatienceMs = 250; // this is asked before the first window is shown
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return {};
    QDBusMessage call = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.portal.Desktop"), QStringLiteral("/org/freedesktop/portal/desktop"),
        QStringLiteral("org.freedesktop.portal.Settings"), QStringLiteral("Read"));
    call << QString::fromLatin1(group) << QString::fromLatin1(key);
    const QDBusMessage reply = bus.call(call, QDBus::Block, kPatienceMs);
    if (reply.type() != QDBusMessage::ReplyMessage || reply.arguments().isEmpty())
        return {};
    QVariant value = reply.arguments().constFirst();
    while (value.metaType() == QMetaType::fromType<QDBusVariant>()) // the portal wraps it twice
        value = value.value<QDBusVariant>().variant();
    bool isNumber = false;
    const uint number = value.toUInt(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
#else
    (void)group, (void)key;
    return {};
#endif
}

constexpr const char* kAppearance = "org.freedesktop.appearance";

// 0 no preference, 1 dark, 2 light; "contrast" 1: high.
std::optional<ThemeKind> portalKind()
{
    const std::optional<uint> scheme = portalSetting(kAppearance, "color-scheme");
    if (!scheme) // nobody answers: asking more would only take longer
        return {};
    if (portalSetting(kAppearance, "contrast") == 1)
        return ThemeKind::HighContrast;
    if (scheme == 1)
        return ThemeKind::Dark;
    return scheme == 2 ? std::optional(ThemeKind::Light) : std::nullopt;
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

bool Theme::systemWantsLessMotion()
{
    static const bool wants = [] {
        if (const auto reduced = portalSetting(kAppearance, "reduced-motion"))
            return *reduced == 1;
        return portalSetting("org.gnome.desktop.interface", "enable-animations") == 0;
    }();
    return wants;
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
    if (const std::optional<ThemeKind> kind = portalKind())
        return *kind;
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness()
        ? ThemeKind::Dark
        : ThemeKind::Light;
}

} // namespace calltide::render
