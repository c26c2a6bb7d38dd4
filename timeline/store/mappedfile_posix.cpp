// SPDX-License-Identifier: GPL-3.0-or-later
// Linux and macOS. Elsewhere than on Linux trim() does nothing: only there the system says how much is mapped.
#include "store/mappedfile.h"
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#ifdef __SANITIZE_THREAD__
#include <sys/syscall.h>
#endif
#include <unistd.h>

namespace calltide::store {

// All that are open. The signal handler reads the list, so it is a fixed one without locks.
struct MappedFiles
{
    static constexpr size_t kMost = 256;
    static std::atomic<const MappedFile*> all[kMost];
    static std::mutex lock; // of those who change it
    static struct sigaction before;

    static bool add(const MappedFile* file)
    {
        const std::lock_guard hold(lock);
        static const bool guarded = guard();
        for (auto& slot : all) {
            if (!guarded || slot.load())
                continue;
            slot.store(file);
            return true;
        }
        return false;
    }
    static void remove(const MappedFile* file)
    {
        const std::lock_guard hold(lock);
        for (auto& slot : all)
            if (slot.load() == file)
                slot.store(nullptr);
    }
    static bool guard()
    {
        struct sigaction action = {};
        action.sa_sigaction = onFault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        return sigaction(SIGBUS, &action, &before) == 0;
    }
    static void* zerosAt(void* at, size_t size)
    {
        constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
#ifdef __SANITIZE_THREAD__ // which takes mmap() for writes of this thread that race with all who read there
        return reinterpret_cast<void*>(syscall(SYS_mmap, at, size, PROT_READ, kFlags, -1, 0L));
#else
        return mmap(at, size, PROT_READ, kFlags, -1, 0);
#endif
    }
    // A page of a file that is shorter than it was, or on a disk that fails: zeros take its place.
    static void onFault(int number, siginfo_t* info, void* context)
    {
        const auto at = reinterpret_cast<uintptr_t>(info->si_addr);
        const auto page = uintptr_t(sysconf(_SC_PAGESIZE));
        for (auto& slot : all) {
            const MappedFile* file = slot.load();
            if (!file || at < reinterpret_cast<uintptr_t>(file->m_data) || at - reinterpret_cast<uintptr_t>(file->m_data) >= file->m_size)
                continue;
            if (zerosAt(reinterpret_cast<void*>(at & ~(page - 1)), page) == MAP_FAILED)
                break;
            file->m_damaged.store(true, std::memory_order_relaxed);
            return;
        }
        if (before.sa_flags & SA_SIGINFO)
            return before.sa_sigaction(number, info, context);
        if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
            return before.sa_handler(number);
        signal(SIGBUS, SIG_DFL); // comes again, and ends the program as it would have
    }
};

std::atomic<const MappedFile*> MappedFiles::all[kMost];
std::mutex MappedFiles::lock;
struct sigaction MappedFiles::before;

// Where no large page can begin with the file: one look would bring 2 MiB of it into memory instead of 64 KiB.
static void* mapAside(int fd, size_t size)
{
    constexpr size_t kLarge = size_t(2) << 20;
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    void* room = mmap(nullptr, size + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return room;
    char* const begin = static_cast<char*>(room) + (reinterpret_cast<uintptr_t>(room) % kLarge ? 0 : page);
    void* at = mmap(begin, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
    if (at == MAP_FAILED || begin != room)
        munmap(room, at == MAP_FAILED ? size + page : page);
    const size_t whole = (size + page - 1) / page * page;
    if (at != MAP_FAILED && begin == room)
        munmap(begin + whole, (size + page + page - 1) / page * page - whole);
    return at;
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return nullptr;
    auto f = of(fd);
    ::close(fd);
    return f;
}

std::shared_ptr<const MappedFile> MappedFile::of(int fd)
{
    struct stat st = {};
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
        return nullptr;
    void* at = mapAside(fd, size_t(st.st_size));
    if (at == MAP_FAILED)
        return nullptr;
    std::shared_ptr<MappedFile> f(new MappedFile);
    f->m_data = static_cast<const uint8_t*>(at);
    f->m_size = size_t(st.st_size);
    return MappedFiles::add(f.get()) ? f : nullptr;
}

void MappedFile::fetch(size_t from, size_t size) const
{
#ifdef MADV_POPULATE_READ // else the pages come one by one
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    const size_t begin = from / page * page, end = std::min(from + size, m_size);
    if (begin < end)
        ::madvise(const_cast<uint8_t*>(m_data) + begin, end - begin, MADV_POPULATE_READ);
#else
    (void)from, (void)size;
#endif
}

void MappedFile::drop(size_t from, size_t size) const
{
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    const size_t begin = (from + page - 1) / page * page, end = std::min(from + size, m_size) / page * page;
    if (begin < end && !damaged()) // zeros that stand in would be lost
        ::madvise(const_cast<uint8_t*>(m_data) + begin, end - begin, MADV_DONTNEED);
}

MappedFile::~MappedFile()
{
    MappedFiles::remove(this);
    if (m_data)
        munmap(const_cast<uint8_t*>(m_data), m_size);
}

#ifdef __linux__
// Bytes of files in this process's memory, libraries among them.
static uint64_t residentOfFiles()
{
    const int fd = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[128] = {};
    const bool read = fd >= 0 && ::read(fd, text, sizeof text - 1) > 0;
    if (fd >= 0)
        ::close(fd);
    unsigned long long size = 0, resident = 0, shared = 0;
    if (!read || std::sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3)
        return 0;
    return shared * uint64_t(sysconf(_SC_PAGESIZE));
}
#endif

void MappedFile::trim()
{
#ifdef __linux__
    constexpr uint64_t kMost = uint64_t(384) << 20;
    if (residentOfFiles() <= kMost)
        return;
    // A quarter at a time, in turn: of what is looked at right now most stays.
    const std::lock_guard hold(MappedFiles::lock); // none is unmapped meanwhile
    static size_t turn = 0;
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    for (int quarters = 0; quarters < 4 && residentOfFiles() > kMost; quarters++) {
        turn = (turn + 1) % 4;
        for (auto& slot : MappedFiles::all) {
            const MappedFile* file = slot.load();
            if (!file || file->damaged())
                continue;
            const size_t part = (file->m_size / 4 + page - 1) / page * page, from = std::min(file->m_size, turn * part);
            ::madvise(const_cast<uint8_t*>(file->m_data) + from, std::min(part, file->m_size - from), MADV_DONTNEED);
        }
    }
#endif
}

} // namespace calltide::store
