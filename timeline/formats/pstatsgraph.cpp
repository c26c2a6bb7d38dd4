// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pstatsgraph.h"
#include <algorithm>

namespace calltide::formats {

void PstatsGraph::connect()
{
    for (uint32_t i = 0; i < m_functions.size(); i++) {
        for (const Caller& c : m_functions[i].callers) {
            const auto it = m_byKey.find(c.key);
            if (it == m_byKey.end()) // not measured
                continue;
            if (it->second == i) // recursion: in its own numbers already, which pyinstrument adds up level by level
                m_functions[i].accounted += c.edge.total;
            else
                m_functions[it->second].callees.push_back(c.edge);
        }
        m_functions[i].callers = {};
    }
    findCircles();
    for (FunctionTimes& f : m_functions) {
        Circle& circle = m_circles[f.circle];
        circle.own += f.own;
        for (const Edge& e : f.callees) {
            if (m_functions[e.callee].circle == f.circle)
                continue;
            circle.outside += e.total;
            m_functions[e.callee].accounted += e.total;
            m_circles[m_functions[e.callee].circle].called = true;
            m_circles[m_functions[e.callee].circle].incoming += e.total;
        }
    }
}

// Tarjan's strongly connected components, without recursion.
void PstatsGraph::findCircles()
{
    struct Visit
    {
        uint32_t function;
        size_t next;
    };
    const size_t count = m_functions.size();
    std::vector<uint32_t> number(count, 0), low(count, 0), stack;
    std::vector<bool> onStack(count);
    std::vector<Visit> visits;
    uint32_t last = 0;
    for (uint32_t start = 0; start < count; start++) {
        if (number[start])
            continue;
        visits.push_back({start, 0});
        while (!visits.empty()) {
            Visit& v = visits.back();
            const uint32_t f = v.function;
            if (v.next == 0) {
                number[f] = low[f] = ++last;
                stack.push_back(f);
                onStack[f] = true;
            }
            bool deeper = false;
            while (!deeper && v.next < m_functions[f].callees.size()) {
                const uint32_t callee = m_functions[f].callees[v.next++].callee;
                if (!number[callee])
                    deeper = true, visits.push_back({callee, 0});
                else if (onStack[callee])
                    low[f] = std::min(low[f], number[callee]);
            }
            if (deeper)
                continue;
            if (low[f] == number[f]) {
                uint32_t member;
                do {
                    member = stack.back();
                    stack.pop_back();
                    onStack[member] = false;
                    m_functions[member].circle = uint32_t(m_circles.size());
                } while (member != f);
                m_circles.push_back({});
            }
            visits.pop_back();
            if (!visits.empty())
                low[visits.back().function] = std::min(low[visits.back().function], low[f]);
        }
    }
    for (uint32_t i = 0; i < count; i++)
        m_circles[m_functions[i].circle].members.push_back(i);
}

} // namespace calltide::formats
