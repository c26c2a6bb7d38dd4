// SPDX-License-Identifier: GPL-3.0-or-later
// Events of a Chrome trace from text, without meaning yet. "X" events become 40-byte records with names and threads
// interned in the scanner's own tables; all others keep views of their raw fields. One Scanner a thread.
#pragma once
#include "formats/interner.h"
#include "formats/jsontext.h"
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace calltide::formats::json {

// An event's fields as they stand in the text: strings without quotes but still escaped, values whole.
struct RawEvent
{
    std::string_view name, cat;
    std::string_view ts, dur, tdur, pid, tid, id, id2, scope, bindId, args; // values, "" = not there
    // The plain forms, read on the way: microseconds as ns, and whole numbers; else the views above tell.
    int64_t tsNs = 0, durNs = 0, pidNumber = 0, tidNumber = 0;
    bool hasTs = false, hasDur = false, hasPid = false, hasTid = false;
    char ph = 0;
    char instantScope = 0; // "s"
    bool bindEnclosing = false; // "bp": "e"
    bool flowIn = false, flowOut = false;
    uint64_t offset = 0; // of the event's '{' in the (unpacked) file
};

struct Slice
{
    int64_t start, duration;
    uint64_t argsOffset; // in the (unpacked) file
    uint32_t argsLength; // 0: none
    uint32_t function, track; // in the scanner's tables
};

enum class Fault : uint8_t
{
    NoPhase,
    BadTime,
    NoDuration,
    NegativeDuration,
    NotAnEvent,
    Syntax,
    Count
};
struct FaultAt
{
    Fault fault;
    uint64_t offset;
    std::string example;
};

// What one stretch of text held. Views point into that text.
struct Batch
{
    std::vector<Slice> slices;
    std::vector<RawEvent> others;
    std::vector<std::pair<uint32_t, RawEvent>> flowSlices; // index of a slice with bind_id
    std::vector<FaultAt> faults; // the first of each kind in the stretch in full …
    uint64_t faultCounts[size_t(Fault::Count)] = {}; // … and how many there were
    std::vector<std::string> unknownKeys; // field names nothing is done with, each once
    uint64_t events = 0; // objects with a phase
    void clear();
};

enum class Outcome
{
    Event,
    Cut,
    Bad
};

class Scanner
{
public:
    // p at '{' of an event; on Event p is behind its '}'. base: file offset of `data`.
    Outcome event(const char*& p, const char* end, const char* data, uint64_t base, Batch& batch);
    // The same without effect, to try whether an event starts here; sets hasPhase.
    static Outcome probe(const char*& p, const char* end, bool& hasPhase);

    // A function is a (name, category) pair; a track a (pid, tid) pair of raw values.
    std::pair<std::string_view, std::string_view> function(uint32_t id) const;
    std::pair<std::string_view, std::string_view> track(uint32_t id) const { return m_tracks[id]; }
    size_t functionCount() const { return m_functions.size(); }
    size_t trackCount() const { return m_tracks.size(); }

private:
    uint32_t functionId(std::string_view name, std::string_view cat);
    uint32_t trackId(const RawEvent& e);

    Interner m_names, m_cats, m_trackKeys;
    std::vector<uint32_t> m_firstOfName; // name id → function id of the first category seen with it
    std::vector<std::pair<uint32_t, uint32_t>> m_functions; // name id, category id
    std::unordered_map<uint64_t, uint32_t> m_moreCategories;
    std::string m_lastCatCopy;
    uint32_t m_lastCat = 0;
    bool m_haveCat = false;
    std::deque<std::pair<std::string, std::string>> m_tracks;
    std::string m_key;
    struct Recent // tracks of plain numbers, found without their text
    {
        int64_t pid = 0, tid = 0;
        uint32_t track = UINT32_MAX;
    };
    Recent m_recent[64];
};

// Where the next event that looks like one begins at or behind `from`: '}' ',' '{' … with a phase. Null: none.
const char* guessEvent(const char* from, const char* begin, const char* end);

// Reads events from p until one starts at or behind `limit`, the list's ']' is reached (closed is set, p at it), or the
// text ends (p at the event that is not complete). Damage is skipped to the next event that looks like one.
const char* scanPiece(
    Scanner& scanner, Batch& batch, const char* p, const char* limit, const char* begin, const char* end, uint64_t base,
    bool last, bool& closed);

} // namespace calltide::formats::json
