// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "store/result.h"
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace calltide::formats {

// A file's bytes as they were when it was opened: a copy, because a recording may be written to, or shortened when its
// program ends, and a mapping would then end ours. Holes (most of what is allocated ahead) cost no memory.
class FileBytes
{
public:
    static Result<std::unique_ptr<FileBytes>> open(const std::string& path);
    static std::unique_ptr<FileBytes> of(std::string unpacked); // of a packed recording
    ~FileBytes();
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;
    const uint8_t* data() const { return m_data; }
    uint64_t size() const { return m_size; }
    // The first place at or behind `offset` that holds data; size() when there is none.
    uint64_t nextData(uint64_t offset) const;
    void readAgain(uint64_t offset, uint64_t size);
    // Whether the file still has these bytes there.
    bool unchanged(uint64_t offset, uint64_t size) const;

private:
    FileBytes() = default;
    void read(uint64_t from, uint64_t to);
    int m_file = -1; // -1: the bytes are m_unpacked
    std::string m_unpacked;
    uint8_t* m_data = nullptr;
    uint64_t m_size = 0;
    std::vector<std::pair<uint64_t, uint64_t>> m_extents; // from, to
};

} // namespace calltide::formats
