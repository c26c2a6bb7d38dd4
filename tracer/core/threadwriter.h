// SPDX-License-Identifier: Apache-2.0
// Writes one thread's events. The hot half is a plain struct for thread-local storage and must stay so; everything rare
// is in Thread. Only the owning thread writes (or whoever holds the interpreter's lock while it cannot).
#pragma once
#include "core/clock.h"
#include "format/format.h"
#include "format/varint.h"
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#define CALLTIDE_HOT __attribute__((always_inline)) inline
#define CALLTIDE_COLD __attribute__((noinline, cold))

namespace calltide::core {

class Recorder;
struct Thread;

// An id as the stream has it: at most four bytes, the first lowest.
struct EncodedId
{
    uint32_t bytes = 0;
    uint32_t length = 0;
};
inline EncodedId encodeId(uint32_t id)
{
    unsigned n = 0;
    const uint64_t word = format::lebWord(id, n);
    return {uint32_t(word), n};
}
uint32_t decodeId(uint32_t bytes);

// Entries on the shadow stack are encoded ids, of which bit 31 is free: set for C, clear for Python. An entry that is
// not recorded is an id of 0.
inline constexpr uint32_t kShadowC = 0x80000000u;
inline constexpr uint32_t kShadowBottom = kShadowC; // no id, but not zero

// One 8-byte store that the compiler neither splits nor joins with others.
CALLTIDE_HOT void store64(uint8_t* p, uint64_t v)
{
    typedef volatile uint64_t __attribute__((aligned(1), may_alias)) Word;
    *reinterpret_cast<Word*>(p) = v;
}

struct Suspended // a call that stands still while others of its thread run
{
    enum State : uint8_t { Written, Pending, Hidden };
    uint32_t entry;
    State state;
};

struct ThreadWriter
{
    uint8_t* at;    // where the next record goes
    uint8_t* limit; // one past the last place where a record may start; null: every event goes the slow way
    uint64_t last;  // time of the newest record
    uint32_t* top;  // shadow stack, one past the newest open entry; the word below the bottom is kShadowBottom
    Thread* thread; // null: this thread has not been seen (by this recording)

    // The second test fails only in a process made by a raw clone(), which finds its shadow stack zeroed.
    bool fast() const { return at < limit && top[-1] != 0; }

    // The fast ways: only if fast().
    template <bool C> CALLTIDE_HOT void enter(uint32_t bytes, uint32_t length)
    {
        const uint64_t now = nowUnits(), dt = now - last;
        if (__builtin_expect(dt >= format::kNear, 0)) {
            enterFar(now, bytes, length);
        } else {
            store64(at, format::kEnter | dt << 2 | uint64_t(bytes) << 8);
            at += 1 + length;
            last = now;
        }
        // After the store: the far way may open a block, whose header must not count this event.
        *top++ = C ? bytes | kShadowC : bytes;
    }
    template <bool C> CALLTIDE_HOT bool leaveIsPlain() const
    {
        return C ? top[-1] > kShadowC : int32_t(top[-1]) > 0;
    }
    // Only if leaveIsPlain().
    template <bool C> CALLTIDE_HOT void leave()
    {
        const uint64_t now = nowUnits(), dt = now - last;
        constexpr unsigned kind = C ? format::kLeaveC : format::kLeave;
        if (__builtin_expect(dt >= format::kNear, 0)) {
            leaveFar(kind, now);
        } else {
            store64(at, kind | dt << 2);
            at++;
            last = now;
        }
        top--;
    }
    // Yield and the unwinds; only if leaveIsPlain().
    template <bool C> CALLTIDE_HOT void leaveRare(unsigned sub)
    {
        const uint64_t now = nowUnits(), dt = now - last;
        if (__builtin_expect(dt >= 127, 0)) {
            rare(sub, now, 0, 0);
        } else {
            store64(at, sub << 2 | (dt + 1) << 8);
            at += 2;
            last = now;
        }
        top--;
    }

    // The slow ways; right in every state.
    void enterSlow(bool c, uint32_t bytes, uint32_t length);
    void throwSlow(uint32_t bytes, uint32_t length);
    // sub 0: a plain return; `result` is what it returns, as JSON, or null.
    void leaveSlow(bool c, unsigned sub, const std::string* result = nullptr);
    void arguments(const std::string& json); // of the call that was entered last, at once after it

    CALLTIDE_COLD void enterFar(uint64_t now, uint32_t bytes, uint32_t length);
    CALLTIDE_COLD void leaveFar(unsigned kind, uint64_t now);
    CALLTIDE_COLD void rare(unsigned sub, uint64_t now, uint32_t bytes, uint32_t length);
    // False: too long, or the recording has stopped.
    bool extended(unsigned sub, uint64_t now, const void* payload, uint32_t size);

    // A record of no length: subs 17 to 20, with their operand.
    void mark(unsigned sub, uint32_t operand);
    // What runs from here on is the task's. `call`: up to the end of the call that was entered last, at once before this.
    void task(uint32_t id, bool call);
    // For records made from within calls of ours, which are hidden: takes these off the stack, and puts them back. False:
    // nothing is recorded here at all.
    bool lift(std::vector<uint32_t>& entries);
    void lower(const std::vector<uint32_t>& entries);
    // Ends all that is open, as a pause does.
    void leaveAll();

    // An entry that is not recorded, and everything called from it.
    void enterHidden(bool c);
    bool hides() const;
    // The innermost calls, all but `keep`, give way to others of the same thread and are appended to `taken`; those of `next`
    // go on in their place, outermost first. Both are recorded as such.
    void giveWay(size_t keep, std::vector<Suspended>& taken, std::span<const Suspended> next);
    size_t openCalls() const; // with those that are hidden or not written yet
    // Nothing is recorded until reveal().
    void hideAll();
    // What was hidden so far stays so, but from now on calls are recorded: they are the outermost ones.
    void reveal();
    // Calls that run already: `ids` outermost first (0x80000000 set for C), then `hidden` that are not recorded.
    void open(std::span<const uint32_t> ids, std::span<const uint32_t> hidden);

private:
    friend class Recorder;
    bool room();
    void farRecord(unsigned kind, uint64_t now, uint32_t bytes, uint32_t length);
    void timePasses(uint64_t now);
    bool nextBlock();
    bool nextChunk();
    void writeStack();
    void store(unsigned sub, uint64_t dt, const void* payload, uint32_t size);
    void setBlock(uint8_t* from, uint8_t* records);
    void growShadow();
    int32_t depth() const; // of what is written
    bool tooDeep() const;
    void seal();
    void leaveOne(bool c, unsigned sub, const std::string* result = nullptr);
    bool hasGilWaits() const;
    void writeGilWaits(uint64_t now);
    void writePending(uint64_t before = UINT64_MAX); // those that began before that time
};
static_assert(sizeof(ThreadWriter) <= 64, "static thread-local storage is scarce");

} // namespace calltide::core
