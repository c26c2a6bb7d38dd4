// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that chooses a reader, by content only.
#include "format/format.h"
#include "formats/archive.h"
#include "formats/container.h"
#include "formats/foreign.h"
#include "formats/jsonprofile.h"
#include "formats/live.h"
#include "formats/merge.h"
#include "formats/readers.h"
#include <algorithm>
#include <cstring>
#include <optional>

namespace calltide::formats {

namespace {

constexpr size_t kHead = 64 << 10;
constexpr uint64_t kPreviewFrom = 32 << 20; // bytes of a recording: smaller ones open as quickly
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
    if (const std::string_view kind = foreignKind(head); !kind.empty())
        return {ErrorCode::NotSupported, path + ": this is " + std::string(kind)};
    if (path.ends_with(".py"))
        return {ErrorCode::NotSupported, path + ": this is a Python program; \"calltide record FILE\" runs and records it."};
    return {ErrorCode::NotSupported, path + ": this is neither a Calltide recording nor a trace or profile of a known kind."};
}

Result<store::TracePtr> readContent(
    const ContentReader& reader, Input& input, const std::string& path, const OpenOptions& options)
{
    // Packed ones reach their limit sooner: memory is filled by what a few bytes unpack to.
    auto bytes = readWhole(input, path, uint64_t(input.compressed() ? 4 : 8) << 30, options.progress);
    if (!bytes)
        return bytes.error();
    store::TraceBuilder builder;
    builder.setFile(path, reader.name, input.fileSize());
    const json::Stop stop(options.progress);
    const auto status = reader.read({*bytes, path, options.progress}, builder);
    if (options.progress && options.progress->cancelled())
        return Error{ErrorCode::Cancelled, "Opening was stopped."};
    if (!status)
        return status.error();
    *bytes = {}; // before the columns need memory
    return builder.finish(options.progress);
}

// Takes the layers of packing off, one after another, and reads what is inside.
class Opening
{
public:
    Opening(std::string path, const OpenOptions& options)
        : m_path(std::move(path))
        , m_options(options)
    {
        if (options.goOn) // of several layers one asks for all
            m_limits.goOn = [this](uint64_t unpacked) { return m_goOn || (m_goOn = m_options.goOn(unpacked)); };
    }

    std::unique_ptr<PeekInput> peeked(std::unique_ptr<Input> input) const
    {
        return std::make_unique<PeekInput>(std::move(input), m_options.progress);
    }

    Result<store::TracePtr> open(std::unique_ptr<PeekInput> input, const std::string& name, int layers = 0)
    {
        auto head = input->peek(kHead);
        if (!head)
            return head.error();
        if (head->empty() && layers)
            return Error{ErrorCode::Damaged, name + ": the compressed file is damaged or empty."};
        Format kind = sniff(*head, head->size() < kHead);
        if (kind == Format::ChromeJson && head->size() == kHead && undecided(*head)) {
            head = input->peek(kLongHead);
            if (!head)
                return head.error();
            kind = sniff(*head, head->size() < kLongHead);
        }
        const bool packed = kind == Format::Gzip || kind == Format::Zstd || kind == Format::Zip || kind == Format::Tar || kind == Format::Utf16;
        if (packed && layers >= kGreatestLayers)
            return Error{ErrorCode::NotSupported, name + " is packed within packed files too often; unpack it first."};
        switch (kind) {
        case Format::Gzip:
            return open(peeked(gunzip(std::move(input), name, m_limits)), name, layers + 1);
        case Format::Zstd:
            return open(peeked(unzstd(std::move(input), name, m_limits)), name, layers + 1);
        case Format::Utf16: {
            const bool big = head->starts_with('\xFE') || head->starts_with('\0');
            return open(peeked(fromUtf16(std::move(input), big)), name, layers + 1);
        }
        case Format::Zip:
            return archive(*openZip(*input, name, m_limits), name, layers);
        case Format::Tar:
            return archive(*openTar(*input, name), name, layers);
        case Format::ChromeJson: {
            const std::string begin(head->substr(0, kHead));
            auto trace = readJson(*input, layers ? name : m_path, m_options);
            if (!trace && trace.error().code == ErrorCode::NotSupported && !foreignKind(begin).empty())
                return unknown(name, begin);
            return trace;
        }
        case Format::Calltide:
            if (layers) {
                auto bytes = readWhole(*input, name, uint64_t(8) << 30, m_options.progress);
                if (!bytes)
                    return bytes.error();
                PackedRecordings one;
                std::vector<std::string> wrong;
                one.add({name, std::move(*bytes)});
                auto traces = one.read(m_path, m_options, wrong);
                if (traces.empty())
                    return Error{ErrorCode::Damaged, wrong.front()};
                return traces.front().second;
            }
            if (m_options.preview && input->fileSize() > kPreviewFrom)
                if (auto reader = LiveReader::open(m_path)) // reads only what the first part needs
                    if (store::TracePtr first = (*reader)->firstPart())
                        m_options.preview(first);
            return readNative(m_path, m_options);
        default:
            break;
        }
        for (const ContentReader& r : kReaders) {
            if (r.format == kind)
                return readContent(r, *input, name, m_options);
        }
        return unknown(name, *head);
    }

private:
    static constexpr int kGreatestLayers = 4;

