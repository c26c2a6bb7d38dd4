// SPDX-License-Identifier: Apache-2.0
// What /proc says of a process.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace calltide::inject {

struct Mapping
{
    uint64_t from = 0, to = 0, offset = 0;
    bool readable = false, writable = false, shared = false;
    std::string path;
};

struct Status
{
    bool exists = false;
    char state = 0; // 'R', 'S', …; 'T' suspended, 't' stopped by a debugger, 'Z' ended
    int parent = 0, tracer = 0, threads = 0;
    unsigned uids[4] = {}; // real, effective, saved, of files
    bool shadowStack = false;
};

std::string readWhole(const std::string& path); // "" if it cannot be read
std::string procPath(int pid, const char* rest);
Status readStatus(int pid);
// Empty with errno EACCES or EPERM when that is not allowed.
std::vector<Mapping> readMappings(int pid);
// Field `number` of /proc/PID/stat as proc(5) counts; only those behind the name (3 and up).
uint64_t statField(int pid, int number);
// The number by which a process knows itself: another one in a container. 0: not known.
int ownNumber(int pid);
std::string linkTarget(const std::string& path);
std::vector<int> numbersIn(const std::string& folder); // entries that are numbers, sorted
std::string userName(unsigned uid);

} // namespace calltide::inject
