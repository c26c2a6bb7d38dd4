// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/colors.h"
#include "render/theme.h"
#include "resources/resources.h"
#include <QDir>
#include <QFontInfo>
#include <QGuiApplication>
#include <QPalette>
#include <QtTest>
#include <cmath>

using namespace calltide;
using namespace Qt::Literals::StringLiterals;

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void colorsComeFromTheTokens()
    {
        const render::Theme dark(render::ThemeKind::Dark), light(render::ThemeKind::Light);
        QCOMPARE(dark.color(u"bg.window"), QColor(u"#1A1D21"_s));
        QCOMPARE(light.color(u"bg.window"), QColor(u"#F3F5F6"_s));
        QCOMPARE(light.color(u"timeline.counter.1"), QColor(u"#7A4FBF"_s));
        QCOMPARE(dark.color(u"selection.area_fill").alpha(), 0x2E); // alpha stands last in the tokens
        QCOMPARE(dark.color(u"selection.area_fill").red(), 0x3C);
        QCOMPARE(dark.color(u"no.such"), QColor(Qt::magenta));
    }

    void numbersComeFromTheTokens()
    {
        const render::Theme theme;
        QCOMPARE(theme.number(u"size.header_bar"), 44.0);
        QCOMPARE(theme.number(u"size.slice_row.large"), 26.0);
        QCOMPARE(theme.number(u"motion.flame_zoom"), 240.0);
        QCOMPARE(theme.number(u"no.such"), -1.0);
    }

    void theStyleIsFilledCompletely()
    {
        for (const auto kind : {render::ThemeKind::Light, render::ThemeKind::Dark, render::ThemeKind::HighContrast}) {
            const render::Theme theme(kind);
            const layout::Style& style = theme.style();
            QCOMPARE(style.functions.size(), size_t(24));
            QCOMPARE(style.library.size(), size_t(6));
            QCOMPARE(style.counter.size(), size_t(4));
            // Every colour between the first and the last member is set, none is the magenta of an unknown token.
            for (const layout::Argb* c = &style.window; c <= &style.awaitText; ++c) {
                QVERIFY2(*c != 0, qPrintable(QString::number(c - &style.window)));
                QVERIFY2(*c != 0xFFFF00FF, qPrintable(QString::number(c - &style.window)));
            }
            for (const float* size = &style.minimap; size <= &style.flameMinWidth; ++size)
                QVERIFY2(*size > 0, qPrintable(QString::number(size - &style.minimap)));
            QCOMPARE(style.dark, kind != render::ThemeKind::Light);
        }
    }

    // WCAG 2: 4.5 for every text on what it stands on, labels of all fills included.
    void everyTextCanBeRead()
    {
        const auto luminance = [](const QColor& c) {
            const auto part = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
            return 0.2126 * part(c.redF()) + 0.7152 * part(c.greenF()) + 0.0722 * part(c.blueF());
        };
        const auto ratio = [&](const QColor& a, const QColor& b) {
            const double l = luminance(a), r = luminance(b);
            return (std::max(l, r) + 0.05) / (std::min(l, r) + 0.05);
        };
        for (const auto kind : {render::ThemeKind::Light, render::ThemeKind::Dark, render::ThemeKind::HighContrast}) {
            for (const auto mode : {layout::ColorMode::Function, layout::ColorMode::Module, layout::ColorMode::MyCode,
                     layout::ColorMode::Duration})
                for (const bool colorBlind : {false, true}) {
                    const layout::Style style = render::Theme(kind, mode, colorBlind).style();
                    for (const auto* fills : {&style.functions, &style.library})
                        for (const layout::SliceColor& pair : *fills)
                        {
                            QVERIFY2(ratio(QColor::fromRgb(pair.fill), QColor::fromRgb(pair.text)) >= 4.5,
                                qPrintable(QColor::fromRgb(pair.fill).name()));
                            // Veiled by a filter or a search, and as a parent of what is zoomed.
                            for (const layout::Argb fill : {layout::blended(style.dim, pair.fill, 1),
                                     layout::blended(pair.fill, style.panel, 0.6)})
                                for (const layout::Argb first : {pair.text, style.textMuted}) {
                                    const auto text = layout::readableOn(fill, first, style.textPrimary);
                                    QVERIFY2(layout::contrast(fill, text) >= 4.5, qPrintable(QStringLiteral("%1 on %2, theme %3").arg(QColor(text).name(), QColor(fill).name()).arg(int(kind))));
                                }
                        }
                }
            const render::Theme theme(kind);
            for (const auto& text : {u"text.primary"_s, u"text.secondary"_s, u"text.muted"_s})
                for (const auto& ground : {u"bg.window"_s, u"bg.panel"_s, u"bg.canvas"_s, u"bg.header"_s, u"bg.group"_s})
                    QVERIFY2(ratio(theme.color(text), theme.color(ground)) >= 4.5, qPrintable(text + u" on "_s + ground));
            for (const auto& [text, ground] : {std::pair{u"text.on_accent"_s, u"accent.default"_s},
                     {u"state.danger"_s, u"bg.panel"_s}, {u"state.warn"_s, u"bg.panel"_s}, {u"state.ok"_s, u"bg.panel"_s}})
                QVERIFY2(ratio(theme.color(text), theme.color(ground)) >= 4.5, qPrintable(text));
        }
        QVERIFY(ratio(Qt::gray, Qt::lightGray) < 4.5); // it can fail
    }

    void rowSizesChangeRowsOnly()
    {
        const render::Theme theme;
        QCOMPARE(theme.style(layout::RowSize::Compact).sliceRow, 14.f);
        QCOMPARE(theme.style(layout::RowSize::Normal).sliceRow, 20.f);
        QCOMPARE(theme.style(layout::RowSize::Large).sliceRow, 26.f);
        QCOMPARE(theme.style(layout::RowSize::Large).ruler, theme.style().ruler);
    }

    void everyIconIsDrawnInItsColor()
    {
        initResources();
        const render::Theme theme;
        const QStringList files = QDir(u":/calltide/icons"_s).entryList({u"*.svg"_s});
        QVERIFY(files.size() >= 83);
        for (const QString& file : files) {
            const QString name = file.chopped(4);
            const QImage image = theme.iconPixmap(name, Qt::red, 20, 2).toImage();
            QCOMPARE(image.size(), QSize(40, 40));
            int inked = 0, red = 0;
            for (int y = 0; y < 40; ++y)
                for (int x = 0; x < 40; ++x)
                    if (const QColor c = image.pixelColor(x, y); c.alpha() == 255) {
                        ++inked;
                        red += c == QColor(Qt::red);
                    }
            QVERIFY2(inked > 5, qPrintable(name));
            if (name != "calltide"_L1)
                QVERIFY2(red == inked, qPrintable(name));
        }
        QVERIFY(theme.iconPixmap(u"no_such"_s, Qt::red, 16, 1).isNull());
        QVERIFY(!theme.icon(u"open"_s).pixmap(16).isNull());
    }

    void withoutADesktopThePaletteDecides()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        QPalette palette;
        palette.setColor(QPalette::Window, Qt::black);
        palette.setColor(QPalette::WindowText, Qt::white);
        QGuiApplication::setPalette(palette);
        QVERIFY(render::Theme::systemKind() == render::ThemeKind::Dark);
        palette.setColor(QPalette::Window, Qt::white);
        palette.setColor(QPalette::WindowText, Qt::black);
        QGuiApplication::setPalette(palette);
        QVERIFY(render::Theme::systemKind() == render::ThemeKind::Light);
    }

    void theUiFontIsInter()
    {
        // The fonts are a dependency of the packages; without them the pictures would be others.
        QCOMPARE(QFontInfo(render::Theme::uiFont(13)).family(), u"Inter"_s);
        QCOMPARE(QFontInfo(render::Theme::monoFont(12)).family(), u"JetBrains Mono"_s);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
