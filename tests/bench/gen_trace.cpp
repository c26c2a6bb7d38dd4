// SPDX-License-Identifier: GPL-3.0-or-later
// gen_trace OUT.json [SLICES]: a made-up trace as VizTracer writes it, for `bench open`.
#include "tracesim.h"
#include <charconv>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: gen_trace OUT.json [SLICES]\n");
        return 2;
    }
    tracesim::Parameters p;
    if (argc > 2)
        p.slices = std::strtoull(argv[2], nullptr, 10);
    const std::vector<std::string> names = tracesim::makeNames(p.names, p.seed);
    FILE* file = std::fopen(argv[1], "wb");
    if (!file) {
        std::perror(argv[1]);
        return 1;
    }
    std::string text = "{\"traceEvents\":[";
    auto number = [&text](int64_t v) {
        char digits[24];
        text.append(digits, size_t(std::to_chars(digits, digits + sizeof digits, v).ptr - digits));
    };
    auto microseconds = [&](int64_t ns) {
        number(ns / 1000);
        const int rest = int(ns % 1000);
        const char digits[] = {'.', char('0' + rest / 100), char('0' + rest / 10 % 10), char('0' + rest % 10)};
        text.append(digits, sizeof digits);
    };
    const char* comma = "";
    bool written = true;
    auto flush = [&] {
        written &= std::fwrite(text.data(), 1, text.size(), file) == text.size();
        text.clear();
    };
    tracesim::run(p, [&](const tracesim::Slice& s) {
        text += comma;
        text += "{\"pid\":";
        number(4000 + s.process);
        text += ",\"tid\":";
        number(4000 + s.process + s.thread * 37);
        text += ",\"ts\":";
        microseconds(s.start);
        text += ",\"ph\":\"X\",\"cat\":\"FEE\",\"dur\":";
        microseconds(s.duration);
        text += ",\"name\":\"" + names[s.name] + "\"}";
        comma = ",";
        if (text.size() > 1 << 20)
            flush();
    });
    text += "],\"displayTimeUnit\":\"ns\"}";
    flush();
    written &= std::fclose(file) == 0;
    if (!written)
        std::fprintf(stderr, "%s: could not be written\n", argv[1]);
    return written ? 0 : 1;
}
