// SPDX-License-Identifier: Apache-2.0
#include "core/importtable.h"
#include <atomic>
#include <cstring>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace calltide::core {

namespace {

struct Found
{
    const char* function;
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
            if (isImport(r.r_info) && std::strcmp(names + symbols[ELF64_R_SYM(r.r_info)].st_name, found.function) == 0) {
                found.entry = reinterpret_cast<void**>(info->dlpi_addr + r.r_offset);
                const auto at = info->dlpi_addr + r.r_offset;
                found.readOnly = at >= constFrom && at < constTo;
                break;
            }
        }
    }
    return 1;
}

} // namespace

bool ImportEntry::put(void* function)
{
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    void* const start = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(m_entry) & ~(page - 1));
    if (m_readOnly && mprotect(start, page, PROT_READ | PROT_WRITE) != 0)
        return false;
    std::atomic_ref(*m_entry).store(function);
    if (m_readOnly)
        mprotect(start, page, PROT_READ);
    return true;
}

bool ImportEntry::lend(const void* inInterpreter, void* ours)
{
    if (m_before)
        return true;
    if (!m_entry) {
        Found found {m_function, inInterpreter};
        dl_iterate_phdr(look, &found);
        m_entry = found.entry;
        m_readOnly = found.readOnly;
    }
    void* const before = m_entry ? std::atomic_ref(*m_entry).load() : nullptr;
    if (!before || !put(ours))
        return false;
    m_before = before;
    m_ours = ours;
    return true;
}

void ImportEntry::giveBack()
{
    if (m_before && std::atomic_ref(*m_entry).load() == m_ours && put(m_before))
        m_before = nullptr;
}

} // namespace calltide::core
