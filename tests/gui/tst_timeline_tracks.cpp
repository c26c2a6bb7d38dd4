// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks folded, pinned, hidden, moved and filtered, and notes, with real input.
#include "shop_trace.h"
#include "timeline_window.h"
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace calltide;
using namespace window;

class TestTimelineTracks : public QObject, private window::TimelineWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    void aClickOnAGroupFoldsIt()
    {
        const double height = view->scene()->tracks().height();
        click({60, 44 + 28 + 10});
        QVERIFY(view->scene()->tracks().height() < height);
        QCOMPARE(view->scene()->tracks().items().size(), size_t(1));
        state->selectAndReveal(sliceNamed("worker")); // revealing opens it again
        QCOMPARE(view->scene()->tracks().items().size(), size_t(3));
        view->collapseAll();
        QCOMPARE(view->scene()->tracks().items().size(), size_t(1));
        view->expandAll();
        QCOMPARE(view->scene()->tracks().height(), height);
    }

    void aTracksEdgeSaysHowManyRowsAreShown()
    {
        const auto rows = [&] { return view->scene()->tracks().items()[1].rows; };
        QCOMPARE(rows(), 3u);
        const int edge = rowY(3) - 7 + 2;
        drag({60, edge}, {60, edge - 38}, Qt::LeftButton);
        QCOMPARE(rows(), 1u);
        state->selectAndReveal(sliceNamed("read")); // revealing shows all
        QCOMPARE(rows(), 3u);
        drag({60, edge}, {60, edge - 20}, Qt::LeftButton);
        QCOMPARE(rows(), 2u);
        QTest::mouseDClick(view.get(), Qt::LeftButton, {}, {60, edge - 20 + 8});
        QCOMPARE(rows(), 3u);
    }

    void aHeadersToolsPinAndHide()
    {
        const auto& items = [&]() -> const auto& { return view->scene()->tracks().items(); };
        const int pool = poolY();
        click(toolAt(pool, 2)); // not hovered yet: the first move shows the tools
        QCOMPARE(view->scene()->tracks().pinnedCount(), size_t(0));
        move(toolAt(pool, 2));
        move(toolAt(pool, 2));
        click(toolAt(pool, 2)); // pin
        QCOMPARE(view->scene()->tracks().pinnedCount(), size_t(1));
        QCOMPARE(items()[0].name, std::string("Pool"));
        const int top = 44 + 28 + 4 + 7;
        click({xOf(60 * kMs), top}); // it is drawn where it is hit
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("worker"));
        view->resize(view->width(), 180);
        view->setScrollPosition(40);
        QVERIFY(view->scrollPosition() > 0);
        click({xOf(60 * kMs), top}); // and stays while the others scroll
        QCOMPARE(nameOf(*state, state->selected()), QStringLiteral("worker"));
        QCOMPARE(state->range(), state->wholeRange());
        view->setScrollPosition(0);
        view->resize(view->width(), 400);
        move(toolAt(top, 2));
        move(toolAt(top, 2));
        click(toolAt(top, 2)); // unpin
        QCOMPARE(view->scene()->tracks().pinnedCount(), size_t(0));
        QCOMPARE(items().size(), size_t(3));
        move(toolAt(pool, 1));
        move(toolAt(pool, 1));
        click(toolAt(pool, 1)); // hide
        QCOMPARE(items().size(), size_t(2));
        state->selectAndReveal(sliceNamed("worker")); // what is chosen is shown again
        QCOMPARE(items().size(), size_t(3));
    }

    void aDraggedHeaderTakesItsTrackAlong()
    {
        const auto names = [&] {
            QStringList out;
            for (const auto& item : view->scene()->tracks().items())
                out << QString::fromStdString(item.name);
            return out;
        };
        QCOMPARE(names(), (QStringList{"app.py", "MainThread", "Pool"}));
        QTest::mousePress(view.get(), Qt::LeftButton, {}, {60, poolY()});
        move({60, poolY() - 40}, Qt::LeftButton);
        move({60, rowY(0)}, Qt::LeftButton);
        QCOMPARE(view->viewSpec().dropBefore, size_t(1));
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {60, rowY(0)});
        QCOMPARE(names(), (QStringList{"app.py", "Pool", "MainThread"}));
        QCOMPARE(state->range(), state->wholeRange());
        view->resetTracks();
        QCOMPARE(names(), (QStringList{"app.py", "MainThread", "Pool"}));
    }

    void tracksAreFilteredByNameAndByHits()
    {
        const auto count = [&] { return view->scene()->tracks().items().size(); };
        view->focusTrackFilter();
        auto* field = view->findChild<QLineEdit*>(QStringLiteral("trackFilter"));
        QVERIFY(field && field->isVisible());
        QTest::keyClicks(field, QStringLiteral("poo"));
        QCOMPARE(count(), size_t(2));
        QCOMPARE(view->scene()->tracks().items()[1].name, std::string("Pool"));
        QTest::keyClicks(field, QStringLiteral(", main"));
        QCOMPARE(count(), size_t(3));
        QTest::keyClicks(field, QStringLiteral("x"));
        field->setText(QStringLiteral("nothing"));
        QCOMPARE(count(), size_t(0));
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(count(), size_t(3));
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(view->window()->focusWidget(), view.get());
        view->setOnlyHits(true); // no search: all
        QCOMPARE(count(), size_t(3));
        state->setSearchText(QStringLiteral("save"));
        QCOMPARE(count(), size_t(2));
        QCOMPARE(view->scene()->tracks().items()[1].name, std::string("MainThread"));
        view->showAllTracks();
        QCOMPARE(count(), size_t(3));
    }

    void aClickOnTheRulerDropsAFlagThatCanBeMovedAndNamed()
    {
        click({xOf(30 * kMs), 58});
        QCOMPARE(state->notes().size(), size_t(1));
        QCOMPARE(state->notes()[0].from, 30 * kMs);
        QVERIFY(state->notes()[0].isFlag());
        const int lane = 44 + 28 + 9;
        QTest::keyClick(view->findChild<QLineEdit*>(QStringLiteral("noteEditor")), Qt::Key_Escape);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCOMPARE(view->hitAt({double(xOf(30 * kMs)) + 4, double(lane)}).note, size_t(0));
        drag({xOf(30 * kMs) + 2, lane}, {xOf(50 * kMs) + 2, lane}, Qt::LeftButton);
        QCOMPARE(state->notes()[0].from, 50 * kMs);
        QTest::mouseDClick(view.get(), Qt::LeftButton, {}, {xOf(50 * kMs) + 3, lane});
        auto* editor = view->findChild<QLineEdit*>(QStringLiteral("noteEditor"));
        QVERIFY(editor);
        QTest::keyClicks(editor, QStringLiteral("cold cache"));
        QTest::keyClick(editor, Qt::Key_Return);
        QCOMPARE(state->notes()[0].text, std::string("cold cache"));
        QCOMPARE(view->window()->focusWidget(), view.get());
        QTest::keyClick(view.get(), Qt::Key_Escape);
        QCOMPARE(state->selectedNote(), ViewState::kNoNote);
        state->selectNote(0);
        QTest::keyClick(view.get(), Qt::Key_Delete);
        QVERIFY(state->notes().empty());
    }

    void aClickOnTheRulerDropsAFlagWithinTheAreaAndEndsItBesideIt()
    {
        state->setArea(render::Area{{20 * kMs, 60 * kMs}, {}});
        click({xOf(30 * kMs), 58});
        QVERIFY(state->area());
        QCOMPARE(state->notes().size(), size_t(1));
        QTest::keyClick(view->findChild<QLineEdit*>(QStringLiteral("noteEditor")), Qt::Key_Return);
        state->selectNote(ViewState::kNoNote);
        click({xOf(80 * kMs), 58});
        QVERIFY(!state->area());
        QCOMPARE(state->notes().size(), size_t(1));
        state->setNotes({});
    }

    void shiftMNotesTheSelectedCallsTime()
    {
        state->select(sliceNamed("load"));
        QTest::keyClick(view.get(), Qt::Key_M, Qt::ShiftModifier);
        QCOMPARE(state->notes().size(), size_t(1));
        QCOMPARE(state->notes()[0].from, 20 * kMs);
        QCOMPARE(state->notes()[0].to, 40 * kMs);
        QCOMPARE(state->notes()[0].text, std::string("load"));
        QTest::keyClick(view->findChild<QLineEdit*>(QStringLiteral("noteEditor")), Qt::Key_Return);
        const int lane = 44 + 28 + 9;
        drag({xOf(40 * kMs) - 2, lane}, {xOf(60 * kMs) - 2, lane}, Qt::LeftButton); // its right edge
        QCOMPARE(state->notes()[0].from, 20 * kMs);
        QCOMPARE(state->notes()[0].to, 60 * kMs);
        QTest::keyClick(view.get(), Qt::Key_R);
        QVERIFY(state->area());
        QCOMPARE(state->area()->range, (TimeRange{20 * kMs, 40 * kMs}));
    }

    void rowsOfThreeSizes()
    {
        view->setRowSize(layout::RowSize::Compact);
        const double compact = view->scene()->tracks().height();
        view->setRowSize(layout::RowSize::Large);
        QCOMPARE(view->rowSize(), layout::RowSize::Large);
        QVERIFY(view->scene()->tracks().height() > compact + 40);
    }
};

QTEST_MAIN(TestTimelineTracks)
#include "tst_timeline_tracks.moc"
