// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/motion.h"
#include <QTest>
#include <cmath>

using namespace calltide;
using render::TimeRange;
using timeline::KeyMotion;
using timeline::RangeAnimation;

class TestTimelineMotion : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theWayDoesNotDependOnTheFrameRate()
    {
        double ways[2] = {0, 0};
        for (int run = 0; run < 2; ++run) {
            KeyMotion motion;
            const double frame = run == 0 ? 1.0 / 240 : 1.0 / 30;
            motion.press(KeyMotion::Right);
            for (double t = 0; t < 0.5 - frame / 2; t += frame)
                ways[run] += motion.advance(frame).pan;
            motion.release(KeyMotion::Right);
            for (double t = 0; t < 0.4 - frame / 2; t += frame)
                ways[run] += motion.advance(frame).pan;
            QVERIFY(!motion.moving());
        }
        QVERIFY2(
            std::fabs(ways[0] / ways[1] - 1) < 0.05, qPrintable(QStringLiteral("%1 and %2").arg(ways[0]).arg(ways[1])));
        QVERIFY(ways[0] > 0.3 && ways[0] < 1.2);
    }

    void itSettlesWithin140Milliseconds()
    {
        KeyMotion motion;
        motion.press(KeyMotion::ZoomIn);
        double factor = 1;
        for (int i = 0; i < 60; ++i)
            factor *= motion.advance(1.0 / 60).zoom;
        QVERIFY(factor < 0.2);
        const double speed = std::log(motion.advance(0.001).zoom);
        motion.release(KeyMotion::ZoomIn);
        motion.advance(0.1);
        motion.advance(KeyMotion::kSettle - 0.1);
        QVERIFY(std::fabs(std::log(motion.advance(0.001).zoom)) < 0.06 * std::fabs(speed));
    }

    void oppositeKeysStandStillAndAHungFrameDoesNotJump()
    {
        KeyMotion motion;
        motion.press(KeyMotion::Left);
        motion.press(KeyMotion::Right);
        QCOMPARE(motion.advance(0.05).pan, 0.0);
        motion.release(KeyMotion::Left);
        QVERIFY(motion.advance(30).pan < 0.3);
        motion.stop();
        QVERIFY(!motion.moving());
        QCOMPARE(motion.advance(0.05).pan, 0.0);
    }

    void anAnimationEndsExactlyAtItsAim()
    {
        const TimeRange from{0, 1'000'000'007}, to{123'456'789, 123'556'790};
        RangeAnimation animation;
        animation.start(from, to);
        int64_t length = from.length();
        TimeRange at = from;
        double t = 0;
        while (animation.running()) {
            at = animation.advance(0.016);
            t += 0.016;
            QVERIFY(at.length() <= length); // never back
            QVERIFY(at.from <= to.from && at.to >= to.to);
            length = at.length();
        }
        QCOMPARE(at, to);
        QVERIFY(t >= RangeAnimation::kDuration && t < RangeAnimation::kDuration + 0.017);
        animation.start(to, to);
        QVERIFY(!animation.running());
        QVERIFY(RangeAnimation::isTooFar({0, 10}, {1000, 1010}));
        QVERIFY(!RangeAnimation::isTooFar({0, 10}, {400, 410}));
    }
};

QTEST_APPLESS_MAIN(TestTimelineMotion)
#include "tst_timeline_motion.moc"
