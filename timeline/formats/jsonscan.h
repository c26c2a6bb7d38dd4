// SPDX-License-Identifier: GPL-3.0-or-later
// Events of a Chrome trace from text, without meaning yet. "X" events become 40-byte records with names and threads
// interned in the scanner's own tables; all others keep views of their raw fields. One Scanner a thread.
#pragma once
#include "formats/interner.h"
#include "formats/jsonevent.h"
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace calltide::formats::json {

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
    LongText,
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
    std::vector<std::pair<uint32_t, RawEvent>> linkedSlices; // index of a slice with bind_id or stacks
    std::vector<FaultAt> faults; // the first of each kind in the stretch in full …
    uint64_t faultCounts[size_t(Fault::Count)] = {}; // … and how many there were
    std::vector<std::string> unknownKeys; // field names nothing is done with, each once
    uint64_t events = 0; // objects with a phase
    void clear();
};

class Scanner
{
public:
    // p at '{' of an event; on Event p is behind its '}'. base: file offset of `data`.
    Outcome event(const char*& p, const char* end, const char* data, uint64_t base, Batch& batch);
    // Names the functions of the last few slices; before the text or the batch is used otherwise.
    void resolve(Batch& batch);

    // A function is a (name, category) pair; a track a (pid, tid) pair of raw values.
    std::pair<std::string_view, std::string_view> function(uint32_t id) const;
    std::pair<std::string_view, std::string_view> track(uint32_t id) const { return m_tracks[id]; }
    size_t functionCount() const { return m_functions.size(); }
    size_t trackCount() const { return m_tracks.size(); }

private:
    uint32_t categoryId(std::string_view cat);
    uint32_t functionId(uint32_t name, uint32_t cat);
    uint32_t trackId(const EventFields& e);

    Interner m_names, m_cats, m_trackKeys;
    // Name id, category id. A function has the id of its name, with the first category seen with it; with others that of
    // a made-up name which no text can have.
    std::vector<std::pair<uint32_t, uint32_t>> m_functions;
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
    RareFields m_rare; // of the event at hand
    bool m_anyRare = false; // else m_rare is as RareFields() is
    struct Waiting // a slice whose name is looked up together with those of its neighbours
    {
        std::string_view name;
        uint64_t hash;
        uint32_t cat;
    };
    static constexpr size_t kMostWaiting = 16;
    Waiting m_waiting[kMostWaiting];
    size_t m_waitingCount = 0; // of the last slices of the batch
};

// Reads events from p until one starts at or behind `limit`, the list's ']' is reached (closed is set, p at it), or the
// text ends (p at the event that is not complete). Damage is skipped to the next event that looks like one.
const char* scanPiece(
    Scanner& scanner, Batch& batch, const char* p, const char* limit, const char* begin, const char* end, uint64_t base,
    bool last, bool& closed);

} // namespace calltide::formats::json
