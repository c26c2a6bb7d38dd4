// SPDX-License-Identifier: GPL-3.0-or-later
// Document: one opened trace with its state and its views. The window puts the views into the centre and the docks and
// shows those of the chosen tab.
#pragma once
#include "render/viewstate.h"
#include "ui/tracecontext.h"
#include "widget/timelineview.h"
#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <optional>

namespace calltide::flameview {
class FlameView;
}

namespace calltide::formats {
struct LiveState;
}

namespace calltide::session {
class LiveFollower;
}

namespace calltide::ui {

class Appearance;
class CallFacts;
class CallView;
class CallsView;
class FunctionsView;
class HitsView;
class NotesFile;
class NotesView;
class SourceView;

class Document : public QObject
{
    Q_OBJECT
public:
    Document(TraceContextPtr context, const Appearance& appearance, timeline::Renderer renderer, QObject* parent = nullptr);
    ~Document() override; // deletes the views

    const store::Trace& trace() const { return *m_context->trace; }
    const TraceContextPtr& context() const { return m_context; }
    QString path() const;
    QString title() const; // the file's name
    render::ViewState* state() const { return m_state; }
    timeline::TimelineView* timeline() const;
    flameview::FlameView* flame() const;
    FunctionsView* functions() const;
    SourceView* source() const;
    CallView* call() const;
    CallsView* calls() const; // of the chosen function
    HitsView* hits() const; // of the search
    NotesView* notes() const;
    QWidget* recording() const { return m_recording; } // while it goes on; else null
    void setRecording(QWidget* view); // becomes its owner
    NotesFile* notesFile() const { return m_notesFile; }

    // A recording that goes on: its states are shown as they come, then the final one. `path` need not be there yet
    // when the first state is.
    void follow(std::shared_ptr<session::LiveFollower> follower);
    // Of timeline and flame graph; kept with the recording when the user chose it for this one.
    void setRowSize(layout::RowSize size, bool keep = true);
    bool hasRowSize() const { return m_rows.has_value(); } // chosen for this one, now or before
    bool isLive() const { return m_follower != nullptr; }
    // More of a file that is still being read, in the end all of it. The whole is shown unless the user has moved.
    void load(const TraceContextPtr& context);

    QString summary() const; // "1 284 116 calls · 2 processes · 9 threads"

Q_SIGNALS:
    void looked(const calltide::formats::LiveState& state); // more than 20 a second
    void grown(); // trace() is new; at most twice a second
    void ended(); // trace() is the final one
    void failed(const QString& sentence); // the final one cannot be read: what was seen stays

private:
    void grow(store::TracePtr trace);
    void keepLook();
    void restoreTracks(); // from the side file, until the user changes something

    std::shared_ptr<session::LiveFollower> m_follower;
    QElapsedTimer m_sinceSlow;
    qint64 m_slowEvery = 1000; // ms
    TraceContextPtr m_context;
    render::ViewState* m_state;
    CallFacts* m_facts; // of the chosen call, for several views
    QPointer<timeline::TimelineView> m_timeline;
    QPointer<flameview::FlameView> m_flame;
    QPointer<FunctionsView> m_functions;
    QPointer<SourceView> m_source;
    QPointer<CallView> m_call;
    QPointer<CallsView> m_calls;
    QPointer<HitsView> m_hits;
    QPointer<NotesView> m_notes;
    QPointer<QWidget> m_recording;
    NotesFile* m_notesFile;
    std::optional<layout::RowSize> m_rows;
    bool m_restoring = false, m_arranged = false; // tracks, by the user
};

} // namespace calltide::ui
