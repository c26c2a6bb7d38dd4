// SPDX-License-Identifier: GPL-3.0-or-later
// cProfile's file: a marshalled dictionary of functions with their callers. Recursion counts as in cProfile: once in
// the times, each call in the calls.
#include "formats/exporters.h"
#include "store/sums.h"
#include "store/callfigures.h"
#include <algorithm>
#include <bit>
#include <map>
#include <unordered_map>

namespace calltide::formats {

using namespace store;

namespace {

struct Times
{
    int64_t calls = 0, primitive = 0, own = 0, total = 0;
    uint32_t active = 0;
};

class Marshal
{
public:
    explicit Marshal(Output& out)
        : m_out(out)
    {
    }
    void type(char c) { m_out.add(c); }
    void little(uint64_t v, int bytes)
    {
        for (int i = 0; i < bytes; i++)
            m_out.add(char(v >> (8 * i)));
    }
    void tuple(uint8_t count)
    {
        m_out.add(')');
        m_out.add(char(count));
    }
    void integer(int64_t v) // not negative
    {
        if (v <= INT32_MAX) {
            m_out.add('i');
            return little(uint64_t(v), 4);
        }
        int digits = 0;
        for (int64_t rest = v; rest; rest >>= 15)
            digits++;
        m_out.add('l');
        little(uint64_t(digits), 4);
        for (int d = 0; d < digits; d++)
            little(uint64_t(v >> (15 * d)) & 0x7FFF, 2);
    }
    void seconds(int64_t ns)
    {
        m_out.add('g');
        little(std::bit_cast<uint64_t>(double(ns) / 1e9), 8);
    }
    void text(std::string_view s)
    {
        const std::string clean = cleanUtf8(s);
        m_out.add('u');
        little(clean.size(), 4);
        m_out.add(clean);
    }

private:
    Output& m_out;
};

} // namespace

bool writePstats(Exporting& e)
{
    const Trace& t = e.trace;
    // Functions that are one for pstats: by file, line and name.
    struct Key
    {
        std::string file, name;
        uint32_t line;
        auto operator<=>(const Key&) const = default;
    };
    std::map<Key, uint32_t> ids;
    std::vector<const Key*> keys;
    std::vector<uint32_t> idOf;
    for (const Function& f : t.functions()) {
        Key key{std::string(t.string(f.file)), std::string(t.string(f.name)), f.line};
        if (f.kind == FunctionKind::C || (key.file.empty() && key.line == 0)) {
            key = {"~", f.kind == FunctionKind::C ? "<built-in method " + key.name + ">" : key.name, 0};
        }
        const auto [it, added] = ids.try_emplace(std::move(key), uint32_t(keys.size()));
        if (added)
            keys.push_back(&it->first);
        idOf.push_back(it->second);
    }
    std::vector<Times> functions(keys.size());
    std::vector<std::unordered_map<uint32_t, Times>> callers(keys.size());
    struct Open
    {
        uint32_t function;
        int64_t below = 0;
    };
    std::vector<Open> open;
    std::vector<CallsInAll> inAll(keys.size()); // of what was read from such a file
    for (size_t k = 0; k < t.tracks().size() && !e.stopped(); k++) {
        const TrackId id{k};
        if (!e.ofCalls(id))
            continue;
        const bool summed = isSummed(t, id);
        e.walk(
            id,
            [&](SliceIndex i, uint32_t) {
                e.tick();
                const uint32_t f = idOf[t.functionOf(i).v];
                functions[f].active++;
                if (!open.empty())
                    callers[f][open.back().function].active++;
                open.push_back({f, 0});
            },
            [&](SliceIndex i, uint32_t) {
                const Open o = open.back();
                open.pop_back();
                const int64_t length = e.clip(t.end(i)) - e.clip(t.start(i));
                const CallsInAll said = summed ? callsInAll(t, i) : CallsInAll();
                const int64_t calls = std::max<int64_t>(1, int64_t(said.here));
                if (said.calls)
                    inAll[o.function] = said;
                const auto count = [&](Times& times) {
                    store::addSaturated(times.calls, calls);
                    store::addSaturated(times.own, length - o.below);
                    if (--times.active == 0) {
                        store::addSaturated(times.primitive, calls);
                        store::addSaturated(times.total, length);
                    }
                };
                count(functions[o.function]);
                if (!open.empty()) {
                    store::addSaturated(open.back().below, length);
                    count(callers[o.function][open.back().function]);
                }
            });
    }
    if (e.stopped())
        return false;
    const bool whole = e.clip(t.begin()) == t.begin() && e.clip(t.end()) == t.end() && !e.options.scope.passes;
    for (size_t f = 0; whole && f < keys.size(); f++) {
        if (inAll[f].calls) {
            functions[f].calls = int64_t(inAll[f].calls);
            functions[f].primitive = int64_t(inAll[f].primitive);
            if (inAll[f].total) {
                functions[f].own = inAll[f].self;
                functions[f].total = inAll[f].total;
            }
        }
    }
    Marshal m(e.out);
    const auto key = [&](uint32_t f) {
        m.tuple(3);
        m.text(keys[f]->file);
        m.integer(keys[f]->line);
        m.text(keys[f]->name);
    };
    const auto times = [&](const Times& v) {
        m.integer(v.primitive);
        m.integer(v.calls);
        m.seconds(v.own);
        m.seconds(v.total);
    };
    m.type('{');
    for (uint32_t f = 0; f < keys.size(); f++) {
        if (functions[f].calls == 0)
            continue;
        key(f);
        m.tuple(5);
        times(functions[f]);
        m.type('{');
        for (const auto& [caller, v] : callers[f]) {
            key(caller);
            m.tuple(4);
            times(v);
        }
        m.type('0');
    }
    m.type('0');
    return true;
}

} // namespace calltide::formats
