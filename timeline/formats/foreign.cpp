// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/foreign.h"
#include "formats/jsontext.h"

namespace calltide::formats {

namespace {

using namespace std::string_view_literals;

struct Kind
{
    std::string_view begin; // of the file; or, of JSON and protobuf, what stands somewhere in the head
    std::string_view text;
};

constexpr Kind kByBegin[] = {
    {"PERFILE2"sv, "perf's own recording; \"perf script -F +pid -i FILE > FILE.txt\" makes a text of it that opens."},
    {"MOJ"sv, "austin's binary form; \"mojo2austin FILE FILE.txt\" makes stacks of it that open."},
    {"HCAT"sv, "the binary form of Python's profiling.sampling; its command \"replay --gecko -o FILE.json FILE\" makes a profile of it that opens."},
    {"\x04\x22\x4D\x18"sv, "packed with LZ4, as memray's recordings are; those hold memory and no time, memray's own reports show them."},
    {"memray"sv, "memray's recording, which holds memory and no time; memray's own reports show it."},
    {"go 1."sv, "an execution trace of Go; \"go tool trace -pprof=sched FILE\" makes a profile of it that opens (also net, sync, syscall)."},
    {"heap profile: "sv, "a Go profile as text; written with debug=0 it opens."},
    {"goroutine profile: "sv, "a Go profile as text; written with debug=0 it opens."},
    {"--- mutex:"sv, "a Go profile as text; written with debug=0 it opens."},
    {"--- contention:"sv, "a Go profile as text; written with debug=0 it opens."},
    {"threadcreate profile: "sv, "a Go profile as text; written with debug=0 it opens."},
    {"# callgrind format"sv, "a callgrind file; cProfile and yappi (type=\"pstat\") write the same as pstats, which open."},
    {"version: 1\ncreator: "sv, "a callgrind file; cProfile and yappi (type=\"pstat\") write the same as pstats, which open."},
    {"\x80\x02"sv, "a Python pickle, which could run anything and is not read; yappi's save(type=\"pstat\") writes a profile that opens."},
    {"\x80\x04"sv, "a Python pickle, which could run anything and is not read."},
    {"\x80\x05"sv, "a Python pickle, which could run anything and is not read."},
    {"# ninja log"sv, "a log of Ninja; ninjatracing makes a Chrome trace of it that opens."},
    {"\x04\x08"sv, "a dump of Ruby, StackProf's perhaps; \"stackprof --stackcollapse FILE > FILE.txt\" makes stacks of it that open."},
    {"Nettrace"sv, "a .NET trace; \"dotnet-trace convert --format speedscope FILE\" makes a profile of it that opens."},
    {"FLR\0"sv, "a Java flight recording, which is not read."},
    {"SQLite format 3\0"sv, "a database, not a trace; the tool that wrote it can export one as Chrome JSON perhaps."},
    {"\x7F" "ELF"sv, "a program or library; \"calltide record FILE\" runs and records one that runs Python."},
};

constexpr Kind kByJson[] = {
    {"\"resourceSpans\""sv, "an OpenTelemetry export; spans are not read."},
    {"\"trace_id\""sv, "an OpenTelemetry export; spans are not read."},
    {"\"traceID\""sv, "a Jaeger export; spans are not read."},
    {"\"missed_samples\""sv, "a StackProf profile; \"stackprof --stackcollapse DUMP > FILE.txt\" makes stacks of it that open."},
    {"\"linux-perf-json-version\""sv, "perf's JSON; \"perf script -F +pid -i perf.data > FILE.txt\" makes a text that opens."},
    {"\"alloc_samples\""sv, "a scalene profile, which holds sums by line and no calls; scalene's own view shows it."},
    {"\"root_frame\""sv, "pyinstrument's own JSON; \"pyinstrument -r speedscope -o FILE.json\" writes a profile that opens."},
    {"\"start_call_stack\""sv, "a pyinstrument session; \"pyinstrument --load FILE -r speedscope -o FILE.json\" makes a profile of it that opens."},
    {"\"ctrl_deps\""sv, "PyTorch's execution graph; torch.profiler's export_chrome_trace() writes a trace that opens."},
    {"{\"snapshot\":{\"meta\""sv, "a V8 heap snapshot, which holds memory and no time."},
    {"{\"head\":{\"callFrame\""sv, "a V8 heap profile, which holds memory and no time; --cpu-prof writes a profile that opens."},
};

bool beginsWithTag(std::string_view head, std::string_view tag) // whatever the case
{
    for (size_t i = 0; i < tag.size(); i++)
        if (i >= head.size() || (head[i] | 0x20) != tag[i])
            return false;
    return true;
}

} // namespace

std::string_view foreignKind(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    for (const Kind& k : kByBegin)
        if (head.starts_with(k.begin))
            return k.text;
    const size_t at = head.find_first_not_of(" \t\r\n");
    if (at == head.npos)
        return {};
    const std::string_view text = head.substr(at);
    if (text.front() == '<') {
        for (const std::string_view tag : {"<!doctype html"sv, "<html"sv, "<!--"sv})
            if (beginsWithTag(text, tag))
                return "a web page; the tool that wrote it writes traces as well, VizTracer with \"-o FILE.json\".";
        if (text.find("<svg") != text.npos)
            return "a picture; py-spy and others write stacks as well, which open (\"py-spy record -f speedscope\").";
    }
    if (text.front() == '{' || text.front() == '[') {
        for (const Kind& k : kByJson)
            if (text.find(k.begin) != text.npos)
                return k.text;
    }
    if (head.front() == '\n' && (head.find("/host:metadata") != head.npos || head.find("/host:CPU") != head.npos))
        return "the XSpace of JAX or TensorFlow; the trace.json.gz beside it opens.";
    return {};
}

} // namespace calltide::formats
