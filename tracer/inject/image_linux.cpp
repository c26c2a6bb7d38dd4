// SPDX-License-Identifier: Apache-2.0
#include "inject/image.h"
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace calltide::inject {

namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
constexpr unsigned kMachine = EM_NONE;
#endif

constexpr size_t kSane = 1 << 24; // bytes of a table; more is damage

int rank(const Image& image)
{
    const std::string name = image.name();
    const auto begins = [&name](const char* with) { return name.rfind(with, 0) == 0; };
    return begins("libpython") ? 0 : begins("python") ? 1 : begins("libc.") || begins("libc-") || begins("ld-musl") ? 2 : 3;
}

struct Dynamic
{
    uint64_t symbols = 0, strings = 0, stringsSize = 0, gnuHash = 0, hash = 0;
};

bool readDynamic(const Memory& memory, const Image& image, uint64_t address, uint64_t size, Dynamic& d)
{
    if (size > kSane)
        return false;
    std::vector<Elf64_Dyn> entries(size / sizeof(Elf64_Dyn));
    if (!memory.read(address, entries.data(), entries.size() * sizeof(Elf64_Dyn)))
        return false;
    // The loader has replaced addresses by absolute ones, or not (read-only tables, programs without relocation).
    const auto absolute = [&image](uint64_t v) { return v < image.base ? v + image.bias : v; };
    for (const Elf64_Dyn& e : entries) {
        switch (e.d_tag) {
        case DT_NULL: return d.symbols && d.strings;
        case DT_SYMTAB: d.symbols = absolute(e.d_un.d_ptr); break;
        case DT_STRTAB: d.strings = absolute(e.d_un.d_ptr); break;
        case DT_STRSZ: d.stringsSize = e.d_un.d_val; break;
        case DT_GNU_HASH: d.gnuHash = absolute(e.d_un.d_ptr); break;
        case DT_HASH: d.hash = absolute(e.d_un.d_ptr); break;
        default: break;
        }
    }
    return d.symbols && d.strings;
}

// Only the hash tables know how many symbols there are.
size_t symbolCount(const Memory& memory, const Dynamic& d)
{
    if (!d.gnuHash) {
        const auto count = d.hash ? memory.get<uint32_t>(d.hash + 4) : std::nullopt;
        return count.value_or(0);
    }
    struct Header
    {
        uint32_t buckets, first, bloomWords, shift;
    };
    const auto h = memory.get<Header>(d.gnuHash);
    if (!h || h->buckets > kSane)
        return 0;
    std::vector<uint32_t> buckets(h->buckets);
    const uint64_t bucketsAt = d.gnuHash + sizeof(Header) + 8ull * h->bloomWords;
    if (!memory.read(bucketsAt, buckets.data(), 4 * buckets.size()))
        return 0;
    uint32_t last = 0;
    for (const uint32_t b : buckets)
        last = std::max(last, b);
    if (last < h->first)
        return h->first; // nothing is exported
    const uint64_t chains = bucketsAt + 4ull * h->buckets;
    for (;; last++) { // an odd value ends a chain
        const auto value = memory.get<uint32_t>(chains + 4ull * (last - h->first));
        if (!value)
            return 0;
        if (*value & 1)
            return last + 1;
    }
}

} // namespace

std::vector<Image> imagesOf(const std::vector<Mapping>& mappings)
{
    std::vector<Image> images;
    for (const Mapping& m : mappings) {
        if (m.offset != 0 || m.path.empty() || m.path[0] != '/' || !m.readable || m.shared)
            continue;
        if (std::any_of(images.begin(), images.end(), [&m](const Image& i) { return i.path == m.path; }))
            continue;
        Image image;
        image.path = m.path;
        image.base = m.from;
        images.push_back(std::move(image));
    }
    std::stable_sort(images.begin(), images.end(), [](const Image& a, const Image& b) { return rank(a) < rank(b); });
    return images;
}

bool readImage(const Memory& memory, Image& image, const std::vector<const char*>& wanted)
{
    errno = 0;
    const auto header = memory.get<Elf64_Ehdr>(image.base);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64
        || header->e_machine != kMachine || header->e_phentsize != sizeof(Elf64_Phdr))
        return false;
    std::vector<Elf64_Phdr> segments(header->e_phnum);
    if (!memory.read(image.base + header->e_phoff, segments.data(), segments.size() * sizeof(Elf64_Phdr)))
        return false;
    uint64_t first = ~0ull, dynamic = 0, dynamicSize = 0;
    for (const Elf64_Phdr& p : segments) {
        if (p.p_type == PT_LOAD)
            first = std::min<uint64_t>(first, p.p_vaddr & ~0xFFFull);
        if (p.p_type == PT_DYNAMIC) {
            dynamic = p.p_vaddr;
            dynamicSize = p.p_memsz;
        }
    }
    image.bias = image.base - first;
    image.segments = std::move(segments);
    if (wanted.empty())
        return true;
    Dynamic d;
    if (!dynamic || !readDynamic(memory, image, image.bias + dynamic, dynamicSize, d))
        return false;
    const size_t count = symbolCount(memory, d);
    if (count > kSane || d.stringsSize > kSane)
        return false;
    std::vector<Elf64_Sym> table(count);
    std::vector<char> strings(d.stringsSize + 1);
    if (!memory.read(d.symbols, table.data(), count * sizeof(Elf64_Sym)) || !memory.read(d.strings, strings.data(), d.stringsSize))
        return false;
    for (const Elf64_Sym& s : table) {
        if (s.st_shndx == SHN_UNDEF || s.st_name >= d.stringsSize)
            continue;
        const char* name = &strings[s.st_name];
        for (const char* w : wanted)
            if (std::strcmp(name, w) == 0)
                image.symbols[name] = {s.st_value + image.bias, s.st_size};
    }
    return true;
}

} // namespace calltide::inject
