// SPDX-License-Identifier: GPL-3.0-or-later
// Any input must be read, or refused, within bounds: each file is opened in a process of its own, once to the end and a
// few times until it is cancelled.
#include "benches.h"
#include "formats/reader.h"
#include "measure.h"
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace calltide;

namespace bench {

namespace {

struct Outcome
{
    double seconds, cancelled; // cancelled: the longest time from the wish to the end
    uint64_t peak, slices;
    char text[120];
};

// In a new process, for its memory; false: it died.
template <class Work> bool inProcess(Outcome& out, Work&& work)
{
    int pipes[2];
    if (pipe(pipes) != 0)
        return false;
    const pid_t pid = fork();
    if (pid == 0) {
        Outcome o = {};
        work(o);
        o.peak = memory().peak;
        _exit(::write(pipes[1], &o, sizeof o) == ssize_t(sizeof o) ? 0 : 1);
    }
    ::close(pipes[1]);
    const bool whole = pid > 0 && ::read(pipes[0], &out, sizeof out) == ssize_t(sizeof out);
    ::close(pipes[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return whole && status == 0;
}

void readAll(const char* file, Outcome& o)
{
    const Watch watch;
    const auto trace = formats::open(file);
    o.seconds = watch.time();
    o.slices = trace ? (*trace)->sliceCount() : 0;
    std::string text = trace ? "" : trace.error().message;
    if (trace)
        for (const auto& p : (*trace)->problems())
            text += p.kind + " " + std::to_string(p.count) + "; ";
    std::snprintf(o.text, sizeof o.text, "%s", text.c_str());
}

void cancelAfter(const char* file, double seconds, Outcome& o)
{
    store::Progress progress;
    formats::OpenOptions options;
    options.progress = &progress;
    double wish = 0;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        wish = now();
        progress.cancel();
    });
    (void)formats::open(file, options);
    const double end = now();
    other.join();
    o.cancelled = end - wish; // below 0: it was done before
}

} // namespace

bool limits(const char* file)
{
    struct stat st = {};
    Outcome whole = {};
    if (stat(file, &st) != 0 || !inProcess(whole, [&](Outcome& o) { readAll(file, o); })) {
        std::fprintf(stderr, "%s: reading it ended the process\n", file);
        return false;
    }
    double slowest = 0;
    constexpr int kTimes = 6;
    for (int i = 1; i <= kTimes; i++) {
        Outcome o = {};
        if (!inProcess(o, [&](Outcome& r) { cancelAfter(file, whole.seconds * i / (kTimes + 1), r); }))
            return false;
        slowest = std::max(slowest, o.cancelled);
    }
    const uint64_t allowed = 2 * uint64_t(st.st_size) + (uint64_t(512) << 20);
    std::printf(
        "%-28s %7.1f MB %7.2f s %6llu MiB at most%s cancelled in %4.0f ms  %llu slices  %s\n", std::string(file).substr(std::string(file).rfind('/') + 1).c_str(),
        double(st.st_size) / 1e6, whole.seconds, static_cast<unsigned long long>(whole.peak >> 20),
        whole.peak > allowed ? " (TOO MUCH)" : "", slowest * 1e3, static_cast<unsigned long long>(whole.slices), whole.text);
    return true;
}

} // namespace bench
