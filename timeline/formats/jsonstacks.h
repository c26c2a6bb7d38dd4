// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of a Chrome trace: where events were ("sf" into "stackFrames", or "stack" as a list of names), and samples. The
// table stands before or behind the events, so that they wait for the end. One thread.
#pragma once
#include "formats/interner.h"
#include "formats/jsonevent.h"
#include "formats/sampled.h"
#include <functional>
#include <map>

namespace calltide::formats::json {

class Stacks
{
public:
    Stacks(store::TraceBuilder& builder, uint64_t fileBytes);

    void addFrames(std::string_view document); // "stackFrames": {id: {name, category, parent}}
    // An event that has stacks, with its arguments; the answer is its number, from 1 on.
    uint32_t addEvent(const RawEvent& e);
    void setExtra(uint32_t event, uint32_t extra) { m_events[event - 1].extra = extra; }
    bool isSample(const RawEvent& e) const { return !e.sf.empty() || !e.stack.empty(); }
    void addSample(const RawEvent& e, int64_t time, store::TrackId thread);
    void addSamples(std::string_view document); // "samples": [{tid, ts, sf, …}]
    // threadOf: by the text of a tid.
    void finish(const std::function<store::TrackId(std::string_view)>& threadOf);

private:
    struct Frame
    {
        std::string name; // with its quotes
        std::string parent; // its id; empty: none
        store::FunctionId function;
        uint32_t caller = StackTable::kNone;
    };
    struct Event
    {
        uint32_t texts[4]; // 0 none, else 1 + id in m_texts: sf, stack, esf, estack
        uint32_t extra; // 0: not shown
        std::string arguments;
    };
    struct Sample
    {
        int64_t time;
        uint32_t sf, stack; // as in Event
        uint32_t tid; // the same; 0: `thread` is known
        store::TrackId thread;
        uint64_t offset;
    };
    uint32_t text(std::string_view token) { return token.empty() ? 0 : 1 + m_texts.id(token); }
    void linkFrames();
    // The list of a stack's names as JSON; empty: it is not there, or too much.
    std::string namesOf(std::string_view sf);
    std::string describe(const Event& event);
    bool framesOf(const Sample& sample, std::vector<store::FunctionId>& out);
    void finishEvents();
    void finishSamples(const std::function<store::TrackId(std::string_view)>& threadOf);
    void missing(int64_t offset);

    store::TraceBuilder& m_builder;
    FrameBudget m_budget;
    uint64_t m_textLeft; // bytes that stacks of events may still take
    std::vector<Frame> m_frames;
    StackTable m_table; // the same
    std::map<std::string, uint32_t, std::less<>> m_ids; // of a frame as text, without quotes
    Interner m_texts;
    std::vector<Event> m_events;
    std::vector<Sample> m_samples;
    std::map<std::string, store::FunctionId, std::less<>> m_functions; // of lists of names
};

} // namespace calltide::formats::json
