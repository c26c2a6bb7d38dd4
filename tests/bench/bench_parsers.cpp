// SPDX-License-Identifier: GPL-3.0-or-later
// For scale: parsers of general JSON that take the same members out of a Chrome trace as our reader does (name, process,
// thread, start, duration of every complete event), without nesting, rows or drawing levels, and with times as doubles.
#include "benches.h"
#include "measure.h"
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#ifdef BENCH_NLOHMANN
#include <nlohmann/json.hpp>
#endif
#ifdef BENCH_SIMDJSON
#include <simdjson.h>
#endif

namespace bench {

namespace {

struct Events
{
    struct Item
    {
        double start, duration;
        uint32_t name;
        int64_t process, thread;
    };
    std::vector<Item> items;
    std::unordered_map<std::string, uint32_t> names;
    uint32_t id(std::string_view name)
    {
        return names.try_emplace(std::string(name), uint32_t(names.size())).first->second;
    }
};

template <class Run> void measure(const char* parser, const char* file, Run&& run)
{
    forgetPeak();
    const Memory before = memory();
    const Watch watch;
    Events events;
    const uint64_t bytes = run(file, events);
    const double time = watch.time(), processor = watch.processor();
    if (events.items.empty()) {
        std::printf("%-10s found no complete event\n", parser);
        return;
    }
    std::printf(
        "%-10s %8.0f ms   %.1f M slices/s   %.0f MB/s   (%.0f ms of processor time; %.1f B/slice at most; %zu slices)\n",
        parser, time * 1e3, double(events.items.size()) / time / 1e6, double(bytes) / time / 1e6, processor * 1e3,
        double(memory().peak - before.resident) / double(events.items.size()), events.items.size());
}

#ifdef BENCH_NLOHMANN
class Sax final : public nlohmann::json_sax<nlohmann::json>
{
public:
    explicit Sax(Events& events)
        : m_events(events)
    {
    }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t v) override { return number(double(v), v); }
    bool number_unsigned(number_unsigned_t v) override { return number(double(v), int64_t(v)); }
    bool number_float(number_float_t v, const string_t&) override { return number(v, int64_t(v)); }
    bool string(string_t& text) override
    {
        if (m_depth == kEvent && m_key == "name")
            m_item.name = m_events.id(text);
        else if (m_depth == kEvent && m_key == "ph")
            m_complete = text == "X";
        return true;
    }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override
    {
        if (++m_depth == kEvent) {
            m_item = {};
            m_complete = false;
        }
        return true;
    }
    bool end_object() override
    {
        if (m_depth-- == kEvent && m_complete)
            m_events.items.push_back(m_item);
        return true;
    }
    bool key(string_t& text) override
    {
        if (m_depth == kEvent)
            m_key = text;
        return true;
    }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    static constexpr int kEvent = 2; // objects: the document, an event
    bool number(double v, int64_t whole)
    {
        if (m_depth != kEvent)
            return true;
        if (m_key == "ts")
            m_item.start = v;
        else if (m_key == "dur")
            m_item.duration = v;
        else if (m_key == "pid")
            m_item.process = whole;
        else if (m_key == "tid")
            m_item.thread = whole;
        return true;
    }
    Events& m_events;
    Events::Item m_item{};
    std::string m_key;
    int m_depth = 0;
    bool m_complete = false;
};

uint64_t nlohmannSax(const char* file, Events& events)
{
    std::ifstream in(file, std::ios::binary);
    Sax sax(events);
    nlohmann::json::sax_parse(in, &sax);
    in.clear();
    in.seekg(0, std::ios::end);
    return uint64_t(in.tellg());
}
#endif

#ifdef BENCH_SIMDJSON
uint64_t simdjsonOnDemand(const char* file, Events& events)
{
    simdjson::padded_string text;
    if (simdjson::padded_string::load(file).get(text))
        return 0;
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    simdjson::ondemand::array list;
    if (parser.iterate(text).get(document) || document["traceEvents"].get_array().get(list))
        return 0;
    for (auto element : list) {
        simdjson::ondemand::object event;
        if (element.get_object().get(event))
            return 0;
        Events::Item item{};
        bool complete = false;
        for (auto field : event) {
            std::string_view key, words;
            simdjson::ondemand::value value;
            if (field.unescaped_key().get(key) || field.value().get(value))
                return 0;
            bool failed = false;
            if (key == "ts")
                failed = value.get_double().get(item.start);
            else if (key == "dur")
                failed = value.get_double().get(item.duration);
            else if (key == "pid")
                failed = value.get_int64().get(item.process);
            else if (key == "tid")
                failed = value.get_int64().get(item.thread);
            else if (key == "name" && !(failed = value.get_string().get(words)))
                item.name = events.id(words);
            else if (key == "ph" && !(failed = value.get_string().get(words)))
                complete = words == "X";
            if (failed)
                return 0;
        }
        if (complete)
            events.items.push_back(item);
    }
    return text.size();
}
#endif

} // namespace

bool parsers(const char* file)
{
    if (!std::ifstream(file)) {
        std::perror(file);
        return false;
    }
#ifdef BENCH_NLOHMANN
    measure("nlohmann", file, nlohmannSax);
#else
    std::puts("nlohmann   is not installed");
#endif
#ifdef BENCH_SIMDJSON
    measure("simdjson", file, simdjsonOnDemand);
#else
    std::puts("simdjson   is not installed (libsimdjson-dev)");
#endif
    return true;
}

} // namespace bench
