// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonstacks.h"
#include <algorithm>
#include <array>

namespace calltide::formats::json {

using namespace store;

namespace {
constexpr const char* kNames[] = {"stack", "stack", "end_stack", "end_stack"}; // of Event::texts in the arguments
}

Stacks::Stacks(TraceBuilder& builder, uint64_t fileBytes)
    : m_builder(builder)
    , m_budget(fileBytes)
    , m_textLeft((uint64_t(64) << 20) + std::min<uint64_t>(fileBytes, uint64_t(1) << 40) * 2)
{
}

void Stacks::addFrames(std::string_view document)
{
    for (Cursor c(document); c.next();) {
        if (!m_ids.try_emplace(unescape(c.key), uint32_t(m_frames.size())).second)
            continue;
        Frame f;
        std::string_view category;
        for (Cursor m(c.value); m.next();) {
            if (m.key == "name" && isString(m.value))
                f.name = m.value;
            else if (m.key == "category" && isString(m.value))
                category = m.value;
            else if (m.key == "parent")
                f.parent = textOf(m.value);
        }
        if (f.name.empty())
            f.name = "\"?\"";
        f.function = m_builder.addFunctionByTraceName(textOf(f.name), textOf(category));
        m_frames.push_back(std::move(f));
    }
}

uint32_t Stacks::addEvent(const RawEvent& e)
{
    m_events.push_back({{text(e.sf), text(e.stack), text(e.endSf), text(e.endStack)}, 0, std::string(e.args)});
    return uint32_t(m_events.size());
}

void Stacks::addSample(const RawEvent& e, int64_t time, TrackId thread)
{
    m_samples.push_back({time, text(e.sf), text(e.stack), 0, thread, e.offset});
}

void Stacks::addSamples(std::string_view document)
{
    for (Cursor c(document); c.next();) {
        const auto time = parseScaled(member(c.value, "ts"));
        const std::string_view sf = member(c.value, "sf"), stack = member(c.value, "stack");
        if (!time || (sf.empty() && stack.empty())) {
            m_builder.problem("json.bad_sample", "Samples without a time or a stack were left out.", Severity::DataLoss, -1,
                c.value.substr(0, 160));
            continue;
        }
        const std::string_view tid = member(c.value, "tid");
        m_samples.push_back({*time, text(sf), text(stack), text(tid.empty() ? "0" : tid), TrackId(), 0});
    }
}

void Stacks::missing(int64_t offset)
{
    m_builder.problem(
        "json.stack_missing", "Stacks that events refer to are not in the file.", Severity::Warning, offset);
}

void Stacks::linkFrames()
{
    for (Frame& f : m_frames) {
        const auto it = f.parent.empty() ? m_ids.end() : m_ids.find(f.parent);
        f.caller = it == m_ids.end() ? StackTable::kNone : it->second;
        m_table.add(f.function, f.caller);
    }
}

std::string Stacks::namesOf(std::string_view sf)
{
    const auto it = m_ids.find(textOf(sf));
    if (it == m_ids.end()) {
        missing(-1);
        return {};
    }
    std::vector<uint32_t> frames; // innermost first
    for (uint32_t f = it->second; f != StackTable::kNone && frames.size() <= m_frames.size(); f = m_frames[f].caller)
        frames.push_back(f);
    if (frames.size() > m_frames.size() || !m_budget.takeFrames(frames.size())) { // a circle, or too much
        missing(-1);
        return {};
    }
    std::string out = "[";
    for (size_t i = frames.size(); i-- > 0;)
        out += m_frames[frames[i]].name + (i ? "," : "");
    return out + "]";
}

// The event's arguments with its stacks among them, as JSON.
std::string Stacks::describe(const Event& event)
{
    std::string out = event.arguments;
    if (out.empty() || out.front() != '{')
        out = out.empty() ? "{" : "{\"args\":" + out;
    else
        out.pop_back();
    for (size_t i = 0; i < std::size(kNames); i++) {
        if (!event.texts[i])
            continue;
        const std::string_view token = m_texts.text(event.texts[i] - 1);
        const std::string list = i % 2 ? std::string(token) : namesOf(token);
        if (!list.empty())
            out += std::string(out.size() > 1 ? "," : "") + "\"" + kNames[i] + "\":" + list;
    }
    return out + "}";
}

void Stacks::finishEvents()
{
    std::map<std::array<uint32_t, 4>, TraceBuilder::TextPlace> known; // of events that have nothing but stacks
    for (const Event& e : m_events) {
        if (!e.extra)
            continue;
        const std::array key{e.texts[0], e.texts[1], e.texts[2], e.texts[3]};
        const auto it = e.arguments.empty() ? known.find(key) : known.end();
        if (it != known.end()) {
            m_builder.setText(e.extra, it->second);
            continue;
        }
        std::string text = describe(e);
        if (text.size() > m_textLeft) {
            m_builder.problem("json.stacks_too_many",
                "Stacks of events were left out: together they are far larger than the file.", Severity::DataLoss, -1);
            text = e.arguments;
        }
        m_textLeft -= std::min<uint64_t>(m_textLeft, text.size());
        const auto place = m_builder.addText(text == "{}" ? std::string_view() : text);
        if (e.arguments.empty())
            known.emplace(key, place);
        m_builder.setText(e.extra, place);
    }
    m_events.clear();
}

bool Stacks::framesOf(const Sample& s, std::vector<FunctionId>& out)
{
    if (s.stack) {
        out.clear();
        for (Cursor c(m_texts.text(s.stack - 1)); c.next();) {
            const auto [it, added] = m_functions.try_emplace(std::string(c.value));
            if (added)
                it->second = m_builder.addFunctionByTraceName(textOf(c.value), {});
            out.push_back(it->second);
        }
        return m_budget.takeFrames(out.size());
    }
    const auto it = m_ids.find(textOf(m_texts.text(s.sf - 1)));
    return it != m_ids.end() && m_table.stack(it->second, m_budget, out) == StackTable::Found::Whole;
}

void Stacks::finishSamples(const std::function<TrackId(std::string_view)>& threadOf)
{
    std::map<TrackId, std::vector<const Sample*>> threads;
    std::map<uint32_t, TrackId> byTid;
    for (Sample& s : m_samples) {
        if (s.tid) {
            const auto [it, added] = byTid.try_emplace(s.tid);
            if (added)
                it->second = threadOf(m_texts.text(s.tid - 1));
            s.thread = it->second;
        }
        threads[s.thread].push_back(&s);
    }
    std::vector<FunctionId> stack;
    for (auto& [thread, samples] : threads) {
        std::stable_sort(
            samples.begin(), samples.end(), [](const Sample* a, const Sample* b) { return a->time < b->time; });
        const Track of = m_builder.track(thread);
        Track track;
        track.process = of.process;
        track.tid = of.tid;
        track.sortIndex = of.sortIndex;
        track.name = m_builder.intern("samples");
        SampledThread out(m_builder, m_builder.addTrack(track), m_budget);
        for (const Sample* s : samples) {
            if (framesOf(*s, stack))
                out.sample(s->time, stack, int64_t(s->offset));
            else
                missing(int64_t(s->offset));
        }
        // As long as the others on average.
        const uint64_t length = uint64_t(samples.back()->time) - uint64_t(samples.front()->time);
        const uint64_t each = samples.size() > 1 ? length / (samples.size() - 1) : 1'000'000;
        out.end(samples.back()->time < INT64_MAX / 2 ? samples.back()->time + int64_t(std::min<uint64_t>(each, INT64_MAX / 4))
                                                     : samples.back()->time);
    }
    m_samples.clear();
}

void Stacks::finish(const std::function<TrackId(std::string_view)>& threadOf)
{
    linkFrames();
    finishEvents();
    finishSamples(threadOf);
}

} // namespace calltide::formats::json
