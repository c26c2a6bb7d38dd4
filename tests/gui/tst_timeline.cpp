// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline with real input: moving, zooming, selecting.
#include "shop_trace.h"
#include "timeline_window.h"
#include <QNativeGestureEvent>
#include <QPointingDevice>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace calltide;
using namespace window;

class TestTimeline : public QObject, private window::TimelineWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    void theHeaderColumnCannotBeDraggedAway()
    {
        QTest::mousePress(view.get(), Qt::LeftButton, {}, {kHeader, 300});
        move({900, 300}, Qt::LeftButton);
        QCOMPARE(view->viewSpec().headerColumn, 480.f);
        move({5, 300}, Qt::LeftButton);
        QCOMPARE(view->viewSpec().headerColumn, 148.f);
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {5, 300});
    }

    void ctrlWheelZoomsAtThePointer()
    {
        wheel({xOf(20 * kMs), rowY(0)}, 120, Qt::ControlModifier);
        QCOMPARE(state->range(), (TimeRange{4 * kMs, 84 * kMs}));
        wheel({kHeader + 200, rowY(0)}, -120, Qt::ControlModifier);
        QCOMPARE(state->range(), (TimeRange{0, 100 * kMs}));
    }

    void shiftWheelPansAndThePlainWheelScrolls()
    {
        state->setRange({20 * kMs, 40 * kMs});
        wheel({kHeader + 200, rowY(0)}, -120, Qt::ShiftModifier);
        QCOMPARE(state->range(), (TimeRange{22 * kMs, 42 * kMs}));
        QCOMPARE(view->scrollPosition(), 0.0);
        view->resize(view->width(), 180);
        wheel({kHeader + 200, rowY(0)}, -120, Qt::NoModifier);
        QCOMPARE(view->scrollPosition(), std::min(60.0, view->scene()->maxScroll(view->viewSpec())));
        QVERIFY(view->scrollPosition() > 0);
        QCOMPARE(state->range(), (TimeRange{22 * kMs, 42 * kMs}));
    }

    void keysZoomAndFit()
    {
        leave();
        QTest::keyClick(view.get(), Qt::Key_Plus);
        QCOMPARE(state->range(), (TimeRange{25 * kMs, 75 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_Minus);
        QCOMPARE(state->range(), (TimeRange{0, 100 * kMs}));
        state->setRange({10 * kMs, 30 * kMs});
        QTest::keyClick(view.get(), Qt::Key_0);
        QCOMPARE(state->range(), state->wholeRange());
        state->select(sliceNamed("save"));
        QTest::keyClick(view.get(), Qt::Key_F);
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
        QTest::qWait(650); // another gesture
        QTest::keyClick(view.get(), Qt::Key_Home);
        QCOMPARE(state->range(), state->wholeRange());
        QTest::keyClick(view.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(state->range(), state->wholeRange());
    }

    void wasdMovesInTenthsWhenMotionIsReduced()
    {
        leave();
        QTest::keyClick(view.get(), Qt::Key_W);
        QCOMPARE(state->range(), (TimeRange{5 * kMs, 95 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_S);
        QCOMPARE(state->range(), (TimeRange{0, 100 * kMs}));
        state->setRange({40 * kMs, 60 * kMs});
        QTest::keyClick(view.get(), Qt::Key_D);
        QCOMPARE(state->range(), (TimeRange{42 * kMs, 62 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_A);
        QCOMPARE(state->range(), (TimeRange{40 * kMs, 60 * kMs}));
    }

    void wasdMovesSmoothlyWhileHeld()
    {
        leave();
        view->setReducedMotion(false);
        QSignalSpy moves(state.get(), &ViewState::rangeChanged);
        QTest::keyPress(view.get(), Qt::Key_W);
        QTest::qWait(300);
        QTest::keyRelease(view.get(), Qt::Key_W);
        QVERIFY2(moves.count() >= 5, qPrintable(QString::number(moves.count())));
        QTRY_VERIFY_WITH_TIMEOUT(settled(), 2000);
        QVERIFY(state->range().length() < 75 * kMs);
        QVERIFY(std::abs((state->range().from + state->range().to) / 2 - 50 * kMs) < kMs / 100); // about the middle
        const TimeRange end = state->range();
        QTest::qWait(100);
        QCOMPARE(state->range(), end);
    }

    void aFitIsAnimatedButTheStateIsThereAtOnce()
    {
        view->setReducedMotion(false);
        state->select(sliceNamed("save"));
        view->zoomToSelection();
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
        QVERIFY(view->viewSpec().to - view->viewSpec().from > 90 * kMs); // still on its way
        QTRY_COMPARE_WITH_TIMEOUT(view->viewSpec().from, 59 * kMs, 2000);
        QCOMPARE(view->viewSpec().to, 81 * kMs);
    }

    void aClickSelectsTheCallUnderIt()
    {
        QSignalSpy selection(state.get(), &ViewState::selectionChanged);
        click({xOf(25 * kMs), rowY(1)});
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("load"));
        click({xOf(25 * kMs), rowY(2)});
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("read"));
        QCOMPARE(selection.count(), 2);
        QCOMPARE(view->accessibleDescription(), QStringLiteral("read, 10.0 ms, thread MainThread, depth 2"));
        click({xOf(50 * kMs), rowY(1)}); // a gap
        QCOMPARE(state->selected(), store::kNoSlice);
        QCOMPARE(state->range(), state->wholeRange()); // no click moves the view
    }

    void aDoubleClickZoomsToTheCall()
    {
        const QPoint at(xOf(70 * kMs), rowY(1));
        QTest::mouseDClick(view.get(), Qt::LeftButton, {}, at);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("save"));
        QCOMPARE(state->range(), (TimeRange{59 * kMs, 81 * kMs}));
    }

    void arrowsWalkTheCalls()
    {
        state->select(sliceNamed("load"));
        QTest::keyClick(view.get(), Qt::Key_Right);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("save"));
        QTest::keyClick(view.get(), Qt::Key_Left);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("load"));
        QTest::keyClick(view.get(), Qt::Key_Down); // the longest child
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("read"));
        QTest::keyClick(view.get(), Qt::Key_Right);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("parse"));
        QTest::keyClick(view.get(), Qt::Key_Up);
        QTest::keyClick(view.get(), Qt::Key_Up);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
        QTest::keyClick(view.get(), Qt::Key_Up); // nothing above: stays
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
        QTest::keyClick(view.get(), Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("worker"));
        QTest::keyClick(view.get(), Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
    }

    void aDragSelectsAnAreaThatSnapsToCalls()
    {
        drag({xOf(21 * kMs), rowY(1)}, {xOf(50 * kMs), rowY(1)}, Qt::LeftButton);
        QVERIFY(state->area());
        QCOMPARE(
            state->area()->range, (TimeRange{20 * kMs, 50 * kMs})); // 10 px from load's start; 50 ms is far from any
        QCOMPARE(state->area()->tracks.size(), size_t(1));
        QCOMPARE(state->selected(), store::kNoSlice);
        drag({xOf(21 * kMs), rowY(1)}, {xOf(50 * kMs), poolY()}, Qt::LeftButton, Qt::AltModifier);
        QCOMPARE(state->area()->range, (TimeRange{21 * kMs, 50 * kMs})); // Alt: as it is
        QCOMPARE(state->area()->tracks.size(), size_t(2));
        // An edge can be dragged later.
        drag({xOf(50 * kMs), rowY(1)}, {xOf(79 * kMs), rowY(1)}, Qt::LeftButton);
        QCOMPARE(state->area()->range, (TimeRange{21 * kMs, 80 * kMs}));
        QTest::keyClick(view.get(), Qt::Key_Escape);
        QVERIFY(!state->area());
    }

    void escapeWhileDraggingLeavesWhatWas()
    {
        QTest::mousePress(view.get(), Qt::LeftButton, {}, {xOf(21 * kMs), rowY(1)});
        move({xOf(50 * kMs), rowY(1)}, Qt::LeftButton);
        QVERIFY(state->area());
        QTest::keyClick(view.get(), Qt::Key_Escape);
        QVERIFY(!state->area());
        move({xOf(60 * kMs), rowY(1)}, Qt::LeftButton);
        QVERIFY(!state->area());
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {xOf(60 * kMs), rowY(1)});
        QCOMPARE(state->selected(), store::kNoSlice);
    }

    void aRightDragPansAndAClickAsksForTheMenu()
    {
        state->setRange({20 * kMs, 40 * kMs}); // 20 µs a pixel
        drag({kHeader + 500, rowY(1)}, {kHeader + 600, rowY(1)}, Qt::RightButton);
        QCOMPARE(state->range(), (TimeRange{18 * kMs, 38 * kMs}));
        QSignalSpy menu(view.get(), &TimelineView::contextMenuRequested);
        QTest::mouseClick(view.get(), Qt::RightButton, {}, {kHeader + 500, rowY(1)});
        QCOMPARE(menu.count(), 1);
        QCOMPARE(nameOf(*state, menu[0][1].value<store::SliceIndex>()), QStringLiteral("load"));
        QCOMPARE(state->range(), (TimeRange{18 * kMs, 38 * kMs}));
    }

    void twoFingersZoomWhereTheyAre()
    {
        QNativeGestureEvent event(
            Qt::ZoomNativeGesture, QPointingDevice::primaryPointingDevice(), 2, QPointF(xOf(40 * kMs), rowY(0)),
            QPointF(xOf(40 * kMs), rowY(0)), QPointF(), 0.25, QPointF());
        QCoreApplication::sendEvent(view.get(), &event);
        QCOMPARE(state->range(), (TimeRange{8 * kMs, 88 * kMs}));
        QNativeGestureEvent turn(
            Qt::RotateNativeGesture, QPointingDevice::primaryPointingDevice(), 2, QPointF(xOf(0), rowY(0)),
            QPointF(xOf(0), rowY(0)), QPointF(), 0.25, QPointF());
        QCoreApplication::sendEvent(view.get(), &turn);
        QCOMPARE(state->range(), (TimeRange{8 * kMs, 88 * kMs}));
    }

    void aCtrlMiddleDragZoomsOutIntoTheBox()
    {
        state->setRange({40 * kMs, 60 * kMs}); // 50 px a ms
        drag({kHeader + 250, rowY(0)}, {kHeader + 750, rowY(0)}, Qt::MiddleButton, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(state->range(), (TimeRange{30 * kMs, 70 * kMs})); // what was shown is its middle half
    }

    void ctrlClickAsksForAllCallsAndCtrlATakesEverything()
    {
        QSignalSpy asked(view.get(), &TimelineView::statisticsRequested);
        QTest::mouseClick(view.get(), Qt::LeftButton, Qt::ControlModifier, {xOf(25 * kMs), rowY(2)});
        QCOMPARE(asked.count(), 1);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("read"));
        QTest::keyClick(view.get(), Qt::Key_A, Qt::ControlModifier);
        QVERIFY(state->area() && state->area()->tracks.empty());
        QCOMPARE(state->area()->range, state->wholeRange());
    }

    void theMousesSideButtonsWalkTheHistory()
    {
        const TimeRange whole = state->range();
        drag({xOf(10 * kMs), rowY(0)}, {xOf(45 * kMs), rowY(0)}, Qt::MiddleButton, Qt::AltModifier);
        const TimeRange near = state->range();
        QVERIFY(near != whole);
        QTest::mouseClick(view.get(), Qt::BackButton, {}, {kHeader + 100, rowY(0)});
        QCOMPARE(state->range(), whole);
        QTest::mouseClick(view.get(), Qt::ForwardButton, {}, {kHeader + 100, rowY(0)});
        QCOMPARE(state->range(), near);
    }

    void theRowUnderThePointerStaysWhenRowsChange()
    {
        view->resize(kHeader + kRows, 200); // not all is seen
        move({kHeader + 500, rowY(3) - 40});
        view->setScrollPosition(40);
        const auto rowAt = [&] { return view->hitAt({kHeader + 500.0, double(rowY(3) - 40)}).row; };
        const auto before = rowAt();
        QVERIFY(before.valid());
        view->setRowSize(layout::RowSize::Large);
        QCOMPARE(rowAt().v, before.v);
        view->setRowSize(layout::RowSize::Normal);
        QCOMPARE(rowAt().v, before.v);
    }

    void aMiddleDragZoomsToTheBox()
    {
        drag({xOf(10 * kMs), rowY(0)}, {xOf(45 * kMs), rowY(0)}, Qt::MiddleButton, Qt::AltModifier);
        QCOMPARE(state->range(), (TimeRange{10 * kMs, 45 * kMs}));
        QVERIFY(!state->area());
    }

    void theMinimapPansResizesAndCentres()
    {
        state->setRange({40 * kMs, 60 * kMs});
        drag({kHeader + 500, 20}, {kHeader + 600, 20}, Qt::LeftButton); // 100 px are 10 ms here
        QCOMPARE(state->range(), (TimeRange{50 * kMs, 70 * kMs}));
        drag({kHeader + 700, 20}, {kHeader + 800, 20}, Qt::LeftButton); // the right grip
        QCOMPARE(state->range(), (TimeRange{50 * kMs, 80 * kMs}));
        drag({kHeader + 500, 20}, {kHeader + 300, 20}, Qt::LeftButton); // the left one
        QCOMPARE(state->range(), (TimeRange{30 * kMs, 80 * kMs}));
        click({kHeader + 200, 20}); // outside: centred there, as long as it was
        QCOMPARE(state->range(), (TimeRange{-5 * kMs, 45 * kMs}));
        drag({kHeader + 600, 20}, {kHeader + 900, 20}, Qt::LeftButton); // a new window
        QCOMPARE(state->range(), (TimeRange{60 * kMs, 90 * kMs}));
    }

    void aTipSaysWhatIsUnderThePointer()
    {
        leave();
        move({xOf(25 * kMs), rowY(2)});
        QTRY_VERIFY_WITH_TIMEOUT(!view->tipText().isEmpty(), 2000);
        QCOMPARE(view->tipText(), QStringLiteral("read\n/srv/shop.py:20\n10.0 ms total, 10.0 ms self, 50 % of caller"));
        QCOMPARE(state->hovered(), state->trace()->functionOf(sliceNamed("read")));
        move({xOf(25 * kMs), rowY(1)});
        QVERIFY(view->tipText().isEmpty()); // gone at once over another call
        QTRY_COMPARE_WITH_TIMEOUT(
            view->tipText(), QStringLiteral("load\n/srv/shop.py:10\n20.0 ms total, 7.00 ms self, 20 % of caller"),
            2000);
        QTest::mousePress(view.get(), Qt::LeftButton, {}, {xOf(25 * kMs), rowY(1)});
        QVERIFY(view->tipText().isEmpty());
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {xOf(25 * kMs), rowY(1)});
    }

    void theTipGoesWhenSomethingElseGetsTheKeys()
    {
        leave();
        view->setFocus();
        move({xOf(25 * kMs), rowY(2)});
        QTRY_VERIFY_WITH_TIMEOUT(!view->tipText().isEmpty(), 2000);
        view->clearFocus();
        QVERIFY(view->tipText().isEmpty());
        view->setFocus();
    }

    void presetsChangeWheelAndButtons()
    {
        view->setGestures({.wheelZooms = true});
        wheel({xOf(20 * kMs), rowY(0)}, 120, Qt::NoModifier);
        QCOMPARE(state->range(), (TimeRange{4 * kMs, 84 * kMs}));
        view->setGestures({.dragPans = true});
        state->setRange({20 * kMs, 40 * kMs});
        drag({kHeader + 500, rowY(1)}, {kHeader + 600, rowY(1)}, Qt::LeftButton);
        QCOMPARE(state->range(), (TimeRange{18 * kMs, 38 * kMs}));
        QVERIFY(!state->area());
        click({kHeader + 500, rowY(1)}); // a click still selects
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("load"));
        drag({kHeader + 500, rowY(1)}, {kHeader + 600, rowY(1)}, Qt::LeftButton, Qt::ShiftModifier);
        QVERIFY(state->area());
    }

    void withShortcutsOfAWindowOnlyItsOwnKeysAreTheTimelines()
    {
        leave();
        view->setOwnShortcuts(false);
        state->select(sliceNamed("save"));
        QTest::keyClick(view.get(), Qt::Key_F);
        QCOMPARE(state->range(), state->wholeRange());
        QTest::keyClick(view.get(), Qt::Key_Up);
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("main"));
        QTest::keyClick(view.get(), Qt::Key_W);
        QCOMPARE(state->range(), (TimeRange{5 * kMs, 95 * kMs}));
    }

    void bracketsFollowTheArrows()
    {
        state->setTrace(shopTrace());
        const auto& flow = state->trace()->flows().at(0);
        const auto row = state->trace()->rowAt(flow.fromTrack, 0);
        state->select(state->trace()->sliceAt(row, flow.from));
        QTest::keyClick(view.get(), Qt::Key_BracketRight);
        QVERIFY(state->trace()->trackOf(state->selected()) == flow.toTrack);
        QTest::keyClick(view.get(), Qt::Key_BracketLeft);
        QVERIFY(state->trace()->trackOf(state->selected()) == flow.fromTrack);
    }

    void theFocusRingComesWithTheTabKeyOnly()
    {
        QVERIFY(QTest::qWaitForWindowActive(view.get()));
        QVERIFY(!view->viewSpec().focusRing);
        view->clearFocus();
        view->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(view->viewSpec().focusRing);
        click({xOf(25 * kMs), rowY(1)});
        QVERIFY(!view->viewSpec().focusRing);
    }

    void aTraceCanComeAndGo()
    {
        QSignalSpy frames(view.get(), &TimelineView::frameDrawn);
        state->setTrace(nullptr);
        QTRY_VERIFY(frames.count() > 0);
        QVERIFY(!view->scene());
        QTest::keyClick(view.get(), Qt::Key_Right);
        QTest::keyClick(view.get(), Qt::Key_W);
        click({400, 200});
        wheel({400, 200}, 120, Qt::ControlModifier);
        QCOMPARE(state->selected(), store::kNoSlice);
        state->setTrace(shopTrace());
        QVERIFY(view->scene());
        QTest::mousePress(view.get(), Qt::LeftButton, {}, {xOf(21 * kMs), rowY(1)});
        move({xOf(50 * kMs), rowY(1)}, Qt::LeftButton);
        QVERIFY(state->area());
        state->setTrace(smallTrace()); // in the middle of a drag, as when a file is loaded again
        move({xOf(60 * kMs), rowY(1)}, Qt::LeftButton);
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {xOf(60 * kMs), rowY(1)});
        QVERIFY(!state->area());
        QCOMPARE(state->range(), state->wholeRange());
        state->setTrace(shopTrace());
        QCOMPARE(view->viewSpec().to, state->trace()->end());
    }

    void thePictureHasTheSliceWhereItIs()
    {
        const QImage image = view->toImage(2);
        QCOMPARE(image.size(), view->size() * 2);
        const auto fill
            = view->scene()->colors().of(state->trace()->functionOf(sliceNamed("save")), view->scene()->style()).fill;
        const int y = rowY(1) * 2;
        QCOMPARE(image.pixel((xOf(60 * kMs) + 4) * 2, y), fill);
        QCOMPARE(image.pixel((xOf(80 * kMs) - 4) * 2, y), fill);
        QVERIFY(image.pixel((xOf(80 * kMs) + 4) * 2, y) != fill);
        const QImage shown = view->grab().toImage();
        QCOMPARE(shown.pixel(xOf(60 * kMs) + 4, rowY(1)), fill);
    }

    void theGpuCanvasShowsTheSamePicture()
    {
        TimelineView gpu(state.get(), theme.get(), timeline::Renderer::Gpu);
        QSignalSpy frames(&gpu, &TimelineView::frameDrawn);
        gpu.resize(700, 300);
        gpu.show();
        QVERIFY(QTest::qWaitForWindowExposed(&gpu));
        QTRY_VERIFY(frames.count() > 0);
        QTest::qWait(50); // a context that is not good enough gives way to the raster canvas
        if (!gpu.usesGpu())
            QSKIP("no OpenGL 3.3 on this display");
        const QImage drawn = gpu.grab().toImage().convertToFormat(QImage::Format_RGB32);
        const QImage wanted = gpu.toImage(1).convertToFormat(QImage::Format_RGB32);
        QCOMPARE(drawn.size(), wanted.size());
        int different = 0;
        for (int y = 0; y < drawn.height(); ++y)
            for (int x = y < 44 ? kHeader : 0; x < drawn.width(); ++x) { // in the corner stands a field
                const QColor a = drawn.pixelColor(x, y), b = wanted.pixelColor(x, y);
                different += std::abs(a.red() - b.red()) > 24 || std::abs(a.green() - b.green()) > 24
                    || std::abs(a.blue() - b.blue()) > 24;
            }
        QVERIFY2(different < 20, qPrintable(QString::number(different)));
    }
};

QTEST_MAIN(TestTimeline)
#include "tst_timeline.moc"
