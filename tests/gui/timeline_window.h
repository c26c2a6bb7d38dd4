// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline in a real window. The trace is small and its times are round, so that a pixel is worth exactly 100 µs and
// ranges can be compared to the nanosecond.
#pragma once
#include "render/theme.h"
#include "render/viewstate.h"
#include "store/builder.h"
#include "widget/timelineview.h"
#include <QTest>
#include <QWheelEvent>

namespace window {

using namespace calltide;
using layout::HitZone;
using render::TimeRange;
using render::ViewState;
using timeline::TimelineView;

inline constexpr int64_t kMs = 1'000'000;
inline constexpr int kHeader = 148, kRows = 1000; // px; the header column of a small window

// 100 ms: main [0, 100), load [20, 40) with read [22, 32) and parse [33, 36), save [60, 80); a second thread: worker
// [50, 70).
inline store::TracePtr smallTrace()
{
    store::TraceBuilder b;
    const auto process = b.addProcess({.pid = 7, .name = b.intern("app.py")});
    const auto main = b.addTrack({.process = process, .tid = 7, .name = b.intern("MainThread")});
    const auto pool = b.addTrack({.process = process, .tid = 8, .name = b.intern("Pool")});
    const auto function = [&](const char* name, uint32_t line) {
        store::Function f;
        f.name = b.intern(name);
        f.file = b.intern("/srv/shop.py");
        f.line = line;
        f.kind = store::FunctionKind::Python;
        return b.addFunction(f);
    };
    auto& s = b.slices(main);
    s.add(0, 100 * kMs, function("main", 1));
    s.add(20 * kMs, 20 * kMs, function("load", 10));
    s.add(22 * kMs, 10 * kMs, function("read", 20));
    s.add(33 * kMs, 3 * kMs, function("parse", 30));
    s.add(60 * kMs, 20 * kMs, function("save", 40));
    b.slices(pool).add(50 * kMs, 20 * kMs, function("worker", 50));
    return b.finish().value();
}

inline QString nameOf(const ViewState& state, store::SliceIndex slice)
{
    if (slice == store::kNoSlice)
        return {};
    const auto name = state.trace()->functionName(state.trace()->functionOf(slice));
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

struct TimelineWindow
{
    void open()
    {
        theme = std::make_unique<render::Theme>(render::ThemeKind::Dark);
        state = std::make_unique<ViewState>();
        state->setTrace(smallTrace());
        view = std::make_unique<TimelineView>(state.get(), theme.get(), timeline::Renderer::Raster);
        view->resize(kHeader + kRows, 400);
        view->setReducedMotion(true);
        view->show();
        QVERIFY(QTest::qWaitForWindowExposed(view.get()));
        view->activateWindow();
        view->setFocus();
        // The window decides the header's width; drag it to the one that the numbers below count on.
        const auto edge = QPoint(int(view->viewSpec().headerColumn), 300);
        QTest::mousePress(view.get(), Qt::LeftButton, {}, edge);
        move({kHeader, 300}, Qt::LeftButton);
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {kHeader, 300});
        QCOMPARE(view->viewSpec().headerColumn, float(kHeader));
    }
    void close()
    {
        view.reset();
        state.reset();
    }

    static int xOf(int64_t time) { return kHeader + int(time * kRows / (100 * kMs)); } // while the whole is shown
    static int rowY(int depth) { return 44 + 28 + 28 + 4 + 20 * depth + 7; }
    static QPoint toolAt(int y, int fromRight) { return {kHeader - 6 - 20 * fromRight - 10, y - 7 - 4 + 13}; }
    static int poolY() { return rowY(2) + 13 + 4 + 4 + 7; }
    store::SliceIndex sliceNamed(const char* name) const
    {
        for (store::SliceIndex i = 0; i < state->trace()->sliceCount(); ++i)
            if (state->trace()->functionName(state->trace()->functionOf(i)) == name)
                return i;
        return store::kNoSlice;
    }
    void move(const QPoint& to, Qt::MouseButton held = Qt::NoButton, Qt::KeyboardModifiers modifiers = {})
    {
        QMouseEvent event(
            QEvent::MouseMove, QPointF(to), QPointF(view->mapToGlobal(to)), Qt::NoButton, held, modifiers);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    void leave() // the pointer is elsewhere: zooms are about the middle
    {
        QEvent event(QEvent::Leave);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    void click(const QPoint& at)
    {
        QTest::mouseClick(view.get(), Qt::LeftButton, {}, at);
        QTest::qWait(1);
    }
    void drag(const QPoint& from, const QPoint& to, Qt::MouseButton button, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mousePress(view.get(), button, modifiers, from);
        move((from + to) / 2, button, modifiers);
        move(to, button, modifiers);
        QTest::mouseRelease(view.get(), button, modifiers, to);
    }
    void wheel(const QPoint& at, int delta, Qt::KeyboardModifiers modifiers)
    {
        QWheelEvent event(
            QPointF(at), QPointF(view->mapToGlobal(at)), {}, {0, delta}, Qt::NoButton, modifiers, Qt::NoScrollPhase,
            false);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    bool settled()
    {
        const TimeRange before = state->range();
        QTest::qWait(50);
        return state->range() == before;
    }

    std::unique_ptr<render::Theme> theme;
    std::unique_ptr<ViewState> state;
    std::unique_ptr<TimelineView> view;
};

} // namespace window
