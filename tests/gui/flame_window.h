// SPDX-License-Identifier: GPL-3.0-or-later
// The flame graph in a real window, with the calls of a small web shop.
#pragma once
#include "../core/texttrace.h"
#include "render/theme.h"
#include "widget/flamebar.h"
#include "widget/flamecanvas.h"
#include "widget/flameview.h"
#include <QLabel>
#include <QLayout>
#include <QToolButton>
#include <QtTest>

namespace flamewindow {

using namespace calltide;
using namespace Qt::Literals::StringLiterals;
using flameview::FlameCanvas;
using flameview::FlameView;
using test::TextTrace;

inline store::TracePtr webshop()
{
    TextTrace text;
    text.addThread(
        "MainThread",
        {"run_forever;Handle._run;UserHandler.get;render_json;serialize;serialize_item 88000",
         "run_forever;Handle._run;UserHandler.get;render_json 34000",
         "run_forever;Handle._run;UserHandler.get;rows_to_models 121000",
         "run_forever;Handle._run;UserHandler.get;load_orders;execute 70000",
         "run_forever;Handle._run;UserHandler.get 46000",
         "run_forever;Handle._run;OrderHandler.list;render_page;Template.render;render_row 78000",
         "run_forever;Handle._run;OrderHandler.list;price_lines;LineItem.total 60000",
         "run_forever;Handle._run;OrderHandler.list 127000",
         "run_forever;Handle._run;handle_request;authenticate 103000",
         "run_forever;Handle._run;handle_request;parse_headers 50000", "run_forever;Handle._run;handle_request 37000",
         "run_forever;Handle._run 63000", "run_forever;idle 123000"});
    return text.finish();
}

struct FlameWindow
{
    std::unique_ptr<render::Theme> m_theme;
    std::unique_ptr<render::ViewState> m_state;
    std::unique_ptr<FlameView> m_view;
    FlameCanvas* m_canvas = nullptr;
    store::TracePtr m_trace;

    void open(store::TracePtr trace)
    {
        m_trace = std::move(trace);
        m_state->setTrace(m_trace);
        m_view->waitForTree();
    }
    uint32_t node(const char* name) const
    {
        const auto& tree = *m_canvas->scene().tree();
        for (uint32_t i = 1; i < tree.nodes().size(); ++i)
            if (m_trace->functionName(tree.node(i).function) == name)
                return i;
        return 0;
    }
    QPoint middle(const char* name) const { return m_canvas->frameRect(node(name)).center(); }
    flame::Window windowOf(const char* name) const
    {
        return flame::FrameLayout::windowOf(*m_canvas->scene().tree(), flame::Measure::Time, node(name));
    }
    QString crumbs() const
    {
        QStringList out;
        const auto* bar = m_view->findChild<QWidget*>(u"breadcrumb"_s);
        if (!bar->isVisibleTo(m_view.get()))
            return {};
        for (int i = 0; i < bar->layout()->count(); ++i) {
            QWidget* w = bar->layout()->itemAt(i)->widget();
            if (auto* button = qobject_cast<QToolButton*>(w))
                out << button->text();
            else if (auto* label = qobject_cast<QLabel*>(w))
                out << label->text();
        }
        return out.join(u' ');
    }
    void save(const QString& name)
    {
        if (qEnvironmentVariableIsSet("CALLTIDE_TEST_PICTURES"))
            QVERIFY(m_view->grab().save(qEnvironmentVariable("CALLTIDE_TEST_PICTURES") + u'/' + name + u".png"_s));
    }
    void setUp()
    {
        m_theme = std::make_unique<render::Theme>(render::ThemeKind::Dark);
        m_state = std::make_unique<render::ViewState>();
        m_view = std::make_unique<FlameView>(m_state.get(), m_theme.get());
        m_view->resize(1000, 300);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_canvas = m_view->findChild<FlameCanvas*>(u"flameCanvas"_s);
        QVERIFY(m_canvas);
    }
    void tearDown()
    {
        m_view.reset();
        m_state.reset();
        m_trace.reset();
    }
};

} // namespace flamewindow
