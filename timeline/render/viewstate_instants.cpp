// SPDX-License-Identifier: GPL-3.0-or-later
// Exceptions and events in ViewState: selecting one, and walking them.
#include "render/viewstate.h"
#include "store/query.h"
#include <algorithm>

namespace calltide::render {

store::SliceIndex ViewState::callOf(uint32_t instant) const
{
    if (!m_trace || instant >= m_trace->instants().size())
        return store::kNoSlice;
    const store::Instant& at = m_trace->instants()[instant];
    return store::deepestAt(*m_trace, at.track, at.time);
}

void ViewState::selectInstant(uint32_t instant)
{
    if (!m_trace || instant >= m_trace->instants().size())
        return;
    m_areaIsNewer = false;
    if (instant == m_instant)
        return;
    m_selected = store::kNoSlice;
    m_instant = instant;
    const auto call = callOf(instant);
    m_highlighted = call == store::kNoSlice ? store::FunctionId() : m_trace->functionOf(call);
    setFollowing(false); // or it would run away
    Q_EMIT selectionChanged();
    if (!m_searchMask.empty()) {
        countPosition();
        Q_EMIT searchChanged();
    }
}

void ViewState::selectAndRevealInstant(uint32_t instant)
{
    selectInstant(instant);
    if (m_instant != instant || m_instant == kNoInstant)
        return;
    const int64_t time = m_trace->instants()[instant].time;
    if (time < m_range.from || time >= m_range.to)
        setRange({time - m_range.length() / 2, time - m_range.length() / 2 + m_range.length()});
    Q_EMIT revealInstantRequested(instant);
}

void ViewState::exceptionStep(bool forward)
{
    if (!m_trace)
        return;
    const auto& all = m_trace->instants();
    const auto after = [&](int64_t time) {
        const auto it = std::partition_point(all.begin(), all.end(), [&](const store::Instant& i) { return i.time < time; });
        return int64_t(it - all.begin());
    };
    const auto count = int64_t(all.size());
    int64_t at = m_instant != kNoInstant   ? int64_t(m_instant) + (forward ? 1 : -1)
        : m_selected != store::kNoSlice    ? after(m_trace->start(m_selected)) - !forward
                                           : after(m_range.from) - !forward;
    for (int64_t n = 0; n < count; ++n, at += forward ? 1 : -1) {
        const auto i = uint32_t((at % count + count) % count); // round the end
        if (all[i].exception && !(m_ownCode && m_ownCode->foreignExceptions()[i]))
            return selectAndRevealInstant(i);
    }
}

uint64_t ViewState::foundBefore(int64_t time) const
{
    const auto& all = m_trace->instants();
    const auto it = std::partition_point(
        m_foundInstants.begin(), m_foundInstants.end(), [&](uint32_t i) { return all[i].time < time; });
    return uint64_t(it - m_foundInstants.begin());
}

// Takes a step of the search to an exception, if one stands before the call `hit` (kNoSlice: none) that would be next.
bool ViewState::stepToInstant(store::SliceIndex hit, bool forward, bool wrapped)
{
    const int64_t count = int64_t(m_foundInstants.size());
    int64_t at = 0; // in m_foundInstants
    if (wrapped)
        at = forward ? 0 : count - 1;
    else if (m_instant != kNoInstant && m_selected == store::kNoSlice)
        at = (forward ? std::upper_bound(m_foundInstants.begin(), m_foundInstants.end(), m_instant)
                      : std::lower_bound(m_foundInstants.begin(), m_foundInstants.end(), m_instant) - 1)
            - m_foundInstants.begin();
    else
        at = int64_t(foundBefore(m_selected != store::kNoSlice ? m_trace->start(m_selected) : m_range.from)) - !forward;
    if (at < 0 || at >= count)
        return false;
    const uint32_t instant = m_foundInstants[size_t(at)];
    const int64_t time = m_trace->instants()[instant].time;
    // A call that begins with it comes first.
    if (hit != store::kNoSlice && (forward ? m_trace->start(hit) <= time : m_trace->start(hit) > time))
        return false;
    selectAndRevealInstant(instant);
    return true;
}

// The selected one in m_trace, which followed `before`.
uint32_t ViewState::instantIn(const store::Trace& before) const
{
    if (m_instant == kNoInstant)
        return kNoInstant;
    const store::Instant& was = before.instants()[m_instant];
    const auto& all = m_trace->instants();
    auto it = std::partition_point(
        all.begin(), all.end(), [&](const store::Instant& i) { return i.time < was.time; });
    while (it != all.end() && it->time == was.time && m_trace->string(it->name) != before.string(was.name))
        ++it;
    return it != all.end() && it->time == was.time ? uint32_t(it - all.begin()) : kNoInstant;
}

} // namespace calltide::render
