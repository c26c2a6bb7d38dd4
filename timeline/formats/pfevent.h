// SPDX-License-Identifier: GPL-3.0-or-later
// One track event of a Perfetto trace, also in the older form that carries a phase of Chrome's JSON. Internal to the
// reader of .pftrace.
#pragma once
#include "formats/pfsequence.h"

namespace calltide::formats::pf {

struct EventPacket
{
    std::string_view message; // TrackEvent
    std::optional<uint64_t> time;
    uint64_t clock = 0, sequence = 0;
    int64_t offset = -1;
};

class Events
{
public:
    Events(store::TraceBuilder& builder, Tracks& tracks, Clocks& clocks)
        : m_builder(builder)
        , m_tracks(tracks)
        , m_clocks(clocks)
    {
    }
    void read(const EventPacket& packet, Sequence& s);

private:
    struct Event;
    struct Legacy;
    static Legacy legacyOf(std::string_view message);
    void parse(const EventPacket& packet, Sequence& s, Event& e);
    bool resolveTrack(Event& e, const Sequence& s);
    void byPhase(const Event& e, int64_t time, int64_t offset);
    store::FunctionId function(const Event& e);

    store::TraceBuilder& m_builder;
    Tracks& m_tracks;
    Clocks& m_clocks;
};

} // namespace calltide::formats::pf
