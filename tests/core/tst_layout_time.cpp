// SPDX-License-Identifier: GPL-3.0-or-later
// Time and pixels, the ruler, numbers as text, labels: all without a trace.
#include "fixed_measure.h"
#include "layout/colors.h"
#include "layout/coordinates.h"
#include "layout/ruler.h"
#include "layout/text.h"
#include <QTest>
#include <random>

using namespace calltide::layout;

namespace {

constexpr int64_t kMs = 1'000'000, kSecond = 1'000'000'000;

QString q(const std::string& s)
{
    return QString::fromStdString(s);
}

} // namespace

class TestLayoutTime : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aTimeComesBackFromItsPixelWithinANanosecond()
    {
        std::mt19937_64 random(7);
        for (const int64_t length : {int64_t(20), int64_t(12'345), 3 * kMs, 90 * kSecond, 86'400 * kSecond}) {
            const int64_t from = int64_t(random() % (1ull << 50));
            const TimeScale scale{from, from + length, 248, 1672};
            for (int i = 0; i < 2000; ++i) {
                const int64_t time = from + int64_t(random() % uint64_t(length));
                const int64_t back = scale.time(scale.x(time));
                QVERIFY2(
                    std::abs(back - time) <= 1, qPrintable(QStringLiteral("%1 came back as %2").arg(time).arg(back)));
            }
        }
    }

    void theEdgesLieOnTheEdges()
    {
        const TimeScale scale{1000, 3000, 100, 400};
        QCOMPARE(scale.x(1000), 100.0);
        QCOMPARE(scale.x(3000), 500.0);
        QCOMPARE(scale.time(300), int64_t(2000));
    }

    void zoomingKeepsTheTimeUnderThePointer()
    {
        const TimeScale scale{0, 8 * kMs, 200, 800};
        const auto near = zoomed(scale, 400, 0.5);
        QCOMPARE(near.from, 1 * kMs);
        QCOMPARE(near.to, 5 * kMs);
        QCOMPARE(near.time(400), scale.time(400));
        const auto far = zoomed(near, 400, 2);
        QCOMPARE(far.from, scale.from);
        QCOMPARE(far.to, scale.to);
        const auto later = panned(scale, 80);
        QCOMPARE(later.from, 8 * kMs / 10);
    }

    void stepsAreOneTwoFive()
    {
        FixedMeasure measure;
        for (double length = 100; length < 1e14; length *= 1.37) {
            const TimeScale scale{5 * kSecond, 5 * kSecond + int64_t(length), 0, 1600};
            const Ruler ruler = makeRuler(scale, 0, measure);
            int64_t lead = ruler.step;
            while (lead % 10 == 0)
                lead /= 10;
            QVERIFY2(lead == 1 || lead == 2 || lead == 5, qPrintable(QString::number(ruler.step)));
            for (size_t i = 1; i < ruler.ticks.size(); ++i) {
                const double distance = ruler.ticks[i].x - ruler.ticks[i - 1].x;
                QVERIFY(distance >= 109.99);
                QVERIFY(distance >= 1.499 * double(measure.width(ruler.ticks[i].label, FontRole::Mono)));
                QVERIFY(ruler.ticks[i].label != ruler.ticks[i - 1].label);
                QCOMPARE(ruler.ticks[i].time - ruler.ticks[i - 1].time, ruler.step);
            }
            QVERIFY(ruler.ticks.size() >= 2);
            QVERIFY(ruler.ticks.front().time <= scale.from);
        }
    }

    void rulerLabels()
    {
        FixedMeasure measure;
        const auto labelled = [&](int64_t from, int64_t length) {
            return makeRuler({from, from + length, 0, 1200}, 0, measure);
        };
        const Ruler ms = labelled(4'194 * kMs, 52 * kMs);
        QCOMPARE(ms.step, 5 * kMs);
        QVERIFY(ms.prefix.empty());
        QCOMPARE(q(ms.ticks[1].label), QStringLiteral("4.195 s"));
        const Ruler us = labelled(4'221 * kMs, 5 * kMs);
        QCOMPARE(us.step, kMs / 2);
        QCOMPARE(q(us.prefix), QStringLiteral("4.2 s +"));
        QCOMPARE(q(us.ticks[1].label), QStringLiteral("21.5 ms"));
        const Ruler ns = labelled(4'221 * kMs + 215'000, 3000);
        QCOMPARE(q(ns.prefix), QStringLiteral("4.221 s +"));
        QCOMPARE(ns.step, int64_t(500));
        QCOMPARE(q(ns.ticks[0].label), QStringLiteral("215.0 µs"));
        const Ruler start = labelled(0, 52 * kMs);
        QVERIFY(start.prefix.empty());
        QCOMPARE(q(start.ticks[1].label), QStringLiteral("5 ms"));
        const Ruler second = labelled(0, 900 * kMs);
        QCOMPARE(q(second.ticks[1].label), QStringLiteral("100 ms"));
        const Ruler more = labelled(0, 1100 * kMs);
        QCOMPARE(q(more.ticks[1].label), QStringLiteral("0.2 s"));
    }

    void theCursorsTimeHasTheDigitsOfAPixel()
    {
        QCOMPARE(q(formatCursorTime(4'221'861'000, 34'000)), QStringLiteral("4.221\u2009861 s"));
        QCOMPARE(q(formatCursorTime(4'221'861'204, 2)), QStringLiteral("4.221\u2009861\u2009204 s"));
        QCOMPARE(q(formatCursorTime(4'221'861'204, 8e6)), QStringLiteral("4.222 s"));
        QCOMPARE(q(formatCursorTime(40'055'000, 34'000)), QStringLiteral("40.055 ms"));
    }

    void durationsHaveThreeFigures_data()
    {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << qint64(0) << "0 ns";
        QTest::newRow("ns") << qint64(412) << "412 ns";
        QTest::newRow("us") << qint64(1000) << u"1.00 µs"_qs;
        QTest::newRow("369 us") << qint64(369'400) << u"369 µs"_qs;
        QTest::newRow("rounds into the next unit") << qint64(999'600) << "1.00 ms";
        QTest::newRow("ms") << qint64(8'320'114) << "8.32 ms";
        QTest::newRow("tens") << qint64(52'000'000) << "52.0 ms";
        QTest::newRow("s") << qint64(8'214'600'000) << "8.21 s";
        QTest::newRow("100 s") << qint64(100 * kSecond) << "100 s";
        QTest::newRow("min") << qint64(150 * kSecond) << "2 min 30 s";
        QTest::newRow("h") << qint64((2 * 3600 + 11 * 60) * kSecond) << "2 h 11 min";
        QTest::newRow("d") << qint64(100 * 3600 * kSecond) << "4 d 4 h";
        QTest::newRow("negative") << qint64(-8'320'114) << u"\u22128.32 ms"_qs;
    }
    void durationsHaveThreeFigures()
    {
        QFETCH(qint64, ns);
        QFETCH(QString, text);
        QCOMPARE(q(formatDuration(ns)), text);
    }

    void numbers()
    {
        QCOMPARE(q(formatCount(0)), QStringLiteral("0"));
        QCOMPARE(q(formatCount(999)), QStringLiteral("999"));
        QCOMPARE(q(formatCount(1'284'116)), u"1\u2009284\u2009116"_qs);
        QCOMPARE(q(formatCount(-1284)), u"\u22121\u2009284"_qs);
        QCOMPARE(q(formatCount(INT64_MIN)), u"\u22129\u2009223\u2009372\u2009036\u2009854\u2009775\u2009808"_qs);
        QCOMPARE(q(formatExactDuration(8'320'114)), u"8.320\u2009114 ms"_qs);
        QCOMPARE(q(formatExactDuration(999)), QStringLiteral("999 ns"));
        QCOMPARE(q(formatExactDuration(1'000'000'001)), u"1.000\u2009000\u2009001 s"_qs);
        QCOMPARE(q(formatShare(0.26)), QStringLiteral("26 %"));
        QCOMPARE(q(formatShare(0.031)), QStringLiteral("3.1 %"));
        QCOMPARE(q(formatShare(0.0001)), QStringLiteral("< 0.1 %"));
        QCOMPARE(q(formatShare(0)), QStringLiteral("0 %"));
        QCOMPARE(q(formatBytes(41'800'000)), QStringLiteral("41.8 MB"));
        QCOMPARE(q(formatBytes(512)), QStringLiteral("512 B"));
        QCOMPARE(q(formatValue(103.6)), QStringLiteral("103.6"));
        QCOMPARE(q(formatValue(1234567)), u"1\u2009234\u2009567"_qs);
        QCOMPARE(q(formatValue(-2)), u"\u22122"_qs);
    }

    void labelsAreCutAsFarAsTheyStaySaying()
    {
        FixedMeasure m;
        const auto fit = [&](const char* name, int points) {
            return q(fitName(name, FixedMeasure::kPoint * float(points), m, FontRole::Slice));
        };
        QCOMPARE(fit("UserHandler.get", 15), QStringLiteral("UserHandler.get"));
        QCOMPARE(fit("UserHandler.get", 14), QStringLiteral("get"));
        QCOMPARE(fit("UserHandler.render", 5), QStringLiteral("rend…"));
        QCOMPARE(fit("UserHandler.render", 4), QStringLiteral("ren…"));
        QCOMPARE(fit("UserHandler.render", 3), QString());
        QCOMPARE(fit("io/reader.py", 6), QStringLiteral("i…r.py")); // a path has no last part behind a dot
        QCOMPARE(q(fitName("/srv/shop/views.py", FixedMeasure::kPoint * 12, m, FontRole::Slice)), QStringLiteral("/sr…views.py"));
        QCOMPARE(q(fitName("<built-in method run of a.B object>", FixedMeasure::kPoint * 8, m, FontRole::Slice)), QStringLiteral("<built-…"));
        QCOMPARE(q(fitName("GET /users/17", FixedMeasure::kPoint * 8, m, FontRole::Slice)), QStringLiteral("GET /us…"));
        QCOMPARE(q(fitName("größe_äöü", FixedMeasure::kPoint * 5, m, FontRole::Slice)), QStringLiteral("größ…"));
        QCOMPARE(
            q(elideMiddle("/home/anna/shop/models/user.py", FixedMeasure::kPoint * 16, m, FontRole::Caption)),
            QStringLiteral("/home…ls/user.py"));
        QCOMPARE(q(elideRight("abc", 1, m, FontRole::Caption)), QString());
    }

    void theRulerTellsTheTimeOfDay()
    {
        const FixedMeasure m;
        // 2025-11-26 04:23:00.250 UTC at time 0; two hours east.
        TimeAxis axis{.format = TimeFormat::Utc, .wall = 1764130980'250'000'000, .zone = 7200 * kSecond};
        const auto labels = [&](int64_t from, int64_t to) {
            QStringList out;
            for (const Tick& tick : makeRuler({from, to, 0, 800}, axis, m).ticks)
                if (tick.time >= from)
                    out << q(tick.label);
            return out;
        };
        const QStringList seconds = labels(0, 10 * kSecond);
        QCOMPARE(seconds.first(), QStringLiteral("04:23:02")); // on whole seconds of the clock, not of the trace
        axis.format = TimeFormat::WallClock;
        QCOMPARE(labels(0, 10 * kSecond).first(), QStringLiteral("06:23:02"));
        QCOMPARE(labels(0, 100 * kMs).first(), QStringLiteral("06:23:00.26"));
        const Ruler near = makeRuler({kMs, kMs + 10'000, 0, 800}, axis, m);
        QCOMPARE(q(near.prefix), QStringLiteral("06:23:00.251 +"));
        QCOMPARE(q(near.ticks.front().label), QStringLiteral("0 µs"));
        axis.format = TimeFormat::Epoch;
        QCOMPARE(labels(0, 10 * kSecond).first(), QStringLiteral("1764130982"));
        QCOMPARE(q(formatCursorTime(0, axis, 1e5)), QStringLiteral("1764130980.250\u2009000"));
        axis.format = TimeFormat::Nanoseconds;
        QCOMPARE(q(formatCursorTime(1234567, axis, 1)), QStringLiteral("1\u2009234\u2009567"));
        axis = {.format = TimeFormat::WallClock, .zero = 5}; // a trace without a clock counts from its begin
        QCOMPARE(axis.used(), TimeFormat::FromStart);
        QCOMPARE(q(formatCursorTime(5 + kSecond, axis, 1e6)), QStringLiteral("1.000 s"));
        axis = {.format = TimeFormat::Utc, .wall = 0};
        QCOMPARE(q(formatCursorTime(-1, axis, 1e6)), QStringLiteral("23:59:59.999")); // cut, not rounded to the next day
    }

    void untrustedTextBecomesOnePlainLine()
    {
        QCOMPARE(q(plainLine("a\nb\tc\x1b[31m")), QStringLiteral("a b c [31m"));
        QCOMPARE(q(plainLine("\xff\xc3")), QStringLiteral("\uFFFD\uFFFD"));
        QCOMPARE(q(plainLine("é€😀")), QStringLiteral("é€😀"));
        QVERIFY(plainLine(std::string(5000, 'x')).size() <= 1004);
    }

    void coloursMix()
    {
        QCOMPARE(blended(0xFFFFFFFF, 0xFF000000, 0.5), 0xFF808080u);
        QCOMPARE(blended(0x80FFFFFF, 0xFF000000, 1), 0xFF808080u);
        QCOMPARE(withAlpha(0xFF102030, 0.5), 0x80102030u);
        QCOMPARE(fnv1a(""), 2166136261u);
        QCOMPARE(fnv1a("foobar"), 0xbf9cf968u);
    }
};

QTEST_APPLESS_MAIN(TestLayoutTime)
#include "tst_layout_time.moc"
