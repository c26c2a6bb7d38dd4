// SPDX-License-Identifier: Apache-2.0
// The code that runs in the other process, and the block of data it works on. The code is constant, position independent
// and re-entrant; it is written once into a process and never changed, because a thread may still be in it.
#pragma once
#include <cstdint>

extern "C" const unsigned char calltide_stub_begin[], calltide_stub_end[];

namespace calltide::inject {

enum class SlotState : uint32_t {
    Free = 0,
    Armed = 1, // written; the thread is not on its way yet
    Entered = 2,
    WaitsForGil = 3,
    Runs = 4,
    Queued = 5,
    QueuedRuns = 6,
    Done = 16, // from here on the stub does not touch the slot any more
    NotInitialized = 17,
    Finalizing = 18,
    QueueFull = 19,
    Last = 31,
};

struct Slot
{
    uint32_t state;
    int32_t result;
    uint64_t queue; // 1: add a pending call; 0: run the script at once
    uint64_t stateSize; // bytes of the processor's extended state
    uint64_t isInitialized, isFinalizing, ensure, release, run, addPendingCall, errnoFunction;
    uint64_t thread;
    uint64_t stampNs; // CLOCK_MONOTONIC
    uint64_t magic;
    uint64_t checkGil;
    // behind it: the script, ending in a zero byte
};
static_assert(sizeof(Slot) == 112, "stub_x86_64.S uses these offsets");

constexpr uint64_t kSlotMagic = 0x7474'6143'6564'6974ull;
constexpr unsigned kSlotSize = 512;

} // namespace calltide::inject
