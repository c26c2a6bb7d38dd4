// SPDX-License-Identifier: GPL-3.0-or-later
// A file of our own, mapped for reading. Only for files that are never written to again or shortened.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace calltide::store {

class MappedFile
{
public:
    static std::shared_ptr<const MappedFile> open(const std::string& path); // null: it is not there or empty
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    const uint8_t* data() const { return m_data; }
    size_t size() const { return m_size; }

private:
    MappedFile() = default;
    const uint8_t* m_data = nullptr;
    size_t m_size = 0;
};

} // namespace calltide::store
