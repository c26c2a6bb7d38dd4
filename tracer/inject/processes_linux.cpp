// SPDX-License-Identifier: Apache-2.0
#include "inject/processes.h"
#include "inject/inject.h"
#include "inject/memory.h"
#include "inject/python.h"
#include <algorithm>
#include <cctype>
#include <cstring>
#include <unistd.h>

namespace calltide::inject {

namespace {

int64_t bootTimeNs()
{
    const std::string stat = readWhole("/proc/stat");
    const size_t at = stat.find("\nbtime ");
    return at == std::string::npos ? 0 : int64_t(std::strtoll(stat.c_str() + at + 7, nullptr, 10)) * 1'000'000'000;
}

std::vector<std::string> commandOf(int pid)
{
    std::vector<std::string> words;
    const std::string text = readWhole(procPath(pid, "cmdline"));
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\0', at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    if (words.empty()) { // the program has overwritten it
        words.push_back(readWhole(procPath(pid, "comm")));
        while (!words[0].empty() && words[0].back() == '\n')
            words[0].pop_back();
    }
    return words;
}

// The program's file is mapped for writing while it is recorded. Its header stays so afterwards, and says that it is over
// (tracer/format/FORMAT.md, section 1).
std::string recordingOf(int pid, const std::vector<Mapping>& mappings)
{
    constexpr uint64_t kStateAt = 4040;
    const std::string ending = ".calltide";
    for (const Mapping& m : mappings) {
        if (!m.shared || !m.writable || m.path.size() <= ending.size() || m.path.compare(m.path.size() - ending.size(), ending.size(), ending) != 0)
            continue;
        uint32_t state = 1;
        if (m.offset == 0 && Memory(pid).read(m.from + kStateAt, &state, sizeof state) && state != 1)
            continue;
        return m.path;
    }
    return {};
}

// "python3.12" in what was started: all that can be known of it without rights.
std::string namedPython(int pid)
{
    for (const std::string& path : {linkTarget(procPath(pid, "exe")), commandOf(pid).front()}) {
        const std::string name = path.substr(path.rfind('/') + 1);
        if (name.rfind("python", 0) == 0 && (name.size() == 6 || std::isdigit((unsigned char)name[6])))
            return name;
    }
    return {};
}

bool looksLikePython(const std::vector<Mapping>& mappings)
{
    for (const Image& image : imagesOf(mappings))
        if (image.name().rfind("python", 0) == 0 || image.name().rfind("libpython", 0) == 0)
            return true;
    return false;
}

Process facts(int pid, const Status& status, const std::vector<Mapping>& mappings)
{
    static const int64_t boot = bootTimeNs(), tick = 1'000'000'000 / std::max(1L, sysconf(_SC_CLK_TCK));
    Process p;
    p.pid = pid;
    p.parent = status.parent;
    p.threads = status.threads;
    p.command = commandOf(pid);
    p.folder = linkTarget(procPath(pid, "cwd"));
    p.startedNs = boot + int64_t(startTicks(pid)) * tick;
    p.cpuNs = int64_t(statField(pid, 14) + statField(pid, 15)) * tick;
    p.memory = statField(pid, 24) * uint64_t(sysconf(_SC_PAGESIZE));
    p.recording = recordingOf(pid, mappings);
    return p;
}

} // namespace

uint64_t startTicks(int pid) { return statField(pid, 22); }

std::vector<Process> pythonProcesses(bool ofOthersToo)
{
    std::vector<Process> all;
    for (const int pid : numbersIn("/proc")) {
        const Status status = readStatus(pid);
        if (pid == getpid() || !status.exists || status.state == 'Z')
            continue;
        const bool others = std::any_of(std::begin(status.uids), std::end(status.uids), [](unsigned uid) { return uid != geteuid(); });
        if (others && !ofOthersToo)
            continue;
        const std::vector<Mapping> mappings = others ? std::vector<Mapping>() : readMappings(pid);
        if (mappings.empty() ? namedPython(pid).empty() : !looksLikePython(mappings))
            continue;
        Process p = facts(pid, status, mappings);
        Problem problem;
        if (const auto python = mappings.empty() ? nullptr : findPython(pid, problem, true))
            p.python = python->version;
        else if (problem.why == Why::NotPython || problem.why == Why::NoProcess)
            continue;
        else if (const std::string name = namedPython(pid); name.rfind("python3.", 0) == 0)
            p.python = name.substr(6);
        else if (name.empty() && problem.why == Why::NotPermitted)
            continue;
        all.push_back(std::move(p));
    }
    return all;
}

Process describe(int pid)
{
    const Status status = readStatus(pid);
    if (!status.exists)
        return {};
    Process p = facts(pid, status, readMappings(pid));
    p.problem = check(pid);
    Problem ignored;
    if (const auto python = findPython(pid, ignored))
        p.python = python->version;
    return p;
}

} // namespace calltide::inject
