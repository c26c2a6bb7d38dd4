// SPDX-License-Identifier: Apache-2.0
#include "inject/remotedebug.h"
#include <cstring>

namespace calltide::inject {

namespace {

// The table of offsets at the start of _PyRuntime. Its own layout is fixed within a minor version; these are indices of
// 8-byte words, of sizeof and offsetof in CPython's pycore_debug_offsets.h.
constexpr size_t kWords = 160, kInterpreter = 6, kThread = 22, kPathSize = 512;

struct Layout
{
    int minor;
    size_t support;
};
constexpr Layout kLayouts[] = {{14, 89}, {15, 105}};

struct Offsets
{
    uint64_t interpreters, nextInterpreter, threadsHead, threadsMain, next;
    uint64_t breaker, support, enabled, pending, path;
};

bool readOffsets(const Python& python, Offsets& o)
{
    uint64_t words[kWords];
    if (!python.runtime || !python.memory.read(python.runtime, words, sizeof words) || std::memcmp(words, "xdebugpy", 8) != 0)
        return false;
    const uint64_t version = words[1], freeThreaded = words[2];
    if (version >> 24 != 3 || (version & 0xF0) != 0xF0 || freeThreaded)
        return false;
    for (const Layout& layout : kLayouts) {
        if (layout.minor != int(version >> 16 & 0xFF))
            continue;
        const uint64_t* support = words + layout.support;
        o = {words[5], words[kInterpreter + 2], words[kInterpreter + 3], words[kInterpreter + 4], words[kThread + 2], support[0], support[1], support[2],
            support[3], support[4]};
        return support[5] == kPathSize;
    }
    return false;
}

// The main one: it is the oldest, and new ones come in front.
uint64_t interpreterOf(const Python& python, const Offsets& o)
{
    uint64_t interpreter = python.memory.get<uint64_t>(python.runtime + o.interpreters).value_or(0);
    for (int i = 0; interpreter && i < 10'000; i++) {
        const uint64_t older = python.memory.get<uint64_t>(interpreter + o.nextInterpreter).value_or(0);
        if (!older)
            break;
        interpreter = older;
    }
    return interpreter;
}

std::vector<uint64_t> threadsOf(const Python& python, const Offsets& o, uint64_t interpreter)
{
    std::vector<uint64_t> states;
    uint64_t state = python.memory.get<uint64_t>(interpreter + o.threadsHead).value_or(0);
    for (int i = 0; state && i < 10'000; i++) {
        states.push_back(state);
        state = python.memory.get<uint64_t>(state + o.next).value_or(0);
    }
    return states;
}

Remote stateOf(const Python& python, const Offsets& o, uint64_t interpreter)
{
    const auto enabled = python.memory.get<int>(interpreter + o.enabled);
    if (!interpreter || !enabled)
        return Remote::Unknown;
    return *enabled == 1 ? Remote::Asked : Remote::SwitchedOff;
}

} // namespace

Remote remoteState(const Python& python)
{
    Offsets o;
    return readOffsets(python, o) ? stateOf(python, o, interpreterOf(python, o)) : Remote::Unknown;
}

Remote askRemotely(const Python& python, const std::string& script, Whom whom)
{
    Offsets o;
    if (!readOffsets(python, o) || script.size() >= kPathSize)
        return Remote::Unknown;
    const uint64_t interpreter = interpreterOf(python, o);
    if (const Remote state = stateOf(python, o, interpreter); state != Remote::Asked)
        return state;
    const uint64_t main = python.memory.get<uint64_t>(interpreter + o.threadsMain).value_or(0);
    std::vector<uint64_t> states;
    if (whom == Whom::Others) {
        states = threadsOf(python, o, interpreter);
        std::erase(states, main);
    } else if (main) {
        states.push_back(main);
    }
    bool asked = false;
    for (const uint64_t state : states) {
        const uint64_t support = state + o.support;
        if (python.memory.get<int>(support + o.pending).value_or(1)) // another request, or one of ours
            continue;
        if (!python.memory.write(support + o.path, script.c_str(), script.size() + 1) || !python.memory.put(support + o.pending, 1))
            continue;
        // "Please stop" is bit 5. One byte only: the version of the instrumentation is kept in the upper ones.
        const auto bits = python.memory.get<uint8_t>(state + o.breaker);
        asked = (bits && python.memory.put(state + o.breaker, uint8_t(*bits | 1u << 5))) || asked;
    }
    return asked ? Remote::Asked : Remote::Unknown;
}

void withdrawRemotely(const Python& python, const std::string& script)
{
    Offsets o;
    if (!readOffsets(python, o))
        return;
    for (const uint64_t state : threadsOf(python, o, interpreterOf(python, o))) {
        const uint64_t support = state + o.support;
        char path[kPathSize] = {};
        if (python.memory.get<int>(support + o.pending).value_or(0) != 1 || !python.memory.read(support + o.path, path, sizeof path))
            continue;
        path[kPathSize - 1] = 0;
        if (script == path)
            python.memory.put(support + o.pending, 0);
    }
}

} // namespace calltide::inject
