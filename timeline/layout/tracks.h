// SPDX-License-Identifier: GPL-3.0-or-later
// TrackModel: the timeline's vertical order: one item per process header, track, event lane and counter, with its place
// and height. Rebuilt when the trace, the row size or what is collapsed changes; looked up by binary search.
#pragma once
#include "layout/arrangement.h"
#include "layout/style.h"
#include "store/trace.h"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace calltide::layout {

enum class ItemKind : uint8_t
{
    Group,
    Slices,
    Gc,
    Instants,
    Counter
};

struct TrackItem
{
    ItemKind kind = ItemKind::Slices;
    store::ProcessId process; // none: things of no process
    store::TrackId track; // Slices, Gc
    uint32_t counter = 0; // index into Trace::counters()
    uint32_t rows = 0; // slice rows shown
    uint32_t hiddenRows = 0; // deeper ones, which share one density row below them
    bool pinned = false; // stands above the others; its group is itself
    bool collapsed = false; // Group: its tracks are hidden; Slices: one density row
    Icon icon = Icon::Thread;
    int level = 0; // indent
    double y = 0; // from the top of the first item that scrolls; of a pinned one, of the first pinned item
    float height = 0;
    uint32_t group = 0; // index of the item's group header
    std::string name, detail, value; // header: first line, second line (of a group: behind the name), at its right end
    std::vector<uint32_t> lost;     // indices into Trace::lostStretches() of the track, by begin
    std::vector<uint32_t> instants; // Instants: indices into Trace::instants(), by time
    double low = 0, high = 1; // Counter: what its bottom and top stand for
};

// What is folded away; kept by the view, also over a rebuild.
struct Collapsed
{
    static constexpr uint32_t kAllRows = ~uint32_t(0);
    std::set<store::ProcessId> groups;
    std::set<store::TrackId> tracks;
    // Rows shown of a track. Where none is set: all, or 16 to 24 of a deep track that would push others out of sight.
    std::map<store::TrackId, uint32_t> rows;
};

class TrackModel
{
public:
    TrackModel() = default;
    // `leftOut`: by index into Trace::instants(), those that are not shown; null: all are.
    TrackModel(const store::Trace& trace, const Style& style, const Collapsed& collapsed,
        const Arrangement& arrangement = {}, const std::vector<bool>* leftOut = nullptr);

    const std::vector<TrackItem>& items() const { return m_items; } // the pinned ones first
    size_t pinnedCount() const { return m_pinned; }
    double pinnedHeight() const { return m_pinnedHeight; }
    double height() const { return m_height; } // of those that scroll
    // Index of the item at `y` (0 = top of the first item that scrolls, or of the first pinned one); items().size() when
    // there is none.
    size_t at(double y) const;
    size_t pinnedAt(double y) const;
    // Of a track's item; items().size() when it is not shown (in a collapsed group).
    size_t indexOf(store::TrackId track) const;
    // Top of one row of a track (0 as in TrackItem::y); of its density row when the row is below the depth limit;
    // negative when the track is not shown.
    double rowTop(const store::Trace& trace, store::RowId row, const Style& style) const;

private:
    std::vector<TrackItem> m_items;
    std::vector<uint32_t> m_ofTrack;
    size_t m_pinned = 0;
    double m_height = 0, m_pinnedHeight = 0;
};

} // namespace calltide::layout
