// SPDX-License-Identifier: Apache-2.0
#include "inject/procfs.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>

namespace calltide::inject {

std::string procPath(int pid, const char* rest) { return "/proc/" + std::to_string(pid) + "/" + rest; }

std::string readWhole(const std::string& path)
{
    std::string text;
    FILE* f = std::fopen(path.c_str(), "re");
    if (!f)
        return text;
    char block[4096];
    size_t n;
    while ((n = std::fread(block, 1, sizeof block, f)) > 0)
        text.append(block, n);
    std::fclose(f);
    return text;
}

namespace {

// The value of "Key:\tvalue" in a status file.
const char* field(const std::string& text, const char* key)
{
    const std::string wanted = std::string("\n") + key + ":";
    const size_t at = text.find(wanted);
    if (at == std::string::npos)
        return "";
    const char* value = text.c_str() + at + wanted.size();
    while (*value == ' ' || *value == '\t')
        value++;
    return value;
}

} // namespace

Status readStatus(int pid)
{
    Status s;
    const std::string text = readWhole(procPath(pid, "status"));
    if (text.empty())
        return s;
    s.exists = true;
    s.state = *field(text, "State");
    s.parent = std::atoi(field(text, "PPid"));
    s.tracer = std::atoi(field(text, "TracerPid"));
    s.threads = std::atoi(field(text, "Threads"));
    std::sscanf(field(text, "Uid"), "%u %u %u %u", &s.uids[0], &s.uids[1], &s.uids[2], &s.uids[3]);
    s.shadowStack = std::strncmp(field(text, "x86_Thread_features"), "shstk", 5) == 0;
    return s;
}

std::vector<Mapping> readMappings(int pid)
{
    std::vector<Mapping> all;
    FILE* f = std::fopen(procPath(pid, "maps").c_str(), "re");
    if (!f)
        return all;
    char* line = nullptr;
    size_t capacity = 0;
    errno = 0;
    while (getline(&line, &capacity, f) > 0) {
        Mapping m;
        unsigned long long from, to, offset;
        char rights[5] = {};
        int path = 0;
        if (std::sscanf(line, "%llx-%llx %4s %llx %*s %*s %n", &from, &to, rights, &offset, &path) < 4)
            continue;
        m.from = from;
        m.to = to;
        m.offset = offset;
        m.readable = rights[0] == 'r';
        m.writable = rights[1] == 'w';
        m.shared = rights[3] == 's';
        m.path = path ? line + path : "";
        while (!m.path.empty() && m.path.back() == '\n')
            m.path.pop_back();
        all.push_back(std::move(m));
    }
    std::free(line);
    const int problem = errno; // reading, too, may be what is forbidden
    std::fclose(f);
    errno = problem;
    return all;
}

int ownNumber(int pid)
{
    const std::string text = readWhole(procPath(pid, "status"));
    const char* at = text.empty() ? "" : field(text, "NSpid"); // from the outermost namespace to its own
    int number = 0;
    for (char* end = nullptr; *at && *at != '\n'; at = end) {
        const long n = std::strtol(at, &end, 10);
        if (end == at)
            break;
        number = int(n);
        while (*end == '\t' || *end == ' ')
            end++;
    }
    return number;
}

uint64_t statField(int pid, int number)
{
    const std::string text = readWhole(procPath(pid, "stat"));
    const size_t name = text.rfind(')'); // the name may hold anything
    if (name == std::string::npos)
        return 0;
    const char* at = text.c_str() + name + 1;
    for (int i = 3; *at; i++) {
        while (*at == ' ')
            at++;
        if (i == number)
            return std::strtoull(at, nullptr, 10);
        while (*at && *at != ' ')
            at++;
    }
    return 0;
}

std::string linkTarget(const std::string& path)
{
    char buffer[4096];
    const ssize_t n = readlink(path.c_str(), buffer, sizeof buffer);
    return n > 0 ? std::string(buffer, size_t(n)) : std::string();
}

std::vector<int> numbersIn(const std::string& folder)
{
    std::vector<int> numbers;
    DIR* d = opendir(folder.c_str());
    while (const dirent* e = d ? readdir(d) : nullptr)
        if (const int n = std::atoi(e->d_name); n > 0)
            numbers.push_back(n);
    if (d)
        closedir(d);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

std::string userName(unsigned uid)
{
    passwd entry {}, *found = nullptr;
    char buffer[4096];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->pw_name;
    return "number " + std::to_string(uid);
}

} // namespace calltide::inject
