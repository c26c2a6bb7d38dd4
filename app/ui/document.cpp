// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/document.h"
#include "ui/appearance.h"
#include "ui/callview.h"
#include "ui/functionsview.h"
#include "ui/sourceview.h"
#include "ui/text.h"
#include "widget/flameview.h"
#include <QFileInfo>
#include <algorithm>

namespace calltide::ui {

Document::Document(
    TraceContextPtr context, const Appearance& appearance, timeline::Renderer renderer, QObject* parent)
    : QObject(parent)
    , m_context(std::move(context))
    , m_state(new render::ViewState(this))
{
    m_state->setTrace(m_context->trace);
    m_timeline = new timeline::TimelineView(m_state, &appearance.theme(), renderer);
    m_flame = new flameview::FlameView(m_state, &appearance.theme());
    m_functions = new FunctionsView(appearance, m_context, m_state);
    m_source = new SourceView(appearance, m_context, m_state);
    m_call = new CallView(appearance, m_context, m_state);
    connect(&appearance, &Appearance::changed, this, [this, &appearance] {
        m_timeline->setTheme(&appearance.theme());
        m_flame->setTheme(&appearance.theme());
    });
    connect(m_flame, &flameview::FlameView::functionActivated, this,
        [this](store::FunctionId function) { m_state->highlight(function); });
}

Document::~Document()
{
    for (QWidget* view : {static_cast<QWidget*>(m_timeline), static_cast<QWidget*>(m_flame),
             static_cast<QWidget*>(m_functions), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_call)})
        delete view;
}

timeline::TimelineView* Document::timeline() const
{
    return m_timeline;
}

flameview::FlameView* Document::flame() const
{
    return m_flame;
}

FunctionsView* Document::functions() const
{
    return m_functions;
}

SourceView* Document::source() const
{
    return m_source;
}

CallView* Document::call() const
{
    return m_call;
}

QString Document::path() const
{
    return QString::fromStdString(trace().path());
}

QString Document::title() const
{
    return QFileInfo(path()).fileName();
}

QString Document::summary() const
{
    const auto& tracks = trace().tracks();
    const int threads = int(std::count_if(tracks.begin(), tracks.end(),
        [](const store::Track& t) { return t.kind == store::TrackKind::Thread; }));
    return QStringLiteral("%1 · %2 · %3")
        .arg(formatCount(trace().sliceCount(), tr("%1 call"), tr("%1 calls")),
            formatCount(trace().processes().size(), tr("%1 process"), tr("%1 processes")),
            formatCount(uint64_t(threads), tr("%1 thread"), tr("%1 threads")));
}

} // namespace calltide::ui
