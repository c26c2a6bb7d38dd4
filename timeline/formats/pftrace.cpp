// SPDX-License-Identifier: GPL-3.0-or-later
// Perfetto's protobuf traces: packets of several writers (sequences), each with its own interned names, defaults and
// clocks. Track events are read; every other kind of packet is counted.
#include "formats/pfdescriptions.h"
#include "formats/pfevent.h"
#include "formats/proto.h"
#include "formats/readers.h"
#include <algorithm>
#include <deque>
#include <optional>
#include <zlib.h>

namespace calltide::formats {

using namespace store;
using pf::Sequence;

namespace {

constexpr uint64_t kGreatestUnpacked = uint64_t(2) << 30;

struct PacketName
{
    uint32_t field;
    const char* name;
    bool data; // holds what a user would want to see
};
const PacketName kOther[] = {
    {1, "ftrace_events", true}, {5, "chrome_events", true}, {7, "sys_stats", true}, {9, "process_stats", true},
    {33, "trace_config", false}, {35, "trace_stats", false}, {36, "synchronization_marker", false},
    {37, "profile_packet", true}, {45, "system_info", false}, {46, "trigger", false}, {47, "packages_list", true},
    {54, "streaming_profile_packet", true}, {66, "perf_sample", true}, {69, "service_event", false},
    {72, "extension_descriptor", false}, {51, "chrome_metadata", false}, {78, "ui_state", false}, {124, "trace_provenance", false}, {89, "trace_uuid", false},
};
// Fields of TracePacket that say something about the packet itself.
constexpr uint32_t kOfPacket[] = {3, 8, 10, 12, 13, 41, 42, 58, 59, 79, 87, 98};

class PerfettoReader
{
public:
    PerfettoReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_tracks(builder)
        , m_descriptions(m_tracks, m_clocks)
        , m_events(builder, m_tracks, m_clocks)
    {
    }

