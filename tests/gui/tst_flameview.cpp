// SPDX-License-Identifier: GPL-3.0-or-later
// The flame graph with real input: clicks, double clicks, keys, wheel, scope and filter.
#include "flame_window.h"
#include "render/rasterpainter.h"
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QToolTip>

using namespace flamewindow;

class TestFlameView : public QObject, private flamewindow::FlameWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void theTreeOfTheTraceIsShown()
    {
        open(webshop());
        QCOMPARE(m_canvas->scene().frames().rowCount(), 7u);
        const QRect a = m_canvas->frameRect(node("UserHandler.get")),
                    b = m_canvas->frameRect(node("OrderHandler.list"));
        QVERIFY(a.right() <= b.left() + 1);
        QCOMPARE(a.top(), b.top());
        QVERIFY(std::abs(a.width() - 984 * 0.359) < 2);
        save(u"flame-dark"_s);
    }

    void aClickChoosesTheFunctionEverywhere()
    {
        open(webshop());
        QSignalSpy activated(m_view.get(), &FlameView::functionActivated);
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("price_lines"));
        QCOMPARE(activated.size(), 1);
        const auto function = m_canvas->scene().tree()->node(node("price_lines")).function;
        QCOMPARE(activated[0][0].value<store::FunctionId>(), function);
        QCOMPARE(m_state->highlighted(), function);
        QCOMPARE(m_canvas->selectedNode(), node("price_lines"));
        save(u"flame-selected"_s);
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, {500, 190}); // beside all frames
        QCOMPARE(m_canvas->selectedNode(), 0u);
        QVERIFY(!m_state->highlighted().valid());
    }

    void aDoubleClickZoomsAndEscapeGoesBack()
    {
        open(webshop());
        QCOMPARE(crumbs(), QString());
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("UserHandler.get"));
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        QCOMPARE(crumbs(), u"All › UserHandler.get ×"_s);
        QVERIFY(m_canvas->frameRect(node("UserHandler.get")).width() >= 980);
        QVERIFY(m_canvas->frameRect(node("run_forever")).width() >= 980);
        QCOMPARE(m_canvas->frameRect(node("OrderHandler.list")), QRect());
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("render_json"));
        QTRY_VERIFY(m_canvas->window() == windowOf("render_json"));
        QCOMPARE(crumbs(), u"All › UserHandler.get › render_json ×"_s);
        save(u"flame-zoomed"_s);
        m_canvas->setFocus();
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        QTRY_VERIFY(m_canvas->window() == flame::Window());
        QCOMPARE(crumbs(), QString());
    }

    void aCrumbGoesBackToIt()
    {
        open(webshop());
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("UserHandler.get"));
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("render_json"));
        QTRY_VERIFY(m_canvas->window() == windowOf("render_json"));
        const auto buttons = m_view->findChild<QWidget*>(u"breadcrumb"_s)->findChildren<QToolButton*>();
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        m_view->resetZoom();
        QTRY_VERIFY(m_canvas->window() == flame::Window());
    }

    void zoomingIsAnimated()
    {
        open(webshop());
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("UserHandler.get"));
        QVERIFY(m_canvas->window().length() > windowOf("UserHandler.get").length());
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
    }

    void keysWalkAndEnterZooms()
    {
        open(webshop());
        m_canvas->setFocus();
        for (const auto& [key, name] : std::initializer_list<std::pair<Qt::Key, const char*>>{
                 {Qt::Key_Down, "run_forever"},
                 {Qt::Key_Down, "Handle._run"},
                 {Qt::Key_Down, "UserHandler.get"},
                 {Qt::Key_Right, "OrderHandler.list"},
                 {Qt::Key_Left, "UserHandler.get"},
                 {Qt::Key_Left, "UserHandler.get"},
                 {Qt::Key_Up, "Handle._run"}}) {
            QTest::keyClick(m_canvas, key);
            QCOMPARE(m_canvas->selectedNode(), node(name));
        }
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QTRY_VERIFY(m_canvas->window() == windowOf("Handle._run"));
    }

    void theWheelZoomsUnderThePointer()
    {
        open(webshop());
        const QPoint at = middle("handle_request");
        const double share = (at.x() - 8) / 984.0;
        QWheelEvent event(
            at, m_canvas->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(m_canvas, &event);
        const flame::Window w = m_canvas->window();
        QVERIFY(std::abs(w.length() - 1 / 1.15) < 1e-9);
        QVERIFY(std::abs(w.from + w.length() * share - share) < 1e-3);
    }

    void theSelectedCallOfTheTimelineIsShown()
    {
        open(webshop());
        const store::FunctionId list = m_canvas->scene().tree()->node(node("OrderHandler.list")).function;
        for (store::SliceIndex i = 0; i < m_trace->sliceCount(); ++i)
            if (m_trace->functionOf(i) == list)
                m_state->select(i);
        QCOMPARE(m_canvas->selectedNode(), node("OrderHandler.list"));
    }

    void theShownPartIsFollowed()
    {
        open(webshop());
        QCOMPARE(m_view->findChild<QToolButton*>(u"scope"_s)->text().section(u' ', 0, 1), u"Shown part"_s);
        m_state->setRange({0, 88000});
        m_view->waitForTree();
        QVERIFY(node("serialize_item"));
        QVERIFY(!node("OrderHandler.list"));
        QCOMPARE(m_canvas->scene().tree()->node(0).time, int64_t(88000));
    }

    void anAreaBecomesTheScopeAndEndsIt()
    {
        open(webshop());
        const auto bar = m_view->findChild<flameview::FlameBar*>();
        m_state->setArea(render::Area{{130000, 140000}, {}});
        m_view->waitForTree();
        QVERIFY(bar->scope() == flameview::ScopeKind::Selection);
        QVERIFY(node("rows_to_models"));
        QVERIFY(!node("serialize"));
        m_state->setArea(std::nullopt);
        m_view->waitForTree();
        QVERIFY(bar->scope() == flameview::ScopeKind::Shown);
        QVERIFY(node("serialize"));
    }

    void zoomSurvivesANewScopeWhenTheFrameIsStillThere()
    {
        open(webshop());
        QTest::mouseDClick(m_canvas, Qt::LeftButton, {}, middle("UserHandler.get"));
        QTRY_VERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        m_state->setRange({0, 400000});
        m_view->waitForTree();
        QVERIFY(m_canvas->window() == windowOf("UserHandler.get"));
        m_state->setRange({900000, 1000000}); // only idle
        m_view->waitForTree();
        QVERIFY(m_canvas->window() == flame::Window());
        QCOMPARE(crumbs(), QString());
    }

    void bottomUpTurnsTheTreeAround()
    {
        open(webshop());
        for (QToolButton* button : m_view->findChildren<QToolButton*>())
            if (button->text() == u"Bottom up"_s && button->isCheckable())
                QTest::mouseClick(button, Qt::LeftButton);
        m_view->waitForTree();
        const auto& tree = *m_canvas->scene().tree();
        QVERIFY(tree.direction() == flame::Direction::BottomUp);
        QVERIFY(m_view->findChild<flameview::FlameBar*>()->measure() == flame::Measure::Self);
        QVERIFY(
            m_canvas->frameRect(node("OrderHandler.list")).width() > m_canvas->frameRect(node("run_forever")).width());
        const uint32_t leaf = node("serialize_item");
        QCOMPARE(tree.node(leaf).parent, 0u);
        QCOMPARE(m_trace->functionName(tree.childrenOf(leaf)[0].function), std::string_view("serialize"));
        save(u"flame-bottom-up"_s);
    }

    void theFilterDimsWhatDoesNotMatch()
    {
        open(webshop());
        m_view->focusFilter();
        const QImage before = m_view->toImage();
        QTest::keyClicks(m_view->findChild<QLineEdit*>(), u"render"_s);
        const QImage after = m_view->toImage();
        const QRect hit = m_canvas->frameRect(node("render_json")),
                    other = m_canvas->frameRect(node("OrderHandler.list"));
        const auto inside = [](const QRect& r) { return r.topLeft() + QPoint(4, 4); };
        QCOMPARE(after.pixel(inside(hit)), before.pixel(inside(hit)));
        QVERIFY(after.pixel(inside(other)) != before.pixel(inside(other)));
        save(u"flame-filtered"_s);
        QTest::keyClicks(m_view->findChild<QLineEdit*>(), u"zzz"_s);
        QVERIFY(m_view->toImage().pixel(inside(hit)) != before.pixel(inside(hit)));
    }

    void deepTreesScroll()
    {
        std::string stack;
        for (int i = 0; i < 60; ++i)
            stack += (i ? ";f" : "f") + std::to_string(i);
        open(test::traceOf({stack + " 1000"}));
        auto* bar = m_canvas->findChild<QScrollBar*>();
        QVERIFY(bar->isVisible());
        QVERIFY(bar->maximum() > 900);
        const QPoint at(100, 100);
        QWheelEvent event(
            at, m_canvas->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(m_canvas, &event);
        QCOMPARE(bar->value(), 60);
    }

    void toolTipsShowNamesAsPlainText()
    {
        open(test::traceOf({"<b>main</b>;x&y 1500"}));
        const QString tip = flameview::frameToolTip(*m_trace, *m_canvas->scene().tree(), 1, *m_theme);
        QVERIFY2(tip.contains(u"&lt;b&gt;main&lt;/b&gt;"_s), qPrintable(tip));
        QVERIFY(tip.contains(u"1.50 µs"_s));
        QVERIFY(tip.contains(u"100 %"_s));
    }

    void toolTipsAppearOverFramesAndTails()
    {
        std::vector<std::string> lines{"A 9000"};
        for (int i = 0; i < 300; ++i)
            lines.push_back("| f" + std::to_string(i) + " 1");
        open(test::traceOf(lines));
        QTest::mouseMove(m_canvas, middle("A"));
        QTRY_VERIFY(QToolTip::isVisible() && QToolTip::text().contains(u"<b>A</b>"_s));
        QTest::mouseMove(m_canvas, QPoint(980, middle("A").y()));
        QTRY_VERIFY(QToolTip::isVisible() && QToolTip::text().startsWith(u"300 more"_s));
        QVERIFY2(QToolTip::text().contains(u"3.2 %"_s), qPrintable(QToolTip::text()));
    }

    void nothingOpenAndNoCallsAreQuiet()
    {
        QVERIFY(!m_view->toImage().isNull());
        open(webshop());
        m_state->setTrace(nullptr);
        m_view->waitForTree();
        QVERIFY(!m_canvas->scene().tree());
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, {100, 30});
        QTest::keyClick(m_canvas, Qt::Key_Return);
        QVERIFY(!m_state->highlighted().valid());
    }

    void onlyTheNewestTreeArrives()
    {
        open(webshop());
        for (int i = 1; i < 30; ++i) {
            m_state->setRange({0, i * 10000});
            m_view->findChild<flameview::FlameBar*>()->scopeChanged();
        }
        m_state->setRange({0, 88000});
        m_view->findChild<flameview::FlameBar*>()->scopeChanged();
        m_view->waitForTree();
        QCOMPARE(m_canvas->scene().tree()->node(0).time, int64_t(88000));
    }

    void aHiddenViewBuildsNothingUntilItIsShown()
    {
        open(webshop());
        m_view->hide();
        const auto before = m_canvas->scene().tree();
        m_state->setRange({0, 88000});
        QTest::qWait(200);
        QCOMPARE(m_canvas->scene().tree(), before);
        m_view->show();
        QTRY_COMPARE(m_canvas->scene().tree()->node(0).time, int64_t(88000));
    }

    void pictureAndViewAreTheSame()
    {
        open(webshop());
        const render::FontMetrics fonts;
        store::Scope scope;
        scope.from = m_state->range().from;
        scope.to = m_state->range().to;
        for (const float ratio : {1.f, 2.f}) {
            auto list = flameview::flamePicture(
                m_trace, scope, flame::TreeOptions(), float(m_canvas->width()), float(m_canvas->height()), ratio,
                m_theme->style(), fonts);
            QVERIFY(bool(list));
            render::RasterPainter painter;
            QCOMPARE(painter.paint(*list, fonts), m_view->toImage(double(ratio)));
        }
    }

    void theSandwichShowsCallersAndCallees()
    {
        open(webshop());
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("render_json"));
        auto* button = [this] {
            for (auto* b : m_view->findChildren<QToolButton*>())
                if (b->text() == u"Sandwich"_s && b->isCheckable())
                    return b;
            return static_cast<QToolButton*>(nullptr);
        }();
        QVERIFY(button);
        auto* callers = m_view->findChild<FlameCanvas*>(u"callersCanvas"_s);
        QVERIFY(callers && !callers->isVisible());
        button->click();
        m_view->waitForTree();
        QTRY_VERIFY(callers->isVisible());
        save(u"flame-sandwich"_s);
        const auto named = [this](const FlameCanvas* canvas, uint32_t n) {
            return QString::fromStdString(std::string(m_trace->functionName(canvas->scene().tree()->node(n).function)));
        };
        QCOMPARE(named(m_canvas, 1), u"render_json"_s);
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), int64_t(122000));
        QCOMPARE(named(callers, 1), u"render_json"_s);
        QCOMPARE(named(callers, 2), u"UserHandler.get"_s);
        QCOMPARE(named(callers, 3), u"Handle._run"_s);
        // Callers stand one above the other, the nearest at the foot; the function itself is drawn once, below.
        QVERIFY(callers->frameRect(1).isNull());
        QVERIFY(callers->frameRect(2).top() > callers->frameRect(3).top());
        QVERIFY(callers->frameRect(2).bottom() > callers->height() - 12);
        QVERIFY(!m_canvas->frameRect(1).isNull());
        QVERIFY(m_canvas->frameRect(1).top() < 12);
        // A click in it looks around and stays; a function chosen elsewhere becomes the middle.
        QTest::mouseClick(callers, Qt::LeftButton, {}, callers->frameRect(3).center());
        m_view->waitForTree();
        QCOMPARE(named(m_canvas, 1), u"render_json"_s);
        for (uint32_t f = 0; f < m_trace->functions().size(); ++f)
            if (m_trace->functionName(store::FunctionId(f)) == "execute")
                m_state->highlight(store::FunctionId(f));
        m_view->waitForTree();
        QCOMPARE(named(m_canvas, 1), u"execute"_s);
        QCOMPARE(named(callers, 2), u"load_orders"_s);
    }

    void theRootCanStandAtTheBottom()
    {
        open(webshop());
        QAction* atBottom = nullptr;
        for (QAction* action : m_view->findChildren<QAction*>())
            if (action->text() == u"Root at the bottom"_s)
                atBottom = action;
        QVERIFY(atBottom);
        atBottom->trigger();
        QVERIFY(m_canvas->frameRect(0).bottom() > m_canvas->height() - 12);
        QVERIFY(middle("render_json").y() < middle("UserHandler.get").y());
        // What is clicked is what is seen, also when the rows do not fit.
        m_view->resize(1000, 150);
        QTRY_VERIFY(m_canvas->findChild<QScrollBar*>()->isVisible());
        QVERIFY(m_canvas->frameRect(0).bottom() > m_canvas->height() - 12);
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("run_forever"));
        QCOMPARE(m_canvas->selectedNode(), node("run_forever"));
        save(u"flame-bottom"_s);
    }

    // The chip's menu: hits, and the thread, process or task of the selected call.
    void whatItCoversIsChosenInTheMenu()
    {
        TextTrace text;
        text.addThread("MainThread", {"main;loop;step;work 10", "main;loop 5", "main;loop;step;work 20"});
        text.addThread("pool", {"worker;work 7"});
        store::Process other;
        other.pid = 5000;
        store::Track alone, task;
        alone.process = text.builder().addProcess(other);
        const store::TrackId aloneId = text.builder().addTrack(alone);
        text.builder().slices(aloneId).addAtDepth(0, 0, 100, text.function("elsewhere"));
        task.kind = store::TrackKind::Task;
        task.process = store::ProcessId(0u);
        task.parent = store::TrackId(0u);
        const store::TrackId taskId = text.builder().addTrack(task);
        auto& runs = text.builder().slices(taskId);
        runs.addAtDepth(0, 0, 4, text.function("step"));
        runs.addAtDepth(0, 4, 12, text.function("await"), text.builder().addExtra(store::kWaiting, {}));
        runs.addAtDepth(0, 16, 10, text.function("step"));
        open(text.finish());
        QVERIFY(m_trace);
        const auto choose = [&](int entry) {
            QAction* action = m_view->findChild<QToolButton*>(u"scope"_s)->menu()->actions()[entry];
            const bool possible = action->isEnabled();
            action->trigger();
            m_view->waitForTree();
            return possible;
        };
        const auto first = [&](store::TrackId track) { return m_trace->row(m_trace->rowAt(track, 0)).first; };
        const auto time = [&](const char* name) {
            return node(name) ? m_canvas->scene().tree()->node(node(name)).time : int64_t(0);
        };
        m_state->select(first(store::TrackId(1u)));
        QVERIFY(choose(4)); // its thread
        QCOMPARE(time("work"), int64_t(7));
        QCOMPARE(time("main"), int64_t(0));
        QVERIFY(choose(5)); // its process
        QCOMPARE(time("main"), int64_t(35));
        QCOMPARE(time("worker"), int64_t(7));
        QCOMPARE(time("elsewhere"), int64_t(0));
        m_state->select(first(taskId));
        QVERIFY(choose(6)); // its task: [0, 4) and [16, 26) of the main thread
        QCOMPARE(time("main"), int64_t(14));
        QCOMPARE(time("work"), int64_t(14));
        QCOMPARE(time("worker"), int64_t(0));
        m_state->setSearchText(u"work"_s);
        QVERIFY(choose(3)); // hits: their callers are gone
        QCOMPARE(time("main"), int64_t(0));
        QCOMPARE(time("worker"), int64_t(7));
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), int64_t(37));
        m_state->setSearchText(QString());
        m_view->waitForTree();
        QCOMPARE(time("main"), int64_t(35)); // the search is over
    }

    void allThemesAndSizesDraw()
    {
        open(webshop());
        const render::Theme light(render::ThemeKind::Light), high(render::ThemeKind::HighContrast);
        for (const render::Theme* theme : {&light, &high}) {
            m_view->setTheme(theme);
            QCOMPARE(m_view->toImage().pixel(2, 2), theme->color(u"bg.panel").rgb());
        }
        m_view->setTheme(&light);
        save(u"flame-light"_s);
        m_view->setRowSize(layout::RowSize::Large);
        QCOMPARE(m_canvas->frameRect(node("run_forever")).height(), 26);
        for (const int width : {200, 320, 450, 800}) {
            m_view->resize(width, 200);
            QCOMPARE(m_view->width(), width); // the bar does not set the least width
            int measures = 0; // as buttons or as a menu, but always there
            for (const QToolButton* button : m_view->findChildren<QToolButton*>())
                measures += button->text() == u"Time"_s && button->isVisible();
            QCOMPARE(measures, 1);
        }
        m_view->setTheme(m_theme.get());
    }
};

QTEST_MAIN(TestFlameView)
#include "tst_flameview.moc"
