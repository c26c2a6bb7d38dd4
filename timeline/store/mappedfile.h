// SPDX-License-Identifier: GPL-3.0-or-later
// A file, mapped for reading. Where it is cut short or cannot be read, it reads as zeros from there on, and nobody dies of
// it. What others write to it meanwhile is seen, so that is for readers which trust no byte twice.
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
    static std::shared_ptr<const MappedFile> of(int file); // one that is open; it may be closed at once
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    const uint8_t* data() const { return m_data; }
    size_t size() const { return m_size; }
    bool damaged() const { return m_damaged.load(std::memory_order_relaxed); } // some of it could not be read

    // For one who goes through it once, from front to back: what comes next, and what is done with. Any thread.
    void fetch(size_t from, size_t size) const;
    void drop(size_t from, size_t size) const;

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
    static constexpr uint64_t kTrimEvery = 1 << 19; // about 10 MB
    uint64_t m_slices = 0;
    bool m_far = false;
};

} // namespace calltide::store
