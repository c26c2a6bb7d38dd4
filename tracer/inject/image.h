// SPDX-License-Identifier: Apache-2.0
// Programs and libraries in another process, read wholly from its memory: no file is opened, so it does not matter what
// lies at their paths by now.
#pragma once
#include "inject/memory.h"
#include "inject/procfs.h"
#include <elf.h>
#include <map>

namespace calltide::inject {

struct Symbol
{
    uint64_t address = 0, size = 0;
};

struct Image
{
    std::string path;
    uint64_t base = 0; // where its first byte is
    uint64_t bias = 0; // what is added to the addresses in its headers
    std::vector<Elf64_Phdr> segments;
    std::map<std::string, Symbol> symbols; // those that were wanted and are there

    std::string name() const { return path.substr(path.rfind('/') + 1); }
};

// What is mapped from the first byte of a file on; the likeliest home of Python first, then the C library.
std::vector<Image> imagesOf(const std::vector<Mapping>& mappings);
// Fills segments, bias and symbols. False: it is no 64-bit ELF file for this processor, or cannot be read (see errno).
bool readImage(const Memory& memory, Image& image, const std::vector<const char*>& wanted);

} // namespace calltide::inject
