// SPDX-License-Identifier: Apache-2.0
#include "inject/python.h"
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace calltide::inject {

namespace {

const std::vector<const char*> kWanted {"Py_AddPendingCall", "PyGILState_Ensure", "PyGILState_Release", "PyGILState_Check",
    "PyRun_SimpleString", "Py_IsInitialized", "_PyRuntime", "_Py_IsFinalizing", "Py_IsFinalizing", "Py_Version",
    "__errno_location", "Py_MakePendingCalls", "PyThread_acquire_lock", "PyThread_acquire_lock_timed",
    "PyThread_release_lock", "PyMutex_Lock", "PyMutex_Unlock"};

std::string processName(int pid) { return "Process " + std::to_string(pid); }

bool forbidden(int error) { return error == EPERM || error == EACCES || error == ENOSYS; } // ENOSYS: a filter of system calls

Problem unreadable(int pid, int error)
{
    if (error == ESRCH || error == ENOENT)
        return {Why::NoProcess, processName(pid) + " has ended."};
    if (forbidden(error))
        return notPermitted(pid);
    return {Why::NotPython, processName(pid) + " is not a Python program."};
}

// The program that runs is 32-bit: no file has to be opened to see that.
bool is32Bit(const Memory& memory, const std::vector<Image>& images)
{
    for (const Image& image : images) {
        unsigned char ident[EI_NIDENT];
        if (memory.read(image.base, ident, sizeof ident) && std::memcmp(ident, ELFMAG, SELFMAG) == 0)
            return ident[EI_CLASS] == ELFCLASS32;
    }
    return false;
}

bool begins(const Image& image, std::initializer_list<const char*> words)
{
    return std::any_of(words.begin(), words.end(), [name = image.name()](const char* word) { return name.rfind(word, 0) == 0; });
}

bool anyBegins(const std::vector<Image>& images, std::initializer_list<const char*> words)
{
    return std::any_of(images.begin(), images.end(), [words](const Image& image) { return begins(image, words); });
}

// There is no CPython to be found: perhaps something that comes close.
Problem notFound(const Python& python, int error)
{
    const int pid = python.pid();
    if (forbidden(error) || error == ESRCH)
        return unreadable(pid, error);
    if (is32Bit(python.memory, python.images))
        return {Why::NotSupported, processName(pid) + " is a 32-bit program, which cannot be attached. Run it with a 64-bit Python."};
    const std::string program = linkTarget(procPath(pid, "exe"));
    for (const Image& image : python.images) {
        if (image.path != program && !begins(image, {"lib"}))
            continue; // a file of words with such a name
        if (begins(image, {"pypy", "libpypy"}))
            return {Why::NotSupported, processName(pid) + " runs PyPy, which cannot be recorded. Run it with CPython."};
        if (!begins(image, {"python", "libpython"}))
            continue;
        // The loader is there, the C library not yet, nor a Python in a library of its own.
        if (anyBegins(python.images, {"ld-"}) && !anyBegins(python.images, {"libc.", "libc-", "ld-musl"}))
            return starting(pid);
        return {Why::NotSupported, processName(pid) + " runs " + image.name()
                + ", in which the functions have no names, so that it cannot be attached. Start the program from Calltide."};
    }
    return unreadable(pid, 0);
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

Problem starting(int pid)
{
    return {Why::Starting, processName(pid) + " is just starting or ending. Try again in a moment."};
}

bool usesMusl(const Python& python) { return anyBegins(python.images, {"ld-musl", "libc.musl"}); }

Problem notPermitted(int pid)
{
    const std::string name = processName(pid);
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
            if (forbidden(errno) || errno == ESRCH)
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
        problem = notFound(*python, error);
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
