// SPDX-License-Identifier: GPL-3.0-or-later
// The two painters against each other and against what a draw list asks for.
#include "render/glpainter.h"
#include "render/rasterpainter.h"
#include "render/theme.h"
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFramebufferObject>
#include <QOpenGLFunctions>
#include <QRandomGenerator>
#include <QtTest>

using namespace calltide;
using layout::Argb;

namespace {
struct Difference
{
    int greatest = 0;
    double share = 0; // of pixels that differ by more than 2 in any channel
};

Difference compare(const QImage& a, const QImage& b)
{
    Difference out;
    qint64 differing = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            const int d = std::max(
                {std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
            out.greatest = std::max(out.greatest, d);
            differing += d > 2;
        }
    }
    out.share = double(differing) / double(a.width()) / double(a.height());
    return out;
}

// Everything a draw list can hold, many times, from a fixed seed.
layout::DrawList everything(const layout::Style& style, float ratio, float width = 700, float height = 500)
{
    layout::DrawList list;
    list.width = width;
    list.height = height;
    list.devicePixelRatio = ratio;
    list.background = style.canvas;
    QRandomGenerator random(7);
    const auto number = [&](double from, double to) { return float(from + random.generateDouble() * (to - from)); };
    const auto whole = [&](int from, int to) { return float(random.bounded(from, to)); };
    for (int i = 0; i < 60; ++i)
        list.add(layout::Rect{
            whole(0, int(width)), whole(0, int(height)), whole(1, 30), whole(1, 20),
            i % 3 ? style.gridMajor : style.areaFill});
    for (int i = 0; i < 300; ++i) {
        layout::Shape s{
            whole(-20, int(width)), whole(0, int(height) / 20) * 20, whole(1, 120), 19,
            style.functions[size_t(i) % style.functions.size()].fill};
        s.radius = i % 4 ? 2.f : i % 8 ? 8.5f : 0.f;
        if (i % 5 == 0) {
            s.border = style.sliceOutline;
            s.borderWidth = i % 2 ? 2.f : 1.5f;
        }
        if (i % 11 == 0) {
            s.fill = style.awaitFill;
            s.pattern = i % 2 ? layout::Pattern::Hatch : layout::Pattern::LossBands;
            s.patternColor = style.awaitHatch;
        }
        s.openEdges = uint8_t(i % 13 == 0 ? 1 : i % 17 == 0 ? 3 : 0);
        if (i % 19 == 0)
            s.fill = 0; // an outline alone
        list.add(s);
        const layout::FontRole role = layout::FontRole(i % int(layout::FontRole::Count));
        list.addText(
            "serialize_item µs ☂ 12.5 ms", s.x + number(0, 5), s.y + 14, s.x, s.x + s.w,
            style.functions[size_t(i) % style.functions.size()].text, role);
    }
    list.addClip({100, 100, 400, 300});
    for (int i = 0; i < 60; ++i) {
        const float x = number(50, 600), y = number(50, 450);
        list.add(layout::Triangle{
            x, y, x + number(-15, 15), y + number(-15, 15), x + number(-15, 15), y + number(-15, 15), style.exception});
        list.add(layout::IconMark{
            whole(0, int(width)), whole(0, int(height)), i % 2 ? 14.f : 16.f, style.textSecondary,
            layout::Icon(i % int(layout::Icon::Count))});
        std::vector<float> points;
        for (int k = 0; k < 12; ++k) {
            points.push_back(i % 2 && k % 2 && k ? points[points.size() - 2] : x + float(k) * 7);
            points.push_back(i % 2 && !(k % 2) && k ? points[points.size() - 2] : y + number(-20, 20));
        }
        list.addStroke(points.data(), 12, i % 3 ? 1.5f : 4.f, i % 4 ? style.flow : style.areaFill);
    }
    list.addClip({0, 0, width, height});
    list.addText(
        "ruler 4.221 861 s", 10.3f, float(int(height)) - 5, 0, width, style.textPrimary, layout::FontRole::Mono);
    return list;
}
} // namespace

class TestPainters : public QObject
{
    Q_OBJECT
    QOpenGLContext m_context;
    QOffscreenSurface m_surface;
    bool m_gl = false;

    QImage paintGl(const layout::DrawList& list, const render::FontMetrics& fonts)
    {
        render::GlPainter painter;
        QString reason;
        if (!painter.initialize(&reason)) {
            qWarning("%s", qPrintable(reason));
            return {};
        }
        QOpenGLFramebufferObject target(
            int(std::lround(list.width * list.devicePixelRatio)),
            int(std::lround(list.height * list.devicePixelRatio)));
        target.bind();
        painter.paint(list, fonts);
        const QImage image = target.toImage().convertToFormat(QImage::Format_RGB32);
        painter.release();
        return image;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QSurfaceFormat format;
        format.setVersion(3, 3);
        format.setProfile(QSurfaceFormat::CoreProfile);
        m_context.setFormat(format);
        m_surface.setFormat(format);
        m_surface.create();
        QVERIFY(m_context.create());
        QVERIFY(m_context.makeCurrent(&m_surface));
    }

