// SPDX-License-Identifier: GPL-3.0-or-later
// cProfile's and pstats' files: a dictionary of functions with calls, own and total time and the same for each caller.
// It is a graph, not a tree: a function's time is shared out among the paths that lead to it as its callers' times are.
// Functions that call each other in a circle share one sum of time: each keeps its own below the one that is entered.
#include "formats/marshal.h"
#include "formats/pstatsgraph.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include "store/callfigures.h"
#include <algorithm>
#include <cmath>
#include <queue>
#include <set>

namespace calltide::formats {

using namespace store;

namespace {

constexpr size_t kGreatestTree = 100'000; // nodes; the heaviest paths come first
constexpr uint32_t kGreatestPath = 2'000;

int64_t countOf(double number) // whatever the file says, NaN too
{
    return number > 0 ? int64_t(std::min(number, 1e18)) : 0;
}

int64_t nanoseconds(double seconds)
{
    const double ns = seconds * 1e9;
    return std::isfinite(ns) && ns > 0 ? int64_t(std::min(ns + 0.5, 1e18)) : 0;
}

class PstatsReader : PstatsGraph
{
public:
    PstatsReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_marshal(content.bytes)
    {
    }

    Status read()
    {
        if (!m_marshal.enterDictionary())
            return Error{ErrorCode::Damaged, m_content.path + ": this is not a cProfile file.", 0};
        for (;;) {
            const int64_t at = int64_t(m_marshal.offset());
            const auto key = m_marshal.read();
            if (key && key->kind == MarshalValue::End)
                break;
            const auto value = key ? m_marshal.read() : std::nullopt;
            if (!value) {
                m_builder.problem(
                    "pstats.cut", "The file is damaged or not complete; what could be read of it is shown.",
                    Severity::DataLoss, int64_t(m_marshal.offset()));
                break;
            }
            entry(*key, *value, at);
        }
        if (m_functions.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": this cProfile file holds no functions."};
        connect();
        build();
        return Ok{};
    }

private:
    static PstatsKey keyOf(const MarshalValue& v) // ("file", line, "name")
    {
        if (v.kind != MarshalValue::Tuple || v.size() != 3 || v.at(0).kind != MarshalValue::Text
            || v.at(1).kind != MarshalValue::Integer || v.at(2).kind != MarshalValue::Text)
            return {};
        return {v.at(0).text, v.at(2).text, v.at(1).integer, true};
    }

    void problem(const char* kind, const char* text, Severity severity, int64_t at, std::string_view example = {})
    {
        m_builder.problem(kind, text, severity, at, example);
    }

    FunctionId function(const MarshalValue& key)
    {
        Function f;
        const std::string_view file = key.at(0).text, name = key.at(2).text;
        const int64_t line = key.at(1).integer;
        static constexpr std::string_view builtIn = "<built-in method ", method = "<method '", of = "' of '";
        if (file == "~" || (file.empty() && line == 0)) {
            f.kind = FunctionKind::C;
            const size_t middle = name.find(of);
            if (name.starts_with(builtIn) && name.ends_with('>'))
                f.name = m_builder.intern(name.substr(builtIn.size(), name.size() - builtIn.size() - 1));
            else if (name.starts_with(method) && middle != name.npos && name.ends_with("' objects>"))
                f.name = m_builder.intern(
                    std::string(name.substr(middle + of.size(), name.size() - middle - of.size() - 10)) + "."
                    + std::string(name.substr(method.size(), middle - method.size())));
            else
                f.name = m_builder.intern(name);
        } else {
            f.kind = FunctionKind::Python;
            f.name = m_builder.intern(name);
            f.file = m_builder.intern(file);
            f.line = line > 0 && line < INT32_MAX ? uint32_t(line) : 0;
        }
        return m_builder.addFunction(f);
    }

