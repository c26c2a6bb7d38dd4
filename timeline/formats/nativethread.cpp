// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativethread.h"

namespace calltide::formats {

using namespace format;
using namespace store;

// As the recorder puts it to the call that imports.
static constexpr std::string_view kImportArguments = "{\"import\": \"";

ThreadDecoder::ThreadDecoder(
    const NativeTables& file, const std::vector<FunctionId>& functionOf, FunctionId unknown, SliceBuffer& out)
    : m_file(file)
    , m_functionOf(functionOf)
    , m_unknown(unknown)
    , m_out(out)
{
}

void ThreadDecoder::addWithArguments(uint32_t depth, const OpenCall& call, int64_t end, FunctionId function, uint8_t flags)
{
    std::string_view json(m_arguments.back());
    if (json.starts_with(kImportArguments) && json.ends_with("\"}")) {
        json.remove_prefix(kImportArguments.size());
        json.remove_suffix(2);
        m_result.imports.push_back({call.start, end, std::string(json), uint8_t(flags & ~kResumed)});
        json = {};
    }
    m_out.addAtDepth(depth, call.start, end - call.start, function, flags, json);
}

std::string& ThreadDecoder::argumentsOfLast()
{
    OpenCall& call = m_stack.back();
    if (!call.arguments) {
        m_arguments.emplace_back();
        call.arguments = uint32_t(m_arguments.size());
    }
    return m_arguments.back();
}

// ---------------------------------------------------------------- tasks

void ThreadDecoder::beginRun(int64_t now, uint32_t task)
{
    endRun(now);
    constexpr uint32_t kNoTask = 1;
    if (task == kNoTask)
        return;
    m_run = {now, now, task, {}, true, 0};
    m_runDepth = m_stack.size();
    m_yields = false;
}

// When a task gives way, its coroutines do so from the innermost on: that is what it waits in; with trio, whose every wait ends in
// the same few coroutines, the one of trio's that the program calls. When its outermost one returns, the task is done.
void ThreadDecoder::noteLeave(uint32_t id, uint8_t flags)
{
    if (!(m_file.traits(id) & kCoroutineFunction)) {
        m_yields = false;
        return;
    }
    if (flags & kYielded) {
        const bool trio = m_file.traits(id) & kTrioFunction;
        m_inTrio = trio && (!m_yields || m_inTrio);
        if (!m_yields || m_inTrio)
            m_run.awaited = id < m_functionOf.size() ? m_functionOf[id] : FunctionId();
        m_yields = m_run.waits = true;
        m_run.flags = 0;
        return;
    }
    m_yields = m_run.waits = false;
    m_run.flags = flags & kException;
}

void ThreadDecoder::endRun(int64_t now)
{
    if (m_run.task) {
        m_run.end = now;
        m_result.runs.push_back(m_run);
    }
    m_run.task = 0;
}

void ThreadDecoder::leaveKind(uint64_t time, bool c, uint8_t flags)
{
    const int64_t now = ns(time);
    if (c) {
        if (m_stack.empty() || (m_stack.back().id && !isC(m_stack.back().id))) {
            m_result.repaired++; // a C leave on a Python entry: its entry was not seen
            m_depthOffset--;
            return;
        }
        close(now, flags);
        return;
    }
    while (!m_stack.empty() && m_stack.back().id && isC(m_stack.back().id)) {
        close(now, 0); // C entries whose leave did not come
        m_result.repaired++;
        m_depthOffset++;
    }
    if (m_stack.empty()) {
        m_result.repaired++;
        m_depthOffset--;
        return;
    }
    close(now, flags);
}

void ThreadDecoder::resync(uint64_t time, int32_t depth)
{
    const int64_t before = m_last, now = ns(time);
    // Many more or fewer than before cannot be told from damage, and making them up costs memory.
    constexpr int64_t kMostGuessed = 1000;
    const int64_t have = levels(),
                  want = std::clamp<int64_t>(int64_t(depth) - m_depthOffset, 0, kMaxDepth);
    if (std::abs(want - have) <= kMostGuessed) {
        while (levels() > want)
            close(std::max(before, m_stack.back().start), 0);
        pushUnknown(want - levels()); // entered in the lost part: by what is not known
    }
    m_depthOffset = int64_t(depth) - levels();
    m_result.losses.push_back({before == INT64_MIN ? now : before, now, 0, "damaged"});
}

void ThreadDecoder::pushUnknown(int64_t count)
{
    if (count <= 0)
        return;
    m_stack.emplace_back(m_last, 0, uint8_t(0), uint32_t(count - 1));
    m_more += count - 1;
}

void ThreadDecoder::startAgain(const ChunkHeader& chunk, const char* reason)
{
    const bool any = m_last != INT64_MIN;
    const int64_t before = m_last, now = ns(chunk.baseTime);
    while (!m_stack.empty())
        close(std::max(before, m_stack.back().start), kStillRunning);
    // Rows cost memory: no more of them than such a thread can have made. Deeper ones are shown less deep.
    m_unnamed = std::clamp<int64_t>(chunk.depth, 0, std::min<int64_t>(kMaxDepth, 1000 + int64_t(2 * m_bytes)));
    pushUnknown(m_unnamed);
    m_depthOffset = int64_t(chunk.depth) - levels();
    if (any)
        m_result.losses.push_back({before, now, 0, reason});
}

void ThreadDecoder::stackRecord(const uint8_t* at, const uint8_t* end)
{
    uint64_t from = 0, id = 0;
    if (!m_unnamed || !lebGetAny(at, end, from))
        return; // the stack is known already
    if (!m_stack.empty() && m_stack.back().id == 0) {
        m_more -= m_stack.back().more;
        if (m_stack.back().arguments)
            m_arguments.pop_back();
        m_stack.pop_back();
    }
    if (from <= uint64_t(m_unnamed))
        pushUnknown(int64_t(from) - levels());
    while (levels() < m_unnamed && lebGetAny(at, end, id))
        open(m_last, uint32_t(id), kAlreadyRunning);
    pushUnknown(m_unnamed - levels());
}

void ThreadDecoder::decode(const std::vector<ChunkView>& chunks, const std::function<bool(uint64_t)>& goOn)
{
    for (const ChunkView& c : chunks)
        m_bytes += c.available;
    const bool ring = m_file.header.mode == uint8_t(Mode::Ring);
    uint32_t expected = 0;
    uint64_t time = 0;
    for (const ChunkView& c : chunks) {
        if (c.header.sequence < expected)
            continue; // a second chunk of the same number: the first one stands
        const bool first = expected == 0 && c.header.sequence == 0;
        if (ring && c.header.sequence > expected)
            startAgain(c.header, "no room left in the ring");
        else if (!first && (c.header.sequence > expected || c.header.baseTime != time || c.header.depth != recordedDepth()))
            resync(c.header.baseTime, c.header.depth);
        else if (first)
            m_depthOffset = c.header.depth;
        expected = c.header.sequence + 1;
        decodeChunk(c, *this, m_result.damage, time);
        m_unnamed = 0;
        if (!goOn(c.size()))
            break;
    }
    if (time)
        m_result.end = std::max(m_result.end, ns(time));
}

void ThreadDecoder::closeOpenCalls(int64_t end, bool stillRunning)
{
    while (!m_stack.empty())
        close(std::max(end, m_stack.back().start), stillRunning ? kStillRunning : 0);
    endRun(std::max(end, m_run.start));
}

} // namespace calltide::formats
