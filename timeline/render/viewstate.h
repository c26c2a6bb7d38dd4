// SPDX-License-Identifier: GPL-3.0-or-later
// ViewState: the one owner of what is shown of a trace: visible range, selected call, highlighted function, selected
// area, search. Timeline, flame graph, tables and docks observe it and change it here only, never each other. It stands
// in ct_render because that is the lowest library with Qt that all views link. GUI thread only.
#pragma once
#include "layout/filter.h"
#include "layout/notes.h"
#include "render/searchpattern.h"
#include "store/hits.h"
#include "store/match.h"
#include "store/owncode.h"
#include "store/statistics.h"
#include "store/trace.h"
#include <QObject>
#include <functional>
#include <optional>
#include <vector>

namespace calltide::render {

struct TimeRange
{
    int64_t from = 0, to = 1; // ns on the trace's axis, from < to
    int64_t length() const { return to - from; }
    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

struct Area // time × tracks, from a drag over the timeline
{
    TimeRange range;
    std::vector<store::TrackId> tracks; // empty: all
};

class ViewState : public QObject
{
    Q_OBJECT
public:
    explicit ViewState(QObject* parent = nullptr);
    ~ViewState() override;

    // Replaces the trace; range becomes the whole trace, everything else is cleared. Null: nothing is open.
    void setTrace(store::TracePtr trace);
    const store::TracePtr& trace() const { return m_trace; }
    // The next state of a trace that grows, or its final one: range, selection, area and search stay, by what they mean.
    void growTrace(store::TracePtr trace);
    // While a trace grows, its end is followed: the newest time stands at kNow of the window. Moving or selecting by hand
    // ends that.
    bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    bool isFollowStep() const { return m_followStep; } // the range changes by itself, in rangeChanged()
    static constexpr double kNow = 0.92;

    TimeRange range() const { return m_range; }
    // Clamps: at least kShortest ns long, at most the whole trace widened by 5 % on both sides, at least 5 % of the
    // window stays inside the trace.
    void setRange(TimeRange range);
    TimeRange wholeRange() const; // the trace's begin and end
    TimeRange clamped(TimeRange range) const;
    std::optional<TimeRange> selectionRange() const; // of the call or the area, whichever was chosen last; without margin
    void fitAll(); // the whole trace
    void zoomToSelection(); // the selected call or area with 5 % margin; nothing when there is none
    // View history (Alt+Left, Alt+Right); moves within 600 ms are one entry.
    bool canGoBack() const;
    bool canGoForward() const;
    void goBack();
    void goForward();

    store::SliceIndex selected() const { return m_selected; } // kNoSlice: none
    void select(store::SliceIndex slice); // also highlights its function
    void selectAndReveal(store::SliceIndex slice); // and moves the range so that the call is seen
    // Function outlined everywhere: the selected call's, or one chosen in the flame graph or a table; invalid: none.
    store::FunctionId highlighted() const { return m_highlighted; }
    void highlight(store::FunctionId function);
    store::FunctionId hovered() const { return m_hovered; }
    void setHovered(store::FunctionId function);

    // An exception or event that is selected instead of a call (index into Trace::instants()); kNoInstant: none. Its call
    // is the deepest one that ran on its thread then: the one it was raised in. That call's function is highlighted, and
    // zoomToSelection() goes on to the call.
    uint32_t selectedInstant() const { return m_instant; }
    void selectInstant(uint32_t instant);
    void selectAndRevealInstant(uint32_t instant);
    store::SliceIndex callOf(uint32_t instant) const; // kNoSlice: not known
    void exceptionStep(bool forward); // to the next or previous exception that is shown, and round the end

    const std::optional<Area>& area() const { return m_area; }
    void setArea(std::optional<Area> area);
    bool isAreaNewest() const { return m_areaIsNewer; } // chosen after the selected call

    // Search by name or file; the mask has one entry a function (empty: no search).
    const QString& searchText() const { return m_search.text; }
    void setSearchText(const QString& text); // keeps regex and case
    const SearchPattern& search() const { return m_search; }
    void setSearch(const SearchPattern& pattern);
    const std::vector<bool>& searchMask() const { return m_searchMask; }
    // The calls found: those of these functions, then also those with the text in their arguments. Null: no search, or
    // none counted yet.
    const std::shared_ptr<const store::HitSet>& hits() const { return m_hits; }
    // The exceptions found by type and message, by time. They count as hits.
    const std::vector<uint32_t>& foundInstants() const { return m_foundInstants; }
    uint64_t searchCount() const { return m_searchCount; }
    // Which of the hits the selected call or exception is, from 1 on; 0: it is none, or not counted yet (one more searchChanged()).
    uint64_t searchPosition() const { return m_searchPosition; }
    bool searchCounting() const { return m_searchCounting; } // searchCount() follows with one more searchChanged()
    // Columns of the minimap (layout::kMinimapColumns equal parts of the whole) with hits, and with exceptions.
    const std::vector<uint16_t>& searchTicks() const { return m_searchTicks; }
    const std::vector<uint16_t>& exceptionTicks() const { return m_exceptionTicks; }
    const std::vector<bool>& hitTracks() const { return m_hitTracks; } // by TrackId; empty: no search, or not counted yet
    void searchStep(bool forward); // selects and reveals the next or previous hit after the selection or range start

