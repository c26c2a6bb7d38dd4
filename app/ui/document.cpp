// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/document.h"
#include "ui/appearance.h"
#include "ui/callsview.h"
#include "ui/callview.h"
#include "ui/functionsview.h"
#include "ui/notesfile.h"
#include "ui/notesview.h"
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
    m_calls = new CallsView(appearance, m_context, m_state);
    m_notes = new NotesView(appearance, m_state);
    m_notesFile = new NotesFile(path(), m_state, this);
    connect(&appearance, &Appearance::changed, this, [this, &appearance] {
        m_timeline->setTheme(&appearance.theme());
        m_flame->setTheme(&appearance.theme());
    });
    connect(m_flame, &flameview::FlameView::functionActivated, this,
        [this](store::FunctionId function) { m_state->highlight(function); });
}

Document::~Document()
{
    delete m_notesFile; // while the state still has what it writes
    for (QWidget* view : {static_cast<QWidget*>(m_timeline), static_cast<QWidget*>(m_flame),
             static_cast<QWidget*>(m_functions), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_call),
             static_cast<QWidget*>(m_calls), static_cast<QWidget*>(m_notes)})
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

CallsView* Document::calls() const
{
    return m_calls;
}

NotesView* Document::notes() const
{
    return m_notes;
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
