// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/document.h"
#include "store/callfigures.h"
#include "session/livefollower.h"
#include "ui/appearance.h"
#include "ui/callfacts.h"
#include "ui/callsview.h"
#include "ui/callview.h"
#include "ui/controls.h"
#include "ui/functionsview.h"
#include "ui/hitsview.h"
#include "ui/notesfile.h"
#include "ui/notesview.h"
#include "ui/sourceview.h"
#include "ui/text.h"
#include "ui/tracksjson.h"
#include "widget/flameview.h"
#include <QFileInfo>
#include <QTimer>
#include <algorithm>

namespace calltide::ui {

Document::Document(
    TraceContextPtr context, const Appearance& appearance, timeline::Renderer renderer, QObject* parent)
    : QObject(parent)
    , m_context(std::move(context))
    , m_state(new render::ViewState(this))
    , m_facts(new CallFacts(m_context, m_state, this))
{
    m_state->setTrace(m_context->trace);
    m_timeline = new timeline::TimelineView(m_state, &appearance.theme(), renderer);
    m_flame = new flameview::FlameView(m_state, &appearance.theme());
    m_functions = new FunctionsView(appearance, m_context, m_state);
    m_source = new SourceView(appearance, m_context, m_state, m_facts);
    m_call = new CallView(appearance, m_context, m_state, m_facts);
    m_calls = new CallsView(appearance, m_context, m_state);
    m_hits = new HitsView(appearance, m_context, m_state);
    m_notes = new NotesView(appearance, m_state);
    m_notesFile = new NotesFile(path(), m_state, this);
    connect(m_functions, &FunctionsView::counted, this, [this] { m_source->setStatistics(m_functions->statistics()); });
    restoreTracks();
    connect(m_timeline, &timeline::TimelineView::arrangementChanged, this, [this] {
        if (m_restoring)
            return;
        m_arranged = true;
        keepLook();
    });
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
    m_follower.reset(); // before what it reports to
    for (QWidget* view : {static_cast<QWidget*>(m_timeline), static_cast<QWidget*>(m_flame),
             static_cast<QWidget*>(m_functions), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_call),
             static_cast<QWidget*>(m_calls), static_cast<QWidget*>(m_hits), static_cast<QWidget*>(m_notes), m_recording.data()})
        delete view;
}

void Document::follow(std::shared_ptr<session::LiveFollower> follower)
{
    m_follower = std::move(follower);
    m_sinceSlow.start();
    connect(m_follower.get(), &session::LiveFollower::grown, this,
        [this](const formats::LiveState& state) {
            grow(state.trace);
            Q_EMIT looked(state);
        });
    const auto over = [this] {
        QTimer::singleShot(0, this, [gone = std::exchange(m_follower, nullptr)] { }); // it is what calls
        Q_EMIT ended();
    };
    connect(m_follower.get(), &session::LiveFollower::ended, this, [this, over](const store::TracePtr& trace) {
        grow(trace);
        over();
    });
    connect(m_follower.get(), &session::LiveFollower::failed, this, [this, over](const QString& sentence) {
        over();
        Q_EMIT failed(sentence);
    });
}

void Document::load(const TraceContextPtr& context)
{
    const bool whole = m_state->range() == m_state->clamped(m_state->wholeRange());
    grow(context->trace);
    if (whole)
        m_state->fitAll();
}

// The timeline follows each state; what counts through all calls does so once a second, less often the longer it takes.
void Document::grow(store::TracePtr trace)
{
    auto context = std::make_shared<TraceContext>();
    context->colors = layout::FunctionColors(*trace);
    context->trace = trace;
    m_context = context;
    m_state->growTrace(std::move(trace)); // first: the others ask it what is selected
    m_facts->setContext(m_context);
    m_functions->setContext(m_context);
    m_source->setContext(m_context);
    m_call->setContext(m_context);
    m_calls->setContext(m_context);
    m_hits->setContext(m_context);
    const bool last = !m_context->trace->isGrowing();
    if (!last && m_sinceSlow.elapsed() < m_slowEvery)
        return;
    m_sinceSlow.start();
    m_slowEvery = std::max<qint64>(1000, qint64(m_context->trace->sliceCount() / 1000)); // 10 M calls: 10 s
    m_call->refreshOpen();
    m_functions->recount(isSeen(m_source));
    m_facts->recount();
    m_calls->recount();
    if (last)
        restoreTracks(); // those of its tracks that came late
    else
        Q_EMIT grown();
}

void Document::keepLook()
{
    m_notesFile->setTracks(tracksToJson(trace(), {m_timeline->arrangement(), m_timeline->collapsed(), m_rows}));
}

void Document::setRowSize(layout::RowSize size, bool keep)
{
    m_timeline->setRowSize(size);
    m_flame->setRowSize(size);
    if (!keep)
        return;
    m_rows = size;
    keepLook();
}

void Document::restoreTracks()
{
    if (m_arranged || m_notesFile->tracks().isEmpty())
        return;
    m_restoring = true;
    TracksLook look = tracksFromJson(trace(), m_notesFile->tracks());
    m_rows = look.rows;
    if (m_rows)
        setRowSize(*m_rows, false);
    m_timeline->setCollapsed(std::move(look.collapsed));
    m_timeline->setArrangement(std::move(look.arrangement));
    m_restoring = false;
}

void Document::setRecording(QWidget* view)
{
    delete m_recording;
    m_recording = view;
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

HitsView* Document::hits() const
{
    return m_hits;
}

NotesView* Document::notes() const
{
    return m_notes;
}

QString Document::path() const
{
    return m_context->paths.isEmpty() ? QString::fromStdString(trace().path()) : m_context->paths;
}

QString Document::title() const
{
    const QStringList files = path().split(u'\n');
    const QString first = QFileInfo(files.first()).fileName();
    return files.size() > 1 ? tr("%1 and %2 more").arg(first).arg(files.size() - 1) : first;
}

QString Document::summary() const
{
    const auto& tracks = trace().tracks();
    const int threads = int(std::count_if(tracks.begin(), tracks.end(),
        [](const store::Track& t) { return t.kind == store::TrackKind::Thread; }));
    return QStringLiteral("%1 · %2 · %3")
        .arg(store::holdsSummed(trace()) ? formatCount(store::callCount(trace()), tr("%1 slice"), tr("%1 slices"))
                                         : formatCount(store::callCount(trace()), tr("%1 call"), tr("%1 calls")),
            formatCount(trace().processes().size(), tr("%1 process"), tr("%1 processes")),
            formatCount(uint64_t(threads), tr("%1 thread"), tr("%1 threads")));
}

} // namespace calltide::ui
