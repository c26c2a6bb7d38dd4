// SPDX-License-Identifier: GPL-3.0-or-later
// The trace, the range and its history, the selection; search and lens are in viewstate_search.cpp, filter and notes in
// viewstate_filter.cpp.
#include "render/viewstate.h"
#include <QDateTime>
#include <algorithm>
#include <utility>

namespace calltide::render {

namespace {

constexpr int64_t kMergeMs = 600; // moves closer than this are one entry of the history
constexpr size_t kHistoryEntries = 200;
constexpr double kMargin = 0.05; // around a fitted call, and of the window outside the trace
constexpr int64_t kFollowLongest = 10'000'000'000; // ns; a longer window would squeeze what comes
constexpr int64_t kRecountEvery = 1'000'000'000; // ns of a growing trace between counts of hits

int64_t scaled(int64_t length, double factor)
{
    return int64_t(double(length) * factor);
}

} // namespace

ViewState::ViewState(QObject* parent)
    : QObject(parent)
{
}

ViewState::~ViewState()
{
    forgetHits();
    if (m_ownCodeJob)
        m_ownCodeJob->cancel();
}

void ViewState::setTrace(store::TracePtr trace)
{
    m_trace = std::move(trace);
    m_selected = store::kNoSlice;
    m_instant = kNoInstant;
    m_highlighted = m_hovered = {};
    m_area.reset();
    m_search.text.clear();
    m_searchMask.clear();
    m_searchPosition = 0;
    forgetHits();
    const bool hadLens = std::exchange(m_myCodeOnly, false);
    makeOwnCode();
    m_filter.reset();
    m_notes.clear();
    m_selectedNote = kNoNote;
    m_following = m_trace && m_trace->isGrowing();
    m_followLength = 0;
    m_range = clamped(wholeRange());
    m_history = {m_range};
    m_historyAt = 0;
    m_lastMoveMs = 0;
    Q_EMIT traceChanged();
    Q_EMIT followingChanged();
    Q_EMIT selectionChanged();
    Q_EMIT hoverChanged();
    Q_EMIT areaChanged();
    Q_EMIT searchChanged();
    Q_EMIT filterChanged();
    if (hadLens)
        Q_EMIT myCodeChanged();
    Q_EMIT notesChanged();
    Q_EMIT rangeChanged();
    findExceptions();
}

void ViewState::growTrace(store::TracePtr trace)
{
    if (!trace || !m_trace) {
        setTrace(std::move(trace));
        return;
    }
    const store::TracePtr before = std::exchange(m_trace, std::move(trace));
    const store::TraceMatch match(*before, *m_trace);
    m_selected = match.slice(m_selected);
    m_instant = instantIn(*before);
    m_highlighted = match.function(m_highlighted);
    m_hovered = match.function(m_hovered);
    if (m_area) {
        for (store::TrackId& track : m_area->tracks)
            track = match.track(track);
        std::erase_if(m_area->tracks, [](store::TrackId t) { return !t.valid(); });
    }
    Q_EMIT traceGrown(match);
    makeOwnCode();
    if (!match.sameIds() && m_filter) { // it is by numbers that are others now
        m_filter.reset();
        Q_EMIT filterChanged();
    }
    if (!m_searchMask.empty() && (!match.sameIds() || m_trace->end() - m_countedAt > kRecountEvery)) {
        m_searchMask = maskOf(m_search);
        countHits();
        countPosition();
        Q_EMIT searchChanged();
    } else if (!m_searchMask.empty()) {
        m_searchMask.resize(m_trace->functions().size());
    }
    if (!m_trace->isGrowing()) {
        if (m_following)
            endFollowing();
        setFollowing(false);
        findExceptions();
    }
    if (m_following)
        followEnd();
}

void ViewState::setFollowing(bool following)
{
    following = following && m_trace && m_trace->isGrowing();
    if (following == m_following)
        return;
    m_following = following;
    if (following) {
        m_followLength = m_range.length();
        followEnd();
    }
    Q_EMIT followingChanged();
}

// The whole of a short recording; else the last part, without the room that what came next would have needed.
void ViewState::endFollowing()
{
    const TimeRange whole = wholeRange();
    const bool all = !m_followLength && whole.length() <= kFollowLongest;
    const int64_t length = m_followLength ? m_followLength : kFollowLongest;
    follow(clamped(all ? whole : TimeRange{whole.to - length, whole.to}));
}

void ViewState::followEnd()
{
    const double whole = double(wholeRange().length()) / kNow;
    const auto length = std::max(int64_t(
        m_followLength ? double(m_followLength) : std::min(whole, double(kFollowLongest))), kShortest);
    const int64_t to = m_trace->end() + scaled(length, 1 - kNow);
    follow(clamped({to - length, to}));
}

void ViewState::follow(TimeRange range)
{
    if (range == m_range)
        return;
    m_range = range;
    if (!m_history.empty()) // no step of its own
        m_history[m_historyAt] = range;
    m_followStep = true;
    Q_EMIT rangeChanged();
    m_followStep = false;
}

TimeRange ViewState::wholeRange() const
{
    if (!m_trace)
        return {};
    return {m_trace->begin(), std::max(m_trace->end(), m_trace->begin() + 1)};
}

TimeRange ViewState::clamped(TimeRange range) const
{
    const TimeRange whole = wholeRange();
    const int64_t longest = std::max(whole.length() + 2 * scaled(whole.length(), kMargin), kShortest);
    if (range.to > range.from && range.length() > longest) {
        const int64_t from = whole.from - (longest - whole.length()) / 2;
        return {from, from + longest};
    }
    const int64_t length = std::clamp(range.to > range.from ? range.length() : int64_t(0), kShortest, longest);
    if (length != range.length()) { // about the middle, so that a zoom that hits the limit does not drift
        range.from += (range.length() - length) / 2;
        range.to = range.from + length;
    }
    const int64_t inside = std::min(std::max<int64_t>(scaled(length, kMargin), 1), whole.length());
    const int64_t earliest = whole.from - length + inside, latest = whole.to - inside;
    const int64_t from = std::clamp(range.from, std::min(earliest, latest), latest);
    return {from, from + length};
}

void ViewState::applyRange(TimeRange range)
{
    range = clamped(range);
    if (range == m_range)
        return;
    m_range = range;
    setFollowing(false);
    Q_EMIT rangeChanged();
}

void ViewState::setRange(TimeRange range)
{
    const TimeRange before = m_range;
    range = clamped(range);
    if (range == before)
        return;
    m_range = range;
    pushHistory();
    setFollowing(false);
    Q_EMIT rangeChanged();
}

void ViewState::fitAll()
{
    setRange(wholeRange());
}

std::optional<TimeRange> ViewState::selectionRange() const
{
    const bool call = m_trace && m_selected != store::kNoSlice;
    if (m_area && (m_areaIsNewer || !call))
        return m_area->range;
    if (call)
        return TimeRange{m_trace->start(m_selected), m_trace->end(m_selected)};
    return std::nullopt;
}

void ViewState::zoomToSelection()
{
    if (m_instant != kNoInstant && !m_areaIsNewer) {
        const auto call = callOf(m_instant);
        if (call == store::kNoSlice)
            return;
        select(call);
        Q_EMIT revealRequested(call);
    }
    if (const auto range = selectionRange()) {
        const int64_t margin = scaled(range->length(), kMargin);
        setRange({range->from - margin, range->to + margin});
    }
}

void ViewState::pushHistory()
{
    const int64_t now = QDateTime::currentMSecsSinceEpoch();
    const bool merge = now - m_lastMoveMs < kMergeMs && m_historyAt > 0;
    m_lastMoveMs = now;
    m_history.resize(std::min(m_history.size(), m_historyAt + 1)); // a move after going back ends the way forward
    if (merge) {
        m_history[m_historyAt] = m_range;
        if (m_range == m_history[m_historyAt - 1]) { // there and back again is no step
            m_history.pop_back();
            m_historyAt--;
        }
        return;
    }
    if (m_history.size() == kHistoryEntries)
        m_history.erase(m_history.begin());
    m_history.push_back(m_range);
    m_historyAt = m_history.size() - 1;
}

bool ViewState::canGoBack() const
{
    return m_historyAt > 0;
}

bool ViewState::canGoForward() const
{
    return m_historyAt + 1 < m_history.size();
}

void ViewState::goBack()
{
    if (!canGoBack())
        return;
    m_lastMoveMs = 0;
    applyRange(m_history[--m_historyAt]);
}

void ViewState::goForward()
{
    if (!canGoForward())
        return;
    m_lastMoveMs = 0;
    applyRange(m_history[++m_historyAt]);
}

void ViewState::select(store::SliceIndex slice)
{
    if (!m_trace || (slice != store::kNoSlice && !m_trace->contains(slice)))
        slice = store::kNoSlice;
    const auto function = slice == store::kNoSlice ? store::FunctionId() : m_trace->functionOf(slice);
    m_areaIsNewer = m_areaIsNewer && slice == store::kNoSlice;
    if (slice == m_selected && function == m_highlighted && m_instant == kNoInstant)
        return;
    m_selected = slice;
    m_instant = kNoInstant;
    m_highlighted = function;
    if (slice != store::kNoSlice)
        setFollowing(false); // or it would run away
    Q_EMIT selectionChanged();
    if (!m_searchMask.empty()) {
        countPosition();
        Q_EMIT searchChanged();
    }
}

void ViewState::selectAndReveal(store::SliceIndex slice)
{
    select(slice);
    if (m_selected == store::kNoSlice)
        return;
    const int64_t start = m_trace->start(slice), length = std::max<int64_t>(m_trace->duration(slice), 1);
    int64_t window = m_range.length();
    if (length > window)
        window = length + 2 * scaled(length, kMargin);
    else if (window / length > 2000) // would be less than a pixel: come near enough to read its name
        window = std::max<int64_t>(length * 40, kShortest);
    const bool seen = window == m_range.length() && start >= m_range.from && start + length <= m_range.to;
    if (!seen)
        setRange({start + length / 2 - window / 2, start + length / 2 - window / 2 + window});
    Q_EMIT revealRequested(slice);
}

void ViewState::highlight(store::FunctionId function)
{
    if (function == m_highlighted)
        return;
    m_highlighted = function;
    Q_EMIT selectionChanged();
}

void ViewState::setHovered(store::FunctionId function)
{
    if (function == m_hovered)
        return;
    m_hovered = function;
    Q_EMIT hoverChanged();
}

void ViewState::setArea(std::optional<Area> area)
{
    if (!area && !m_area)
        return;
    m_area = std::move(area);
    m_areaIsNewer = m_area.has_value();
    Q_EMIT areaChanged();
}

} // namespace calltide::render
