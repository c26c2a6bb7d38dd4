// SPDX-License-Identifier: GPL-3.0-or-later
// Files within zip and tar, one after another from front to back; nothing is written to disk and no name in an archive
// becomes a path. Used by one thread.
#pragma once
#include "formats/content.h"
#include <optional>

namespace calltide::formats {

class Archive
{
public:
    struct Member
    {
        std::string name;
        std::unique_ptr<Input> input; // valid until the next call
    };
    virtual ~Archive() = default;
    // The next file; nothing at the end. What is no plain file is passed over.
    virtual Result<std::optional<Member>> next() = 0;
    // What could not be unpacked, a sentence each.
    const std::vector<std::string>& problems() const { return m_problems; }

    static constexpr size_t kGreatestCount = 10'000;

protected:
    std::vector<std::string> m_problems;
};

std::unique_ptr<Archive> openTar(PeekInput& input, std::string path);
std::unique_ptr<Archive> openZip(PeekInput& input, std::string path, UnpackLimits limits = {});
bool isTar(std::string_view head);
bool isZip(std::string_view head);

} // namespace calltide::formats