    void aLargePictureIsDrawnInBandsWithoutSeams()
    {
        const render::Theme theme(render::ThemeKind::Dark);
        const render::FontMetrics fonts;
        layout::DrawList list = everything(theme.style(), 1, 2600, 1300);
        render::RasterPainter inBands, inOne;
        const QImage large = inBands.paint(list, fonts).copy(0, 0, 1200, 1290);
        list.width = 1200;
        list.height = 1290;
        const Difference difference = compare(large, inOne.paint(list, fonts));
        QCOMPARE(difference.greatest, 0);
    }

    void bothPaintersGiveTheSamePicture_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<float>("ratio");
        for (const float ratio : {1.f, 1.5f, 2.f}) {
            QTest::addRow("light %.1f", double(ratio)) << int(render::ThemeKind::Light) << ratio;
            QTest::addRow("dark %.1f", double(ratio)) << int(render::ThemeKind::Dark) << ratio;
        }
    }
    void bothPaintersGiveTheSamePicture()
    {
        QFETCH(int, kind);
        QFETCH(float, ratio);
        const render::Theme theme{render::ThemeKind(kind)};
        const render::FontMetrics fonts;
        const layout::DrawList list = everything(theme.style(), ratio);
        render::RasterPainter raster;
        const QImage cpu = raster.paint(list, fonts);
        const QImage gpu = paintGl(list, fonts);
        QCOMPARE(gpu.size(), cpu.size());
        const Difference d = compare(cpu, gpu);
        const QString name = QStringLiteral("painters-%1-%2x").arg(kind).arg(double(ratio));
        if (qEnvironmentVariableIsSet("CALLTIDE_TEST_PICTURES")) {
            const QString dir = qEnvironmentVariable("CALLTIDE_TEST_PICTURES");
            QVERIFY(cpu.save(dir + QLatin1Char('/') + name + QStringLiteral("-cpu.png")));
            QVERIFY(gpu.save(dir + QLatin1Char('/') + name + QStringLiteral("-gpu.png")));
        }
        qInfo("greatest difference %d, share %.6f", d.greatest, d.share);
        QVERIFY2(d.greatest <= 4, qPrintable(QString::number(d.greatest)));
        QVERIFY2(d.share < 0.0001, qPrintable(QString::number(d.share)));
    }

    void aDifferentPictureIsNoticed() // the comparison above can fail
    {
        const render::Theme theme;
        const render::FontMetrics fonts;
        layout::DrawList list = everything(theme.style(), 1);
        render::RasterPainter one, two;
        const QImage a = one.paint(list, fonts);
        for (layout::Text& text : list.texts)
            text.baseline += 1;
        const Difference d = compare(a, two.paint(list, fonts));
        QVERIFY(d.share > 0.001);
    }

    void rectanglesCoverExactlyTheirPixels()
    {
        const render::FontMetrics fonts;
        layout::DrawList list;
        list.width = 20;
        list.height = 10;
        list.background = 0xFF000000;
        list.add(layout::Rect{3, 2, 5, 4, 0xFFFF0000});
        list.add(layout::Rect{10, 0, 1, 10, 0x80FFFFFF});
        render::RasterPainter painter;
        const QImage image = painter.paint(list, fonts);
        QCOMPARE(image.size(), QSize(20, 10));
        for (int y = 0; y < 10; ++y)
            for (int x = 0; x < 20; ++x) {
                const bool red = x >= 3 && x < 8 && y >= 2 && y < 6;
                const QRgb expected = x == 10 ? qRgb(128, 128, 128) : red ? qRgb(255, 0, 0) : qRgb(0, 0, 0);
                QVERIFY2(image.pixel(x, y) == expected, qPrintable(QStringLiteral("%1,%2").arg(x).arg(y)));
            }
    }

    void clipsAndPictureEdgesCutEverything()
    {
        const render::Theme theme;
        const render::FontMetrics fonts;
        layout::DrawList list = everything(theme.style(), 1);
        layout::DrawList cut;
        cut.width = 700;
        cut.height = 500;
        cut.background = 0xFF123456;
        cut.addClip({50, 60, 10, 12});
        for (const layout::Shape& s : list.shapes)
            cut.add(s);
        cut.add(layout::Rect{-1000, -1000, 5000, 5000, 0xFFFFFFFF});
        const float line[] = {-5000, -5000, 5000, 5000};
        cut.addStroke(line, 2, 5, 0xFF00FF00);
        cut.addText("outside", 40, 70, 0, 700, 0xFFFF0000, layout::FontRole::Name);
        render::RasterPainter painter;
        const QImage image = painter.paint(cut, fonts);
        for (int y = 0; y < 500; ++y)
            for (int x = 0; x < 700; ++x)
                if (x < 50 || x >= 60 || y < 60 || y >= 72)
                    QVERIFY(image.pixel(x, y) == 0xFF123456);
        QVERIFY(image.pixel(55, 71) != 0xFF123456);
    }

    void anEmptyListGivesNoPicture()
    {
        const render::FontMetrics fonts;
        render::RasterPainter painter;
        QVERIFY(painter.paint(layout::DrawList(), fonts).isNull());
    }

    void aTranslucentJoinIsBlendedOnce()
    {
        const render::FontMetrics fonts;
        layout::DrawList list;
        list.width = list.height = 40;
        list.background = 0xFF000000;
        const float corner[] = {5, 20, 20, 20, 20, 35};
        list.addStroke(corner, 3, 8, 0x80FFFFFF);
        render::RasterPainter painter;
        const QImage image = painter.paint(list, fonts);
        for (int y = 0; y < 40; ++y)
            for (int x = 0; x < 40; ++x)
                QVERIFY(qRed(image.pixel(x, y)) <= 128);
        QCOMPARE(qRed(image.pixel(20, 20)), 128);
    }

    void widthsAddUpAndDoNotDependOnTheRatio()
    {
        const render::FontMetrics fonts;
        using layout::FontRole;
        const float a = fonts.width("handle_", FontRole::Slice), b = fonts.width("request", FontRole::Slice);
        QVERIFY(a > 20);
        QCOMPARE(fonts.width("handle_request", FontRole::Slice), a + b);
        QCOMPARE(fonts.width("", FontRole::Slice), 0.f);
        QVERIFY(std::abs(fonts.width("iiii", FontRole::Mono) - fonts.width("WWWW", FontRole::Mono)) < 0.01f);
        QVERIFY(fonts.ascent(FontRole::Slice) > fonts.descent(FontRole::Slice));
        const render::FontMetrics large(layout::RowSize::Large);
        QVERIFY(large.width("handle", FontRole::Slice) > fonts.width("handle", FontRole::Slice));
    }

    void hostileTextIsShownPlainly()
    {
        const render::FontMetrics fonts;
        using layout::FontRole;
        const float replacement = fonts.width("\xEF\xBF\xBD", FontRole::Name);
        QVERIFY(replacement > 0);
        QCOMPARE(fonts.width("\n", FontRole::Name), replacement); // control
        QCOMPARE(fonts.width("\xE2\x80\xAE", FontRole::Name), replacement); // right-to-left override
        QCOMPARE(fonts.width("\xFF", FontRole::Name), replacement); // not UTF-8
        QCOMPARE(fonts.width("\xE2\x80", FontRole::Name), 2 * replacement); // cut short
        QCOMPARE(fonts.width("\xED\xA0\x80", FontRole::Name), 3 * replacement); // a surrogate
        QVERIFY(fonts.width("日本", FontRole::Name) > 0);
    }

    void aFrameOfAFullWindow() // shows the time; numbers are held by the benchmarks, not here
    {
        const render::Theme theme;
        const render::FontMetrics fonts;
        layout::DrawList list;
        list.width = 1920;
        list.height = 1080;
        list.background = theme.style().canvas;
        for (int y = 0; y < 54; ++y) {
            for (int x = 0; x < 1920; x += 2)
                list.add(
                    layout::Rect{float(x), float(y * 20), 1, 19, theme.style().functions[size_t(x / 2) % 24].fill});
            for (int x = 0; x < 1920; x += 96) {
                list.add(layout::Shape{
                    float(x), float(y * 20), 60, 19, theme.style().functions[size_t(x / 96) % 24].fill, 0, 0, 2});
                list.addText(
                    "render_json", float(x) + 4.3f, float(y * 20 + 14), float(x), float(x + 60), 0xFFFFFFFF,
                    layout::FontRole::Slice);
            }
        }
        render::RasterPainter painter;
        painter.paint(list, fonts);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i)
            painter.paint(list, fonts);
        qInfo(
            "%zu columns, %zu shapes: %.2f ms a frame", list.rects.size(), list.shapes.size(),
            double(timer.nsecsElapsed()) / 20e6);
        QVERIFY(!painter.paint(list, fonts).isNull());
    }
};

QTEST_MAIN(TestPainters)
#include "tst_painters.moc"
