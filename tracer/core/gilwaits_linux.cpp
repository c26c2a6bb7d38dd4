// SPDX-License-Identifier: Apache-2.0
#include "core/gilwaits.h"
#include "core/clock.h"
#include "format/format.h"
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <new>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

namespace calltide::core {

__thread GilWaits* t_gilWaits __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

using TimedWait = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);

std::atomic<bool> g_watching {false};
uint64_t g_together = 0; // units between two waits that are one: the lock was still taken when the first had timed out
pthread_key_t g_key;
bool g_hasKey = false;

void noteWait(uint64_t from, uint64_t to)
{
    if (to < from + format::kNear) // an event that comes so soon does not look here
        return;
    GilWaits* w = t_gilWaits;
    if (!w) {
        w = new (std::nothrow) GilWaits;
        if (!w || pthread_setspecific(g_key, w) != 0) {
            delete w;
            return;
        }
        t_gilWaits = w;
    }
    if (w->count && from - w->waits[w->count - 1].to < g_together)
        w->waits[w->count - 1].to = to;
    else if (w->count == GilWaits::kMost)
        w->lost++;
    else
        w->waits[w->count++] = {from, to};
}

// Without the interpreter's lock. A thread that is cancelled is unwound through it.
int timedWait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
{
    if (!g_watching.load(std::memory_order_relaxed))
        return pthread_cond_timedwait(condition, mutex, until);
    const uint64_t from = nowUnits();
    const int result = pthread_cond_timedwait(condition, mutex, until);
    noteWait(from, nowUnits());
    return result;
}

struct Found
{
    const void* within;
    void** entry = nullptr;
    bool readOnly = false; // once the loader has filled it
};

bool isImport(ElfW(Xword) info)
{
#if defined(__x86_64__)
    return ELF64_R_TYPE(info) == R_X86_64_JUMP_SLOT || ELF64_R_TYPE(info) == R_X86_64_GLOB_DAT;
#elif defined(__aarch64__)
    return ELF64_R_TYPE(info) == R_AARCH64_JUMP_SLOT || ELF64_R_TYPE(info) == R_AARCH64_GLOB_DAT;
#else
    return (void)info, false; // untried
#endif
}

int look(dl_phdr_info* info, size_t, void* data)
{
    Found& found = *static_cast<Found*>(data);
    const auto address = reinterpret_cast<ElfW(Addr)>(found.within);
    bool here = false;
    ElfW(Addr) constFrom = 0, constTo = 0;
    const ElfW(Dyn)* dynamic = nullptr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr)& p = info->dlpi_phdr[i];
        const ElfW(Addr) from = info->dlpi_addr + p.p_vaddr;
        if (p.p_type == PT_LOAD)
            here = here || (address >= from && address < from + p.p_memsz);
        else if (p.p_type == PT_DYNAMIC)
            dynamic = reinterpret_cast<const ElfW(Dyn)*>(from);
        else if (p.p_type == PT_GNU_RELRO)
            constFrom = from, constTo = from + p.p_memsz;
    }
    if (!here)
        return 0;
    const char* names = nullptr;
    const ElfW(Sym)* symbols = nullptr;
    const ElfW(Rela)* tables[2] = {};
    size_t sizes[2] = {};
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_STRTAB: names = reinterpret_cast<const char*>(dynamic->d_un.d_ptr); break;
        case DT_SYMTAB: symbols = reinterpret_cast<const ElfW(Sym)*>(dynamic->d_un.d_ptr); break;
        case DT_JMPREL: tables[0] = reinterpret_cast<const ElfW(Rela)*>(dynamic->d_un.d_ptr); break;
        case DT_PLTRELSZ: sizes[0] = dynamic->d_un.d_val; break;
        case DT_RELA: tables[1] = reinterpret_cast<const ElfW(Rela)*>(dynamic->d_un.d_ptr); break;
        case DT_RELASZ: sizes[1] = dynamic->d_un.d_val; break;
        default: break;
        }
    }
    for (int k = 0; k < 2 && names && symbols && !found.entry; k++) {
        // A loader that leaves the addresses in the dynamic section as they are in the file (musl) is not followed.
        if (!tables[k] || reinterpret_cast<ElfW(Addr)>(tables[k]) < info->dlpi_addr)
            continue;
        for (size_t i = 0; i < sizes[k] / sizeof(ElfW(Rela)); i++) {
            const ElfW(Rela)& r = tables[k][i];
            if (isImport(r.r_info) && std::strcmp(names + symbols[ELF64_R_SYM(r.r_info)].st_name, "pthread_cond_timedwait") == 0) {
                found.entry = reinterpret_cast<void**>(info->dlpi_addr + r.r_offset);
                const auto at = info->dlpi_addr + r.r_offset;
                found.readOnly = at >= constFrom && at < constTo;
                break;
            }
        }
    }
    return 1;
}

Found g_found {};
void* g_before = nullptr; // what stood there; null: ours does not

bool put(void* function)
{
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    void* const start = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(g_found.entry) & ~(page - 1));
    if (g_found.readOnly && mprotect(start, page, PROT_READ | PROT_WRITE) != 0)
        return false;
    std::atomic_ref(*g_found.entry).store(function);
    if (g_found.readOnly)
        mprotect(start, page, PROT_READ);
    return true;
}

} // namespace

bool watchGil(bool on, const void* inInterpreter)
{
    const auto ours = reinterpret_cast<void*>(static_cast<TimedWait>(timedWait));
    g_watching = on;
    if (!on) {
        // What somebody else has put there since stays; ours then only passes calls on.
        if (g_before && std::atomic_ref(*g_found.entry).load() == ours && put(g_before))
            g_before = nullptr;
        return true;
    }
    if (g_before)
        return true;
    if (!g_hasKey)
        g_hasKey = pthread_key_create(&g_key, [](void* waits) {
            t_gilWaits = nullptr;
            delete static_cast<GilWaits*>(waits);
        }) == 0;
    g_together = (100'000ull << 32) / g_clock.nsPerUnit;
    if (!g_found.entry) {
        g_found = Found {inInterpreter};
        dl_iterate_phdr(look, &g_found);
    }
    void* const before = g_found.entry ? std::atomic_ref(*g_found.entry).load() : nullptr;
    if (!before || !g_hasKey || !put(ours)) {
        g_watching = false;
        return false;
    }
    g_before = before;
    return true;
}

} // namespace calltide::core
