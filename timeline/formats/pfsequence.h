// SPDX-License-Identifier: GPL-3.0-or-later
// What one writer of a Perfetto trace said before: interned texts, defaults, clocks. Internal to the reader of .pftrace.
#pragma once
#include "formats/pfargs.h"
#include "formats/pftracks.h"
#include <optional>

namespace calltide::formats::pf {

inline constexpr uint64_t kFirstOwnClock = 64, kLastOwnClock = 127; // ids of clocks of one sequence
int64_t timeOf(uint64_t ns); // limited so that differences fit
int64_t timesThousand(uint64_t microseconds);

struct Sequence
{
    struct Location
    {
        std::string_view file, function;
        uint32_t line = 0;
    };
    struct Clock
    {
        bool incremental = false;
        int64_t unit = 1; // ns
        int64_t last = 0;
        int64_t offset = 0; // to the trace's clock
    };
    Interned names, categories, argumentNames, argumentTexts;
    std::unordered_map<uint64_t, Location> locations;
    uint64_t defaultClock = 0, defaultTrack = 0;
    std::vector<uint64_t> counterTracks, realCounterTracks; // of the extra values of every event
    std::optional<std::pair<int64_t, int64_t>> thread; // pid and tid, by the older kind of description
    int64_t threadTime = 0; // of the older kind of times, counted on by each event
    std::map<uint64_t, Clock> clocks;
    bool lost = false; // names may be missing until the next fresh start

    void clear();
    void defaults(std::string_view message);
    void intern(std::string_view message);
};

class Clocks
{
public:
    void snapshot(std::string_view message); // in a first round over all packets
    void ownClocks(std::string_view message, Sequence& s) const; // of the sequence, when its packet comes
    // Nothing: the clock is not described.
    std::optional<int64_t> traceTime(uint64_t value, uint64_t clock, Sequence& s) const;
    std::optional<int64_t> wallClockOffset() const { return m_wallOffset; }

private:
    static std::map<uint64_t, int64_t> timesOf(std::string_view message);
    struct Pair
    {
        int64_t at, trace; // the clock's own time and the trace's
    };
    std::map<uint64_t, std::vector<Pair>> m_pairs;
    uint64_t m_traceClock = 6; // BOOTTIME
    std::optional<int64_t> m_wallOffset;
};

} // namespace calltide::formats::pf