    // Which calls the views show plainly; none: all.
    const std::optional<layout::CallFilter>& filter() const { return m_filter; }
    void setFilter(std::optional<layout::CallFilter> filter);
    // What tables count: the selected area or the whole trace, and of it what passes the filter. Holds the trace.
    store::Scope scope() const;
    store::Scope filtered(store::Scope scope) const; // the same of another part

    // The lens "my code only": timeline, flame graph and search leave out the calls of libraries. Where there are many
    // calls the timeline follows some time after the choice; while a trace grows it shows all.
    bool isMyCodeOnly() const { return m_myCodeOnly; }
    void setMyCodeOnly(bool only);
    // What the timeline shows instead of the trace; null: all of it.
    const std::shared_ptr<const store::OwnCode>& ownCode() const { return m_ownCode; }
    // The hits in it; null: none, or not counted yet.
    const std::shared_ptr<const store::HitSet>& shownHits() const { return m_ownCode ? m_ownHits : m_hits; }

    // Flags and spans of the user. They are of the trace and go with it.
    const std::vector<layout::Note>& notes() const { return m_notes; }
    size_t selectedNote() const { return m_selectedNote; } // kNoNote: none
    void setNotes(std::vector<layout::Note> notes);
    size_t addNote(layout::Note note); // and selects it
    void changeNote(size_t index, layout::Note note);
    void removeNote(size_t index);
    void selectNote(size_t index);

    static constexpr size_t kNoNote = SIZE_MAX;
    static constexpr uint32_t kNoInstant = UINT32_MAX;
    static constexpr int64_t kShortest = 20;

Q_SIGNALS:
    void traceChanged();
    void traceGrown(const calltide::store::TraceMatch& match); // after growTrace(): what became of ids
    void followingChanged();
    void rangeChanged();
    void selectionChanged(); // selected(), selectedInstant(), highlighted()
    void hoverChanged();
    void areaChanged();
    void searchChanged();
    void filterChanged();
    void myCodeChanged(); // isMyCodeOnly()
    void ownCodeChanged(); // ownCode()
    void notesChanged(); // notes() or selectedNote()
    void exceptionTicksChanged(); // they follow some time after a large trace
    void revealRequested(calltide::store::SliceIndex slice); // scroll vertically so that it is seen
    void revealInstantRequested(uint32_t instant);

private:
    struct Found;
    void pushHistory();
    void applyRange(TimeRange range);
    void followEnd();
    void endFollowing();
    void follow(TimeRange range);
    void makeOwnCode();
    std::vector<bool> maskOf(const SearchPattern& pattern) const;
    void searchAgain();
    void countHits();
    void lookForArguments();
    std::function<Found()> searcher(std::function<bool(std::string_view)> argument) const;
    void takeHits(Found found);
    void forgetHits();
    void countPosition();
    bool stepToInstant(store::SliceIndex hit, bool forward, bool wrapped);
    uint64_t foundBefore(int64_t time) const;
    uint32_t instantIn(const store::Trace& before) const;
    void findExceptions();

    store::TracePtr m_trace;
    TimeRange m_range;
    bool m_following = false, m_followStep = false;
    int64_t m_followLength = 0; // ns of the window; 0: all, until it is kFollowLongest
    int64_t m_countedAt = INT64_MIN; // end of the trace when hits were counted
    store::SliceIndex m_selected = store::kNoSlice;
    uint32_t m_instant = kNoInstant;
    store::FunctionId m_highlighted, m_hovered;
    std::optional<Area> m_area;
    bool m_areaIsNewer = false; // than the selected call
    SearchPattern m_search;
    std::vector<bool> m_searchMask;
    std::shared_ptr<const store::HitSet> m_hits;
    std::vector<uint32_t> m_foundInstants;
    bool m_myCodeOnly = false;
    std::shared_ptr<const store::OwnCode> m_ownCode;
    std::shared_ptr<const store::HitSet> m_ownHits; // the hits in it
    std::shared_ptr<store::Progress> m_ownCodeJob;
    std::shared_ptr<store::Progress> m_searchJob; // of what runs in the background
    uint64_t m_searchCount = 0, m_searchPosition = 0;
    bool m_searchCounting = false;
    std::vector<uint16_t> m_searchTicks, m_exceptionTicks;
    std::vector<bool> m_hitTracks;
    std::optional<layout::CallFilter> m_filter;
    std::vector<layout::Note> m_notes;
    size_t m_selectedNote = kNoNote;
    uint64_t m_positionGeneration = 0;
    uint64_t m_searchGeneration = 0; // drops counts that come after their search is over
    std::vector<TimeRange> m_history;
    size_t m_historyAt = 0;
    int64_t m_lastMoveMs = 0;
};

} // namespace calltide::render
