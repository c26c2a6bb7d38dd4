// SPDX-License-Identifier: GPL-3.0-or-later
// Search of ViewState, and the lens that search and timeline share.
#include "layout/minimap.h"
#include "render/background.h"
#include "render/instants.h"
#include "render/viewstate.h"
#include <algorithm>

namespace calltide::render {

namespace {

constexpr uint64_t kCountAtOnce = 2'000'000; // slices that are counted within a few ms
constexpr uint64_t kLensAtOnce = 300'000; // slices of which the own ones are picked within a few ms

} // namespace

// What a search found; without hits: it was stopped.
struct ViewState::Found
{
    std::shared_ptr<const store::HitSet> hits, ownHits;
    std::vector<uint32_t> instants;
    std::vector<uint16_t> ticks;
};

void ViewState::setSearchText(const QString& text)
{
    SearchPattern pattern = m_search;
    pattern.text = text;
    setSearch(pattern);
}

void ViewState::setSearch(const SearchPattern& pattern)
{
    if (pattern == m_search)
        return;
    m_search = pattern;
    searchAgain();
}

void ViewState::searchAgain()
{
    forgetHits();
    if (!m_trace || m_search.text.isEmpty()) {
        m_searchMask.clear();
    } else {
        m_searchMask = maskOf(m_search);
        countHits();
    }
    countPosition();
    Q_EMIT searchChanged();
}

std::vector<bool> ViewState::maskOf(const SearchPattern& pattern) const
{
    std::vector<bool> mask = matchingFunctions(*m_trace, pattern);
    for (size_t f = 0; m_myCodeOnly && f < mask.size(); ++f)
        mask[f] = mask[f] && store::isOwn(m_trace->functions()[f]);
    return mask;
}

void ViewState::setMyCodeOnly(bool only)
{
    if (only == m_myCodeOnly)
        return;
    m_myCodeOnly = only;
    makeOwnCode();
    Q_EMIT myCodeChanged();
    if (!m_search.text.isEmpty())
        searchAgain();
}

void ViewState::makeOwnCode()
{
    if (m_ownCodeJob)
        m_ownCodeJob->cancel();
    m_ownCodeJob.reset();
    const bool had = m_ownCode != nullptr;
    m_ownCode.reset();
    m_ownHits.reset();
    const bool wanted = m_myCodeOnly && m_trace && !m_trace->isGrowing();
    if (wanted && m_trace->sliceCount() <= kLensAtOnce)
        m_ownCode = store::OwnCode::make(m_trace);
    if (had || m_ownCode)
        Q_EMIT ownCodeChanged();
    if (!wanted || m_ownCode)
        return;
    m_ownCodeJob = std::make_shared<store::Progress>();
    inBackground(
        this, [trace = m_trace, job = m_ownCodeJob] { return store::OwnCode::make(trace, job.get()); },
        [this, job = m_ownCodeJob](std::shared_ptr<const store::OwnCode> made) {
            if (job != m_ownCodeJob || !made)
                return;
            m_ownCodeJob.reset();
            m_ownCode = std::move(made);
            Q_EMIT ownCodeChanged();
            if (!m_search.text.isEmpty())
                searchAgain();
        });
}

void ViewState::forgetHits()
{
    if (m_searchJob)
        m_searchJob->cancel();
    m_searchJob.reset();
    m_searchGeneration++;
    m_hits.reset();
    m_ownHits.reset();
    m_foundInstants.clear();
    m_searchCount = 0;
    m_searchCounting = false;
    m_searchTicks.clear();
    m_hitTracks.clear();
}

void ViewState::countPosition()
{
    m_searchPosition = 0;
    m_positionGeneration++;
    if (m_trace && m_hits && m_instant != kNoInstant
        && std::binary_search(m_foundInstants.begin(), m_foundInstants.end(), m_instant)) {
        const int64_t time = m_trace->instants()[m_instant].time;
        const auto next = m_hits->from(*m_trace, time + 1, true); // a call that begins with it comes first
        const auto at = std::lower_bound(m_foundInstants.begin(), m_foundInstants.end(), m_instant);
        m_searchPosition = (next == store::kNoSlice ? m_hits->count() : m_hits->before(*m_trace, next))
            + uint64_t(at - m_foundInstants.begin()) + 1;
        return;
    }
    if (!m_trace || !m_hits || m_selected == store::kNoSlice || !m_hits->contains(m_selected))
        return;
    if (m_trace->sliceCount() <= kCountAtOnce) {
        m_searchPosition = m_hits->before(*m_trace, m_selected) + foundBefore(m_trace->start(m_selected)) + 1;
        return;
    }
    inBackground(
        this, [trace = m_trace, hits = m_hits, slice = m_selected] { return hits->before(*trace, slice); },
        [this, generation = m_positionGeneration](uint64_t before) {
            if (generation != m_positionGeneration)
                return;
            m_searchPosition = before + foundBefore(m_trace->start(m_selected)) + 1;
            Q_EMIT searchChanged();
        });
}

void ViewState::takeHits(Found found)
{
    m_hits = std::move(found.hits);
    m_ownHits = std::move(found.ownHits);
    m_foundInstants = std::move(found.instants);
    m_searchCount = m_hits->count() + m_foundInstants.size();
    m_searchTicks = std::move(found.ticks);
    m_hitTracks = m_hits->tracks(*m_trace);
    for (const uint32_t i : m_foundInstants)
        if (const auto track = m_trace->instants()[i].track; track.valid())
            m_hitTracks[track.v] = true;
}

// A search that can run in the background, with all that it needs. With the lens, only what it shows is looked at.
std::function<ViewState::Found()> ViewState::searcher(std::function<bool(std::string_view)> argument) const
{
    return [trace = m_trace, own = m_ownCode, mask = m_searchMask, argument = std::move(argument), job = m_searchJob] {
        Found found;
        if (own) {
            found.ownHits = store::HitSet::find(*own->trace(), mask, argument, job.get());
            if (found.ownHits)
                found.hits = found.ownHits->moved(*trace, [&](store::SliceIndex i) { return own->inWhole(i); });
        } else {
            found.hits = store::HitSet::find(*trace, mask, argument, job.get());
        }
        if (found.hits)
            found.instants = matchingExceptions(*trace, own.get(), argument, job.get());
        if (found.hits)
            found.ticks = layout::hitColumns(*trace, *found.hits, found.instants);
        return found;
    };
}

void ViewState::countHits()
{
    m_countedAt = m_trace->end();
    if (m_searchJob)
        m_searchJob->cancel();
    m_searchJob = std::make_shared<store::Progress>();
    m_searchGeneration++;
    if (m_trace->sliceCount() <= kCountAtOnce) {
        takeHits(searcher(nullptr)());
        lookForArguments();
        return;
    }
    m_searchCounting = true;
    m_searchTicks.clear();
    m_hitTracks.clear();
    inBackground(this, searcher(nullptr), [this, generation = m_searchGeneration](Found found) {
        if (generation != m_searchGeneration || !found.hits)
            return;
        takeHits(std::move(found));
        m_searchCounting = false;
        countPosition();
        lookForArguments();
        Q_EMIT searchChanged();
    });
}

// The second step, because it reads the text of every argument: what is found by name is there before.
void ViewState::lookForArguments()
{
    auto matches = textMatcher(m_search);
    if (!matches)
        return;
    m_searchCounting = true;
    inBackground(this, searcher(std::move(matches)), [this, generation = m_searchGeneration](Found found) {
        if (generation != m_searchGeneration || !found.hits)
            return;
        m_searchCounting = false;
        if (found.hits->count() + found.instants.size() != m_searchCount) {
            takeHits(std::move(found));
            countPosition();
        }
        Q_EMIT searchChanged();
    });
}

void ViewState::findExceptions()
{
    m_exceptionTicks.clear();
    if (!m_trace)
        return;
    inBackground(
        this, [trace = m_trace] { return layout::exceptionColumns(*trace); },
        [this, trace = m_trace.get()](std::vector<uint16_t> ticks) {
            if (trace != m_trace.get() || ticks.empty())
                return;
            m_exceptionTicks = std::move(ticks);
            Q_EMIT exceptionTicksChanged();
        });
}

void ViewState::searchStep(bool forward)
{
    if (!m_trace || m_searchMask.empty())
        return;
    // Before the hits are there, those of the functions are looked for one by one.
    const auto from = [&](int64_t time) {
        return m_hits ? m_hits->from(*m_trace, time, forward) : store::hitFrom(*m_trace, m_searchMask, time, forward);
    };
    const auto beside = [&](store::SliceIndex slice) {
        return m_hits ? m_hits->beside(*m_trace, slice, forward)
                      : store::hitBeside(*m_trace, m_searchMask, slice, forward);
    };
    store::SliceIndex hit = m_selected != store::kNoSlice ? beside(m_selected)
        : m_instant != kNoInstant                         ? from(m_trace->instants()[m_instant].time + 1)
                                                          : from(m_range.from);
    if (stepToInstant(hit, forward, false))
        return;
    if (hit == store::kNoSlice) { // round the end
        hit = from(forward ? INT64_MIN : INT64_MAX);
        if (stepToInstant(hit, forward, true))
            return;
    }
    if (hit != store::kNoSlice)
        selectAndReveal(hit);
}

} // namespace calltide::render