    Result<store::TracePtr> archive(Archive& archive, const std::string& name, int layers)
    {
        std::vector<MergePart> parts;
        std::vector<std::string> leftOut;
        PackedRecordings recordings;
        for (;;) {
            auto member = archive.next();
            if (!member)
                return member.error();
            if (!*member)
                break;
            Archive::Member& m = **member;
            auto content = peeked(std::move(m.input));
            if (m.name.ends_with(kNotesEnding)) // they are not to be seen as a trace
                continue;
            if (auto head = content->peek(kHead); head && sniff(*head, head->size() < kHead) == Format::Calltide) {
                auto bytes = readWhole(*content, name + "/" + m.name, uint64_t(8) << 30, m_options.progress);
                if (!bytes)
                    return bytes.error();
                recordings.add({m.name, std::move(*bytes)});
                continue;
            }
            auto trace = open(std::move(content), name + "/" + m.name, layers + 1);
            if (trace)
                parts.push_back({m.name, *trace});
            else if (trace.error().code == ErrorCode::Cancelled)
                return trace.error();
            else if (leftOut.size() < 1000)
                leftOut.push_back(trace.error().message.substr(std::min(trace.error().message.size(), name.size() + 1)));
        }
        for (auto& [recording, trace] : recordings.read(m_path, m_options, leftOut))
            parts.push_back({recording, std::move(trace)});
        leftOut.insert(leftOut.end(), archive.problems().begin(), archive.problems().end());
        if (parts.empty())
            return Error{
                ErrorCode::NotSupported,
                name + ": the archive holds no trace" + (leftOut.empty() ? "." : " (" + leftOut.front() + ")")};
        if (parts.size() == 1 && leftOut.empty())
            return parts.front().trace;
        return merge(parts, m_path, leftOut, m_options.progress);
    }

    std::string m_path;
    const OpenOptions& m_options;
    UnpackLimits m_limits;
    bool m_goOn = false;
};

// Text of two bytes a letter: by its mark, or as '{' or '[' beside a zero.
bool isUtf16(std::string_view head)
{
    if (head.size() >= 2 && (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")))
        return true;
    if (head.size() < 4)
        return false;
    const auto begins = [](char c) { return c == '{' || c == '['; };
    return (begins(head[0]) && head[1] == 0 && head[2] != 0 && head[3] == 0)
        || (head[0] == 0 && begins(head[1]) && head[2] == 0 && head[3] != 0);
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
    if (head.starts_with("\x28\xB5\x2F\xFD") || (head.size() >= 8 && uint8_t(head[0]) >> 4 == 5 && head.substr(1).starts_with("\x2A\x4D\x18")))
        return Format::Zstd;
    if (isZip(head))
        return Format::Zip;
    if (isTar(head))
        return Format::Tar;
    if (isUtf16(head))
        return Format::Utf16;
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
    Opening opening(path, options);
    return opening.open(opening.peeked(std::move(*plain)), path);
}

Result<store::TracePtr> open(const std::vector<std::string>& paths, const OpenOptions& options)
{
    if (paths.size() == 1)
        return open(paths.front(), options);
    std::vector<MergePart> parts;
    OpenOptions each = options;
    each.preview = nullptr; // a part of one is none of all
    std::optional<Error> wrong; // with every file that cannot be read
    for (const std::string& path : paths) {
        auto trace = open(path, each);
        if (!trace && trace.error().code == ErrorCode::Cancelled)
            return trace;
        if (!trace && wrong)
            wrong->message += ' ' + trace.error().message;
        else if (!trace)
            wrong = trace.error();
        else if (!wrong)
            parts.push_back({path.substr(path.rfind('/') + 1), *trace});
    }
    if (wrong)
        return *wrong;
    if (parts.empty())
        return Error{ErrorCode::Invalid, "No file is named."};
    const std::string all = paths.front() + " and " + std::to_string(paths.size() - 1) + " more";
    return merge(parts, all, {}, options.progress, options.merge);
}

} // namespace calltide::formats
