// SPDX-License-Identifier: Apache-2.0
#include "inject/python.h"
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace calltide::inject {

namespace {

const std::vector<const char*> kWanted {"Py_AddPendingCall", "PyGILState_Ensure", "PyGILState_Release", "PyGILState_Check",
    "PyRun_SimpleString", "Py_IsInitialized", "_PyRuntime", "_Py_IsFinalizing", "Py_IsFinalizing", "Py_Version",
    "__errno_location", "Py_MakePendingCalls", "PyThread_acquire_lock", "PyThread_acquire_lock_timed",
    "PyThread_release_lock", "PyMutex_Lock", "PyMutex_Unlock"};

Problem unreadable(int pid, int error)
{
    const std::string name = "Process " + std::to_string(pid);
    if (error == ESRCH || error == ENOENT)
        return {Why::NoProcess, name + " has ended."};
    if (error != EPERM && error != EACCES)
        return {Why::NotPython, name + " is not a Python program."};
    switch (std::atoi(readWhole("/proc/sys/kernel/yama/ptrace_scope").c_str())) {
    case 1:
        return {Why::NotPermitted,
            name + " cannot be attached: this computer only lets programs attach to programs they started "
                   "(kernel.yama.ptrace_scope=1). Start it from Calltide, or run it with setpriv --ptracer any, or ask an "
                   "administrator to set kernel.yama.ptrace_scope to 0."};
    case 2:
        return {Why::NotPermitted,
            name + " cannot be attached: this computer lets only administrators attach (kernel.yama.ptrace_scope=2). Start "
                   "it from Calltide, or ask an administrator to set kernel.yama.ptrace_scope to 0."};
    case 3:
        return {Why::NotPermitted,
            name + " cannot be attached: this computer lets nobody attach until it is restarted "
                   "(kernel.yama.ptrace_scope=3). Start the program from Calltide."};
    default:
        return {Why::NotPermitted,
            name + " is protected by the system against attaching (it has more rights than you, or asked for it; in a "
                   "container, start that with --cap-add=SYS_PTRACE). Start the program from Calltide."};
    }
}

// "libpython3.10.so.1.0", "python3.9": 3.9 and 3.10 export no number.
void versionFromName(const std::string& name, Python& python)
{
    const size_t at = name.find("python3.");
    if (at == std::string::npos || !std::isdigit((unsigned char)name[at + 8]))
        return;
    python.major = 3;
    python.minor = std::atoi(name.c_str() + at + 8);
    python.version = "3." + std::to_string(python.minor);
}

// sys.version begins with "3.10.13 (", and is put together in a static buffer when the interpreter starts.
void completeVersion(Python& python)
{
    const Image& image = python.images[python.home];
    const std::string begin = python.version + ".";
    std::string block;
    for (const Elf64_Phdr& p : image.segments) {
        if (p.p_type != PT_LOAD || !(p.p_flags & PF_W) || p.p_memsz > (8u << 20))
            continue;
        block.resize(p.p_memsz);
        if (!python.memory.read(image.bias + p.p_vaddr, block.data(), block.size()))
            continue;
        for (size_t at = block.find(begin); at != std::string::npos; at = block.find(begin, at + 1)) {
            size_t end = at + begin.size();
            while (end < block.size() && std::isdigit((unsigned char)block[end]))
                end++;
            if (end == at + begin.size() || block.compare(end, 2, " (") != 0)
                continue;
            python.version = block.substr(at, end - at);
            return;
        }
    }
}

void readVersion(Python& python)
{
    if (const uint64_t at = python.symbol("Py_Version")) {
        if (const auto v = python.memory.get<uint64_t>(at); v && *v >> 24 == 3) {
            python.major = 3;
            python.minor = int(*v >> 16 & 0xFF);
            python.version = "3." + std::to_string(python.minor) + "." + std::to_string(*v >> 8 & 0xFF);
            return;
        }
    }
    versionFromName(python.images[python.home].name(), python);
    if (!python.major)
        versionFromName(linkTarget(procPath(python.pid(), "exe")), python);
    if (python.major)
        completeVersion(python);
}

// The place that Py_IsInitialized() looks at; it is two or three instructions in every build.
uint64_t flagAddress([[maybe_unused]] const Python& python)
{
#if defined(__x86_64__)
    const uint64_t function = python.symbol("Py_IsInitialized");
    unsigned char code[24];
    if (!function || !python.memory.read(function, code, sizeof code))
        return 0;
    int32_t offset = 0;
    int i = std::memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0 ? 4 : 0; // endbr64
    if (code[i] == 0x8b && code[i + 1] == 0x05) { // mov eax, [rip + offset]
        std::memcpy(&offset, code + i + 2, 4);
        return function + i + 6 + int64_t(offset);
    }
    if (code[i] != 0x48 || code[i + 1] != 0x8b || code[i + 2] != 0x05) // mov rax, [rip + offset]: through the GOT
        return 0;
    std::memcpy(&offset, code + i + 3, 4);
    i += 7;
    const auto base = python.memory.get<uint64_t>(function + i + int64_t(offset));
    if (!base || code[i] != 0x8b)
        return 0;
    if (code[i + 1] == 0x40) // mov eax, [rax + byte]
        return *base + int8_t(code[i + 2]);
    if (code[i + 1] != 0x80) // mov eax, [rax + offset]
        return 0;
    std::memcpy(&offset, code + i + 2, 4);
    return *base + int64_t(offset);
#else
    return 0;
#endif
}

// _PyRuntime.initialized, where the function could not be understood.
int flagOffset(int minor)
{
    switch (minor) {
    case 9:
    case 10: return 12;
    case 11:
    case 12: return 16;
    case 13: return 600;
    case 14: return 776;
    case 15: return 904;
    default: return 0;
    }
}

} // namespace

const Symbol* Python::find(const char* name) const
{
    const auto& symbols = images[home].symbols;
    const auto it = symbols.find(name);
    return it == symbols.end() ? nullptr : &it->second;
}

uint64_t Python::symbol(const char* name) const
{
    const Symbol* s = find(name);
    return s ? s->address : 0;
}

std::unique_ptr<Python> findPython(int pid, Problem& problem, bool namedOnly)
{
    auto python = std::make_unique<Python>(pid);
    const std::vector<Mapping> mappings = readMappings(pid);
    if (mappings.empty()) {
        problem = unreadable(pid, errno ? errno : ESRCH);
        return nullptr;
    }
    python->images = imagesOf(mappings);
    bool found = false;
    int error = 0;
    for (size_t i = 0; i < python->images.size() && !(found && python->errnoFunction); i++) {
        Image& image = python->images[i];
        const bool named = image.name().rfind("python", 0) == 0 || image.name().rfind("libpython", 0) == 0;
        if (namedOnly && !named)
            break; // they come first
        if (!readImage(python->memory, image, kWanted)) {
            if (errno == EPERM || errno == ESRCH)
                error = errno;
            continue;
        }
        if (!found && image.symbols.count("Py_AddPendingCall")) {
            found = true;
            python->home = i;
        }
        if (!python->errnoFunction && image.symbols.count("__errno_location"))
            python->errnoFunction = image.symbols["__errno_location"].address;
        if (namedOnly && found)
            break;
    }
    if (!found) {
        problem = unreadable(pid, error);
        return nullptr;
    }
    if (const Symbol* runtime = python->find("_PyRuntime")) {
        python->runtime = runtime->address;
        python->runtimeEnd = runtime->address + runtime->size;
    }
    readVersion(*python);
    return python;
}

Up isInitialized(const Python& python)
{
    uint64_t at = flagAddress(python);
    if (at && python.runtime && (at < python.runtime || at >= python.runtimeEnd))
        return Up::No; // not relocated yet
    if (!at && python.runtime && flagOffset(python.minor))
        at = python.runtime + uint64_t(flagOffset(python.minor));
    if (!at)
        return Up::Unknown;
    const auto flag = python.memory.get<int>(at);
    return flag && *flag ? Up::Yes : Up::No;
}

} // namespace calltide::inject
