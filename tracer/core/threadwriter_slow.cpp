// SPDX-License-Identifier: Apache-2.0
// The slow ways of a thread's writer: right in every state, with calls that are hidden, too deep or not known to be long
// enough yet.
#include "core/recorder.h"
#include <algorithm>
#include <utility>

namespace calltide::core {

using namespace format;

void ThreadWriter::enterHidden(bool c)
{
    growShadow();
    *top++ = c ? kShadowC : 0;
    thread->hidden++;
    limit = nullptr;
}

bool ThreadWriter::hides() const { return thread->hidden != 0 || thread->hidesAll; }

// Calls that are not written yet count: they will be, once they have taken long enough.
bool ThreadWriter::tooDeep() const
{
    return depth() + int32_t(thread->pending.size()) >= int32_t(thread->recorder->m_options.maxDepth);
}

void ThreadWriter::reveal()
{
    top -= thread->hidden;
    thread->hidden = 0;
    thread->hidesAll = false;
    limit = thread->limit;
}

void ThreadWriter::enterSlow(bool c, uint32_t bytes, uint32_t length)
{
    if (hides() || tooDeep()) {
        enterHidden(c);
        return;
    }
    if (thread->leastUnits) {
        const uint64_t now = nowUnits();
        writePending(now - thread->leastUnits);
        growShadow();
        thread->pending.push_back({now, bytes, length, c, {}, 0});
        *top++ = c ? bytes | kShadowC : bytes;
        return;
    }
    if (!room()) {
        enterHidden(c);
        return;
    }
    if (c)
        enter<true>(bytes, length);
    else
        enter<false>(bytes, length);
}

void ThreadWriter::throwSlow(uint32_t bytes, uint32_t length)
{
    if (hides() || tooDeep()) {
        enterHidden(false);
        return;
    }
    writePending();
    if (!room()) {
        enterHidden(false);
        return;
    }
    rare(kThrow, nowUnits(), bytes, length);
    *top++ = bytes;
}

void ThreadWriter::writePending(uint64_t before)
{
    Thread& t = *thread;
    // What it writes on the way, such as waits for the interpreter's lock, comes by here again: it belongs where it is.
    if (t.writesPending)
        return;
    t.writesPending = true;
    size_t& n = t.pendingWritten;
    for (n = 0; n < t.pending.size() && t.pending[n].time <= before; n++) {
        if (!room())
            break;
        const Thread::Pending& p = t.pending[n];
        farRecord(kEnter, p.time, p.bytes, p.length);
        if (p.task) {
            const EncodedId id = encodeId(p.task);
            rare(kTaskSwitch, last, id.bytes, id.length);
        }
        if (!p.arguments.empty()) {
            n++; // it is open now
            extended(kArguments, last, p.arguments.data(), uint32_t(p.arguments.size()));
            n--;
        }
    }
    t.pending.erase(t.pending.begin(), t.pending.begin() + ptrdiff_t(n));
    n = 0;
    t.writesPending = false;
}

void ThreadWriter::arguments(const std::string& json)
{
    if (thread->hidden)
        return;
    if (!thread->pending.empty())
        thread->pending.back().arguments = json;
    else
        extended(kArguments, last, json.data(), uint32_t(json.size()));
}

void ThreadWriter::leaveOne(bool c, unsigned sub, const std::string* result)
{
    if (!thread->pending.empty()) {
        if (nowUnits() - thread->pending.back().time < thread->leastUnits) {
            thread->pending.pop_back();
            top--;
            return;
        }
        writePending();
    }
    if (result)
        extended(kReturnValue, nowUnits(), result->data(), uint32_t(result->size()));
    if (!room()) { // it has ended all the same
        if (!thread->pending.empty())
            thread->pending.pop_back();
        top--;
        return;
    }
    if (sub)
        c ? leaveRare<true>(sub) : leaveRare<false>(sub);
    else
        c ? leave<true>() : leave<false>();
}

// Keeps the recording balanced whatever comes: entries without a leave are closed with the one around them, leaves
// without an entry are dropped.
void ThreadWriter::leaveSlow(bool c, unsigned sub, const std::string* result)
{
    const uint32_t* bottom = thread->shadow.data() + 1;
    const bool topIsC = top > bottom && top[-1] >= kShadowC;
    if (top == bottom || (c && !topIsC))
        return;
    while (!c && top > bottom && top[-1] >= kShadowC) {
        if (thread->hidden) {
            top--;
            thread->hidden--;
        } else {
            leaveOne(true, 0);
        }
    }
    if (thread->hidden) {
        if (top > bottom) {
            top--;
            thread->hidden--;
        }
        if (!hides())
            limit = thread->limit;
        return;
    }
    if (top > bottom)
        leaveOne(c, sub, result);
}

void ThreadWriter::mark(unsigned sub, uint32_t operand)
{
    writePending();
    const EncodedId id = encodeId(operand);
    rare(sub, nowUnits(), id.bytes, id.length);
}

void ThreadWriter::task(uint32_t id, bool call)
{
    if (call && !thread->pending.empty())
        thread->pending.back().task = id;
    else if (call || id > 1 || thread->task > 1) {
        thread->task = call ? 0 : id;
        mark(kTaskSwitch, id);
    }
}

bool ThreadWriter::lift(std::vector<uint32_t>& entries)
{
    if (thread->hidesAll)
        return false;
    entries.assign(top - thread->hidden, top);
    top -= thread->hidden;
    thread->hidden = 0;
    limit = thread->limit;
    return true;
}

void ThreadWriter::lower(const std::vector<uint32_t>& entries)
{
    if (!thread)
        return;
    for (const uint32_t entry : entries)
        enterHidden(entry & kShadowC);
}

void ThreadWriter::leaveAll()
{
    const uint32_t* bottom = thread->shadow.data() + 1;
    top -= thread->hidden;
    thread->hidden = 0;
    while (top > bottom) {
        const uint32_t* before = top;
        leaveOne(top[-1] >= kShadowC, 0);
        bottom = thread->shadow.data() + 1;
        if (top >= before)
            break; // no room left
    }
    top = thread->shadow.data() + 1;
    thread->hidesAll = false;
    limit = thread->limit;
}

// Of a suspended stack: what is not written yet stands above what is, and what is hidden above that.
void ThreadWriter::giveWay(size_t keep, std::vector<Suspended>& taken, std::span<const Suspended> next)
{
    Thread& t = *thread;
    const auto entries = [&] { return size_t(top - t.shadow.data() - 1); };
    if (!t.pending.empty())
        writePending(nowUnits() - t.leastUnits); // those that have taken long enough
    const size_t all = entries(), hiddenFrom = all - t.hidden, pendingFrom = hiddenFrom - t.pending.size();
    keep = std::min(keep, all);
    for (size_t i = keep; i < all; i++)
        taken.push_back({t.shadow.data()[1 + i], i >= hiddenFrom ? Suspended::Hidden : i >= pendingFrom ? Suspended::Pending : Suspended::Written});
    const auto hidden = uint32_t(std::min<size_t>(t.hidden, all - keep));
    t.hidden -= hidden;
    top -= hidden;
    for (; !t.pending.empty() && entries() > keep; top--)
        t.pending.pop_back();
    if (!hides())
        limit = t.limit;

    size_t leaves = entries() - keep, done = 0;
    bool records = !hides();
    const auto isWritten = [](const Suspended& call) { return call.state == Suspended::Written; };
    const auto written = size_t(std::find_if_not(next.begin(), next.end(), isWritten) - next.begin());
    while (records && (leaves || done < written)) {
        constexpr size_t kPerRecord = 400; // as in open()
        uint8_t payload[kPerRecord * 5 + 10];
        unsigned size = lebPut(payload, leaves);
        const auto part = next.subspan(done, std::min(kPerRecord, written - done));
        for (const Suspended& call : part)
            size += lebPut(payload + size, decodeId(call.entry & ~kShadowC));
        records = extended(kSwitch, nowUnits(), payload, size);
        top -= std::exchange(leaves, 0); // after it: the record may open a block, whose header must not count it
        if (!records)
            break;
        for (const Suspended& call : part) {
            growShadow();
            *top++ = call.entry;
        }
        done += part.size();
    }
    for (const Suspended& call : next.subspan(done)) {
        const bool c = call.entry & kShadowC;
        if (!records || hides() || call.state != Suspended::Pending) {
            enterHidden(c);
            continue;
        }
        growShadow();
        const EncodedId id = encodeId(decodeId(call.entry & ~kShadowC));
        t.pending.push_back({nowUnits(), id.bytes, id.length, c, {}, 0});
        *top++ = call.entry;
    }
}

size_t ThreadWriter::openCalls() const { return size_t(top - thread->shadow.data() - 1); }

void ThreadWriter::hideAll()
{
    thread->hidesAll = true;
    limit = nullptr;
}

void ThreadWriter::open(std::span<const uint32_t> ids, std::span<const uint32_t> hidden)
{
    constexpr size_t kPerRecord = 400; // at most 4 bytes each: fits the shortest first block with room to spare
    for (size_t from = 0; from < ids.size(); from += kPerRecord) {
        uint8_t payload[kPerRecord * 5];
        uint32_t n = 0;
        const auto part = ids.subspan(from, std::min(kPerRecord, ids.size() - from));
        for (const uint32_t id : part)
            n += lebPut(payload + n, id & ~kShadowC);
        if (!extended(kOpen, nowUnits(), payload, n))
            return;
        for (const uint32_t id : part) {
            growShadow();
            *top++ = encodeId(id & ~kShadowC).bytes | (id & kShadowC);
        }
    }
    for (const uint32_t id : hidden)
        enterHidden(id & kShadowC);
}

} // namespace calltide::core
