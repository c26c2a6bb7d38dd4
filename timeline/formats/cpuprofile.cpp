// SPDX-License-Identifier: GPL-3.0-or-later
// V8's CPU profiles (.cpuprofile of Node.js and Chrome): a tree of nodes and which of them ran at which time.
#include "formats/jsonprofile.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include "formats/v8samples.h"
#include <algorithm>

namespace calltide::formats {

using namespace json;
using namespace store;

namespace {

class CpuProfileReader
{
public:
    CpuProfileReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
        , m_budget(content.bytes.size())
    {
    }

    Status read()
    {
        static constexpr std::string_view names[] = {"nodes", "startTime", "endTime", "samples", "timeDeltas"};
        std::string_view v[5];
        members(m_content.bytes, names, v);
        reportCut(m_content, m_builder);
        nodes(v[0]);
        if (m_hits.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": this CPU profile has no nodes."};
        Track track;
        track.process = m_builder.addProcess({});
        track.tid = 1;
        track.name = m_builder.intern("main");
        m_track = m_builder.addTrack(track);
        if (v[3].empty())
            byHits();
        else
            samples(v[3], v[4], parseScaled(v[1]).value_or(0), parseScaled(v[2]).value_or(INT64_MIN));
        return Ok{};
    }

private:
    void problem(const char* kind, const char* text, Severity severity, std::string_view at)
    {
        m_builder.problem(kind, text, severity, m_content.offsetOf(at), at.substr(0, 160));
    }

    void nodes(std::string_view list)
    {
        static constexpr std::string_view names[] = {"id", "callFrame", "hitCount", "children", "parent"};
        std::vector<std::pair<uint32_t, std::string_view>> children;
        std::vector<std::pair<uint32_t, int64_t>> parents;
        for (Cursor c(list, true); c.next();) {
            std::string_view v[5];
            members(c.value, names, v);
            const auto id = parseInteger(v[0]);
            if (!id || !m_byId.try_emplace(*id, uint32_t(m_hits.size())).second) {
                problem("cpuprofile.node", "Nodes without a number of their own were left out.", Severity::DataLoss, c.value);
                continue;
            }
            const auto index = uint32_t(m_hits.size());
            m_table.add(v8Function(m_builder, v[1]));
            m_hits.push_back(std::max<int64_t>(0, parseInteger(v[2]).value_or(0)));
            if (!v[3].empty())
                children.emplace_back(index, v[3]);
            if (!v[4].empty())
                parents.emplace_back(index, parseInteger(v[4]).value_or(INT64_MIN));
        }
        const auto connect = [&](int64_t child, uint32_t parent, std::string_view at) {
            const auto it = m_byId.find(child);
            if (it == m_byId.end())
                return problem("cpuprofile.child", "Nodes that are not in the file were left out.", Severity::DataLoss, at);
            m_table.setCaller(it->second, parent);
        };
        for (const auto& [parent, ids] : children) {
            for (Cursor c(ids, true); c.next();)
                connect(parseInteger(c.value).value_or(INT64_MIN), parent, c.value);
        }
        for (const auto& [child, id] : parents) {
            if (const auto it = m_byId.find(id); it != m_byId.end())
                m_table.setCaller(child, it->second);
        }
    }

    void samples(std::string_view list, std::string_view deltas, int64_t at, int64_t end)
    {
        constexpr int64_t kGreatest = int64_t(1) << 61;
        Cursor delta(deltas, true);
        std::vector<std::pair<int64_t, std::string_view>> all; // V8 writes some after their time
        uint64_t number = 0;
        at = std::clamp(at, -kGreatest, kGreatest);
        for (Cursor c(list, true); c.next();) {
            const auto step = delta.next() ? parseScaled(delta.value) : std::nullopt;
            if (!step || *step > kGreatest || *step < -kGreatest)
                problem("cpuprofile.time", "Samples without a time of their own stand at that of the one before.",
                    Severity::Warning, c.value);
            else
                at = std::clamp(at + *step, -kGreatest, kGreatest);
            all.emplace_back(at, c.value);
            end = std::max(end, at);
        }
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        SampledThread thread(m_builder, m_track, m_budget);
        std::vector<FunctionId> stack;
        for (const auto& [time, text] : all) {
            if ((++number & 0xFFF) == 0 && m_content.cancelled())
                return;
            const auto it = m_byId.find(parseInteger(text).value_or(INT64_MIN));
            auto found = StackTable::Found::Broken;
            stack.clear();
            if (it != m_byId.end())
                found = m_table.stack(it->second, m_budget, stack);
            if (found != StackTable::Found::Whole) {
                problem("cpuprofile.sample", "Samples of nodes that are not in the file are shown empty.",
                    Severity::DataLoss, text);
                stack.clear();
            }
            thread.sample(time, stack, m_content.offsetOf(text));
        }
        thread.end(end);
    }

    void byHits()
    {
        WeightTree tree;
        std::vector<FunctionId> stack;
        int64_t sum = 0;
        for (uint32_t i = 0; i < m_hits.size(); i++) {
            if (m_hits[i] == 0 || m_table.stack(i, m_budget, stack) != StackTable::Found::Whole)
                continue;
            uint32_t node = WeightTree::kRoot;
            for (const FunctionId f : stack)
                node = tree.child(node, f);
            tree.add(node, m_hits[i]);
            sum = std::min(WeightTree::kGreatest, sum + std::min(WeightTree::kGreatest, m_hits[i]));
        }
        const Axis axis = axisFor("", sum);
        describeAxis(m_builder, axis, true);
        m_builder.includeTime(0, WeightTree::layOut(std::move(tree), m_builder, m_track, 0, axis.nsPerUnit, m_content.progress));
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    FrameBudget m_budget;
    StackTable m_table;
    std::vector<int64_t> m_hits; // of each node
    std::unordered_map<int64_t, uint32_t> m_byId;
    TrackId m_track;
};

} // namespace

bool isCpuProfile(std::string_view head, bool)
{
    for (const auto& [key, value] : topLevel(head)) {
        if (key == "nodes" && value.substr(0, 4096).find("\"callFrame\"") != value.npos)
            return true;
    }
    return false;
}

Status readCpuProfile(const Content& content, TraceBuilder& builder)
{
    return CpuProfileReader(content, builder).read();
}

} // namespace calltide::formats
