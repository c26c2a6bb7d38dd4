// SPDX-License-Identifier: GPL-3.0-or-later
// One reader and what lies behind it (nesting, drawing levels, statistics, texts, an export) on any bytes. Which reader is
// said by CALLTIDE_FUZZ_TARGET.
#include "formats/exporter.h"
#include "formats/readers.h"
#include "store/statistics.h"
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace calltide;
using namespace calltide::store;

namespace {

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

Result<TracePtr> readBytes(std::string_view bytes)
{
    const std::string_view target = CALLTIDE_FUZZ_TARGET;
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

void check(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

void use(const Trace& t)
{
    for (const Row& row : t.rows()) {
        for (SliceIndex i = row.first; i < row.first + row.count; i++) {
            check(t.duration(i) >= 0, "a duration is negative");
            check(i == row.first || t.end(i - 1) <= t.start(i), "slices of a row overlap");
            check(t.functionOf(i).v < t.functions().size(), "a function is not there");
        }
    }
    for (const FunctionStatistics& s : functionStatistics(t))
        check(s.calls > 0, "statistics of a function without calls");
    for (const Flow& f : t.flows())
        check(f.fromTrack.v < t.tracks().size() && f.toTrack.v < t.tracks().size(), "a flow leads nowhere");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const auto r = readBytes({reinterpret_cast<const char*>(data), size});
    if (r)
        use(**r);
    else
        check(!r.error().message.empty() || r.error().code == ErrorCode::Cancelled, "an error says nothing");
    return 0;
}

#ifndef CALLTIDE_LIBFUZZER
namespace {

std::string g_input;

void keepInput(int signal) // for a debugger: what was being read
{
    const int fd = ::open("fuzz-crash", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0)
        (void)!::write(fd, g_input.data(), g_input.size());
    _exit(128 + signal);
}

void run(std::string bytes)
{
    g_input = std::move(bytes);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(g_input.data()), g_input.size());
}

// One to eight small changes, as they happen to files and as fuzzers make them.
std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random)
{
    const auto below = [&](size_t n) { return n ? size_t(random() % n) : 0; };
    std::string s = corpus[below(corpus.size())];
    for (size_t changes = 1 + below(8); changes > 0 && !s.empty(); changes--) {
        const size_t at = below(s.size());
        switch (below(7)) {
        case 0:
            s[at] = char(s[at] ^ (1 << below(8)));
            break;
        case 1:
            s[at] = char(random());
            break;
        case 2:
            s.resize(at);
            break;
        case 3:
            s.erase(at, 1 + below(16));
            break;
        case 4:
            s.insert(at, s.substr(below(s.size()), 1 + below(64)));
            break;
        case 5: { // a part of another file
            const std::string& other = corpus[below(corpus.size())];
            s.insert(at, other.substr(below(other.size()), 1 + below(64)));
            break;
        }
        default: { // numbers at their limits
            static const char* const numbers[] = {"-1", "0", "9223372036854775807", "-9223372036854775808", "1e308", "4294967296",
                "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", "\xFF\xFF\xFF\x7F", "null"};
            s.replace(at, 1 + below(3), numbers[below(std::size(numbers))]);
        }
        }
    }
    return s;
}

} // namespace

// fuzz_x [--mutate SECONDS] FILE|FOLDER…
int main(int argc, char** argv)
{
    const double seconds = argc > 2 && std::strcmp(argv[1], "--mutate") == 0 ? std::atof(argv[2]) : 0;
    std::vector<std::string> corpus;
    const auto add = [&](const std::filesystem::path& path) {
        std::ifstream in(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    };
    for (int i = seconds > 0 ? 3 : 1; i < argc; i++) {
        if (!std::filesystem::is_directory(argv[i])) {
            add(argv[i]);
            continue;
        }
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (entry.is_regular_file())
                add(entry.path());
        }
    }
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS})
        std::signal(signal, keepInput);
    for (const std::string& bytes : corpus)
        run(bytes);
    uint64_t runs = 0;
    std::mt19937_64 random(uint64_t(std::time(nullptr)));
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    double slowest = 0;
    for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds && !corpus.empty(); runs++) {
        run(mutated(corpus, random));
        const auto after = Clock::now();
        if (const double took = std::chrono::duration<double>(after - now).count(); took > slowest) {
            slowest = took;
            if (took > 5)
                std::fprintf(stderr, "%.1f s for %zu bytes\n", took, g_input.size());
        }
        now = after;
    }
    std::printf("%zu files, %llu mutations, slowest %.3f s\n", corpus.size(), static_cast<unsigned long long>(runs), slowest);
    return corpus.empty();
}
#endif
