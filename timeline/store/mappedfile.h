// SPDX-License-Identifier: GPL-3.0-or-later
// A file of our own, mapped for reading. Only for files that are not written to again; where one is cut short or cannot be
// read all the same, it reads as zeros from there on, and nobody dies of it.
#pragma once
#include <atomic>
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
    bool damaged() const { return m_damaged.load(std::memory_order_relaxed); } // some of it could not be read

    // Gives mapped pages back when there are many; they come again when they are needed. Any thread; costs a few µs.
    static void trim();

private:
    MappedFile() = default;
    const uint8_t* m_data = nullptr;
    size_t m_size = 0;
    mutable std::atomic<bool> m_damaged{false};
    friend struct MappedFiles;
};

// For whoever goes through all of a trace: what was looked at once would stay in memory.
class Passing
{
public:
    Passing() = default;
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
    ~Passing()
    {
        if (m_far || m_slices > kTrimEvery / 8)
            MappedFile::trim();
    }
    void by(uint64_t slices)
    {
        m_slices += slices;
        if (m_slices < kTrimEvery)
            return;
        m_slices = 0;
        m_far = true;
        MappedFile::trim();
    }

private:
    static constexpr uint64_t kTrimEvery = 1 << 21; // about 40 MB
    uint64_t m_slices = 0;
    bool m_far = false;
};

} // namespace calltide::store
