// SPDX-License-Identifier: GPL-3.0-or-later
// The graph in a cProfile file: functions with their times, who calls whom, and which of them call each other in a circle.
// Internal to the reader of such files. Times in seconds, as in the file. One thread.
#pragma once
#include "store/ids.h"
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace calltide::formats {

struct PstatsKey // of a function, as views into the file
{
    std::string_view file, name;
    int64_t line = 0;
    bool valid = false;

    friend bool operator<(const PstatsKey& a, const PstatsKey& b)
    {
        if (const int order = compare(a.file, b.file))
            return order < 0;
        if (a.line != b.line)
            return a.line < b.line;
        return compare(a.name, b.name) < 0;
    }

private:
    static int compare(std::string_view a, std::string_view b) // one text may be referred to by all
    {
        return a.data() == b.data() && a.size() == b.size() ? 0 : a.compare(b);
    }
};

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
        PstatsKey key;
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
    std::map<PstatsKey, uint32_t> m_byKey;
    std::vector<Circle> m_circles;

private:
    void findCircles();
};

} // namespace calltide::formats
