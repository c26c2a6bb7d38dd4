// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/container.h"
#include "formats/archive.h"
#include "formats/live.h"
#include "formats/livecopy.h"
#include "formats/nativefile.h"
#include "formats/output.h"
#include "formats/reader.h"
#include "formats/recordingfiles.h"
#include "formats/tarwriter.h"
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace calltide::formats {

namespace fs = std::filesystem;

namespace {

constexpr size_t kBlock = 512; // of tar
constexpr size_t kStep = 1 << 20;
constexpr char kEnding[] = ".calltide";

Result<Format> kindOf(Input& input)
{
    std::string head(64 << 10, '\0');
    auto n = input.read(head.data(), head.size());
    if (!n)
        return n.error();
    head.resize(*n);
    return sniff(head, *n < (64 << 10));
}

// A packed recording as its members; keeps what they are read from.
class Container
{
public:
    static Result<std::unique_ptr<Container>> open(const std::string& path)
    {
        auto plain = openInput(path);
        if (!plain)
            return plain.error();
        auto packed = std::make_unique<PeekInput>(std::move(*plain));
        auto head = packed->peek(kBlock);
        if (!head)
            return head.error();
        const Format outer = sniff(*head);
        if (outer == Format::Calltide)
            return Error{ErrorCode::Invalid, path + " is not packed; it can be opened as it is."};
        if (outer == Format::Zstd)
            packed = std::make_unique<PeekInput>(unzstd(std::move(packed), path));
        else if (outer == Format::Gzip)
            packed = std::make_unique<PeekInput>(gunzip(std::move(packed), path));
        head = packed->peek(kBlock);
        if (!head)
            return head.error();
        if (!isTar(*head))
            return Error{ErrorCode::NotSupported, path + " is no packed recording."};
        auto container = std::make_unique<Container>();
        container->m_input = std::move(packed);
        container->m_archive = openTar(*container->m_input, path);
        return container;
    }
    Archive& operator*() { return *m_archive; }
    const Input& input() const { return *m_input; }

private:
    std::unique_ptr<PeekInput> m_input;
    std::unique_ptr<Archive> m_archive;
};

// A recording that does not change while it is read: itself, or a copy beside `to`, gone with the object.
class Snapshot
{
public:
    Snapshot(const std::string& path, const std::string& to)
        : m_path(path)
    {
        if (!isLive(path) || isRing(path)) // a ring must be made to pause, see livecopy.h
            return;
        m_folder = to + ".XXXXXX";
        if (!::mkdtemp(m_folder.data())) {
            m_made = systemError(to, "cannot be written", errno);
            m_folder.clear();
            return;
        }
        m_path = m_folder + "/" + fs::path(path).filename().string();
        m_made = copyRecording(path, m_path);
    }
    ~Snapshot()
    {
        std::error_code ignored;
        if (!m_folder.empty())
            fs::remove_all(m_folder, ignored);
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    const Status& made() const { return m_made; }
    const std::string& path() const { return m_path; }

private:
    std::string m_path, m_folder; // no folder: there is no copy
    Status m_made = Ok{};
};

bool isMain(std::string_view name)
{
    return name.find('/') == name.npos && !name.ends_with(kNotesEnding) && !name.empty() && name[0] != '.';
}

// Where a member of a packed recording goes; empty: it is none of its files, or its name leads elsewhere.
std::string target(std::string_view name, const std::string& to)
{
    if (name.find('/') == name.npos && name.ends_with(kNotesEnding))
        return to + kNotesEnding;
    if (isMain(name))
        return to;
    const size_t slash = name.find('/');
    const std::string_view folder = name.substr(0, slash), file = name.substr(slash + 1);
    if (!folder.ends_with(".d") || file.find('/') != file.npos || !file.ends_with(kEnding) || file[0] == '.')
        return {};
    return childFolder(to) + "/" + std::string(file);
}

// What was written so far, taken away again unless all went well.
class Written
{
public:
    ~Written()
    {
        std::error_code ignored;
        for (auto it = m_paths.rbegin(); it != m_paths.rend(); ++it)
            fs::remove(*it, ignored); // a folder only when it is empty
    }
    void add(const std::string& path) { m_paths.push_back(path); }
    void keep() { m_paths.clear(); }

private:
    std::vector<std::string> m_paths;
};

Status copyMember(Input& from, const std::string& path, const Input& whole, store::Progress* progress)
{
    auto out = Output::create(path, Packing::None);
    if (!out)
        return out.error();
    std::string buffer(kStep, '\0');
    for (;;) {
        auto n = from.read(buffer.data(), kStep);
        if (!n)
            return n.error();
        (*out)->add(std::string_view(buffer.data(), *n));
        if (progress) {
            progress->set(whole.position(), whole.fileSize());
            if (progress->cancelled())
                return Error{ErrorCode::Cancelled, {}};
        }
        if (*n < kStep || (*out)->failed())
            return (*out)->commit();
    }
}

} // namespace

Status packRecording(const std::string& path, const std::string& to, store::Progress* progress)
{
    auto probe = openInput(path);
    if (!probe)
        return probe.error();
    auto kind = kindOf(**probe);
    if (!kind)
        return kind.error();
    if (*kind == Format::Zstd)
        return Error{ErrorCode::Invalid, path + " is packed already."};
    if (*kind != Format::Calltide)
        return Error{ErrorCode::NotSupported, path + " is not a Calltide recording; only these are packed into one file."};
    std::error_code error;
    if (fs::equivalent(path, to, error))
        return Error{ErrorCode::Invalid, to + " is the recording itself; choose another name for the packed one."};
    const std::string name = fs::path(path).filename().string();
    const Snapshot still(path, to); // one that goes on is copied first
    if (Status made = still.made(); !made)
        return made;

    std::vector<std::pair<std::string, std::string>> files; // path, name
    if (fs::is_regular_file(path + kNotesEnding, error))
        files.emplace_back(path + kNotesEnding, name + kNotesEnding);
    files.emplace_back(still.path(), name);
    for (const std::string& child : childRecordings(still.path()))
        files.emplace_back(child, childFolder(name) + "/" + fs::path(child).filename().string());

    uint64_t total = 0;
    for (const auto& f : files) {
        const auto size = fs::file_size(f.first, error);
        total += error ? 0 : uint64_t(size);
    }
    auto out = Output::create(to, Packing::ZstdSmall);
    if (!out)
        return out.error();
    TarWriter tar(**out, progress, total);
    for (const auto& [file, member] : files) {
        auto status = tar.add(file, member);
        // A child may have ended without a call and left an empty file.
        if (!status && (file == still.path() || status.error().code == ErrorCode::Cancelled))
            return status;
    }
    tar.finish();
    return (*out)->commit();
}

Result<int> unpackRecording(const std::string& path, const std::string& to, store::Progress* progress)
{
    auto container = Container::open(path);
    if (!container)
        return container.error();
    std::error_code error;
    for (const std::string& there : {to, childFolder(to), to + kNotesEnding}) {
        if (fs::exists(fs::symlink_status(there, error)))
            return Error{ErrorCode::Invalid, there + " is there already; choose another name."};
    }
    Written written;
    int count = 0;
    bool main = false;
    for (;;) {
        auto member = (***container).next();
        if (!member)
            return member.error();
        if (!*member)
            break;
        const std::string file = target((*member)->name, to);
        if (file.empty())
            continue;
        if (file.starts_with(childFolder(to) + "/") && !fs::exists(childFolder(to), error)) {
            if (::mkdir(childFolder(to).c_str(), 0700) != 0)
                return systemError(childFolder(to), "cannot be made", errno);
            written.add(childFolder(to));
        }
        if (fs::exists(file, error))
            return Error{ErrorCode::Damaged, path + " holds the file " + (*member)->name + " twice."};
        if (auto status = copyMember(*(*member)->input, file, (*container)->input(), progress); !status)
            return status.error();
        written.add(file);
        count++;
        main = main || file == to;
    }
    if (!(***container).problems().empty())
        return Error{ErrorCode::Damaged, path + ": " + (***container).problems().front()};
    if (!main)
        return Error{ErrorCode::NotSupported, path + " is no packed recording."};
    written.keep();
    return count;
}

std::optional<std::string> packedName(const std::string& path)
{
    auto container = Container::open(path);
    while (container) {
        auto member = (***container).next();
        if (!member || !*member)
            break;
        if (isMain((*member)->name))
            return (*member)->name;
    }
    return {};
}

std::optional<std::string> packedNotes(const std::string& path)
{
    auto container = Container::open(path);
    if (!container)
        return {};
    auto member = (***container).next(); // they come first: no other needs to be unpacked for them
    if (!member || !*member || !(*member)->name.ends_with(kNotesEnding))
        return {};
    auto text = readWhole(*(*member)->input, path, uint64_t(64) << 20);
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

std::vector<std::pair<std::string, store::TracePtr>> PackedRecordings::read(
    const std::string& path, const OpenOptions& options, std::vector<std::string>& leftOut)
{
    struct Recording
    {
        std::string name;
        std::vector<NativeFile> files;
    };
    std::vector<Recording> recordings;
    for (Member& m : m_members) {
        auto file = openNativeFile(m.name, FileBytes::of(std::move(m.bytes)));
        if (!file) {
            leftOut.push_back(file.error().message);
            continue;
        }
        const auto same = std::find_if(recordings.begin(), recordings.end(), [&](const Recording& r) {
            return std::memcmp(r.files.front().header.recordingId, file->header.recordingId, 16) == 0;
        });
        if (same == recordings.end()) {
            recordings.push_back({m.name, {}});
            recordings.back().files.push_back(std::move(*file));
        } else {
            same->files.push_back(std::move(*file));
        }
    }
    m_members.clear();
    std::vector<std::pair<std::string, store::TracePtr>> traces;
    for (Recording& r : recordings) {
        const auto parentIn = [&](const NativeFile& f) {
            return std::any_of(r.files.begin(), r.files.end(), [&](const NativeFile& other) {
                return &other != &f && std::memcmp(other.header.processId, f.header.parentProcessId, 16) == 0;
            });
        };
        std::vector<std::pair<bool, size_t>> order;
        for (size_t i = 0; i < r.files.size(); i++)
            order.emplace_back(parentIn(r.files[i]), i);
        std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
            return std::tuple(a.first, r.files[a.second].header.monotonic0) < std::tuple(b.first, r.files[b.second].header.monotonic0);
        });
        std::vector<NativeFile> files;
        for (const auto& [child, i] : order)
            files.push_back(std::move(r.files[i]));
        auto trace = readNative(path, std::move(files), options);
        if (trace)
            traces.emplace_back(r.name, *trace);
        else
            leftOut.push_back(r.name + ": " + trace.error().message);
    }
    return traces;
}

} // namespace calltide::formats