    void entry(const MarshalValue& key, const MarshalValue& value, int64_t at)
    {
        const PstatsKey name = keyOf(key);
        const auto numbers = [](const MarshalValue& v) {
            return v.kind == MarshalValue::Tuple && v.size() >= 4 && v.at(0).isNumber() && v.at(1).isNumber()
                && v.at(2).isNumber() && v.at(3).isNumber();
        };
        if (key.kind == MarshalValue::Tuple && key.size() == 1 && key.at(0).text == "__sampled__") { // of profiling.sampling
            m_sampled = true;
            return;
        }
        if (!name.valid || !numbers(value))
            return problem("pstats.entry", "Entries that are no function with its times were left out.",
                Severity::DataLoss, at, key.size() == 3 ? key.at(2).text : std::string_view());
        const auto [it, added] = m_byKey.try_emplace(name, uint32_t(m_functions.size()));
        if (!added)
            return problem("pstats.twice", "Functions that stand in the file twice count once.", Severity::Warning, at,
                key.at(2).text);
        FunctionTimes f;
        f.id = function(key);
        f.primitive = countOf(value.at(0).number());
        f.calls = countOf(value.at(1).number());
        f.own = std::max(0.0, value.at(2).number());
        f.total = std::max(f.own, value.at(3).number());
        if (value.size() >= 5 && value.at(4).kind == MarshalValue::Dictionary) {
            const MarshalValue& callers = value.at(4);
            for (size_t i = 0; i + 1 < callers.size(); i += 2) {
                const PstatsKey caller = keyOf(callers.at(i));
                const MarshalValue& v = callers.at(i + 1);
                if (!caller.valid || !(numbers(v) || v.isNumber())) {
                    problem("pstats.caller", "Callers without times were left out.", Severity::Warning, at, key.at(2).text);
                    continue;
                }
                Edge e{it->second, 0, 0, 0};
                if (v.isNumber()) { // of old versions: how often only
                    e.calls = countOf(v.number());
                    const double share = f.calls ? v.number() / double(f.calls) : 0;
                    e.own = f.own * share;
                    e.total = f.total * share;
                } else {
                    e.calls = countOf(v.at(1).number());
                    e.own = std::max(0.0, v.at(2).number());
                    e.total = std::max(e.own, v.at(3).number());
                }
                f.callers.push_back({caller, e});
            }
        }
        m_functions.push_back(std::move(f));
    }

    struct Pending
    {
        double time;
        uint32_t function, parent; // parent: in the tree
        uint32_t depth;
        int64_t calls;
        uint64_t order;
        bool operator<(const Pending& o) const { return time != o.time ? time < o.time : order > o.order; }
    };

    void build()
    {
        Track track;
        track.process = m_builder.addProcess({});
        track.tid = 1;
        track.name = m_builder.intern("all threads");
        const TrackId id = m_builder.addTrack(track);
        double left = 0; // of all time, not yet below a root
        for (const FunctionTimes& f : m_functions)
            left += f.own;
        const auto root = [&](uint32_t f, double time) {
            left -= time;
            m_pending.push({time, f, WeightTree::kRoot, 0, m_functions[f].calls, m_order++});
        };
        std::vector<std::pair<double, uint32_t>> more; // time that enters circles from elsewhere, and where
        for (const Circle& c : m_circles) {
            const uint32_t entry = *std::max_element(c.members.begin(), c.members.end(), [&](uint32_t a, uint32_t b) {
                return m_functions[a].total < m_functions[b].total;
            });
            const FunctionTimes& f = m_functions[entry];
            if (!c.called) // not what the file says of it: profile.py gives its outermost entry no time
                root(entry, c.own + c.outside);
            else if (c.members.size() == 1 && f.total - f.accounted > std::max(1e-6, f.total / 100))
                root(entry, f.total - f.accounted); // also called by what was not measured
            else if (const double whole = c.own + c.outside; c.members.size() > 1 && whole - c.incoming > std::max(1e-6, whole / 100))
                more.emplace_back(whole - c.incoming, entry); // the same
        }
        std::sort(more.begin(), more.end(), std::greater<>());
        for (const auto& [time, entry] : more) { // what callers say is vague within circles: never more than there is
            if (left <= 1e-6)
                break;
            root(entry, std::min(time, left));
            alone();
        }
        m_placed.resize(m_functions.size());
        m_reached.resize(m_functions.size());
        while (!m_pending.empty()) {
            const Pending p = m_pending.top();
            m_pending.pop();
            place(p);
        }
        addRest();
        addUnplaced();
        if (m_cut)
            m_builder.problem("pstats.paths", "Seldom taken paths of calls were left to their caller's own time.",
                Severity::Warning, -1, {}, m_cut);
        describeAxis(m_builder, axisFor("seconds", 0), true);
        m_builder.includeTime(0, WeightTree::layOut(std::move(m_tree), m_builder, id, 0, 1, m_content.progress));
    }

