// SPDX-License-Identifier: GPL-3.0-or-later
// bench query [SLICES…]: building of a made-up trace, then the queries of its frames, statistics and search.
// bench open FILE: how long a trace takes to open, and what memory; then the same queries on it.
// bench first FILE: after what time its first picture is there, while the rest is read.
// bench cache FILE: how long its kept form takes to write, to open and to look around in, and what memory that costs.
// bench limits FILE: what time and memory a file takes that was made to hurt (hostile_files.py), and to be cancelled.
// bench parsers FILE.json: nlohmann's SAX parser and, where it is installed, simdjson on the same file.
// Prints figures for people; frames, statistics and search are in processor time. Fails when a query gives more than it
// may, whatever the machine's speed.
#include "benches.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

int main(int argc, char** argv)
{
    const auto is = [&](const char* word) { return argc > 1 && !std::strcmp(argv[1], word); };
    const struct
    {
        const char* word;
        bool (*run)(const char*);
    } ofFile[] = {{"open", bench::open}, {"first", bench::first}, {"cache", bench::cache}, {"parsers", bench::parsers}, {"limits", bench::limits}};
    for (const auto& b : ofFile)
        if (is(b.word) && argc == 3)
            return b.run(argv[2]) ? 0 : 1;
    if (is("query")) {
        bool right = true;
        if (argc == 2)
            for (const uint64_t slices : {1'000'000, 10'000'000, 100'000'000})
                right &= bench::query(slices);
        for (int i = 2; i < argc; i++)
            right &= bench::query(std::strtoull(argv[i], nullptr, 10));
        return right ? 0 : 1;
    }
    std::fprintf(stderr, "usage: bench query [SLICES…] | bench open|first|cache|parsers|limits FILE\n");
    return 2;
}
