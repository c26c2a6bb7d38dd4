// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that chooses a reader, by content only.
#include "format/format.h"
#include "formats/jsonprofile.h"
#include "formats/readers.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats {

namespace {

constexpr size_t kHead = 64 << 10;
constexpr size_t kLongHead = 64 << 20; // of JSON whose first value alone is larger than a head

const ContentReader kReaders[] = {
    {Format::Speedscope, "speedscope", isSpeedscope, readSpeedscope},
    {Format::CpuProfile, "V8 CPU profile", isCpuProfile, readCpuProfile},
    {Format::Firefox, "Firefox profile", isFirefox, readFirefox},
    {Format::Pstats, "cProfile statistics", isPstats, readPstats},
    {Format::Pprof, "pprof profile", isPprof, readPprof},
    {Format::Perfetto, "Perfetto trace", isPerfetto, readPerfetto},
    {Format::PerfScript, "perf script", isPerfScript, readPerfScript},
    {Format::Collapsed, "collapsed stacks", isCollapsed, readCollapsed},
};

bool startsAsJson(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    const size_t at = head.find_first_not_of(" \t\r\n");
    return at != head.npos && (head[at] == '{' || head[at] == '[');
}

// An object that shows nothing of what makes it a trace yet: its first value is long.
bool undecided(std::string_view head)
{
    const auto all = json::topLevel(head);
    return !all.empty() && all.size() < 1000
        && std::none_of(all.begin(), all.end(), [](const auto& m) { return m.first == "traceEvents" || m.first == "ph"; });
}

Error unknown(const std::string& path, std::string_view head)
{
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
        return {ErrorCode::NotSupported, path + ": this text is UTF-16; save it as UTF-8 first."};
    return {ErrorCode::NotSupported, path + ": this is neither a Calltide recording nor a trace or profile of a known kind."};
}

Result<store::TracePtr> readContent(
    const ContentReader& reader, Input& input, const std::string& path, const OpenOptions& options)
{
    auto bytes = readWhole(input, path, uint64_t(8) << 30, options.progress);
    if (!bytes)
        return bytes.error();
    store::TraceBuilder builder;
    builder.setFile(path, reader.name, input.fileSize());
    if (auto status = reader.read({*bytes, path, options.progress}, builder); !status)
        return status.error();
    return builder.finish(options.progress);
}

} // namespace

std::span<const ContentReader> contentReaders()
{
    return kReaders;
}

Format sniff(std::string_view head, bool whole)
{
    if (head.size() >= 2 && uint8_t(head[0]) == 0x1f && uint8_t(head[1]) == 0x8b)
        return Format::Gzip;
    if (head.size() >= sizeof(format::kMagic) && std::memcmp(head.data(), format::kMagic, sizeof(format::kMagic)) == 0)
        return Format::Calltide;
    for (const ContentReader& r : kReaders) {
        if (r.recognises(head, whole))
            return r.format;
    }
    return startsAsJson(head) ? Format::ChromeJson : Format::Unknown;
}

Result<store::TracePtr> open(const std::string& path, const OpenOptions& options)
{
    auto plain = openInput(path);
    if (!plain)
        return plain.error();
    auto input = std::make_unique<PeekInput>(std::move(*plain));
    auto head = input->peek(kHead);
    if (!head)
        return head.error();
    Format kind = sniff(*head, head->size() < kHead);
    const bool packed = kind == Format::Gzip;
    if (packed) {
        input = std::make_unique<PeekInput>(gunzip(std::move(input), path));
        head = input->peek(kHead);
        if (!head)
            return head.error();
        if (head->empty())
            return Error{ErrorCode::Damaged, path + ": the compressed file is damaged or empty."};
        kind = sniff(*head, head->size() < kHead);
    }
    if (kind == Format::ChromeJson && head->size() == kHead && undecided(*head)) {
        head = input->peek(kLongHead);
        if (!head)
            return head.error();
        kind = sniff(*head, head->size() < kLongHead);
    }
    switch (kind) {
    case Format::ChromeJson:
        return readJson(*input, path, options);
    case Format::Calltide:
        if (packed)
            return Error{
                ErrorCode::NotSupported, path + ": this recording is compressed; unpack it with gunzip first."};
        return readNative(path, options);
    default:
        break;
    }
    for (const ContentReader& r : kReaders) {
        if (r.format == kind)
            return readContent(r, *input, path, options);
    }
    return unknown(path, *head);
}

} // namespace calltide::formats
