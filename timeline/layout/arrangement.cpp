// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/arrangement.h"
#include "layout/tracks.h"
#include <algorithm>

namespace calltide::layout {

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text)
{
    const size_t first = text.find_first_not_of(' ');
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool has(std::string_view name, std::string_view word)
{
    return std::search(name.begin(), name.end(), word.begin(), word.end(), [](char a, char b) {
               return lower(a) == lower(b);
           }) != name.end();
}

} // namespace

TrackKey keyOf(const TrackItem& item)
{
    const uint32_t id = item.kind == ItemKind::Counter ? item.counter
        : item.track.valid()                           ? item.track.v
                                                       : uint32_t(item.icon); // events, exceptions
    return {uint8_t(item.kind), item.process.v, id};
}

bool Arrangement::isPinned(const TrackKey& key) const
{
    return std::find(pinned.begin(), pinned.end(), key) != pinned.end();
}

void Arrangement::pin(const TrackKey& key, bool on)
{
    std::erase(pinned, key);
    if (on)
        pinned.push_back(key);
}

bool matchesFilter(std::string_view name, std::string_view filter)
{
    bool any = false;
    for (size_t at = 0; at <= filter.size();) {
        const size_t end = std::min(filter.find(',', at), filter.size());
        const std::string_view word = trimmed(filter.substr(at, end - at));
        any = any || !word.empty();
        if (!word.empty() && has(name, word))
            return true;
        at = end + 1;
    }
    return !any;
}

size_t arrange(std::vector<TrackItem>& items, const Arrangement& a)
{
    const auto isOut = [&](const TrackItem& item) {
        if (item.kind == ItemKind::Group)
            return false;
        if (a.hidden.contains(keyOf(item)))
            return true;
        if (item.kind == ItemKind::Slices
            && ((a.side == TrackSide::Threads && item.icon == Icon::Task)
                || (a.side == TrackSide::Tasks && item.icon == Icon::Thread)))
            return true;
        if (a.only && (!item.track.valid() || item.track.v >= a.only->size() || !(*a.only)[item.track.v]))
            return true;
        return !matchesFilter(item.name, a.filter) && !matchesFilter(items[item.group].name, a.filter);
    };
    std::vector<TrackItem> pinned, rest;
    for (const TrackKey& key : a.pinned)
        for (const TrackItem& item : items)
            if (item.kind != ItemKind::Group && keyOf(item) == key && !a.hidden.contains(key)) {
                pinned.push_back(item);
                pinned.back().pinned = true;
                pinned.back().level = 0;
            }
    const auto place = [&](const TrackItem& item) {
        return std::find(a.order.begin(), a.order.end(), keyOf(item)) - a.order.begin();
    };
    for (size_t at = 0; at < items.size();) { // one group after the other
        size_t end = at + 1;
        while (end < items.size() && items[end].kind != ItemKind::Group)
            end++;
        std::vector<TrackItem> members;
        for (size_t i = at + 1; i < end; ++i)
            if (!isOut(items[i]) && !a.isPinned(keyOf(items[i])))
                members.push_back(items[i]);
        if (a.side == TrackSide::Tasks) // they are what is looked at
            std::stable_partition(members.begin(), members.end(), [](const TrackItem& i) { return i.icon == Icon::Task; });
        const bool folded = items[at].collapsed && !a.narrows(); // what is looked for is shown
        if (!a.order.empty())
            std::stable_sort(members.begin(), members.end(), [&](const TrackItem& l, const TrackItem& r) {
                return place(l) < place(r);
            });
        const bool hadMembers = end > at + 1;
        if (!members.empty() || (!hadMembers && !a.narrows())) { // a group that lost all its tracks goes too
            rest.push_back(items[at]);
            rest.back().collapsed = folded;
            if (!folded)
                std::move(members.begin(), members.end(), std::back_inserter(rest));
        }
        at = end;
    }
    const size_t count = pinned.size();
    items = std::move(pinned);
    items.insert(items.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    uint32_t group = 0;
    for (size_t i = 0; i < items.size(); ++i) {
        if (items[i].kind == ItemKind::Group)
            group = uint32_t(i);
        items[i].group = i < count ? uint32_t(i) : group;
    }
    return count;
}

} // namespace calltide::layout