    Status read()
    {
        collect(m_content.bytes, false);
        if (m_content.cancelled())
            return Error{ErrorCode::Cancelled, {}};
        if (m_packets.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": this Perfetto trace holds no packets."};
        uint64_t n = 0;
        for (const Packet& p : m_packets) { // descriptions and clocks may stand behind the events that need them
            if ((++n & 0xFFF) == 0 && m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            if (!m_descriptions.read(p.bytes))
                problem("pftrace.descriptor", "Descriptions of tracks without a number were left out.", Severity::Warning, p.offset);
        }
        if (m_clocks.wallClockOffset())
            m_builder.setWallClockOffset(*m_clocks.wallClockOffset());
        for (const Packet& p : m_packets) {
            if ((++n & 0xFFF) == 0 && m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            packet(p);
        }
        m_tracks.finish();
        return Ok{};
    }

private:
    struct Packet
    {
        std::string_view bytes;
        int64_t offset; // -1: unpacked
    };
    void problem(const char* kind, const char* text, Severity severity, int64_t offset)
    {
        m_builder.problem(kind, text, severity, offset);
    }

    // The packets of a trace, also of packed ones in it.
    void collect(std::string_view trace, bool packed)
    {
        Proto p(trace);
        while (p.next()) {
            if ((m_packets.size() & 0xFFF) == 0 && m_content.cancelled())
                return; // read() says so
            const int64_t offset = packed ? -1 : m_content.offsetOf(p.bytes);
            if (p.field != 1 || p.wire != Proto::Bytes) {
                problem("pftrace.field", "Parts of the file that are no packets were left out.", Severity::Warning, offset);
                continue;
            }
            std::string_view inner;
            for (Proto f(p.bytes); f.next();) {
                if (f.field == 50 && f.wire == Proto::Bytes)
                    inner = f.bytes;
            }
            if (inner.empty())
                m_packets.push_back({p.bytes, offset});
            else if (packed)
                problem("pftrace.nested", "Packed packets within packed ones were left out.", Severity::DataLoss, -1);
            else if (const std::string* text = unpack(inner, offset))
                collect(*text, true);
        }
        if (p.damaged())
            problem("pftrace.cut", "The trace is damaged or not complete; what could be read of it is shown.",
                Severity::DataLoss, packed ? -1 : int64_t(m_content.bytes.size()));
    }

    const std::string* unpack(std::string_view packed, int64_t offset)
    {
        z_stream z = {};
        if (inflateInit(&z) != Z_OK)
            return nullptr;
        std::string out;
        char block[64 << 10];
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        z.avail_in = uInt(std::min<size_t>(packed.size(), 1u << 30));
        int r = Z_OK;
        while (r == Z_OK && m_unpacked < kGreatestUnpacked) {
            z.next_out = reinterpret_cast<Bytef*>(block);
            z.avail_out = sizeof block;
            r = inflate(&z, Z_NO_FLUSH);
            const size_t n = sizeof block - z.avail_out;
            out.append(block, n);
            m_unpacked += n;
        }
        inflateEnd(&z);
        if (r != Z_STREAM_END)
            problem("pftrace.packed", "Packed packets were damaged or too large; what came out of them is shown.",
                Severity::DataLoss, offset);
        m_texts.push_back(std::move(out));
        return &m_texts.back();
    }

    void packet(const Packet& packet)
    {
        uint64_t sequenceId = 0, flags = 0, clock = 0, dropped = 0, cleared = 0;
        std::optional<uint64_t> time;
        std::string_view event, interned, defaults, snapshot, thread;
        Proto p(packet.bytes);
        while (p.next()) {
            switch (p.field) {
            case 8:
                time = p.number;
                break;
            case 10:
                sequenceId = p.number;
                break;
            case 11:
                event = p.bytes;
                break;
            case 12:
                interned = p.bytes;
                break;
            case 13:
                flags = p.number;
                break;
            case 41:
                cleared = p.number;
                break;
            case 42:
                dropped = p.number;
                break;
            case 44:
                thread = p.bytes;
                break;
            case 58:
                clock = p.number;
                break;
            case 59:
                defaults = p.bytes;
                break;
            case 6:
                snapshot = p.bytes;
                break;
            default:
                other(p, packet.offset);
            }
        }
        if (p.damaged())
            problem("pftrace.damaged", "Damaged packets were read as far as they go.", Severity::DataLoss, packet.offset);
        Sequence& s = m_sequences[sequenceId];
        if (cleared || (flags & 1)) {
            s.clear();
        }
        if (dropped) {
            s.lost = s.lost || !(cleared || (flags & 1));
            if (sequenceId && m_seenDrop[sequenceId]++) // the first packet of a writer always says so
                problem("pftrace.dropped", "Packets were lost while recording.", Severity::DataLoss, packet.offset);
        }
        if (!snapshot.empty())
            m_clocks.ownClocks(snapshot, s);
        if (!defaults.empty())
            s.defaults(defaults);
        if (!interned.empty())
            s.intern(interned);
        if (!thread.empty())
            s.thread = m_descriptions.thread(thread, nullptr, &s.threadTime);
        if (!event.empty())
            m_events.read({event, time, clock, sequenceId, packet.offset}, s);
    }

    void other(const Proto& p, int64_t offset)
    {
        if (std::find(std::begin(kOfPacket), std::end(kOfPacket), p.field) != std::end(kOfPacket) || p.field == 2
            || p.field == 43 || p.field == 60)
            return;
        const auto known = std::find_if(std::begin(kOther), std::end(kOther), [&](const PacketName& n) { return n.field == p.field; });
        const bool isKnown = known != std::end(kOther);
        const std::string name = isKnown ? known->name : std::to_string(p.field);
        const bool data = !isKnown || known->data;
        m_builder.problem("pftrace.packet." + name, "Packets of kind " + name + " are not shown.",
            data ? Severity::Warning : Severity::Info, offset);
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    pf::Tracks m_tracks;
    pf::Clocks m_clocks;
    pf::Descriptions m_descriptions;
    pf::Events m_events;
    std::vector<Packet> m_packets;
    std::deque<std::string> m_texts; // unpacked
    uint64_t m_unpacked = 0;
    std::map<uint64_t, Sequence> m_sequences;
    std::map<uint64_t, uint64_t> m_seenDrop;
};

} // namespace

bool isPerfetto(std::string_view head, bool)
{
    if (!head.starts_with('\x0a'))
        return false;
    int packets = 0;
    for (Proto p(head); packets < 8 && p.next(); packets++) {
        if (p.field != 1 || p.wire != Proto::Bytes)
            return false;
        Proto f(p.bytes);
        while (f.next()) { }
        if (f.damaged())
            return false;
    }
    if (packets)
        return true;
    // The first packet is longer than the head: what there is of it must look like one.
    int fields = 0;
    size_t skip = 1;
    while (skip < head.size() && skip < 6 && (uint8_t(head[skip]) & 0x80))
        skip++;
    for (Proto f(head.substr(std::min(head.size(), skip + 1))); f.next();)
        fields++;
    return fields > 1;
}

Status readPerfetto(const Content& content, TraceBuilder& builder)
{
    return PerfettoReader(content, builder).read();
}

} // namespace calltide::formats
