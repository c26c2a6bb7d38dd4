// SPDX-License-Identifier: GPL-3.0-or-later
// Where libFuzzer is not there: fuzz_readers --target=NAME [--mutate SECONDS] [--keep FOLDER] FILE|FOLDER…
// Runs over the files, and over changed copies of them as long as it is told; --keep only writes the recordings that this
// begins with into a folder.
#include "fuzz_readers.h"
#include "recordings.h"
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <unistd.h>
#include <vector>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

std::string g_input;

void keepInput() // for a debugger: what was being read
{
    const int fd = ::open("fuzz-crash", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0)
        (void)!::write(fd, g_input.data(), g_input.size());
}

void died(int signal)
{
    keepInput();
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

bool isRecording()
{
    return fuzz::target() == "native" || fuzz::target() == "live";
}

std::vector<std::string> filesIn(const std::filesystem::path& path)
{
    std::vector<std::string> all;
    const auto add = [&](const std::filesystem::path& file) {
        std::ifstream in(file, std::ios::binary);
        all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    };
    if (!std::filesystem::is_directory(path))
        add(path);
    else
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
            if (entry.is_regular_file())
                add(entry.path());
    return all;
}

} // namespace

int main(int argc, char** argv)
{
    double seconds = 0;
    std::vector<std::string> corpus = fuzz::sampleRecordings();
    for (int i = 1; i < argc; i++) {
        const std::string_view argument = argv[i];
        if (fuzz::chooseTarget(argument))
            continue;
        if (argument == "--mutate" && i + 1 < argc) {
            seconds = std::atof(argv[++i]);
        } else if (argument == "--keep" && i + 1 < argc) {
            for (size_t k = 0; k < corpus.size(); k++)
                std::ofstream(std::string(argv[i + 1]) + "/recording" + std::to_string(k), std::ios::binary) << corpus[k];
            return 0;
        } else {
            for (std::string& bytes : filesIn(argv[i]))
                corpus.push_back(std::move(bytes));
        }
    }
#ifdef __SANITIZE_ADDRESS__ // it says more about the others
    __sanitizer_set_death_callback(keepInput);
    std::signal(SIGABRT, died);
#else
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS})
        std::signal(signal, died);
#endif
    for (const std::string& bytes : corpus)
        run(bytes);
    uint64_t runs = 0;
    std::mt19937_64 random(uint64_t(std::time(nullptr)));
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    double slowest = 0;
    for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds && !corpus.empty(); runs++) {
        std::string bytes = mutated(corpus, random);
        if (isRecording() && runs % 8) // behind the checksums, most times
            fuzz::repairChecksums(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
        run(std::move(bytes));
        const auto after = Clock::now();
        if (const double took = std::chrono::duration<double>(after - now).count(); took > slowest) {
            slowest = took;
            if (took > 5)
                std::fprintf(stderr, "%.1f s for %zu bytes\n", took, g_input.size());
        }
        now = after;
    }
    std::printf("%zu files, %llu mutations, slowest %.3f s\n", corpus.size(), static_cast<unsigned long long>(runs), slowest);
    return 0;
}
