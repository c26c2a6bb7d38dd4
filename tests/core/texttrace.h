// SPDX-License-Identifier: GPL-3.0-or-later
// Traces written as text, for tests. Each line is a stack and how long (ns) its innermost call runs itself:
//     {"A;B 10", "A;C 5", "A 3", "| A;B 2"}
// Calls that a line shares with the one before go on; a line that begins with "|" starts all its calls anew.
#pragma once
#include "store/builder.h"
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace calltide::test {

class TextTrace
{
public:
    store::TrackId addThread(const std::string& name, const std::vector<std::string>& lines, int64_t begin = 0)
    {
        if (!m_process.valid()) {
            store::Process process;
            process.pid = 4120;
            process.name = m_builder.intern("app.py");
            m_process = m_builder.addProcess(process);
        }
        store::Track track;
        track.process = m_process;
        track.tid = ++m_threads;
        track.name = m_builder.intern(name);
        const store::TrackId id = m_builder.addTrack(track);
        store::SliceBuffer& slices = m_builder.slices(id);
        struct Open
        {
            std::string name;
            int64_t start;
        };
        std::vector<Open> open;
        int64_t now = begin;
        const auto closeTo = [&](size_t depth) {
            while (open.size() > depth) {
                slices.addAtDepth(
                    uint32_t(open.size() - 1), open.back().start, now - open.back().start, function(open.back().name));
                open.pop_back();
            }
        };
        for (std::string line : lines) {
            if (line.front() == '|') {
                closeTo(0);
                line.erase(0, 2);
            }
            const size_t space = line.rfind(' ');
            std::vector<std::string> stack;
            std::istringstream parts(line.substr(0, space));
            for (std::string part; std::getline(parts, part, ';');)
                stack.push_back(part);
            size_t shared = 0;
            while (shared < stack.size() && shared < open.size() && stack[shared] == open[shared].name)
                ++shared;
            closeTo(shared);
            for (size_t i = shared; i < stack.size(); ++i)
                open.push_back({stack[i], now});
            now += std::stoll(line.substr(space + 1));
        }
        closeTo(0);
        return id;
    }

    store::FunctionId function(const std::string& name)
    {
        const auto found = m_functions.find(name);
        if (found != m_functions.end())
            return found->second;
        store::Function f;
        f.name = m_builder.intern(name);
        f.file = m_builder.intern("src/" + name + ".py");
        f.line = 7;
        f.kind = store::FunctionKind::Python;
        return m_functions[name] = m_builder.addFunction(f);
    }

    store::TraceBuilder& builder() { return m_builder; }
    store::TracePtr finish()
    {
        auto trace = m_builder.finish();
        return trace ? *trace : nullptr;
    }

private:
    store::TraceBuilder m_builder;
    store::ProcessId m_process;
    int64_t m_threads = 0;
    std::map<std::string, store::FunctionId> m_functions;
};

inline store::TracePtr traceOf(const std::vector<std::string>& lines)
{
    TextTrace text;
    text.addThread("MainThread", lines);
    return text.finish();
}

} // namespace calltide::test
