// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/functioncalls.h"
#include "store/callfigures.h"
#include "ui/callsdata.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

namespace calltide::ui {
namespace {

constexpr uint64_t kLookEvery = 1 << 16; // callees between two looks at the progress

// The line from which a call was made, where the recording says so. Within a JSON string its quotes would be escaped.
int callLine(const store::Trace& trace, store::SliceIndex slice)
{
    constexpr std::string_view kKey = "\"call_line\":";
    const store::SliceExtra* extra = trace.extra(slice);
    if (!extra || extra->source != 0 || extra->length == 0) // others would be read from the file one by one
        return 0;
    const std::string text = trace.arguments(slice);
    const size_t at = text.find(kKey);
    int line = 0;
    if (at != std::string::npos) {
        const size_t number = std::min(text.find_first_not_of(' ', at + kKey.size()), text.size());
        std::from_chars(text.data() + number, text.data() + text.size(), line);
    }
    return std::max(line, 0);
}

// Which calls of a function are not inside another one of it. Asked row by row, as forEachCallOf() goes.
class Outermost
{
public:
    explicit Outermost(const store::Trace& trace)
        : m_trace(trace)
    {
    }
    bool is(store::SliceIndex i)
    {
        if (i < m_row.first || i >= m_row.first + m_row.count)
            enterRow(m_trace.row(m_trace.rowOf(i)));
        const int64_t start = m_trace.start(i);
        while (m_at < m_known.size() && m_known[m_at].second <= start)
            ++m_at;
        if (m_at < m_known.size() && m_known[m_at].first <= start)
            return false;
        m_fresh.emplace_back(start, m_trace.end(i));
        return true;
    }

private:
    void enterRow(const store::Row& row)
    {
        if (row.track != m_row.track) {
            m_known.clear();
        } else {
            const auto middle = std::ptrdiff_t(m_known.size());
            m_known.insert(m_known.end(), m_fresh.begin(), m_fresh.end());
            std::inplace_merge(m_known.begin(), m_known.begin() + middle, m_known.end());
        }
        m_fresh.clear();
        m_row = row;
        m_at = 0;
    }

    const store::Trace& m_trace;
    store::Row m_row;
    std::vector<std::pair<int64_t, int64_t>> m_known, m_fresh; // times of the outermost ones, of the rows above and of this one
    size_t m_at = 0;
};

} // namespace

size_t FunctionCalls::binOf(int64_t duration)
{
    return size_t(std::log2(double(std::max<int64_t>(duration, 1))) * kPerOctave);
}

FunctionCalls collectFunctionCalls(const store::Trace& trace, store::FunctionId function, store::SliceIndex slice,
    const store::Scope& scope, store::Progress* progress)
{
    FunctionCalls out;
    out.function = function;
    if (!function.valid())
        return out;
    const bool selected = slice != store::kNoSlice && trace.functionOf(slice) == function;
    const int64_t start = selected ? trace.start(slice) : INT64_MIN, took = selected ? trace.duration(slice) : 0;
    int64_t previousStart = INT64_MIN, nextStart = INT64_MAX;
    uint64_t before = 0, since = 0;
    bool cancelled = false;
    std::unordered_map<uint64_t, Callee> sums;
    Outermost outermost(trace);
    const bool done = forEachCallOf(trace, function, scope, progress, [&](store::SliceIndex i) {
        if (cancelled)
            return;
        ++out.calls;
        const int64_t at = trace.start(i), duration = trace.duration(i);
        ++out.durations[FunctionCalls::binOf(duration)];
        if (i == slice)
            out.slice = slice;
        else if (at < start || (at == start && i < slice)) {
            ++before;
            if (at >= previousStart) {
                previousStart = at;
                out.previous = i;
            }
        } else if (at < nextStart) {
            nextStart = at;
            out.next = i;
        }
        out.faster += selected && duration < took;
        const bool isOutermost = outermost.is(i);
        const auto [first, last] = trace.children(i);
        for (store::SliceIndex child = first; child < last; ++child) {
            if (++since % kLookEvery == 0 && progress && progress->cancelled()) {
                cancelled = true;
                return;
            }
            const store::FunctionId callee = trace.functionOf(child);
            const int line = callLine(trace, child);
            Callee& sum = sums[uint64_t(uint32_t(line)) << 32 | callee.v];
            sum.function = callee;
            sum.line = line;
            sum.calls += !(trace.flags(child) & store::kSummed); // else it is not known
            if (callee != function || isOutermost) // else its time is in that of the call that is around it
                sum.total += trace.duration(child);
        }
    });
    if (!done || cancelled)
        return {};
    if (out.slice != store::kNoSlice)
        out.position = before + 1;
    for (const auto& [key, sum] : sums)
        out.callees.push_back(sum);
    std::sort(out.callees.begin(), out.callees.end(), [](const Callee& a, const Callee& b) {
        return a.line != b.line ? a.line < b.line : a.total != b.total ? a.total > b.total : a.function < b.function;
    });
    return out;
}

} // namespace calltide::ui
