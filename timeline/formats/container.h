// SPDX-License-Identifier: GPL-3.0-or-later
// A recording as one file to keep or to send: the files of all its processes as they are, and its notes, in a tar
// packed with zstd. The readers open it like any other archive; `tar --zstd -x` unpacks it where there is no Calltide.
// Any thread.
#pragma once
#include "store/progress.h"
#include "store/result.h"
#include "store/trace.h"
#include <optional>
#include <string>
#include <vector>

namespace calltide::formats {

struct OpenOptions;

// Beside a trace, and the first file of a packed one.
inline constexpr char kNotesEnding[] = ".notes.json";

// Writes the recording at `path` with its children and its notes to `to`, whole or not at all; mode 0600 when new.
// Errors name the file: not a recording, packed already, cannot be written. One that is still being written is packed
// as it is at this moment.
Status packRecording(const std::string& path, const std::string& to, store::Progress* progress = nullptr);

// Writes the files of a packed recording as `to` (NAME.calltide), its children to `to`.d/, its notes beside it. Refuses
// to write over anything; leaves nothing when it fails. Answers the number of files.
Result<int> unpackRecording(const std::string& path, const std::string& to, store::Progress* progress = nullptr);

// The name that the recording had when it was packed; without a folder. Nothing: `path` is no packed recording.
std::optional<std::string> packedName(const std::string& path);

// The notes within a packed recording, as in their own file; nothing: there are none.
std::optional<std::string> packedNotes(const std::string& path);

// Recordings among the members of an archive, put together to the traces they were: those of one recording become one.
class PackedRecordings
{
public:
    struct Member
    {
        std::string name, bytes;
    };
    void add(Member member) { m_members.push_back(std::move(member)); }
    // In the order in which they were added; a sentence for each that cannot be read. Empties the list.
    std::vector<std::pair<std::string, store::TracePtr>> read(
        const std::string& path, const OpenOptions& options, std::vector<std::string>& leftOut);

private:
    std::vector<Member> m_members;
};

} // namespace calltide::formats
