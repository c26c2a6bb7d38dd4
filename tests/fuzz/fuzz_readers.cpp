// SPDX-License-Identifier: GPL-3.0-or-later
// One reader (--target=NAME) and what lies behind it on any bytes: as a libFuzzer program, and for fuzz_main.cpp.
#include "fuzz_readers.h"
#include "formats/live.h"
#include "formats/readers.h"
#include "recordings.h"
#include "store/builder.h"
#include "use.h"
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace calltide;
using namespace calltide::store;

namespace {

std::string g_target;

class Memory final : public formats::Input
{
public:
    explicit Memory(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    Result<size_t> read(char* to, size_t size) override
    {
        const size_t n = m_bytes.copy(to, size, m_at);
        m_at += n;
        return n;
    }
    uint64_t position() const override { return m_at; }
    uint64_t fileSize() const override { return m_bytes.size(); }
    bool compressed() const override { return true; } // nothing to go back to

private:
    std::string_view m_bytes;
    size_t m_at = 0;
};

// The bytes as a file without a name; readers that open by path get it.
Result<TracePtr> openFile(std::string_view bytes, Result<TracePtr> (*read)(const std::string&, const formats::OpenOptions&))
{
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    size_t written = 0;
    while (fd >= 0 && written < bytes.size()) {
        const ssize_t n = ::write(fd, bytes.data() + written, bytes.size() - written);
        if (n <= 0)
            std::abort();
        written += size_t(n);
    }
    formats::OpenOptions options;
    options.threads = 1;
    auto r = read("/proc/self/fd/" + std::to_string(fd), options);
    if (r) // texts of arguments are read from the file
        for (SliceIndex i = 0; i < std::min<uint64_t>((*r)->sliceCount(), 16); i++)
            (void)(*r)->arguments(i);
    ::close(fd);
    return r;
}

// As a recording that is followed: look after look.
Result<TracePtr> readLive(const std::string& path, const formats::OpenOptions&)
{
    auto reader = formats::LiveReader::open(path);
    if (!reader)
        return reader.error();
    TracePtr last = (*reader)->firstPart();
    for (int looks = 0; looks < 20; looks++) {
        const formats::LiveState state = (*reader)->look();
        last = state.trace ? state.trace : last;
        if (!state.behind)
            break;
    }
    if (!last)
        return Error{ErrorCode::NotFound, "nothing in it", -1};
    return last;
}

Result<TracePtr> readBytes(std::string_view target, std::string_view bytes)
{
    if (target == "live")
        return openFile(bytes, readLive);
    if (target == "native")
        return openFile(bytes, formats::readNative);
    if (target == "open")
        return openFile(bytes, [](const std::string& path, const formats::OpenOptions& o) { return formats::open(path, o); });
    if (target == "json") {
        Memory input(bytes);
        formats::OpenOptions options;
        options.threads = 1;
        return formats::readJson(input, "fuzz", options);
    }
    const std::pair<const char*, formats::Format> kinds[] = {{"speedscope", formats::Format::Speedscope},
        {"collapsed", formats::Format::Collapsed}, {"pstats", formats::Format::Pstats},
        {"cpuprofile", formats::Format::CpuProfile}, {"firefox", formats::Format::Firefox},
        {"pprof", formats::Format::Pprof}, {"perfetto", formats::Format::Perfetto}, {"perfscript", formats::Format::PerfScript}};
    for (const auto& [name, format] : kinds) {
        if (target != name)
            continue;
        for (const formats::ContentReader& r : formats::contentReaders()) {
            if (r.format != format)
                continue;
            (void)r.recognises(bytes, true);
            TraceBuilder builder;
            if (auto s = r.read({bytes, "fuzz", nullptr}, builder); !s)
                return s.error();
            return builder.finish();
        }
    }
    std::abort();
}

} // namespace

bool fuzz::chooseTarget(std::string_view argument)
{
    if (!argument.starts_with("--target="))
        return false;
    g_target = argument.substr(9);
    return true;
}

const std::string& fuzz::target()
{
    return g_target;
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    for (int i = 1; i < *argc; i++)
        fuzz::chooseTarget((*argv)[i]);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto r = readBytes(g_target, bytes))
        fuzz::use(**r, uint32_t(std::hash<std::string_view>()(bytes)));
    else
        fuzz::check(!r.error().message.empty() || r.error().code == ErrorCode::Cancelled, "an error says nothing");
    return 0;
}

#ifdef CALLTIDE_LIBFUZZER
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t maxSize);

// Nothing behind a recording's checksums would be reached without them.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t maxSize, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, maxSize);
    if (seed % 8 && (g_target == "native" || g_target == "live"))
        fuzz::repairChecksums(data, size);
    return size;
}
#endif
