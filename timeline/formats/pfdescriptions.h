// SPDX-License-Identifier: GPL-3.0-or-later
// What a Perfetto trace says about its processes, threads, tracks and clocks, from a first round over all packets: it may
// stand behind the events that need it. Internal to the reader of .pftrace. One thread.
#pragma once
#include "formats/pfsequence.h"

namespace calltide::formats::pf {

class Descriptions
{
public:
    Descriptions(Tracks& tracks, Clocks& clocks)
        : m_tracks(tracks)
        , m_clocks(clocks)
    {
    }
    bool read(std::string_view packet); // false: a track without a number was left out
    // The older kind of description: pid and tid, -1 where not said. reference: its time, ns; d: gets the same. May be null.
    std::pair<int64_t, int64_t> thread(std::string_view message, Descriptor* d, int64_t* reference = nullptr);

private:
    void process(std::string_view message, Descriptor* d);
    bool track(std::string_view message);
    void processTree(std::string_view message);

    Tracks& m_tracks;
    Clocks& m_clocks;
};

} // namespace calltide::formats::pf
