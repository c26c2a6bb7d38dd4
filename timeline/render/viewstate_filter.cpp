// SPDX-License-Identifier: GPL-3.0-or-later
// Filter and notes of ViewState.
#include "render/viewstate.h"
#include "store/statistics.h"

namespace calltide::render {

void ViewState::setFilter(std::optional<layout::CallFilter> filter)
{
    if (filter == m_filter)
        return;
    m_filter = std::move(filter);
    Q_EMIT filterChanged();
}

store::Scope ViewState::scope() const
{
    store::Scope scope;
    if (m_area)
        scope = {m_area->range.from, m_area->range.to, m_area->tracks, {}};
    return filtered(std::move(scope));
}

store::Scope ViewState::filtered(store::Scope scope) const
{
    if (!m_filter || !m_trace)
        return scope;
    if (!m_filter->tracks.empty()) {
        if (scope.tracks.empty())
            for (uint32_t t = 0; t < m_trace->tracks().size(); ++t)
                scope.tracks.push_back(store::TrackId(t));
        std::erase_if(scope.tracks, [this](store::TrackId t) { return !m_filter->passes(t); });
        if (scope.tracks.empty()) // no track would mean all
            scope.from = scope.to = m_trace->begin() - 1;
    }
    scope.passes = [trace = m_trace, filter = *m_filter](store::SliceIndex i) {
        return filter.passes(trace->functionOf(i), trace->duration(i)) && filter.passesItself(i);
    };
    return scope;
}

void ViewState::setNotes(std::vector<layout::Note> notes)
{
    m_notes = std::move(notes);
    m_selectedNote = kNoNote;
    Q_EMIT notesChanged();
}

size_t ViewState::addNote(layout::Note note)
{
    m_notes.push_back(std::move(note));
    m_selectedNote = m_notes.size() - 1;
    Q_EMIT notesChanged();
    return m_selectedNote;
}

void ViewState::changeNote(size_t index, layout::Note note)
{
    if (index >= m_notes.size() || m_notes[index] == note)
        return;
    m_notes[index] = std::move(note);
    Q_EMIT notesChanged();
}

void ViewState::removeNote(size_t index)
{
    if (index >= m_notes.size())
        return;
    m_notes.erase(m_notes.begin() + std::ptrdiff_t(index));
    m_selectedNote = kNoNote;
    Q_EMIT notesChanged();
}

void ViewState::selectNote(size_t index)
{
    if (index >= m_notes.size())
        index = kNoNote;
    if (index == m_selectedNote)
        return;
    m_selectedNote = index;
    Q_EMIT notesChanged();
}

} // namespace calltide::render
