// SPDX-License-Identifier: GPL-3.0-or-later
// Arrangement: what the user changed about the order of the tracks: pinned, hidden, moved, filtered by name. Applied to
// the items of a TrackModel after they are made. Pure values; any thread.
#pragma once
#include "store/trace.h"
#include <compare>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::layout {

struct TrackItem;

// A track, lane or counter, whatever is collapsed or shown.
struct TrackKey
{
    uint8_t kind = 0; // ItemKind
    uint32_t process = ~uint32_t(0), id = 0; // id: of the track or counter; of a lane, its icon
    friend auto operator<=>(const TrackKey&, const TrackKey&) = default;
};
TrackKey keyOf(const TrackItem& item);

// Which of the two an asyncio program is looked at by: the threads its calls run on, or the tasks they belong to.
enum class TrackSide : uint8_t
{
    Both,
    Threads,
    Tasks
};

struct Arrangement
{
    std::vector<TrackKey> pinned; // above the others in this order, never scrolled away
    std::set<TrackKey> hidden;
    std::vector<TrackKey> order; // of the tracks that were moved and their neighbours; all others keep their place
    TrackSide side = TrackSide::Both;
    std::string filter; // words with commas between: shown is what has one of them in its or its process's name
    std::optional<std::vector<bool>> only; // by TrackId: nothing but these (those with search hits)

    bool narrows() const { return only.has_value() || filter.find_first_not_of(" ,") != std::string::npos; }
    bool isPinned(const TrackKey& key) const;
    void pin(const TrackKey& key, bool on);
    friend bool operator==(const Arrangement&, const Arrangement&) = default;
};

// `name` has one of the words of `filter`, ASCII case ignored; an empty filter has all.
bool matchesFilter(std::string_view name, std::string_view filter);
// Takes out what is hidden, moves what was moved and puts the pinned ones first; sets `pinned` and `group` of the rest.
// How many are pinned.
size_t arrange(std::vector<TrackItem>& items, const Arrangement& arrangement);

} // namespace calltide::layout