    // What the file says of the function, for statistics; `calls`: of them those of one place in the tree.
    uint32_t figures(const FunctionTimes& f, int64_t calls)
    {
        const std::string times = "\"total_ns_in_all\":" + std::to_string(nanoseconds(f.total)) + ",\"self_ns_in_all\":"
            + std::to_string(nanoseconds(f.own)) + "}";
        if (m_sampled) // its numbers are of samples
            return m_builder.addExtra(kSummed, "{\"samples_in_all\":" + std::to_string(f.calls) + ',' + times);
        return m_builder.addExtra(kSummed, "{\"calls\":" + std::to_string(calls) + ",\"calls_in_all\":"
            + std::to_string(f.calls) + ",\"calls_in_all_without_recursion\":" + std::to_string(f.primitive) + ',' + times);
    }

    // Functions that stand on seldom taken paths only: without time of their own, to be counted.
    void addUnplaced()
    {
        std::set<FunctionId> placed;
        for (size_t node = 1; m_cut && node < m_tree.size(); node++)
            placed.insert(m_tree.function(uint32_t(node)));
        for (size_t i = 0; m_cut && i < m_functions.size(); i++) {
            const FunctionTimes& f = m_functions[i];
            if (!placed.contains(f.id))
                m_tree.setExtra(m_tree.child(WeightTree::kRoot, f.id), figures(f, f.calls));
        }
    }

    // Of several threads, newer versions of cProfile write sums over all of them beside callers of one: time is then not
    // to be found below any caller, and stands by itself.
    void addRest()
    {
        for (uint32_t i = 0; i < m_functions.size() && !m_cut; i++) {
            const FunctionTimes& f = m_functions[i];
            const double rest = f.own - m_placed[i];
            if (rest <= std::max(1e-6, f.own / 100))
                continue;
            const uint32_t node = m_tree.child(WeightTree::kRoot, f.id);
            m_tree.add(node, nanoseconds(rest));
            if (!m_tree.extra(node))
                m_tree.setExtra(node, figures(f, 0));
            alone();
        }
    }
    void alone()
    {
        m_builder.problem("pstats.callers", "Time of functions whose callers the file does not tell stands by itself.",
            Severity::Info, -1);
    }

    void place(const Pending& p)
    {
        if (p.time < 0.5e-9 && m_reached[p.function]) // nothing of it could be seen
            return;
        m_reached[p.function] = true;
        const Circle& circle = m_circles[m_functions[p.function].circle];
        if (m_tree.size() + circle.members.size() > kGreatestTree || p.depth >= kGreatestPath) {
            m_tree.add(p.parent, nanoseconds(p.time));
            m_cut++;
            return;
        }
        const double whole = circle.own + circle.outside, share = whole > 0 ? p.time / whole : 0;
        struct Member
        {
            uint32_t function, parent, depth;
        };
        std::vector<Member> members{{p.function, p.parent, p.depth}}; // the circle from where it is entered
        std::set<uint32_t> seen{p.function};
        for (size_t k = 0; k < members.size(); k++) {
            const Member m = members[k];
            const FunctionTimes& f = m_functions[m.function];
            const uint32_t node = m_tree.child(m.parent, f.id);
            m_tree.add(node, nanoseconds(f.own * share));
            m_placed[m.function] += f.own * share;
            const int64_t calls = k == 0 ? p.calls : countOf(double(f.calls) * share + 0.5);
            m_tree.setExtra(node, figures(f, calls));
            for (const Edge& e : f.callees) {
                if (m_functions[e.callee].circle != f.circle)
                    m_pending.push({e.total * share, e.callee, node, m.depth + 1,
                        countOf(double(e.calls) * std::min(1.0, share) + 0.5), m_order++});
                else if (seen.insert(e.callee).second)
                    members.push_back({e.callee, node, m.depth + 1});
            }
        }
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    MarshalReader m_marshal;
    std::priority_queue<Pending> m_pending;
    WeightTree m_tree;
    std::vector<double> m_placed; // own time in the tree so far, by function
    std::vector<bool> m_reached;
    bool m_sampled = false;
    uint64_t m_order = 0, m_cut = 0;
};

} // namespace

bool isPstats(std::string_view head, bool)
{
    // A marshalled dictionary whose first key is a tuple of three, or an empty one.
    const auto type = [&](size_t i) { return i < head.size() ? uint8_t(head[i]) & 0x7F : 0; };
    return type(0) == '{' && ((type(1) == ')' && type(2) == 3) || (type(1) == '(' && type(2) == 3) || (type(1) == '0' && head.size() == 2));
}

Status readPstats(const Content& content, TraceBuilder& builder)
{
    return PstatsReader(content, builder).read();
}

} // namespace calltide::formats
