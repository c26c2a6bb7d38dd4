// SPDX-License-Identifier: GPL-3.0-or-later
// The graph in a cProfile file: functions with their times, who calls whom, and which of them call each other in a circle.
// Internal to the reader of such files. Times in seconds, as in the file. One thread.
#pragma once
#include "store/ids.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace calltide::formats {

class PstatsGraph
{
protected:
    struct Edge
    {
        uint32_t callee;
        double own, total;
        int64_t calls;
    };
    struct Caller
    {
        std::string key;
        Edge edge;
    };
    struct FunctionTimes
    {
        store::FunctionId id;
        double own = 0, total = 0;
        int64_t calls = 0, primitive = 0;
        double accounted = 0; // of total, by callers outside its circle
        uint32_t circle = 0;
        std::vector<Caller> callers;
        std::vector<Edge> callees;
    };
    struct Circle
    {
        std::vector<uint32_t> members; // one, nearly always
        double own = 0, outside = 0;
        double incoming = 0; // as its callers outside of it say
        bool called = false;
    };

    void connect(); // the callers that are named become callees; then the circles are found

    std::vector<FunctionTimes> m_functions;
    std::map<std::string, uint32_t> m_byKey;
    std::vector<Circle> m_circles;

private:
    void findCircles();
};

} // namespace calltide::formats
