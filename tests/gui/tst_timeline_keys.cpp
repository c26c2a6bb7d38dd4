// SPDX-License-Identifier: GPL-3.0-or-later
// The default keys and buttons of the timeline that tst_timeline.cpp does not send.
#include "timeline_window.h"
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace calltide;
using namespace window;

class TestTimelineKeys : public QObject, private window::TimelineWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    void ctrlArrowsMoveByAQuarter()
    {
        state->setRange({40 * kMs, 60 * kMs});
        QTest::keyClick(view.get(), Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(state->range(), (TimeRange{45 * kMs, 65 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_Left, Qt::ControlModifier);
        QTest::keyClick(view.get(), Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(state->range(), (TimeRange{35 * kMs, 55 * kMs}));
    }

    void shiftAndSpaceMakeTheLeftButtonPan()
    {
        state->setRange({20 * kMs, 40 * kMs}); // 20 µs a pixel
        drag({kHeader + 500, rowY(1)}, {kHeader + 600, rowY(1)}, Qt::LeftButton, Qt::ShiftModifier);
        QCOMPARE(state->range(), (TimeRange{18 * kMs, 38 * kMs}));
        QTest::keyPress(view.get(), Qt::Key_Space);
        drag({kHeader + 600, rowY(1)}, {kHeader + 500, rowY(1)}, Qt::LeftButton);
        QTest::keyRelease(view.get(), Qt::Key_Space);
        QCOMPARE(state->range(), (TimeRange{20 * kMs, 40 * kMs}));
        QVERIFY(!state->area());
        drag({kHeader + 500, rowY(1)}, {kHeader + 600, rowY(1)}, Qt::LeftButton); // without it: an area again
        QVERIFY(state->area());
    }

    void spaceAloneSelectsTheCallsTime()
    {
        state->select(sliceNamed("load"));
        QTest::keyPress(view.get(), Qt::Key_Space);
        QVERIFY(!state->area());
        QTest::keyRelease(view.get(), Qt::Key_Space);
        QVERIFY(state->area());
        QCOMPARE(state->area()->range, (TimeRange{20 * kMs, 40 * kMs}));
    }

    void aMiddleClickZoomsToTheCall()
    {
        QTest::mouseClick(view.get(), Qt::MiddleButton, {}, {xOf(70 * kMs), rowY(1)});
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("save"));
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
    }

    void commaPeriodAndReturn()
    {
        state->select(sliceNamed("load"));
        QTest::keyClick(view.get(), Qt::Key_Period);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("save"));
        QTest::keyClick(view.get(), Qt::Key_Return);
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_Comma);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("load"));
    }

    void mMarksTheCallOrDropsAFlag()
    {
        state->select(sliceNamed("load"));
        QTest::keyClick(view.get(), Qt::Key_M);
        QVERIFY(state->area() && state->notes().empty());
        QCOMPARE(state->area()->range, (TimeRange{20 * kMs, 40 * kMs}));
        state->setArea(std::nullopt);
        state->select(store::kNoSlice);
        move({xOf(70 * kMs), rowY(0)});
        QTest::keyClick(view.get(), Qt::Key_M);
        QCOMPARE(state->notes().size(), size_t(1));
        QCOMPARE(state->notes()[0].from, 70 * kMs);
        auto* editor = view->findChild<QLineEdit*>(QStringLiteral("noteEditor"));
        QVERIFY(editor);
        QCOMPARE(view->focusWidget(), editor); // of the window, which need not be active
        QTest::keyClicks(editor, QStringLiteral("slow"));
        QTest::keyClick(editor, Qt::Key_Return);
        QCOMPARE(state->notes()[0].text, std::string("slow"));
    }

    void aFlagDroppedByAClickIsNamedAtOnce()
    {
        click({xOf(30 * kMs), 58});
        QCOMPARE(state->notes().size(), size_t(1));
        auto* editor = view->findChild<QLineEdit*>(QStringLiteral("noteEditor"));
        QVERIFY(editor);
        QCOMPARE(view->focusWidget(), editor); // of the window, which need not be active
        const int before = editor->x();
        state->setRange({20 * kMs, 120 * kMs}); // it goes with its flag
        QVERIFY(editor->x() < before);
        QTest::keyClicks(editor, QStringLiteral("here"));
        click({xOf(60 * kMs), rowY(1)}); // elsewhere: kept
        QCOMPARE(state->notes()[0].text, std::string("here"));
    }

    void eAsksForTheSource()
    {
        QSignalSpy asked(view.get(), &TimelineView::sourceRequested);
        QTest::keyClick(view.get(), Qt::Key_E);
        QCOMPARE(asked.count(), 0);
        state->select(sliceNamed("save"));
        QTest::keyClick(view.get(), Qt::Key_E);
        QCOMPARE(asked.count(), 1);
        QTest::mouseDClick(view.get(), Qt::LeftButton, Qt::ControlModifier, {xOf(25 * kMs), rowY(1)});
        QCOMPARE(asked.count(), 2);
        QCOMPARE(nameOf(*state, asked[1][0].value<store::SliceIndex>()), QStringLiteral("load"));
    }

    void pagesScrollTheTracks()
    {
        view->resize(view->width(), 180);
        QTest::keyClick(view.get(), Qt::Key_PageDown);
        QVERIFY(view->scrollPosition() > 0);
        QTest::keyClick(view.get(), Qt::Key_PageUp);
        QCOMPARE(view->scrollPosition(), 0.0);
    }
};

QTEST_MAIN(TestTimelineKeys)
#include "tst_timeline_keys.moc"
