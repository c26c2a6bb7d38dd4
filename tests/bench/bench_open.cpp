// SPDX-License-Identifier: GPL-3.0-or-later
#include "benches.h"
#include "formats/reader.h"
#include "formats/sidecar.h"
#include "measure.h"
#include <filesystem>
#include <string>
#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace calltide;
using namespace calltide::store;

namespace bench {

namespace {

bool said(const Error& error)
{
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return false;
}

unsigned long long counted(uint64_t n)
{
    return n;
}

// Of the file and, of a recording, its children.
void print(const char* what, const Trace& trace, const Watch& watch)
{
    const double time = watch.time(), processor = watch.processor(), system = watch.system();
    const double slices = double(trace.sliceCount()), bytes = double(trace.fileSize());
    std::printf(
        "%-10s %8.0f ms   %.1f M slices/s   %.0f MB/s\n           %8.0f ms of processor time (%.0f of it in the system)   %.1f M slices/s   %.0f MB/s\n",
        what, time * 1e3, slices / time / 1e6, bytes / time / 1e6, processor * 1e3, system * 1e3,
        slices / processor / 1e6, bytes / processor / 1e6);
}

void printMemory(const Trace& trace, const Memory& before)
{
    const Memory m = memory();
    const double slices = double(std::max<uint64_t>(trace.sliceCount(), 1));
    std::printf(
        "memory     %8.1f B/slice at most   %.1f resident   %.1f in columns   (%llu slices, %zu rows, %.0f MiB at most)\n",
        double(m.peak - std::min(m.peak, before.resident)) / slices,
        double(m.resident - std::min(m.resident, before.resident)) / slices, double(trace.memoryBytes()) / slices,
        counted(trace.sliceCount()), trace.rows().size(), double(m.peak) / (1 << 20));
}

void printResident(const char* after)
{
    const Memory m = memory();
    std::printf("resident   %8.0f MiB after %s   (%.0f of its own, %.0f of mapped files, at most %.0f together)\n",
        double(m.resident) / (1 << 20), after, double(m.anonymous) / (1 << 20), double(m.file) / (1 << 20), double(m.peak) / (1 << 20));
}

} // namespace

bool open(const char* file)
{
    const Memory before = memory();
    const Watch watch;
    const auto trace = formats::open(file);
    if (!trace)
        return said(trace.error());
    print("open", **trace, watch);
    printMemory(**trace, before);
    for (const Problem& p : (*trace)->problems())
        std::printf("problem    %s: %llu (%s)\n", p.kind.c_str(), counted(p.count), p.text.c_str());
    const bool right = frames(**trace);
    scans(**trace);
    return right;
}

bool first(const char* file)
{
    const Watch watch;
    formats::OpenOptions options;
    int pictures = 0;
    uint64_t shown = 0;
    options.preview = [&](const TracePtr& part) {
        std::printf(
            "picture    %8.0f ms   %llu slices   (%.0f ms of processor time)\n", watch.time() * 1e3,
            counted(part->sliceCount()), watch.processor() * 1e3);
        pictures++;
        shown = part->sliceCount();
    };
    const auto trace = formats::open(file, options);
    if (!trace)
        return said(trace.error());
    print("open", **trace, watch);
    if (shown > (*trace)->sliceCount())
        std::fprintf(stderr, "a first picture showed more than there is\n");
    return shown <= (*trace)->sliceCount();
}

bool cache(const char* file)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path folder = fs::temp_directory_path() / ("calltide-bench-" + std::to_string(uint64_t(now() * 1e6)));
    formats::SidecarOptions options;
    options.folder = folder.string();
    options.mostBytes = uint64_t(1) << 40;
    options.leastSlices = 0;
    uint64_t slices = 0;
    {
        const auto trace = formats::open(file);
        if (!trace)
            return said(trace.error());
        slices = (*trace)->sliceCount();
        const Watch watch;
        if (auto kept = formats::keepSidecar(**trace, file, options); !kept)
            return said(kept.error());
        std::printf(
            "keep       %8.0f ms   %.1f MB   %.0f MB/s\n", watch.time() * 1e3, double((*trace)->memoryBytes()) / 1e6,
            double((*trace)->memoryBytes()) / watch.time() / 1e6);
    }
#ifdef __GLIBC__
    malloc_trim(0); // what building it left behind is no part of this
#endif
    forgetPeak();
    const Memory before = memory();
    bool right = false;
    {
        const Watch watch;
        const TracePtr again = formats::openSidecar(file, options);
        right = again && again->sliceCount() == slices;
        if (right) {
            print("open kept", *again, watch);
            printMemory(*again, before);
            printResident("opening");
            right = frames(*again);
            printResident("2,000 frames at 40 places");
            scans(*again);
            printResident("going through all of it");
        } else {
            std::fprintf(stderr, "the kept form could not be opened\n");
        }
    }
    fs::remove_all(folder, error);
    return right;
}

} // namespace bench
