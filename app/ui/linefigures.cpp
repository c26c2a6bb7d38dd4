// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/linefigures.h"
#include <algorithm>
#include <map>

namespace calltide::ui {

std::vector<LineFigure> lineFigures(const store::Trace& trace, store::StringId file, const SourceOutline& outline,
    const std::vector<store::FunctionStatistics>& statistics, const FunctionCalls& calls)
{
    std::map<int, LineFigure> lines;
    for (const store::FunctionStatistics& s : statistics) {
        if (s.function.v >= trace.functions().size())
            continue;
        const store::Function& f = trace.function(s.function);
        if (f.file != file || f.kind == store::FunctionKind::C || (s.calls == 0 && s.total == 0))
            continue;
        LineFigure& line = lines[std::max(int(f.line), 1)];
        line.definition = true;
        line.parts.push_back({s.function, s.calls, s.total});
    }
    const auto add = [&](int at, const Callee& callee, bool byName) {
        LineFigure& line = lines[at];
        if (line.definition || at < 1 || at > outline.lineCount()) // what begins there is said already
            return;
        line.byName = byName;
        line.parts.push_back({callee.function, callee.calls, callee.total});
    };
    if (calls.function.valid() && trace.function(calls.function).file == file && !calls.callees.empty()) {
        const bool module = trace.functionName(calls.function) == "<module>";
        const auto names = outline.calledNames(outline.ownLines(module ? 0 : int(trace.function(calls.function).line)));
        for (const Callee& callee : calls.callees) {
            if (callee.line > 0) {
                add(callee.line, callee, false);
                continue;
            }
            const auto found = names.find(calledBy(trace.functionName(callee.function)));
            if (found != names.end() && found->second.size() == 1)
                add(found->second.front(), callee, true);
        }
    }
    std::vector<LineFigure> out;
    for (auto& [number, line] : lines) {
        if (line.parts.empty())
            continue;
        line.line = number;
        std::sort(line.parts.begin(), line.parts.end(), [](const auto& a, const auto& b) { return a.total > b.total; });
        // Functions that begin in one line mostly stand inside each other (a comprehension in a lambda); calls do not.
        if (line.definition) {
            line.total = line.parts.front().total;
            line.calls = line.parts.front().calls;
        } else {
            for (const LineFigure::Part& part : line.parts) {
                line.total += part.total;
                line.calls += part.calls;
            }
        }
        out.push_back(std::move(line));
    }
    return out;
}

} // namespace calltide::ui
