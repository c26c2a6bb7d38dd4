// SPDX-License-Identifier: Apache-2.0
// x86-64 only; another processor needs its own stub and its own rules for restarting system calls.
#include "inject/hijack.h"
#include "inject/blocked.h"

namespace calltide::inject {

int g_dieAtStep = 0;

Problem stuck(int pid)
{
    return {Why::Busy, "Process " + std::to_string(pid)
            + " waits in the system where nothing can reach it: for a disk, or for a child that is just starting. Try again in a moment."};
}

} // namespace calltide::inject

#if defined(__x86_64__)

#include "inject/stub.h"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cpuid.h>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace calltide::inject {

namespace {

constexpr uint64_t kPage = 4096, kRedZone = 128;
constexpr int64_t kStaleNs = 2'000'000'000; // armed for so long: whoever did that is dead
constexpr int kTries = 50;

int64_t nowNs()
{
    timespec t {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

void pause(int us) { std::this_thread::sleep_for(std::chrono::microseconds(us)); }

void dieAt(int step)
{
    if (g_dieAtStep == step)
        raise(SIGKILL);
}

uint64_t extendedStateSize()
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    __cpuid_count(0xD, 0, a, b, c, d);
    return (b + 63) & ~63u;
}

std::string name(const Python& python) { return "Process " + std::to_string(python.pid()); }

// Room between the end of what a file holds and the end of the last page of it.
struct Room
{
    uint64_t code = 0, slot = 0;
    bool codeThere = false;
};

bool slotIsFree(const Memory& memory, uint64_t at)
{
    const auto slot = memory.get<Slot>(at);
    if (!slot)
        return false;
    if (slot->magic != kSlotMagic) // left-over bytes of the file, used by nobody
        return true;
    const auto state = SlotState(slot->state);
    if (state == SlotState::Armed)
        return nowNs() - int64_t(slot->stampNs) > kStaleNs;
    return state == SlotState::Free || (state >= SlotState::Done && state <= SlotState::Last);
}

void lookForCode(const Memory& memory, uint64_t at, uint64_t pageEnd, Room& room)
{
    const size_t size = size_t(calltide_stub_end - calltide_stub_begin);
    if (pageEnd < at + size)
        return;
    std::string there(size, 0);
    if (!memory.read(at, there.data(), size))
        return;
    const bool ours = std::memcmp(there.data(), calltide_stub_begin, size) == 0;
    if (!ours && there != std::string(size, 0))
        return; // somebody else's
    room.code = at;
    room.codeThere = ours;
}

Room findRoom(const Python& python)
{
    Room room;
    for (Image image : python.images) {
        if (image.name().rfind("ld-", 0) == 0) // the loader's own is its first heap
            continue;
        if (image.segments.empty() && !readImage(python.memory, image, {}))
            continue;
        for (const Elf64_Phdr& p : image.segments) {
            if (p.p_type != PT_LOAD)
                continue;
            const uint64_t end = image.bias + p.p_vaddr + p.p_memsz, pageEnd = (end + kPage - 1) & ~(kPage - 1);
            const uint64_t at = (end + 63) & ~63ull;
            if ((p.p_flags & PF_X) && !(p.p_flags & PF_W) && !room.code)
                lookForCode(python.memory, at, pageEnd, room);
            // A program at a fixed address may share the page with its heap.
            if ((p.p_flags & PF_W) && !room.slot && image.bias != 0)
                for (uint64_t slot = at; slot + kSlotSize <= pageEnd && !room.slot; slot += kSlotSize)
                    if (slotIsFree(python.memory, slot))
                        room.slot = slot;
        }
        if (room.code && room.slot)
            break;
    }
    return room;
}

enum class Stopped {
    Yes,
    Again, // a signal came first; it was handed on
    Suspended,
    Unstoppable,
    Gone,
    Forbidden,
};

Stopped stop(int thread)
{
    if (ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0)
        return errno == ESRCH ? Stopped::Gone : Stopped::Forbidden;
    if (ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) != 0)
        return Stopped::Gone;
    const int64_t limit = nowNs() + 1'000'000'000;
    for (;;) {
        // Stops only: its end, if it is our child, is for whoever started it.
        siginfo_t info {};
        if (waitid(P_PID, id_t(thread), &info, WSTOPPED | WNOHANG | __WALL) != 0)
            return Stopped::Gone;
        if (info.si_pid == 0) {
            if (nowNs() > limit)
                return Stopped::Unstoppable;
            pause(20);
            continue;
        }
        const int signal = info.si_status & 0xFF, event = info.si_status >> 8;
        if (event != PTRACE_EVENT_STOP) {
            ptrace(PTRACE_DETACH, thread, nullptr, reinterpret_cast<void*>(intptr_t(signal)));
            return Stopped::Again;
        }
        if (signal != SIGTRAP) {
            ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
            return Stopped::Suspended;
        }
        return Stopped::Yes;
    }
}

void release(int thread) { ptrace(PTRACE_DETACH, thread, nullptr, nullptr); }

// Adding a pending call takes a lock: not while the thread is in one of those that hold it.
bool inPendingCalls(const Python& python, const user_regs_struct& r)
{
    uint64_t stack[24] = {};
    python.memory.read(r.rsp, stack, sizeof stack);
    for (const char* function : {"Py_AddPendingCall", "Py_MakePendingCalls", "PyThread_acquire_lock", "PyThread_acquire_lock_timed",
             "PyThread_release_lock", "PyMutex_Lock", "PyMutex_Unlock"}) {
        const Symbol* s = python.find(function);
        if (!s)
            continue;
        const uint64_t from = s->address, to = from + std::max<uint64_t>(s->size, 16);
        const auto within = [from, to](uint64_t a) { return a >= from && a < to; };
        if (within(r.rip) || std::any_of(std::begin(stack), std::end(stack), within))
            return true;
    }
    return false;
}

// What the kernel itself would do with an interrupted system call.
void restartCall(user_regs_struct& r)
{
    if (long(r.orig_rax) < 0)
        return;
    switch (long(r.rax)) {
    case -512: // ERESTARTSYS
    case -513: // ERESTARTNOINTR
    case -514: // ERESTARTNOHAND
        r.rax = r.orig_rax;
        r.rip -= 2;
        break;
    case -516: // ERESTART_RESTARTBLOCK
        r.rax = SYS_restart_syscall;
        r.rip -= 2;
        break;
    default: break;
    }
}

Slot slotFor(const Python& python, int thread, bool atOnce)
{
    Slot s {};
    s.state = uint32_t(SlotState::Armed);
    s.queue = atOnce ? 0 : 1;
    s.stateSize = extendedStateSize() + 64;
    s.isInitialized = python.symbol("Py_IsInitialized");
    const uint64_t finalizing = python.symbol("Py_IsFinalizing");
    s.isFinalizing = finalizing ? finalizing : python.symbol("_Py_IsFinalizing");
    s.ensure = python.symbol("PyGILState_Ensure");
    s.release = python.symbol("PyGILState_Release");
    s.run = python.symbol("PyRun_SimpleString");
    s.addPendingCall = python.symbol("Py_AddPendingCall");
    s.errnoFunction = python.errnoFunction;
    s.thread = uint64_t(thread);
    s.stampNs = uint64_t(nowNs());
    s.magic = kSlotMagic;
    s.checkGil = python.symbol("PyGILState_Check");
    return s;
}

bool complete(const Slot& s)
{
    return s.isInitialized && s.ensure && s.release && s.run && s.addPendingCall && s.errnoFunction && s.checkGil;
}

bool writeStub(int thread, uint64_t at)
{
    const size_t size = size_t(calltide_stub_end - calltide_stub_begin);
    std::string bytes((size + 7) & ~size_t(7), char(0xCC));
    std::memcpy(bytes.data(), calltide_stub_begin, size);
    for (size_t i = 0; i < bytes.size(); i += 8) {
        long word;
        std::memcpy(&word, &bytes[i], 8);
        if (ptrace(PTRACE_POKEDATA, thread, reinterpret_cast<void*>(at + i), reinterpret_cast<void*>(word)) != 0)
            return false;
    }
    return true;
}

enum class Sent { Yes, Again, NothingDone, Failed };

// The thread is stopped; it is released in every case.
Sent send(const Python& python, const std::string& code, int thread, Way way, const Room& room, bool patient, bool& atOnce)
{
    user_regs_struct r {};
    iovec registers {&r, sizeof r};
    if (ptrace(PTRACE_GETREGSET, thread, reinterpret_cast<void*>(1 /* NT_PRSTATUS */), &registers) != 0 || r.cs != 0x33) {
        release(thread);
        return Sent::Failed;
    }
    SystemCall call;
    call.number = long(r.orig_rax) >= 0 ? long(r.orig_rax) : -1;
    call.arguments[0] = r.rdi;
    call.arguments[1] = r.rsi;
    atOnce = mayEnterPython(python, call, thread == python.pid());
    if (!atOnce && way == Way::AtOnceOnly) {
        release(thread);
        return Sent::NothingDone;
    }
    if (!atOnce && patient && inPendingCalls(python, r)) {
        release(thread);
        return Sent::Again;
    }
    dieAt(1);
    restartCall(r);
    const uint64_t frame[17] = {r.r15, r.r14, r.r13, r.r12, r.r11, r.r10, r.r9, r.r8, r.rdi, r.rsi, r.rbp, r.rbx, r.rdx, r.rcx,
        r.rax, r.eflags, r.rip};
    const uint64_t stack = r.rsp - kRedZone - sizeof frame;
    const Slot slot = slotFor(python, thread, atOnce);
    std::string block(reinterpret_cast<const char*>(&slot), sizeof slot);
    block += code;
    block += '\0';
    if (!python.memory.write(stack, frame, sizeof frame)) { // the stack has not grown there yet
        release(thread);
        return Sent::Again;
    }
    const bool written = python.memory.write(room.slot, block.data(), block.size()) && (room.codeThere || writeStub(thread, room.code));
    dieAt(2);
    r.rip = room.code;
    r.orig_rax = ~0ull; // no system call is to be restarted by the kernel
    r.rsp = stack;
    r.rbx = room.slot;
    const bool committed = written && ptrace(PTRACE_SETREGSET, thread, reinterpret_cast<void*>(1), &registers) == 0;
    dieAt(3);
    if (!committed)
        python.memory.put(room.slot, uint32_t(SlotState::Free));
    release(thread);
    dieAt(4);
    return committed ? Sent::Yes : Sent::Failed;
}

Problem refusal(const Python& python, Stopped stopped)
{
    switch (stopped) {
    case Stopped::Gone: return {Why::NoProcess, name(python) + " has ended."};
    case Stopped::Suspended: return {Why::Suspended, name(python) + " is suspended. Resume it first (kill -CONT " + std::to_string(python.pid()) + ")."};
    case Stopped::Unstoppable: return stuck(python.pid());
    default:
        if (const int tracer = readStatus(python.pid()).tracer)
            return {Why::Suspended, "A debugger (process " + std::to_string(tracer) + ") is attached to process "
                    + std::to_string(python.pid()) + ". Detach it first."};
        return notPermitted(python.pid());
    }
}

Hijack hijackHere(const Python& python, const std::string& code, int thread, Way way)
{
    Hijack result;
    if (readStatus(python.pid()).shadowStack) {
        result.problem = {Why::NotSupported, name(python) + " runs with a shadow stack, which does not allow attaching. Start the program from Calltide."};
        return result;
    }
    if (code.size() + 1 > kSlotSize - sizeof(Slot) || !complete(slotFor(python, thread, true))) {
        result.problem = {Why::NotSupported, name(python) + " has a Python that does not export what attaching needs. Start the program from Calltide."};
        return result;
    }
    const Room room = findRoom(python);
    if (!room.code || !room.slot) {
        result.problem = room.code
            ? Problem {Why::Busy, name(python) + " still has earlier requests to do. Try again in a moment."}
            : Problem {Why::NotSupported, name(python) + " has no room for what attaching needs. Start the program from Calltide."};
        return result;
    }
    for (int i = 0; i < kTries; i++) {
        const int64_t before = nowNs();
        const Stopped stopped = stop(thread);
        if (stopped == Stopped::Again) {
            pause(500);
            continue;
        }
        if (stopped != Stopped::Yes) {
            result.problem = refusal(python, stopped);
            return result;
        }
        const Sent sent = send(python, code, thread, way, room, i < 20, result.atOnce);
        result.pausedNs = std::max(result.pausedNs, nowNs() - before);
        result.stops++;
        if (sent == Sent::Yes) {
            result.slot = room.slot;
            return result;
        }
        if (sent == Sent::NothingDone) {
            result.nothingDone = true;
            return result;
        }
        if (sent == Sent::Failed)
            break;
        pause(300);
    }
    result.problem = {Why::Failed, name(python) + " could not be attached: no safe place to stop it was found. Try again."};
    return result;
}

} // namespace

bool hijackSupported() { return true; }

Hijack hijack(const Python& python, const std::string& code, int thread, Way way)
{
    // In a thread of its own: what it has seized and could not stop is let go by the kernel when the thread ends.
    Hijack result;
    std::thread([&] { result = hijackHere(python, code, thread, way); }).join();
    return result;
}

} // namespace calltide::inject

#else

namespace calltide::inject {

bool hijackSupported() { return false; }

Hijack hijack(const Python& python, const std::string&, int, Way)
{
    Hijack result;
    result.problem = {Why::NotSupported,
        "Process " + std::to_string(python.pid())
            + " cannot be attached: on this processor that needs Python 3.14 or newer. Start the program from Calltide."};
    return result;
}

} // namespace calltide::inject

#endif
