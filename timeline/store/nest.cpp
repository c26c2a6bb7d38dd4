// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/nest.h"
#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>

namespace calltide::store {

namespace {

// Calls written when they return (VizTracer, our export): children before parents, ends never go back. A walk from the
// back meets parents first and needs no sort. False when the items are not like that.
bool nestFromBack(SliceItems& items, const Progress* progress)
{
    int64_t last = INT64_MAX;
    std::vector<int64_t> starts; // of the open calls
    for (size_t i = items.size(); i-- > 0 && !stopsAt(i, progress);) {
        SliceItem& item = items[i];
        const int64_t start = item.start, end = items.end(i);
        if (end > last)
            return false;
        last = end;
        while (!starts.empty() && starts.back() >= end)
            starts.pop_back();
        if (!starts.empty() && start < starts.back())
            return false;
        item.depth = uint32_t(starts.size());
        starts.push_back(start);
    }
    return true;
}

} // namespace

Nesting nest(SliceItems& items, const Progress* progress)
{
    Nesting out;
    const size_t n = items.size();
    const auto before = [&](size_t a, size_t b) {
        return items[a].start != items[b].start ? items[a].start < items[b].start : items.duration(a) > items.duration(b);
    };
    bool byStart = true;
    for (size_t i = 1; i < n && byStart; i++)
        byStart = !before(i, i - 1);
    if (!byStart) {
        if (nestFromBack(items, progress))
            return out; // rows come out by start: neighbours of one depth return in the order in which they start
        out.order.resize(n);
        std::iota(out.order.begin(), out.order.end(), uint64_t(0));
        if (!sortUnlessStopped(out.order.begin(), out.order.end(), before, progress))
            return out;
    }
    std::vector<size_t> stack;
    for (size_t k = 0; k < n && !stopsAt(k, progress); k++) {
        const size_t i = out.order.empty() ? k : size_t(out.order[k]);
        SliceItem& item = items[i];
        while (!stack.empty() && items.end(stack.back()) <= item.start)
            stack.pop_back();
        while (!stack.empty() && items.end(i) > items.end(stack.back())) {
            const size_t top = stack.back();
            if (items.end(i) - items.end(top) == 1 && items.end(top) > item.start + 1) { // outlives its parent by rounding
                items.shorten(i);
            } else if (items.end(top) - item.start == 1 && items[top].start < item.start) { // touches its neighbour by rounding
                items.shorten(top);
                stack.pop_back();
            } else {
                break;
            }
        }
        if (!stack.empty() && items.end(i) > items.end(stack.back())) {
            item.depth = kOverlaps;
            out.anyOverlap = true;
            continue;
        }
        item.depth = uint32_t(stack.size());
        stack.push_back(i);
    }
    return out;
}

void lanes(SliceItems& items, const Progress* progress)
{
    using Busy = std::pair<int64_t, uint32_t>; // end, lane
    std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
    std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> free;
    uint32_t used = 0;
    for (size_t i = 0; i < items.size() && !stopsAt(i, progress); i++) {
        while (!busy.empty() && busy.top().first <= items[i].start) {
            free.push(busy.top().second);
            busy.pop();
        }
        if (free.empty())
            free.push(used++);
        items[i].depth = free.top();
        free.pop();
        busy.push({items.end(i), items[i].depth});
    }
}

} // namespace calltide::store
